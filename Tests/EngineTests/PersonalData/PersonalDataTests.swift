import ChatAPI
import ChatTestKit
import Engine
import Storage
import Testing

/// Everything about a person can be taken along, and goes when they do.
@Suite("Personal data")
struct PersonalDataTests {
    private static let selectTables: SQL = """
        SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name
        """

    private func tables(_ world: AccountWorld) async throws -> [String] {
        try await world.engine.database.read { tx in try tx.all(Self.selectTables) { $0.string(0) } }
    }

    private func columns(_ world: AccountWorld, of table: String, type: String) async throws -> [String] {
        let sql = SQL("SELECT name FROM pragma_table_info('\(table)') WHERE type = '\(type)'")
        return try await world.engine.database.read { tx in try tx.all(sql) { $0.string(0) } }
    }

    /// The test that a new table fails until somebody has decided what becomes of it.
    @Test func `every column that can name an account is in a section or on the list of those left out`() async throws {
        let world = try AccountWorld()
        let exported = Set(PersonalColumns.exported.values.flatMap { $0 })
        let known = exported.union(PersonalColumns.leftOut.keys).union(PersonalColumns.notAccounts)
        var there: Set<String> = []
        for table in try await tables(world) {
            for column in try await columns(world, of: table, type: "BLOB") { there.insert("\(table).\(column)") }
        }
        #expect(there.subtracting(known).sorted() == [], "decide: PersonalSources, or PersonalColumns with the reason")
        #expect(known.subtracting(there).sorted() == [], "these columns are gone")
        #expect(exported.isDisjoint(with: PersonalColumns.leftOut.keys))
        #expect(Set(PersonalColumns.exported.keys) == Set(PersonalColumns.sections))
        let text = try #require(RunningDaemon.read(Self.path("docs/PERSONAL-DATA.md")))
        for section in PersonalColumns.sections {
            #expect(text.contains("`\(section)`"), "\(section) is not documented")
        }
    }

    private static func path(_ name: String) -> String {
        "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/" + name
    }

    /// All pieces, put together.
    private func export(_ person: Person) async throws -> [String: [JSON]] {
        var sections: [String: [JSON]] = [:]
        var cursor: String?
        repeat {
            let page = try await person.call(.exportMe, PersonalDataQuery(cursor: cursor))
            #expect(page.account == person.id)
            for section in page.sections { sections[section.name, default: []] += section.items }
            cursor = page.nextCursor
        } while cursor != nil
        return sections
    }

    /// Ana, who has left traces everywhere.
    private func scene() async throws -> Community {
        let tea = try await Community()
        _ = try await tea.ana.call(
            .changeProfile,
            ProfileChange(displayName: "Zebra Ana", about: "zebra", statusText: "zebra")
        )
        _ = try await tea.ana.call(.setRegister, RegisterDraft(key: "client/note", value: "zebra"))
        _ = try await tea.ana.call(.setBlock, BlockDraft(account: "bob", kind: .mute))
        _ = try await tea.ana.call(.createToken, TokenDraft(label: "zebra", scopes: [.own]))
        _ = try await tea.ana.call(.openDirect, DirectDraft(people: ["bob"]))
        let rude = try await tea.send("@ana rude", by: tea.bob)
        _ = try await tea.ana.call(.report, ReportDraft(channel: "tea", seq: rude.seq, reason: "zebra"))
        for number in 0..<3 { try await tea.send("words \(number)", by: tea.ana) }
        _ = try await tea.ana.call(.react, ReactionRef(channel: tea.id, seq: rude.seq, emoji: "👎"))
        let olga = try await tea.world.superAdmin()
        _ = try await olga.call(
            .timeOut,
            SanctionDraft(account: "ana", scope: "general", forMs: 60_000, reason: "zebra")
        )
        let secret = try await tea.bob.call(.createChannel, ChannelDraft(name: "vault", secret: "sesame"))
        _ = try await tea.bob.call(
            .inviteToChannel,
            ChannelInvitationDraft(channel: secret.id.description, account: "ana")
        )
        _ = try await tea.ana.call(.leaveChannel, ChannelRef("general"))
        return tea
    }

