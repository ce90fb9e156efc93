import ChatAPI
import ChatTestKit
import Testing
import Transport

/// `docs/PROTOCOL.md` 14 over a real socket: a reader that stops reading harms itself only.
@Suite("Protocol: back-pressure", .serialized)
struct BackPressureTests {
    @Test
    func `14 a stalled reader gets gaps, no other is slowed, and memory stays bounded`() async throws {
        let world = try await World.start()
        let people = [try await world.bot("writer"), try await world.bot("reader"), try await world.bot("stalled")]
        let channel = try await world.channel("tea", people)
        let writer = try await world.live(people[0])
        let reader = try await world.live(people[1])
        let (stalled, _) = try await LiveClient.hello(world.daemon.tcp, token: people[2].token, receiveBuffer: 4_096)
        _ = try await stalled.roundtrip()
        let text = String(repeating: "x", count: Limits.messageBytes)
        var seen: [Int64] = []
        func eightMegabytes() async throws {
            for _ in 0..<10 {
                try await writer.say(Array(repeating: text, count: 100), in: channel.id)
                seen += LiveClient.seqs(of: channel.id, in: try await reader.roundtrip())
                _ = try await writer.roundtrip()
            }
        }
        // The first sixteen fill what may be filled: the stalled one's outbox and socket, the database's caches.
        try await eightMegabytes()
        try await eightMegabytes()
        let before = world.daemon.residentBytes
        try await eightMegabytes()
        let growth = world.daemon.residentBytes - before
        #expect(growth < 4 * 1_048_576, "grew by \(growth) bytes, from \(before)")
        #expect(before < 96 * 1_048_576)
        #expect(seen == Array((seen.first ?? 0)...(seen.last ?? 0)))
        #expect(seen.count == 3_000)
        // It reads again: what was not queued is named, and from there on it is live.
        let head = seen.last ?? 0
        var position = (seen.first ?? 0) - 1
        var gaps = 0
        while position < head {
            let frame = try await stalled.next()
            if let gap = frame["gap"] {
                #expect(gap["from"] == .integer(position + 1))
                position = gap["head"]?.integer ?? position
                gaps += 1
            }
            for seq in LiveClient.seqs(of: channel.id, in: [frame]) {
                #expect(seq == position + 1)
                position = seq
            }
        }
        #expect(gaps >= 1)
        try await writer.say("live again", in: channel.id)
        #expect(try await stalled.push("message")["text"] == "live again")
    }

    @Test
    func `14 whoever asks without reading the answers is closed with 4008`() async throws {
        let world = try await World.start()
        let bot = try await world.bot("greedy")
        let good = try await world.bot("good")
        let channel = try await world.channel("tea", [bot, good])
        let writer = try await world.live(good)
        try await writer.say(
            Array(repeating: String(repeating: "x", count: Limits.messageBytes), count: 60),
            in: channel.id
        )
        let (greedy, _) = try await LiveClient.hello(world.daemon.tcp, token: bot.token, receiveBuffer: 4_096)
        // Answers of half a megabyte each, forty of them.
        var bytes: [UInt8] = []
        for id in 2...41 {
            let call: JSON = [
                "id": .integer(Int64(id)), "call": "entries.list", "in": ["channel": "tea", "limit": 100],
            ]
            bytes += WebSocketFrame.masked(.text, Coding.encode(call)).array
        }
        try await greedy.socket.write(bytes)
        let resident = world.daemon.residentBytes
        try await writer.say("still here", in: channel.id)
        let end = try await greedy.end()
        #expect(end.code == CloseCode.slow.rawValue)
        #expect(end.reason.contains("too slowly"))
        #expect(world.daemon.residentBytes < resident + 48 * 1_048_576)
        #expect(try await writer.call("channels.get", ["channel": "tea"]).get()["name"] == "tea")
    }

    @Test
    func `14 whoever pings without reading the pongs fills no memory, and hears the newest one in the end`()
        async throws
    {
        let world = try await World.start()
        let bot = try await world.bot("pinging")
        let (client, _) = try await LiveClient.hello(world.daemon.tcp, token: bot.token, receiveBuffer: 4_096)
        let breath = Array(
            repeating: WebSocketFrame.masked(.ping, [UInt8](repeating: 0x70, count: 125)).array,
            count: 500
        )
        .flatMap(\.self)
        // What the kernel holds of the pongs between the two is full after the first round.
        for _ in 0..<100 { try await client.socket.write(breath) }
        let before = world.daemon.residentBytes
        for _ in 0..<400 { try await client.socket.write(breath) }
        #expect(world.daemon.residentBytes < before + 8 * 1_048_576)
        try await client.socket.write(WebSocketFrame.masked(.ping, Array("last".utf8)).array)
        var decoder = WebSocketDecoder(role: .client, messageLimit: 1_048_576)
        var hasHeard = false
        while !hasHeard, var piece = try await client.socket.read() {
            try piece.withUnsafeMutableBytes { buffer in
                var input = buffer
                while let event = try decoder.next(&input) {
                    if case .pong(let payload) = event, payload.elementsEqual("last".utf8) { hasHeard = true }
                }
            }
        }
        #expect(hasHeard)
        client.close()
    }
}
