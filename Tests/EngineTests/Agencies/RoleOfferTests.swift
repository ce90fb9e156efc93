import ChatAPI
import ChatTestKit
import Engine
import Storage
import Testing

/// Nobody works for an agency unasked.
@Suite("Role offers")
struct RoleOfferTests {
    private func world() async throws -> EventWorld {
        var world = try await EventWorld()
        try await world.enter("ana")
        return world
    }

    private static let ana = StaffChange(agency: "nordlys", account: "ana", role: .support)

    private func told(_ world: EventWorld) async throws -> [String] {
        let log = LogID.me(try world.person("ana").id)
        return try await world.engine.database.read { tx in
            try EntryStore.page(of: log, .after(0), limit: 500, tx).filter { $0.kind == .roleOffered }.compactMap(
                \.text
            )
        }
    }

    @Test func `a role is offered first: until it is accepted it gives nothing and asks for nothing`() async throws {
        let world = try await world()
        let offered = try await world.call("odin", .setStaff, Self.ana)
        #expect(offered.role == .support && offered.offeredUntil == offered.since + 14 * 86_400_000)
        #expect(try await told(world) == ["nordlys support nordlys"])
        let me = try await world.call("ana", .me, Empty())
        #expect(me.channels.compactMap(\.channel.spaceName).isEmpty)
        #expect(try await world.call("ana", .listGrants, AccountRef("ana")).items.isEmpty)
        #expect(await world.refusal("ana", .listStaff, AgencyRef("nordlys"))?.code == .forbidden)
        let listed = try await world.call("odin", .listStaff, AgencyRef("nordlys")).items
        #expect(listed.filter { $0.offeredUntil != nil }.map(\.name) == ["ana"])
        let known = try await world.call("odin", .listGrants, AccountRef("ana")).items
        #expect(known.map(\.role) == [.support] && known.first?.offeredUntil == offered.offeredUntil)

        let offer = try #require(try await world.call("ana", .roleOffers, Empty()).items.first)
        #expect(offer.agencyName == "nordlys" && offer.role == .support && offer.scopeName == "nordlys")
        #expect(offer.by == (try world.person("odin").id))
        let grant = try await world.call("ana", .acceptRole, AgencyRef("nordlys"))
        #expect(grant.role == .support && grant.offeredUntil == nil && grant.grantedBy == offer.by)
        #expect(grant.scopeName == "nordlys")
        #expect(try await world.call("ana", .me, Empty()).channels.compactMap(\.channel.spaceName) == ["nordlys"])
        #expect(try await world.call("ana", .roleOffers, Empty()).items.isEmpty)
        #expect(await world.refusal("ana", .acceptRole, AgencyRef("nordlys"))?.code == .notFound)
        // Who is of it already is given another role at once.
        let up = try await world.call("odin", .setStaff, StaffChange(agency: "nordlys", account: "ana", role: .manager))
        #expect(up.role == .manager && up.offeredUntil == nil)
    }

    @Test func `who says no is not asked again for two weeks, and then may be`() async throws {
        let world = try await world()
        _ = try await world.call("odin", .setStaff, Self.ana)
        _ = try await world.call("ana", .declineRole, AgencyRef("nordlys"))
        #expect(try await world.call("ana", .roleOffers, Empty()).items.isEmpty)
        #expect(await world.refusal("ana", .declineRole, AgencyRef("nordlys"))?.code == .notFound)
        let again = await world.refusal("odin", .setStaff, Self.ana)
        #expect(again?.code == .conflict && again?.detail.contains("has declined") == true)
        #expect(try await told(world).count == 1)
        world.clock.advance(by: .seconds(14 * 86_400))
        try await world.engine.timers.fireDue()
        _ = try await world.call("odin", .setStaff, Self.ana)
        #expect(try await told(world).count == 2)
    }

