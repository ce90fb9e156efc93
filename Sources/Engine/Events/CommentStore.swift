import ChatAPI
import Storage

/// Table `issue_comment`: what is said about issues.
enum CommentStore {
    private static let columns = "id, issue, text, author, at, edited_at"
    private static let selectOne = SQL("SELECT \(columns) FROM issue_comment WHERE id = :id")
    static let selectPage = SQL(
        "SELECT \(columns) FROM issue_comment WHERE issue = :issue AND id < :before ORDER BY id DESC LIMIT :limit"
    )
    private static let insert = SQL(
        "INSERT INTO issue_comment (id, issue, text, author, at) VALUES (:id, :issue, :text, :author, :at)"
    )
    private static let update: SQL = "UPDATE issue_comment SET text = :text, edited_at = :at WHERE id = :id"
    private static let delete: SQL = "DELETE FROM issue_comment WHERE id = :id"

    private static func read(_ row: Row) -> IssueComment {
        IssueComment(
            id: row.id(0),
            issue: row.id(1),
            text: row.string(2),
            by: row.id(3),
            at: row.int64(4),
            editedAt: row.optionalInt64(5)
        )
    }

    static func find(_ id: CommentID, _ tx: borrowing some Reading & ~Copyable) throws -> IssueComment? {
        try tx.first(selectOne) {
            $0.bind("id", id)
        } row: {
            read($0)
        }
    }

    /// Newest first, before an id.
    static func page(
        of issue: IssueID,
        before id: CommentID,
        limit: Int,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [IssueComment] {
        try tx.all(selectPage) {
            $0.bind("issue", issue)
            $0.bind("before", id)
            $0.bind("limit", limit)
        } row: {
            read($0)
        }
    }

    static func insert(_ comment: IssueComment, _ tx: borrowing Transaction) throws {
        try tx.run(insert) {
            $0.bind("id", comment.id)
            $0.bind("issue", comment.issue)
            $0.bind("text", comment.text)
            $0.bind("author", comment.by)
            $0.bind("at", comment.at)
        }
        try IssueStore.countComment(1, of: comment.issue, tx)
    }

    static func update(_ comment: IssueComment, _ tx: borrowing Transaction) throws {
        try tx.run(update) {
            $0.bind("text", comment.text)
            $0.bind("at", comment.editedAt)
            $0.bind("id", comment.id)
        }
    }

    static func delete(_ comment: IssueComment, _ tx: borrowing Transaction) throws {
        try tx.run(delete) { $0.bind("id", comment.id) }
        try IssueStore.countComment(-1, of: comment.issue, tx)
    }
}
