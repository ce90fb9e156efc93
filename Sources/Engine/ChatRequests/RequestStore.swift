import ChatAPI
import Storage

/// Table `chat_request`: every wish to talk, from asking to its end.
///
/// Waiting requests are in order in an index over `rank`: nothing is sorted and nothing is scanned to take the next one.
/// That there is one open request per participant and place is a unique index, not a rule somebody could forget.
/// Its states are written out in the check as in `ChatStore`, for the same reason.
enum RequestStore {
    static let schema = """
        CREATE TABLE chat_request (
            ordinal INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
            queue BLOB NOT NULL,
            place BLOB NOT NULL,
            participant BLOB NOT NULL,
            topic TEXT,
            texts TEXT NOT NULL,
            location TEXT,
            priority INTEGER NOT NULL,
            rank INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (
                state = 'queued' OR state = 'claimed' OR state = 'in_chat' OR state = 'done' OR state = 'cancelled'
                OR state = 'rejected' OR state = 'expired'
            ),
            created_at INTEGER NOT NULL,
            claimed_by BLOB,
            claim_token INTEGER,
            claim_until INTEGER,
            is_offer INTEGER NOT NULL,
            chat BLOB,
            taken_at INTEGER,
            ended_at INTEGER,
            reason TEXT,
            CHECK ((state = 'claimed') = (claimed_by IS NOT NULL)),
            CHECK (state <> 'in_chat' OR chat IS NOT NULL)
        ) STRICT;
        CREATE UNIQUE INDEX one_open_request ON chat_request (place, participant)
            WHERE state IN ('queued', 'claimed', 'in_chat');
        CREATE INDEX request_line ON chat_request (queue, rank, ordinal) WHERE state = 'queued';
        CREATE INDEX request_waiting ON chat_request (queue, created_at) WHERE state = 'queued' AND chat IS NULL;
        CREATE INDEX request_claimed ON chat_request (claimed_by) WHERE state = 'claimed';
        CREATE INDEX request_token ON chat_request (claim_token) WHERE claim_token IS NOT NULL;
        CREATE INDEX request_created ON chat_request (queue, created_at);
        CREATE INDEX request_busy ON chat_request (queue, ordinal) WHERE state IN ('claimed', 'in_chat');
        CREATE INDEX request_ended ON chat_request (queue, state, ended_at, ordinal) WHERE ended_at IS NOT NULL;
        CREATE INDEX request_taken ON chat_request (queue, taken_at) WHERE taken_at IS NOT NULL;
        CREATE INDEX request_participant ON chat_request (participant, ordinal);
        """

    /// The index that keeps a request the only open one, from its end alone: a claim and a take leave it as it is.
    static let openUntilEnded = """
        DROP INDEX one_open_request;
        CREATE UNIQUE INDEX one_open_request ON chat_request (place, participant) WHERE ended_at IS NULL;
        """

