import ChatAPI
import ChatTestKit
import Engine
import Testing

/// Agencies: registered with their owner, approved, put to sleep, deleted; and what that does to their people.
@Suite("Agencies")
struct AgencyTests {
    private func register(_ world: AccountWorld, _ slug: String = "nordlys") async throws -> RegisteredAgency {
        let owner = OwnerDraft(name: "odin", password: AccountWorld.password)
        return try await world.anonymous().call(.registerAgency, AgencyRegistration(slug: slug, owner: owner))
    }

    @Test func `registering makes the agency and its owner in one call, or neither`() async throws {
        let world = try AccountWorld()
        let made = try await register(world)
        #expect(made.agency.state == .pending)
        #expect(made.owner.name == "odin")
        // The slug is taken: no account is left of the second.
        let second = OwnerDraft(name: "erik", password: AccountWorld.password)
        let refused = await refusal {
            try await world.anonymous().call(
                .registerAgency,
                AgencyRegistration(slug: "NORDLYS".lowercased(), owner: second)
            )
        }
        #expect(refused?.code == .nameTaken)
        _ = try await world.register("erik")
        // A staff password is a long one.
        let short = OwnerDraft(name: "lars", password: "short-one-9")
        let registration = AgencyRegistration(slug: "other", owner: short)
        let tooShort = await refusal { try await world.anonymous().call(.registerAgency, registration) }
        #expect(tooShort?.errors.first?.pointer == "/owner/password")
        #expect(await refusal { try await world.root().call(.agency, AgencyRef("other")) }?.code == .notFound)
    }

    @Test func `who works for an agency that is not approved cannot sign in, and can once it is`() async throws {
        let world = try AccountWorld()
        _ = try await register(world)
        let refused = await refusal { try await world.signIn("odin") }
        #expect(refused?.code == .forbidden)
        #expect(refused?.detail.contains("not approved") == true)
        let root = try await world.root()
        _ = try await root.call(.approveAgency, AgencyDecision(agency: "nordlys"))
        let odin = try await world.signIn("odin")
        #expect(try await odin.call(.agency, AgencyRef("nordlys")).role == .owner)
        // Suspending ends the session at once, and a refresh does not bring it back.
        _ = try await root.call(.suspendAgency, AgencyDecision(agency: "nordlys", reason: "invoices"))
        #expect(await refusal { try await odin.call(.me) }?.code == .notSignedIn)
        let refresh = Refresh(refreshToken: odin.tokens.refreshToken)
        #expect(await refusal { try await world.anonymous().call(.refresh, refresh) }?.code == .notSignedIn)
        #expect(await refusal { try await world.signIn("odin") }?.code == .forbidden)
        _ = try await root.call(.approveAgency, AgencyDecision(agency: "nordlys"))
        _ = try await world.signIn("odin")
    }

    @Test func `an account with something else signs in, and its grants there rest`() async throws {
        let world = try AccountWorld()
        let ana = try await world.register("ana")
        _ = try await ana.call(.createChannel, ChannelDraft(name: "garden"))
        _ = try await ana.call(.registerAgency, AgencyRegistration(slug: "sydpol"))
        let again = try await world.signIn("ana")
        #expect(try await again.call(.agency, AgencyRef("sydpol")).state == .pending)
        let draft = EventDraft(
            agency: "sydpol",
            slug: "fair",
            name: "Fair",
            starts: "2026-06-01T10:00",
            ends: "2026-06-01T12:00",
            zone: "UTC"
        )
        let refused = await refusal { try await again.call(.createEvent, draft) }
        #expect(refused?.code == .forbidden)
        #expect(refused?.detail.contains("not approved") == true)
    }

    @Test func `what is not approved is not there for others, nor are its events`() async throws {
        var world = try await EventWorld()
        try await world.enter("ana")
        _ = try await world.publish("devconf")
        #expect(try await world.call("ana", .event, EventRef("devconf")).state == .published)
        let code = try await world.code(of: "devconf")
        _ = try await world.accounts.root().call(.suspendAgency, AgencyDecision(agency: "nordlys"))
        #expect(await world.refusal("ana", .agency, AgencyRef("nordlys"))?.code == .notFound)
        #expect(await world.refusal("ana", .event, EventRef("devconf"))?.code == .notFound)
        #expect(try await world.call("ana", .listEvents, EventQuery()).items.isEmpty)
        #expect(try await world.call("ana", .listAgencies, AgencyQuery()).items.map(\.slug) == ["sydpol"])
        #expect(await world.refusal("ana", .joinEvent, EventJoin(code: code))?.code == .codeInvalid)
        // An administrator looks into it all the same.
        let olga = try await world.accounts.superAdmin()
        #expect(try await olga.call(.event, EventRef("devconf")).slug == "devconf")
        #expect(try await olga.call(.listStaff, AgencyRef("nordlys")).items.count == 3)
    }

