import ChatAPI
import ChatTestKit
import Glibc
import Transport

/// A live connection that reads a flood quickly: of most frames it only looks up the few members that the crash proof is about.
final class CrashClient: @unchecked Sendable {
    enum Frame {
        case answer(id: Int64, seq: Int64)
        case push(Push)
        /// Whatever is none of these, decoded.
        case other(JSON)
    }

    struct Push {
        let channel: String
        let seq: Int64
        let by: String
        let cid: ClientID?
        let text: String?
    }

    private let socket: RawSocket
    private var decoder = WebSocketDecoder(role: .client, messageLimit: 1_048_576)
    /// Each with a zero at its end, for libc's string functions.
    private var waiting: [[UInt8]] = []
    private var nextWaiting = 0
    private var nextID: Int64 = 2

    private init(_ socket: RawSocket) { self.socket = socket }

    static func hello(_ daemon: RunningDaemon, token: String, resume: Resume? = nil) async throws -> CrashClient {
        let client = CrashClient(try RawSocket(to: daemon.unix))
        let offer = WebSocketOffer(host: "", target: "/v1/live", subprotocols: [Version.subprotocol], headers: [:])
        try await client.socket.write(offer.request.array)
        var answer = HTTPResponseDecoder()
        answer.expect(method: "GET")
        var isUpgraded = false
        while !isUpgraded {
            guard var bytes = try await client.socket.read() else { throw TestFailure("no answer to the upgrade") }
            let rest = try bytes.withUnsafeMutableBytes { buffer -> [UInt8]? in
                var input = buffer
                guard case .head(let head) = try answer.next(&input) else { return nil }
                _ = try offer.check(head)
                return Array(input)
            }
            guard let rest else { continue }
            try client.take(rest)
            isUpgraded = true
        }
        struct Greeting: Encodable {
            let id = 1
            let hello: Hello
        }
        let hello = Greeting(hello: Hello(token: token, device: "crash", resume: resume))
        try await client.socket.write(WebSocketFrame.masked(.text, Coding.encode(hello)).array)
        guard case .other(let welcome) = try await client.next(), welcome["ok"] != nil else {
            throw TestFailure("hello was refused")
        }
        return client
    }

    func close() { socket.close() }

    /// Sends a message and returns its call's id without waiting.
    func post(_ cid: ClientID, _ text: String, to channel: ChannelID) async throws -> Int64 {
        let id = nextID
        nextID += 1
        let json =
            #"{"id":\#(id),"call":"messages.send","in":{"channel":"\#(channel)","cid":"\#(cid)","text":"\#(text)"}}"#
        try await socket.write(WebSocketFrame.masked(.text, Array(json.utf8)).array)
        return id
    }

    /// Throws when the connection has ended.
    func next() async throws -> Frame {
        while nextWaiting == waiting.count {
            waiting.removeAll(keepingCapacity: true)
            nextWaiting = 0
            guard let bytes = try await socket.read() else { throw TestFailure("the connection ended") }
            try take(bytes)
        }
        defer { nextWaiting += 1 }
        return try Self.frame(waiting[nextWaiting])
    }

    private func take(_ piece: [UInt8]) throws {
        var bytes = piece
        try bytes.withUnsafeMutableBytes { buffer in
            var input = buffer
            while let event = try decoder.next(&input) {
                switch event {
                case .text(let text): waiting.append(Array(text) + [0])
                case .close(let code, let reason): throw TestFailure("closed with \(code) \(reason)")
                default: break
                }
            }
        }
    }

    // MARK: - Looking up members

    private static func frame(_ bytes: [UInt8]) throws -> Frame {
        if bytes.starts(with: #"{"push":"#.utf8), let channel = text(#""channel":""#, bytes),
            let seq = number(#""seq":"#, bytes)
        {
            return .push(
                Push(
                    channel: channel,
                    seq: seq,
                    by: text(#""by":""#, bytes) ?? "",
                    cid: text(#""cid":""#, bytes).flatMap { ClientID($0) },
                    text: text(#""text":""#, bytes)
                )
            )
        }
        if bytes.starts(with: #"{"id":"#.utf8), bytes.count < 100, let id = number(#""id":"#, bytes),
            let seq = number(#""seq":"#, bytes)
        {
            return .answer(id: id, seq: seq)
        }
        return .other(try Coding.decode(JSON.self, from: Array(bytes.dropLast())))
    }

    /// Where the value behind a member's name begins. The proof's own texts hold no quotes, so the first hit is the member.
    private static func place(_ name: StaticString, _ bytes: [UInt8]) -> Int? {
        bytes.withUnsafeBytes { raw in
            let buffer = raw.assumingMemoryBound(to: CChar.self)
            guard let start = buffer.baseAddress, let hit = strstr(start, name.utf8Start) else { return nil }
            return UnsafeRawPointer(hit) - UnsafeRawPointer(start) + name.utf8CodeUnitCount
        }
    }

    private static func text(_ name: StaticString, _ bytes: [UInt8]) -> String? {
        guard let start = place(name, bytes), let end = bytes[start...].firstIndex(of: UInt8(ascii: "\"")) else {
            return nil
        }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    private static func number(_ name: StaticString, _ bytes: [UInt8]) -> Int64? {
        guard let start = place(name, bytes) else { return nil }
        return bytes.withUnsafeBytes {
            Int64(strtoll($0.assumingMemoryBound(to: CChar.self).baseAddress! + start, nil, 10))
        }
    }
}