    private static let columns = """
        ordinal, id, queue, place, participant, topic, texts, location, priority, rank, state, created_at,
        claimed_by, claim_token, claim_until, is_offer, chat, taken_at, ended_at, reason
        """
    private static let selectOne = SQL("SELECT \(columns) FROM chat_request WHERE id = :id")
    static let selectOpen = SQL(
        """
        SELECT \(columns) FROM chat_request
        WHERE place = :place AND participant = :participant AND ended_at IS NULL
        """
    )
    static let selectNext = SQL(
        """
        SELECT \(columns) FROM chat_request
        WHERE queue = :queue AND state = 'queued' AND (CAST(:account AS BLOB) IS NULL OR participant <> :account)
        ORDER BY rank, ordinal LIMIT 1
        """
    )
    static let selectLine = SQL(
        """
        SELECT \(columns) FROM chat_request
        WHERE queue = :queue AND state = 'queued' AND (rank, ordinal) > (:rank, :ordinal)
        ORDER BY rank, ordinal LIMIT :limit
        """
    )
    static let selectBusy = SQL(
        """
        SELECT \(columns) FROM chat_request
        WHERE queue = :queue AND state IN ('claimed', 'in_chat') AND state = :state AND ordinal > :ordinal
        ORDER BY ordinal LIMIT :limit
        """
    )
    static let selectEnded = SQL(
        """
        SELECT \(columns) FROM chat_request
        WHERE queue = :queue AND state = :state AND ended_at IS NOT NULL AND (ended_at, ordinal) < (:endedAt, :ordinal)
        ORDER BY ended_at DESC, ordinal DESC LIMIT :limit
        """
    )
    private static let selectOwn = SQL(
        """
        SELECT \(columns) FROM chat_request
        WHERE participant = :participant AND ordinal < :before
            AND (CAST(:state AS TEXT) IS NULL AND state IN ('queued', 'claimed', 'in_chat') OR state = :state)
        ORDER BY ordinal DESC LIMIT :limit
        """
    )
    private static let selectClaimedBy = SQL(
        "SELECT \(columns) FROM chat_request WHERE claimed_by = :account AND state = 'claimed'"
    )
    private static let countClaimed: SQL = """
        SELECT COUNT(*) FROM chat_request WHERE claimed_by = :account AND state = 'claimed'
        """
    static let selectDue = SQL(
        """
        SELECT \(columns) FROM chat_request
        WHERE queue = :queue AND created_at <= :before AND state = 'queued' AND chat IS NULL
        ORDER BY created_at LIMIT :limit
        """
    )
    private static let selectToken: SQL = """
        SELECT MAX(claim_token) FROM chat_request WHERE claim_token IS NOT NULL
        """
    private static let selectWaiting: SQL = """
        SELECT id, queue, rank, ordinal, created_at FROM chat_request WHERE state = 'queued' ORDER BY queue, rank, ordinal
        """
    private static let selectKeys: SQL = """
        SELECT rank, ordinal, created_at FROM chat_request
        WHERE queue = :queue AND state = 'queued' ORDER BY rank, ordinal
        """
    private static let selectTakes: SQL = """
        SELECT taken_at FROM chat_request WHERE queue = :queue AND taken_at IS NOT NULL ORDER BY taken_at DESC LIMIT :limit
        """
    // MARK: - Reading

    static func request(_ id: RequestID, _ tx: borrowing some Reading & ~Copyable) throws -> RequestRow? {
        try tx.first(selectOne) {
            $0.bind("id", id)
        } row: {
            try read($0)
        }
    }

