import ChatAPI
import ChatTestKit
import Testing

/// JSON in: every refusal names the member that was wrong, and how.
@Suite("Coding")
struct CodingTests {
    private struct Sample: Codable {
        var name: String
        var count: Int?
        var flag: Bool?
        var role: MemberRole?
        var id: AccountID?
        var list: [Int]?
        var inner: [String: Int]?
    }

    @Test(
        arguments: [
            ("{}", "invalid", "name is missing", "/name"), (#"{"name":7}"#, "invalid", "name is not a string", "/name"),
            (#"{"name":null}"#, "invalid", "name is null", "/name"),
            (#"{"name":"x","count":"y"}"#, "invalid", "count is not a whole number", "/count"),
            (#"{"name":"x","count":1.5}"#, "invalid", "a number is not a whole number, or is out of range", nil),
            (#"{"name":"x","flag":1}"#, "invalid", "flag is not true or false", "/flag"),
            (#"{"name":"x","role":"king"}"#, "invalid", "role is 'king'; it is one of member, admin", "/role"),
            (#"{"name":"x","id":"short"}"#, "invalid", "id is not an id", "/id"),
            (#"{"name":"x","list":[1,"two"]}"#, "invalid", "list/1 is not a whole number", "/list/1"),
            (#"{"name":"x","list":{}}"#, "invalid", "list is not a list", "/list"),
            (#"{"name":"x","inner":{"a":"b"}}"#, "invalid", "inner/a is not a whole number", "/inner/a"),
            ("", "bad_request", "not JSON", nil), ("{", "bad_request", "not JSON", nil),
            ("{]", "bad_request", "not JSON", nil),
            (#"{"name":"\ud800"}"#, "bad_request", "not JSON", nil),
        ] as [(String, String, String, String?)]
    )
    func `a wrong input is named`(_ json: String, _ code: String, _ detail: String, _ pointer: String?) {
        do throws(APIError) {
            _ = try Coding.decode(Sample.self, from: Array(json.utf8))
            Issue.record("\(json) was taken")
        } catch {
            #expect(error.code.rawValue == code)
            #expect(error.detail.contains(detail), "\(error.detail)")
            #expect(error.errors.first?.pointer == pointer)
        }
    }

    @Test
    func `deep nesting and long numbers are refused, not followed`() {
        for json in [
            String(repeating: "[", count: 30_000), String(repeating: #"{"a":"#, count: 10_000),
        ] {
            #expect(throws: APIError.self) { _ = try Coding.decode(Sample.self, from: Array(json.utf8)) }
            #expect(throws: APIError.self) { _ = try Coding.decode(JSON.self, from: Array(json.utf8)) }
        }
        let long = #"{"name":"x","count":123456789012345678901234567890}"#
        #expect(throws: APIError.self) { _ = try Coding.decode(Sample.self, from: Array(long.utf8)) }
    }

    /// `[{"a":[{"a":1}]}]`, and the same with the innermost bracket closed as the other kind.
    private static func nested(_ depth: Int, isCrossed: Bool = false) -> [UInt8] {
        let opening = (0..<depth).map { $0 % 2 == 0 ? "[" : #"{"a":"# }.joined()
        var closing = (0..<depth).reversed().map { $0 % 2 == 0 ? "]" : "}" }
        if isCrossed { closing.swapAt(0, 1) }
        return Array((opening + "1" + closing.joined()).utf8)
    }

    @Test(arguments: [(64, 66), (256, 258)])
    func `so many brackets are read and written again, and one more is refused`(_ most: Int, _ tooMany: Int) throws {
        func read(_ depth: Int, isCrossed: Bool = false) throws(APIError) -> JSON {
            let bytes = Self.nested(depth, isCrossed: isCrossed)
            if most == 256 { return try Coding.decode(JSON.self, from: bytes) }
            return try Coding.decode(JSON.self, schema: Schema(JSON.self), path: [], query: [], body: bytes)
        }
        for depth in [2, most - 1, most] {
            let json = try read(depth)
            #expect(Coding.encode(["value": json]) == Array(#"{"value":"#.utf8) + Self.nested(depth) + [0x7D])
            #expect(throws: APIError.self) { try read(depth, isCrossed: true) }
        }
        for depth in [most + 1, tooMany, 510, 511, 600, 30_000] {
            let refusal = #expect(throws: APIError.self) { try read(depth) }
            #expect(refusal?.code == .badRequest)
            #expect(refusal?.detail == "the JSON has more than \(most) brackets in each other")
        }
        // Brackets in a text are letters, also behind a quotation mark that is one.
        let text = #"{"name":"\""# + String(repeating: "[", count: 400) + #""}"#
        #expect(try Coding.decode(JSON.self, from: Array(text.utf8))["name"] != nil)
    }

    @Test
    func `JSON in another coding than UTF-8 is refused: its brackets could not be counted`() {
        // U+2230 holds the byte of a quotation mark.
        let wide = #"["\#u{2230}","# + String(repeating: "[", count: 600) + String(repeating: "]", count: 601)
        let bytes = wide.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        let refusal = #expect(throws: APIError.self) { try Coding.decode(JSON.self, from: bytes) }
        #expect(refusal?.detail == "the JSON is not in UTF-8")
    }

    @Test
    func `an input out of path, query and body`() throws {
        let schema = Schema(EntryQuery.self)
        let query = try Coding.decode(
            EntryQuery.self,
            schema: schema,
            path: [("channel", "tea")],
            query: [("after", "7"), ("limit", "3")],
            body: []
        )
        #expect((query.channel, query.after, query.limit) == ("tea", 7, 3))
        // The path wins: what is named in the address is what is meant.
        let renamed = try Coding.decode(
            ChannelChange.self,
            schema: Schema(ChannelChange.self),
            path: [("channel", "tea")],
            query: [],
            body: Array(#"{"channel":"vault","topic":"x"}"#.utf8)
        )
        #expect(renamed.channel == "tea")
        for (name, value, detail) in [("after", "x", "after is not a whole number"), ("limit", "1.5", "limit is not")] {
            do throws(APIError) {
                _ = try Coding.decode(
                    EntryQuery.self,
                    schema: schema,
                    path: [("channel", "t")],
                    query: [(name, value)],
                    body: []
                )
                Issue.record("\(name)=\(value) was taken")
            } catch { #expect(error.detail.contains(detail)) }
        }
        let ids = try Coding.decode(
            AccountQuery.self,
            schema: Schema(AccountQuery.self),
            path: [],
            query: [("ids", "01900000-0000-7000-8000-000000000001,01900000-0000-7000-8000-000000000002")],
            body: []
        )
        #expect(ids.ids?.count == 2)
    }

    @Test
    func `the schema of a type is read off its decoding`() throws {
        guard case .object(let members) = Schema(EntryQuery.self) else { throw TestFailure("no object") }
        #expect(members.map(\.name) == ["channel", "after", "before", "around", "from", "through", "limit"])
        #expect(members.map(\.isRequired) == [true, false, false, false, false, false, false])
        #expect(members.map(\.schema) == [.string(format: nil)] + Array(repeating: .integer, count: 6))
        #expect(Schema(AccountID.self) == .string(format: "uuid"))
        #expect(Schema([AccountID].self) == .array(.string(format: "uuid")))
        #expect(Schema(MemberRole.self) == .names(["member", "admin"]))
        #expect(Schema(JSON.self) == .any)
        #expect(Schema([String: Int64].self) == .map(.integer))
        #expect(Schema(Empty.self) == .object([]) || Schema(Empty.self) == .any)
        #expect(Schema(Message.self).member("cid") == .string(format: "uuid"))
        for operation in Operation.all {
            if case .object = operation.input { continue }
            #expect(operation.input == .any, "\(operation.name)")
        }
    }
}

/// What an older client makes of a newer daemon's words.
@Suite("Words of newer daemons")
struct UnknownWordTests {
    private struct Holder: Codable, Equatable {
        var kind: ChannelKind
        var role: MemberRole?
        var grant: Role
        var entry: EntryKind
    }

    private static let newer = Array(#"{"kind":"holodeck","role":"captain","grant":"admiral","entry":"beamed"}"#.utf8)

    @Test func `an answer is read, and what is not known is unknown`() throws {
        let holder = try Coding.decode(Holder.self, fromAnswer: Self.newer)
        #expect(holder == Holder(kind: .unknown, role: .unknown, grant: .unknown, entry: .unknown))
        // Kept in a cache and read again.
        #expect(try Coding.decode(Holder.self, fromAnswer: Coding.encode(holder)) == holder)
    }

    @Test func `an input is refused, with the words there are, and unknown is none of them`() {
        for word in ["holodeck", "unknown"] {
            let json = Array(#"{"kind":"\#(word)","role":"admin","grant":"member","entry":"join"}"#.utf8)
            let refused = #expect(throws: APIError.self) { try Coding.decode(Holder.self, from: json) }
            #expect(
                refused?.detail.hasSuffix("it is one of text, announce, direct, chat, staff") == true,
                "\(refused?.detail ?? "")"
            )
        }
        #expect(Schema(ChannelKind.self) == .names(["text", "announce", "direct", "chat", "staff"]))
    }
}
