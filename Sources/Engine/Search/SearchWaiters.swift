import ChatAPI

/// Who waits until the index has read what was stored before they asked: one finds what one has just said.
///
/// A waiter names positions, not a time, and waits for a bounded one: whoever asks while the index is far behind gets what
/// is there, and `indexedTo` says how far that is.
struct SearchWaiters {
    /// Longer than a batch takes, shorter than people wait.
    static let patienceMilliseconds: Int64 = 1_000
    /// Entries that the index reads within that time even on a slow disk; further behind there is no use in waiting.
    static let reach: Int64 = 32_768

    private struct Waiter {
        var heads: [ChannelID: Int64]
        let end: Int64
        let wake: CheckedContinuation<Void, Never>
    }

    private var waiters: [Waiter] = []

    var isEmpty: Bool { waiters.isEmpty }

    /// Whether it is worth it to wait for these heads.
    static func isWorthwhile(_ heads: [ChannelID: Int64], _ positions: [ChannelID: Int64]) -> Bool {
        let left = heads.reduce(0) { $0 + max($1.value - (positions[$1.key] ?? 0), 0) }
        return left > 0 && left <= reach
    }

    /// - Parameter now: of a clock that cannot jump, in milliseconds.
    mutating func add(_ heads: [ChannelID: Int64], now: Int64, _ wake: CheckedContinuation<Void, Never>) {
        waiters.append(Waiter(heads: heads, end: now + Self.patienceMilliseconds, wake: wake))
    }

    /// Those who need not wait any longer: everything they asked for is read, or gone, or took too long.
    ///
    /// - Parameter heads: what is still unread.
    mutating func released(
        heads: [ChannelID: Int64],
        positions: [ChannelID: Int64],
        now: Int64
    ) -> [CheckedContinuation<Void, Never>] {
        guard !waiters.isEmpty else { return [] }
        var wakes: [CheckedContinuation<Void, Never>] = []
        waiters.removeAll { waiter in
            let isServed = waiter.heads.allSatisfy { heads[$0.key] == nil || positions[$0.key] ?? 0 >= $0.value }
            guard isServed || now >= waiter.end else { return false }
            wakes.append(waiter.wake)
            return true
        }
        return wakes
    }

    /// Everybody: the index cannot be read on.
    mutating func releaseAll() -> [CheckedContinuation<Void, Never>] {
        defer { waiters.removeAll() }
        return waiters.map(\.wake)
    }
}
