import Testing
import Transport

/// Answers as a client reads them.
@Suite struct HTTPResponseDecoderTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        var methods = ["GET"]
        var ends = false
        let expected: [Heard]
        var testDescription: String { name }
    }

    static let examples = [
        Example(
            name: "by length",
            text: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
            expected: [.response(200, body: "hi")]
        ),
        Example(
            name: "by chunks",
            text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
            expected: [.response(200, body: "hi")]
        ),
        Example(
            name: "until the end",
            text: "HTTP/1.1 200\r\n\r\nhi",
            ends: true,
            expected: [.response(200, body: "hi")]
        ),
        Example(name: "204", text: "HTTP/1.1 204 No Content\r\n\r\n", expected: [.response(204, body: "")]),
        Example(
            name: "HEAD, then GET",
            text: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
            methods: ["HEAD", "GET"],
            expected: [.response(200, body: ""), .response(200, body: "hi")]
        ),
        Example(
            name: "100 first",
            text: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n",
            methods: ["POST"],
            expected: [.informational(100), .response(201, body: "")]
        ),
        Example(
            name: "101",
            text: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\u{1}raw",
            expected: [.response(101, body: "")]
        ),
    ]

    @Test(arguments: examples) func `an answer is the same at every split`(_ example: Example) {
        for pieces in Splits.all(of: Array(example.text.utf8)) {
            #expect(responses(in: pieces, to: example.methods, ends: example.ends) == example.expected)
        }
    }

    @Test(arguments: [
        ("not HTTP", "SSH-2.0-OpenSSH\r\n\r\n"), ("a status that is none", "HTTP/1.1 20x OK\r\n\r\n"),
        ("a status out of range", "HTTP/1.1 999 OK\r\n\r\n"), ("another version", "HTTP/3.0 200 OK\r\n\r\n"),
        ("two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"),
        ("length and chunks", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
        ("too long", "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n"),
        ("an answer nobody asked for", "HTTP/1.1 204 No\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"),
        ("an alert of TLS, which ends no line", "\u{15}\u{3}\u{3}\u{0}\u{2}\u{2}\u{28}"),
        ("informational without end", String(repeating: "HTTP/1.1 102 Wait\r\n\r\n", count: 9)),
    ]) func `a broken answer is refused at every split`(_ name: String, _ text: String) {
        for pieces in Splits.all(of: Array(text.utf8)) {
            guard case .refused = responses(in: pieces, to: ["GET"]).last else {
                Issue.record("\(name) was taken: \(pieces.map(\.count))")
                return
            }
        }
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi"])
    func `a cut answer is not taken for a whole one`(_ text: String) {
        let heard = responses(in: [Array(text.utf8)], to: ["GET"], ends: true)
        guard case .refused(502, _) = heard.last else {
            Issue.record("taken: \(heard)")
            return
        }
    }

    @Test func `what the encoder writes the decoder reads`() {
        let body = Array("{\"ok\":true}".utf8)
        let whole = HTTPEncoder.response(200, headers: ["X": "1"], body: body, keepsAlive: true, date: 0)
        let head = HTTPEncoder.response(200, body: body, keepsAlive: true, isHead: true, date: 0)
        let none = HTTPEncoder.response(204, keepsAlive: true, date: 0)
        let chunked = HTTPEncoder.chunkedResponse(200, keepsAlive: true, date: 0)
        let parts = [whole, head, none, chunked, HTTPEncoder.chunk(body), HTTPEncoder.chunk([]), HTTPEncoder.lastChunk]
        let heard = responses(in: [parts.flatMap(\.array)], to: ["GET", "HEAD", "GET", "GET"])
        let text = "{\"ok\":true}"
        #expect(
            heard == [
                .response(200, body: text), .response(200, body: ""), .response(204, body: ""),
                .response(200, body: text),
            ]
        )
    }
}
