import ChatAPI
import ChatTestKit
import Engine
import Testing

/// An agency's people: managed by who is strictly senior, before and after.
@Suite("Staff")
struct StaffTests {
    @Test func `roles are given strictly downwards, and so are changes`() async throws {
        var world = try await EventWorld()
        try await world.enter("ana")
        let roles = Role.agencyStaff
        for (giver, rank) in [("odin", Role.owner.rank), ("mona", Role.manager.rank), ("sam", Role.support.rank)] {
            for role in roles {
                let change = StaffChange(agency: "nordlys", account: "ana", role: role)
                if role.rank < rank && giver != "sam" {
                    let staff = try await world.call(giver, .setStaff, change)
                    #expect(staff.role == role)
                    _ = try await world.call("odin", .removeStaff, StaffRef(agency: "nordlys", account: "ana"))
                } else {
                    #expect(await world.refusal(giver, .setStaff, change)?.code == .forbidden, "\(giver) \(role)")
                }
            }
        }
    }

    @Test func `system 000: an update looked at the role that somebody had, and not at the one they were given`()
        async throws
    {
        let world = try await EventWorld()
        for role in [Role.manager, .owner] {
            let change = StaffChange(agency: "nordlys", account: "sam", role: role)
            #expect(await world.refusal("mona", .setStaff, change)?.code == .forbidden)
        }
        // Nor the other way round: the role they get is junior, the one they have is not.
        let down = StaffChange(agency: "nordlys", account: "odin", role: .support)
        #expect(await world.refusal("mona", .setStaff, down)?.code == .forbidden)
        let oneself = StaffChange(agency: "nordlys", account: "mona", role: .owner)
        #expect(await world.refusal("mona", .setStaff, oneself)?.code == .forbidden)
        #expect(try await world.call("odin", .listStaff, AgencyRef("nordlys")).items.map(\.role).contains(.support))
        // The other door to the same thing.
        let agency = try await world.call("odin", .agency, AgencyRef("nordlys"))
        let grant = GrantDraft(account: "sam", role: .owner, scope: .agency(agency.id))
        #expect(await world.refusal("mona", .giveGrant, grant)?.code == .forbidden)
        let platform = GrantDraft(account: "sam", role: .superAdmin)
        #expect(await world.refusal("odin", .giveGrant, platform)?.code == .forbidden)
    }

    @Test func `system 004: whoever registered could ask to be an administrator`() async throws {
        let world = try AccountWorld()
        let body = #"{"name":"eve","password":"seven green bottles","role":"superAdmin","superAdmin":true}"#
        let raw = RawCall(caller: .anonymous(address: "192.0.2.1"), body: Array(body.utf8))
        _ = try await world.engine.api.perform("accounts.register", raw)
        let eve = try await world.signIn("eve")
        #expect(try await world.caller(eve.tokens.accessToken).rank == Role.member.rank)
        #expect(try await eve.call(.listGrants, AccountRef("eve")).items.isEmpty)
    }

    @Test func `another agency's people are nobody here`() async throws {
        let world = try await EventWorld()
        let creation = StaffCreation(agency: "nordlys", name: "eve", role: .support)
        #expect(await world.refusal("otto", .createStaff, creation)?.code == .forbidden)
        let remove = StaffRef(agency: "nordlys", account: "sam")
        #expect(await world.refusal("otto", .removeStaff, remove)?.code == .forbidden)
        #expect(await world.refusal("otto", .listStaff, AgencyRef("nordlys"))?.code == .forbidden)
        let change = StaffChange(agency: "sydpol", account: "odin", role: .support)
        #expect(await world.refusal("odin", .setStaff, change)?.code == .forbidden)
    }

    @Test func `the last owner stays, and everybody else may leave`() async throws {
        let world = try await EventWorld()
        let odin = StaffRef(agency: "nordlys", account: "odin")
        #expect(await world.refusal("odin", .removeStaff, odin)?.code == .lastAdmin)
        _ = try await world.call("sam", .removeStaff, StaffRef(agency: "nordlys", account: "sam"))
        #expect(try await world.call("odin", .listStaff, AgencyRef("nordlys")).items.map(\.name) == ["mona", "odin"])
    }

    @Test func `a role is gone at once, on a caller in memory too`() async throws {
        let world = try await EventWorld()
        _ = try await world.call("mona", .createEvent, EventWorld.draft("devconf"))
        let mona = try await world.service("mona")
        let remove = StaffRef(agency: "nordlys", account: "mona")
        _ = try await world.call("odin", .removeStaff, remove)
        // The caller that was resolved before is asked again inside the write.
        let refused = await refusal { try await mona.call(.publishEvent, EventRef("devconf")) }
        #expect(refused?.code == .forbidden || refused?.code == .notFound)
        #expect(await world.refusal("mona", .event, EventRef("devconf"))?.code == .notFound)
        let names = try await world.call("mona", .me, Empty()).channels.compactMap(\.channel.spaceName)
        #expect(names.isEmpty, "she is in no staff channel any more")
    }

    @Test func `a new account gets a code that sets its first password`() async throws {
        let world = try await EventWorld()
        let creation = StaffCreation(agency: "nordlys", name: "siv", role: .support)
        let made = try await world.call("mona", .createStaff, creation)
        let code = try #require(made.code)
        #expect(made.staff.needsLongerPassword == true)
        let short = PasswordReset(code: code.code, password: "short-one-9")
        #expect(await refusal { try await world.accounts.anonymous().call(.redeemReset, short) }?.code == .invalid)
        let long = PasswordReset(code: code.code, password: "eight green bottles")
        _ = try await world.accounts.anonymous().call(.redeemReset, long)
        let siv = try await world.accounts.signIn("siv", password: "eight green bottles")
        #expect(try await siv.call(.agency, AgencyRef("nordlys")).role == .support)
    }
}
