package import ChatAPI
import Storage

/// Tables `register` and `register_head`: what an account keeps in step on its devices, and its counter of versions.
///
/// A cleared register keeps its row without a value, so that a device that comes back hears of it. `told` is the entry of
/// `@me` that carries the newest value; when the value changes again that entry is emptied, so that `@me` never holds
/// more than the registers themselves. Read markers are rows of `membership` and share the counter.
package enum RegisterStore {
    package static let schema = """
        CREATE TABLE register (
            account BLOB NOT NULL,
            key TEXT NOT NULL,
            value TEXT,
            version INTEGER NOT NULL,
            told INTEGER,
            PRIMARY KEY (account, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX register_version ON register (account, version);
        CREATE TABLE register_head (
            account BLOB NOT NULL PRIMARY KEY,
            version INTEGER NOT NULL,
            bytes INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    private static let select: SQL = """
        SELECT value, version, told FROM register WHERE account = :account AND key = :key
        """
    static let selectAfter: SQL = """
        SELECT key, value, version FROM register
        WHERE account = :account AND version > :after ORDER BY version LIMIT :limit
        """
    private static let upsert: SQL = """
        INSERT INTO register (account, key, value, version, told) VALUES (:account, :key, :value, :version, :told)
        ON CONFLICT (account, key) DO UPDATE SET value = excluded.value, version = excluded.version, told = excluded.told
        """
    private static let selectCount: SQL = "SELECT COUNT(*) FROM register WHERE account = :account"
    private static let deleteCleared: SQL = """
        DELETE FROM register WHERE account = :account AND key IN (
            SELECT key FROM register WHERE account = :owner AND value IS NULL ORDER BY version LIMIT 100
        )
        """
    private static let advance: SQL = """
        INSERT INTO register_head (account, version, bytes) VALUES (:account, 1, :difference)
        ON CONFLICT (account) DO UPDATE
        SET version = register_head.version + 1, bytes = register_head.bytes + excluded.bytes
        RETURNING version
        """
    private static let selectHead: SQL = "SELECT version, bytes FROM register_head WHERE account = :account"
    private static let emptyEntry: SQL = "UPDATE entry SET detail = NULL WHERE log = :log AND seq = :seq"
    private static let deleteAll: SQL = "DELETE FROM register WHERE account = :account"
    private static let deleteHead: SQL = "DELETE FROM register_head WHERE account = :account"

    struct Stored {
        let value: String?
        let version: Int64
        let told: Int64?
    }

    static func stored(
        _ key: String,
        of account: AccountID,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Stored? {
        try tx.first(select) {
            $0.bind("account", account)
            $0.bind("key", key)
        } row: { row in
            Stored(value: row.optionalString(0), version: row.int64(1), told: row.optionalInt64(2))
        }
    }

    /// Registers changed after a version, in the order of their versions.
    static func page(
        of account: AccountID,
        after version: Int64,
        limit: Int,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [Register] {
        try tx.all(selectAfter) {
            $0.bind("account", account)
            $0.bind("after", version)
            $0.bind("limit", limit)
        } row: { row in
            Register(key: row.string(0), value: try value(row.optionalString(1)), version: row.int64(2))
        }
    }

    static func count(of account: AccountID, _ tx: borrowing some Reading & ~Copyable) throws -> Int {
        try tx.first(selectCount) {
            $0.bind("account", account)
        } row: {
            $0.int(0)
        } ?? 0
    }

    /// The newest version of any register of the account, and the bytes of all their values.
    static func head(
        of account: AccountID,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> (version: Int64, bytes: Int) {
        try tx.first(selectHead) {
            $0.bind("account", account)
        } row: {
            ($0.int64(0), $0.int(1))
        } ?? (0, 0)
    }

    // MARK: - Changing

    static func upsert(_ register: Register, of account: AccountID, told: Int64?, _ tx: borrowing Transaction) throws {
        try tx.run(upsert) {
            $0.bind("account", account)
            $0.bind("key", register.key)
            $0.bind("value", register.value.map(text))
            $0.bind("version", register.version)
            $0.bind("told", told)
        }
    }

    /// The next version, once values have grown by so many bytes.
    static func advance(_ account: AccountID, bytes difference: Int, _ tx: borrowing Transaction) throws -> Int64 {
        try tx.first(advance) {
            $0.bind("account", account)
            $0.bind("difference", difference)
        } row: {
            $0.int64(0)
        } ?? 0
    }

    /// The oldest hundred of those that are cleared. Devices that were away longer still get the rest right.
    ///
    /// - Returns: how many there were.
    static func deleteCleared(of account: AccountID, _ tx: borrowing Transaction) throws -> Int {
        try tx.run(deleteCleared) {
            $0.bind("account", account)
            $0.bind("owner", account)
        }
    }

    /// An entry of `@me` whose value is no longer the newest keeps its number and nothing else.
    static func emptyEntry(_ seq: Int64?, of account: AccountID, _ tx: borrowing Transaction) throws {
        guard let seq else { return }
        try tx.run(emptyEntry) {
            $0.bind("log", LogID.me(account).key)
            $0.bind("seq", seq)
        }
    }

    /// Everything an account that is being deleted kept.
    package static func deleteAll(of account: AccountID, _ tx: borrowing Transaction) throws {
        try tx.run(deleteAll) { $0.bind("account", account) }
        try tx.run(deleteHead) { $0.bind("account", account) }
    }

    static func text(_ value: JSON) -> String { String(decoding: Coding.encode(value), as: UTF8.self) }

    private static func value(_ text: String?) throws -> JSON? {
        try text.map { try Coding.decode(JSON.self, from: Array($0.utf8)) }
    }
}
