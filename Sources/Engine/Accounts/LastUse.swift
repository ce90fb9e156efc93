import ChatAPI
import Storage
import Synchronization

/// When sessions and tokens were last used: noted in memory, written together at most once a minute.
///
/// A crash forgets the last minute of it; nothing else hangs on these times.
final class LastUse: Sendable {
    struct Use: Sendable {
        var at: Milliseconds
        var address: String
    }

    private struct Pending: Sendable {
        var sessions: [SessionID: Use] = [:]
        var tokens: [TokenID: Use] = [:]
        var isEmpty: Bool { sessions.isEmpty && tokens.isEmpty }
    }

    private struct State {
        var pending = Pending()
        /// On its way to the database.
        var flushing = Pending()
        var flushedAt: Milliseconds = 0
    }

    /// A use is noted, and the notes are written, at most this often.
    static let intervalMilliseconds: Int64 = 60_000

    private let database: EngineDatabase
    /// Lock tier 2. Nothing is called while it is held.
    private let state = Mutex(State())

    init(database: EngineDatabase) {
        self.database = database
    }

    func note(_ caller: Caller, at now: Milliseconds) {
        let isDue = state.withLock { state in
            let use = Use(at: now, address: caller.address)
            if let session = caller.session {
                state.pending.sessions[session] = use
            } else if let token = caller.token {
                state.pending.tokens[token] = use
            }
            return now - state.flushedAt >= Self.intervalMilliseconds
        }
        if isDue { flush(now: now) }
    }

    /// The latest known use that is not in the database yet.
    func use(of session: SessionID) -> Use? {
        state.withLock { $0.pending.sessions[session] ?? $0.flushing.sessions[session] }
    }
    func use(of token: TokenID) -> Use? { state.withLock { $0.pending.tokens[token] ?? $0.flushing.tokens[token] } }

    func flush(now: Milliseconds) {
        let pending = state.withLock { state in
            state.flushedAt = now
            let pending = state.pending
            state.pending = Pending()
            state.flushing.sessions.merge(pending.sessions) { $1 }
            state.flushing.tokens.merge(pending.tokens) { $1 }
            return pending
        }
        guard !pending.isEmpty else { return }
        database.enqueue(touching: []) { tx in
            for (session, use) in pending.sessions {
                try SessionStore.use(session, at: use.at, address: use.address, tx)
            }
            for (token, use) in pending.tokens { try TokenStore.use(token, at: use.at, tx) }
        } completion: { [self] _ in
            // Overloaded or closing: the next use is noted again.
            state.withLock { state in
                for (session, use) in pending.sessions where state.flushing.sessions[session]?.at == use.at {
                    state.flushing.sessions[session] = nil
                }
                for (token, use) in pending.tokens where state.flushing.tokens[token]?.at == use.at {
                    state.flushing.tokens[token] = nil
                }
            }
        }
    }
}
