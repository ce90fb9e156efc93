import ChatAPI
import Synchronization

/// Who works the help desk right now: by an open connection, or by a call not long ago.
///
/// Never stored. After a start everybody counts as seen at the start: nobody loses a chat because the daemon restarted.
package final class Attendance: Sendable {
    private struct State {
        var connections: [AccountID: Int] = [:]
        var seen: [AccountID: Milliseconds] = [:]
        var changes = 0
    }

    /// Lock tier 2. Held for a lookup; nothing is called while it is held.
    private let state = Mutex(State())
    private let startedAt: Milliseconds

    private static let remembered = 20_000

    init(startedAt: Milliseconds) { self.startedAt = startedAt }

    func opened(_ account: AccountID) {
        state.withLock { state in
            state.connections[account, default: 0] += 1
            state.changes += 1
        }
    }

    func closed(_ account: AccountID, now: Milliseconds) {
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
    func noted(_ account: AccountID, now: Milliseconds) {
        state.withLock { Self.note(account, now, &$0) }
    }

    func isConnected(_ account: AccountID) -> Bool { state.withLock { $0.connections[account] != nil } }

    /// The last sign of somebody who is not connected.
    func seen(_ account: AccountID) -> Milliseconds { state.withLock { $0.seen[account] } ?? startedAt }

    func isPresent(_ account: AccountID, now: Milliseconds) -> Bool {
        state.withLock { state in
            if state.connections[account] != nil { return true }
            guard let seen = state.seen[account] else { return false }
            return now - seen < ChatRules.goneMilliseconds
        }
    }

    private static func note(_ account: AccountID, _ now: Milliseconds, _ state: inout State) {
        state.seen[account] = now
        guard state.seen.count > remembered else { return }
        // Who is gone for an hour is gone for every rule.
        state.seen = state.seen.filter { now - $0.value < 3_600_000 }
    }
}
