import ChatAPI
import ChatTestKit
import Engine
import Testing

/// Token buckets per account and per address: exact numbers, separate callers, bounded memory.
@Suite("Rate limits")
struct RateLimitTests {
    private func caller(_ number: UInt64, address: String = "192.0.2.1", token: Bool = false) -> Caller {
        Caller(
            account: AccountID(high: number, low: 1),
            name: "caller\(number)",
            token: token ? TokenID(high: 1, low: number) : nil,
            capabilities: [.post],
            address: address,
            rank: 10
        )
    }

    /// How many calls pass at one moment.
    private func burst(_ limits: RateLimits, _ operation: String, _ caller: Caller, now: Milliseconds) -> Int {
        var count = 0
        while limits.refusal(of: operation, for: caller, now: now) == nil, count < 10_000 { count += 1 }
        return count
    }

    @Test func `a burst, then one by one`() throws {
        let limits = RateLimits(RateSettings())
        let ana = caller(1)
        #expect(burst(limits, "messages.send", ana, now: 1_000) == 100)
        let refused = try #require(limits.refusal(of: "messages.send", for: ana, now: 1_000))
        #expect(refused.code == .rateLimited)
        #expect(refused.retryAfterMilliseconds == 100)
        #expect(refused.detail.contains("10 a second, 100 at once"))
        #expect(limits.refusal(of: "messages.send", for: ana, now: 1_099) != nil)
        #expect(limits.refusal(of: "messages.send", for: ana, now: 1_100) == nil)
        #expect(limits.refusal(of: "messages.send", for: ana, now: 1_100) != nil)
        // A clock set back gives nothing and takes nothing.
        #expect(limits.refusal(of: "messages.send", for: ana, now: 0) != nil)
        #expect(burst(limits, "messages.send", ana, now: 1_000_000) == 100)
    }

    @Test func `others, other classes and other addresses are not held up`() {
        let limits = RateLimits(RateSettings())
        _ = burst(limits, "messages.send", caller(1), now: 0)
        #expect(limits.refusal(of: "messages.edit", for: caller(1), now: 0) != nil)
        #expect(limits.refusal(of: "entries.list", for: caller(1), now: 0) == nil)
        #expect(limits.refusal(of: "messages.send", for: caller(2), now: 0) == nil)
        // Signing in counts by address, whoever asks.
        let here = Caller.anonymous(address: "2001:db8::1")
        #expect(burst(limits, "sessions.signIn", here, now: 0) == 30)
        #expect(limits.refusal(of: "sessions.signIn", for: .anonymous(address: "2001:db8:0:0:ffff::9"), now: 0) != nil)
        #expect(limits.refusal(of: "sessions.signIn", for: .anonymous(address: "2001:db8:0:1::1"), now: 0) == nil)
        #expect(limits.refusal(of: "sessions.signIn", for: .anonymous(address: "192.0.2.9"), now: 0) == nil)
    }

    @Test func `bots and named accounts may be given more`() {
        var settings = RateSettings()
        settings.multipliers = ["caller7": 3]
        settings.botMultiplier = 5
        let limits = RateLimits(settings)
        #expect(burst(limits, "messages.send", caller(7), now: 0) == 300)
        #expect(burst(limits, "messages.send", caller(8, token: true), now: 0) == 500)
        limits.setBotMultiplier(1)
        #expect(burst(limits, "messages.send", caller(9, token: true), now: 0) == 100)
    }

    @Test func `the table asks before it answers`() async throws {
        var rates = RateSettings()
        rates.rules[.search] = RateRule(perSecond: 1, burst: 2)
        let tea = try await Community { $0.rates = rates }
        for _ in 0..<2 { _ = try await tea.ana.call(.search, SearchQuery(q: "x")) }
        let refused = await refusal { try await tea.ana.call(.search, SearchQuery(q: "x")) }
        #expect(refused?.code == .rateLimited)
        #expect(refused?.retryAfterMilliseconds == 1_000)
        tea.world.clock.advance(by: .seconds(1))
        _ = try await tea.ana.call(.search, SearchQuery(q: "x"))
    }
}
