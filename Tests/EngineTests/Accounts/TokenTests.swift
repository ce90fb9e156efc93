import ChatAPI
import ChatTestKit
import Engine
import Storage
import Testing

/// Tokens of bots and scripts, with their scopes.
@Suite struct TokenTests {
    @Test func `a token does what its scopes say and no more`() async throws {
        let world = try AccountWorld()
        let ana = try await world.register("ana")
        let made = try await ana.call(.createToken, TokenDraft(label: "backup", scopes: [.read]))
        #expect(made.secret.hasPrefix("plz_b_"))
        let caller = try await world.caller(made.secret)
        #expect(caller.account == ana.id)
        #expect(caller.token == made.token.id)
        #expect(caller.session == nil)
        #expect(caller.capabilities.list == [.anyone, .read])
        let service = LocalService(world.engine, as: caller)
        _ = try await service.call(.listChannels, ChannelQuery())
        #expect(await refusal { try await service.call(.createChannel, ChannelDraft(name: "x1")) }?.code == .forbidden)
        let refused = await refusal { try await service.call(.me) }
        #expect(refused?.code == .forbidden)
        // Ana herself may: whoever reads this looks at the token's scopes.
        #expect(refused?.detail == "ana's token may not do this: it takes 'own'")
    }

    @Test func `no token gets more than who makes it may do`() async throws {
        let world = try AccountWorld()
        let ana = try await world.register("ana")
        let draft = TokenDraft(label: "all", scopes: [.read, .readAudit])
        let refused = await refusal { try await ana.call(.createToken, draft) }
        #expect(refused?.errors.first?.pointer == "/scopes")
        // Not through another token either.
        let narrow = try await ana.call(.createToken, TokenDraft(label: "own", scopes: [.own])).secret
        let wide = TokenDraft(label: "wider", scopes: [.own, .post])
        #expect(await refusal { try await world.service(narrow).call(.createToken, wide) }?.code == .invalid)
    }

    @Test func `a role that is taken is gone from its tokens at once`() async throws {
        let world = try AccountWorld()
        let olga = try await world.superAdmin()
        _ = try await world.superAdmin("oleg")
        let secret = try await olga.call(.createToken, TokenDraft(label: "ops", scopes: [.operate, .read])).secret
        #expect(try await world.caller(secret).capabilities.contains(.operate))
        _ = try await world.root().call(.takeGrant, GrantDraft(account: "olga", role: .superAdmin))
        let caller = try await world.caller(secret)
        #expect(caller.capabilities.list == [.anyone, .read])
        #expect(caller.rank == Role.member.rank)
    }

    @Test func `bots have no password; administrators make their tokens, and nobody else's`() async throws {
        let world = try AccountWorld()
        let ana = try await world.register("ana")
        let olga = try await world.superAdmin()
        let bot = try await olga.call(.createAccount, AccountCreation(name: "newsbot", kind: .bot))
        #expect(bot.code == nil)
        let draft = TokenDraft(account: "newsbot", label: "feed", scopes: [.read, .post], days: 2)
        #expect(await refusal { try await ana.call(.createToken, draft) }?.code == .forbidden)
        let made = try await olga.call(.createToken, draft)
        #expect(try await world.caller(made.secret).name == "newsbot")
        let forAna = TokenDraft(account: "ana", label: "spy", scopes: [.read])
        #expect(await refusal { try await olga.call(.createToken, forAna) }?.code == .forbidden)
        let admin = TokenDraft(account: "newsbot", label: "more", scopes: [.manageAccounts])
        #expect(await refusal { try await olga.call(.createToken, admin) }?.code == .invalid)
        let withPassword = AccountCreation(name: "otherbot", password: AccountWorld.password, kind: .bot)
        #expect(await refusal { try await olga.call(.createAccount, withPassword) }?.code == .invalid)
        #expect(await refusal { try await olga.call(.resetPassword, AccountRef("newsbot")) }?.code == .conflict)
        world.clock.advance(by: .seconds(2 * 86_400))
        #expect(await refusal { try await world.caller(made.secret) }?.code == .notSignedIn)
    }

    @Test func `a revoked token is refused at once`() async throws {
        let world = try AccountWorld()
        let ana = try await world.register("ana")
        let bob = try await world.register("bob")
        let made = try await ana.call(.createToken, TokenDraft(label: "x", scopes: [.read]))
        _ = try await world.caller(made.secret)
        #expect(await refusal { try await bob.call(.revokeToken, TokenRef(made.token.id)) }?.code == .notFound)
        _ = try await ana.call(.revokeToken, TokenRef(made.token.id))
        #expect(await refusal { try await world.caller(made.secret) }?.code == .notSignedIn)
        #expect(try await ana.call(.listTokens, SessionQuery()).items.isEmpty)
    }

    @Test func `last use is shown, and kept over a restart of the notes`() async throws {
        let world = try AccountWorld()
        let ana = try await world.register("ana")
        let made = try await ana.call(.createToken, TokenDraft(label: "x", scopes: [.read]))
        #expect(try await ana.call(.listTokens, SessionQuery()).items.map(\.lastUsedAt) == [nil])
        _ = try await world.caller(made.secret)
        let used = world.clock.now
        world.clock.advance(by: .seconds(10))
        _ = try await world.caller(made.secret)
        world.engine.authenticator.flush()
        #expect(try await ana.call(.listTokens, SessionQuery()).items.map(\.lastUsedAt) == [used])
    }

    @Test(arguments: [
        (TokenDraft(label: "", scopes: [.read]), "label"), (TokenDraft(label: "x", scopes: []), "scopes"),
        (TokenDraft(label: "x", scopes: [.read], days: 0), "days"),
        (TokenDraft(label: String(repeating: "x", count: 65), scopes: [.read]), "label"),
    ])
    func `what is wrong with a draft is named`(_ draft: TokenDraft, _ member: String) async throws {
        let world = try AccountWorld()
        let ana = try await world.register("ana")
        #expect(await refusal { try await ana.call(.createToken, draft) }?.errors.first?.pointer == "/" + member)
    }

    @Test func `a token's secret is not in the database`() async throws {
        let world = try AccountWorld()
        let ana = try await world.register("ana")
        let draft = TokenDraft(label: "x", scopes: [.read])
        let options = CallOptions(key: "same")
        let first = try await ana.service().call(.createToken, draft, options)
        let second = try await ana.service().call(.createToken, draft, options)
        #expect(first == second)
        #expect(try await ana.call(.listTokens, SessionQuery()).items.count == 1)
        let answers = try await world.engine.database.read { tx in
            try tx.first("SELECT count(*) FROM idempotency_key WHERE operation = 'tokens.create'") { $0.int64(0) }
        }
        #expect(answers == 0)
    }
}
