import ChatAPI
import ChatTestKit
import Engine
import Storage
import Testing

/// Retention: the old end of the log goes, and what stays can be verified as before.
@Suite("Trimming the audit log")
struct AuditTrimTests {
    private func verify(_ tea: Community) async throws -> AuditVerification {
        try await tea.world.root().call(.verifyAudit)
    }

    private func community(_ count: Int = 6) async throws -> Community {
        let tea = try await Community()
        for number in 0..<count {
            tea.world.clock.advance(by: .seconds(60))
            let sent = try await tea.send("\(number)", by: tea.bob)
            _ = try await tea.ana.call(.deleteMessage, MessageRef(channel: tea.id, seq: sent.seq))
        }
        return tea
    }

    private static let countEntries: SQL = "SELECT COUNT(*) FROM audit_entry"
    private static let countPayloads: SQL = "SELECT COUNT(*) FROM audit_payload"

    @Test func `what was trimmed is gone, and the rest is clean from a signed head on`() async throws {
        let tea = try await community()
        let root = try await tea.world.root()
        let before = try await root.call(.audit, AuditQuery(limit: 500)).entries
        let trimmed = try await root.call(.trimAudit, AuditTrim(through: 4))
        #expect(trimmed.entries == 4 && trimmed.head.seq == 4 && trimmed.head.isSigned)
        #expect(trimmed.head.hash == before[3].hash)
        // At once for readers, then for the disk.
        let first = try await root.call(.audit, AuditQuery(after: 0, limit: 500)).entries
        #expect(first.first?.seq == 5)
        #expect(first.dropFirst(before.count - 4).map(\.action).sorted() == ["audit.key", "audit.trimmed"])
        try await tea.world.engine.timers.fireDue()
        let left = try await tea.database.read { tx in try tx.first(Self.countEntries) { $0.int64(0) } ?? 0 }
        let payloads = try await tea.database.read { tx in try tx.first(Self.countPayloads) { $0.int64(0) } ?? 0 }
        #expect(left == Int64(first.count) && payloads == left)
        let found = try await verify(tea)
        #expect(found.isClean && found.trimmedThrough == 4 && found.checked == left, "\(found)")
        // And again, behind that.
        #expect(try await root.call(.trimAudit, AuditTrim(through: 6)).entries == 2)
        try await tea.world.engine.timers.fireDue()
        #expect(try await verify(tea).isClean)
    }

    @Test func `by time`() async throws {
        let tea = try await community()
        let root = try await tea.world.root()
        let entries = try await root.call(.audit, AuditQuery(limit: 500)).entries
        let time = entries[entries.count - 3].at
        let trimmed = try await root.call(.trimAudit, AuditTrim(before: time))
        #expect(trimmed.head.seq == entries.first { $0.at >= time }!.seq - 1)
        let kept = try await root.call(.audit, AuditQuery(after: 0, since: time, limit: 1)).entries
        #expect(kept.first?.seq == trimmed.head.seq + 1)
        #expect(try await verify(tea).isClean)
    }

    @Test func `erasures over the cut stay verifiable, and one more is still found`() async throws {
        let tea = try await community()
        let ana = tea.ana.id
        let now = tea.world.clock.now
        try await tea.database.write(touching: []) { tx in try tx.eraseAuditTrail(of: ana, now: now) }
        try await tea.world.engine.timers.fireDue()
        let root = try await tea.world.root()
        _ = try await root.call(.trimAudit, AuditTrim(through: 3))
        let found = try await verify(tea)
        #expect(found.isClean && found.erased > 0, "\(found)")
        try await tea.world.engine.timers.fireDue()
        #expect(try await verify(tea).isClean)
        try await tea.tamper("UPDATE audit_carry SET count = count + 1")
        #expect(try await !verify(tea).isClean)
    }

    @Test func `refusals`() async throws {
        let tea = try await community(1)
        let root = try await tea.world.root()
        let head = try await root.call(.audit, AuditQuery(limit: 1)).head
        #expect(await refusal { try await root.call(.trimAudit, AuditTrim()) }?.code == .invalid)
        #expect(await refusal { try await root.call(.trimAudit, AuditTrim(through: 1, before: 1)) }?.code == .invalid)
        #expect(await refusal { try await root.call(.trimAudit, AuditTrim(through: head)) }?.code == .invalid)
        #expect(await refusal { try await root.call(.trimAudit, AuditTrim(through: 0)) }?.code == .conflict)
        #expect(await refusal { try await root.call(.trimAudit, AuditTrim(before: 1)) }?.code == .conflict)
        #expect(await refusal { try await tea.ana.call(.trimAudit, AuditTrim(through: 1)) }?.code == .forbidden)
        try await tea.tamper("UPDATE audit_entry SET at = at + 1 WHERE seq = 2")
        let refused = await refusal { try await root.call(.trimAudit, AuditTrim(through: 1)) }
        #expect(refused?.code == .conflict && refused?.detail.contains("not intact at entry 2") == true)
        #expect(try await verify(tea).trimmedThrough == 0)
    }

