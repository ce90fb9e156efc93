import ChatAPI
import Storage

/// Tables `chat`, `chat_side`, `chat_note` and `sla_clock`: the conversations that requests led to.
///
/// A chat has the id of its channel. Its sides (the participant, and every organizer who ever had it) are rows of their own:
/// that is both sides' archive, which outlives the membership in the channel.
///
/// For `IN` with three values or more SQLite builds a table in memory each time that a row is checked; these rows are written
/// while somebody waits.
enum ChatStore {
    static let schema = """
        CREATE TABLE chat (
            id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
            request BLOB NOT NULL UNIQUE,
            queue BLOB NOT NULL,
            participant BLOB NOT NULL,
            organizer BLOB,
            topic TEXT,
            state TEXT NOT NULL CHECK (state = 'open' OR state = 'on_hold' OR state = 'ended' OR state = 'rated'),
            started_at INTEGER NOT NULL,
            answered_at INTEGER,
            is_idle INTEGER NOT NULL,
            is_lost INTEGER NOT NULL,
            ended_at INTEGER,
            ended_by BLOB,
            reason TEXT,
            stars INTEGER CHECK (stars BETWEEN 1 AND 5),
            comment TEXT,
            rated_at INTEGER,
            CHECK ((state IN ('ended', 'rated')) = (ended_at IS NOT NULL)),
            CHECK ((state = 'rated') = (stars IS NOT NULL))
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX chat_running ON chat (organizer) WHERE state IN ('open', 'on_hold');
        CREATE INDEX chat_queue ON chat (queue, started_at, id);
        CREATE INDEX chat_unattended ON chat (queue) WHERE state IN ('open', 'on_hold') AND (organizer IS NULL OR is_lost = 1);
        CREATE INDEX chat_rated ON chat (queue, rated_at) WHERE rated_at IS NOT NULL;
        CREATE INDEX chat_participant ON chat (participant, started_at, id);
        CREATE TABLE chat_side (
            account BLOB NOT NULL,
            started_at INTEGER NOT NULL,
            chat BLOB NOT NULL,
            PRIMARY KEY (account, started_at, chat)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX chat_side_chat ON chat_side (chat, account);
        CREATE TABLE chat_note (
            chat BLOB NOT NULL,
            seq INTEGER NOT NULL,
            author BLOB NOT NULL,
            at INTEGER NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (chat, seq)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE sla_clock (
            request BLOB NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('first_answer', 'resolution')),
            queue BLOB NOT NULL,
            due INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state = 'running' OR state = 'hit' OR state = 'missed'),
            stopped_at INTEGER,
            PRIMARY KEY (request, kind)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX sla_missed ON sla_clock (queue, due) WHERE state = 'missed';
        """

    /// Who is a side is found by the time the chat started, and whose chats there are by their sides: two indexes nobody needs.
    static let knownBySides = """
        DROP INDEX chat_participant;
        DROP INDEX chat_side_chat;
        """

