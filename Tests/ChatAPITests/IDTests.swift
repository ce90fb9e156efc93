import ChatAPI
import ChatTestKit
import Testing

/// Ids: sixteen bytes, thirty-six characters, sortable by time.
@Suite("Ids and text rules")
struct IDTests {
    @Test
    func `an id is UUIDv7 and goes through bytes and text unchanged`() throws {
        let seed = UInt64.random(in: 1...99_999)
        var generator = SeededGenerator(seed: seed)
        var previous: AccountID?
        for step in 0..<2_000 {
            let time = Int64(1_777_636_800_000) + Int64(step)
            let id = AccountID.make(at: time, using: &generator)
            let text = id.description
            #expect(id.milliseconds == time)
            #expect(text.count == 36)
            let characters = Array(text)
            #expect(characters[14] == "7", "seed \(seed)")
            #expect(["8", "9", "a", "b"].contains(characters[19]), "seed \(seed)")
            #expect(AccountID(text) == id)
            #expect(AccountID(text.uppercased()) == id)
            #expect(AccountID(bytes: id.bytes) == id)
            var bytes: [UInt8] = []
            id.append(to: &bytes)
            #expect(String(decoding: bytes, as: UTF8.self) == text)
            if let previous {
                #expect(previous < id)
                #expect(previous.bytes.lexicographicallyPrecedes(id.bytes))
                #expect(previous.description < text)
            }
            previous = id
        }
    }

    @Test(arguments: [
        "", "0190", "01900000-0000-7000-8000-00000000000", "01900000-0000-7000-8000-0000000000011",
        "01900000x0000-7000-8000-000000000001", "g1900000-0000-7000-8000-000000000001",
        "{1900000-0000-7000-8000-00000000001}",
        "01900000-0000-7000-8000-00000000000\u{e9}", "019000000000-7000-8000-0000-00000001",
    ])
    func `what is not thirty-six characters of the form is no id`(_ text: String) {
        #expect(AccountID(text) == nil)
        #expect(AccountID(bytes: Array(text.utf8.prefix(15))) == nil)
    }

    @Test
    func `every control character but tab and newline is refused and named, and nothing else is`() {
        for value in UInt32(0)...0x2FF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = "a" + String(Character(scalar)) + "b"
            let isControl = value < 0x20 && value != 0x09 && value != 0x0A || (0x7F...0x9F).contains(value)
            do throws(APIError) {
                try TextRules.check(text, named: "text", limit: 100)
                #expect(!isControl, "U+\(String(value, radix: 16))")
            } catch {
                #expect(isControl, "U+\(String(value, radix: 16))")
                #expect(error.code == .invalid)
            }
        }
        // Their last bytes look like controls; they are none.
        for text in ["\u{2028}", "\u{1F600}", "\u{0100}", "\u{10FFFF}", "é", "\u{200D}\u{202E}\u{FEFF}"] {
            #expect(throws: Never.self) { try TextRules.check(text, named: "text", limit: 100) }
        }
    }

    @Test
    func `limits are bytes and are named`() throws {
        try TextRules.check(String(repeating: "ü", count: 50), named: "text", limit: 100)
        do throws(APIError) {
            try TextRules.check(String(repeating: "ü", count: 51), named: "text", limit: 100)
            Issue.record("102 bytes were taken")
        } catch {
            #expect(error.detail == "text is 102 bytes long; the limit is 100")
            #expect(error.errors == [FieldError(pointer: "/text", message: "is 102 bytes long; the limit is 100")])
        }
        for text in ["a\nb", "a\tb"] {
            #expect(throws: APIError.self) { try TextRules.checkLine(text, named: "topic", limit: 100) }
        }
        for (text, isBlank) in [("", true), (" \t\n ", true), (" x ", false), ("\u{A0}", false)] {
            #expect(TextRules.isBlank(text) == isBlank)
        }
    }

    @Test
    func `ephemeral news merges to the newest of each sender, in any cut of the stream`() {
        let seed = UInt64.random(in: 1...99_999)
        var generator = SeededGenerator(seed: seed)
        let people = (1...4).map { AccountID(high: 1, low: UInt64($0)) }
        for _ in 0..<300 {
            var merged = Ephemeral(channel: nil)
            var presence: [AccountID: PresenceState] = [:]
            var typing: [AccountID: Bool] = [:]
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                var news = Ephemeral(channel: nil)
                for person in people where Bool.random(using: &generator) {
                    let state = PresenceState.words.randomElement(using: &generator) ?? .online
                    news.presence = (news.presence ?? []) + [Presence(account: person, state: state)]
                    presence[person] = state
                }
                for person in people {
                    switch Int.random(in: 0..<3, using: &generator) {
                    case 0:
                        news.typing = (news.typing ?? []) + [person]
                        typing[person] = true
                    case 1:
                        news.stoppedTyping = (news.stoppedTyping ?? []) + [person]
                        typing[person] = false
                    default: break
                    }
                }
                merged.merge(news)
            }
            let shown = Dictionary(uniqueKeysWithValues: (merged.presence ?? []).map { ($0.account, $0.state) })
            #expect(shown == presence, "seed \(seed)")
            #expect(Set(merged.typing ?? []) == Set(typing.filter(\.value).keys), "seed \(seed)")
            #expect(Set(merged.stoppedTyping ?? []) == Set(typing.filter { !$0.value }.keys), "seed \(seed)")
        }
    }
}
