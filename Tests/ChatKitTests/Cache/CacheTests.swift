import ChatAPI
import ChatKit
import ChatTestKit
import Testing

/// The cache gives back what the daemon said, forgets what it must, and survives its own damage.
@Suite struct CacheTests {
    private let general = channel(1)

    private func joined(_ id: ChannelID, _ name: String, head: Int64 = 0) -> JoinedChannel {
        JoinedChannel(
            channel: Channel(
                id: id,
                kind: .text,
                name: name,
                topic: nil,
                hasSecret: false,
                memberCount: 2,
                people: nil,
                createdBy: nil,
                createdAt: 0,
                head: head,
                version: 1,
                role: .member
            ),
            unread: Unread(channel: id, marker: 1, unread: 2, mentions: 0)
        )
    }

    private func welcome(_ logs: [LogState], epoch: String = "e1") -> LiveEvent {
        .welcome(
            Welcome(
                account: Account(id: account(1), name: "ana", createdAt: 0),
                session: nil,
                capabilities: [.own],
                epoch: epoch,
                heartbeatMs: 25_000,
                limits: LiveLimits(),
                caps: [],
                logs: logs
            )
        )
    }

    private func state(_ id: ChannelID, _ name: String, head: Int64) -> LogState {
        let joined = joined(id, name, head: head)
        return LogState(log: id.description, state: .ok, head: head, channel: joined.channel, unread: joined.unread)
    }

    private func entries(_ range: ClosedRange<Int64>) -> LiveEvent {
        .entries(log: general.description, range.map { message($0, in: general, "text \($0)") })
    }

    @Test func `the first screen is what the connection brought, after a restart too`() async throws {
        let folder = try TemporaryFolder()
        let cache = try Cache(path: folder.path + "/cache.db")
        cache.take([
            .state(.live), welcome([LogState(log: "@me", state: .ok, head: 4), state(general, "general", head: 10)]),
            entries(11...12),
        ])
        cache.take([Account(id: account(2), name: "bob", createdAt: 0)])
        cache.take([Register(key: "sidebar", value: ["x"], version: 3)])
        cache.close()

        let reopened = try Cache(path: folder.path + "/cache.db")
        let opening = reopened.opening()
        #expect(opening.account?.name == "ana")
        #expect(opening.epoch == "e1")
        #expect(opening.channels == [joined(general, "general", head: 10)])
        #expect(Set(opening.accounts.map(\.name)) == ["ana", "bob"])
        #expect(opening.registers == [Register(key: "sidebar", value: ["x"], version: 3)])
        #expect(opening.positions == ["@me": 4, general.description: 12])
        #expect(reopened.resume() == Resume(epoch: "e1", seq: opening.positions))
        #expect(reopened.timeline(of: general).all.map(\.seq) == [11, 12])
        #expect(try folder.mode(of: "cache.db") == 0o600)
        reopened.close()
    }

    @Test func `a gap is known after a restart, and closed by its page`() async throws {
        let folder = try TemporaryFolder()
        let cache = try Cache(path: folder.path + "/cache.db")
        cache.take([entries(1...3), .gap(Gap(log: general.description, from: 4, head: 8)), entries(9...10)])
        await cache.flush()
        #expect(cache.timeline(of: general).gaps == [4...8])
        let page = (4...8).map { message($0, in: general, "late \($0)") }
        cache.take(EntryPage(entries: page, head: 10, hasEarlier: true, hasLater: true), of: general)
        cache.take([.gap(Gap(log: general.description, from: 11, head: 20))])
        await cache.flush()
        #expect(cache.timeline(of: general).gaps == [11...20])
        #expect(cache.resume().seq[general.description] == 20)
        cache.close()
    }

