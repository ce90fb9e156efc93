import ChatAPI
import ChatTestKit
import Engine
import Testing

/// Pages of history in every direction, against a plain array.
@Suite("Entry pages")
struct EntryPageTests {
    @Test func `every direction and limit gives what the whole log says`() async throws {
        let tea = try await Community()
        for number in 1...20 { try await tea.send("\(number)", by: tea.ana) }
        let whole = try await tea.entries(EntryQuery(channel: "tea", limit: 500), as: tea.ana)
        let log = whole.entries
        #expect(log.map(\.seq) == Array(1...whole.head))
        #expect(!whole.hasEarlier && !whole.hasLater)
        for limit in [1, 2, 5, 500] {
            for seq in 0...(whole.head + 2) {
                try await check(
                    tea,
                    EntryQuery(channel: "tea", after: seq, limit: limit),
                    log.filter { $0.seq > seq },
                    .prefix
                )
                try await check(
                    tea,
                    EntryQuery(channel: "tea", before: seq, limit: limit),
                    log.filter { $0.seq < seq },
                    .suffix
                )
                let around = try await tea.entries(EntryQuery(channel: "tea", around: seq, limit: limit), as: tea.bob)
                #expect(around.entries.count == min(limit, log.count))
                if (1...whole.head).contains(seq) { #expect(around.entries.contains { $0.seq == seq }) }
                let through = seq + 3
                try await check(
                    tea,
                    EntryQuery(channel: "tea", from: seq, through: through, limit: limit),
                    log.filter { $0.seq >= seq && $0.seq <= through },
                    .prefix
                )
            }
        }
    }

    private enum End { case prefix, suffix }

    private func check(_ tea: Community, _ query: EntryQuery, _ expected: [Entry], _ end: End) async throws {
        let page = try await tea.entries(query, as: tea.bob)
        let limit = query.limit ?? 100
        let wanted = end == .prefix ? Array(expected.prefix(limit)) : Array(expected.suffix(limit))
        #expect(page.entries == wanted, "\(query)")
        if let first = page.entries.first, let last = page.entries.last {
            #expect(page.hasEarlier == (first.seq > 1), "\(query)")
            #expect(page.hasLater == (last.seq < page.head), "\(query)")
        }
    }

    @Test(arguments: [
        EntryQuery(channel: "tea", after: 1, before: 3), EntryQuery(channel: "tea", from: 1),
        EntryQuery(channel: "tea", from: 5, through: 2), EntryQuery(channel: "tea", after: -1),
        EntryQuery(channel: "tea", limit: 0), EntryQuery(channel: "tea", limit: 501),
        EntryQuery(channel: "tea", around: 1, through: 2),
    ])
    func `questions that mean nothing are refused`(_ query: EntryQuery) async throws {
        let tea = try await Community()
        let refused = await refusal { try await tea.entries(query, as: tea.ana) }
        #expect(refused?.code == .invalid)
    }

    @Test func `who was added to a conversation later sees nothing earlier`() async throws {
        let tea = try await Community()
        let carla = try await tea.world.register("carla")
        let dan = try await tea.world.register("dan")
        let direct = try await tea.ana.call(.openDirect, DirectDraft(people: ["bob", "carla"]))
        let early = try await tea.send("private", by: tea.ana, in: direct.id)
        _ = try await tea.ana.call(.addMember, MemberRef(channel: direct.id.description, account: "dan"))
        let late = try await tea.send("welcome", by: tea.ana, in: direct.id)
        let name = direct.id.description
        let page = try await tea.entries(EntryQuery(channel: name, around: early.seq), as: dan)
        #expect(!page.entries.contains { $0.seq <= early.seq })
        #expect(page.entries.contains { $0.seq == late.seq })
        #expect(!page.hasEarlier)
        let refused = await refusal { try await dan.call(.message, MessageRef(channel: direct.id, seq: early.seq)) }
        #expect(refused?.code == .notFound)
        let answer = await refusal { try await tea.send("?", by: dan, replyTo: early.seq, in: direct.id) }
        #expect(answer?.code == .invalid)
        let reaction = await refusal {
            try await dan.call(.react, ReactionRef(channel: direct.id, seq: early.seq, emoji: "👍"))
        }
        #expect(reaction?.code == .notFound)
        #expect(try await tea.entries(EntryQuery(channel: name), as: carla).entries.contains { $0.seq == early.seq })
        let eve = try await tea.world.register("eve")
        let stranger = await refusal { try await tea.entries(EntryQuery(channel: name), as: eve) }
        #expect(stranger?.code == .notFound)
    }
}
