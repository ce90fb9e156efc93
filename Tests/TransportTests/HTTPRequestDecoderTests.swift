import Testing
import Transport

/// Requests that must be understood, and the table of those that must not.
@Suite struct HTTPRequestDecoderTests {
    struct Good: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        let expected: [Heard]
        var testDescription: String { name }
    }

    static let good = [
        Good(
            name: "a plain GET",
            text: "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            expected: [.request("GET", "/", body: "")]
        ),
        Good(
            name: "a body by length",
            text: "POST /v1/x?a=1 HTTP/1.1\r\nHost: a:80\r\nContent-Length: 5\r\n\r\nhello",
            expected: [.request("POST", "/v1/x?a=1", body: "hello")]
        ),
        Good(
            name: "a body of no bytes",
            text: "POST / HTTP/1.1\r\nHost: a\r\ncontent-length: 0\r\n\r\n",
            expected: [.request("POST", "/", body: "")]
        ),
        Good(
            name: "chunks with extensions and trailers",
            text: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "5;a=b\r\nhello\r\n006\r\n world\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\n",
            expected: [.request("POST", "/", body: "hello world")]
        ),
        Good(
            name: "pipelined requests",
            text:
                "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nokGET /3 HTTP/1.1\r\nHost: a\r\n\r\n",
            expected: [
                .request("GET", "/1", body: ""), .request("POST", "/2", body: "ok"), .request("GET", "/3", body: ""),
            ]
        ),
        Good(name: "HTTP/1.0 without Host", text: "GET / HTTP/1.0\r\n\r\n", expected: [.request("GET", "/", body: "")]),
        Good(
            name: "an absolute target",
            text: "GET http://Example.org/a?b HTTP/1.1\r\nHost: example.org\r\n\r\n",
            expected: [.request("GET", "/a?b", body: "")]
        ),
        Good(
            name: "OPTIONS *",
            text: "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
            expected: [.request("OPTIONS", "*", body: "")]
        ),
        Good(
            name: "an empty Host",
            text: "GET / HTTP/1.1\r\nHost:\r\n\r\n",
            expected: [.request("GET", "/", body: "")]
        ),
        Good(
            name: "an IPv6 Host",
            text: "GET / HTTP/1.1\r\nHost: [::1]:7878\r\n\r\n",
            expected: [.request("GET", "/", body: "")]
        ),
        Good(
            name: "one empty line first",
            text: "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            expected: [.request("GET", "/", body: "")]
        ),
        Good(
            name: "tabs around a value",
            text: "GET / HTTP/1.1\r\nHost:\t a \t\r\nX: b\tc\r\n\r\n",
            expected: [.request("GET", "/", body: "")]
        ),
    ]

    @Test(arguments: good) func `a request is the same at every split`(_ example: Good) {
        for pieces in Splits.all(of: Array(example.text.utf8)) {
            #expect(requests(in: pieces) == example.expected, "\(pieces.map(\.count))")
        }
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let name: String
        let bytes: [UInt8]
        let status: Int
        var testDescription: String { name }

        init(_ name: String, _ text: String, _ status: Int = 400) {
            self.init(name, bytes: Array(text.utf8), status)
        }

        init(_ name: String, bytes: [UInt8], _ status: Int = 400) {
            (self.name, self.bytes, self.status) = (name, bytes, status)
        }

        /// A head with these lines after Host, and a body.
        static func post(_ name: String, _ lines: String, body: String = "", _ status: Int = 400) -> Bad {
            Bad(name, "POST / HTTP/1.1\r\nHost: a\r\n\(lines)\r\n\r\n\(body)", status)
        }
    }

    static let smuggling: [Bad] = [
        .post("CL.TE", "Content-Length: 6\r\nTransfer-Encoding: chunked", body: "0\r\n\r\nG"),
        .post("TE.CL", "Transfer-Encoding: chunked\r\nContent-Length: 4", body: "5c\r\n"),
        .post("TE.TE with a second coding", "Transfer-Encoding: chunked\r\nTransfer-Encoding: x"),
        .post("chunked twice over two lines", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
        .post("chunked twice", "Transfer-Encoding: chunked, chunked"),
        .post("chunked not last", "Transfer-Encoding: chunked, gzip"),
        .post("a coding before chunked", "Transfer-Encoding: gzip, chunked", 501),
        .post("xchunked", "Transfer-Encoding: xchunked"),
        .post("identity", "Transfer-Encoding: identity"),
        .post("chunked beside an empty member", "Transfer-Encoding: , chunked", 501),
        .post("a space before the colon", "Transfer-Encoding : chunked"),
        .post("a vertical tab in the coding", "Transfer-Encoding: \u{0b}chunked"),
        .post("CL.CL different", "Content-Length: 5\r\nContent-Length: 6"),
        .post("CL.CL the same", "Content-Length: 5\r\nContent-Length: 5"),
        .post("a list of lengths", "Content-Length: 5, 5"),
        .post("a length with a sign", "Content-Length: +5"),
        .post("a negative length", "Content-Length: -5"),
        .post("a hexadecimal length", "Content-Length: 0x5"),
        .post("an empty length", "Content-Length: "),
        .post("a length that overflows", "Content-Length: 99999999999999999999"),
        .post("a folded header", "X: a\r\n b"),
        .post("a folded length", "Content-Length:\r\n 5"),
        .post("a bare line feed between headers", "X: a\nTransfer-Encoding: chunked"),
        .post("a bare carriage return in a value", "X: a\rTransfer-Encoding: chunked"),
        .post("a NUL in a value", "X: a\0b"),
        .post("a NUL in a name", "X\0: a"),
        .post("an empty name", ": a"),
        .post("a line without a colon", "Transfer-Encoding"),
        .post("a name with a space", "Content Length: 5"),
        .post("two hosts", "Host: b"),
        Bad("no host", "GET / HTTP/1.1\r\n\r\n"),
        Bad("a host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        Bad("a host with a user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"),
        Bad("a host list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
        Bad("a port that is none", "GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n"),
        Bad("different hosts", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        Bad("coding in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"),
        Bad("only line feeds", "GET / HTTP/1.1\nHost: a\n\n"),
        Bad("a header line before the request line", " GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Bad("two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Bad("no version", "GET /\r\nHost: a\r\n\r\n"),
        Bad("a fourth part", "GET / HTTP/1.1 x\r\nHost: a\r\n\r\n"),
        Bad("a tab for a space", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        Bad("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        Bad("HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505),
        Bad("lower-case version", "GET / http/1.1\r\nHost: a\r\n\r\n"),
        Bad("a method that is none", "G@T / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Bad("an endless method", String(repeating: "G", count: 33) + " / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Bad("CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 501),
        Bad("a target without a slash", "GET a HTTP/1.1\r\nHost: a\r\n\r\n"),
        Bad("a fragment", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"),
        Bad("many empty lines", "\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        .post("an unknown expectation", "Expect: gold\r\nContent-Length: 1", 417),
        Bad("a TLS greeting", bytes: [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x00]),
        Bad(
            "a value that is not UTF-8",
            bytes: Array("GET / HTTP/1.1\r\nHost: a\r\nX: ".utf8) + [0xff, 0x0d, 0x0a, 0x0d, 0x0a]
        ),
    ]

    static func chunks(_ name: String, _ body: String) -> Bad {
        .post("chunks: " + name, "Transfer-Encoding: chunked", body: body)
    }

    static let chunks: [Bad] = [
        chunks("a size that is none", "x\r\n"),
        chunks("an empty size", "\r\n"),
        chunks("a size with a sign", "+5\r\nhello\r\n0\r\n\r\n"),
        chunks("a size with 0x", "0x5\r\nhello\r\n0\r\n\r\n"),
        chunks("a size that overflows", "fffffffffffffffff\r\n"),
        chunks("a size that wraps to zero", "10000000000000000\r\n"),
        chunks("a space after the size", "5 \r\nhello\r\n0\r\n\r\n"),
        chunks("a bare line feed after the size", "5\nhello\r\n0\r\n\r\n"),
        chunks("a longer chunk", "4\r\nhello\r\n0\r\n\r\n"),
        chunks("a bare line feed after the data", "5\r\nhello\n0\r\n\r\n"),
        chunks("a bare line feed in an extension", "5;a\nX\r\nhello\r\n0\r\n\r\n"),
        chunks("a bare carriage return in an extension", "5;a\rX\r\nhello\r\n0\r\n\r\n"),
        chunks("a long extension", "5;" + String(repeating: "a", count: 255) + "\r\nhello\r\n0\r\n\r\n"),
        chunks("a trailer that is no field", "0\r\nhello\r\n\r\n"),
        chunks("a folded trailer", "0\r\nX: a\r\n b\r\n\r\n"),
    ]

    @Test(arguments: smuggling + chunks) func `what is doubtful is refused at every split`(_ example: Bad) {
        for pieces in Splits.all(of: example.bytes) {
            let heard = requests(in: pieces)
            guard case .refused(example.status, let sentence) = heard.last, heard.count == 1 else {
                Issue.record("\(pieces.map(\.count)): \(heard)")
                return
            }
            #expect(sentence.utf8.allSatisfy { $0 >= 0x20 }, "a sentence must not repeat control characters")
        }
    }

    @Test func `a chunked body stops at the limit of its route`() {
        let request =
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n"
        #expect(requests(in: [Array(request.utf8)], bodyLimit: 6) == [.request("POST", "/", body: "hello!")])
        #expect(requests(in: [Array(request.utf8)], bodyLimit: 5) == [.refused(413, "the body is longer than 5 bytes")])
    }

    @Test func `a declared body is refused before it is read`() {
        let request = Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n".utf8)
        #expect(requests(in: [request]) == [.refused(413, "the body has 1001 bytes, at most 1000 are taken")])
        #expect(requests(in: [request], bodyLimit: 1_001) == [])
    }

    @Test func `chunk extensions are bounded over the whole body`() {
        let chunk = "1;" + String(repeating: "a", count: 200) + "\r\nx\r\n"
        let request =
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + String(repeating: chunk, count: 30)
        #expect(
            requests(in: [Array(request.utf8)]) == [.refused(400, "the chunk extensions are longer than 4096 bytes")]
        )
    }

    @Test func `trailers are bounded`() {
        let line = "X: " + String(repeating: "a", count: 1_000) + "\r\n"
        let request =
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + String(repeating: line, count: 5)
        #expect(requests(in: [Array(request.utf8)]) == [.refused(431, "the trailer section is longer than 4096 bytes")])
    }

    @Test func `heads are bounded in every direction`() {
        func head(_ target: Int, _ lines: [String]) -> [UInt8] {
            let first = "GET /" + String(repeating: "a", count: target) + " HTTP/1.1\r\nHost: a\r\n"
            return Array((first + lines.map { $0 + "\r\n" }.joined() + "\r\n").utf8)
        }
        func status(_ bytes: [UInt8]) -> Int? {
            guard case .refused(let status, _) = requests(in: [bytes]).last else { return nil }
            return status
        }
        #expect(status(head(8_192 - 14, [])) == nil)
        #expect(status(head(8_192 - 13, [])) == 414)
        #expect(status(head(1, (0..<99).map { "x\($0): 1" })) == nil)
        #expect(status(head(1, (0..<100).map { "x\($0): 1" })) == 431)
        #expect(status(head(1, ["x: " + String(repeating: "a", count: 16_300)])) == nil)
        #expect(status(head(1, ["x: " + String(repeating: "a", count: 16_384)])) == 431)
        // A line that never ends is cut off by the same limits.
        #expect(status(Array(repeating: UInt8(ascii: "a"), count: 8_193)) == 414)
    }

    @Test func `after a refusal nothing more is understood`() {
        var decoder = HTTPRequestDecoder()
        var bytes = Array("GET / HTTP/9.9\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        bytes.withUnsafeMutableBytes { raw in
            var input = raw
            #expect(throws: HTTPError.self) { try decoder.next(&input) }
            #expect(throws: HTTPError.self) { try decoder.next(&input) }
        }
    }

    @Test func `keep-alive follows version and Connection`() throws {
        let table: [(String, Bool)] = [
            ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", true),
            ("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", false),
            ("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n", false), ("GET / HTTP/1.0\r\n\r\n", false),
            ("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true),
        ]
        for (text, expected) in table { #expect(try head(text).keepsAlive == expected, "\(text)") }
    }

    @Test func `a body that waits for 100 is told apart`() throws {
        let waiting = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n"
        #expect(try head(waiting).expectsContinue)
        #expect(try !head("GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n").expectsContinue)
    }

    private func head(_ text: String) throws -> HTTPRequestHead {
        var decoder = HTTPRequestDecoder()
        var bytes = Array(text.utf8)
        return try bytes.withUnsafeMutableBytes { raw in
            var input = raw
            guard case .head(let head) = try decoder.next(&input) else { throw HTTPError(0, "no head") }
            return head
        }
    }
}