    @Test func `what was deleted is not on this disk either`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/cache.db"
        let cache = try Cache(path: path)
        var edit = Entry(kind: .edit, channel: general, seq: 2, by: account(1), at: 2)
        edit.target = 1
        edit.text = "the launch code, edited"
        var redaction = Entry(kind: .redaction, channel: general, seq: 3, by: account(1), at: 3)
        redaction.target = 1
        cache.take([.entries(log: general.description, [message(1, in: general, "the launch code"), edit, redaction])])
        cache.close()
        let bytes = try Files.read(path, limit: 10 << 20)
        #expect(!String(decoding: bytes, as: UTF8.self).contains("launch code"))
        let reopened = try Cache(path: path)
        #expect(reopened.timeline(of: general)[seq: 1]?.redactedAt == 3)
        reopened.close()
    }

    @Test func `a newer form replaces an older one, never the other way round`() async throws {
        let folder = try TemporaryFolder()
        let cache = try Cache(path: folder.path + "/cache.db")
        var newer = message(1, in: general, "second")
        newer.rev = 5
        cache.take(EntryPage(entries: [newer], head: 5, hasEarlier: false, hasLater: true), of: general)
        cache.take([.entries(log: general.description, [message(1, in: general, "first")])])
        await cache.flush()
        #expect(cache.timeline(of: general)[seq: 1]?.text == "second")
        cache.close()
    }

    @Test func `another epoch empties it, leaving a channel removes the channel`() async throws {
        let folder = try TemporaryFolder()
        let cache = try Cache(path: folder.path + "/cache.db")
        cache.take([
            welcome([state(general, "general", head: 0), state(channel(2), "other", head: 0)]), entries(1...3),
        ])
        var left = Entry(kind: .channelLeft, channel: general, seq: 1, by: account(1), at: 1)
        left.account = account(1)
        cache.take([.entries(log: "@me", [left])])
        await cache.flush()
        #expect(cache.opening().channels.map(\.channel.name) == ["other"])
        #expect(cache.timeline(of: general).isEmpty)
        #expect(cache.resume().seq == ["@me": 1, channel(2).description: 0])
        cache.take([.epochChanged(from: "e1", to: "e2"), welcome([state(general, "new", head: 7)], epoch: "e2")])
        await cache.flush()
        #expect(cache.opening().channels.map(\.channel.name) == ["new"])
        #expect(cache.resume() == Resume(epoch: "e2", seq: [general.description: 7]))
        cache.close()
    }

    @Test func `a busy channel keeps its newest thousand`() async throws {
        let folder = try TemporaryFolder()
        let cache = try Cache(path: folder.path + "/cache.db")
        for start in stride(from: Int64(1), to: 1_500, by: 100) { cache.take([entries(start...start + 99)]) }
        await cache.flush()
        let all = cache.entries(of: general, before: .max, count: 5_000)
        #expect(all.last?.seq == 1_500)
        #expect((Cache.entriesPerChannel..<Cache.entriesPerChannel + 200).contains(all.count))
        #expect(cache.entries(of: general, before: 1_450, count: 3).map(\.seq) == [1_447, 1_448, 1_449])
        #expect(cache.timeline(of: general, newest: 200).count == 200)
        cache.close()
    }

    @Test func `me replaces what was known of oneself`() async throws {
        let folder = try TemporaryFolder()
        let cache = try Cache(path: folder.path + "/cache.db")
        cache.take([welcome([state(general, "general", head: 0), state(channel(2), "gone", head: 0)])])
        cache.take([Register(key: "old", value: 1, version: 1)])
        cache.take(
            Me(
                account: Account(id: account(1), name: "ana", createdAt: 0),
                session: nil,
                capabilities: [],
                channels: [joined(general, "general", head: 3)],
                registers: [Register(key: "new", value: 2, version: 2)],
                head: 44,
                epoch: "e1"
            )
        )
        await cache.flush()
        #expect(cache.opening().channels.map(\.channel.name) == ["general"])
        #expect(cache.opening().registers.map(\.key) == ["new"])
        #expect(cache.resume().seq["@me"] == 44)
        cache.close()
    }

    @Test func `a damaged cache is thrown away and made anew`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/cache.db"
        try Files.write(Array(String(repeating: "this is no database. ", count: 500).utf8), to: path)
        let cache = try Cache(path: path)
        #expect(cache.opening() == CachedOpening())
        cache.close()
    }
}
