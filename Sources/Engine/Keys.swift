import ChatAPI
import Storage

/// Table `idempotency_key`: the answer to a call, kept 24 h, so that a repeat gets the same one.
enum KeyStore {
    static let schema = """
        CREATE TABLE idempotency_key (
            account BLOB NOT NULL,
            operation TEXT NOT NULL,
            key TEXT NOT NULL,
            input_hash BLOB NOT NULL,
            answer BLOB NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (account, operation, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX idempotency_key_at ON idempotency_key (at);
        """

    /// At least as long as a client keeps an unsent call.
    static let keptMilliseconds: Int64 = 24 * 3_600_000

    private static let select = SQL(
        """
        SELECT input_hash, answer FROM idempotency_key
        WHERE account = :account AND operation = :operation AND key = :key
        """
    )
    private static let insert = SQL(
        """
        INSERT INTO idempotency_key (account, operation, key, input_hash, answer, at)
        VALUES (:account, :operation, :key, :inputHash, :answer, :at)
        """
    )
    private static let deleteOld = SQL(
        """
        DELETE FROM idempotency_key WHERE (account, operation, key) IN (
            SELECT account, operation, key FROM idempotency_key WHERE at < :before LIMIT :limit
        )
        """
    )

    static func answer(to call: Call, _ tx: borrowing Transaction) throws -> [UInt8]? {
        guard let key = call.options.key, let inputHash = call.inputHash else { return nil }
        let stored = try tx.first(select) {
            $0.bind("account", call.owner)
            $0.bind("operation", call.operation)
            $0.bind("key", key)
        } row: { row in
            (inputHash: row.bytes(0), answer: row.bytes(1))
        }
        guard let stored else { return nil }
        guard stored.inputHash == inputHash else {
            throw APIError(.keyReused, "the key '\(key)' belongs to a call of \(call.operation) with another input")
        }
        return stored.answer
    }

    static func insert(_ answer: [UInt8], for call: Call, _ tx: borrowing Transaction) throws {
        guard let key = call.options.key, let inputHash = call.inputHash else { return }
        try tx.run(insert) {
            $0.bind("account", call.owner)
            $0.bind("operation", call.operation)
            $0.bind("key", key)
            $0.bind("inputHash", inputHash)
            $0.bind("answer", answer)
            $0.bind("at", call.now)
        }
    }

    /// True if there may be more of them.
    static func deleteOld(before time: Milliseconds, limit: Int, _ tx: borrowing Transaction) throws -> Bool {
        try tx.run(deleteOld) {
            $0.bind("before", time)
            $0.bind("limit", limit)
        } == limit
    }
}

extension Call {
    /// Keys are scoped to an account; a caller without one is scoped to nobody.
    fileprivate var owner: [UInt8] { caller.account?.bytes ?? [] }
}
