import ChatAPI
import Synchronization

/// Who works the help desk right now: by an open connection, or by a call not long ago.
///
/// Never stored, and by the clock that cannot jump: set forward by an hour, the time of day would make everybody absent
/// who has no connection. After a start everybody counts as seen at the start: nobody loses a chat because the daemon restarted.
package final class Attendance: Sendable {
    private struct State {
        var connections: [AccountID: Int] = [:]
        /// Steady milliseconds.
        var seen: [AccountID: Int64] = [:]
        var changes = 0
    }

    /// Lock tier 2. Held for a lookup; nothing is called while it is held.
    private let state = Mutex(State())
    private let clock: any Clock
    private let startedAt: Int64

    private static let remembered = 20_000

    init(clock: any Clock) {
        self.clock = clock
        startedAt = clock.steady
    }

    func opened(_ account: AccountID) {
        state.withLock { state in
            state.connections[account, default: 0] += 1
            state.changes += 1
        }
    }

    func closed(_ account: AccountID) {
        let now = clock.steady
        state.withLock { state in
            let left = (state.connections[account] ?? 1) - 1
            state.connections[account] = left > 0 ? left : nil
            state.changes += 1
            Self.note(account, now, &state)
        }
    }

    /// Grows whenever a connection opens or closes.
    var changes: Int { state.withLock { $0.changes } }

    /// Somebody without a connection did something.
    func noted(_ account: AccountID) {
        let now = clock.steady
        state.withLock { Self.note(account, now, &$0) }
    }

    func isConnected(_ account: AccountID) -> Bool { state.withLock { $0.connections[account] != nil } }

    /// Milliseconds since the last sign of somebody, or since the start; nil while they are connected.
    func gone(_ account: AccountID) -> Int64? {
        let now = clock.steady
        return state.withLock { state in
            state.connections[account] == nil ? now - (state.seen[account] ?? startedAt) : nil
        }
    }

    func isPresent(_ account: AccountID) -> Bool {
        let now = clock.steady
        return state.withLock { state in
            if state.connections[account] != nil { return true }
            guard let seen = state.seen[account] else { return false }
            return now - seen < ChatRules.goneMilliseconds
        }
    }

    private static func note(_ account: AccountID, _ now: Int64, _ state: inout State) {
        state.seen[account] = now
        guard state.seen.count > remembered else { return }
        // Who is gone for an hour is gone for every rule.
        state.seen = state.seen.filter { now - $0.value < 3_600_000 }
    }
}
