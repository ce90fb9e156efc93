import ChatAPI
import ChatTestKit
import Engine
import Storage
import Testing

/// Who gets what of which channel, as a table, and who sees whom.
@Suite struct ChannelAccessTests {
    /// What each kind of caller gets of each kind of channel: nil is yes.
    struct Case: Sendable, CustomTestStringConvertible {
        let caller: String
        let channel: String
        let reads: APIError.Code?
        let shows: APIError.Code?
        let writes: APIError.Code?
        let edits: APIError.Code?
        let setsSecret: APIError.Code?
        let adds: APIError.Code?
        let deletes: APIError.Code?
        var testDescription: String { "\(caller) and \(channel)" }

        init(
            _ caller: String,
            _ channel: String,
            reads: APIError.Code? = nil,
            shows: APIError.Code? = nil,
            writes: APIError.Code? = nil,
            edits: APIError.Code? = nil,
            setsSecret: APIError.Code? = nil,
            adds: APIError.Code? = nil,
            deletes: APIError.Code? = nil
        ) {
            self.caller = caller
            self.channel = channel
            self.reads = reads
            self.shows = shows
            self.writes = writes
            self.edits = edits
            self.setsSecret = setsSecret
            self.adds = adds
            self.deletes = deletes
        }
    }

    static let cases: [Case] = [
        Case("admin", "open"),
        Case("member", "open", edits: .forbidden, setsSecret: .forbidden, adds: .forbidden, deletes: .forbidden),
        Case(
            "stranger",
            "open",
            writes: .notMember,
            edits: .notMember,
            setsSecret: .notMember,
            adds: .notMember,
            deletes: .notMember
        ),
        Case("root", "open", writes: .notMember),
        Case(
            "nobody",
            "open",
            reads: .notSignedIn,
            writes: .notSignedIn,
            edits: .notSignedIn,
            setsSecret: .notSignedIn,
            adds: .notSignedIn,
            deletes: .notSignedIn
        ),
        Case("admin", "secret"),
        Case("member", "secret", edits: .forbidden, setsSecret: .forbidden, adds: .forbidden, deletes: .forbidden),
        Case(
            "stranger",
            "secret",
            reads: .notMember,
            writes: .notMember,
            edits: .notMember,
            setsSecret: .notMember,
            adds: .notMember,
            deletes: .notMember
        ),
        Case("root", "secret", reads: .notMember, writes: .notMember, setsSecret: .forbidden, adds: .forbidden),
        Case("admin", "direct", edits: .conflict, setsSecret: .conflict, deletes: .conflict),
        Case(
            "stranger",
            "direct",
            reads: .notFound,
            shows: .notFound,
            writes: .notFound,
            edits: .notFound,
            setsSecret: .notFound,
            adds: .notFound,
            deletes: .notFound
        ),
        Case(
            "root",
            "direct",
            reads: .notFound,
            shows: .notFound,
            writes: .notFound,
            edits: .notFound,
            setsSecret: .notFound,
            adds: .notFound,
            deletes: .notFound
        ),
        Case("admin", "general", edits: .forbidden, setsSecret: .forbidden, adds: .forbidden, deletes: .forbidden),
        Case("root", "general", setsSecret: .conflict, deletes: .conflict),
    ]

    @Test(arguments: cases)
    func `every caller gets of a channel what it may`(c: Case) async throws {
        let scene = try ChannelScene()
        var callers: [String: Caller] = ["nobody": .anonymous(address: "::1")]
        for name in ["admin", "member", "stranger", "dana"] { callers[name] = try await scene.neighbour(name) }
        callers["root"] = try await scene.neighbour("root", .superAdmin)
        let admin = callers["admin"]!
        var ids: [String: ChannelID] = [:]
        ids["general"] = try await scene.channels.get(ChannelRef("general"), scene.call(admin)).id
        ids["open"] = try await scene.channels.create(ChannelDraft(name: "open", topic: "t"), scene.call(admin)).id
        let secret = ChannelDraft(name: "secret", topic: "hidden", secret: "s")
        ids["secret"] = try await scene.channels.create(secret, scene.call(admin)).id
        ids["direct"] = try await scene.channels.openDirect(DirectDraft(people: ["member"]), scene.call(admin)).id
        for name in ["open", "secret"] {
            let join = ChannelJoin(channel: name, secret: "s")
            _ = try await scene.channels.join(join, scene.call(callers["member"]!))
        }
        let (caller, id) = (callers[c.caller]!, ids[c.channel]!)
        let call = scene.call(caller)

        await expect(c.reads, "reads") {
            let access = try await scene.engine.database.read { tx in
                try ChannelStore.access(id.description, for: caller, tx)
            }
            #expect(access.id == id)
        }
        await expect(c.reads, "lists members") {
            _ = try await scene.channels.members(MemberQuery(channel: id.description), call)
        }
        await expect(c.shows, "shows") {
            let shown = try await scene.channels.get(ChannelRef(id), call)
            if c.reads == .notMember { #expect(shown.head == nil) }
            #expect(
                shown.topic == (["open": "t", "secret": c.caller == "stranger" ? nil : "hidden"][c.channel] ?? nil)
            )
        }
        await expect(c.writes, "writes") { try await scene.say("hello", in: id, caller) }
        await expect(c.edits, "edits") {
            _ = try await scene.channels.update(ChannelChange(channel: id.description, topic: "new"), call)
        }
        await expect(c.adds, "adds") {
            _ = try await scene.channels.addMember(MemberRef(channel: id.description, account: "dana"), call)
        }
        await expect(c.setsSecret, "sets the secret") {
            _ = try await scene.channels.update(ChannelChange(channel: id.description, secret: "other"), call)
        }
        await expect(c.deletes, "deletes") { _ = try await scene.channels.delete(ChannelRef(id), call) }
    }

    private func expect(_ code: APIError.Code?, _ what: String, _ body: () async throws -> Void) async {
        if let code {
            await refused(code, "\(what)", body)
        } else {
            do { try await body() } catch { Issue.record("\(what): \(error)") }
        }
    }

    @Test func `people see those they share a channel with`() async throws {
        let scene = try ChannelScene()
        let (ana, bo) = (try await scene.person("ana"), try await scene.person("bo"))
        func sees() async throws -> Bool {
            try await scene.engine.database.read { tx in
                try ChannelStore.sharesChannel(ana.account!, with: bo.account!, tx)
            }
        }
        #expect(try await !sees())
        await refused(.notFound) {
            _ = try await scene.channels.openDirect(DirectDraft(people: ["bo"]), scene.call(ana))
        }
        let channel = try await scene.channels.create(ChannelDraft(name: "fika"), scene.call(ana))
        #expect(try await !sees())
        _ = try await scene.channels.join(ChannelJoin(channel: "fika"), scene.call(bo))
        #expect(try await sees())
        _ = try await scene.channels.delete(ChannelRef(channel.id), scene.call(ana))
        #expect(try await !sees(), "at once, although its rows are purged later")
    }

    @Test func `a condition over other tables finds whom one sees`() async throws {
        let scene = try ChannelScene()
        let ana = try await scene.neighbour("ana")
        _ = try await scene.neighbour("bo")
        _ = try await scene.person("cy")
        let sql = SQL("SELECT name FROM account a WHERE \(ChannelStore.sharesChannel("a.id")) ORDER BY name")
        let names = try await scene.engine.database.read { tx in
            try tx.all(sql) {
                $0.bind("viewer", ana.account)
            } row: {
                $0.string(0)
            }
        }
        #expect(names == ["ana", "bo"])
    }
}