    private static let columns = """
        c.id, c.request, c.queue, c.participant, c.organizer, c.topic, c.state, c.started_at, c.answered_at, c.is_idle,
        c.is_lost, c.ended_at, c.ended_by, c.reason, c.stars, c.comment, c.rated_at
        """
    private static let selectOne = SQL("SELECT \(columns) FROM chat c WHERE c.id = :id")
    private static let selectOfRequest = SQL("SELECT \(columns) FROM chat c WHERE c.request = :request")
    private static let selectRunning = SQL(
        "SELECT \(columns) FROM chat c WHERE c.organizer = :account AND c.state IN ('open', 'on_hold')"
    )
    private static let countRunning: SQL = """
        SELECT COUNT(*) FROM chat WHERE organizer = :account AND state IN ('open', 'on_hold')
        """
    private static let countUnattended: SQL = """
        SELECT COUNT(*) FROM chat
        WHERE queue = :queue AND state IN ('open', 'on_hold') AND (organizer IS NULL OR is_lost = 1)
        """
    private static let conditions = """
        (CAST(:archived AS INTEGER) IS NULL
            OR CASE WHEN c.state IN ('ended', 'rated') THEN 1 ELSE 0 END = CAST(:archived AS INTEGER))
        AND (CAST(:participant AS BLOB) IS NULL OR c.participant = :participant)
        """
    static let selectOfSide = SQL(
        """
        SELECT \(columns) FROM chat_side s CROSS JOIN chat c
        WHERE s.account = :account AND (s.started_at, s.chat) < (:startedAt, :chat) AND c.id = s.chat AND \(conditions)
        ORDER BY s.started_at DESC, s.chat DESC LIMIT :limit
        """
    )
    static let selectOfQueue = SQL(
        """
        SELECT \(columns) FROM chat c
        WHERE c.queue = :queue AND (c.started_at, c.id) < (:startedAt, :chat) AND \(conditions)
        ORDER BY c.started_at DESC, c.id DESC LIMIT :limit
        """
    )
    static let selectSide: SQL = """
        SELECT 1 FROM chat c CROSS JOIN chat_side s
        WHERE c.id = :chat AND s.account = :account AND s.started_at = c.started_at AND s.chat = c.id
        """
    private static let insert: SQL = """
        INSERT INTO chat (id, request, queue, participant, organizer, topic, state, started_at, is_idle, is_lost)
        VALUES (:id, :request, :queue, :participant, :organizer, :topic, 'open', :startedAt, 0, 0)
        """
    private static let update: SQL = """
        UPDATE chat SET organizer = :organizer, state = :state, answered_at = :answeredAt,
            is_idle = :isIdle, is_lost = :isLost, ended_at = :endedAt, ended_by = :endedBy, reason = :reason,
            stars = :stars, comment = :comment, rated_at = :ratedAt
        WHERE id = :id
        """
    private static let updateQueue: SQL = "UPDATE chat SET queue = :queue WHERE id = :id"
    private static let insertSide: SQL = """
        INSERT INTO chat_side (account, started_at, chat) VALUES (:account, :startedAt, :chat) ON CONFLICT DO NOTHING
        """

    static func chat(_ id: ChatID, _ tx: borrowing some Reading & ~Copyable) throws -> ChatRow? {
        try tx.first(selectOne) {
            $0.bind("id", id)
        } row: {
            read($0)
        }
    }

    static func chat(of request: RequestID, _ tx: borrowing some Reading & ~Copyable) throws -> ChatRow? {
        try tx.first(selectOfRequest) {
            $0.bind("request", request)
        } row: {
            read($0)
        }
    }

    /// The chats that an organizer has now.
    static func running(of account: AccountID, _ tx: borrowing some Reading & ~Copyable) throws -> [ChatRow] {
        try tx.all(selectRunning) {
            $0.bind("account", account)
        } row: {
            read($0)
        }
    }

    static func countRunning(of account: AccountID, _ tx: borrowing some Reading & ~Copyable) throws -> Int {
        try tx.first(countRunning) {
            $0.bind("account", account)
        } row: {
            $0.int(0)
        } ?? 0
    }

    /// Chats that wait for their next organizer, or whose organizer is gone.
    static func countUnattended(in queue: QueueID, _ tx: borrowing some Reading & ~Copyable) throws -> Int {
        try tx.first(countUnattended) {
            $0.bind("queue", queue)
        } row: {
            $0.int(0)
        } ?? 0
    }

    /// What a list is narrowed by, and where it goes on: the newest first.
    struct ListQuery: Sendable {
        var archived: Bool?
        var participant: AccountID?
        var before: (startedAt: Milliseconds, chat: ChatID)?
        var limit: Int
    }

