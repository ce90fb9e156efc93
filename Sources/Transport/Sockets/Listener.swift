import CLinux
import Glibc
import Synchronization

/// A place that accepts connections on the first loop of a group and hands them to the group's loops in turn.
package final class Listener: Sendable {
    package struct Options: Sendable {
        /// Nil for plain sockets.
        package var tls: TLSServerContext?
        /// Connections above this are refused at once, with `refusal`; a quick answer is better than a full backlog.
        package var connectionLimit = 10_000
        /// Written to a connection above the limit before it is closed, best effort; plain listeners only.
        package var refusal: Bytes?
        /// Answered in the clear to who speaks plain HTTP to a listener with TLS, before the close.
        package var plainRefusal: (@Sendable () -> Bytes)?
        /// Connections the kernel completes before we accept them. Reconnect storms come in thousands.
        package var backlog: Int32 = 4_096

        package init(tls: TLSServerContext? = nil) { self.tls = tls }
    }

    package let addresses: [SocketAddress]
    package let group: EventLoopGroup
    private let sockets: [BoundSocket]
    private let admission: Admission
    private let state = Mutex(State())

    /// Tier: leaf. Only the first loop uses what is inside; the lock makes that checkable by the compiler.
    private struct State: @unchecked Sendable {
        var accepting: [AcceptingSocket] = []
        var isClosed = false
    }

    /// Binds the place; call `start` to accept. Throws with a sentence that names the place.
    package init(_ address: ListenAddress, on group: EventLoopGroup, options: Options = Options()) throws(SocketError) {
        sockets = try address.bind(backlog: options.backlog)
        addresses = sockets.map(\.address)
        self.group = group
        admission = Admission(options: options)
    }

    /// The port the kernel chose; zero for Unix sockets.
    package var port: UInt16 { addresses[0].port }

    /// Any thread: how many of its connections are open.
    package var connectionCount: Int { admission.open.load(ordering: .relaxed) }
    /// Any thread: how many were accepted since the start.
    package var acceptedCount: Int { admission.accepted.load(ordering: .relaxed) }
    /// Any thread: how many were refused for the limit, or for want of descriptors.
    package var refusedCount: Int { admission.refused.load(ordering: .relaxed) }

    /// Any thread: begins to accept. `serve` is called on the loop that owns the connection and must set its `handler`.
    ///
    /// It waits for the first loop. If one of the sockets cannot be watched, none is: a place that nobody hears is an error.
    package func start(_ serve: @escaping @Sendable (Connection) -> Void) throws(SocketError) {
        if group.first.isOnLoop { return try accept(serve) }
        let outcome = Mutex<SocketError?>(SocketError(number: ECANCELED, "cannot listen on \(addresses[0])"))
        let isDone = Latch()
        let isTaken = group.first.post { [self] in
            var failure: SocketError?
            do throws(SocketError) { try accept(serve) } catch { failure = error }
            outcome.withLock { [failure] in $0 = failure }
            isDone.open()
        }
        if isTaken { isDone.wait() }
        if let failure = outcome.withLock({ $0 }) { throw failure }
    }

    /// On the first loop.
    private func accept(_ serve: @escaping @Sendable (Connection) -> Void) throws(SocketError) {
        guard state.withLock({ !$0.isClosed && $0.accepting.isEmpty }) else { return }
        var accepting: [AcceptingSocket] = []
        for socket in sockets {
            do throws(SocketError) {
                accepting.append(try AcceptingSocket(socket, group: group, admission: admission, serve: serve))
            } catch {
                // Its own descriptor is closed already.
                for socket in accepting { socket.closeDescriptor() }
                for socket in sockets[(accepting.count + 1)...] { Glibc.close(socket.descriptor) }
                for socket in sockets { socket.file?.remove() }
                state.withLock { $0.isClosed = true }
                throw SocketError(number: error.number, "cannot listen on \(socket.address)")
            }
        }
        state.withLock { [accepting] in $0.accepting = accepting }
    }

    /// Any thread: removes our socket file without waiting for anything; for a process that ends at once.
    package func removeFiles() { for socket in sockets { socket.file?.remove() } }

    /// Any thread: stops accepting for good, closes the sockets and removes our socket file. Open connections stay.
    package func close() {
        let isTaken = group.first.post { [self] in
            let accepting = state.withLock { state in
                defer {
                    state.isClosed = true
                    state.accepting = []
                }
                return state.isClosed ? nil : state.accepting
            }
            guard let accepting else { return }
            for socket in sockets { socket.endListening() }
            for socket in accepting { socket.closeDescriptor() }
            if accepting.isEmpty { for socket in sockets { Glibc.close(socket.descriptor) } }
            for socket in sockets { socket.file?.remove() }
        }
        if !isTaken { for socket in sockets { socket.file?.remove() } }
    }
}

/// The counters and limits that a listener and its connections share.
final class Admission: Sendable {
    let options: Listener.Options
    let open = Atomic<Int>(0)
    let accepted = Atomic<Int>(0)
    let refused = Atomic<Int>(0)

    init(options: Listener.Options) { self.options = options }

    func enter() -> Bool {
        if open.wrappingAdd(1, ordering: .relaxed).newValue <= options.connectionLimit {
            accepted.add(1, ordering: .relaxed)
            return true
        }
        leave()
        refused.add(1, ordering: .relaxed)
        return false
    }

    func leave() { open.subtract(1, ordering: .relaxed) }
}
