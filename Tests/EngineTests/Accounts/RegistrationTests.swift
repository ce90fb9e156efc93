import ChatAPI
import ChatTestKit
import Engine
import Storage
import Testing

/// Ways in: registering, invitations, and keys that keep no secret.
@Suite struct RegistrationTests {
    @Test func `registering signs in, joins the first channel and is audited without the password`() async throws {
        let world = try AccountWorld()
        let ana = try await world.register("Ana", device: "ana's laptop")
        #expect(ana.signedIn.account.name == "Ana")
        #expect(ana.signedIn.account.kind == .person)
        #expect(ana.signedIn.needsLongerPassword == nil)
        let me = try await ana.call(.me)
        #expect(me.channels.map(\.channel.name) == ["general"])
        #expect(me.capabilities.contains(.createChannels))
        #expect(!me.capabilities.contains(.manageAccounts))
        let sessions = try await ana.call(.listSessions, SessionQuery()).items
        #expect(sessions.map(\.device) == ["ana's laptop"])
        #expect(sessions.first?.isCurrent == true)
        #expect(sessions.first?.expiresAt == world.clock.now + 90 * 86_400_000)
        let entries = try await world.audit("accounts.register")
        #expect(entries.map(\.actor) == [ana.id])
        #expect(!"\(entries)".contains(AccountWorld.password))
    }

    @Test(arguments: [("ana", "ANA"), ("paul", "pauI"), ("bob", "b0b"), ("ana", "аna"), ("José", "JOSE\u{301}")])
    func `a name that is taken or looks like one is refused`(_ first: String, _ second: String) async throws {
        let world = try AccountWorld()
        _ = try await world.register(first)
        let refused = await refusal { try await world.register(second) }
        #expect(refused?.code == .nameTaken)
        #expect(refused?.errors.first?.pointer == "/name")
    }

    @Test func `one name is registered once, however many try at once`() async throws {
        let world = try AccountWorld()
        let results = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 { group.addTask { (try? await world.register("ana")) != nil } }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(results == 1)
    }

    @Test func `nobody registers as an administrator`() async throws {
        let world = try AccountWorld()
        #expect(await refusal { try await world.register("admin") }?.code == .invalid)
        // Members that the endpoint does not have are ignored.
        let body = Array(#"{"name":"eve","password":"seven green bottles","superAdmin":true,"role":"superAdmin"}"#.utf8)
        let json = try await world.engine.api.perform(
            "accounts.register",
            RawCall(caller: .anonymous(address: "192.0.2.1"), body: body)
        )
        let signedIn = try Coding.decode(SignedIn.self, from: json)
        let caller = try await world.caller(signedIn.tokens.accessToken)
        #expect(caller.rank == Role.member.rank)
        #expect(!caller.capabilities.contains(.operate))
    }

    @Test func `closed registration takes an invitation, once`() async throws {
        let world = try AccountWorld { $0.isRegistrationOpen = false }
        #expect(await refusal { try await world.register("ana") }?.code == .registrationClosed)
        let code = try await world.root().call(.invite, InvitationDraft(hours: 2))
        #expect(code.code.hasPrefix("plz_i_"))
        #expect(code.expiresAt == world.clock.now + 2 * 3_600_000)
        let registration = Registration(
            name: "ana",
            password: AccountWorld.password,
            code: " " + code.code.uppercased()
        )
        _ = try await world.anonymous().call(.register, registration)
        var again = registration
        again.name = "bob"
        #expect(await refusal { try await world.anonymous().call(.register, again) }?.code == .codeInvalid)
    }

    @Test func `an invitation ends, and a refused registration does not use it up`() async throws {
        let world = try AccountWorld { $0.isRegistrationOpen = false }
        let code = try await world.root().call(.invite, InvitationDraft(hours: 1)).code
        let weak = Registration(name: "ana", password: "password", code: code)
        #expect(await refusal { try await world.anonymous().call(.register, weak) }?.code == .invalid)
        let right = Registration(name: "ana", password: AccountWorld.password, code: code)
        _ = try await world.anonymous().call(.register, right, CallOptions(dryRun: true))
        _ = try await world.anonymous().call(.register, right)
        let late = try await world.root().call(.invite, InvitationDraft(hours: 1)).code
        world.clock.advance(by: .seconds(3_600))
        let tooLate = Registration(name: "bob", password: AccountWorld.password, code: late)
        #expect(await refusal { try await world.anonymous().call(.register, tooLate) }?.code == .codeInvalid)
        let hours = await refusal { try await world.root().call(.invite, InvitationDraft(hours: 721)) }
        #expect(hours?.detail.contains("720") == true)
    }

    @Test func `guessing codes is slowed down`() async throws {
        let world = try AccountWorld()
        var codes: Set<APIError.Code> = []
        for number in 0..<40 {
            let guess = PasswordReset(code: "plz_c_\(String(repeating: "a", count: 24))\(10 + number)", password: "x")
            codes.insert(await refusal { try await world.anonymous().call(.redeemReset, guess) }?.code ?? .internal)
        }
        #expect(codes == [.codeInvalid, .rateLimited])
    }

    @Test func `a repeat with the same key gets the same answer, and nothing secret is stored for it`() async throws {
        let world = try AccountWorld()
        let options = CallOptions(key: "k-1")
        let registration = Registration(name: "ana", password: AccountWorld.password)
        let first = try await world.anonymous().call(.register, registration, options)
        let second = try await world.anonymous().call(.register, registration, options)
        #expect(first == second)
        let other = Registration(name: "bob", password: AccountWorld.password)
        #expect(await refusal { try await world.anonymous().call(.register, other, options) }?.code == .keyReused)
        let stored = try await world.engine.database.read { tx in
            try tx.first("SELECT count(*) FROM idempotency_key") { $0.int64(0) }
        }
        #expect(stored == 0)
    }

    @Test func `a dry run leaves nothing`() async throws {
        let world = try AccountWorld()
        let registration = Registration(name: "ana", password: AccountWorld.password)
        let answer = try await world.anonymous().call(.register, registration, CallOptions(dryRun: true))
        #expect(await refusal { try await world.caller(answer.tokens.accessToken) }?.code == .notSignedIn)
        #expect(try await world.audit("accounts.register").isEmpty)
        _ = try await world.register("ana")
    }
}
