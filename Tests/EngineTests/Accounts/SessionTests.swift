import ChatAPI
import ChatTestKit
import Engine
import Testing

/// Sessions: signing in and out, tokens that rotate, devices and their last use.
@Suite struct SessionTests {
    private func refresh(_ world: AccountWorld, _ token: String) async throws(APIError) -> Tokens {
        try await world.anonymous().call(.refresh, Refresh(refreshToken: token))
    }

    @Test func `an access token lives ten minutes and not one millisecond more`() async throws {
        let world = try AccountWorld()
        let ana = try await world.register("ana")
        #expect(ana.tokens.accessExpiresAt == world.clock.now + 600_000)
        #expect(world.engine.authenticator.expiry(ofAccessToken: ana.tokens.accessToken) == ana.tokens.accessExpiresAt)
        world.clock.advance(by: .milliseconds(599_999))
        _ = try await world.caller(ana.tokens.accessToken)
        world.clock.advance(by: .milliseconds(1))
        #expect(await refusal { try await world.caller(ana.tokens.accessToken) }?.code == .tokenExpired)
    }

    @Test func `no changed bit of a token is accepted`() async throws {
        let world = try AccountWorld()
        let ana = try await world.register("ana")
        for token in [ana.tokens.accessToken, ana.tokens.refreshToken] {
            let characters = Array(token)
            for index in 6..<characters.count {
                var changed = characters
                changed[index] = changed[index] == "A" ? "B" : "A"
                let text = String(changed)
                if token.hasPrefix("plz_a_") {
                    #expect(await refusal { try await world.caller(text) }?.code == .notSignedIn)
                } else {
                    #expect(await refusal { try await refresh(world, text) }?.code == .notSignedIn)
                }
            }
        }
        // And none of it ended the session.
        _ = try await ana.call(.me)
        for text in ["", "plz_a_", "plz_b_", "plz_r_", "Bearer", "plz_b_" + String(repeating: "A", count: 43)] {
            #expect(await refusal { try await world.caller(text) }?.code == .notSignedIn)
        }
        #expect(await refusal { try await world.caller(ana.tokens.refreshToken) }?.code == .notSignedIn)
    }

    @Test func `tokens of one daemon are nothing to another`() async throws {
        let (here, there) = (try AccountWorld(), try AccountWorld())
        let ana = try await here.register("ana")
        #expect(await refusal { try await there.caller(ana.tokens.accessToken) }?.code == .notSignedIn)
        #expect(await refusal { try await refresh(there, ana.tokens.refreshToken) }?.code == .notSignedIn)
    }

    @Test func `refresh tokens rotate, and each pair works`() async throws {
        let world = try AccountWorld()
        var tokens = try await world.register("ana").tokens
        for _ in 0..<5 {
            world.clock.advance(by: .seconds(500))
            let next = try await refresh(world, tokens.refreshToken)
            #expect(next.refreshToken != tokens.refreshToken)
            #expect(next.accessExpiresAt > tokens.accessExpiresAt)
            _ = try await world.caller(next.accessToken)
            tokens = next
        }
    }

    @Test func `a lost answer logs nobody out: the repeat gets the same token`() async throws {
        let world = try AccountWorld()
        let first = try await world.register("ana").tokens
        let lost = try await refresh(world, first.refreshToken)
        world.clock.advance(by: .seconds(30))
        // The old access token is still in use meanwhile; it confirms nothing.
        _ = try await world.caller(first.accessToken)
        let repeated = try await refresh(world, first.refreshToken)
        #expect(repeated.refreshToken == lost.refreshToken)
        _ = try await world.caller(repeated.accessToken)
        _ = try await refresh(world, repeated.refreshToken)
    }

    @Test func `once a call confirmed the new token, the old one ends the session and is audited as critical`()
        async throws
    {
        let world = try AccountWorld()
        let ana = try await world.register("ana")
        let next = try await refresh(world, ana.tokens.refreshToken)
        _ = try await world.caller(next.accessToken)
        // The confirmation is a write that nobody waits for; one that is waited for comes after it.
        _ = try await world.register("bob")
        #expect(await refusal { try await refresh(world, ana.tokens.refreshToken) }?.code == .notSignedIn)
        #expect(await refusal { try await world.caller(next.accessToken) }?.code == .notSignedIn)
        #expect(await refusal { try await refresh(world, next.refreshToken) }?.code == .notSignedIn)
        let entries = try await world.audit("session.refreshReused")
        #expect(entries.map(\.severity) == [.critical])
        #expect(entries.map(\.object) == ["session/\(ana.session)"])
    }

