import CLibUV

/// Signals of the process, delivered on a loop: SIGTERM to drain, SIGHUP to reload.
package final class SignalWatch {
    private let handle = UnsafeMutablePointer<uv_signal_t>.allocate(capacity: 1)
    private let body: () -> Void
    private var isOpen = true

    private init(_ body: @escaping () -> Void) { self.body = body }

    deinit { handle.deallocate() }

    /// Calls `body` on `loop` whenever the process gets `signal`; must be called there. The loop keeps the watch until `cancel`.
    @discardableResult
    package static func start(_ signal: Int32, on loop: EventLoop, _ body: @escaping () -> Void) -> SignalWatch {
        loop.preconditionOnLoop()
        let watch = SignalWatch(body)
        uv_signal_init(loop.uv, watch.handle)
        watch.handle.pointee.data = Unmanaged.passRetained(watch).toOpaque()
        uv_signal_start(watch.handle, { handle, _ in SignalWatch.of(UnsafeMutableRawPointer(handle!)).body() }, signal)
        return watch
    }

    package func cancel() {
        guard isOpen else { return }
        isOpen = false
        UnsafeMutableRawPointer(handle).withMemoryRebound(to: uv_handle_t.self, capacity: 1) { handle in
            uv_close(handle) { Unmanaged<SignalWatch>.fromOpaque($0!.pointee.data).release() }
        }
    }

    static func of(_ handle: UnsafeMutableRawPointer) -> SignalWatch {
        Unmanaged<SignalWatch>.fromOpaque(handle.assumingMemoryBound(to: uv_handle_t.self).pointee.data)
            .takeUnretainedValue()
    }
}