    @Test func `a dry run trims nothing`() async throws {
        let tea = try await community(2)
        let root = try await tea.world.root()
        let before = try await verify(tea)
        let would = try await root.call(.trimAudit, AuditTrim(through: 2), CallOptions(dryRun: true))
        #expect(would.entries == 2 && !would.head.isSigned)
        #expect(try await verify(tea) == before)
    }

    @Test func `retention keeps so many days, and the newest entry in any case`() async throws {
        let tea = try await community(2)
        let engine = tea.world.engine
        #expect(try await engine.trimAudit(keepingDays: 1) == nil)
        tea.world.clock.advance(by: .seconds(86_400 * 2))
        let ana = try await tea.world.signIn("ana")
        tea.world.clock.advance(by: .seconds(60))
        let trimmed = try #require(try await engine.trimAudit(keepingDays: 1))
        #expect(trimmed.entries > 0)
        let found = try await verify(tea)
        #expect(found.isClean && found.trimmedThrough == trimmed.head.seq, "\(found)")
        let left = try await tea.world.root().call(.audit, AuditQuery(after: 0, limit: 500)).entries
        #expect(left.first?.action == "sessions.signIn" && left.first?.actor == ana.id)
        #expect(try await engine.trimAudit(keepingDays: 1) == nil)
    }

    /// What a forger may do to a trimmed log, and where it shows.
    private static let forgeries: [SQL] = [
        "UPDATE audit_anchor SET seq = 3",
        "UPDATE audit_anchor SET hash = zeroblob(32)",
        "UPDATE audit_anchor SET head = '{}'",
        "UPDATE audit_anchor SET head = replace(head, '\"at\":', '\"at\":1')",
        "DELETE FROM audit_anchor",
        "INSERT INTO audit_carry VALUES (4711, 1, zeroblob(32))",
        "DELETE FROM audit_entry WHERE seq = 5",
        "DELETE FROM audit_entry WHERE action = 'audit.trimmed'",
    ]

    @Test func `what is done to the beginning is found`() async throws {
        for forgery in Self.forgeries {
            let tea = try await community()
            _ = try await tea.world.root().call(.trimAudit, AuditTrim(through: 4))
            try await tea.world.engine.timers.fireDue()
            #expect(try await verify(tea).isClean)
            try await tea.tamper(forgery)
            let found = try await verify(tea)
            if forgery.text.contains("head = ") && forgery.text.contains("'{}'") {
                // The file has the same head: without the row's copy it is checked all the same.
                #expect(found.isClean, "\(forgery.text)")
            } else {
                #expect(!found.isClean, "\(forgery.text)")
            }
        }
    }

    @Test(arguments: [1, 2, 3]) func `any series of work, erasures and cuts stays clean`(_ seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let tea = try await community(2)
        let root = try await tea.world.root()
        var people: [Person] = []
        for step in 0..<30 {
            tea.world.clock.advance(by: .seconds(1))
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                people.append(try await tea.world.register("p\(seed)-\(step)"))
            case 1:
                guard let person = people.popLast() else { continue }
                _ = try await root.call(.removeAccount, AccountRef(person.name))
            case 2:
                let found = try await verify(tea)
                guard found.head - found.trimmedThrough > 2 else { continue }
                let through = Int64.random(in: (found.trimmedThrough + 1)..<found.head, using: &random)
                _ = try await root.call(.trimAudit, AuditTrim(through: through))
            case 3:
                _ = try await root.call(.signAudit)
            case 4:
                try await tea.world.engine.timers.fireDue()
            default:
                let sent = try await tea.send("\(step)", by: tea.bob)
                _ = try await tea.ana.call(.deleteMessage, MessageRef(channel: tea.id, seq: sent.seq))
            }
        }
        let found = try await verify(tea)
        #expect(found.isClean, "seed \(seed): \(found)")
    }
}