    @Test func `the next refresh confirms as well`() async throws {
        let world = try AccountWorld()
        let first = try await world.register("ana").tokens
        let second = try await refresh(world, first.refreshToken)
        _ = try await refresh(world, second.refreshToken)
        #expect(await refusal { try await refresh(world, first.refreshToken) }?.code == .notSignedIn)
        #expect(await refusal { try await refresh(world, second.refreshToken) }?.code == .notSignedIn)
    }

    @Test func `two programs that refresh at once agree`() async throws {
        let world = try AccountWorld()
        let first = try await world.register("ana").tokens
        let answers = try await withThrowingTaskGroup(of: Tokens.self) { group in
            for _ in 0..<6 { group.addTask { try await refresh(world, first.refreshToken) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(answers.map(\.refreshToken)).count == 1)
        for tokens in answers { _ = try await world.caller(tokens.accessToken) }
    }

    @Test func `a dry run rotates nothing`() async throws {
        let world = try AccountWorld()
        let first = try await world.register("ana").tokens
        let options = CallOptions(dryRun: true)
        _ = try await world.anonymous().call(.refresh, Refresh(refreshToken: first.refreshToken), options)
        let next = try await refresh(world, first.refreshToken)
        let after = try await refresh(world, next.refreshToken)
        #expect(after.refreshToken != next.refreshToken)
    }

    @Test func `a session ends after 90 days without a refresh, and slides with each`() async throws {
        let world = try AccountWorld()
        var tokens = try await world.register("ana").tokens
        for _ in 0..<3 {
            world.clock.advance(by: .seconds(80 * 86_400))
            tokens = try await refresh(world, tokens.refreshToken)
        }
        world.clock.advance(by: .seconds(90 * 86_400))
        #expect(await refusal { try await refresh(world, tokens.refreshToken) }?.code == .notSignedIn)
    }

    @Test func `signing out ends this session only, everywhere ends all`() async throws {
        let world = try AccountWorld()
        let first = try await world.register("ana")
        let second = try await world.signIn("ana")
        let third = try await world.signIn("ana")
        _ = try await first.call(.signOut)
        #expect(await refusal { try await world.caller(first.tokens.accessToken) }?.code == .notSignedIn)
        #expect(await refusal { try await refresh(world, first.tokens.refreshToken) }?.code == .notSignedIn)
        _ = try await second.call(.signOutEverywhere)
        for person in [second, third] {
            #expect(await refusal { try await world.caller(person.tokens.accessToken) }?.code == .notSignedIn)
        }
    }

    @Test func `a revoked session is refused at once, though it was in memory`() async throws {
        let world = try AccountWorld()
        let here = try await world.register("ana")
        let there = try await world.signIn("ana")
        for _ in 0..<3 { _ = try await there.call(.me) }
        _ = try await here.call(.revokeSession, SessionRef(there.session))
        #expect(await refusal { try await there.service() }?.code == .notSignedIn)
        #expect(try await here.call(.listSessions, SessionQuery()).items.map(\.id) == [here.session])
    }

    @Test func `sessions of others take the capability and a role above`() async throws {
        let world = try AccountWorld()
        let ana = try await world.register("ana")
        let bob = try await world.register("bob")
        let olga = try await world.superAdmin()
        let other = try await world.superAdmin("oleg")
        #expect(await refusal { try await bob.call(.listSessions, SessionQuery(account: "ana")) }?.code == .forbidden)
        #expect(await refusal { try await bob.call(.session, SessionRef(ana.session)) }?.code == .notFound)
        #expect(await refusal { try await bob.call(.revokeSession, SessionRef(ana.session)) }?.code == .notFound)
        #expect(try await olga.call(.listSessions, SessionQuery(account: "ana")).items.map(\.id) == [ana.session])
        #expect(try await olga.call(.session, SessionRef(ana.session)).isCurrent == false)
        #expect(await refusal { try await olga.call(.listSessions, SessionQuery(account: "oleg")) }?.code == .forbidden)
        #expect(await refusal { try await olga.call(.revokeSession, SessionRef(other.session)) }?.code == .forbidden)
        _ = try await olga.call(.revokeSession, SessionRef(ana.session))
        #expect(await refusal { try await ana.service() }?.code == .notSignedIn)
        #expect(try await world.audit("sessions.revoke").map(\.severity) == [.warning])
    }

    @Test func `a changed password ends the other sessions and keeps this one`() async throws {
        let world = try AccountWorld()
        let here = try await world.register("ana")
        let there = try await world.signIn("ana")
        let change = PasswordChange(current: AccountWorld.password, new: "eight yellow kites")
        #expect(
            await refusal { try await here.call(.changePassword, PasswordChange(current: "wrong", new: change.new)) }?
                .code
                == .wrongPassword
        )
        #expect(
            await refusal {
                try await here.call(.changePassword, PasswordChange(current: change.current, new: change.current))
            }?.code == .invalid
        )
        _ = try await here.call(.changePassword, change)
        _ = try await here.call(.me)
        #expect(await refusal { try await there.service() }?.code == .notSignedIn)
        #expect(await refusal { try await world.signIn("ana") }?.code == .wrongPassword)
        _ = try await world.signIn("ana", password: change.new)
    }

