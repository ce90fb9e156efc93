import ChatAPI
import Storage

/// Table `code`: invitations and reset codes that were not used yet, as hashes.
enum CodeStore {
    struct Stored: Sendable {
        let account: AccountID?
        let createdBy: AccountID?
    }

    private static let select = SQL(
        "SELECT account, created_by FROM code WHERE hash = :hash AND kind = :kind AND expires_at > :now"
    )
    private static let insert = SQL(
        """
        INSERT INTO code (hash, kind, account, created_by, created_at, expires_at)
        VALUES (:hash, :kind, :account, :createdBy, :createdAt, :expiresAt)
        """
    )
    private static let delete = SQL("DELETE FROM code WHERE hash = :hash")
    private static let deleteOf = SQL("DELETE FROM code WHERE account = :account")
    private static let deleteExpired = SQL("DELETE FROM code WHERE expires_at <= :now")

    /// What a code is good for; a refusal if it is not known, was used, or is too old. Which of these is not told.
    static func require(
        _ code: String,
        _ kind: CodeKind,
        now: Milliseconds,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> (hash: [UInt8], stored: Stored) {
        if let hash = SecretText.hash(code: code, kind) {
            let stored = try tx.first(select) {
                $0.bind("hash", hash)
                $0.bind("kind", kind.rawValue)
                $0.bind("now", now)
            } row: { row in
                Stored(account: row.optionalID(0), createdBy: row.optionalID(1))
            }
            if let stored { return (hash, stored) }
        }
        throw APIError(.codeInvalid, "this code is not valid: it may be mistyped, used already, or too old")
    }

    /// The same, and the code is used up.
    static func use(
        _ code: String,
        _ kind: CodeKind,
        now: Milliseconds,
        _ tx: borrowing Transaction
    ) throws -> Stored {
        let (hash, stored) = try require(code, kind, now: now, tx)
        try tx.run(delete) { $0.bind("hash", hash) }
        return stored
    }

    static func insert(
        _ code: String,
        _ kind: CodeKind,
        for account: AccountID?,
        by creator: AccountID?,
        now: Milliseconds,
        expiresAt: Milliseconds,
        _ tx: borrowing Transaction
    ) throws {
        guard let hash = SecretText.hash(code: code, kind) else {
            preconditionFailure("a code was made in another form")
        }
        try tx.run(deleteExpired) { $0.bind("now", now) }
        try tx.run(insert) {
            $0.bind("hash", hash)
            $0.bind("kind", kind.rawValue)
            $0.bind("account", account)
            $0.bind("createdBy", creator)
            $0.bind("createdAt", now)
            $0.bind("expiresAt", expiresAt)
        }
    }

    static func deleteAll(for account: AccountID, _ tx: borrowing Transaction) throws {
        try tx.run(deleteOf) { $0.bind("account", account) }
    }
}
