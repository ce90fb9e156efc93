import Testing
import Transport

/// What a WebSocket decoder said, in a form that compares.
enum Said: Equatable {
    case text(String)
    case binary([UInt8])
    case ping([UInt8])
    case pong([UInt8])
    case close(UInt16, String)
    case refused(UInt16)
}

func messages(in pieces: [[UInt8]], as role: WebSocketDecoder.Role, limit: Int = 100_000) -> [Said] {
    var decoder = WebSocketDecoder(role: role, messageLimit: limit)
    var said: [Said] = []
    for var piece in pieces {
        let failure: WebSocketError? = piece.withUnsafeMutableBytes { raw in
            var input = raw
            do throws(WebSocketError) {
                while let event = try decoder.next(&input) {
                    switch event {
                    case .text(let bytes): said.append(.text(String(decoding: bytes, as: UTF8.self)))
                    case .binary(let bytes): said.append(.binary(Array(bytes)))
                    case .ping(let bytes): said.append(.ping(Array(bytes)))
                    case .pong(let bytes): said.append(.pong(Array(bytes)))
                    case .close(let code, let reason): said.append(.close(code, reason))
                    }
                }
                if !input.isEmpty { said.append(.refused(0)) }
            } catch { return error }
            return nil
        }
        if let failure { return said + [.refused(failure.code)] }
    }
    return said
}

/// A frame with any bits, for what our own writer would never write.
func rawFrame(_ first: UInt8, _ payload: [UInt8], mask: [UInt8]? = [0x37, 0xfa, 0x21, 0x3d], length: [UInt8]? = nil)
    -> [UInt8]
{
    let bit: UInt8 = mask == nil ? 0 : 0x80
    var bytes = [first]
    if let length { bytes += [length[0] | bit] + length.dropFirst() } else { bytes.append(UInt8(payload.count) | bit) }
    if let mask {
        bytes += mask
        for (index, byte) in payload.enumerated() { bytes.append(byte ^ mask[index % 4]) }
    } else {
        bytes += payload
    }
    return bytes
}

