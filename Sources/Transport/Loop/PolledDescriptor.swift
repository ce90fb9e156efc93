import CLibUV
import Glibc

/// A non-blocking descriptor watched by a loop: the part that connections, listeners and connection attempts share.
///
/// It polls (`uv_poll`) instead of using libuv's streams, because TCP, Unix and inherited sockets are one kind this way, reads
/// go straight into the loop's buffer, writes are one `send` of a shared blob, and accepting can survive a full descriptor table.
package class PolledDescriptor {
    package let loop: EventLoop
    /// -1 once closed.
    private(set) var descriptor: Int32
    private let handle = UnsafeMutablePointer<uv_poll_t>.allocate(capacity: 1)
    private var events: Int32 = 0

    /// Takes the descriptor over, on the loop; it is closed when this fails.
    init(loop: EventLoop, descriptor: Int32) throws(SocketError) {
        loop.preconditionOnLoop()
        self.loop = loop
        self.descriptor = descriptor
        let status = loop.isStopping ? UV_ECANCELED.rawValue : uv_poll_init(loop.uv, handle, descriptor)
        guard status == 0 else {
            Glibc.close(descriptor)
            self.descriptor = -1
            throw SocketError(uv: status, "cannot watch a socket")
        }
        handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
    }

    deinit { handle.deallocate() }

    static func of(_ handle: UnsafeMutableRawPointer) -> PolledDescriptor {
        Unmanaged<PolledDescriptor>.fromOpaque(handle.assumingMemoryBound(to: uv_handle_t.self).pointee.data)
            .takeUnretainedValue()
    }

    var isDescriptorOpen: Bool { descriptor >= 0 }

    /// Sets what to wait for. A change costs one `epoll_ctl` before the next poll.
    func watch(readable: Bool, writable: Bool) {
        guard isDescriptorOpen else { return }
        let wanted =
            (readable ? Int32(UV_READABLE.rawValue) : 0) | (writable ? Int32(UV_WRITABLE.rawValue) : 0)
        if wanted == events { return }
        events = wanted
        if wanted == 0 {
            uv_poll_stop(handle)
            return
        }
        uv_poll_start(handle, wanted) { handle, status, events in
            // Kept alive for the call: the callee may close.
            let owner = PolledDescriptor.of(UnsafeMutableRawPointer(handle!))
            owner.ready(
                readable: events & Int32(UV_READABLE.rawValue) != 0,
                writable: events & Int32(UV_WRITABLE.rawValue) != 0,
                failed: status < 0
            )
        }
    }

    /// Closes the descriptor now; `descriptorClosed` follows in the same turn of the loop, never inside this call.
    func closeDescriptor() {
        guard isDescriptorOpen else { return }
        let closing = descriptor
        descriptor = -1
        uv_poll_stop(handle)
        UnsafeMutableRawPointer(handle).withMemoryRebound(to: uv_handle_t.self, capacity: 1) { handle in
            uv_close(handle) { handle in
                let owner = Unmanaged<PolledDescriptor>.fromOpaque(handle!.pointee.data).takeRetainedValue()
                owner.descriptorClosed()
            }
        }
        Glibc.close(closing)
    }

    // What subclasses answer.

    /// The kernel reports the descriptor ready. `failed` says that it is in error; `socketError()` says which.
    func ready(readable: Bool, writable: Bool, failed: Bool) {}
    /// The loop ends: close.
    func loopStopping() { closeDescriptor() }
    /// Called once after `closeDescriptor`.
    func descriptorClosed() {}

    /// Takes the pending error of the socket; zero when there is none.
    func socketError() -> Int32 {
        var error: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) == 0 else { return errno }
        return error
    }
}
