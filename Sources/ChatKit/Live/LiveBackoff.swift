/// How long to wait before the next attempt: full jitter between nothing and a bound that doubles from 1 to 60 s.
///
/// Full jitter spreads a thousand clients of a restarted daemon over the whole bound, so that they do not come back as one.
struct LiveBackoff: Sendable {
    static let firstMilliseconds: Int64 = 1_000
    static let longestMilliseconds: Int64 = 60_000
    /// A connection that stood this long was a good one: counting starts again.
    static let stableMilliseconds: Int64 = 10_000

    private(set) var attempt = 0

    mutating func next(using random: inout Randomness) -> Int64 {
        let bound = min(Self.longestMilliseconds, Self.firstMilliseconds << Int64(min(attempt, 6)))
        attempt += 1
        return Int64.random(in: 0...bound, using: &random)
    }

    mutating func reset() { attempt = 0 }
}
