import Testing
import Transport

/// The upgrade, both sides against each other and against what is wrong.
@Suite struct WebSocketHandshakeTests {
    @Test func `the key of RFC 6455 gives its answer`() {
        #expect(WebSocketHandshake.acceptKey(for: "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    @Test func `client and server agree`() throws {
        let offer = WebSocketOffer(
            host: "a",
            target: "/v1/live",
            subprotocols: ["plaza.v2", "plaza.v1"],
            headers: ["Origin": "x"]
        )
        let (response, agreed) = try WebSocketHandshake.answer(
            try requestHead(offer.request.array),
            subprotocols: ["plaza.v1"],
            date: 0
        )
        #expect(agreed == "plaza.v1")
        #expect(try offer.check(try responseHead(response.array)) == "plaza.v1")
    }

    static let request = [
        "GET /live HTTP/1.1", "Host: a", "Upgrade: websocket", "Connection: keep-alive, Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol: plaza.v1",
    ]

    @Test(arguments: [
        (0, "POST /live HTTP/1.1", 400), (0, "GET /live HTTP/1.0", 400), (2, "Upgrade: h2c", 426),
        (3, "Connection: close", 426),
        (4, "Sec-WebSocket-Version: 8", 426), (4, "X: 13", 426), (5, "Sec-WebSocket-Key: short", 400), (5, "X: y", 400),
        (5, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ", 400), (6, "Sec-WebSocket-Protocol: other", 400),
        (6, "Content-Length: 3", 400),
    ]) func `a wrong request is refused`(_ line: Int, _ replacement: String, _ status: Int) throws {
        var lines = Self.request
        lines[line] = replacement
        let head = try requestHead(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8))
        let error = #expect(throws: HTTPError.self) {
            try WebSocketHandshake.answer(head, subprotocols: ["plaza.v1"], date: 0)
        }
        #expect(error?.status == status)
    }

    @Test(arguments: [
        ("HTTP/1.1 101", "HTTP/1.1 200"), ("Upgrade: websocket", "Upgrade: h2c"),
        ("Connection: Upgrade", "Connection: close"),
        ("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "AAAALMBiTxaQ9kYGzzhZRbK+xOo="), ("plaza.v1", "other"),
        ("Sec-WebSocket-Protocol", "X-Nothing"),
        ("\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"),
    ]) func `a wrong answer is refused`(_ part: String, _ replacement: String) throws {
        let offer = WebSocketOffer(
            host: "a",
            target: "/",
            subprotocols: ["plaza.v1"],
            nonce: Array("the sample nonce".utf8)
        )
        let answer =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: plaza.v1\r\n\r\n"
        #expect(try offer.check(try responseHead(Array(answer.utf8))) == "plaza.v1")
        let pieces = answer.split(separator: part, maxSplits: 1, omittingEmptySubsequences: false)
        let broken = Array(pieces.joined(separator: replacement).utf8)
        #expect(throws: HTTPError.self) { try offer.check(try responseHead(broken)) }
    }

    private func requestHead(_ bytes: [UInt8]) throws -> HTTPRequestHead {
        var decoder = HTTPRequestDecoder()
        var bytes = bytes
        return try bytes.withUnsafeMutableBytes { raw in
            var input = raw
            guard case .head(let head) = try decoder.next(&input) else { throw HTTPError(0, "no head") }
            return head
        }
    }

    private func responseHead(_ bytes: [UInt8]) throws -> HTTPResponseHead {
        var decoder = HTTPResponseDecoder()
        decoder.expect(method: "GET")
        var bytes = bytes
        return try bytes.withUnsafeMutableBytes { raw in
            var input = raw
            guard case .head(let head) = try decoder.next(&input) else { throw HTTPError(0, "no head") }
            return head
        }
    }
}
