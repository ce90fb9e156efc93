import ChatAPI
import ChatTestKit
import Testing

/// `docs/PROTOCOL.md` 2, 5, 6 and 7 over a real socket: every entry up to the head, in order, or an explicit gap.
@Suite("Protocol: resume, catch-up, gaps")
struct ResumeTests {
    @Test
    func `6 what was missed follows in order, then what is new`() async throws {
        let (world, channel, people) = try await SharedWorld.channel(of: 2)
        let writer = try await world.live(people[0])
        try await writer.say((1...20).map { "text \($0)" }, in: channel.id)
        let (client, welcome) = try await LiveClient.hello(
            world.daemon.tcp,
            token: people[1].token,
            resume: Resume(channel.id, 7)
        )
        #expect(welcome.state(of: channel.id)?.state == .ok)
        #expect(welcome.state(of: channel.id)?.head == 22)
        try await writer.say("new", in: channel.id)
        var seqs: [Int64] = []
        while seqs.last != 23 { seqs += LiveClient.seqs(of: channel.id, in: [try await client.next()]) }
        #expect(seqs == Array(8...23))
        client.close()
        writer.close()
    }

    @Test
    func `6 one's own log comes first`() async throws {
        let (world, channel, people) = try await SharedWorld.channel(of: 2)
        let writer = try await world.live(people[0])
        try await writer.say("one", in: channel.id)
        let resume = Resume(epoch: nil, seq: [channel.id.description: 0, "@me": 0])
        let (client, _) = try await LiveClient.hello(world.daemon.tcp, token: people[1].token, resume: resume)
        var order: [String] = []
        while order.last != channel.id.description {
            if let log = LiveClient.log(of: try await client.next()) { order.append(log) }
        }
        #expect(order.first == "@me")
        #expect(order.firstIndex(of: channel.id.description) ?? 0 > order.lastIndex(of: "@me") ?? 0)
        client.close()
        writer.close()
    }

    @Test(arguments: [(500, LogState.State.ok), (501, .gap)])
    func `6 up to five hundred entries are sent, more are a gap`(_ missed: Int, _ state: LogState.State) async throws {
        let (world, channel, people) = try await SharedWorld.channel(of: 2)
        let writer = try await world.live(people[0])
        try await writer.say((1...missed).map { "\($0)" }, in: channel.id)
        let (client, welcome) = try await LiveClient.hello(
            world.daemon.tcp,
            token: people[1].token,
            resume: Resume(channel.id, 2)
        )
        let head = Int64(missed) + 2
        let log = try #require(welcome.state(of: channel.id))
        #expect(log.state == state)
        #expect(log.head == head)
        try await writer.say("new", in: channel.id)
        var seqs: [Int64] = []
        while seqs.last != head + 1 { seqs += LiveClient.seqs(of: channel.id, in: [try await client.next()]) }
        #expect(seqs == (state == .ok ? Array(3...head + 1) : [head + 1]))
        // What a gap leaves out is paged; nothing is missing.
        if state == .gap {
            var pages: [Int64] = []
            while pages.last != head {
                let query = EntryQuery(channel: channel.id.description, after: pages.last ?? 2, limit: 500)
                let page = try await world.call(.entries, query, as: people[1])
                pages += page.entries.map(\.seq)
                #expect(page.hasLater == (pages.last != page.head))
                if pages.last == head + 1 { pages.removeLast() }
            }
            #expect(pages == Array(3...head))
        }
        client.close()
        writer.close()
    }

    @Test
    func `6 two mebibytes are sent in all, the rest is named as gaps`() async throws {
        let (world, channel, people) = try await SharedWorld.channel(of: 2)
        let writer = try await world.live(people[0])
        let text = String(repeating: "x", count: Limits.messageBytes)
        try await writer.say(Array(repeating: text, count: 400), in: channel.id)
        let (client, welcome) = try await LiveClient.hello(
            world.daemon.tcp,
            token: people[1].token,
            resume: Resume(channel.id, 2)
        )
        #expect(welcome.state(of: channel.id)?.state == .ok)
        var seqs: [Int64] = []
        var gap: JSON?
        while gap == nil {
            let frame = try await client.next()
            seqs += LiveClient.seqs(of: channel.id, in: [frame])
            gap = frame["gap"]
        }
        let last = try #require(seqs.last)
        #expect(seqs == Array(3...last))
        #expect(last < 402)
        // A page more than the limit at most.
        #expect(Int64(Limits.messageBytes) * last < 4 * 1_048_576)
        #expect(gap == ["log": .string(channel.id.description), "from": .integer(last + 1), "head": 402])
        try await writer.say("new", in: channel.id)
        #expect(try await client.push("message")["seq"] == 403)
        client.close()
        writer.close()
    }

