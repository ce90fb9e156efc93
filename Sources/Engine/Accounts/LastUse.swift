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

    /// Uses that may not be in the database yet.
    struct Notes: Sendable {
        fileprivate(set) var sessions: [SessionID: Use] = [:]
        fileprivate(set) var tokens: [TokenID: Use] = [:]
        fileprivate var isEmpty: Bool { sessions.isEmpty && tokens.isEmpty }

        fileprivate func merged(with later: Notes) -> Notes {
            Notes(sessions: sessions.merging(later.sessions) { $1 }, tokens: tokens.merging(later.tokens) { $1 })
        }
    }

    private struct State {
        var pending = Notes()
        /// On its way to the database.
        var flushing = Notes()
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

    /// What is not in the database yet. Taken before a read begins, it misses nothing that this read misses: what has left the
    /// notes was committed earlier. Taken within one, it may have been committed and forgotten since the read began.
    var notes: Notes { state.withLock { $0.flushing.merged(with: $0.pending) } }

    func flush(now: Milliseconds) {
        let pending = state.withLock { state in
            state.flushedAt = now
            let pending = state.pending
            state.pending = Notes()
            state.flushing = state.flushing.merged(with: pending)
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
