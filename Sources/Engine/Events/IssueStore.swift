import ChatAPI
import Storage

/// Tables `issue` and `issue_comment`: what happened at an event, numbered from 1 in each.
enum IssueStore {
    static let schema = """
        CREATE TABLE issue (
            id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
            event BLOB NOT NULL REFERENCES event (id),
            number INTEGER NOT NULL,
            title TEXT NOT NULL,
            search TEXT NOT NULL,
            text TEXT,
            status TEXT NOT NULL CHECK (status IN ('open', 'in_progress', 'resolved', 'cancelled')),
            priority TEXT NOT NULL CHECK (priority IN ('low', 'medium', 'high')),
            created_by BLOB NOT NULL,
            created_at INTEGER NOT NULL,
            closed_at INTEGER,
            comments INTEGER NOT NULL DEFAULT 0,
            version INTEGER NOT NULL,
            UNIQUE (event, number),
            CHECK ((status IN ('resolved', 'cancelled')) = (closed_at IS NOT NULL))
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE issue_comment (
            id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
            issue BLOB NOT NULL REFERENCES issue (id),
            text TEXT NOT NULL,
            author BLOB NOT NULL,
            at INTEGER NOT NULL,
            edited_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX issue_comment_issue ON issue_comment (issue, id);
        """

    private static let columns = """
        id, event, number, title, text, status, priority, created_by, created_at, closed_at, comments, version
        """
    private static let selectOne = SQL("SELECT \(columns) FROM issue WHERE id = :id")
    static let selectPage = SQL(
        """
        SELECT \(columns) FROM issue
        WHERE event = :event AND number < :before AND (CAST(:status AS TEXT) IS NULL OR status = :status)
            AND (CAST(:priority AS TEXT) IS NULL OR priority = :priority) AND (CAST(:query AS TEXT) IS NULL OR instr(search, :query) > 0)
        ORDER BY number DESC LIMIT :limit
        """
    )
    private static let nextNumber: SQL = "UPDATE event SET issues = issues + 1 WHERE id = :event"
    private static let selectNumber: SQL = "SELECT issues FROM event WHERE id = :event"
    private static let insert: SQL = """
        INSERT INTO issue (
            id, event, number, title, search, text, status, priority, created_by, created_at, closed_at, version
        ) VALUES (
            :id, :event, :number, :title, :search, :text, :status, :priority, :createdBy, :createdAt, :closedAt, :version
        )
        """
    private static let update: SQL = """
        UPDATE issue SET title = :title, search = :search, text = :text, status = :status, priority = :priority,
            closed_at = :closedAt, version = :version
        WHERE id = :id
        """
    private static let delete: SQL = "DELETE FROM issue WHERE id = :id"
    private static let deleteComments: SQL = "DELETE FROM issue_comment WHERE issue = :id"
    private static let deleteAll: SQL = "DELETE FROM issue WHERE event = :event"
    private static let deleteAllComments: SQL = """
        DELETE FROM issue_comment WHERE issue IN (SELECT id FROM issue WHERE event = :event)
        """
    private static let countComment: SQL = "UPDATE issue SET comments = comments + :difference WHERE id = :id"

    private static func read(_ row: Row) -> EventIssue {
        EventIssue(
            id: row.id(0),
            event: row.id(1),
            number: row.int64(2),
            title: row.string(3),
            text: row.optionalString(4),
            status: row.name(5),
            priority: row.name(6),
            createdBy: row.id(7),
            createdAt: row.int64(8),
            closedAt: row.optionalInt64(9),
            comments: row.int(10),
            version: row.int64(11)
        )
    }

    static func find(_ id: IssueID, _ tx: borrowing some Reading & ~Copyable) throws -> EventIssue? {
        try tx.first(selectOne) {
            $0.bind("id", id)
        } row: {
            read($0)
        }
    }

    /// Newest first, before a number.
    static func page(
        _ query: IssueQuery,
        of event: EventID,
        before number: Int64,
        words: String?,
        limit: Int,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [EventIssue] {
        try tx.all(selectPage) {
            $0.bind("event", event)
            $0.bind("before", number)
            $0.bind("status", query.status?.rawValue)
            $0.bind("priority", query.priority?.rawValue)
            $0.bind("query", words)
            $0.bind("limit", limit)
        } row: {
            read($0)
        }
    }

    /// The next number of an event, used up.
    static func number(in event: EventID, _ tx: borrowing Transaction) throws -> Int64 {
        try tx.run(nextNumber) { $0.bind("event", event) }
        return try tx.first(selectNumber) {
            $0.bind("event", event)
        } row: {
            $0.int64(0)
        } ?? 1
    }

    static func insert(_ issue: EventIssue, _ tx: borrowing Transaction) throws {
        try tx.run(insert) {
            bind(issue, to: &$0)
            $0.bind("event", issue.event)
            $0.bind("number", issue.number)
            $0.bind("createdBy", issue.createdBy)
            $0.bind("createdAt", issue.createdAt)
        }
    }

    static func update(_ issue: EventIssue, _ tx: borrowing Transaction) throws {
        try tx.run(update) { bind(issue, to: &$0) }
    }

    private static func bind(_ issue: EventIssue, to binder: inout Binder) {
        binder.bind("id", issue.id)
        binder.bind("title", issue.title)
        binder.bind("search", issue.title.lowercased())
        binder.bind("text", issue.text)
        binder.bind("status", issue.status.rawValue)
        binder.bind("priority", issue.priority.rawValue)
        binder.bind("closedAt", issue.closedAt)
        binder.bind("version", issue.version)
    }

    static func delete(_ id: IssueID, _ tx: borrowing Transaction) throws {
        try tx.run(deleteComments) { $0.bind("id", id) }
        try tx.run(delete) { $0.bind("id", id) }
    }

    static func deleteAll(of event: EventID, _ tx: borrowing Transaction) throws {
        try tx.run(deleteAllComments) { $0.bind("event", event) }
        try tx.run(deleteAll) { $0.bind("event", event) }
    }

    static func countComment(_ difference: Int, of id: IssueID, _ tx: borrowing Transaction) throws {
        try tx.run(countComment) {
            $0.bind("difference", difference)
            $0.bind("id", id)
        }
    }
}