    @Test func `last use is noted at most once a minute, and shown at once`() async throws {
        let world = try AccountWorld()
        let ana = try await world.register("ana")
        world.clock.advance(by: .seconds(59))
        _ = try await ana.call(.me)
        let early = try await ana.call(.session, SessionRef(ana.session))
        #expect(early.lastUsedAt == early.createdAt)
        world.clock.advance(by: .seconds(1))
        _ = try await world.caller(ana.tokens.accessToken, "198.51.100.7")
        let later = try await ana.call(.session, SessionRef(ana.session))
        #expect(later.lastUsedAt == world.clock.now)
        #expect(later.address == "198.51.100.7")
    }

    @Test func `a use is shown before, while and after it is written`() async throws {
        let world = try AccountWorld()
        let ana = try await world.register("ana")
        let reader = try await ana.service()
        var tokens = ana.tokens
        for round in 1...400 {
            if round.isMultiple(of: 9) { tokens = try await refresh(world, tokens.refreshToken) }
            world.clock.advance(by: .seconds(60))
            // The note is due now and on its way to the writer when the reads begin.
            _ = try await world.caller(tokens.accessToken)
            let (now, session) = (world.clock.now, ana.session)
            let shown = try await withThrowingTaskGroup(of: Milliseconds.self) { group in
                for _ in 0..<4 {
                    group.addTask { try await reader.call(.session, SessionRef(session)).lastUsedAt }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            try #require(shown == [now, now, now, now], "round \(round)")
        }
    }

    @Test func `a session knows whether a connection is open`() async throws {
        let world = try AccountWorld()
        let ana = try await world.register("ana")
        let live = world.engine.authenticator.live
        live.opened(ana.session)
        live.opened(ana.session)
        live.closed(ana.session)
        #expect(try await ana.call(.session, SessionRef(ana.session)).isLive)
        live.closed(ana.session)
        #expect(try await ana.call(.session, SessionRef(ana.session)).isLive == false)
    }

    @Test func `an account has at most a hundred sessions, and the one unused for longest goes first`() async throws {
        let world = try AccountWorld()
        let first = try await world.register("ana")
        let second = try await world.signIn("ana")
        world.clock.advance(by: .seconds(60))
        _ = try await first.call(.me)
        var newest = second
        for _ in 0..<99 { newest = try await world.signIn("ana") }
        #expect(try await newest.call(.listSessions, SessionQuery()).items.count == 100)
        #expect(await refusal { try await second.service() }?.code == .notSignedIn)
    }

    @Test func `a device's name is one line of 64 bytes`() async throws {
        let world = try AccountWorld()
        for device in [String(repeating: "x", count: 65), "two\nlines", "bell\u{7}"] {
            #expect(await refusal { try await world.register("ana", device: device) }?.code == .invalid)
        }
    }
}
