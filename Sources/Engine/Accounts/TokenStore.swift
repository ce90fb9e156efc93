import ChatAPI
import Storage

/// Table `token`: what bots and scripts sign their calls with, as hashes.
enum TokenStore {
    private static let columns = "id, account, label, scopes, created_at, last_used_at, expires_at"
    private static let select = SQL("SELECT \(columns) FROM token WHERE id = :id")
    private static let selectByHash = SQL("SELECT \(columns) FROM token WHERE hash = :hash")
    private static let selectOf = SQL("SELECT \(columns) FROM token WHERE account = :account ORDER BY id")
    private static let count = SQL("SELECT count(*) FROM token WHERE account = :account")
    private static let insert = SQL(
        """
        INSERT INTO token (id, account, label, scopes, hash, created_at, expires_at)
        VALUES (:id, :account, :label, :scopes, :hash, :createdAt, :expiresAt)
        """
    )
    private static let use = SQL(
        "UPDATE token SET last_used_at = :at WHERE id = :id AND coalesce(last_used_at, 0) < :at2"
    )
    private static let delete = SQL("DELETE FROM token WHERE id = :id")

    private static func token(_ row: Row) -> Token {
        Token(
            id: row.id(0),
            account: row.id(1),
            label: row.string(2),
            // A capability that this release does not know is not given.
            scopes: row.string(3).split(separator: " ").compactMap { Capability(rawValue: String($0)) },
            createdAt: row.int64(4),
            lastUsedAt: row.optionalInt64(5),
            expiresAt: row.optionalInt64(6)
        )
    }

    static func find(_ id: TokenID, _ tx: borrowing some Reading & ~Copyable) throws -> Token? {
        try tx.first(select) {
            $0.bind("id", id)
        } row: {
            token($0)
        }
    }

    static func find(hash: [UInt8], _ tx: borrowing some Reading & ~Copyable) throws -> Token? {
        try tx.first(selectByHash) {
            $0.bind("hash", hash)
        } row: {
            token($0)
        }
    }

    static func tokens(of account: AccountID, _ tx: borrowing some Reading & ~Copyable) throws -> [Token] {
        try tx.all(selectOf) {
            $0.bind("account", account)
        } row: {
            token($0)
        }
    }

    static func count(of account: AccountID, _ tx: borrowing some Reading & ~Copyable) throws -> Int {
        try tx.first(count) {
            $0.bind("account", account)
        } row: {
            $0.int(0)
        } ?? 0
    }

    static func insert(_ token: Token, hash: [UInt8], _ tx: borrowing Transaction) throws {
        try tx.run(insert) {
            $0.bind("id", token.id)
            $0.bind("account", token.account)
            $0.bind("label", token.label)
            $0.bind("scopes", token.scopes.map(\.rawValue).joined(separator: " "))
            $0.bind("hash", hash)
            $0.bind("createdAt", token.createdAt)
            $0.bind("expiresAt", token.expiresAt)
        }
    }

    static func use(_ token: TokenID, at: Milliseconds, _ tx: borrowing Transaction) throws {
        try tx.run(use) {
            $0.bind("at", at)
            $0.bind("id", token)
            $0.bind("at2", at)
        }
    }

    /// The one way a token ends: its row goes, and its connections close once that is durable.
    static func end(_ token: TokenID, _ tx: borrowing Transaction) throws {
        try tx.run(delete) { $0.bind("id", token) }
        tx.facts.tell(.tokenEnded(token))
    }

    static func endAll(of account: AccountID, _ tx: borrowing Transaction) throws {
        for token in try tokens(of: account, tx) { try end(token.id, tx) }
    }
}
