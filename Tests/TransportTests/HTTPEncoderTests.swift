import Testing
import Transport

/// What goes out: requests, dates, targets, and that no text can end a header line.
@Suite struct HTTPEncoderTests {
    @Test func `what the encoder asks the decoder understands`() {
        let one = HTTPEncoder.request(
            "POST",
            "/v1/a%20b?x=1",
            host: "example.org:7878",
            headers: ["A": "b"],
            body: Array("hi".utf8)
        )
        let two = HTTPEncoder.request("GET", "/", host: "")
        #expect(
            requests(in: [one.array + two.array]) == [
                .request("POST", "/v1/a%20b?x=1", body: "hi"), .request("GET", "/", body: ""),
            ]
        )
    }

    @Test func `a value cannot end its line`() {
        let response = HTTPEncoder.response(
            200,
            headers: ["X": "a\r\nSet-Cookie: b\r\n\r\nbody"],
            keepsAlive: true,
            date: 0
        )
        let text = String(decoding: response.array, as: UTF8.self)
        #expect(text.contains("X: a  Set-Cookie: b    body\r\n"))
        #expect(responses(in: [response.array], to: ["GET"]) == [.response(200, body: "")])
    }

    @Test(
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (1_795_243_199, "Sat, 21 Nov 2026 06:39:59 GMT"), (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        ] as [(Int64, String)]
    ) func `dates are written as HTTP wants them`(_ second: Int64, _ text: String) {
        #expect(HTTPDate.text(second) == text)
    }
}

/// Targets: strict percent-encoding and UTF-8, and nothing that walks out of its place.
@Suite struct RequestTargetTests {
    @Test func `segments are decoded one by one`() throws {
        let target = try RequestTarget("/v1/a%2Fb/%C3%A9%20x//?q=a+b%26&q=2&empty&=v".utf8, method: "GET")
        #expect(target.segments == ["v1", "a/b", "é x", "", ""])
        #expect(target.query.map(\.name) == ["q", "q", "empty", ""])
        #expect(target.query.map(\.value) == ["a b&", "2", "", "v"])
        #expect(target["q"] == "a b&")
        #expect(target.authority == nil)
    }

    @Test func `an absolute target gives its authority`() throws {
        let target = try RequestTarget("HTTP://[::1]:80?x=1".utf8, method: "GET")
        #expect(target.authority == "[::1]:80")
        #expect(target.path == "/")
        #expect(target["x"] == "1")
    }

    @Test(arguments: [
        "/%", "/%2", "/%zz", "/%ff", "/%C3", "/%C0%AF", "/%ED%A0%80", "/%00", "/%0d%0a", "/a?b=%0a", "/a?%ff",
        "/../etc",
        "/a/%2e%2e/b", "/./a", "http://", "http:///a", "http://u:p@a/", "ftp://a/", "", "/a b", "/\"", "/<a>", "/{a}",
        "*",
    ]) func `a broken target is refused`(_ text: String) {
        #expect(throws: HTTPError.self) { try RequestTarget(text.utf8, method: "GET") }
    }

    @Test func `encoding and decoding are inverse for any text`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Seeded(seed)
        for _ in 0..<500 {
            let text = String(
                String.UnicodeScalarView(
                    (0..<Int.random(in: 1...12, using: &random)).map { _ in
                        Unicode.Scalar(UInt32.random(in: 0x20...0x2fff, using: &random)) ?? "x"
                    }
                )
            )
            if text == "." || text == ".." || text.utf8.contains(0x7f) { continue }
            let encoded = PercentEncoding.encode(text)
            let target = try RequestTarget("/\(encoded)?\(PercentEncoding.query([(text, text)]))".utf8, method: "GET")
            #expect(target.segments == [text], "seed \(seed)")
            #expect(target[text] == text, "seed \(seed)")
        }
    }
}

/// A small generator with a seed that a failing test prints (SplitMix64).
struct Seeded: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
