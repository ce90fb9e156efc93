import ChatAPI
import ChatTestKit
import Engine
import Glibc
import Storage
import Testing

/// Signed heads: a chain that was written anew, whole and consistent, is found all the same.
@Suite("Signed audit heads")
struct AuditHeadTests {
    private func verify(_ tea: Community) async throws -> AuditVerification {
        try await tea.world.root().call(.verifyAudit)
    }

    private func sign(_ tea: Community) async throws -> SignedHead { try await tea.world.root().call(.signAudit) }

    /// Makes some entries.
    private func busy(_ tea: Community, _ count: Int = 3) async throws {
        for number in 0..<count {
            let sent = try await tea.send("\(number)", by: tea.bob)
            _ = try await tea.ana.call(.deleteMessage, MessageRef(channel: tea.id, seq: sent.seq))
        }
    }

    private func path(_ tea: Community, _ name: String) -> String {
        let database = tea.database.path
        return database.prefix(through: database.lastIndex(of: "/")!) + name
    }

    @Test func `a head is signed by a key that the log names, and stands in the file`() async throws {
        let tea = try await Community()
        try await busy(tea)
        let head = try await sign(tea)
        #expect(head.isSigned)
        let page = try await tea.world.root().call(.audit, AuditQuery(limit: 500))
        #expect(page.entries.last?.hash == head.hash)
        #expect(page.head == head.seq)
        #expect(page.entries.contains { $0.action == "audit.key" && $0.object == "key/\(head.key)" })
        let text = try #require(RunningDaemon.read(path(tea, "audit.heads")))
        #expect(try Coding.decode(SignedHead.self, from: Array(text.utf8)) == head)
        var facts = stat()
        #expect(stat(path(tea, "audit.key"), &facts) == 0 && facts.st_mode & 0o777 == 0o600)
        // Nothing new: the same head again, and no line more.
        #expect(try await sign(tea) == head)
        #expect(try await tea.world.root().call(.auditHeads, AuditHeadQuery()).items == [head])
        let found = try await verify(tea)
        #expect(found.isClean && found.heads == 1 && found.signedThrough == head.seq, "\(found)")
    }

