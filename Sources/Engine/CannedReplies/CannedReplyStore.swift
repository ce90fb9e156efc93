import ChatAPI
import Storage

/// Table `canned_reply`: prepared answers of an agency, of an event, or of one organizer.
enum CannedReplyStore {
    static let schema = """
        CREATE TABLE canned_reply (
            id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
            scope TEXT NOT NULL,
            key TEXT NOT NULL,
            text TEXT NOT NULL,
            changed_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX canned_reply_key ON canned_reply (scope, key);
        """

    private static let columns = "id, scope, key, text, changed_at"
    private static let selectOne = SQL("SELECT \(columns) FROM canned_reply WHERE id = :id")
    private static let selectKey = SQL("SELECT \(columns) FROM canned_reply WHERE scope = :scope AND key = :key")
    private static let selectScope = SQL(
        "SELECT \(columns) FROM canned_reply WHERE scope = :scope AND key > :after ORDER BY key LIMIT :limit"
    )
    private static let count: SQL = "SELECT COUNT(*) FROM canned_reply WHERE scope = :scope"
    private static let upsert: SQL = """
        INSERT INTO canned_reply (id, scope, key, text, changed_at) VALUES (:id, :scope, :key, :text, :changedAt)
        ON CONFLICT (scope, key) DO UPDATE SET text = excluded.text, changed_at = excluded.changed_at
        """
    private static let delete: SQL = "DELETE FROM canned_reply WHERE id = :id"
    private static let deleteScope: SQL = "DELETE FROM canned_reply WHERE scope = :scope"

    static func reply(_ id: ReplyID, _ tx: borrowing some Reading & ~Copyable) throws -> CannedReply? {
        try tx.first(selectOne) {
            $0.bind("id", id)
        } row: {
            read($0)
        }
    }

    static func reply(
        _ key: String,
        in scope: String,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> CannedReply? {
        try tx.first(selectKey) {
            $0.bind("scope", scope)
            $0.bind("key", key)
        } row: {
            read($0)
        }
    }

    static func replies(
        in scope: String,
        after key: String,
        limit: Int,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [CannedReply] {
        try tx.all(selectScope) {
            $0.bind("scope", scope)
            $0.bind("after", key)
            $0.bind("limit", limit)
        } row: {
            read($0)
        }
    }

    static func count(in scope: String, _ tx: borrowing some Reading & ~Copyable) throws -> Int {
        try tx.first(count) {
            $0.bind("scope", scope)
        } row: {
            $0.int(0)
        } ?? 0
    }

    static func upsert(_ reply: CannedReply, _ tx: borrowing Transaction) throws {
        try tx.run(upsert) {
            $0.bind("id", reply.id)
            $0.bind("scope", reply.scope)
            $0.bind("key", reply.key)
            $0.bind("text", reply.text)
            $0.bind("changedAt", reply.changedAt)
        }
    }

    static func delete(_ id: ReplyID, _ tx: borrowing Transaction) throws {
        try tx.run(delete) { $0.bind("id", id) }
    }

    static func deleteAll(in scope: String, _ tx: borrowing Transaction) throws {
        try tx.run(deleteScope) { $0.bind("scope", scope) }
    }

    private static func read(_ row: Row) -> CannedReply {
        CannedReply(
            id: row.id(0),
            scope: row.string(1),
            key: row.string(2),
            text: row.string(3),
            changedAt: row.int64(4)
        )
    }
}
