import ChatAPI
import Glibc
import Synchronization

/// How long a guesser waits: longer with each wrong password, for an account and for an address, and never for good.
///
/// An attempt counts as failed when it begins and is taken back when it succeeds, so that many at once gain nothing. The
/// table is in memory and bounded; a restart forgets it, and restarts are no guesser's to make.
final class SignInThrottle: Sendable {
    private struct Attempts {
        var failures = 0
        var blockedUntil: Milliseconds = 0
        var latest: Milliseconds = 0
    }

    private struct Table {
        var attempts: [String: Attempts] = [:]
        var failures = 0
    }

    /// Wrong passwords that cost nothing: people mistype.
    static let freePerAccount = 4
    /// Several people may sit behind one address.
    static let freePerAddress = 20
    /// The longest wait. For an account it is short, so that nobody is locked out by somebody else's guesses for long.
    static let accountCapMilliseconds: Int64 = 60_000
    static let addressCapMilliseconds: Int64 = 900_000
    /// After this long without an attempt everything is forgotten.
    static let memoryMilliseconds: Int64 = 3_600_000
    /// About 2 MB; beyond it what was quiet for longest is forgotten.
    static let entryLimit = 20_000

    /// Lock tier 3. Nothing is called while it is held.
    private let table = Mutex(Table())

    /// Failed attempts since the start: for metrics.
    var failures: Int { table.withLock { $0.failures } }

    /// Lets an attempt through, or says how long to wait.
    ///
    /// - Parameter account: the folded name, whether anybody has it or not; nil where a code is tried.
    func begin(account: String?, address: String, now: Milliseconds) throws(APIError) {
        let wait = table.withLock { table -> Int64 in
            let keys = Self.keys(account, address)
            let wait = keys.map { key in (table.attempts[key.name]?.blockedUntil ?? 0) - now }.max() ?? 0
            guard wait <= 0 else { return wait }
            table.failures += 1
            for key in keys {
                var attempts = table.attempts[key.name] ?? Attempts()
                if now - attempts.latest > Self.memoryMilliseconds { attempts = Attempts() }
                attempts.failures += 1
                attempts.latest = now
                attempts.blockedUntil = now + Self.delay(after: attempts.failures - key.free, cap: key.cap)
                table.attempts[key.name] = attempts
            }
            if table.attempts.count > Self.entryLimit { Self.thin(&table.attempts, now: now) }
            return 0
        }
        guard wait <= 0 else {
            throw APIError(
                .rateLimited,
                "too many wrong passwords or codes; try again in \((wait + 999) / 1_000) s",
                retryAfterMilliseconds: wait
            )
        }
    }

    /// The attempt was a right one: the account starts afresh, the address gets its attempt back.
    func succeeded(account: String?, address: String) {
        table.withLock { table in
            table.failures -= 1
            if let account { table.attempts["account " + account] = nil }
            guard let key = Self.addressKey(address), var attempts = table.attempts[key] else { return }
            attempts.failures -= 1
            attempts.blockedUntil = 0
            table.attempts[key] = attempts.failures > 0 ? attempts : nil
        }
    }

    /// 1 s, 2 s, 4 s … up to the cap, after what is free.
    private static func delay(after failures: Int, cap: Int64) -> Int64 {
        failures <= 0 ? 0 : min(cap, 1_000 << Int64(min(failures - 1, 20)))
    }

    private static func keys(_ account: String?, _ address: String) -> [(name: String, free: Int, cap: Int64)] {
        var keys: [(name: String, free: Int, cap: Int64)] = []
        if let account { keys.append(("account " + account, freePerAccount, accountCapMilliseconds)) }
        if let key = addressKey(address) { keys.append((key, freePerAddress, addressCapMilliseconds)) }
        return keys
    }

    /// IPv6 by its /64, which is what one subscriber has. Nil for the Unix socket: all local users share that address, and
    /// none of them shall keep the others out.
    private static func addressKey(_ address: String) -> String? {
        if address == "unix" || address.isEmpty { return nil }
        var bytes = in6_addr()
        guard inet_pton(AF_INET6, address, &bytes) == 1 else { return "address " + address }
        let prefix = withUnsafeBytes(of: &bytes) { Array($0.prefix(8)) }
        return "network " + Hash.hexadecimal(prefix)
    }

    private static func thin(_ attempts: inout [String: Attempts], now: Milliseconds) {
        attempts = attempts.filter { now - $0.value.latest <= memoryMilliseconds }
        guard attempts.count > entryLimit else { return }
        let times = attempts.values.map(\.latest).sorted()
        let oldestKept = times[times.count / 10]
        attempts = attempts.filter { $0.value.latest > oldestKept }
    }
}
