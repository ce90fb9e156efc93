package import ChatAPI
package import Storage

/// The log `@me` of each account: how it is written, and how it stays short.
///
/// It keeps its newest 10,000 entries, and of them those of the last 30 days; a position before that gets `gap`, and
/// `me.get` says how things stand (`protocol.md` 3). It is shortened as it is written, a little at a time; `sweep` does the
/// same for accounts that nothing happens to. The newest entry always stays: the log's head is read from it.
package enum MeLog {
    /// Two devices for a month of markers; a client that was away longer needs the state, not its history.
    package static let keptEntries: Int64 = 10_000
    package static let keptMilliseconds: Int64 = 30 * 24 * 3_600_000
    /// Length and age are looked at once in so many entries: few writes delete anything, and none much.
    static let trimmedEvery: Int64 = 256
    /// Entries that one write deletes because of their age.
    static let agedEntries: Int64 = 500

    private static let deleteThrough: SQL = "DELETE FROM entry WHERE log = :log AND seq <= :through"
    static let selectFirst: SQL = "SELECT MIN(seq) FROM entry WHERE log = :log"
    static let selectFirstSince: SQL = """
        SELECT seq FROM entry WHERE log = :log AND seq > :after AND at >= :since ORDER BY seq LIMIT 1
        """
    private static let selectAccounts: SQL = """
        SELECT id FROM account WHERE id > :after ORDER BY id LIMIT :limit
        """

    static func deleteThrough(_ seq: Int64, of account: AccountID, _ tx: borrowing Transaction) throws -> Int {
        try tx.run(deleteThrough) {
            $0.bind("log", LogID.me(account).key)
            $0.bind("through", seq)
        }
    }

    /// The number of the oldest entry that is kept; 1 if there is none yet. A client that has `first - 1` has missed nothing.
    package static func first(
        of account: AccountID,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Int64 {
        let first = try tx.first(selectFirst) {
            $0.bind("log", LogID.me(account).key)
        } row: {
            $0.optionalInt64(0)
        }
        return first.flatMap(\.self) ?? 1
    }

    /// Deletes what is older than 30 days, but not the newest entry.
    ///
    /// - Returns: how many entries, at most `limit`.
    static func deleteOld(
        of account: AccountID,
        now: Milliseconds,
        limit: Int64,
        _ tx: borrowing Transaction
    ) throws -> Int64 {
        let first = try first(of: account, tx)
        let head = try tx.facts.head(of: .me(account), in: tx).seq
        let since = try tx.first(selectFirstSince) {
            $0.bind("log", LogID.me(account).key)
            $0.bind("after", first - 1)
            $0.bind("since", now - keptMilliseconds)
        } row: {
            $0.int64(0)
        }
        let count = min((since ?? head) - first, head - first, limit)
        return count > 0 ? Int64(try deleteThrough(first + count - 1, of: account, tx)) : 0
    }

    /// Where a sweep over all accounts stands.
    package struct Sweep: Sendable, Equatable {
        /// Accounts up to this one are done; nil before the first.
        package var after: AccountID?
        package var isFinished = false

        package init(after: AccountID? = nil) { self.after = after }
    }

    /// Deletes what is older than 30 days in the logs of the next accounts: at most `entries` in one write.
    package static func sweep(
        _ sweep: Sweep,
        now: Milliseconds,
        accounts: Int = 200,
        entries: Int64 = agedEntries,
        _ tx: borrowing Transaction
    ) throws -> Sweep {
        var sweep = sweep
        var room = entries
        let ids: [AccountID] = try tx.all(selectAccounts) {
            $0.bind("after", sweep.after ?? AccountID(high: 0, low: 0))
            $0.bind("limit", accounts)
        } row: {
            $0.id(0)
        }
        for id in ids {
            room -= try deleteOld(of: id, now: now, limit: room, tx)
            if room == 0 {
                sweep.after = sweep.after ?? AccountID(high: 0, low: 0)
                return sweep
            }
            sweep.after = id
        }
        sweep.isFinished = ids.count < accounts
        return sweep
    }
}

extension Transaction {
    /// Appends to an account's own log, and shortens it once it is longer than what is kept.
    package func appendToMe(_ draft: Entry, of account: AccountID, now: Milliseconds) throws -> Entry {
        let entry = try append(draft, to: .me(account), now: now)
        if entry.seq % MeLog.trimmedEvery == 0 {
            if entry.seq > MeLog.keptEntries {
                _ = try MeLog.deleteThrough(entry.seq - MeLog.keptEntries, of: account, self)
            }
            _ = try MeLog.deleteOld(of: account, now: now, limit: MeLog.agedEntries, self)
        }
        return entry
    }
}
