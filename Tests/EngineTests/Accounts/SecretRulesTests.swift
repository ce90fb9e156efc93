import ChatAPI
import ChatTestKit
import Engine
import Glibc
import Storage
import Testing

@Suite struct SecretRulesTests {
    @Test func `no secret and no password stands in the database file`() async throws {
        let world = try AccountWorld()
        let ana = try await world.register("ana")
        let bot = try await ana.call(.createToken, TokenDraft(label: "x", scopes: [.read])).secret
        let invitation = try await world.root().call(.invite, InvitationDraft()).code
        let reset = try await world.root().call(.resetPassword, AccountRef("ana")).code
        let next = try await world.anonymous().call(.refresh, Refresh(refreshToken: ana.tokens.refreshToken))
        let columns = [
            "SELECT hex(refresh_hash) || hex(previous_hash) FROM session", "SELECT hex(hash) || scopes FROM token",
            "SELECT hex(hash) FROM code", "SELECT password FROM account",
            "SELECT after FROM audit_payload", "SELECT coalesce(text, '') || coalesce(detail, '') FROM entry",
        ]
        let stored = try await world.engine.database.read { tx in
            try columns.flatMap { text in try tx.all(SQL(text)) { $0.string(0) } }
        }
        #expect(stored.count > 6)
        let secrets = [
            AccountWorld.password, bot, invitation, reset, ana.tokens.refreshToken, next.refreshToken,
            ana.tokens.accessToken,
        ]
        for secret in secrets {
            let hexadecimal = secret.utf8.map { byte in
                let digits = String(byte, radix: 16, uppercase: true)
                return digits.count == 1 ? "0" + digits : digits
            }.joined()
            #expect(!stored.contains { $0.contains(secret) || $0.contains(hexadecimal) })
        }
        // Argon2id with the parameters it was asked for.
        #expect(stored.contains { $0.hasPrefix("$argon2id$v=19$m=8,t=1,p=1$") })
    }

    @Test func `sessions and tokens outlive a restart, and so does the key that signs`() async throws {
        let folder = try ScratchFolder()
        let settings = folder.settings
        let clock = TestClock()
        let first = try Engine(settings: settings, clock: clock, hub: Hub(sealing: .lines))
        let service = LocalService(first, as: .anonymous(address: "192.0.2.1"))
        let registration = Registration(name: "ana", password: AccountWorld.password)
        let ana = try await service.call(.register, registration)
        let mine = LocalService(
            first,
            as: try await first.authenticator.caller(token: ana.tokens.accessToken, address: "192.0.2.1")
        )
        let bot = try await mine.call(.createToken, TokenDraft(label: "x", scopes: [.read])).secret
        first.close()
        let second = try Engine(settings: settings, clock: clock, hub: Hub(sealing: .lines))
        defer { second.close() }
        for token in [ana.tokens.accessToken, bot] {
            #expect(try await second.authenticator.caller(token: token, address: "192.0.2.1").account == ana.account.id)
        }
        let again = LocalService(second, as: .anonymous(address: "192.0.2.1"))
        _ = try await again.call(.refresh, Refresh(refreshToken: ana.tokens.refreshToken))
    }

    @Test func `what a revocation answered to, no call passes any more`() async throws {
        // Readers fill the memory of callers while sessions end.
        let world = try AccountWorld()
        let ana = try await world.register("ana")
        for round in 0..<20 {
            let other = try await world.signIn("ana")
            let token = other.tokens.accessToken
            let readers = Task {
                for _ in 0..<30 { _ = try? await world.caller(token) }
            }
            _ = try await ana.call(.revokeSession, SessionRef(other.session))
            #expect(await refusal { try await world.caller(token) }?.code == .notSignedIn, "round \(round)")
            await readers.value
            #expect(await refusal { try await world.caller(token) }?.code == .notSignedIn, "round \(round)")
        }
    }
}

extension ScratchFolder {
    /// For a database that outlives its engine.
    fileprivate var settings: EngineSettings {
        var settings = EngineSettings(databasePath: path + "/plaza.db", searchPath: path + "/search.db")
        settings.passwordCost = .least
        settings.rates = .unlimited
        return settings
    }
}
