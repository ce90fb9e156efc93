import ChatAPI
import ChatTestKit
import Testing

/// The scanners of inbound frames agree with the general decoder wherever they answer, and answer nothing else.
@Suite("Frame scanners")
struct ScannerTests {
    private struct SendFrame: Codable {
        var id: Int64
        var call: String
        var `in`: Message
    }

    private func send(_ text: String) -> SendScanner.Frame? { send(Array(text.utf8)) }
    private func send(_ bytes: [UInt8]) -> SendScanner.Frame? { bytes.withUnsafeBytes { SendScanner.scan($0) } }
    private func call(_ text: String) -> CallScanner.Envelope? { call(Array(text.utf8)) }
    private func call(_ bytes: [UInt8]) -> CallScanner.Envelope? { bytes.withUnsafeBytes { CallScanner.scan($0) } }

    // MARK: - Random frames

    /// JSON of a string with escapes and raw characters mixed at random.
    private func quoted(_ text: String, _ generator: inout SeededGenerator) -> String {
        var json = "\""
        for scalar in text.unicodeScalars {
            let isForced = scalar == "\"" || scalar == "\\" || scalar.value < 0x20
            guard isForced || Int.random(in: 0..<6, using: &generator) == 0 else {
                json.unicodeScalars.append(scalar)
                continue
            }
            switch scalar {
            case "\"": json += "\\\""
            case "\\": json += "\\\\"
            case "/": json += "\\/"
            case "\n": json += "\\n"
            case "\t": json += "\\t"
            default:
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16, uppercase: Bool.random(using: &generator))
                    json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            }
        }
        return json + "\""
    }

    private func space(_ generator: inout SeededGenerator) -> String {
        ["", "", "", " ", "\n", "\t ", "\r\n"].randomElement(using: &generator) ?? ""
    }

    private func object(_ members: [(String, String)], _ generator: inout SeededGenerator) -> String {
        let parts = members.shuffled(using: &generator).map { name, value in
            space(&generator) + "\"\(name)\"" + space(&generator) + ":" + space(&generator) + value + space(&generator)
        }
        return space(&generator) + "{" + parts.joined(separator: ",") + "}" + space(&generator)
    }

    private static let alphabet = Array("ab cdé\"\\/\n\tжשー東京🎉👩‍🚀\u{202E}x0".unicodeScalars)

    private func frame(_ generator: inout SeededGenerator) -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...30, using: &generator) {
            text.append(Self.alphabet.randomElement(using: &generator) ?? "a")
        }
        var members = [
            ("channel", "\"" + ChannelID.make(at: 1_700_000_000_000, using: &generator).description + "\""),
            ("cid", "\"" + ClientID.make(at: 1_700_000_000_000, using: &generator).description + "\""),
            ("text", quoted(String(text), &generator)),
        ]
        if Bool.random(using: &generator) {
            members.append(("replyTo", "\(Int64.random(in: -5...1_000_000_000_000, using: &generator))"))
        }
        return object(
            [
                ("id", "\(Int64.random(in: 0...9_999_999, using: &generator))"), ("call", "\"messages.send\""),
                ("in", object(members, &generator)),
            ],
            &generator
        )
    }

    @Test func `a valid frame is what the decoder says`() throws {
        let seed = UInt64.random(in: 1 ... .max)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            let json = frame(&generator)
            let decoded = try Coding.decode(SendFrame.self, from: Array(json.utf8))
            let scanned = try #require(send(json), "seed \(seed): \(json)")
            #expect(scanned.id == decoded.id && scanned.message == decoded.in, "seed \(seed): \(json)")
            let envelope = try #require(call(json), "seed \(seed): \(json)")
            #expect(envelope.id == decoded.id && envelope.call == "messages.send")
            #expect(try Coding.decode(Message.self, from: envelope.input) == decoded.in)
        }
    }

    @Test func `what a scanner takes, the decoder takes, whatever was changed`() throws {
        let seed = UInt64.random(in: 1 ... .max)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<5_000 {
            var bytes = Array(frame(&generator).utf8)
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: place)
                default: bytes.insert("{}[]\",:\\u0eE.-tn".utf8.randomElement(using: &generator) ?? 0, at: place)
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            if let scanned = send(bytes) {
                let decoded = try? Coding.decode(SendFrame.self, from: bytes)
                #expect(decoded?.in == scanned.message && decoded?.id == scanned.id, "seed \(seed): \(text)")
            }
            if let envelope = call(bytes) {
                guard let decoded = try? Coding.decode(JSON.self, from: bytes) else {
                    // Only what is not looked into may be wrong: bytes that are no UTF-8, half a surrogate pair.
                    let input = try? Coding.decode(JSON.self, from: envelope.input)
                    #expect(envelope.input.isEmpty || input == nil, "seed \(seed): \(text)")
                    continue
                }
                #expect(decoded["id"]?.integer == envelope.id, "seed \(seed): \(text)")
                #expect(decoded["call"]?.string == envelope.call, "seed \(seed): \(text)")
            }
        }
    }

    @Test func `random bytes are nobody's`() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<5_000 {
            let bytes = (0..<Int.random(in: 0...80, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            #expect(send(bytes) == nil)
            #expect(call(bytes) == nil)
        }
    }

    @Test func `every beginning of a frame is refused`() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<40 {
            var bytes = Array(frame(&generator).utf8)
            while bytes.last.map({ $0 != UInt8(ascii: "}") }) == true { bytes.removeLast() }
            #expect(send(bytes) != nil)
            for count in 0..<bytes.count {
                #expect(send(Array(bytes[..<count])) == nil)
                #expect(call(Array(bytes[..<count])) == nil)
            }
        }
    }

    // MARK: - Single cases

    private static let head = #"{"id":7,"call":"messages.send","in":"#
    private static let channel = #""channel":"01900000-0000-7000-8000-000000000001""#
    private static let cid = #""cid":"01900000-0000-7000-8000-000000000002""#

    @Test(arguments: [
        #"{\#(channel),\#(cid),"text":"a","more":1}}"#, #"{\#(channel),\#(cid)}}"#,
        #"{\#(channel),\#(cid),"text":null}}"#,
        #"{\#(channel),\#(cid),"text":"a","text":"b"}}"#, #"{\#(channel),\#(cid),"text":"a","replyTo":1.0}}"#,
        #"{\#(channel),\#(cid),"text":"a","replyTo":1e2}}"#, #"{\#(channel),\#(cid),"text":"a"},"key":"k"}"#,
        #"{\#(channel),\#(cid),"text":"a","replyTo":01}}"#, #"{\#(channel),\#(cid),"text":"a",}}"#,
        #"{\#(channel),\#(cid),"text":"a"}}x"#, #"{\#(channel),\#(cid),"text":"a"},"id":8}"#,
        #"{\#(channel),\#(cid),"text":"\ud800"}}"#, #"{\#(channel),\#(cid),"text":"\udc00\ud800"}}"#,
        #"{\#(channel),\#(cid),"text":"\x"}}"#, #"{\#(channel),"cid":"short","text":"a"}}"#, "{}}", "[]}", "null}",
        #"{\#(channel),\#(cid),"text":"a","replyTo":9999999999999999999}}"#, "{\(channel),\(cid),\"text\":\"a\u{1}\"}}",
    ])
    func `what is not exactly a plain sending is not taken`(_ rest: String) {
        #expect(send(Self.head + rest) == nil)
    }

    @Test func `invalid UTF-8 is not taken`() {
        var bytes = Array((Self.head + "{\(Self.channel),\(Self.cid),\"text\":\"ab\"}}").utf8)
        #expect(send(bytes) != nil)
        let place = bytes.lastIndex(of: UInt8(ascii: "b"))!
        for byte in [0x80, 0xC0, 0xFF, 0xED] as [UInt8] {
            bytes[place] = byte
            #expect(send(bytes) == nil)
        }
    }

    @Test func `an envelope's options`() throws {
        let full = try #require(
            call(
                #"{"in":{"a":[1,{"b":"}"}]},"key":"k\n","call":"x.y","dryRun":true,"ifMatch":"7","id":-3,"z":[[],{}]}"#
            )
        )
        #expect(full.id == -3 && full.call == "x.y" && full.key == "k\n" && full.dryRun && full.ifMatch == "7")
        #expect(String(decoding: full.input, as: UTF8.self) == #"{"a":[1,{"b":"}"}]}"#)
        let bare = try #require(call(#" { "id" : 1 , "call" : "a" , "key" : null , "in" : null } "#))
        #expect(bare.key == nil && !bare.dryRun && bare.input.isEmpty)
    }

    @Test(arguments: [
        "{}", "[]", #"{"id":1}"#, #"{"call":"a"}"#, #"{"id":"1","call":"a"}"#, #"{"id":1,"call":"a","id":2}"#,
        #"{"id":1,"call":"a","dryRun":1}"#, #"{"id":1,"call":"a","in":{]}"#, #"{"id":1,"call":"a","in":{"a"}}"#,
        #"{"id":1,"call":"a","in":[1,]}"#, #"{"id":1,"call":"a","in":tru}"#, #"{"id":1,"call":"a","in":1.}"#,
        #"{"id":1,"call":"a","in":-}"#, #"{"id":1,"call":"a","in":01}"#, #"{"id":1,"call":"a"} {}"#,
        #"{"id":1,"call":"a","in":\#(String(repeating: "[", count: 65) + String(repeating: "]", count: 65))}"#,
        #"{"id":1.5,"call":"a"}"#, #"{"id":1,"call":"a",}"#, #"{id:1,"call":"a"}"#, #"{"id":1,"call":'a'}"#,
    ])
    func `what is no envelope is refused`(_ json: String) {
        #expect(call(json) == nil)
    }
}
