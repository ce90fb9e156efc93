import ChatAPI
import ChatTestKit
import Engine
import Testing

/// What administrators do with accounts, and who sees whom.
@Suite struct AccountAdministrationTests {
    @Test func `root and the daemon's user are local administrators, nobody never`() async throws {
        typealias Case = (uid: UInt32, daemon: UInt32, isSupervised: Bool, admits: Bool)
        let cases: [Case] = [
            (0, 1_000, false, true), (0, 1_000, true, true), (1_000, 1_000, false, true), (1_000, 1_000, true, false),
            (1_001, 1_000, false, false), (65_534, 65_534, false, false), (65_534, 0, true, false),
        ]
        for item in cases {
            let admits = LocalAdministrators.admit(
                uid: item.uid,
                daemonUID: item.daemon,
                isSupervised: item.isSupervised
            )
            #expect(admits == item.admits, "\(item)")
        }
        let world = try AccountWorld()
        let nobody = LocalIdentity(uid: 65_534, name: "nobody")
        #expect(await refusal { try await world.engine.authenticator.localCaller(nobody) }?.code == .forbidden)
    }

    @Test func `a local administrator is one named account, audited like everyone`() async throws {
        let world = try AccountWorld()
        let first = try await world.engine.authenticator.localCaller(LocalIdentity(uid: 0, name: "root"))
        let second = try await world.engine.authenticator.localCaller(LocalIdentity(uid: 0, name: "root"))
        #expect(first == second)
        #expect(first.name == "local-root")
        #expect(first.isLocal)
        #expect(first.address == "unix")
        let odd = try await world.engine.authenticator.localCaller(LocalIdentity(uid: 1_000, name: "we ird"))
        #expect(odd.name == "local-uid-1000")
        _ = try await world.root().call(.createAccount, AccountCreation(name: "ana", password: AccountWorld.password))
        let entries = try await world.audit("accounts.create")
        #expect(entries.map(\.actorName) == ["local-root"])
        #expect(entries.map(\.actor) == [first.account])
        #expect(try await world.audit("accounts.localAdministrator").count == 2)
        // Nobody signs in as it, disables it, or gives it away.
        #expect(await refusal { try await world.signIn("local-root", password: "") }?.code == .wrongPassword)
        for endpoint in [Endpoint.disableAccount, Endpoint.enableAccount] {
            #expect(
                await refusal { try await world.root().call(endpoint, AccountRef("local-root")) }?.code == .forbidden
            )
        }
        #expect(await refusal { try await world.register("local-ana") }?.code == .invalid)
    }

    @Test func `a reset code sets a new password once, within a day, and ends all sessions`() async throws {
        let world = try AccountWorld()
        let ana = try await world.register("ana")
        let olga = try await world.superAdmin()
        #expect(await refusal { try await ana.call(.resetPassword, AccountRef("ana")) }?.code == .forbidden)
        #expect(await refusal { try await olga.call(.resetPassword, AccountRef("olga")) }?.code == .forbidden)
        let old = try await olga.call(.resetPassword, AccountRef("ana"))
        let code = try await olga.call(.resetPassword, AccountRef("@ana"))
        #expect(code.code.hasPrefix("plz_c_"))
        #expect(code.expiresAt == world.clock.now + 24 * 3_600_000)
        let reset = PasswordReset(code: code.code, password: "eight yellow kites")
        let withOld = PasswordReset(code: old.code, password: reset.password)
        #expect(await refusal { try await world.anonymous().call(.redeemReset, withOld) }?.code == .codeInvalid)
        _ = try await world.anonymous().call(.redeemReset, reset)
        #expect(await refusal { try await ana.service() }?.code == .notSignedIn)
        #expect(await refusal { try await world.anonymous().call(.redeemReset, reset) }?.code == .codeInvalid)
        _ = try await world.signIn("ana", password: reset.password)
        let late = try await olga.call(.resetPassword, AccountRef("ana"))
        world.clock.advance(by: .seconds(24 * 3_600))
        let tooLate = PasswordReset(code: late.code, password: reset.password)
        #expect(await refusal { try await world.anonymous().call(.redeemReset, tooLate) }?.code == .codeInvalid)
    }

    @Test func `a disabled account is out at once and comes back when it is enabled`() async throws {
        let world = try AccountWorld()
        let ana = try await world.register("ana")
        let secret = try await ana.call(.createToken, TokenDraft(label: "x", scopes: [.read])).secret
        _ = try await world.caller(secret)
        let olga = try await world.superAdmin()
        let disabled = try await olga.call(.disableAccount, AccountRef("ana"))
        #expect(disabled.disabledAt == world.clock.now)
        #expect(await refusal { try await world.caller(ana.tokens.accessToken) }?.code == .notSignedIn)
        #expect(await refusal { try await world.caller(secret) }?.code == .notSignedIn)
        #expect(await refusal { try await world.signIn("ana") }?.code == .forbidden)
        #expect(await refusal { try await world.signIn("ana", password: "wrong wrong") }?.code == .wrongPassword)
        _ = try await olga.call(.enableAccount, AccountRef("ana"))
        _ = try await world.signIn("ana")
        _ = try await world.caller(secret)
        #expect(await refusal { try await olga.call(.disableAccount, AccountRef("olga")) }?.code == .forbidden)
    }

    @Test func `a deleted account leaves its messages and takes everything else`() async throws {
        let world = try AccountWorld()
        let ana = try await world.register("ana")
        let bob = try await world.register("bob")
        let channel = try await ana.call(.channel, ChannelRef("general")).id
        let message = Message(channel: channel, cid: .make(for: world.clock.now), text: "still here")
        let sent = try await ana.call(.sendMessage, message)
        let secret = try await ana.call(.createToken, TokenDraft(label: "x", scopes: [.read])).secret
        _ = try await ana.call(
            .changeProfile,
            ProfileChange(displayName: "Ana A.", about: "me", statusText: "back at 3")
        )
        let wrong = AccountDeletion(password: "not her password")
        #expect(await refusal { try await ana.call(.deleteMe, wrong) }?.code == .wrongPassword)
        _ = try await ana.call(.deleteMe, AccountDeletion(password: AccountWorld.password))
        for token in [ana.tokens.accessToken, secret] {
            #expect(await refusal { try await world.caller(token) }?.code == .notSignedIn)
        }
        #expect(await refusal { try await world.signIn("ana") }?.code == .wrongPassword)
        let gone = try await bob.call(.listAccounts, AccountQuery(ids: [ana.id])).items
        #expect(gone.map(\.name) == ["deleted"])
        #expect(gone.first?.displayName == nil)
        #expect(gone.first?.deletedAt == world.clock.now)
        let entries = try await bob.call(.entries, EntryQuery(channel: "general")).entries
        #expect(entries.contains { $0.seq == sent.seq && $0.text == "still here" && $0.by == ana.id })
        #expect(!entries.contains { $0.text == "ana" })
        #expect(try await bob.call(.listMembers, MemberQuery(channel: "general")).items.map(\.name) == ["bob"])
        // The audit log knows what happened, and to whom no more; its chain holds.
        let about = try await world.root().call(.audit, AuditQuery(object: "account/\(ana.id)")).entries
        #expect(about.contains { $0.action == "me.delete" })
        #expect(about.allSatisfy { $0.isErased && $0.actorName == nil && $0.after == nil })
        #expect(try await world.root().call(.audit, AuditQuery(actor: ana.id.description)).entries.isEmpty)
        #expect(try await world.root().call(.verifyAudit).isClean)
        #expect(try await world.audit("me.delete").allSatisfy { $0.actorName == nil })
        // The name is free again, for somebody else.
        let next = try await world.register("ana")
        #expect(next.id != ana.id)
    }

    @Test func `people see those they share a channel with, administrators everyone`() async throws {
        let world = try AccountWorld()
        let ana = try await world.register("ana")
        let bob = try await world.register("bob")
        _ = try await bob.call(.changeProfile, ProfileChange(displayName: "Bob B.", about: "secret hobby"))
        #expect(try await ana.call(.listAccounts, AccountQuery()).items.map(\.name) == ["ana", "bob"])
        #expect(try await ana.call(.listAccounts, AccountQuery(query: "BOB B")).items.map(\.name) == ["bob"])
        #expect(try await ana.call(.listAccounts, AccountQuery(query: "%")).items.isEmpty)
        #expect(try await ana.call(.account, AccountRef("Bob")).about == "secret hobby")
        _ = try await bob.call(.leaveChannel, ChannelRef("general"))
        #expect(try await ana.call(.listAccounts, AccountQuery()).items.map(\.name) == ["ana"])
        #expect(await refusal { try await ana.call(.account, AccountRef("bob")) }?.code == .notFound)
        let met = try await ana.call(.listAccounts, AccountQuery(ids: [bob.id])).items
        #expect(met.map(\.displayName) == ["Bob B."])
        #expect(met.map(\.about) == [nil])
        let olga = try await world.superAdmin()
        #expect(try await olga.call(.listAccounts, AccountQuery()).items.map(\.name) == ["ana", "bob", "olga"])
    }

    @Test func `a list comes in pages and misses nobody`() async throws {
        let world = try AccountWorld()
        let root = try await world.root()
        let names = (10..<37).map { "person\($0)" }
        for name in names.shuffled() { _ = try await root.call(.createAccount, AccountCreation(name: name)) }
        var found: [String] = []
        var cursor: String?
        repeat {
            let page = try await root.call(.listAccounts, AccountQuery(limit: 10, cursor: cursor))
            found += page.items.map(\.name)
            cursor = page.nextCursor
        } while cursor != nil
        #expect(found == names)
        #expect(await refusal { try await root.call(.listAccounts, AccountQuery(limit: 501)) }?.code == .invalid)
    }

    @Test func `a profile keeps what is absent and clears what is empty`() async throws {
        let world = try AccountWorld()
        let ana = try await world.register("ana")
        _ = try await ana.call(
            .changeProfile,
            ProfileChange(displayName: "Ana", about: "two\nlines", statusText: "here")
        )
        let changed = try await ana.call(.changeProfile, ProfileChange(displayName: "", statusText: "away"))
        #expect(changed.displayName == nil)
        #expect(changed.about == "two\nlines")
        #expect(changed.statusText == "away")
        let bad: [ProfileChange] = [
            ProfileChange(displayName: "two\nlines"), ProfileChange(statusText: String(repeating: "x", count: 141)),
            ProfileChange(about: "bell\u{7}"), ProfileChange(displayName: String(repeating: "x", count: 97)),
        ]
        for change in bad { #expect(await refusal { try await ana.call(.changeProfile, change) }?.code == .invalid) }
    }
}

extension ID {
    fileprivate static func make(for now: Milliseconds) -> Self {
        var generator = SystemRandomNumberGenerator()
        return make(at: now, using: &generator)
    }
}
