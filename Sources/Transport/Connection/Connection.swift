import Glibc
import Synchronization

/// A connected socket, plain or TLS, confined to its loop: bytes in to its handler, shared blobs out once per tick.
///
/// An idle connection owns no buffers. Reads go through the loop's buffer, writes are references until the socket takes them.
/// Members must be used on `loop`.
package final class Connection: PolledDescriptor {
    enum Phase: UInt8 {
        case open
        /// Closing: what is queued is still written, what comes in is thrown away.
        case flushing
        /// Everything is written and our side is ended; the peer's end is awaited for a moment.
        case lingering
        case closed
    }

    /// After the last byte is written the peer gets this long to end its side. Closing at once with unread input would send a
    /// reset, which can overtake the answer that explains the close.
    private static let lingerMilliseconds: Int64 = 2_000
    /// Reads per event before other connections get their turn.
    private static let readsPerEvent = 4

    private static let nextID = Atomic<UInt64>(1)

    /// Unique in the process; for logs.
    package let id: UInt64
    package let peer: SocketAddress
    var queue = SendQueue()
    let tls: TLSSession?
    var admission: Admission?

    var phase = Phase.open
    var reason = CloseReason.local
    private(set) var isDirty = false
    /// The handler has something to send and wants to be asked for it when there is room.
    private var isHandlerWaiting = false
    var isBlocked = false
    var isReadingPaused = false
    var hasReceivedEnd = false
    private var wantsWriteEnd = false
    private var isEstablishedTold = false
    private var isDelivering = false
    /// Given back by the handler; delivered first when reading goes on.
    private var held: [UInt8] = []

    var timer: WheelTimer?
    var lastReceived: Int64
    /// When the socket last took something of what waits; zero while nothing waits for it.
    var stalledSince: Int64 = 0
    var deadline: Int64 = 0
    var idleMilliseconds: Int64 = 0
    var writeMilliseconds: Int64 = 0

    /// The owner. While it is nil nothing is read; setting it starts reading. Released after `connectionClosed`.
    package var handler: (any ConnectionHandler)? {
        didSet { if phase == .open { handlerChanged() } }
    }

    /// `connectionDrained` is called when a flush crosses this from above. 16 KiB keeps a socket buffer busy.
    package var lowWaterMark: Int32 = 16_384

    init(
        loop: EventLoop,
        descriptor: Int32,
        peer: SocketAddress,
        tls: TLSSession?
    ) throws(SocketError) {
        id = Self.nextID.wrappingAdd(1, ordering: .relaxed).oldValue
        self.peer = peer
        self.tls = tls
        lastReceived = loop.now
        try super.init(loop: loop, descriptor: descriptor)
        if peer.family != AF_UNIX {
            // Flushes are already gathered per tick; Nagle would only delay them.
            var on: Int32 = 1
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        }
        if tls != nil {
            watchAsNeeded()
            markDirty()
        }
    }

    /// Makes a connection of a connected socket, for instance one end of a `socketpair`. Takes the descriptor over.
    package static func adopt(_ descriptor: Int32, on loop: EventLoop) throws(SocketError) -> Connection {
        try Connection(loop: loop, descriptor: descriptor, peer: .unix(path: ""), tls: nil)
    }

    // MARK: - State

    package var isOpen: Bool { phase == .open }
    package var isTLS: Bool { tls != nil }
    /// Whether bytes can travel: at once on a plain socket, after the handshake with TLS.
    package var isEstablished: Bool { tls?.isEstablished ?? true }

    /// Bytes queued or encrypted that the socket has not taken yet.
    package var pendingByteCount: Int { queue.byteCount + (tls?.outputCount ?? 0) }

    /// The process at the other end of a Unix socket.
    package var peerCredentials: PeerCredentials? {
        isDescriptorOpen && peer.family == AF_UNIX ? PeerCredentials(descriptor: descriptor) : nil
    }

    // MARK: - Sending

    /// Queues bytes by reference; everything queued in a tick is written together at its end. Ignored once closing.
    package func send(_ bytes: Bytes) {
        assert(loop.isOnLoop)
        guard phase == .open, !wantsWriteEnd else { return }
        queue.append(bytes)
        if !isBlocked { markDirty() }
    }

    package func send(_ array: [UInt8]) { send(Bytes(array)) }

    /// Asks for a flush at the end of this tick, or as soon as the socket takes bytes again: `connectionWillFlush` comes first.
    /// For a handler with a queue of its own; it costs neither a closure nor a list.
    package func requestFlush() {
        assert(loop.isOnLoop)
        guard phase == .open, !isHandlerWaiting else { return }
        isHandlerWaiting = true
        if !isBlocked { markDirty() }
    }

    private func markDirty() {
        guard !isDirty else { return }
        isDirty = true
        loop.flushAtTickEnd(self)
    }

    /// Called by the loop at the end of a tick in which something was queued.
    func flush() {
        // Dirty while the handler fills the queue: what it sends is written right below.
        isDirty = true
        if isHandlerWaiting, phase == .open {
            isHandlerWaiting = false
            handler?.connectionWillFlush(self)
        }
        isDirty = false
        guard phase == .open || phase == .flushing else { return }
        if isHandlerWaiting { markDirty() }
        let before = pendingByteCount
        if let failure = write() {
            closeNow(failure)
            return
        }
        if isBlocked {
            armTimer()
        } else if pendingByteCount == 0 {
            if phase == .flushing {
                beginLingering()
                return
            }
            if wantsWriteEnd { endWriting() }
        }
        watchAsNeeded()
        if before > lowWaterMark, pendingByteCount <= lowWaterMark, phase == .open { handler?.connectionDrained(self) }
    }

    // MARK: - Receiving

    /// Stops reading; the peer is slowed by its full socket. `rest` is what the handler has not taken of the bytes it was
    /// given: it is delivered again, first, after `resumeReading`.
    package func pauseReading(keeping rest: UnsafeMutableRawBufferPointer? = nil) {
        assert(loop.isOnLoop)
        if let rest, !rest.isEmpty { held.insert(contentsOf: rest, at: 0) }
        isReadingPaused = true
        watchAsNeeded()
    }

    /// Goes on reading; bytes come at the end of the tick at the earliest, never inside this call.
    package func resumeReading() {
        assert(loop.isOnLoop)
        guard isReadingPaused, phase == .open else { return }
        isReadingPaused = false
        lastReceived = loop.now
        deliverWhatWaits()
        watchAsNeeded()
    }

    private var canDeliver: Bool { phase == .open && !isReadingPaused && handler != nil }

    private func handlerChanged() {
        if handler != nil { deliverWhatWaits() }
        watchAsNeeded()
    }

    private func deliverWhatWaits() {
        guard !held.isEmpty || tls?.hasInput == true || hasReceivedEnd else { return }
        loop.atTickEnd { [self] in
            guard canDeliver, !isDelivering else { return }
            if !held.isEmpty {
                var bytes: [UInt8] = []
                swap(&bytes, &held)
                bytes.withUnsafeMutableBytes { deliver($0) }
            }
            if canDeliver, tls?.hasInput == true { receiveSealed(UnsafeRawBufferPointer(start: nil, count: 0)) }
            if canDeliver, hasReceivedEnd, held.isEmpty { handler?.connectionReceivedEnd(self) }
            watchAsNeeded()
        }
    }

    private func deliver(_ bytes: UnsafeMutableRawBufferPointer) {
        guard phase == .open else { return }
        // Behind what waits, even if reading goes on already and the tick has not ended.
        guard canDeliver, held.isEmpty else {
            held.append(contentsOf: bytes)
            return
        }
        isDelivering = true
        handler?.connection(self, received: bytes)
        isDelivering = false
    }

    override func ready(readable: Bool, writable: Bool, failed: Bool) {
        if writable, isBlocked {
            isBlocked = false
            flush()
        }
        if readable || failed, isDescriptorOpen { read() }
        // In error without a word from `recv`: reading was paused or already ended.
        if failed, isDescriptorOpen {
            let error = socketError()
            closeNow(.failed(error == 0 ? "the connection broke" : String(cString: strerror(error))))
        }
    }

    private func read() {
        for _ in 0..<Self.readsPerEvent {
            let wanted = phase != .open || (wantsInput && !hasReceivedEnd)
            guard isDescriptorOpen, wanted else { return }
            let buffer = loop.readBuffer
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 {
                lastReceived = loop.now
                guard phase == .open else { continue }
                let bytes = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
                if tls == nil { deliver(bytes) } else { receiveSealed(UnsafeRawBufferPointer(bytes)) }
                if count < buffer.count { return }
            } else if count == 0 {
                peerEnded(cleanly: tls == nil)
                return
            } else if errno != EINTR {
                if errno != EAGAIN { closeNow(.failed(String(cString: strerror(errno)))) }
                return
            }
        }
    }

    /// TLS reads on its own account until the handshake is done.
    private var wantsInput: Bool { tls?.isEstablished == false || canDeliver }

    private func receiveSealed(_ sealed: UnsafeRawBufferPointer) {
        guard let tls else { return }
        do throws(TLSError) {
            try tls.receive(sealed)
            if tls.isEstablished, !isEstablishedTold {
                isEstablishedTold = true
                handler?.connectionEstablished(self)
            }
            while canDeliver, tls.isEstablished, let plain = try tls.open(into: loop.plainBuffer) { deliver(plain) }
            tls.keepInput()
        } catch {
            refuse(error)
            return
        }
        if tls.outputCount > 0 || !queue.isEmpty, !isBlocked, phase == .open { markDirty() }
        if tls.hasReceivedEnd { peerEnded(cleanly: true) }
    }

    private func peerEnded(cleanly: Bool) {
        if phase != .open {
            closeNow(reason)
            return
        }
        if hasReceivedEnd { return }
        hasReceivedEnd = true
        if !cleanly {
            let isCut = tls?.isEstablished == true
            closeNow(isCut ? .tls("the peer left without the end of TLS") : .peerClosed)
            return
        }
        reason = .peerClosed
        watchAsNeeded()
        if canDeliver, held.isEmpty { handler?.connectionReceivedEnd(self) }
    }

    private func watchAsNeeded() {
        let readable: Bool
        switch phase {
        case .open: readable = wantsInput && !hasReceivedEnd
        case .flushing, .lingering: readable = !hasReceivedEnd
        case .closed: return
        }
        watch(readable: readable, writable: isBlocked)
    }

    // MARK: - Ending

    /// Ends our side after what is queued has been written; the peer may go on sending.
    package func finishWriting() {
        assert(loop.isOnLoop)
        guard phase == .open, !wantsWriteEnd else { return }
        wantsWriteEnd = true
        if !isBlocked { markDirty() }
    }

    /// Closes. With `afterFlush` what is queued is written first and the peer gets two seconds to end its side; without it
    /// the queue is dropped.
    package func close(afterFlush: Bool = false, _ reason: CloseReason? = nil) {
        assert(loop.isOnLoop)
        guard phase == .open || (phase == .flushing && !afterFlush) else { return }
        if let reason { self.reason = reason } else if !hasReceivedEnd { self.reason = .local }
        guard afterFlush else {
            if let tls, tls.isEstablished, !isBlocked {
                tls.end()
                queue.removeAll()
                _ = write()
            }
            closeNow(self.reason)
            return
        }
        phase = .flushing
        held = []
        stalledSince = loop.now
        deadline = 0
        armTimer()
        watchAsNeeded()
        if !isBlocked { markDirty() }
    }

    /// Closes with a reset: the peer is not to be waited for. Queued bytes are dropped.
    package func abort(_ reason: CloseReason = .local) {
        assert(loop.isOnLoop)
        guard isDescriptorOpen else { return }
        var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        closeNow(reason)
    }

    override func loopStopping() { closeNow(.loopStopped) }

    private func endWriting() {
        if let tls, tls.isEstablished, !tls.hasSentEnd {
            tls.end()
            if tls.outputCount > 0 {
                markDirty()
                return
            }
        }
        _ = shutdown(descriptor, Int32(SHUT_WR))
    }

    func beginLingering() {
        if let tls, tls.isEstablished, !tls.hasSentEnd {
            tls.end()
            if let failure = write() {
                closeNow(failure)
                return
            }
        }
        let isEnded = shutdown(descriptor, Int32(SHUT_WR)) == 0
        guard isEnded, !hasReceivedEnd else {
            closeNow(reason)
            return
        }
        phase = .lingering
        deadline = loop.now + Self.lingerMilliseconds
        armTimer()
        watchAsNeeded()
    }

    func closeNow(_ reason: CloseReason) {
        guard phase != .closed else { return }
        self.reason = reason
        phase = .closed
        queue.removeAll()
        held = []
        timer?.cancel()
        timer = nil
        closeDescriptor()
    }

    override func descriptorClosed() {
        admission?.leave()
        admission = nil
        tls?.free()
        let handler = self.handler
        self.handler = nil
        handler?.connectionClosed(self, reason: reason)
    }
}
