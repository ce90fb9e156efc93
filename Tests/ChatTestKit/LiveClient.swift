package import ChatAPI
package import Transport

/// A raw live connection that can misbehave: it sends any bytes, reads when it is told to, and answers pings only if it likes.
///
/// One test uses it from one task at a time.
package final class LiveClient: @unchecked Sendable {
    package let socket: RawSocket
    package var answersPings = true
    private var decoder = WebSocketDecoder(role: .client, messageLimit: 16 * 1_048_576)
    private var nextID: Int64 = 1
    /// Frames that were read and not yet asked for, in order.
    private var waiting: [JSON] = []
    private var closing: (code: Int, reason: String)?
    private var isEnded = false
    package private(set) var pings = 0

    private init(_ socket: RawSocket) { self.socket = socket }

    /// Connects and upgrades; nothing is said yet.
    package static func open(
        _ address: DaemonAddress,
        subprotocols: [String] = [Version.subprotocol],
        headers: HTTPHeaders = [:],
        receiveBuffer: Int32? = nil
    ) async throws -> LiveClient {
        let socket = try RawSocket(to: address, receiveBuffer: receiveBuffer)
        let offer = WebSocketOffer(host: "127.0.0.1", target: "/v1/live", subprotocols: subprotocols, headers: headers)
        try await socket.write(offer.request.array)
        var decoder = HTTPResponseDecoder()
        decoder.expect(method: "GET")
        let client = LiveClient(socket)
        while let piece = try await socket.read() {
            var bytes = piece
            var rest: [UInt8] = []
            let head = try bytes.withUnsafeMutableBytes { buffer -> HTTPResponseHead? in
                var input = buffer
                guard case .head(let head) = try decoder.next(&input) else { return nil }
                rest = Array(input)
                return head
            }
            guard let head else { continue }
            _ = try offer.check(head)
            try await client.take(rest)
            return client
        }
        throw TestFailure("the daemon closed before it answered the upgrade")
    }

    /// Connects and says hello as the bearer of a token.
    package static func hello(
        _ address: DaemonAddress,
        token: String?,
        resume: Resume? = nil,
        view: View? = nil,
        receiveBuffer: Int32? = nil
    ) async throws -> (client: LiveClient, welcome: Welcome) {
        let client = try await open(address, receiveBuffer: receiveBuffer)
        let welcome = try await client.hello(token: token, resume: resume, view: view)
        return (client, welcome)
    }

    package func hello(token: String?, resume: Resume? = nil, view: View? = nil) async throws -> Welcome {
        let frame = HelloFrame(id: 1, hello: Hello(token: token, device: "test", resume: resume, view: view))
        nextID = 2
        try await send(Coding.encode(frame))
        let answer = try await next()
        guard answer["id"] == 1, let ok = answer["ok"] else { throw TestFailure("hello was answered with \(answer)") }
        return try Coding.decode(Welcome.self, from: Coding.encode(ok))
    }

    private struct HelloFrame: Encodable {
        let id: Int64
        let hello: Hello
    }

    // MARK: - Out

    package func send(_ payload: [UInt8]) async throws {
        try await socket.write(WebSocketFrame.masked(.text, payload).array)
    }

    package func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    /// Sends a call and returns its id without waiting.
    package func post(_ operation: String, _ input: JSON, _ options: CallOptions = CallOptions()) async throws -> Int64
    {
        let (id, payload) = frame(operation, input, options)
        try await send(payload)
        return id
    }

    /// Sends a call for each input in one write: whoever reads the first of them has the others as well.
    package func post(_ operation: String, each inputs: [JSON]) async throws -> [Int64] {
        let frames = inputs.map { frame(operation, $0, CallOptions()) }
        try await socket.write(frames.flatMap { WebSocketFrame.masked(.text, $0.payload).array })
        return frames.map(\.id)
    }

    private func frame(
        _ operation: String,
        _ input: JSON,
        _ options: CallOptions
    ) -> (id: Int64, payload: [UInt8]) {
        let id = nextID
        nextID += 1
        var frame: [String: JSON] = ["id": .integer(id), "call": .string(operation), "in": input]
        if let key = options.key { frame["key"] = .string(key) }
        if options.dryRun { frame["dryRun"] = true }
        if let ifMatch = options.ifMatch { frame["ifMatch"] = .string(ifMatch) }
        return (id, Coding.encode(JSON.object(frame)))
    }

    /// A call and its answer. Pushes that come before it are kept for `next`.
    package func call(
        _ operation: String,
        _ input: JSON = .object([:]),
        _ options: CallOptions = CallOptions()
    ) async throws -> Result<JSON, APIError> {
        try await answer(to: try await post(operation, input, options))
    }

    package func answer(to id: Int64) async throws -> Result<JSON, APIError> {
        var skipped: [JSON] = []
        while true {
            let frame = try await next()
            if frame["id"] == .integer(id) {
                waiting = skipped + waiting
                return try Self.result(frame)
            }
            skipped.append(frame)
        }
    }

    package static func result(_ frame: JSON) throws -> Result<JSON, APIError> {
        if let ok = frame["ok"] { return .success(ok) }
        return .failure(try Coding.decode(APIError.self, from: Coding.encode(frame["error"] ?? .null)))
    }

    /// Makes a call and returns everything that arrived before its answer: what was published before is there by now.
    package func roundtrip() async throws -> [JSON] {
        let id = try await post("registers.list", ["prefix": "none/"])
        var frames: [JSON] = []
        while true {
            let frame = try await next()
            if frame["id"] == .integer(id) { return frames }
            frames.append(frame)
        }
    }

    // MARK: - In

    /// The next frame. Throws when the connection is closed, or at the deadline.
    package func next(within milliseconds: Int64 = RawSocket.deadlineMilliseconds) async throws -> JSON {
        let end = DescriptorWatch.now + milliseconds
        while waiting.isEmpty {
            if let closing { throw TestFailure("the connection was closed: \(closing.code) \(closing.reason)") }
            if isEnded { throw TestFailure("the connection ended without a close frame") }
            try await readMore(within: max(1, end - DescriptorWatch.now))
        }
        return waiting.removeFirst()
    }

    /// The next frame that fits; those before it are passed over.
    package func next(
        where isWanted: (JSON) -> Bool,
        within milliseconds: Int64 = RawSocket.deadlineMilliseconds
    ) async throws -> JSON {
        let end = DescriptorWatch.now + milliseconds
        while true {
            let frame = try await next(within: max(1, end - DescriptorWatch.now))
            if isWanted(frame) { return frame }
        }
    }

    /// The next push of a kind.
    package func push(_ kind: String) async throws -> JSON { try await next(where: { $0["push"] == .string(kind) }) }

    /// Everything until the daemon closes, and how it closes; 1006 if it says nothing.
    package func end(
        within milliseconds: Int64 = RawSocket.deadlineMilliseconds
    ) async throws -> (frames: [JSON], code: Int, reason: String) {
        let end = DescriptorWatch.now + milliseconds
        while closing == nil, !isEnded { try await readMore(within: max(1, end - DescriptorWatch.now)) }
        let frames = waiting
        waiting = []
        return (frames, closing?.code ?? 1006, closing?.reason ?? "")
    }

    package func close() {
        socket.close()
        isEnded = true
    }

    private func readMore(within milliseconds: Int64) async throws {
        guard let bytes = try await socket.read(within: milliseconds) else {
            isEnded = true
            return
        }
        try await take(bytes)
    }

    private func take(_ piece: [UInt8]) async throws {
        var bytes = piece
        var pongs: [[UInt8]] = []
        try bytes.withUnsafeMutableBytes { buffer in
            var input = buffer
            while let event = try decoder.next(&input) {
                switch event {
                case .text(let text): waiting.append(try Coding.decode(JSON.self, from: Array(text)))
                case .binary: throw TestFailure("the daemon sent a binary frame")
                case .ping(let payload):
                    pings += 1
                    pongs.append(Array(payload))
                case .pong: waiting.append(["pong": true])
                case .close(let code, let reason): closing = (Int(code), reason)
                }
            }
        }
        guard answersPings else { return }
        for pong in pongs { try await socket.write(WebSocketFrame.masked(.pong, pong).array) }
    }
}
