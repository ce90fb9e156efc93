import ChatAPI
import ChatTestKit
import Engine
import Testing

/// Roles: who gives them to whom, what they give and when, and the last super admin.
@Suite struct GrantTests {
    @Test func `roles are given strictly downwards`() async throws {
        let world = try AccountWorld()
        let ana = try await world.register("ana")
        let olga = try await world.superAdmin()
        let root = try await world.root()
        let auditor = GrantDraft(account: "ana", role: .auditor)
        #expect(await refusal { try await ana.call(.giveGrant, auditor) }?.code == .forbidden)
        let grant = try await olga.call(.giveGrant, auditor)
        #expect(grant.scope == .platform)
        #expect(grant.grantedBy == olga.id)
        // Not one's own rank, whoever it is for.
        let equal = GrantDraft(account: "ana", role: .superAdmin)
        #expect(await refusal { try await olga.call(.giveGrant, equal) }?.code == .forbidden)
        _ = try await root.call(.giveGrant, equal)
        #expect(await refusal { try await olga.call(.takeGrant, equal) }?.code == .forbidden)
        #expect(await refusal { try await olga.call(.takeGrant, auditor) }?.code == .forbidden)
        _ = try await root.call(.takeGrant, equal)
        _ = try await olga.call(.takeGrant, auditor)
        #expect(await refusal { try await olga.call(.takeGrant, auditor) }?.code == .notFound)
        let member = GrantDraft(account: "ana", role: .member)
        #expect(await refusal { try await olga.call(.giveGrant, member) }?.code == .invalid)
        #expect(try await world.audit("grants.").map(\.severity) == Array(repeating: .warning, count: 4))
    }

    @Test func `a grant acts at once on a caller that is in memory`() async throws {
        let world = try AccountWorld()
        let ana = try await world.register("ana")
        #expect(await refusal { try await ana.call(.audit, AuditQuery()) }?.code == .forbidden)
        let draft = GrantDraft(account: "ana", role: .auditor)
        _ = try await world.root().call(.giveGrant, draft)
        _ = try await ana.call(.audit, AuditQuery())
        let live = try await world.engine.authenticator.again(try await world.caller(ana.tokens.accessToken))
        #expect(live.capabilities.contains(.readAudit))
        _ = try await world.root().call(.takeGrant, draft)
        #expect(await refusal { try await ana.call(.audit, AuditQuery()) }?.code == .forbidden)
        #expect(try await world.engine.authenticator.again(live).capabilities.contains(.readAudit) == false)
    }

    @Test func `a staff role gives nothing until the password is long enough, and says so`() async throws {
        let world = try AccountWorld()
        let ana = try await world.register("ana", password: "short-one-9")
        _ = try await world.root().call(.giveGrant, GrantDraft(account: "ana", role: .auditor))
        #expect(await refusal { try await ana.call(.audit, AuditQuery()) }?.code == .forbidden)
        #expect(try await world.caller(ana.tokens.accessToken).rank == Role.member.rank)
        let again = try await world.signIn("ana", password: "short-one-9")
        #expect(again.signedIn.needsLongerPassword == true)
        let short = PasswordChange(current: "short-one-9", new: "short-two-99")
        let refused = await refusal { try await again.call(.changePassword, short) }
        #expect(refused?.detail.contains("at least 16") == true)
        _ = try await again.call(.changePassword, PasswordChange(current: "short-one-9", new: AccountWorld.password))
        _ = try await again.call(.audit, AuditQuery())
        #expect(try await world.signIn("ana").signedIn.needsLongerPassword == nil)
    }

    @Test func `the last super admin can neither lose the role, nor be disabled, nor go`() async throws {
        let world = try AccountWorld()
        let olga = try await world.superAdmin()
        let root = try await world.root()
        let draft = GrantDraft(account: "olga", role: .superAdmin)
        #expect(await refusal { try await root.call(.takeGrant, draft) }?.code == .lastAdmin)
        #expect(await refusal { try await olga.call(.takeGrant, draft) }?.code == .lastAdmin)
        #expect(await refusal { try await root.call(.disableAccount, AccountRef("olga")) }?.code == .lastAdmin)
        #expect(await refusal { try await root.call(.removeAccount, AccountRef("olga")) }?.code == .lastAdmin)
        let deletion = AccountDeletion(password: AccountWorld.password)
        #expect(await refusal { try await olga.call(.deleteMe, deletion) }?.code == .lastAdmin)
        // A disabled one does not count.
        _ = try await world.superAdmin("oleg")
        _ = try await root.call(.disableAccount, AccountRef("oleg"))
        #expect(await refusal { try await root.call(.takeGrant, draft) }?.code == .lastAdmin)
        _ = try await root.call(.enableAccount, AccountRef("oleg"))
        _ = try await olga.call(.takeGrant, draft)
        #expect(try await world.caller(olga.tokens.accessToken).rank == Role.member.rank)
    }

    @Test func `a super admin made by an administrator needs a long password or a code`() async throws {
        let world = try AccountWorld()
        let root = try await world.root()
        let short = AccountCreation(name: "olga", password: "short-one-9", superAdmin: true)
        #expect(await refusal { try await root.call(.createAccount, short) }?.detail.contains("16") == true)
        let made = try await root.call(.createAccount, AccountCreation(name: "olga", superAdmin: true))
        let code = try #require(made.code)
        let weak = PasswordReset(code: code.code, password: "short-one-9")
        #expect(await refusal { try await world.anonymous().call(.redeemReset, weak) }?.detail.contains("16") == true)
        _ = try await world.anonymous().call(
            .redeemReset,
            PasswordReset(code: code.code, password: AccountWorld.password)
        )
        let olga = try await world.signIn("olga")
        #expect(try await world.caller(olga.tokens.accessToken).rank == Role.superAdmin.rank)
        // And makes none above or beside herself.
        let another = AccountCreation(name: "oleg", superAdmin: true)
        #expect(await refusal { try await olga.call(.createAccount, another) }?.code == .forbidden)
    }

    @Test func `a super admin reads no conversation of others`() async throws {
        let world = try AccountWorld()
        let ana = try await world.register("ana")
        _ = try await world.register("bob")
        let olga = try await world.superAdmin()
        let direct = try await ana.call(.openDirect, DirectDraft(people: ["bob"]))
        let refused = await refusal { try await olga.call(.channel, ChannelRef(direct.id)) }
        #expect(refused?.code == .notFound)
    }
}
