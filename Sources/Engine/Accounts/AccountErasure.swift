import ChatAPI
import Storage

/// What the audit log says about a deleted account, taken out of it in batches: in the deletion itself as far as that is
/// quick, the rest in writes of their own. Where it stands is in `account.erasing`, so a restart goes on with it.
enum AccountErasure {
    private static let mark = SQL("UPDATE account SET erasing = :through WHERE id = :id")
    private static let select = SQL("SELECT id, erasing FROM account WHERE erasing IS NOT NULL LIMIT 1")

    /// Begins with everything up to the newest entry, which is the deletion's own.
    static func begin(_ account: AccountID, now: Milliseconds, _ tx: borrowing Transaction) throws {
        try step(account, through: try AuditStore.head(tx).seq, now: now, tx)
    }

    /// One batch of whichever account is to be erased.
    ///
    /// - Returns: false if there is none.
    static func goOn(now: Milliseconds, _ tx: borrowing Transaction) throws -> Bool {
        let next: (account: AccountID, through: Int64)? = try tx.first(select) { ($0.id(0), $0.int64(1)) }
        guard let next else { return false }
        try step(next.account, through: next.through, now: now, tx)
        return true
    }

    private static func step(
        _ account: AccountID,
        through: Int64,
        now: Milliseconds,
        _ tx: borrowing Transaction
    ) throws {
        let hasMore = try AuditErasure.run(of: account, through: through, now: now, tx)
        try tx.run(mark) {
            $0.bind("through", hasMore ? through : nil as Int64?)
            $0.bind("id", account)
        }
    }
}

extension AccountServices {
    /// Finishes what deletions left to erase. Called after each, and at the start.
    package func finishErasures() {
        let clock = clock
        database.enqueue(touching: []) { tx in
            try AccountErasure.goOn(now: clock.now, tx)
        } completion: { result in
            // After an error the next start goes on.
            if case .success(true) = result { finishErasures() }
        }
    }
}