    @Test
    func `7 a position that cannot be is a gap, a log that may not be read is denied`() async throws {
        let (world, channel, people) = try await SharedWorld.channel(of: 2)
        let secret = try await world.channel(SharedWorld.name("channel"), [people[0]], secret: "sesame")
        let direct = try await world.call(.openDirect, DirectDraft(people: [people[1].name]), as: people[0])
        let stranger = try await world.bot(SharedWorld.name("bot"))
        var seq: [String: Int64] = [:]
        for log in [channel.id, secret.id, direct.id].map(\.description) { seq[log] = 0 }
        seq["@audit"] = 0
        seq["nonsense"] = 0
        let (client, welcome) = try await LiveClient.hello(
            world.daemon.tcp,
            token: stranger.token,
            resume: Resume(epoch: nil, seq: seq)
        )
        for log in seq.keys {
            #expect(welcome.logs.first { $0.log == log }?.state == .denied)
            #expect(welcome.logs.first { $0.log == log }?.head == 0)
        }
        #expect(LiveClient.seqs(of: channel.id, in: try await client.roundtrip()) == [])
        client.close()
        let (future, answer) = try await LiveClient.hello(
            world.daemon.tcp,
            token: people[0].token,
            resume: Resume(channel.id, 99)
        )
        #expect(answer.state(of: channel.id)?.state == .gap)
        future.close()
    }

    @Test
    func `7 sync fills what a client finds missing`() async throws {
        let (world, channel, people) = try await SharedWorld.channel(of: 2)
        let writer = try await world.live(people[0])
        let client = try await world.live(people[1])
        try await writer.say((1...5).map { "\($0)" }, in: channel.id)
        _ = try await client.roundtrip()
        let resume: JSON = ["seq": .object([channel.id.description: 3])]
        let answer = try await client.call("sync", resume).get()
        #expect(answer["logs"]?.array?.first?["state"] == "ok")
        try await writer.say("6", in: channel.id)
        var seqs: [Int64] = []
        while seqs.last != 8 { seqs += LiveClient.seqs(of: channel.id, in: [try await client.next()]) }
        #expect(seqs == Array(4...8))
        client.close()
        writer.close()
    }

    @Test
    func `7 a sync of what is being caught up with is answered, and nothing is left out`() async throws {
        let (world, channel, people) = try await SharedWorld.channel(of: 2)
        let writer = try await world.live(people[0])
        try await writer.say((1...400).map { "\($0)" }, in: channel.id)
        let log = channel.id.description
        let (client, _) = try await LiveClient.hello(
            world.daemon.tcp,
            token: people[1].token,
            resume: Resume(channel.id, 200)
        )
        // In one breath: the first page of the catch-up is still being read, or that of the sync before.
        for seq in [200, 300, 1] as [Int64] {
            _ = try await client.post("sync", ["seq": .object([log: .integer(seq)])])
        }
        var position: Int64 = 1
        var states: [String] = []
        while position < 402 || states.count < 3 {
            let frame = try await client.next()
            if let state = frame["ok"]?["logs"]?.array?.first?["state"]?.string { states.append(state) }
            // What one has is sent again, in order: the lower position is where reading goes on from.
            for seq in LiveClient.seqs(of: channel.id, in: [frame]) where seq == position + 1 { position = seq }
        }
        #expect(states == ["ok", "ok", "ok"])
        client.close()
        writer.close()
    }

    @Test
    func `5 resume works after a restart`() async throws {
        let world = try await World.start()
        let people = [try await world.bot("ana"), try await world.bot("bob")]
        let channel = try await world.channel("tea", people)
        let writer = try await world.live(people[0])
        let (reader, welcome) = try await LiveClient.hello(world.daemon.tcp, token: people[1].token)
        try await writer.say(["one", "two", "three"], in: channel.id)
        let epoch = welcome.epoch
        reader.close()
        world.daemon.kill()
        #expect(try await writer.end().code == 1006)
        try await world.daemon.restart()
        let (client, again) = try await LiveClient.hello(
            world.daemon.tcp,
            token: people[1].token,
            resume: Resume(channel.id, 2, epoch: epoch)
        )
        #expect(again.epoch == epoch)
        var texts: [String] = []
        while texts.count < 3 { texts += [try await client.next()["text"]?.string].compactMap(\.self) }
        #expect(texts == ["one", "two", "three"])
        client.close()
    }

    /// Readers come and go while others write: each sees every number once and in order, or a gap that names what it does not.
    @Test(arguments: [UInt64.random(in: 1...99_999), 7])
    func `6 no hole between catch-up and live while others write`(_ seed: UInt64) async throws {
        let (world, channel, people) = try await SharedWorld.channel(of: 4)
        let total = 1_200
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<3 {
                group.addTask {
                    let writer = try await world.live(people[number])
                    try await writer.say((0..<total / 3).map { "\(number)/\($0)" }, in: channel.id)
                    writer.close()
                }
            }
            group.addTask {
                var generator = SeededGenerator(seed: seed)
                // Everybody's joining was announced: that much is known.
                var position = Int64(4)
                let head = Int64(4 + total)
                while position < head {
                    let (client, welcome) = try await LiveClient.hello(
                        world.daemon.tcp,
                        token: people[3].token,
                        resume: Resume(channel.id, position)
                    )
                    let state = try #require(welcome.state(of: channel.id))
                    if state.state == .gap { position = state.head }
                    let stay = Int.random(in: 1...300, using: &generator)
                    var seen = 0
                    while seen < stay && position < head {
                        let frame = try await client.next()
                        if let gap = frame["gap"], gap["log"] == .string(channel.id.description) {
                            try #require(gap["from"] == .integer(position + 1), "seed \(seed)")
                            position = gap["head"]?.integer ?? position
                        }
                        for seq in LiveClient.seqs(of: channel.id, in: [frame]) {
                            try #require(seq == position + 1, "seed \(seed): \(seq) after \(position)")
                            position = seq
                            seen += 1
                        }
                    }
                    client.close()
                }
            }
            try await group.waitForAll()
        }
    }
}