    static func list(
        of account: AccountID,
        _ query: ListQuery,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [ChatRow] {
        try tx.all(selectOfSide) {
            $0.bind("account", account)
            bind(&$0, query)
        } row: {
            read($0)
        }
    }

    static func list(
        of queue: QueueID,
        _ query: ListQuery,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [ChatRow] {
        try tx.all(selectOfQueue) {
            $0.bind("queue", queue)
            bind(&$0, query)
        } row: {
            read($0)
        }
    }

    private static func bind(_ binder: inout Binder, _ query: ListQuery) {
        binder.bind("archived", query.archived)
        binder.bind("participant", query.participant)
        binder.bind("startedAt", query.before?.startedAt ?? .max)
        binder.bind("chat", query.before?.chat ?? ChatID(high: .max, low: .max))
        binder.bind("limit", query.limit)
    }

    /// Whether someone is or was a side of a chat.
    static func isSide(_ account: AccountID, of chat: ChatID, _ tx: borrowing some Reading & ~Copyable) throws -> Bool {
        try tx.first(selectSide) {
            $0.bind("chat", chat)
            $0.bind("account", account)
        } row: { _ in
            true
        } ?? false
    }

    // MARK: - Writing

    static func insert(_ row: ChatRow, _ tx: borrowing Transaction) throws {
        try tx.run(insert) {
            $0.bind("id", row.id)
            $0.bind("request", row.request)
            $0.bind("queue", row.queue)
            $0.bind("participant", row.participant)
            $0.bind("organizer", row.organizer)
            $0.bind("topic", row.topic)
            $0.bind("startedAt", row.startedAt)
        }
    }

    /// Everything but its queue, in whose index it would be written anew.
    static func update(_ row: ChatRow, _ tx: borrowing Transaction) throws {
        try tx.run(update) {
            $0.bind("id", row.id)
            $0.bind("organizer", row.organizer)
            $0.bind("state", row.state.rawValue)
            $0.bind("answeredAt", row.answeredAt)
            $0.bind("isIdle", row.isIdle)
            $0.bind("isLost", row.isLost)
            $0.bind("endedAt", row.endedAt)
            $0.bind("endedBy", row.endedBy)
            $0.bind("reason", row.reason)
            $0.bind("stars", row.rating?.stars)
            $0.bind("comment", row.rating?.comment)
            $0.bind("ratedAt", row.rating?.at)
        }
        tx.forgetChat(row.id)
    }

    static func updateQueue(of row: ChatRow, _ tx: borrowing Transaction) throws {
        try tx.run(updateQueue) {
            $0.bind("id", row.id)
            $0.bind("queue", row.queue)
        }
    }

    static func insertSide(_ account: AccountID, of row: ChatRow, _ tx: borrowing Transaction) throws {
        try tx.run(insertSide) {
            $0.bind("account", account)
            $0.bind("startedAt", row.startedAt)
            $0.bind("chat", row.id)
        }
    }

    private static func read(_ row: Row) -> ChatRow {
        var chat = ChatRow(
            id: row.id(0),
            request: row.id(1),
            queue: row.id(2),
            participant: row.id(3),
            organizer: row.optionalID(4),
            topic: row.optionalString(5),
            state: row.name(6),
            startedAt: row.int64(7)
        )
        chat.answeredAt = row.optionalInt64(8)
        chat.isIdle = row.bool(9)
        chat.isLost = row.bool(10)
        chat.endedAt = row.optionalInt64(11)
        chat.endedBy = row.optionalID(12)
        chat.reason = row.optionalString(13)
        if let stars = row.optionalInt(14) {
            chat.rating = Rating(stars: stars, comment: row.optionalString(15), at: row.int64(16))
        }
        return chat
    }
}

/// A chat as it is stored.
struct ChatRow: Sendable, Equatable {
    let id: ChatID
    let request: RequestID
    var queue: QueueID
    let participant: AccountID
    var organizer: AccountID?
    let topic: String?
    var state: ChatState
    let startedAt: Milliseconds
    /// The first word of an organizer.
    var answeredAt: Milliseconds?
    var isIdle = false
    /// Its organizer is gone.
    var isLost = false
    var endedAt: Milliseconds?
    var endedBy: AccountID?
    var reason: String?
    var rating: Rating?

    init(
        id: ChatID,
        request: RequestID,
        queue: QueueID,
        participant: AccountID,
        organizer: AccountID?,
        topic: String?,
        state: ChatState,
        startedAt: Milliseconds
    ) {
        self.id = id
        self.request = request
        self.queue = queue
        self.participant = participant
        self.organizer = organizer
        self.topic = topic
        self.state = state
        self.startedAt = startedAt
    }

    var channel: ChannelID { id.retyped() }
    var auditObject: String { "chat/\(id)" }
}
