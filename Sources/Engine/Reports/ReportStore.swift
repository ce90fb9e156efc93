import ChatAPI
import Storage

/// Table `report`: messages that somebody showed to the moderators, with what they said then.
enum ReportStore {
    static let schema = """
        CREATE TABLE report (
            id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
            channel BLOB NOT NULL,
            seq INTEGER NOT NULL,
            author BLOB NOT NULL,
            text TEXT,
            reason TEXT NOT NULL,
            reported_by BLOB,
            at INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('open', 'resolved', 'dismissed')),
            resolved_by BLOB,
            resolved_at INTEGER,
            note TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX report_state ON report (state, at, id);
        CREATE INDEX report_channel ON report (channel, state, at, id);
        CREATE INDEX report_message ON report (channel, seq, reported_by);
        CREATE INDEX report_author ON report (author);
        CREATE INDEX report_by ON report (reported_by);
        """

    private static let columns = """
        r.id, r.channel, c.name, r.seq, r.author, r.text, r.reason, r.reported_by, r.at, r.state, r.resolved_by,
        r.resolved_at, r.note, s.slug
        """
    private static let from =
        "report r LEFT JOIN channel c ON c.id = r.channel LEFT JOIN space s ON s.id = c.space"
    private static let selectOne = SQL("SELECT \(columns) FROM \(from) WHERE r.id = :id")
    private static let selectOpen = SQL(
        """
        SELECT \(columns) FROM \(from)
        WHERE r.channel = :channel AND r.seq = :seq AND r.reported_by = :by AND r.state = 'open' LIMIT 1
        """
    )
    private static let selectPage = SQL(
        """
        SELECT \(columns) FROM \(from)
        WHERE r.state = :state AND (r.at, r.id) > (:at, :after)
        ORDER BY r.at, r.id LIMIT :limit
        """
    )
    private static let selectIn = SQL(
        """
        SELECT \(columns) FROM \(from)
        WHERE r.channel = :channel AND r.state = :state AND (r.at, r.id) > (:at, :after)
        ORDER BY r.at, r.id LIMIT :limit
        """
    )
    private static let insert: SQL = """
        INSERT INTO report (id, channel, seq, author, text, reason, reported_by, at, state)
        VALUES (:id, :channel, :seq, :author, :text, :reason, :by, :at, 'open')
        """
    private static let update: SQL = """
        UPDATE report SET state = :state, resolved_by = :by, resolved_at = :at, note = :note WHERE id = :id
        """
    private static let eraseAuthor: SQL = "UPDATE report SET text = NULL WHERE author = :account"
    private static let eraseReporter: SQL =
        "UPDATE report SET reported_by = NULL, reason = '' WHERE reported_by = :account"
    private static let eraseResolver: SQL =
        "UPDATE report SET resolved_by = NULL, note = NULL WHERE resolved_by = :account"
    private static let deleteIn: SQL = "DELETE FROM report WHERE channel = :channel"

    private static func report(_ row: Row) -> Report {
        var report = Report(
            id: row.id(0),
            channel: row.id(1),
            channelName: row.optionalString(2),
            seq: row.int64(3),
            author: row.id(4),
            text: row.optionalString(5),
            reason: row.string(6),
            by: row.optionalID(7),
            at: row.int64(8),
            state: row.name(9)
        )
        report.resolvedBy = row.optionalID(10)
        report.resolvedAt = row.optionalInt64(11)
        report.note = row.optionalString(12)
        report.spaceName = row.optionalString(13)
        return report
    }

    static func find(_ id: ReportID, _ tx: borrowing some Reading & ~Copyable) throws -> Report? {
        try tx.first(selectOne) {
            $0.bind("id", id)
        } row: {
            report($0)
        }
    }

    /// What the same person said of the same message, and nobody has decided yet.
    static func open(
        _ seq: Int64,
        in channel: ChannelID,
        by account: AccountID,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Report? {
        try tx.first(selectOpen) {
            $0.bind("channel", channel)
            $0.bind("seq", seq)
            $0.bind("by", account)
        } row: {
            report($0)
        }
    }

    static func page(
        _ state: ReportState,
        in channel: ChannelID?,
        after last: (at: Milliseconds, id: ReportID),
        limit: Int,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [Report] {
        try tx.all(channel == nil ? selectPage : selectIn) {
            $0.bind("state", state.rawValue)
            if let channel { $0.bind("channel", channel) }
            $0.bind("at", last.at)
            $0.bind("after", last.id)
            $0.bind("limit", limit)
        } row: {
            report($0)
        }
    }

    static func insert(_ report: Report, _ tx: borrowing Transaction) throws {
        try tx.run(insert) {
            $0.bind("id", report.id)
            $0.bind("channel", report.channel)
            $0.bind("seq", report.seq)
            $0.bind("author", report.author)
            $0.bind("text", report.text)
            $0.bind("reason", report.reason)
            $0.bind("by", report.by)
            $0.bind("at", report.at)
        }
    }

    static func update(_ report: Report, _ tx: borrowing Transaction) throws {
        try tx.run(update) {
            $0.bind("state", report.state.rawValue)
            $0.bind("by", report.resolvedBy)
            $0.bind("at", report.resolvedAt)
            $0.bind("note", report.note)
            $0.bind("id", report.id)
        }
    }

    /// What a deleted account wrote, said or decided is gone; that there was a report stays.
    static func erase(_ account: AccountID, _ tx: borrowing Transaction) throws {
        for statement in [eraseAuthor, eraseReporter, eraseResolver] {
            try tx.run(statement) { $0.bind("account", account) }
        }
    }

    static func deleteAll(in channel: ChannelID, _ tx: borrowing Transaction) throws {
        try tx.run(deleteIn) { $0.bind("channel", channel) }
    }
}
