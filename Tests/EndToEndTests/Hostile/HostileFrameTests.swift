import ChatAPI
import ChatTestKit
import Testing
import Transport

/// Hostile WebSocket frames and floods over a real socket: each gets its close code, and a good client is answered after it.
@Suite("Hostile input: frames and floods")
struct HostileFrameTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let bytes: [UInt8]
        let code: Int
        var testDescription: String { name }

        init(_ name: String, _ bytes: [UInt8], _ code: Int) {
            self.name = name
            self.bytes = bytes
            self.code = code
        }
    }

    private static let mask: [UInt8] = [0, 0, 0, 0]

    static let cases: [Case] = [
        Case("no mask", [0x81, 0x02, 0x68, 0x69], 1002),
        Case("a reserved bit", [0xC1, 0x82] + mask + [0x68, 0x69], 1002),
        Case("an unknown opcode", [0x83, 0x80] + mask, 1002),
        Case("an unknown control opcode", [0x8B, 0x80] + mask, 1002),
        Case("a control frame in pieces", [0x09, 0x80] + mask, 1002),
        Case("a long control frame", [0x89, 0xFE, 0x00, 0x7E] + mask + Array(repeating: 0, count: 126), 1002),
        Case("a continuation of nothing", [0x80, 0x80] + mask, 1002),
        Case("a message inside a message", [0x01, 0x81] + mask + [0x61] + [0x81, 0x81] + mask + [0x62], 1002),
        Case("a length not in the shortest form", [0x81, 0xFE, 0x00, 0x01] + mask + [0x61], 1002),
        Case(
            "a length of 64 bits with the first set",
            [0x81, 0xFF, 0x80] + Array(repeating: 0, count: 7) + mask,
            1002
        ),
        Case("a promise of a gigabyte", [0x81, 0xFF, 0, 0, 0, 0, 0x40, 0, 0, 0] + mask, 1009),
        Case("a byte above the limit", [0x81, 0xFF, 0, 0, 0, 0, 0, 1, 0, 1] + mask, 1009),
        Case("binary", [0x82, 0x81] + mask + [0x61], 1003),
        Case("text that is not UTF-8", [0x81, 0x82] + mask + [0xC3, 0x28], 1007),
        Case("text that ends inside a character", [0x81, 0x81] + mask + [0xC3], 1007),
        Case("a surrogate", [0x81, 0x83] + mask + [0xED, 0xA0, 0x80], 1007),
        Case("a close with half a code", [0x88, 0x81] + mask + [0x03], 1002),
        Case("a close with a reserved code", [0x88, 0x82] + mask + [0x03, 0xED], 1002),
        Case("a close whose reason is not UTF-8", [0x88, 0x83] + mask + [0x03, 0xE8, 0xFF], 1007),
    ]

    @Test(arguments: cases)
    func `a frame that breaks the rules closes with the code that says which`(_ example: Case) async throws {
        let (world, _, people) = try await SharedWorld.channel(of: 1)
        let client = try await world.live(people[0])
        try await client.socket.write(example.bytes)
        let end = try await client.end()
        #expect(end.code == example.code)
        #expect(!end.reason.isEmpty)
        // The same before hello.
        let early = try await LiveClient.open(world.daemon.tcp)
        try await early.socket.write(example.bytes)
        #expect(try await early.end().code == example.code)
        let good = try await world.live(people[0])
        #expect(try await good.call("me.get").get()["account"] != nil)
        good.close()
    }

    @Test
    func `a call in pieces of one byte, with pings between them, is a call`() async throws {
        let (world, _, people) = try await SharedWorld.channel(of: 1)
        let client = try await world.live(people[0])
        let call = Array(#"{"id":3,"call":"registers.list"}"#.utf8)
        var bytes: [UInt8] = []
        for (index, byte) in call.enumerated() {
            let isLast = index == call.count - 1
            bytes += [(isLast ? 0x80 : 0) | (index == 0 ? 1 : 0), 0x81, 0, 0, 0, 0, byte]
            if !isLast { bytes += [0x89, 0x80, 0, 0, 0, 0] }
        }
        for start in stride(from: 0, to: bytes.count, by: 5) {
            try await client.socket.write(Array(bytes[start..<min(start + 5, bytes.count)]))
        }
        let answer = try await client.next(where: { $0["id"] != nil })
        #expect(answer["id"] == 3)
        #expect(answer["ok"] != nil)
        client.close()
    }

    @Test
    func `fragments that never end are cut at the limit, not collected`() async throws {
        let (world, _, people) = try await SharedWorld.channel(of: 1)
        let client = try await world.live(people[0])
        let before = world.daemon.residentBytes
        let piece = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000)
        var opcode: UInt8 = 1
        for _ in 0..<200 {
            let frame: [UInt8] = [opcode, 0xFE, 0x03, 0xE8, 0, 0, 0, 0]
            guard (try? await client.socket.write(frame + piece)) != nil else { break }
            opcode = 0
        }
        #expect(try await client.end().code == 1009)
        #expect(world.daemon.residentBytes - before < 8 * 1_048_576)
    }

    @Test
    func `a truncated frame waits for its rest and costs nothing, a hundred of them neither`() async throws {
        let world = try await World.start()
        let bot = try await world.bot("bot")
        var clients: [LiveClient] = []
        for _ in 0..<100 { clients.append(try await world.live(bot)) }
        let before = world.daemon.residentBytes
        for client in clients {
            // 64 KiB are promised, a few bytes come.
            try await client.socket.write([0x81, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0] + Array("{\"id\"".utf8))
        }
        let good = try await world.live(bot)
        #expect(try await good.call("registers.list").get()["items"] != nil)
        #expect(world.daemon.residentBytes - before < 4 * 1_048_576)
        for client in clients { client.socket.reset() }
        #expect(try await good.call("registers.list").get()["items"] != nil)
    }

    @Test
    func `a flood of live connections that never say hello leaves the others alone`() async throws {
        let world = try await World.start()
        let bot = try await world.bot("bot")
        let good = try await world.live(bot)
        let before = world.daemon.residentBytes
        var clients: [LiveClient] = []
        for _ in 0..<300 { clients.append(try await LiveClient.open(world.daemon.tcp)) }
        #expect(try await good.call("registers.list").get()["items"] != nil)
        #expect(world.daemon.residentBytes - before < 12 * 1_048_576)
        for client in clients { client.socket.reset() }
        #expect(try await good.call("registers.list").get()["items"] != nil)
    }

    @Test
    func `a flood of calls is refused in sentences and slows nobody out of service`() async throws {
        let world = try await World.start(botRate: 1)
        let flooder = try await world.bot("flooder")
        let other = try await world.bot("other")
        let channel = try await world.channel("tea", [flooder, other])
        let client = try await world.live(flooder)
        let good = try await world.live(other)
        let before = world.daemon.residentBytes
        var bytes: [UInt8] = []
        for id in 10..<3_010 {
            let call: JSON = ["id": .integer(Int64(id)), "call": "messages.send", "in": World.message(channel.id, "x")]
            bytes += WebSocketFrame.masked(.text, Coding.encode(call)).array
        }
        try await client.socket.write(bytes)
        var answered = 0
        var stored = 0
        while answered < 3_000 {
            let frame = try await client.next()
            guard let id = frame["id"]?.integer, id >= 10 else { continue }
            answered += 1
            if frame["ok"] != nil { stored += 1 } else { #expect(frame["error"]?["code"] == "rate_limited") }
        }
        // Sixty-four wait at a time at most, a hundred come at once, ten a second after that.
        #expect((Limits.callsInFlight...400).contains(stored))
        try await good.say("still here", in: channel.id)
        #expect(world.daemon.residentBytes - before < 24 * 1_048_576)
    }

    @Test
    func `random bytes never end the daemon`() async throws {
        let (world, _, people) = try await SharedWorld.channel(of: 1)
        let seed = UInt64.random(in: 1...99_999)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<60 {
            let client = try await world.live(people[0])
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 1...400, using: &generator) {
                bytes.append(UInt8.random(in: 0...255, using: &generator))
            }
            try? await client.socket.write(bytes)
            client.socket.reset()
            let socket = try RawSocket(to: world.daemon.tcp)
            try? await socket.write(bytes)
            socket.reset()
        }
        // Frames that are right and texts that are noise: characters of JSON in any order.
        let alphabet = Array("{}[]\",:0123456789.eE+-truefalsnicdhkyp \\u".utf8)
        for _ in 0..<60 {
            let client = try await world.live(people[0])
            let length = Int.random(in: 1...200, using: &generator)
            let text = (0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] }
            try await client.send(text)
            let code = try await client.end().code
            #expect(code == 4502 || code == 1007, "seed \(seed)")
        }
        try await world.answersGood()
    }
}
