import ChatAPI
import ChatTestKit
import Engine
import Testing

/// Passwords: which are refused, what one hash costs, and how guessing is slowed down.
@Suite struct PasswordTests {
    @Test(arguments: [
        "short", "1234567", "password", "Passw0rd", "P@ssword123!", "passwordpassword", "qwertyuiop", "12345678",
        "87654321", "1234567890", "aaaaaaaa", "abcdefghij", "iloveyou2", "letmein!!", "ana-maria", "ANA-MARIA1",
        "monkey2020", "trustno1", "1q2w3e4r5t",
    ])
    func `weak passwords are refused with a reason`(_ password: String) async throws {
        let world = try AccountWorld()
        let refused = await refusal { try await world.register("ana-maria", password: password) }
        #expect(refused?.code == .invalid)
        #expect(refused?.errors.first?.pointer == "/password")
        #expect(password == "password" || refused?.detail.contains(password) == false)
    }

    @Test(arguments: [
        "seven green bottles", "kx81-Tq0z", "correct-horse-47-sofa", "пароль-на-сегодня", "4711-cat-0815",
    ])
    func `other passwords are taken`(_ password: String) async throws {
        let world = try AccountWorld()
        _ = try await world.register("ana", password: password)
        _ = try await world.signIn("ana", password: password)
    }

    @Test func `a password of more than a kilobyte is refused before it is hashed`() async throws {
        let world = try AccountWorld()
        let refused = await refusal { try await world.register("ana", password: String(repeating: "x1y2", count: 300)) }
        #expect(refused?.detail.contains("1024") == true)
        #expect(world.engine.accounts.passwordHashes == 0)
    }

    @Test func `an unknown name costs as many hashes as a wrong password and gets the same answer`() async throws {
        let world = try AccountWorld()
        _ = try await world.register("ana")
        let before = world.engine.accounts.passwordHashes
        let wrong = await refusal { try await world.signIn("ana", password: "not her password") }
        let between = world.engine.accounts.passwordHashes
        let unknown = await refusal { try await world.signIn("nobody-here", password: "not her password") }
        let after = world.engine.accounts.passwordHashes
        #expect(between - before == 1)
        #expect(after - between == 1)
        #expect(wrong == unknown)
        #expect(wrong?.code == .wrongPassword)
    }

    @Test func `an account without a password costs a hash as well`() async throws {
        let world = try AccountWorld()
        _ = try await world.root().call(.createAccount, AccountCreation(name: "newcomer"))
        let before = world.engine.accounts.passwordHashes
        #expect(await refusal { try await world.signIn("newcomer", password: "") }?.code == .wrongPassword)
        #expect(world.engine.accounts.passwordHashes - before == 1)
    }

    @Test func `the standard cost is what operations.md asks for, and hashes verify`() async throws {
        let world = try AccountWorld { $0.passwordCost = .standard }
        _ = try await world.register("ana")
        _ = try await world.signIn("ANA")
        #expect(await refusal { try await world.signIn("ana", password: "seven green bottle") }?.code == .wrongPassword)
        #expect(PasswordCost.standard.memoryKiB >= 19 * 1_024)
        #expect(PasswordCost.standard.passes >= 2)
    }

    @Test func `more hashes than can wait are refused at once, the others are made`() async throws {
        let world = try AccountWorld { $0.passwordCost = .standard }
        let root = try await world.root()
        let most = Passwords.parallelHashes + Passwords.waitingHashes
        let results = await withTaskGroup(of: APIError?.self) { group in
            for number in 0..<(most + 20) {
                group.addTask {
                    let creation = AccountCreation(name: "person-\(100 + number)", password: AccountWorld.password)
                    do throws(APIError) {
                        _ = try await root.call(.createAccount, creation)
                        return nil
                    } catch { return error }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let refused = results.compactMap(\.self)
        #expect(refused.allSatisfy { $0.code == .overloaded && $0.retryAfterMilliseconds != nil })
        #expect(!refused.isEmpty)
        #expect(results.count - refused.count >= most)
    }

    @Test func `wrong passwords make one wait longer and longer, never for good`() async throws {
        let world = try AccountWorld()
        _ = try await world.register("ana")
        var waits: [Int64] = []
        for number in 0..<13 {
            // From elsewhere each time: the account alone is what slows it.
            let refused = await refusal {
                try await world.signIn("ana", password: "wrong wrong", from: "192.0.2.\(number)")
            }
            if let wait = refused?.retryAfterMilliseconds {
                waits.append(wait)
                world.clock.advance(by: .milliseconds(wait))
            }
        }
        #expect(waits == [1_000, 2_000, 4_000, 8_000])
        // The right one is let in as soon as the wait is over, and clears it.
        let refused = await refusal { try await world.signIn("ana", from: "203.0.113.9") }
        #expect(refused?.code == .rateLimited)
        world.clock.advance(by: .milliseconds(refused?.retryAfterMilliseconds ?? 0))
        _ = try await world.signIn("ana", from: "203.0.113.9")
        _ = try await world.signIn("ana", from: "203.0.113.9")
    }

    @Test func `an address that guesses at many names waits, its neighbours do not`() async throws {
        let world = try AccountWorld()
        _ = try await world.register("ana")
        var limited = 0
        for number in 0..<40 {
            let refused = await refusal { try await world.signIn("name-\(number)", from: "2001:db8::\(number)") }
            if refused?.code == .rateLimited { limited += 1 }
        }
        #expect(limited > 10)
        #expect(await refusal { try await world.signIn("ana", from: "2001:db8::ffff") }?.code == .rateLimited)
        _ = try await world.signIn("ana", from: "2001:db8:0:1::1")
        _ = try await world.signIn("ana", from: "unix")
    }
}