    @Test func `an export has everything, and only the account's own`() async throws {
        let tea = try await scene()
        let sections = try await export(tea.ana)
        #expect(Set(sections.keys) == Set(PersonalColumns.sections))
        func texts(_ section: String, _ member: String) -> [String] {
            (sections[section] ?? []).compactMap { $0[member]?.string }
        }
        #expect(texts("account", "displayName") == ["Zebra Ana"])
        #expect(texts("sessions", "id") == [tea.ana.session.description])
        #expect(texts("tokens", "label") == ["zebra"])
        #expect(texts("channels", "name") == ["tea"])
        #expect(texts("registers", "key").contains("client/note"))
        #expect(texts("blocks", "account") == [tea.bob.id.description])
        #expect(texts("reports", "reason") == ["zebra"])
        #expect(texts("sanctions", "reason") == ["zebra"])
        #expect(sections["invitations"]?.count == 1)
        #expect(texts("entries", "text").filter { $0.hasPrefix("words") } == ["words 0", "words 1", "words 2"])
        #expect(texts("entries", "kind").contains("reaction") && texts("entries", "kind").contains("leave"))
        #expect(!texts("entries", "text").contains("@ana rude"))
        #expect(texts("log", "kind").contains("blocksChanged"))
        #expect(texts("audit", "action").contains("me.export"))
        // No secret leaves, in whatever member.
        let whole = String(decoding: Coding.encode(JSON.object(sections.mapValues { .array($0) })), as: UTF8.self)
        #expect(!whole.contains("argon2") && !whole.contains("plz_"))
    }

    @Test func `pieces of a large account are complete`() async throws {
        let tea = try await Community()
        for number in 0..<700 { try await tea.send("@bob \(number)", by: tea.ana) }
        #expect(try await export(tea.ana)["entries"]?.filter { $0["kind"]?.string == "message" }.count == 700)
        #expect(try await export(tea.bob)["mentions"]?.count == 700)
        let wrong = await refusal { try await tea.ana.call(.exportMe, PersonalDataQuery(cursor: "s.99.0")) }
        #expect(wrong?.code == .invalid)
    }

    @Test func `an administrator exports for an account, on record, and not for a senior`() async throws {
        let tea = try await scene()
        let olga = try await tea.world.superAdmin("olaf")
        let page = try await olga.call(.exportAccount, AccountDataQuery(account: "ana"))
        #expect(page.account == tea.ana.id && !page.sections.isEmpty)
        #expect(try await tea.world.audit("accounts.export").first?.object == "account/\(tea.ana.id)")
        #expect(
            await refusal { try await olga.call(.exportAccount, AccountDataQuery(account: "olga")) }?.code == .forbidden
        )
        #expect(
            await refusal { try await tea.bob.call(.exportAccount, AccountDataQuery(account: "ana")) }?.code
                == .forbidden
        )
    }

    /// Every text of the whole database.
    private func everything(_ world: AccountWorld) async throws -> [String: String] {
        var found: [String: String] = [:]
        for table in try await tables(world) {
            for column in try await columns(world, of: table, type: "TEXT") {
                let sql = SQL("SELECT COALESCE(group_concat(\"\(column)\", ' '), '') FROM \"\(table)\"")
                found["\(table).\(column)"] = try await world.engine.database.read { tx in
                    try tx.first(sql) { $0.string(0) } ?? ""
                }
            }
        }
        return found
    }

    @Test func `a deleted account leaves nothing personal, and the audit chain stays clean`() async throws {
        let tea = try await scene()
        #expect(try await everything(tea.world).contains { $0.value.contains("ebra") })
        let root = try await tea.world.root()
        _ = try await root.call(.removeAccount, AccountRef("ana"))
        try await tea.world.engine.timers.fireDue()
        for (column, text) in try await everything(tea.world) {
            // What somebody said stays said; what others wrote of them is theirs.
            if column == "entry.text" { continue }
            #expect(!text.lowercased().contains("zebra"), "\(column)")
        }
        let verification = try await root.call(.verifyAudit)
        #expect(verification.isClean && verification.erased > 0, "\(verification)")
        // Who deleted it answers for that: only what the entry says of the deleted one is nothing.
        let deletion = try #require(try await tea.world.audit("accounts.delete").first)
        let deleter = try await root.call(.me).account.id
        #expect(!deletion.isErased && deletion.actor == deleter && deletion.after == ["deleted": true])
        #expect(deletion.object == "account/\(tea.ana.id)" && deletion.objectName == "deleted")
        // Nothing but pseudonyms names it: the account is called 'deleted' everywhere.
        let entries = try await tea.bob.call(.entries, EntryQuery(channel: "tea", after: 0)).entries
        #expect(entries.contains { $0.by == tea.ana.id && $0.text == "words 1" })
        #expect(try await tea.bob.call(.account, AccountRef(tea.ana.id.description)).name == "deleted")
    }
}
