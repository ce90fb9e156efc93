import CLinux
import Glibc
import Synchronization

/// One listening socket on the accepting loop.
final class AcceptingSocket: PolledDescriptor {
    /// One event accepts at most this many, so that a connection storm does not starve the loop's other work.
    private static let acceptsPerEvent = 64
    private static let rest = Duration.milliseconds(100)

    private let group: EventLoopGroup
    private let admission: Admission
    private let serve: @Sendable (Connection) -> Void
    /// Kept open to be given up when the descriptor table is full: then the waiting peer can be accepted and told by a close,
    /// instead of being reported ready for ever.
    private var reserve = AcceptingSocket.openReserve()

    init(
        _ socket: BoundSocket,
        group: EventLoopGroup,
        admission: Admission,
        serve: @escaping @Sendable (Connection) -> Void
    ) throws(SocketError) {
        self.group = group
        self.admission = admission
        self.serve = serve
        try super.init(loop: group.first, descriptor: socket.descriptor)
        watch(readable: true, writable: false)
    }

    private static func openReserve() -> Int32 { Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC) }

    override func ready(readable: Bool, writable: Bool, failed: Bool) {
        for _ in 0..<Self.acceptsPerEvent {
            guard isDescriptorOpen else { return }
            var storage = sockaddr_storage()
            var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let accepted = withUnsafeMutablePointer(to: &storage) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { clinux_accept4(descriptor, $0, &size) }
            }
            if accepted < 0 {
                switch errno {
                case EINTR, ECONNABORTED: continue
                case EAGAIN: return
                case EMFILE, ENFILE:
                    if !refuseForWantOfDescriptors() { return rest() }
                default: return rest()
                }
                continue
            }
            admit(accepted, peer: SocketAddress(&storage, size: size) ?? .unix(path: ""))
        }
    }

    private func admit(_ descriptor: Int32, peer: SocketAddress) {
        guard admission.enter() else {
            if admission.options.tls == nil, let refusal = admission.options.refusal {
                _ = refusal.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                // Reading what has come keeps the close from becoming a reset that would overtake the refusal.
                _ = recv(descriptor, loop.readBuffer.baseAddress, loop.readBuffer.count, 0)
            }
            Glibc.close(descriptor)
            return
        }
        let target = group.next()
        if target === loop {
            Self.open(descriptor, peer, on: target, admission, serve)
        } else {
            let isTaken = target.post { [admission, serve] in Self.open(descriptor, peer, on: target, admission, serve)
            }
            if !isTaken {
                Glibc.close(descriptor)
                admission.leave()
            }
        }
    }

    /// Runs on the target loop.
    private static func open(
        _ descriptor: Int32,
        _ peer: SocketAddress,
        on target: EventLoop,
        _ admission: Admission,
        _ serve: @Sendable (Connection) -> Void
    ) {
        var tls: TLSSession?
        if let context = admission.options.tls {
            tls = try? context.makeSession()
            if tls == nil {
                Glibc.close(descriptor)
                admission.leave()
                return
            }
        }
        guard let connection = try? Connection(loop: target, descriptor: descriptor, peer: peer, tls: tls) else {
            admission.leave()
            return
        }
        connection.admission = admission
        serve(connection)
    }

    /// The kernel goes on reporting a peer that cannot be accepted: it is looked at again in a moment, not all the time.
    private func rest() {
        watch(readable: false, writable: false)
        loop.schedule(after: Self.rest) { [self] in
            guard isDescriptorOpen else { return }
            if reserve < 0 { reserve = Self.openReserve() }
            watch(readable: true, writable: false)
        }
    }

    private func refuseForWantOfDescriptors() -> Bool {
        guard reserve >= 0 else { return false }
        Glibc.close(reserve)
        let accepted = clinux_accept4(descriptor, nil, nil)
        if accepted >= 0 {
            admission.refused.add(1, ordering: .relaxed)
            Glibc.close(accepted)
        }
        reserve = Self.openReserve()
        return accepted >= 0
    }

    override func descriptorClosed() {
        if reserve >= 0 { Glibc.close(reserve) }
        reserve = -1
    }
}
