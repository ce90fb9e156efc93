import ChatAPI
import Engine
import Telemetry
import Transport

/// One HTTP/1.1 connection: reads a request, routes it, answers, keeps alive; or becomes a live connection.
///
/// Requests of one connection are answered one after the other; a pipelined one waits in the socket.
final class HTTPSession: ConnectionHandler, @unchecked Sendable {
    private let server: Server
    private let connection: Connection
    private let local: LocalIdentity?
    private let door: Door
    private var decoder = HTTPRequestDecoder()
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var isAnswering = false
    /// More of an answer waits than a socket takes at once.
    private var isWaitingForReader = false

    /// A head has to be whole ten seconds after its first byte, a body thirty seconds after that.
    private static let headDeadline = Duration.seconds(10)
    private static let bodyDeadline = Duration.seconds(30)
    private static let idleTimeout = Duration.seconds(75)
    private static let writeTimeout = Duration.seconds(30)

    init(server: Server, connection: Connection, local: LocalIdentity?, door: Door) {
        self.server = server
        self.connection = connection
        self.local = local
        self.door = door
        connection.setWriteTimeout(Self.writeTimeout)
        connection.setReceiveDeadline(after: Self.headDeadline)
    }

    // MARK: - Reading

    func connection(_ connection: Connection, received bytes: UnsafeMutableRawBufferPointer) {
        if isAnswering { return connection.pauseReading(keeping: bytes) }
        if head == nil && decoder.isIdle { connection.setReceiveDeadline(after: Self.headDeadline) }
        var input = bytes
        do throws(HTTPError) {
            while let event = try decoder.next(&input) {
                switch event {
                case .head(let head):
                    self.head = head
                    body = []
                    decoder.bodyLimit = Limits.bodyBytes
                    connection.setReceiveDeadline(after: Self.bodyDeadline)
                    if head.expectsContinue { connection.send(HTTPEncoder.continueResponse) }
                    if becomesLive(head, rest: input) { return }
                case .body(let piece): body.append(contentsOf: piece)
                case .end:
                    connection.setReceiveDeadline(after: nil)
                    begin()
                    if !input.isEmpty { connection.pauseReading(keeping: input) }
                    return
                }
            }
        } catch {
            refuse(error)
        }
    }

    func connectionTimedOut(_ connection: Connection, _ timeout: ConnectionTimeout) {
        if timeout == .deadline && !(head == nil && decoder.isIdle) {
            let late =
                head == nil
                ? "the head was not whole 10 s after its first byte" : "the body was not whole 30 s after the head"
            refuse(HTTPError(408, late))
        } else {
            connection.close(afterFlush: true)
        }
    }

    func connectionReceivedEnd(_ connection: Connection) {
        // A client may end its side and still wait for the answer: that it has ended is told again when reading goes on.
        if isAnswering { return connection.pauseReading() }
        connection.close(afterFlush: true)
    }

    func connectionDrained(_ connection: Connection) {
        if isWaitingForReader { readOn() }
    }

    func connectionClosed(_ connection: Connection, reason: CloseReason) {
        if case .tls(let why) = reason, !connection.isEstablished {
            server.log(withoutTLS: why, address: connection.peer.host)
        }
        server.closedHTTP()
    }

    // MARK: - Answering

    private func begin() {
        guard let head else { return }
        isAnswering = true
        server.beganAnswering()
        let request = Request(
            head: head,
            body: body,
            id: RequestID.accepted(head.headers["x-request-id"]) ?? RequestID.next(),
            address: connection.peer.host,
            local: local,
            door: door
        )
        body = []
        let started = connection.loop.now
        Task(executorPreference: connection.loop) { [self] in
            let answer = await server.router.answer(request)
            server.log(request, answer, milliseconds: connection.loop.now - started)
            send(answer, to: request)
            server.answered()
        }
    }

    private func send(_ answer: Answer, to request: Request) {
        isAnswering = false
        guard connection.isOpen else { return }
        let keepsAlive = request.head.keepsAlive && !server.isDraining
        var headers = answer.headers
        headers.set("X-Request-Id", request.id)
        connection.send(
            HTTPEncoder.response(
                answer.status,
                headers: headers,
                body: answer.body,
                keepsAlive: keepsAlive,
                isHead: request.head.method == "HEAD",
                date: server.engine.clock.now / 1_000
            )
        )
        head = nil
        guard keepsAlive else { return connection.close(afterFlush: true) }
        connection.setIdleTimeout(Self.idleTimeout)
        readOn()
    }

    /// To the next request, once the peer has taken the answers so far: who asks and does not read is not answered on and on.
    private func readOn() {
        isWaitingForReader = connection.pendingByteCount > Int(connection.lowWaterMark)
        if isWaitingForReader { connection.pauseReading() } else { connection.resumeReading() }
    }

    private func refuse(_ error: HTTPError) {
        let date = server.engine.clock.now / 1_000
        let id = RequestID.next()
        let answer = Answer(refusal: error, requestID: id)
        server.log(refusal: error, requestID: id, address: connection.peer.host)
        connection.send(
            HTTPEncoder.response(
                error.status,
                headers: answer.headers,
                body: answer.body,
                keepsAlive: false,
                date: date
            )
        )
        connection.close(afterFlush: true)
    }

    // MARK: - Upgrade

    /// Hands the connection over if the request asks for `/v1/live`.
    private func becomesLive(_ head: HTTPRequestHead, rest: UnsafeMutableRawBufferPointer) -> Bool {
        guard door.servesCalls, head.target.segments == ["v1", "live"], head.method == "GET" else { return false }
        do throws(HTTPError) {
            try server.checkOrigin(head.headers["origin"])
            if server.isDraining { throw HTTPError(503, "the daemon is shutting down") }
            let date = server.engine.clock.now / 1_000
            let (response, protocolName) = try WebSocketHandshake.answer(
                head,
                subprotocols: [Version.subprotocol],
                date: date
            )
            guard protocolName == Version.subprotocol else {
                throw HTTPError(
                    426,
                    "this daemon speaks the subprotocol \(Version.subprotocol); the client offers none. Use a newer client"
                )
            }
            connection.send(response)
        } catch {
            refuse(error)
            return true
        }
        let socket = LiveSocket(
            server: server,
            connection: connection,
            services: server.services(on: connection.loop),
            local: local
        )
        if !rest.isEmpty { connection.pauseReading(keeping: rest) }
        connection.handler = socket
        connection.resumeReading()
        return true
    }
}
