import ChatAPI
import ChatTestKit
import Engine
import Testing

/// The devices of an agency's people: seen and ended by who manages them there, and by nobody through a role alone.
@Suite("Sessions of staff")
struct StaffSessionTests {
    @Test func `who manages staff sees and ends the sessions of strictly junior people`() async throws {
        let world = try await EventWorld()
        for (boss, junior) in [("odin", "mona"), ("odin", "sam"), ("mona", "sam")] {
            let lost = try await world.accounts.signIn(junior)
            let listed = try await world.call(boss, .listSessions, SessionQuery(account: junior)).items
            #expect(listed.contains { $0.id == lost.session }, "\(boss) \(junior)")
            #expect(try await world.call(boss, .session, SessionRef(lost.session)).account == lost.id)
            _ = try await world.call(boss, .revokeSession, SessionRef(lost.session))
            #expect(await refusal { try await lost.call(.me) }?.code == .notSignedIn, "\(boss) \(junior)")
            let after = try await world.call(boss, .listSessions, SessionQuery(account: junior)).items
            #expect(!after.contains { $0.id == lost.session })
        }
        let entries = try await world.accounts.root().call(.audit, AuditQuery(action: "sessions.revoke")).entries
        #expect(entries.map(\.severity) == [.warning, .warning, .warning])
        #expect(entries.first?.actorName == "odin")
    }

    @Test func `nobody ends the sessions of an equal, a senior, or another agency's people`() async throws {
        let world = try await EventWorld()
        for (who, whom) in [("mona", "odin"), ("sam", "mona"), ("sam", "odin"), ("otto", "sam"), ("odin", "otto")] {
            let session = SessionRef(try world.person(whom).session)
            let list = await world.refusal(who, .listSessions, SessionQuery(account: whom))
            #expect(list?.code == .forbidden, "\(who) \(whom)")
            let revoke = await world.refusal(who, .revokeSession, session)
            #expect(revoke?.code == (who == "mona" ? .forbidden : .notFound), "\(who) \(whom)")
            _ = try await world.call(whom, .me, Empty())
        }
        let peer = StaffCreation(agency: "nordlys", name: "mats", role: .manager, password: AccountWorld.password)
        _ = try await world.call("odin", .createStaff, peer)
        #expect(await world.refusal("mona", .listSessions, SessionQuery(account: "mats"))?.code == .forbidden)
    }

    @Test func `a role given to somebody with an account of their own opens none of their devices`() async throws {
        var world = try await EventWorld()
        try await world.enter("ana")
        _ = try await world.call("odin", .setStaff, StaffChange(agency: "nordlys", account: "ana", role: .support))
        _ = try await world.call("ana", .acceptRole, AgencyRef("nordlys"))
        let session = SessionRef(try world.person("ana").session)
        #expect(await world.refusal("odin", .listSessions, SessionQuery(account: "ana"))?.code == .forbidden)
        #expect(await world.refusal("odin", .revokeSession, session)?.code == .notFound)
    }

    @Test func `whoever has a role elsewhere too is not junior, and an agency that sleeps manages nobody`() async throws
    {
        let world = try await EventWorld()
        let root = try await world.accounts.root()
        _ = try await root.call(.giveGrant, GrantDraft(account: "sam", role: .auditor))
        #expect(await world.refusal("odin", .listSessions, SessionQuery(account: "sam"))?.code == .forbidden)
        _ = try await root.call(.takeGrant, GrantDraft(account: "sam", role: .auditor))
        _ = try await world.call("odin", .listSessions, SessionQuery(account: "sam"))
        _ = try await world.call("otto", .setStaff, StaffChange(agency: "sydpol", account: "sam", role: .support))
        _ = try await world.call("odin", .listSessions, SessionQuery(account: "sam"))
        _ = try await world.call("sam", .acceptRole, AgencyRef("sydpol"))
        #expect(await world.refusal("odin", .listSessions, SessionQuery(account: "sam"))?.code == .forbidden)
        _ = try await world.call("otto", .removeStaff, StaffRef(agency: "sydpol", account: "sam"))
        _ = try await world.call("odin", .listSessions, SessionQuery(account: "sam"))
    }

    @Test func `what a session's frames carry is not an agency's to look at`() async throws {
        let world = try await EventWorld()
        let tail = SessionTail(session: try world.person("sam").session)
        #expect(await world.refusal("odin", .tailSession, tail)?.code == .notFound)
    }
}
