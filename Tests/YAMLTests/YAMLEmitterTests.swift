import Testing
import YAML

/// Values as documents, and back.
struct YAMLEmitterTests {
    @Test func `a document as people would write it`() throws {
        let value = YAMLValue.mapping([
            YAMLEntry("name", .string("Open day")),
            YAMLEntry("country", .string("no")),
            YAMLEntry("starts", .string("2026-11-21")),
            YAMLEntry("door", .string("12:30")),
            YAMLEntry("build", .string("007")),
            YAMLEntry("places", .int(120)),
            YAMLEntry("share", .double(0.5)),
            YAMLEntry("open", .bool(true)),
            YAMLEntry("closed", .null),
            YAMLEntry("address", .string("10.0.0.1:80")),
            YAMLEntry("empty", .string("")),
            YAMLEntry("greeting", .string("Hello 👋 Grüße")),
            YAMLEntry("text", .string("First line\n  indented\n\nlast line\n")),
            YAMLEntry("no newline", .string("a\nb")),
            YAMLEntry(
                "channels",
                .sequence([
                    .string("general"), .mapping([YAMLEntry("name", .string("help")), YAMLEntry("topic", .null)]),
                ])
            ),
            YAMLEntry("none", .sequence([])),
            YAMLEntry("nothing", .mapping([])),
        ])
        #expect(
            value.yaml() == """
                name: Open day
                country: "no"
                starts: "2026-11-21"
                door: "12:30"
                build: "007"
                places: 120
                share: 0.5
                open: true
                closed: null
                address: "10.0.0.1:80"
                empty: ""
                greeting: Hello 👋 Grüße
                text: |
                  First line
                    indented

                  last line
                no newline: |-
                  a
                  b
                channels:
                - general
                - name: help
                  topic: null
                none: []
                nothing: {}

                """
        )
        #expect(try YAMLValue(yaml: value.yaml()) == value)
    }

    @Test(arguments: [
        "", " ", "  a", "a ", "a\n", "\na", "a\n\n", "\n", "\n\n", " a\nb", "a \nb", "a\n b", "\ta", "a\tb\nc",
        "# no comment", "a # b",
        "a: b", "a:", ":", "-", "- a", "?", "? a", "[", "]", "{a}", "a, b", "&a", "*a", "!a", "|", ">", "%a", "@a",
        "`a", "'", "\"", "\\",
        "~", "null", "true", "FALSE", "yes", "No", "on", "y", "=", "<<", "1", "-1", "+1", "0x1", "0o7", "1e3", ".5",
        "1.", ".inf", "-.Inf",
        ".NaN", "1_000", "12:30:45", "2026-11-21", "2026-11-21T06:34:20Z", "---", "...", "--- a", "a\n---\nb",
        "a\n...\n", "\u{0}", "\u{7}",
        "\u{1B}[31m", "\u{7F}", "\u{85}", "\u{9B}", "\u{A0}", "\u{2028}", "a\u{2029}b\nc", "\u{FEFF}", "a\u{FEFF}\nb",
        "\u{FFFE}", "😀", "😀\n😀",
        "\r", "a\r\nb", "e\u{301}", "é", "\u{10FFFF}", "x\u{202E}y", String(repeating: "long key ", count: 40),
        "a\n\n\nb\n\n\n", "  \n  ",
        "\u{E000}", "a\n#b\n", "key: |\n  x\n",
    ])
    func `a text comes back as it was, alone, as a key and in lists`(text: String) throws {
        let values: [YAMLValue] = [
            .string(text), .sequence([.string(text), .int(1)]),
            .mapping([YAMLEntry("k", .string(text)), YAMLEntry("l", .null)]),
            .mapping([YAMLEntry(text, .string(text)), YAMLEntry(text + "2", .sequence([.sequence([.string(text)])]))]),
        ]
        for value in values {
            let document = value.yaml()
            #expect(try YAMLValue(yaml: document) == value, "\(document)")
            #expect(document.hasSuffix("\n"))
        }
    }

    @Test func `whatever is written is read back the same`() throws {
        let seed: UInt64 = 20_261_121
        var random = SeededRandom(seed: seed)
        for round in 0..<3000 {
            let value = randomValue(depth: 4, &random)
            let document = value.yaml()
            #expect(try YAMLValue(yaml: document) == value, "seed \(seed), round \(round):\n\(document)")
            #expect(try YAMLValue(yaml: document).yaml() == document, "seed \(seed), round \(round)")
        }
    }

    /// Random bytes, and documents with a few bytes changed: a value or an error with a sentence, never a trap.
    @Test func `any bytes are answered`() {
        let seed: UInt64 = 99
        var random = SeededRandom(seed: seed)
        let alphabet = Array("ab:-?[]{},#&*!|>'\"%@`~<\n\n  \t01.\\".utf8) + [0xC3, 0xA9, 0xFF, 0x00, 0x85]
        for round in 0..<5000 {
            var bytes: [UInt8]
            if round % 2 == 0 {
                bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in alphabet.randomElement(using: &random)!
                }
            } else {
                bytes = Array(randomValue(depth: 3, &random).yaml().utf8)
                for _ in 0..<3 {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = alphabet.randomElement(using: &random)!
                }
            }
            do {
                let value = try YAMLValue(yaml: bytes)
                #expect(try YAMLValue(yaml: value.yaml()) == value, "seed \(seed), round \(round): \(bytes)")
            } catch {
                #expect(!error.sentence.isEmpty, "seed \(seed), round \(round): \(bytes)")
            }
        }
    }

    private func randomValue(depth: Int, _ random: inout SeededRandom) -> YAMLValue {
        switch Int.random(in: 0...(depth > 0 ? 9 : 6), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .int(Int64.random(in: .min ... .max, using: &random) >> Int64.random(in: 0...63, using: &random))
        case 3: return .double(Double(bitPattern: UInt64.random(in: 0...(.max), using: &random)))
        case 4, 5, 6: return .string(randomText(&random))
        case 7:
            return .sequence(
                (0..<Int.random(in: 0...4, using: &random)).map { _ in randomValue(depth: depth - 1, &random) }
            )
        default:
            var entries: [YAMLEntry] = []
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                let key = randomText(&random)
                if entries.contains(where: { $0.key == key }) { continue }
                entries.append(YAMLEntry(key, randomValue(depth: depth - 1, &random)))
            }
            return .mapping(entries)
        }
    }

    private func randomText(_ random: inout SeededRandom) -> String {
        let pieces = [
            "a", "b", "word", " ", "  ", "\n", "\n\n", "\t", ":", ": ", "-", "- ", "#", " #", "'", "\"", "\\", "1", "0",
            ".", "e", "true",
            "no", "~", "[", "]", "{", "}", ",", "&", "*", "!", "|", ">", "%", "é", "😀", "\u{85}", "\u{2028}", "\r",
            "\u{1B}", "\u{FEFF}",
            "---", "...", "\u{0}", "e\u{301}",
        ]
        return (0..<Int.random(in: 0...8, using: &random)).map { _ in pieces.randomElement(using: &random)! }.joined()
    }
}

/// SplitMix64: the same numbers for the same seed, everywhere.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
