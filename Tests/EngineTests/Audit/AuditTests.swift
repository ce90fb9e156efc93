import ChatAPI
import ChatTestKit
import Storage
import Testing

@testable import Engine

/// The audit log: nothing of it changes unseen, and what is personal in it can go.
@Suite("Audit")
struct AuditTests {
    private func verify(_ world: AccountWorld) async throws -> AuditVerification {
        try await world.root().call(.verifyAudit)
    }

    /// A few entries of several people.
    private func community() async throws -> Community {
        let tea = try await Community()
        _ = try await tea.world.superAdmin("olga")
        for number in 1...3 {
            let sent = try await tea.send("\(number)", by: tea.bob)
            _ = try await tea.ana.call(.deleteMessage, MessageRef(channel: tea.id, seq: sent.seq))
        }
        return tea
    }

    @Test func `an untouched log is clean and names its head`() async throws {
        let tea = try await community()
        let found = try await verify(tea.world)
        #expect(found.isClean)
        let page = try await tea.world.root().call(.audit, AuditQuery(limit: 500))
        #expect(found.checked == page.head)
        #expect(found.head == page.head)
        #expect(found.headHash == page.entries.last?.hash)
        #expect(page.entries.map(\.seq) == Array(1...page.head))
        for (entry, next) in zip(page.entries, page.entries.dropFirst()) { #expect(next.previousHash == entry.hash) }
    }

    /// Statements of the second entry: one per column of both tables, and what a forger may do to rows.
    private static let forgeries: [SQL] = [
        "UPDATE audit_entry SET at = at + 1 WHERE seq = 2",
        "UPDATE audit_entry SET action = 'accounts.read' WHERE seq = 2",
        "UPDATE audit_entry SET object = object || 'x' WHERE seq = 2",
        "UPDATE audit_entry SET severity = CASE severity WHEN 3 THEN 0 ELSE severity + 1 END WHERE seq = 2",
        "UPDATE audit_entry SET severity = severity + 256 WHERE seq = 2",
        "UPDATE audit_entry SET previous_hash = zeroblob(32) WHERE seq = 2",
        "UPDATE audit_entry SET payload_hash = zeroblob(32) WHERE seq = 2",
        "UPDATE audit_entry SET hash = zeroblob(32) WHERE seq = 2",
        "UPDATE audit_entry SET seq = 1000 WHERE seq = 2",
        "UPDATE audit_payload SET salt = zeroblob(16) WHERE seq = 2",
        "UPDATE audit_payload SET salt = NULL WHERE seq = 2",
        "UPDATE audit_payload SET actor = zeroblob(16) WHERE seq = 2",
        "UPDATE audit_payload SET actor_name = COALESCE(actor_name, '') || 'x' WHERE seq = 2",
        "UPDATE audit_payload SET session = CASE WHEN session IS NULL THEN zeroblob(16) ELSE NULL END WHERE seq = 2",
        "UPDATE audit_payload SET address = COALESCE(address, '') || '1' WHERE seq = 2",
        "UPDATE audit_payload SET request_id = COALESCE(request_id, '') || 'x' WHERE seq = 2",
        "UPDATE audit_payload SET before = COALESCE(before, '') || ' ' WHERE seq = 2",
        "UPDATE audit_payload SET after = COALESCE(after, '') || ' ' WHERE seq = 2",
        "UPDATE audit_payload SET erased_by = 5 WHERE seq = 2",
        """
        UPDATE audit_payload SET salt = NULL, actor = NULL, actor_name = NULL, session = NULL, address = NULL,
            request_id = NULL, before = NULL, after = NULL WHERE seq = 2
        """,
        """
        UPDATE audit_payload SET salt = NULL, actor = NULL, actor_name = NULL, session = NULL, address = NULL,
            request_id = NULL, before = NULL, after = NULL, erased_by = 4 WHERE seq = 2
        """,
        "UPDATE audit_payload SET seq = 1000 WHERE seq = 2",
        "DELETE FROM audit_payload WHERE seq = 2",
        "DELETE FROM audit_entry WHERE seq = 2",
        "DELETE FROM audit_entry WHERE seq = (SELECT MAX(seq) FROM audit_entry)",
    ]

    @Test func `every change of every column is found`() async throws {
        for forgery in Self.forgeries {
            let tea = try await community()
            #expect(try await verify(tea.world).isClean)
            try await tea.tamper(forgery)
            let found = try await verify(tea.world)
            #expect(!found.isClean, "\(forgery.text)")
            #expect(found.brokenAt != nil && found.reason != nil, "\(forgery.text)")
        }
    }

    @Test func `a person's traces are erased and the chain stays clean`() async throws {
        let tea = try await community()
        let before = try await tea.world.root().call(.audit, AuditQuery(limit: 500))
        let concerned = before.entries.filter { $0.actor == tea.ana.id || $0.object == "account/\(tea.ana.id)" }
        #expect(!concerned.isEmpty)
        let now = tea.world.clock.now
        let ana = tea.ana.id
        try await tea.database.write(touching: []) { tx in try tx.eraseAuditTrail(of: ana, now: now) }
        try await tea.world.engine.timers.fireDue()
        let after = try await tea.world.root().call(.audit, AuditQuery(limit: 500))
        for entry in concerned {
            let left = try #require(after.entries.first { $0.seq == entry.seq })
            #expect(left.isErased)
            #expect(left.actor == nil && left.actorName == nil && left.address == nil && left.after == nil)
            #expect(left.hash == entry.hash && left.action == entry.action && left.at == entry.at)
        }
        #expect(after.entries.last?.action == "audit.erased")
        let found = try await verify(tea.world)
        #expect(found.isClean, "\(found)")
        #expect(found.erased == Int64(concerned.count))
        // One more than was recorded is found.
        let other = try #require(after.entries.first { !$0.isErased && $0.seq < after.head })
        #expect(other.seq > 0)
        try await tea.tamper(Self.eraseOneMore)
        #expect(try await !verify(tea.world).isClean)
    }

    @Test func `what one write does not erase, a timer does, in writes of their own`() async throws {
        let tea = try await community()
        for number in 1...520 {
            _ = try await tea.ana.call(.changeChannel, ChannelChange(channel: "tea", topic: "\(number)"))
        }
        let root = try await tea.world.root()
        _ = try await root.call(.removeAccount, AccountRef("ana"))
        let left = SQL("SELECT count(*) FROM audit_payload WHERE actor_name = 'ana'")
        let timers = SQL("SELECT count(*) FROM timer WHERE kind = 'audit.erase'")
        let writes = SQL("SELECT count(*) FROM audit_entry WHERE action = 'audit.erased'")
        // It is due at once: on a busy machine it has fired before anybody can look, so what it has done is looked at.
        try await tea.world.engine.timers.fireDue()
        #expect(try await tea.column(writes) == ["2"])
        #expect(try await tea.column(left) == ["0"])
        #expect(try await tea.column(timers) == ["0"])
        #expect(try await verify(tea.world).isClean)
    }

    private static let eraseOneMore: SQL = """
        UPDATE audit_payload SET salt = NULL, actor = NULL, actor_name = NULL, session = NULL, address = NULL,
            request_id = NULL, before = NULL, after = NULL, erased_by = (SELECT MAX(seq) FROM audit_entry)
        WHERE seq = (
            SELECT MIN(seq) FROM audit_payload
            WHERE erased_by IS NULL AND seq < (SELECT MAX(seq) FROM audit_entry)
        )
        """

    @Test func `a refused write and a dry run leave no entry and no hole`() async throws {
        let tea = try await community()
        let head = try await verify(tea.world)
        let sent = try await tea.send("his", by: tea.bob)
        let service = try await tea.ana.service()
        let ref = MessageRef(channel: tea.id, seq: sent.seq)
        _ = try await service.call(.deleteMessage, ref, CallOptions(dryRun: true))
        #expect(try await verify(tea.world) == head)
        _ = try await service.call(.deleteMessage, ref)
        let after = try await verify(tea.world)
        #expect(after.isClean)
        #expect(after.head == head.head + 1)
    }

    @Test func `pages by filter`() async throws {
        let tea = try await community()
        let root = try await tea.world.root()
        let all = try await root.call(.audit, AuditQuery(limit: 500)).entries
        func seqs(_ query: AuditQuery) async throws -> [Int64] { try await root.call(.audit, query).entries.map(\.seq) }
        func those(_ isWanted: (AuditEntry) -> Bool) -> [Int64] { all.filter(isWanted).map(\.seq) }
        #expect(try await seqs(AuditQuery(actor: "ana")) == those { $0.actor == tea.ana.id })
        #expect(try await seqs(AuditQuery(actor: tea.ana.id.description)) == those { $0.actor == tea.ana.id })
        #expect(try await seqs(AuditQuery(action: "messages.")) == those { $0.action.hasPrefix("messages.") })
        #expect(try await seqs(AuditQuery(action: "messages.delete")).count == 3)
        let object = try #require(all.last?.object)
        #expect(try await seqs(AuditQuery(object: object)) == those { $0.object == object })
        #expect(try await seqs(AuditQuery(severity: .notice)) == those { $0.severity != .info })
        #expect(try await seqs(AuditQuery(session: tea.ana.session)) == those { $0.session == tea.ana.session })
        #expect(try await seqs(AuditQuery(address: "192.0.2.1")) == those { $0.address == "192.0.2.1" })
        #expect(try await seqs(AuditQuery(address: "192.0.2.2")).isEmpty)
        #expect(try await seqs(AuditQuery(request: "no-such-request")).isEmpty)
        let both = AuditQuery(actor: "ana", action: "messages.", session: tea.ana.session, address: "192.0.2.1")
        #expect(try await seqs(both) == those { $0.actor == tea.ana.id && $0.action.hasPrefix("messages.") })
        #expect(try await seqs(AuditQuery(since: tea.world.clock.now + 1)).isEmpty)
        #expect(try await seqs(AuditQuery(until: tea.world.clock.now)) == all.map(\.seq))
        #expect(try await seqs(AuditQuery(until: 0)).isEmpty)
        let newest = try await root.call(.audit, AuditQuery(limit: 2))
        #expect(newest.entries.map(\.seq) == all.suffix(2).map(\.seq))
        #expect(newest.hasEarlier && !newest.hasLater)
        let first = try await root.call(.audit, AuditQuery(after: 0, limit: 2))
        #expect(first.entries.map(\.seq) == [1, 2])
        #expect(!first.hasEarlier && first.hasLater)
        let before = try await root.call(.audit, AuditQuery(before: 3, limit: 1))
        #expect(before.entries.map(\.seq) == [2])
        #expect(before.hasEarlier && before.hasLater)
    }

    @Test func `who may not read it does not`() async throws {
        let tea = try await community()
        #expect(await refusal { try await tea.ana.call(.audit, AuditQuery()) }?.code == .forbidden)
        #expect(await refusal { try await tea.ana.call(.verifyAudit) }?.code == .forbidden)
    }

    @Test func `the log is pushed and read in one form`() async throws {
        let tea = try await community()
        let shard = HubShard<AuditFollower>()
        let follower = AuditFollower()
        shard.subscribe(follower, to: .audit)
        tea.world.engine.hub.add(Hub.Shard(subscriptions: shard) { $0() })
        let sent = try await tea.send("his", by: tea.bob)
        _ = try await tea.ana.call(.deleteMessage, MessageRef(channel: tea.id, seq: sent.seq))
        var stored = try await tea.world.root().call(.audit, AuditQuery(limit: 1)).entries
        // A list says besides what things are called now; the record is the same.
        #expect(stored.map(\.objectName) == ["tea"])
        for index in stored.indices { stored[index].objectName = nil }
        #expect(follower.entries == stored)
        #expect(follower.kinds == ["audit"])
    }

    private final class AuditFollower: Subscriber {
        var entries: [AuditEntry] = []
        var kinds: [String] = []

        func entries(of log: LogID, first: Int64, last: Int64, _ frame: Frame) {
            for line in frame.bytes.split(separator: 0x0A) {
                if let entry = try? Coding.decode(AuditEntry.self, from: Array(line)) { entries.append(entry) }
                if let kind = try? Coding.decode(JSON.self, from: Array(line))["push"]?.string { kinds.append(kind) }
            }
        }

        func changed(_ news: News) {}
        func ephemeral(_ news: Ephemeral, _ frame: Frame) {}
    }

    @Test func `a chain that is written anew between two pieces of one walk is noticed`() async throws {
        let tea = try await community()
        let database = tea.database
        var walk = try await database.read { [epoch = database.epoch] tx in
            try AuditWalk(heads: [], epoch: epoch, tx)
        }
        let (begin, end) = (walk.hash, walk.end)
        let first = try await database.read { tx in
            try AuditSegment(after: 0, through: 3, start: begin, wanted: [], tx)
        }
        try await database.write(touching: []) { tx in
            _ = try tx.run("UPDATE audit_entry SET object = object || 'x' WHERE seq = 3")
        }
        try await ChainForger.rewrite(database, from: 3)
        let second = try await database.read { tx in
            try AuditSegment(after: 3, through: end, start: nil, wanted: [], tx)
        }
        walk.take(first)
        #expect(walk.flaw == nil && second.flaw == nil, "each piece fits together for itself")
        walk.take(second)
        #expect(walk.flaw?.seq == 3)
    }
}
