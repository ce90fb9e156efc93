import ChatAPI
import Synchronization

/// Who a session or a bot token is, kept in memory until the writer says that it changed.
///
/// The writer applies its news here right after a commit is durable and before anyone is answered: when a revocation
/// returns, no call gets through any more. A reader that looked before that commit may not put its answer in: it names the
/// `generation` at which it began, and the answer is dropped if there is another one by then.
package final class CallerCache: Sendable {
    enum Key: Hashable, Sendable {
        case session(SessionID)
        /// By the token's hash.
        case token([UInt8])
    }

    struct Entry: Sendable {
        /// Without an address: that is the call's.
        var caller: Caller
        /// When the session or token ends by itself. Nil: never.
        var endsAt: Milliseconds?
        /// Set while the session's previous refresh token still works: an access token that ends then or later shows
        /// that the newest one arrived.
        var confirmingExpiry: Milliseconds?
        /// When its use was last noted.
        var usedAt: Milliseconds
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var generation: UInt64 = 0
    }

    /// Lock tier 2. Held for a lookup; nothing is called while it is held.
    private let state = Mutex(State())

    /// Callers remembered at once; beyond that all are forgotten and read again: 20,000 are about 8 MB.
    private static let limit = 20_000

    var generation: UInt64 { state.withLock { $0.generation } }

    var count: Int { state.withLock { $0.entries.count } }

    /// What is known, changed by `body` under the lock.
    func use<Value>(_ key: Key, _ body: (inout Entry) -> Value) -> Value? {
        state.withLock { state in
            guard var entry = state.entries[key] else { return nil }
            let value = body(&entry)
            state.entries[key] = entry
            return value
        }
    }

    func insert(_ entry: Entry, for key: Key, readAt generation: UInt64) {
        state.withLock { state in
            guard state.generation == generation else { return }
            if state.entries.count >= Self.limit { state.entries.removeAll() }
            state.entries[key] = entry
        }
    }

    /// Runs on the writer thread, once per commit group, in commit order.
    func apply(_ news: [News]) {
        for item in news {
            switch item {
            case .sessionEnded(let session, _): forget(.session(session))
            case .tokenEnded(let token): forget { $0.token == token }
            case .capabilitiesChanged(let account): forget { $0.account == account }
            default: break
            }
        }
    }

    func forget(_ key: Key) {
        state.withLock { state in
            state.generation &+= 1
            state.entries[key] = nil
        }
    }

    /// What everybody may do has changed.
    func forgetEverybody() { forget { _ in true } }

    private func forget(_ isMeant: (Caller) -> Bool) {
        state.withLock { state in
            state.generation &+= 1
            state.entries = state.entries.filter { !isMeant($0.value.caller) }
        }
    }
}
