import ChatAPI
import Storage

/// Table `outbox`: one row per change that waits or failed.
enum OutboxStore {
    /// `plOB`: what the file's header says it is.
    static let applicationID: Int32 = 0x706C_4F42

    static let migrations = [
        Migration(
            number: 1,
            name: "outbox",
            sql: """
                CREATE TABLE outbox (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    operation TEXT NOT NULL,
                    input BLOB NOT NULL,
                    key TEXT NOT NULL,
                    queued_at INTEGER NOT NULL,
                    attempts INTEGER NOT NULL DEFAULT 0,
                    not_before INTEGER NOT NULL DEFAULT 0,
                    failure BLOB
                ) STRICT;
                """
        )
    ]

    private static let insert: SQL = """
        INSERT INTO outbox (operation, input, key, queued_at) VALUES (:operation, :input, :key, :at)
        """
    private static let select: SQL = """
        SELECT id, operation, input, key, queued_at, attempts, not_before, failure FROM outbox ORDER BY id
        """
    private static let change: SQL = """
        UPDATE outbox SET attempts = :attempts, not_before = :notBefore, failure = :failure WHERE id = :id
        """
    private static let remove: SQL = "DELETE FROM outbox WHERE id = :id"

    static func insert(
        _ call: OutboxCall,
        key: String,
        at now: Milliseconds,
        _ connection: Connection
    ) throws(StorageError) -> Int64 {
        try connection.run(insert) {
            $0.bind("operation", call.operation)
            $0.bind("input", call.input)
            $0.bind("key", key)
            $0.bind("at", now)
        }
        return connection.lastInsertedRow
    }

    /// A row that this program cannot read stays for the one that wrote it.
    static func load(_ connection: Connection) throws(StorageError) -> [OutboxItem] {
        do {
            return try connection.all(select) { row -> OutboxItem? in
                guard let call = OutboxCall(operation: row.string(1), input: row.bytes(2)) else { return nil }
                var state = OutboxItem.State.pending
                if let failure = row.optionalBytes(7) {
                    state = .failed(
                        (try? Coding.decode(APIError.self, from: failure)) ?? APIError(.internal, "refused")
                    )
                }
                return OutboxItem(
                    id: row.int64(0),
                    call: call,
                    key: row.string(3),
                    queuedAt: row.int64(4),
                    state: state,
                    attempts: row.int(5),
                    notBefore: row.int64(6)
                )
            }.compactMap { $0 }
        } catch let error as StorageError {
            throw error
        } catch {
            throw .setup(reason: "\(error)")
        }
    }

    static func update(_ item: OutboxItem, _ connection: Connection) throws(StorageError) {
        switch item.state {
        case .sent, .discarded: try connection.run(remove) { $0.bind("id", item.id) }
        case .sending: break
        case .pending, .failed:
            var failure: [UInt8]?
            if case .failed(let error) = item.state { failure = Coding.encode(error) }
            try connection.run(change) {
                $0.bind("id", item.id)
                $0.bind("attempts", item.attempts)
                $0.bind("notBefore", item.notBefore)
                $0.bind("failure", failure)
            }
        }
    }
}
