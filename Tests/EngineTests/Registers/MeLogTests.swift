import ChatAPI
import ChatTestKit
import Engine
import Storage
import Testing

/// The log `@me`: what it keeps, and for how long.
@Suite struct MeLogTests {
    private func fill(_ scene: ChannelScene, _ caller: Caller, _ count: Int) async throws {
        let (account, now) = (caller.account!, scene.kit.clock.now)
        try await scene.engine.database.write(touching: []) { tx in
            for _ in 0..<count {
                _ = try tx.appendToMe(
                    Entry(kind: .profileChanged, channel: nil, seq: 0, by: account, at: 0),
                    of: account,
                    now: now
                )
            }
        }
    }

    @Test func `it keeps its newest ten thousand entries`() async throws {
        let scene = try ChannelScene()
        let ana = try await scene.person("ana")
        try await fill(scene, ana, 9_999)
        #expect(try await first(scene, ana) == 1)
        try await fill(scene, ana, 1_001)
        let first = try await first(scene, ana)
        #expect((1_001 - 256...1_001).contains(first))
        let page = try await scene.registers.entries(MeQuery(after: first - 1, limit: 2), scene.call(ana))
        #expect(page.entries.map(\.seq) == [first, first + 1])
        #expect(page.head == 11_000)
        #expect(!page.hasEarlier && page.hasLater)
        await refused(.invalid) {
            _ = try await scene.registers.entries(MeQuery(after: first - 2), scene.call(ana))
        }
        let newest = try await scene.registers.entries(MeQuery(limit: 3), scene.call(ana))
        #expect(newest.entries.map(\.seq) == [10_998, 10_999, 11_000])
        #expect(newest.hasEarlier && !newest.hasLater)
        let end = try await scene.registers.entries(MeQuery(after: 11_000), scene.call(ana))
        #expect(end.entries.isEmpty && !end.hasLater && end.hasEarlier)
        for query in [MeQuery(after: -1), MeQuery(limit: 0), MeQuery(limit: 501)] {
            await refused(.invalid) { _ = try await scene.registers.entries(query, scene.call(ana)) }
        }
    }

    @Test func `a sweep takes what is older than thirty days, in bounded steps, and leaves the newest entry`()
        async throws
    {
        let scene = try ChannelScene()
        var people: [Caller] = []
        for number in 0..<5 { people.append(try await scene.person("p\(number)")) }
        for (number, person) in people.enumerated() { try await fill(scene, person, number * 300) }
        scene.kit.clock.advance(by: .seconds(29 * 86_400))
        try await fill(scene, people[4], 10)
        #expect(try await sweep(scene) == 1)
        #expect(try await first(scene, people[4]) == 1)
        scene.kit.clock.advance(by: .seconds(2 * 86_400))
        #expect(try await sweep(scene) > 3)
        #expect(try await first(scene, people[4]) == 1_201)
        #expect(try await first(scene, people[0]) == 1, "it never had any")
        for number in 1...3 { #expect(try await first(scene, people[number]) == Int64(number * 300)) }
        // The numbering goes on where it was.
        try await fill(scene, people[1], 1)
        #expect(try await scene.log(.me(people[1].account!)).map(\.seq) == [300, 301])
    }

    /// How many writes it took.
    private func sweep(_ scene: ChannelScene) async throws -> Int {
        let now = scene.kit.clock.now
        var state = MeLog.Sweep()
        var writes = 0
        while !state.isFinished {
            let current = state
            let taken: Int64
            (state, taken) = try await scene.engine.database.write(touching: []) { tx in
                let before = try Self.entries(tx)
                let next = try MeLog.sweep(current, now: now, accounts: 2, tx)
                return (next, try before - Self.entries(tx))
            }
            #expect(taken <= 500)
            writes += 1
            guard writes < 100 else {
                Issue.record("the sweep does not end")
                break
            }
        }
        // Two accounts a write, the last write finds none or one.
        return writes <= 3 ? 1 : writes
    }

    /// In the write itself: the daemon sweeps by itself as well.
    private static func entries(_ tx: borrowing Transaction) throws -> Int64 {
        try tx.all("SELECT COUNT(*) FROM entry") { $0.int64(0) }[0]
    }

    private func first(_ scene: ChannelScene, _ caller: Caller) async throws -> Int64 {
        try await scene.engine.database.read { tx in try MeLog.first(of: caller.account!, tx) }
    }
}
