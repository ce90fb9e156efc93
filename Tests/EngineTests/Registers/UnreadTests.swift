import ChatAPI
import ChatTestKit
import Engine
import Testing

/// Unread counts are differences of counters; here they are compared with counting one by one.
@Suite struct UnreadTests {
    /// Everything that was said, and how far each has read.
    private struct Model {
        struct Line {
            let seq: Int64
            let author: Int
            let mentioned: Set<Int>
            let isForEverybody: Bool
        }
        var lines: [Line] = []
        var markers: [Int: Int64] = [:]

        func unread(_ person: Int) -> (unread: Int64, mentions: Int64)? {
            guard let marker = markers[person] else { return nil }
            let new = lines.filter { $0.seq > marker }
            let mentions = new.filter { $0.isForEverybody || $0.mentioned.contains(person) }
            return (Int64(new.count), Int64(mentions.count))
        }
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `counters agree with counting`(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let scene = try ChannelScene()
        let names = ["ana", "bo", "cy", "dana"]
        var people: [Caller] = []
        for name in names { people.append(try await scene.neighbour(name)) }
        let channel = try await scene.channels.create(ChannelDraft(name: "fika"), scene.call(people[0])).id
        var model = Model()
        model.markers[0] = 0
        var head: Int64 = 1
        for step in 0..<200 {
            let person = Int.random(in: 0..<names.count, using: &generator)
            let caller = people[person]
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<5:
                guard model.markers[person] != nil else { continue }
                let mentioned = Set(
                    (0..<names.count).filter { _ in Bool.random(using: &generator) && Bool.random(using: &generator) }
                )
                let isForEverybody = Int.random(in: 0..<6, using: &generator) == 0
                let text = "\(step)" + mentioned.map { " @" + names[$0] }.joined() + (isForEverybody ? " @all" : "")
                let sent = try await scene.say(text, in: channel, caller)
                // Only members are mentioned.
                let members = mentioned.filter { model.markers[$0] != nil }
                model.lines.append(
                    .init(seq: sent.seq, author: person, mentioned: members, isForEverybody: isForEverybody)
                )
                model.markers[person] = sent.seq
                head = sent.seq
            case 5, 6:
                guard let marker = model.markers[person] else { continue }
                let seq = Int64.random(in: 0...head, using: &generator)
                let isForced = Bool.random(using: &generator)
                _ = try await scene.registers.setMarker(
                    MarkerDraft(channel: channel, seq: seq, force: isForced),
                    scene.call(caller)
                )
                model.markers[person] = isForced ? seq : max(seq, marker)
            case 7 where person != 0:
                if model.markers[person] == nil {
                    model.markers[person] = head
                    _ = try await scene.channels.join(ChannelJoin(channel: "fika"), scene.call(caller))
                } else {
                    model.markers[person] = nil
                    _ = try await scene.channels.leave(ChannelRef(channel), scene.call(caller))
                }
                head += 1
            case 8:
                _ = try await scene.channels.update(
                    ChannelChange(channel: "fika", topic: "\(step)"),
                    scene.call(people[0])
                )
                head += 1
            default: break
            }
            let asked = Int.random(in: 0..<names.count, using: &generator)
            let unread = try await scene.unread(people[asked], channel)
            let expected = model.unread(asked)
            #expect(unread?.marker == model.markers[asked], "seed \(seed), step \(step)")
            #expect(unread?.unread == expected?.unread, "seed \(seed), step \(step)")
            #expect(unread?.mentions == expected?.mentions, "seed \(seed), step \(step)")
        }
    }

    @Test func `joining starts with nothing unread`() async throws {
        let scene = try ChannelScene()
        let (ana, bo) = (try await scene.neighbour("ana"), try await scene.neighbour("bo"))
        let channel = try await scene.channels.create(ChannelDraft(name: "fika"), scene.call(ana)).id
        for _ in 0..<5 { try await scene.say("@all hello", in: channel, ana) }
        _ = try await scene.channels.join(ChannelJoin(channel: "fika"), scene.call(bo))
        #expect(try await scene.unread(bo, channel) == Unread(channel: channel, marker: 6, unread: 0, mentions: 0))
        try await scene.say("@bo there you are", in: channel, ana)
        #expect(try await scene.unread(bo, channel) == Unread(channel: channel, marker: 6, unread: 1, mentions: 1))
    }

    @Test func `a bot's marker moves only when it says so`() async throws {
        let scene = try ChannelScene()
        var bot = try await scene.neighbour("robo")
        bot.token = TokenID(high: 1, low: 1)
        let general = try await scene.channels.get(ChannelRef("general"), scene.call(bot)).id
        try await scene.say("beep", in: general, bot)
        #expect(try await scene.unread(bot, general)?.unread == 1)
    }
}