    @Test func `an offer ends after two weeks, or when it is taken back`() async throws {
        let world = try await world()
        _ = try await world.call("odin", .setStaff, Self.ana)
        world.clock.advance(by: .seconds(14 * 86_400 + 1))
        // By its own end, before any timer has fired.
        #expect(await world.refusal("ana", .acceptRole, AgencyRef("nordlys"))?.code == .notFound)
        try await world.engine.timers.fireDue()
        let left: SQL = "SELECT COUNT(*) FROM role_offer"
        #expect(try await world.engine.database.read { tx in try tx.first(left) { $0.int64(0) } } == 0)

        _ = try await world.call("odin", .setStaff, Self.ana)
        _ = try await world.call("mona", .removeStaff, StaffRef(agency: "nordlys", account: "ana"))
        #expect(await world.refusal("ana", .acceptRole, AgencyRef("nordlys"))?.code == .notFound)
        #expect(
            await world.refusal("odin", .removeStaff, StaffRef(agency: "nordlys", account: "ana"))?.code == .notFound
        )
    }

    @Test func `an offer is worth what its giver may give when it is accepted`() async throws {
        let world = try await world()
        _ = try await world.call("mona", .setStaff, Self.ana)
        _ = try await world.call("odin", .removeStaff, StaffRef(agency: "nordlys", account: "mona"))
        #expect(await world.refusal("ana", .acceptRole, AgencyRef("nordlys"))?.code == .notFound)
        _ = try await world.call("odin", .setStaff, Self.ana)
        let root = try await world.accounts.root()
        _ = try await root.call(.suspendAgency, AgencyDecision(agency: "nordlys"))
        #expect(await world.refusal("ana", .acceptRole, AgencyRef("nordlys"))?.code == .notFound)
        _ = try await root.call(.approveAgency, AgencyDecision(agency: "nordlys"))
        _ = try await world.call("ana", .acceptRole, AgencyRef("nordlys"))
    }

    @Test func `a role in an event is offered as well, one that asks for nothing is given, and administrators give`()
        async throws
    {
        let world = try await world()
        let event = try await world.publish("devconf")
        let scope = Scope.event(event.id)
        let floor = try await world.call("odin", .giveGrant, GrantDraft(account: "ana", role: .speaker, scope: scope))
        #expect(floor.offeredUntil == nil && floor.scopeName == "devconf")
        _ = try await world.call("odin", .takeGrant, GrantDraft(account: "ana", role: .speaker, scope: scope))
        let draft = GrantDraft(account: "ana", role: .moderator, scope: scope)
        #expect(try await world.call("odin", .giveGrant, draft).offeredUntil != nil)
        #expect(try await told(world) == ["nordlys moderator devconf"])
        #expect(try await world.call("ana", .acceptRole, AgencyRef("nordlys")).scope == scope)
        _ = try await world.call("odin", .takeGrant, draft)
        #expect(try await world.call("odin", .giveGrant, draft).offeredUntil != nil, "she is of it no more")
        _ = try await world.call("odin", .takeGrant, draft)
        #expect(await world.refusal("ana", .acceptRole, AgencyRef("nordlys"))?.code == .notFound)
        // Whoever manages every account answers for them all; the agency's offer is settled by it.
        _ = try await world.call("odin", .giveGrant, draft)
        let given = try await world.accounts.root().call(.giveGrant, draft)
        #expect(given.offeredUntil == nil)
        #expect(try await world.call("ana", .roleOffers, Empty()).items.isEmpty)
    }

    @Test func `a dry run offers nothing, and every step is in the agency's audit log`() async throws {
        let world = try await world()
        let service = try await world.service("odin")
        _ = try await service.call(.setStaff, Self.ana, CallOptions(dryRun: true))
        #expect(try await told(world).isEmpty)
        #expect(try await world.call("ana", .roleOffers, Empty()).items.isEmpty)
        _ = try await world.call("odin", .setStaff, Self.ana)
        _ = try await world.call("ana", .declineRole, AgencyRef("nordlys"))
        let entries = try await world.call("odin", .audit, AuditQuery(after: 0, scope: "agency/nordlys", limit: 500))
        let about = entries.entries.filter {
            $0.object == "account/\((try? world.person("ana").id)?.description ?? "")"
        }
        #expect(about.map(\.action) == ["staff.set", "me.declineOffer"])
        #expect(about.map(\.objectName) == ["ana", "ana"])
    }

    @Test func `an agency that is suspended keeps nobody out who only spoke for it`() async throws {
        let world = try await world()
        let event = try await world.publish("devconf")
        let draft = GrantDraft(account: "ana", role: .speaker, scope: .event(event.id))
        _ = try await world.call("odin", .giveGrant, draft)
        _ = try await world.accounts.root().call(.suspendAgency, AgencyDecision(agency: "nordlys"))
        _ = try await world.accounts.signIn("ana")
        _ = try await world.call("ana", .me, Empty())
    }
}