@Suite struct WebSocketDecoderTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let name: String
        let bytes: [UInt8]
        var role = WebSocketDecoder.Role.server
        let expected: [Said]
        var testDescription: String { name }
    }

    static let hello = Array("Hello".utf8)

    /// RFC 6455 §5.7 and combinations.
    static let examples = [
        Example(
            name: "unmasked Hello",
            bytes: [0x81, 5, 0x48, 0x65, 0x6c, 0x6c, 0x6f],
            role: .client,
            expected: [.text("Hello")]
        ),
        Example(
            name: "masked Hello",
            bytes: [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58],
            expected: [.text("Hello")]
        ),
        Example(
            name: "fragmented Hello",
            bytes: [0x01, 3, 0x48, 0x65, 0x6c, 0x80, 2, 0x6c, 0x6f],
            role: .client,
            expected: [.text("Hello")]
        ),
        Example(name: "ping", bytes: [0x89, 5] + hello, role: .client, expected: [.ping(hello)]),
        Example(name: "masked pong", bytes: rawFrame(0x8a, hello), expected: [.pong(hello)]),
        Example(
            name: "256 bytes of binary",
            bytes: [0x82, 0x7e, 1, 0] + [UInt8](repeating: 7, count: 256),
            role: .client,
            expected: [.binary([UInt8](repeating: 7, count: 256))]
        ),
        Example(
            name: "control frames inside a message",
            bytes: rawFrame(0x01, [0x48, 0xc3]) + rawFrame(0x89, [1]) + rawFrame(0x00, [0xa9]) + rawFrame(0x8a, [])
                + rawFrame(0x80, [0x21]) + rawFrame(0x81, [0x2e]),
            expected: [.ping([1]), .pong([]), .text("Hé!"), .text(".")]
        ),
        Example(
            name: "empty messages",
            bytes: rawFrame(0x81, []) + rawFrame(0x82, []),
            expected: [.text(""), .binary([])]
        ),
        Example(
            name: "empty fragments",
            bytes: rawFrame(0x01, []) + rawFrame(0x00, []) + rawFrame(0x80, []),
            expected: [.text("")]
        ),
        Example(name: "close", bytes: rawFrame(0x88, [3, 232] + hello), expected: [.close(1000, "Hello")]),
        Example(name: "close without a code", bytes: rawFrame(0x88, []), expected: [.close(1005, "")]),
        Example(
            name: "nothing after close",
            bytes: rawFrame(0x88, [3, 232]) + [0xff, 0xff],
            expected: [.close(1000, "")]
        ),
        Example(name: "four-byte characters", bytes: rawFrame(0x81, Array("👩‍🚀é漢".utf8)), expected: [.text("👩‍🚀é漢")]),
    ]

    @Test(arguments: examples) func `messages are the same at every split`(_ example: Example) {
        for pieces in Splits.all(of: example.bytes) {
            #expect(messages(in: pieces, as: example.role) == example.expected, "\(pieces.map(\.count))")
        }
    }

    static func breaks(_ name: String, _ code: UInt16, _ bytes: [UInt8], as role: WebSocketDecoder.Role = .server)
        -> Example
    {
        Example(name: name, bytes: bytes, role: role, expected: [.refused(code)])
    }

    static let broken: [Example] = [
        breaks("an unmasked frame from a client", 1002, rawFrame(0x81, hello, mask: nil)),
        breaks("a masked frame from a server", 1002, rawFrame(0x81, hello), as: .client),
        breaks("RSV1", 1002, rawFrame(0xc1, hello)),
        breaks("RSV2", 1002, rawFrame(0xa1, hello)),
        breaks("RSV3", 1002, rawFrame(0x91, hello)),
        breaks("opcode 3", 1002, rawFrame(0x83, hello)),
        breaks("opcode 7", 1002, rawFrame(0x87, hello)),
        breaks("opcode 11", 1002, rawFrame(0x8b, hello)),
        breaks("opcode 15", 1002, rawFrame(0x8f, hello)),
        breaks("a fragmented ping", 1002, rawFrame(0x09, [])),
        breaks("a fragmented close", 1002, rawFrame(0x08, [])),
        breaks("a long ping", 1002, rawFrame(0x89, [UInt8](repeating: 0, count: 126), length: [126, 0, 126])),
        breaks("a continuation of nothing", 1002, rawFrame(0x80, hello)),
        breaks("half a close code", 1002, rawFrame(0x88, [3])),
        breaks(
            "a length of 125 in 16 bits",
            1002,
            rawFrame(0x82, [UInt8](repeating: 0, count: 125), length: [126, 0, 125])
        ),
        breaks("a length of 5 in 64 bits", 1002, rawFrame(0x82, hello, length: [127, 0, 0, 0, 0, 0, 0, 0, 5])),
        breaks("a length with the highest bit", 1002, rawFrame(0x82, [], length: [127, 0x80, 0, 0, 0, 0, 0, 0, 0])),
        breaks(
            "a length that overflows",
            1009,
            rawFrame(0x82, [], length: [127, 0x7f, 255, 255, 255, 255, 255, 255, 255])
        ),
        breaks("a reason that is not UTF-8", 1007, rawFrame(0x88, [3, 232, 0xff])),
        breaks("text that ends inside a character", 1007, rawFrame(0x81, [0xe2, 0x82])),
    ]

    @Test(arguments: broken) func `what breaks the protocol is refused at every split`(_ example: Example) {
        for pieces in Splits.all(of: example.bytes) {
            #expect(messages(in: pieces, as: example.role) == example.expected, "\(pieces.map(\.count))")
        }
    }

    @Test func `a new message inside another is refused`() {
        let bytes = rawFrame(0x01, Self.hello) + rawFrame(0x81, Self.hello)
        for pieces in Splits.all(of: bytes) { #expect(messages(in: pieces, as: .server) == [.refused(1002)]) }
    }

    @Test func `close codes that may not travel are refused`() {
        let allowed: [UInt16] = [
            1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
        ]
        let refused: [UInt16] = [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535]
        for code in allowed {
            #expect(
                messages(in: [rawFrame(0x88, WebSocketFrame.closePayload(code))], as: .server) == [.close(code, "")]
            )
        }
        for code in refused {
            #expect(
                messages(in: [rawFrame(0x88, WebSocketFrame.closePayload(code))], as: .server) == [.refused(1002)],
                "\(code)"
            )
        }
    }

    /// From Markus Kuhn's decoder stress test: what looks like UTF-8 and is none.
    static let invalid: [[UInt8]] = [
        [0x80], [0xbf], [0xc0, 0x80], [0xc0, 0xaf], [0xc1, 0xbf], [0xe0, 0x80, 0xaf], [0xe0, 0x9f, 0xbf],
        [0xed, 0xa0, 0x80],
        [0xed, 0xbf, 0xbf], [0xf0, 0x80, 0x80, 0xaf], [0xf0, 0x8f, 0xbf, 0xbf], [0xf4, 0x90, 0x80, 0x80],
        [0xf5, 0x80, 0x80, 0x80],
        [0xf8, 0x88, 0x80, 0x80, 0x80], [0xfc, 0x84, 0x80, 0x80, 0x80, 0x80], [0xfe], [0xff], [0xc3, 0x28],
        [0xe2, 0x28, 0xa1],
        [0xe2, 0x82, 0x28], [0xf0, 0x28, 0x8c, 0xbc],
    ]

    @Test(arguments: invalid) func `invalid UTF-8 is refused wherever it is cut`(_ sequence: [UInt8]) {
        let payload = Array("12345678é".utf8) + sequence + Array("12345678".utf8)
        for pieces in Splits.all(of: rawFrame(0x81, payload)) {
            #expect(messages(in: pieces, as: .server) == [.refused(1007)])
        }
        for cut in payload.indices {
            let frames = rawFrame(0x01, Array(payload[..<cut])) + rawFrame(0x80, Array(payload[cut...]))
            #expect(messages(in: [frames], as: .server) == [.refused(1007)], "fragmented at \(cut)")
        }
    }

    @Test func `invalid text is refused before its message ends`() {
        // The frame promises a hundred bytes; the second is already wrong.
        let start = Array(rawFrame(0x81, [0x61, 0xff] + [UInt8](repeating: 0x61, count: 98)).prefix(8))
        #expect(messages(in: [start], as: .server) == [.refused(1007)])
    }

    @Test func `the message limit counts all fragments and is said by the header alone`() {
        let piece = [UInt8](repeating: 0x61, count: 60)
        #expect(
            messages(in: [rawFrame(0x01, piece) + rawFrame(0x80, Array(piece.prefix(40)))], as: .server, limit: 100)
                .count == 1
        )
        #expect(
            messages(in: [rawFrame(0x01, piece) + rawFrame(0x80, Array(piece.prefix(41)))], as: .server, limit: 100)
                == [.refused(1009)]
        )
        let promise: [UInt8] = [0x82, 0xff, 0, 0, 0, 0, 0x10, 0, 0, 0, 1, 2, 3, 4]
        #expect(messages(in: [promise], as: .server) == [.refused(1009)])
    }

    @Test func `what the writer writes the decoder reads, at every length class`() {
        for count in [0, 1, 7, 8, 9, 125, 126, 127, 65_535, 65_536, 70_000] {
            let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            #expect(messages(in: [WebSocketFrame.frame(.binary, payload).array], as: .client) == [.binary(payload)])
            #expect(messages(in: [WebSocketFrame.masked(.binary, payload).array], as: .server) == [.binary(payload)])
        }
    }

    @Test func `random streams cut at random give the same messages`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Seeded(seed)
        for _ in 0..<200 {
            var stream: [UInt8] = []
            var expected: [Said] = []
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let text = String(
                    repeating: ["a", "é", "漢", "🙂"].randomElement(using: &random)!,
                    count: .random(in: 0...200, using: &random)
                )
                stream +=
                    WebSocketFrame.masked(.text, Array(text.utf8), mask: .random(in: 0 ... .max, using: &random)).array
                expected.append(.text(text))
            }
            var pieces: [[UInt8]] = []
            var rest = stream[...]
            while !rest.isEmpty {
                let count = min(rest.count, .random(in: 1...97, using: &random))
                pieces.append(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            #expect(messages(in: pieces, as: .server) == expected, "seed \(seed)")
        }
    }

    @Test func `random bytes never crash and never exceed the limit`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Seeded(seed)
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 1...60, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            for said in messages(in: [bytes], as: Bool.random(using: &random) ? .server : .client, limit: 20) {
                if case .text(let text) = said { #expect(text.utf8.count <= 20, "seed \(seed)") }
            }
            _ = requests(in: [bytes])
            _ = responses(in: [bytes], to: ["GET"], ends: true)
        }
    }

    @Test func `a whole message is handed out where it lies`() throws {
        var decoder = WebSocketDecoder(role: .server, messageLimit: 1_000)
        var bytes = rawFrame(0x81, Self.hello)
        try bytes.withUnsafeMutableBytes { raw in
            var input = raw
            guard case .text(let text) = try decoder.next(&input) else {
                Issue.record("no text")
                return
            }
            #expect(text.baseAddress == UnsafeRawPointer(raw.baseAddress! + 6))
        }
    }

    @Test func `masking is the same at every offset and length`() {
        let key: [UInt8] = [1, 2, 3, 4]
        let word = key.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }
        for offset in 0..<9 {
            for count in 0..<40 {
                var bytes = (0..<count).map { UInt8($0) }
                let expected = bytes.enumerated().map { $1 ^ key[($0 + offset) % 4] }
                bytes.withUnsafeMutableBytes { WebSocketMask.apply(word, to: $0, offset: offset) }
                #expect(bytes == expected)
            }
        }
    }

    @Test func `a long reason is cut between characters`() {
        let payload = WebSocketFrame.closePayload(4_000, String(repeating: "é", count: 100))
        #expect(payload.count == 124)
        #expect(
            messages(in: [rawFrame(0x88, payload)], as: .server) == [.close(4_000, String(repeating: "é", count: 61))]
        )
    }
}