    @Test func `a suspended agency's members neither read nor write in its channels`() async throws {
        var world = try await EventWorld()
        try await world.enter("ana")
        _ = try await world.publish("devconf")
        let joined = try await world.call("ana", .joinEvent, EventJoin(code: try await world.code(of: "devconf")))
        let general = try #require(joined.channels.first { $0.name == "general" })
        let message = Message(channel: general.id, cid: .make(1), text: "hello")
        _ = try await world.call("ana", .sendMessage, message)
        _ = try await world.accounts.root().call(.suspendAgency, AgencyDecision(agency: "nordlys"))
        let again = Message(channel: general.id, cid: .make(2), text: "hello again")
        #expect(await world.refusal("ana", .sendMessage, again)?.code == .forbidden)
        #expect(await world.refusal("ana", .entries, EntryQuery(channel: "devconf/general"))?.code == .forbidden)
        _ = try await world.accounts.root().call(.approveAgency, AgencyDecision(agency: "nordlys"))
        _ = try await world.call("ana", .sendMessage, again)
    }

    @Test func `only administrators decide, and every decision is one entry`() async throws {
        let world = try await EventWorld()
        for endpoint in [Endpoint.approveAgency, .suspendAgency, .revokeAgency] {
            #expect(await world.refusal("odin", endpoint, AgencyDecision(agency: "nordlys"))?.code == .forbidden)
        }
        let root = try await world.accounts.root()
        let refused = await refusal { try await root.call(.approveAgency, AgencyDecision(agency: "nordlys")) }
        #expect(refused?.code == .invalidTransition)
        #expect(refused?.allowed == ["suspend", "revoke"])
        _ = try await root.call(.revokeAgency, AgencyDecision(agency: "nordlys", reason: "gone"))
        let entries = try await world.accounts.audit("agencies.revoke")
        #expect(entries.count == 1)
        #expect(entries.first?.after?["state"] == "revoked")
        #expect(entries.first?.after?["reason"] == "gone")
    }

    @Test func `an edit names the version it saw`() async throws {
        let world = try await EventWorld()
        let change = AgencyChange(agency: "nordlys", name: "Nordlys Crew", website: "https://nordlys.example")
        let changed = try await world.call("odin", .changeAgency, change)
        #expect(changed.version == 3)
        let odin = try await world.person("odin").service()
        let stale = CallOptions(ifMatch: "\"2\"")
        let refused = await refusal {
            try await odin.call(.changeAgency, AgencyChange(agency: "nordlys", name: "N"), stale)
        }
        #expect(refused?.code == .preconditionFailed)
        #expect(await world.refusal("mona", .changeAgency, change)?.code == .forbidden)
        #expect(await world.refusal("otto", .changeAgency, change)?.code == .forbidden)
    }

    @Test func `deleting takes its events, its channels and the accounts made for it`() async throws {
        var world = try await EventWorld()
        try await world.enter("ana")
        _ = try await world.publish("devconf")
        _ = try await world.call("ana", .joinEvent, EventJoin(code: try await world.code(of: "devconf")))
        #expect(await world.refusal("mona", .deleteAgency, AgencyRef("nordlys"))?.code == .forbidden)
        _ = try await world.call("odin", .deleteAgency, AgencyRef("nordlys"))
        #expect(await world.refusal("ana", .event, EventRef("devconf"))?.code == .notFound)
        let names = try await world.call("ana", .me, Empty()).channels.compactMap(\.channel.name)
        #expect(names == ["general"])
        // Made for it and in nothing else: gone. Its last owner deletes it and stays.
        let sam = await refusal { try await world.person("sam").call(.me) }
        #expect(sam?.code == .notSignedIn)
        #expect(try await world.call("ana", .listAgencies, AgencyQuery()).items.map(\.slug) == ["sydpol"])
    }
}

extension ClientID {
    /// A client's id of its own for each number.
    static func make(_ number: UInt64) -> ClientID { ClientID(high: 0x7000, low: 0x8000_0000_0000_0000 | number) }
}
