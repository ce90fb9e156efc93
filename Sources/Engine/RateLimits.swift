package import ChatAPI
import Glibc
import Synchronization

/// Who calls too often: one token bucket per class and account, or per class and address, in bounded memory.
///
/// Asked in one place, before a call is decoded: `API.perform`, and the fast path of the live connection.
package final class RateLimits: Sendable {
    /// Lock tier 3. Replaced by a reload.
    private let settings: Mutex<RateSettings>
    /// Lock tier 3: taken last and for some 100 ns, nothing is called under it.
    private let buckets = Mutex(Buckets())

    package init(settings: EngineSettings) {
        self.settings = Mutex(settings.rates)
    }

    package init(_ settings: RateSettings) {
        self.settings = Mutex(settings)
    }

    /// A reload changes what bots may do; who has called lately stays counted.
    package func setBotMultiplier(_ factor: Double) {
        settings.withLock { $0.botMultiplier = factor }
    }

    /// Takes a call's token, or says how long to wait for one.
    package func refusal(of operation: String, for caller: Caller, now: Milliseconds) -> APIError? {
        // Who is root here has easier ways to overload the daemon.
        if caller.isLocal { return nil }
        let rateClass = RateClass(operation: operation)
        let found = settings.withLock { settings -> RateRule? in
            guard settings.isEnforced, var rule = settings.rules[rateClass] else { return nil }
            let factor = Self.multiplier(of: caller, settings)
            rule.perSecond *= factor
            rule.burst *= factor
            return rule
        }
        guard let rule = found else { return nil }
        let subject = Self.subject(of: caller, rateClass)
        let wait = buckets.withLock { $0.take(Buckets.Key(rateClass: rateClass, subject: subject), rule, now: now) }
        guard let wait else { return nil }
        let who = rateClass.isPerAddress || caller.account == nil ? "from this address" : "by this account"
        return APIError(
            .rateLimited,
            "too many calls of \(operation) \(who): \(Self.text(rule)); wait \(SpanText.wait(wait))",
            retryAfterMilliseconds: wait
        )
    }

    /// Takes a token for each cell that is to be drawn, or says how long to wait for them. A budget of cells, not of calls.
    func refusal(ofCells cells: Int, for caller: Caller, now: Milliseconds) -> APIError? {
        if caller.isLocal { return nil }
        let found = settings.withLock { settings -> RateRule? in
            guard settings.isEnforced, var rule = settings.rules[.cells] else { return nil }
            let factor = Self.multiplier(of: caller, settings)
            rule.perSecond *= factor
            rule.burst *= max(factor, 1)
            return rule
        }
        guard let rule = found else { return nil }
        let key = Buckets.Key(rateClass: .cells, subject: Self.subject(of: caller, .cells))
        let wait = buckets.withLock { $0.take(key, rule, cost: Double(cells), now: now) }
        guard let wait else { return nil }
        return APIError(
            .rateLimited,
            "too many cells drawn by this account: \(Self.text(rule)), and this is \(cells); wait \(SpanText.wait(wait))",
            retryAfterMilliseconds: wait
        )
    }

    private static func multiplier(of caller: Caller, _ settings: RateSettings) -> Double {
        if !settings.multipliers.isEmpty, caller.account != nil, let factor = settings.multipliers[caller.name] {
            return max(factor, 0.01)
        }
        if caller.token != nil { return max(settings.botMultiplier, 0.01) }
        return caller.rank >= Role.superAdmin.rank ? settings.administratorMultiplier : 1
    }

    private static func subject(of caller: Caller, _ rateClass: RateClass) -> Buckets.Subject {
        if !rateClass.isPerAddress, let account = caller.account { return .account(account) }
        return .address(network(of: caller.address))
    }

    /// An IPv6 customer has 2^64 addresses: the first 64 bits count. Others are taken as they are.
    static func network(of address: String) -> String {
        guard address.utf8.contains(UInt8(ascii: ":")) else { return address }
        var parsed = in6_addr()
        guard inet_pton(AF_INET6, address, &parsed) == 1 else { return address }
        let prefix = withUnsafeBytes(of: &parsed) { Array($0.prefix(8)) }
        return Hash.hexadecimal(prefix)
    }

    private static func text(_ rule: RateRule) -> String {
        let burst = Int(rule.burst)
        if rule.perSecond >= 1 { return "\(Int(rule.perSecond)) a second, \(burst) at once" }
        return "one in \(Int((1 / rule.perSecond).rounded(.up))) s, \(burst) at once"
    }
}

/// The buckets of everyone who called lately, in two generations: when the newer one is full the older is forgotten.
///
/// Whoever is forgotten has not called while 16,384 others did; a bucket is some 100 bytes, so both are below 4 MB.
struct Buckets {
    enum Subject: Hashable {
        case account(AccountID)
        case address(String)
    }

    struct Key: Hashable {
        let rateClass: RateClass
        let subject: Subject
    }

    private var recent: [Key: TokenBucket] = [:]
    private var older: [Key: TokenBucket] = [:]
    private let limit: Int

    init(limit: Int = 16_384) { self.limit = limit }

    var count: Int { recent.count + older.count }

    /// Nil if there was a token, otherwise the milliseconds until there is one.
    mutating func take(_ key: Key, _ rule: RateRule, cost: Double = 1, now: Milliseconds) -> Int64? {
        if var bucket = recent[key] {
            let wait = bucket.take(rule, cost: cost, now: now)
            recent[key] = bucket
            return wait
        }
        if recent.count >= limit {
            older = recent
            recent = [:]
        }
        var bucket = older.removeValue(forKey: key) ?? TokenBucket(full: rule, now: now)
        let wait = bucket.take(rule, cost: cost, now: now)
        recent[key] = bucket
        return wait
    }
}

/// A token bucket. A clock that is set back neither fills nor empties it.
struct TokenBucket: Equatable {
    private(set) var tokens: Double
    private var at: Milliseconds

    init(full rule: RateRule, now: Milliseconds) {
        tokens = rule.burst
        at = now
    }

    mutating func take(_ rule: RateRule, cost: Double = 1, now: Milliseconds) -> Int64? {
        let elapsed = Double(max(now - at, 0))
        at = now
        tokens = min(tokens + elapsed * rule.perSecond / 1_000, rule.burst)
        if tokens >= cost {
            tokens -= cost
            return nil
        }
        return Int64(((cost - tokens) * 1_000 / rule.perSecond).rounded(.up))
    }
}