    @Test func `a head that was changed anywhere is not signed`() async throws {
        let tea = try await Community()
        let head = try await sign(tea)
        var others: [SignedHead] = []
        for change in [\SignedHead.epoch, \.hash, \.key, \.signature] {
            var other = head
            other[keyPath: change] = String(other[keyPath: change].reversed())
            others.append(other)
        }
        var other = head
        other.seq += 1
        others.append(other)
        other = head
        other.at += 1
        others.append(other)
        for other in others { #expect(!other.isSigned, "\(other)") }
    }

    /// Writes a chain anew from entry 2 on, each hash right: what somebody can do who has the database and not the key.
    private func forge(_ tea: Community) async throws {
        try await tea.tamper("UPDATE audit_payload SET actor_name = 'nobody' WHERE seq = 2")
        try await ChainForger.rewrite(tea.database, from: 2)
    }

    @Test func `a chain written anew is clean by itself and found by its signed head`() async throws {
        let tea = try await Community()
        // The next entry would be linked to the chain that was: nobody may leave one in between.
        _ = try await verify(tea)
        try await busy(tea)
        try await forge(tea)
        let unsigned = try await verify(tea)
        #expect(unsigned.isClean, "\(unsigned)")
        let signed = try await Community()
        try await busy(signed)
        let head = try await sign(signed)
        try await busy(signed)
        try await forge(signed)
        let found = try await verify(signed)
        #expect(!found.isClean)
        #expect(found.brokenAt == head.seq)
        #expect(found.reason?.contains("written anew") == true, "\(found)")
    }

    @Test func `a signed end that is cut off is missed`() async throws {
        let tea = try await Community()
        _ = try await sign(tea)
        try await busy(tea)
        let head = try await sign(tea)
        try await tea.tamper("DELETE FROM audit_payload WHERE seq = (SELECT MAX(seq) FROM audit_entry)")
        try await tea.tamper("DELETE FROM audit_entry WHERE seq = (SELECT MAX(seq) FROM audit_entry)")
        let found = try await verify(tea)
        #expect(found.brokenAt == head.seq && found.reason == "it was signed and is missing", "\(found)")
    }

    @Test func `a head signed with somebody else's key is found`() async throws {
        let tea = try await Community()
        let mine = try await sign(tea)
        let other = try await Community()
        let foreign = try await sign(other)
        try RunningDaemon.write(Self.lines([mine, foreign]), to: path(tea, "audit.heads"))
        let found = try await verify(tea)
        #expect(!found.isClean)
        #expect(found.reason == "its head is signed with a key that the log does not name", "\(found)")
    }

    @Test func `a line that is no head is named, and one that was cut short is not missed`() async throws {
        let tea = try await Community()
        let head = try await sign(tea)
        try RunningDaemon.write(Self.lines([head]) + "{\"epoch\":\"", to: path(tea, "audit.heads"))
        #expect(try await verify(tea).isClean)
        try await busy(tea, 1)
        let next = try await sign(tea)
        #expect(try await tea.world.root().call(.auditHeads, AuditHeadQuery()).items == [next, head])
        try RunningDaemon.write("nonsense\n" + Self.lines([head]), to: path(tea, "audit.heads"))
        let refusal = await refusal { try await verify(tea) }
        #expect(refusal?.detail.contains("line 1 of") == true, "\(String(describing: refusal))")
    }

    private static func lines(_ heads: [SignedHead]) -> String {
        heads.map { String(decoding: Coding.encode($0), as: UTF8.self) + "\n" }.joined()
    }

    @Test func `heads are listed newest first, page by page`() async throws {
        let tea = try await Community()
        var heads: [SignedHead] = []
        for _ in 0..<5 {
            try await busy(tea, 1)
            heads.insert(try await sign(tea), at: 0)
        }
        let root = try await tea.world.root()
        let first = try await root.call(.auditHeads, AuditHeadQuery(limit: 2))
        #expect(first.items == Array(heads[..<2]))
        let second = try await root.call(.auditHeads, AuditHeadQuery(limit: 3, cursor: first.nextCursor))
        #expect(second.items == Array(heads[2...]) && second.nextCursor == nil)
    }

    @Test func `a dry run signs nothing`() async throws {
        let tea = try await Community()
        let head = try await tea.world.root().call(.signAudit, Empty(), CallOptions(dryRun: true))
        #expect(!head.isSigned)
        #expect(try await tea.world.root().call(.auditHeads, AuditHeadQuery()).items.isEmpty)
        #expect(try await tea.world.audit("audit.key").isEmpty)
    }

    @Test func `after a restore there is a new key, the cut is on record, and the lost branch is no forgery`()
        async throws
    {
        let home = try TemporaryHome()
        var engine = try home.engine()
        let before = try await home.sign(engine)
        try await home.entries(engine, 3)
        engine.close()
        try home.backUp()
        // What happens after the backup is lost, though it was signed.
        engine = try home.engine()
        try await home.entries(engine, 4)
        let lost = try await home.sign(engine)
        engine.close()
        try home.restore()
        engine = try home.engine()
        let after = try await home.sign(engine)
        #expect(after.epoch != before.epoch && after.key != before.key)
        let entries = try await home.root(engine).call(.audit, AuditQuery(action: "audit.")).entries
        #expect(entries.contains { $0.action == "audit.restored" && $0.object.hasSuffix(before.epoch) })
        let found = try await home.root(engine).call(.verifyAudit)
        #expect(found.isClean, "\(found)")
        // The old key signed last the entry that names the new one.
        let heads = try await home.root(engine).call(.auditHeads, AuditHeadQuery()).items
        #expect(heads.contains { $0.key == before.key && $0.seq >= after.seq - 1 && $0 != lost })
        engine.close()
    }

    @Test func `a fork that no restore explains is found`() async throws {
        let home = try TemporaryHome()
        var engine = try home.engine()
        try await home.entries(engine, 3)
        _ = try await home.sign(engine)
        engine.close()
        try home.backUp()
        engine = try home.engine()
        try await home.entries(engine, 4)
        let lost = try await home.sign(engine)
        engine.close()
        // The database of then, in the same life: somebody put an older file in its place.
        try home.restore(renewing: false)
        engine = try home.engine()
        let found = try await home.root(engine).call(.verifyAudit)
        #expect(found.brokenAt.map { $0 <= lost.seq } == true, "\(found)")
        #expect(found.reason == "it was signed and is missing")
        engine.close()
    }
}
