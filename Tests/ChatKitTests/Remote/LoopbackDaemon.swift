import ChatAPI
import ChatKit
import ChatTestKit
import Glibc
import Synchronization
import Transport

/// A daemon in this process on a Unix socket: answers HTTP by a closure, and the live connection by the model.
final class LoopbackDaemon: Sendable {
    struct Request: Sendable {
        var method = ""
        var target = ""
        var headers = HTTPHeaders()
        var body: [UInt8] = []
    }

    enum Reply: Sendable {
        case answer(Int, HTTPHeaders, [UInt8])
        /// Closes the connection instead of answering.
        case hangUp
        /// Never answers.
        case silence
    }

    struct State {
        var requests: [Request] = []
        var connections = 0
        var model: ModelDaemon
        /// Bytes of frames that the live connection received.
        var hellos = 0
        /// What `hello` is refused with.
        var refusal: APIError?
    }

    /// Tier: leaf.
    let state: Mutex<State>
    let loops: EventLoopGroup
    let address: ServerAddress
    private let listener: Listener
    private let folder: TemporaryFolder
    private let reply: @Sendable (Request) -> Reply
    /// Touched on the loop only.
    private let live: Live

    private final class Live: @unchecked Sendable {
        var sockets: [LoopbackSocket] = []
    }

    var loop: EventLoop { loops.first }

    init(
        channels: [ChannelID] = [],
        reply: @escaping @Sendable (Request) -> Reply = { _ in .answer(404, [:], []) }
    ) throws {
        folder = try TemporaryFolder()
        loops = try EventLoopGroup(count: 1, name: "loopback")
        let path = folder.path + "/d.sock"
        address = try ServerAddress(socket: path)
        listener = try Listener(.unix(path: path, mode: 0o600), on: loops)
        state = Mutex(State(model: ModelDaemon(channels: channels)))
        live = Live()
        self.reply = reply
        try listener.start { [self] connection in
            state.withLock { $0.connections += 1 }
            let socket = LoopbackSocket(self)
            live.sockets.append(socket)
            connection.handler = socket
        }
    }

    func stop() {
        listener.close()
        loops.first.stop()
        loops.first.wait()
    }

    func answer(_ request: Request) -> Reply {
        state.withLock { $0.requests.append(request) }
        return reply(request)
    }

    /// Changes the logs, and sends what follows from it.
    func change(_ body: @escaping @Sendable (inout ModelDaemon) -> Void) {
        loop.post { [self] in
            state.withLock { body(&$0.model) }
            flush()
        }
    }

    /// Closes the live connection with a code.
    func close(_ code: UInt16) {
        loop.post { [self] in for socket in live.sockets { socket.close(code) } }
    }

    func flush() {
        let frames = state.withLock { state in
            defer { state.model.outgoing = [] }
            return state.model.outgoing
        }
        for socket in live.sockets { socket.send(frames) }
    }

    func forget(_ socket: LoopbackSocket) { live.sockets.removeAll { $0 === socket } }
}

/// One connection of the daemon in this process.
final class LoopbackSocket: ConnectionHandler {
    private let daemon: LoopbackDaemon
    private var connection: Connection?
    private var decoder = HTTPRequestDecoder()
    private var webSocket: WebSocketDecoder?
    private var request = LoopbackDaemon.Request()

    init(_ daemon: LoopbackDaemon) { self.daemon = daemon }

    func connection(_ connection: Connection, received bytes: UnsafeMutableRawBufferPointer) {
        self.connection = connection
        var input = bytes
        while webSocket == nil, let event = try? decoder.next(&input) {
            switch event {
            case .head(let head):
                decoder.bodyLimit = 1 << 20
                request = .init(method: head.method, target: head.target.raw, headers: head.headers)
                if head.target.path == "/v1/live",
                    let answer = try? WebSocketHandshake.answer(
                        head,
                        subprotocols: [Version.subprotocol],
                        date: 0
                    )
                {
                    connection.send(answer.response)
                    webSocket = WebSocketDecoder(role: .server, messageLimit: Limits.frameBytes)
                    daemon.state.withLock { $0.model.connect() }
                }
            case .body(let part): request.body += part
            case .end:
                switch daemon.answer(request) {
                case .answer(let status, let headers, let body):
                    connection.send(
                        HTTPEncoder.response(status, headers: headers, body: body, keepsAlive: true, date: 0)
                    )
                case .hangUp: connection.close()
                case .silence: break
                }
            }
        }
        while let event = try? webSocket?.next(&input) {
            guard case .text(let text) = event else { continue }
            receive(Array(text), connection)
        }
    }

    private func receive(_ frame: [UInt8], _ connection: Connection) {
        let hello = (try? Coding.decode(JSON.self, from: frame))?["hello"]
        let refusal: APIError? = daemon.state.withLock { state in
            guard hello != nil else { return nil }
            state.hellos += 1
            // Refused until the client comes with another token.
            return hello?["token"] == "a0" ? state.refusal : nil
        }
        if let refusal {
            send([ChatKitTests.frame(["id": 1, "error": json(refusal)])])
            return connection.send(WebSocketFrame.close(4401))
        }
        daemon.state.withLock { $0.model.receive(frame) }
        daemon.flush()
    }

    func send(_ frames: [[UInt8]]) {
        guard webSocket != nil else { return }
        for frame in frames { connection?.send(WebSocketFrame.text(frame)) }
    }

    func close(_ code: UInt16) {
        guard webSocket != nil else { return }
        connection?.send(WebSocketFrame.close(code))
        connection?.close(afterFlush: true)
    }

    func connectionClosed(_ connection: Connection, reason: CloseReason) { daemon.forget(self) }
}

/// Collects what comes on another thread, and lets a test wait for a condition.
final class Collected<Element: Sendable>: Sendable {
    /// Tier: leaf.
    private let items = Mutex<[Element]>([])

    func append(_ more: [Element]) { items.withLock { $0 += more } }

    var all: [Element] { items.withLock { $0 } }

    /// Returns when the condition holds; throws after ten seconds, which only a failure takes.
    func wait(_ what: String, until isTrue: ([Element]) -> Bool) async throws {
        for _ in 0..<5_000 {
            if isTrue(all) { return }
            try await Task.sleep(for: .milliseconds(2))
        }
        throw Missed(description: "waited in vain for \(what); there is: \(all)")
    }

    struct Missed: Error, CustomStringConvertible {
        let description: String
    }
}
