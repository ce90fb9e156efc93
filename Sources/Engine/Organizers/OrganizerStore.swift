import ChatAPI
import Storage

/// Table `organizer`: who works the help desk and how much. A row appears with the first switch, claim or take.
enum OrganizerStore {
    static let schema = """
        CREATE TABLE organizer (
            account BLOB NOT NULL PRIMARY KEY CHECK (length(account) = 16),
            accepts TEXT NOT NULL CHECK (accepts IN ('off', 'next', 'always')),
            is_away INTEGER NOT NULL,
            capacity INTEGER NOT NULL,
            skills TEXT NOT NULL,
            misses INTEGER NOT NULL,
            offered_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX organizer_accepting ON organizer (account) WHERE accepts <> 'off' AND is_away = 0;
        """

    private static let columns = "account, accepts, is_away, capacity, skills, misses, offered_at"
    private static let selectOne = SQL("SELECT \(columns) FROM organizer WHERE account = :account")
    private static let selectAll = SQL("SELECT \(columns) FROM organizer ORDER BY account")
    private static let selectAccepting = SQL(
        "SELECT \(columns) FROM organizer WHERE accepts <> 'off' AND is_away = 0"
    )
    private static let selectBusy: SQL = """
        SELECT claimed_by FROM chat_request WHERE state = 'claimed'
        UNION SELECT organizer FROM chat WHERE state IN ('open', 'on_hold') AND organizer IS NOT NULL
        """
    private static let upsertRow: SQL = """
        INSERT INTO organizer (account, accepts, is_away, capacity, skills, misses, offered_at)
        VALUES (:account, :accepts, :isAway, :capacity, :skills, :misses, :offeredAt)
        ON CONFLICT (account) DO UPDATE SET accepts = excluded.accepts, is_away = excluded.is_away,
            capacity = excluded.capacity, skills = excluded.skills, misses = excluded.misses,
            offered_at = excluded.offered_at
        """

    static func organizer(_ account: AccountID, _ tx: borrowing some Reading & ~Copyable) throws -> OrganizerRow? {
        try tx.first(selectOne) {
            $0.bind("account", account)
        } row: {
            try read($0)
        }
    }

    static func all(_ tx: borrowing some Reading & ~Copyable) throws -> [OrganizerRow] {
        try tx.all(selectAll) { try read($0) }
    }

    static func accepting(_ tx: borrowing some Reading & ~Copyable) throws -> [OrganizerRow] {
        try tx.all(selectAccepting) { try read($0) }
    }

    /// Everybody who holds a claim or has a chat that runs.
    static func busy(_ tx: borrowing some Reading & ~Copyable) throws -> [AccountID] {
        try tx.all(selectBusy) { $0.id(0) }
    }

    static func upsert(_ row: OrganizerRow, _ tx: borrowing Transaction) throws {
        try tx.run(upsertRow) {
            $0.bind("account", row.account)
            $0.bind("accepts", row.accepts.rawValue)
            $0.bind("isAway", row.isAway)
            $0.bind("capacity", row.capacity)
            $0.bind("skills", String(decoding: Coding.encode(row.skills), as: UTF8.self))
            $0.bind("misses", row.misses)
            $0.bind("offeredAt", row.offeredAt)
        }
    }

    private static func read(_ row: Row) throws -> OrganizerRow {
        OrganizerRow(
            account: row.id(0),
            accepts: row.name(1),
            isAway: row.bool(2),
            capacity: row.int(3),
            skills: try Coding.decode([String].self, from: row.bytes(4)),
            misses: row.int(5),
            offeredAt: row.int64(6)
        )
    }
}

struct OrganizerRow: Sendable, Equatable {
    let account: AccountID
    var accepts: Availability.Accepts = .off
    var isAway = false
    /// Chats at a time; until somebody says otherwise the queues limit that alone.
    var capacity = Limits.chatsPerOrganizer
    var skills: [String] = []
    /// Offers missed in a row.
    var misses = 0
    /// When something was offered or handed over last: whose turn it is.
    var offeredAt: Milliseconds = 0

    /// Three in a row, and nothing is offered until the organizer says to be back.
    static let missLimit = 3

    init(account: AccountID) { self.account = account }

    init(
        account: AccountID,
        accepts: Availability.Accepts,
        isAway: Bool,
        capacity: Int,
        skills: [String],
        misses: Int,
        offeredAt: Milliseconds
    ) {
        self.account = account
        self.accepts = accepts
        self.isAway = isAway
        self.capacity = capacity
        self.skills = skills
        self.misses = misses
        self.offeredAt = offeredAt
    }

    /// Requests come by themselves.
    var isOffered: Bool { accepts != .off && !isAway }
}
