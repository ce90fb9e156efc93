import ChatAPI
import Engine
import Telemetry
import Transport

/// One WebSocket: frames in and out, heartbeat, deadlines. What is said on it is `LiveSession`'s affair.
///
/// Confined to its connection's loop. It owns no buffer while idle.
final class LiveSocket: ConnectionHandler, LivePeer {
    private let server: Server
    private let connection: Connection
    private var decoder = WebSocketDecoder(role: .server, messageLimit: Limits.frameBytes)
    private var session: LiveSession?
    private let taps: FrameTaps
    private let clock: any Clock
    private var heartbeat: WheelTimer?
    private var lastHeard: Int64
    private var isPingOut = false
    /// Came while the peer took nothing.
    private var unansweredPing: [UInt8]?
    /// The session takes no frame for now; what was read is with the connection, the rest with the sender.
    private var isHolding = false
    /// What the peer is told at the end; frames after it are not sent.
    private var closing: (code: Int, reason: String)?

    /// Frames are handed to the connection up to this many bytes; the rest waits in the outbox, which is bounded.
    private static let roomBytes = 262_144
    /// Below this a frame goes to the connection without waiting: as much as keeps a socket's buffer busy.
    private static let directBytes = 16_384
    /// A reader that takes nothing for this long is gone.
    private static let writeTimeout = Duration.seconds(20)

    init(server: Server, connection: Connection, services: LiveServices, local: LocalIdentity?) {
        self.server = server
        self.connection = connection
        lastHeard = connection.loop.now
        taps = services.engine.authenticator.taps
        clock = services.engine.clock
        session = LiveSession(
            services: services,
            peer: self,
            address: connection.peer.host,
            local: local
        )
        connection.setWriteTimeout(Self.writeTimeout)
        connection.setIdleTimeout(nil)
        connection.setReceiveDeadline(after: nil)
        heartbeat = connection.loop.makeWheelTimer { [unowned self] in beat() }
        heartbeat?.start(afterMilliseconds: services.limits.helloMilliseconds)
        server.opened(self, on: connection.loop)
    }

    var liveSession: LiveSession? { session }

    // MARK: - In

    func connection(_ connection: Connection, received bytes: UnsafeMutableRawBufferPointer) {
        lastHeard = connection.loop.now
        isPingOut = false
        var input = bytes
        do throws(WebSocketError) {
            while closing == nil, !isHolding, let event = try decoder.next(&input) {
                server.metrics.framesIn.add()
                switch event {
                case .text(let text):
                    if taps.isActive { tap(text) }
                    session?.received(text)
                case .binary: finish(1003, "frames are text")
                case .ping(let payload): answerPing(Array(payload))
                case .pong: break
                case .close(let code, _): finish(code == 1005 ? 1000 : Int(code), "")
                }
            }
            if isHolding { connection.pauseReading(keeping: input) }
        } catch {
            finish(Int(error.code), error.sentence)
        }
    }

    func hold() {
        isHolding = true
        connection.pauseReading()
    }

    func resume() {
        isHolding = false
        // Its silence was ours.
        lastHeard = connection.loop.now
        if closing == nil { connection.resumeReading() }
    }

    func connectionReceivedEnd(_ connection: Connection) { finish(1001, "") }

    func connectionDrained(_ connection: Connection) {
        if let payload = unansweredPing { answerPing(payload) }
        needsFlush()
    }

    /// Of those that come while the peer takes nothing only the newest is answered (RFC 6455 §5.5.3): who pings and does not read
    /// fills no memory.
    private func answerPing(_ payload: [UInt8]) {
        guard connection.pendingByteCount <= Int(connection.lowWaterMark) else { return unansweredPing = payload }
        unansweredPing = nil
        connection.send(WebSocketFrame.frame(.pong, payload))
    }

    func connectionTimedOut(_ connection: Connection, _ timeout: ConnectionTimeout) {
        connection.abort(.timedOut(timeout))
    }

    func connectionClosed(_ connection: Connection, reason: CloseReason) {
        heartbeat?.cancel()
        heartbeat = nil
        session?.closed()
        session = nil
        server.closed(self, code: closing?.code, reason: reason.description, on: connection.loop)
    }

    // MARK: - Out

    func takes(_ frame: Frame) -> Bool {
        guard closing == nil, connection.pendingByteCount < Self.directBytes, !taps.isActive else { return false }
        connection.send(Bytes(frame.bytes))
        return true
    }

    func needsFlush() {
        if closing == nil { connection.requestFlush() }
    }

    func connectionWillFlush(_ connection: Connection) {
        guard closing == nil, let session else { return }
        let room = Self.roomBytes - connection.pendingByteCount
        guard room > 0, !session.outbox.isEmpty else { return }
        drain(session, room: room)
        // What a slow reader leaves behind is taken when the socket has room again: `connectionDrained`.
    }

    private func drain(_ session: LiveSession, room: Int) {
        guard taps.isTapped(session.caller.session) else {
            return session.drain(room: room) { [connection] in connection.send(Bytes($0.bytes)) }
        }
        session.drain(room: room) { [connection] frame in
            tap(frame, session)
            connection.send(Bytes(frame.bytes))
        }
    }

    func close(_ code: CloseCode, reason: String) { finish(code.rawValue, reason) }

    /// Sends what is queued so far, then the close frame, and lets the connection go.
    private func finish(_ code: Int, _ reason: String) {
        guard closing == nil else { return }
        if let session, !session.outbox.isEmpty, code != CloseCode.slow.rawValue {
            drain(session, room: Self.roomBytes)
        }
        closing = (code, reason)
        connection.send(WebSocketFrame.close(UInt16(clamping: code), reason))
        connection.close(afterFlush: true)
    }

    // MARK: - Looked at

    private func tap(_ text: UnsafeRawBufferPointer) {
        guard let id = session?.caller.session, taps.isTapped(id) else { return }
        taps.record(text, .in, of: id, now: clock.now)
    }

    /// A sealed frame is one or more messages; they are read back as a client reads them.
    private func tap(_ frame: Frame, _ session: LiveSession) {
        guard let id = session.caller.session else { return }
        var bytes = frame.bytes
        var decoder = WebSocketDecoder(role: .client, messageLimit: bytes.count)
        bytes.withUnsafeMutableBytes { buffer in
            var input = buffer
            while case .text(let text)? = try? decoder.next(&input) { taps.record(text, .out, of: id, now: clock.now) }
        }
    }

    // MARK: - Heartbeat

    /// One timer for hello, ping and its answer: it looks at what was heard last instead of being moved by each frame.
    private func beat() {
        guard closing == nil, let session else { return }
        let limits = server.liveLimits
        guard session.isGreeted else {
            return close(.protocolError, reason: "no hello within \(limits.helloMilliseconds / 1_000) s")
        }
        if session.isExpired {
            return close(.tokenExpired, reason: "the access token has ended; refresh it and come back")
        }
        let silence = isHolding ? 0 : connection.loop.now - lastHeard
        if isPingOut && silence >= limits.pongMilliseconds {
            return close(.heartbeat, reason: "no answer to a ping within \(limits.pongMilliseconds / 1_000) s")
        }
        if silence >= limits.heartbeatMilliseconds - TimerWheel.slotMilliseconds {
            isPingOut = true
            connection.send(WebSocketFrame.frame(.ping, []))
            heartbeat?.start(afterMilliseconds: limits.pongMilliseconds)
        } else {
            heartbeat?.start(afterMilliseconds: limits.heartbeatMilliseconds - silence)
        }
    }
}