    static func open(
        of participant: AccountID,
        in space: Scope,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> RequestRow? {
        try tx.first(selectOpen) {
            $0.bind("place", space.id)
            $0.bind("participant", participant)
        } row: {
            try read($0)
        }
    }

    /// The first in line, of those that are not somebody's own.
    static func next(
        in queue: QueueID,
        notOf account: AccountID? = nil,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> RequestRow? {
        try tx.first(selectNext) {
            $0.bind("queue", queue)
            $0.bind("account", account)
        } row: {
            try read($0)
        }
    }

    /// What waits, in order, after a place in line.
    static func line(
        of queue: QueueID,
        after key: QueueLine.Key?,
        limit: Int,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [RequestRow] {
        try tx.all(selectLine) {
            $0.bind("queue", queue)
            $0.bind("rank", key?.rank ?? .min)
            $0.bind("ordinal", key?.ordinal ?? 0)
            $0.bind("limit", limit)
        } row: {
            try read($0)
        }
    }

    /// The requests of a queue that are claimed or in a chat, the oldest first.
    static func busy(
        _ state: RequestState,
        of queue: QueueID,
        after ordinal: Int64,
        limit: Int,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [RequestRow] {
        try tx.all(selectBusy) {
            $0.bind("queue", queue)
            $0.bind("state", state.rawValue)
            $0.bind("ordinal", ordinal)
            $0.bind("limit", limit)
        } row: {
            try read($0)
        }
    }

    /// The requests of a queue that ended in one way, the newest end first. The key holds when one ended as its rank.
    static func ended(
        _ state: RequestState,
        of queue: QueueID,
        before key: QueueLine.Key?,
        limit: Int,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [RequestRow] {
        try tx.all(selectEnded) {
            $0.bind("queue", queue)
            $0.bind("state", state.rawValue)
            $0.bind("endedAt", key?.rank ?? .max)
            $0.bind("ordinal", key?.ordinal ?? .max)
            $0.bind("limit", limit)
        } row: {
            try read($0)
        }
    }

    /// One's own, the newest first; without a state those that are open.
    static func own(
        _ state: RequestState?,
        of participant: AccountID,
        before ordinal: Int64,
        limit: Int,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [RequestRow] {
        try tx.all(selectOwn) {
            $0.bind("participant", participant)
            $0.bind("state", state?.rawValue)
            $0.bind("before", ordinal)
            $0.bind("limit", limit)
        } row: {
            try read($0)
        }
    }

    static func claimed(by account: AccountID, _ tx: borrowing some Reading & ~Copyable) throws -> [RequestRow] {
        try tx.all(selectClaimedBy) {
            $0.bind("account", account)
        } row: {
            try read($0)
        }
    }

    static func countClaimed(by account: AccountID, _ tx: borrowing some Reading & ~Copyable) throws -> Int {
        try tx.first(countClaimed) {
            $0.bind("account", account)
        } row: {
            $0.int(0)
        } ?? 0
    }

    /// Waiting requests that were made at or before a time, the oldest first. Those that wait for their next organizer are
    /// not among them: they have a chat, and that does not end because a queue is slow.
    static func waiting(
        in queue: QueueID,
        madeBy time: Milliseconds,
        limit: Int,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [RequestRow] {
        try tx.all(selectDue) {
            $0.bind("queue", queue)
            $0.bind("before", time)
            $0.bind("limit", limit)
        } row: {
            try read($0)
        }
    }

    static func newestToken(_ tx: borrowing some Reading & ~Copyable) throws -> Int64 {
        try tx.first(selectToken) { $0.int64(0) } ?? 0
    }

    /// Everything that waits, in the order of the lines: for the board at a start.
    static func eachWaiting(
        _ tx: borrowing some Reading & ~Copyable,
        _ visit: (RequestID, QueueID, QueueLine.Key, Milliseconds) -> Void
    ) throws {
        try tx.each(selectWaiting) { row in
            visit(row.id(0), row.id(1), QueueLine.Key(rank: row.int64(2), ordinal: row.int64(3)), row.int64(4))
            return true
        }
    }

    /// When the last ones were taken, the newest first.
    static func takes(of queue: QueueID, limit: Int, _ tx: borrowing some Reading & ~Copyable) throws -> [Milliseconds]
    {
        try tx.all(selectTakes) {
            $0.bind("queue", queue)
            $0.bind("limit", limit)
        } row: {
            $0.int64(0)
        }
    }

    /// A queue's whole line, after its order was made anew.
    static func keys(
        of queue: QueueID,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [(key: QueueLine.Key, createdAt: Milliseconds)] {
        try tx.all(selectKeys) {
            $0.bind("queue", queue)
        } row: {
            (key: QueueLine.Key(rank: $0.int64(0), ordinal: $0.int64(1)), createdAt: $0.int64(2))
        }
    }

    // MARK: - Rows

    private static func read(_ row: Row) throws -> RequestRow {
        var request = RequestRow(
            ordinal: row.int64(0),
            id: row.id(1),
            queue: row.id(2),
            place: row.id(3),
            participant: row.id(4),
            topic: row.optionalString(5),
            texts: try Coding.decode([String].self, from: row.bytes(6)),
            location: try row.optionalBytes(7).map { try Coding.decode(Location.self, from: $0) },
            priority: row.int(8),
            rank: row.int64(9),
            state: row.name(10),
            createdAt: row.int64(11)
        )
        if let by: AccountID = row.optionalID(12) {
            request.claim = RequestRow.Claim(by: by, until: row.int64(14), isOffer: row.bool(15))
        }
        request.token = row.optionalInt64(13)
        request.chat = row.optionalID(16)
        request.takenAt = row.optionalInt64(17)
        request.endedAt = row.optionalInt64(18)
        request.reason = row.optionalString(19)
        return request
    }
}
