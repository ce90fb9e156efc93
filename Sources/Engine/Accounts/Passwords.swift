import CSodium
import ChatAPI
package import Storage
import Synchronization

/// What one hash costs. More than a server's floor is a matter of taste; less is for tests.
package struct PasswordCost: Sendable, Equatable {
    package let passes: UInt64
    package let memoryKiB: Int

    /// 19 MiB and two passes with one lane: OWASP's floor for argon2id, about 25 ms.
    package static let standard = PasswordCost(passes: 2, memoryKiB: 19 * 1_024)
    /// The library's floor: for tests that are not about hashing.
    package static let least = PasswordCost(passes: 1, memoryKiB: 8)
}

/// Argon2id on threads of its own: how many hash at once is capped, and so is how many wait.
///
/// A name that nobody has costs the same: its password is verified against a hash that no password has.
package final class Passwords: Sendable {
    /// Two at once: 38 MiB, and on a small machine half of it stays free for those who are signed in.
    package static let parallelHashes = 2
    /// Waiting beyond this is a second and more; whoever comes then is told to come back.
    package static let waitingHashes = 48

    private let cost: PasswordCost
    private let workers: [Worker]
    private struct Load {
        var counts = [Int](repeating: 0, count: Passwords.parallelHashes)
    }
    /// Lock tier 3: how many hashes each worker has before it. Nothing is called while it is held.
    private let load = Mutex(Load())
    private let doneCount = Atomic<Int>(0)

    package init(cost: PasswordCost) throws(StorageError) {
        self.cost = cost
        var workers: [Worker] = []
        for number in 1...Self.parallelHashes { workers.append(try Worker(name: "crypto \(number)")) }
        self.workers = workers
    }

    /// Hashes that were made or verified since the start.
    package var done: Int { doneCount.load(ordering: .relaxed) }

    /// A password as it is stored: an argon2id string with its own salt.
    func hash(_ password: String) async throws -> String {
        let (password, cost) = (Array(password.utf8CString), cost)
        return try await run {
            guard let hash = Self.hash(password, cost) else {
                throw APIError(.overloaded, "no memory to hash a password", retryAfterMilliseconds: 1_000)
            }
            return hash
        }
    }

    /// Whether this is the password behind a stored hash. Nil, for a name that nobody has, takes as long and is never it.
    func verify(_ password: String, _ stored: String?) async throws -> Bool {
        let (password, hash) = (Array(password.utf8CString), stored ?? nobody)
        let isRight = try await run { Self.verify(password, hash) }
        return isRight && stored != nil
    }

    /// Whether a hash was made with another cost than today's.
    func isOutdated(_ stored: String) -> Bool {
        crypto_pwhash_str_needs_rehash(stored, cost.passes, cost.memoryKiB * 1_024) != 0
    }

    /// A well-formed hash at today's cost that is no password's: argon2 does all its work before it compares.
    private var nobody: String {
        "$argon2id$v=19$m=\(cost.memoryKiB),t=\(cost.passes),p=1$AAAAAAAAAAAAAAAAAAAAAA$"
            + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    }

    private func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        let chosen: Int? = load.withLock { load in
            guard load.counts.reduce(0, +) < Self.parallelHashes + Self.waitingHashes else { return nil }
            let index = load.counts.indices.min { load.counts[$0] < load.counts[$1] } ?? 0
            load.counts[index] += 1
            return index
        }
        guard let chosen else {
            throw APIError(
                .overloaded,
                "\(Self.waitingHashes) sign-ins wait already; nothing was done",
                retryAfterMilliseconds: 1_000
            )
        }
        defer { load.withLock { $0.counts[chosen] -= 1 } }
        let value = try await workers[chosen].run(body)
        doneCount.add(1, ordering: .relaxed)
        return value
    }

    private static func hash(_ password: [CChar], _ cost: PasswordCost) -> String? {
        var characters = [CChar](repeating: 0, count: Int(crypto_pwhash_STRBYTES))
        let code = crypto_pwhash_str(
            &characters,
            password,
            UInt64(password.count - 1),
            cost.passes,
            cost.memoryKiB * 1_024
        )
        guard code == 0 else { return nil }
        return String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func verify(_ password: [CChar], _ hash: String) -> Bool {
        crypto_pwhash_str_verify(hash, password, UInt64(password.count - 1)) == 0
    }
}
