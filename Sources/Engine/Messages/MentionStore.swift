import ChatAPI
import Storage

/// Table `mention`: whom messages call, newest first over all channels of an account.
///
/// A row without an account (sixteen zero bytes) is a mention of everybody: one row, however many members. Those are found
/// channel by channel, since nobody is in more than 500 and time never decreases within one; the others by account and time.
enum MentionStore {
    /// Adds the time, and the mentions of everybody that were counted and not listed before.
    static let schema = """
        ALTER TABLE mention ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
        UPDATE mention SET at = COALESCE(
            (SELECT e.at FROM entry e WHERE e.log = mention.channel AND e.seq = mention.seq), 0);
        INSERT INTO mention (account, channel, seq, at)
            SELECT zeroblob(16), log, seq, at FROM entry
            WHERE kind = 'message' AND detail LIKE '%"mentionsAll":true%' AND redacted_at IS NULL;
        CREATE INDEX mention_at ON mention (account, at, channel, seq);
        """

    static let everybody = DatabaseValue.sixteen(high: 0, low: 0)

    private static let insert: SQL = """
        INSERT INTO mention (account, channel, seq, at) VALUES (:account, :channel, :seq, :at) ON CONFLICT DO NOTHING
        """
    private static let deleteAll: SQL = "DELETE FROM mention WHERE channel = :channel AND seq = :seq"

    static let selectOwn: SQL = """
        SELECT n.channel, n.seq, n.at
        FROM mention n
        JOIN membership m ON m.account = n.account AND m.channel = n.channel
        JOIN channel c ON c.id = n.channel
        JOIN entry e ON e.log = n.channel AND e.seq = n.seq
        WHERE n.account = :account AND (n.at, n.channel, n.seq) < (:at, :channel, :seq)
            AND n.seq > m.visible_from AND (:unread = 0 OR n.seq > m.marker)
            AND c.deleted_at IS NULL AND e.author <> n.account
        ORDER BY n.at DESC, n.channel DESC, n.seq DESC LIMIT :limit
        """
    static let selectOfEverybody: SQL = """
        SELECT n.channel, n.seq, n.at
        FROM mention n
        JOIN entry e ON e.log = n.channel AND e.seq = n.seq
        WHERE n.account = :everybody AND n.channel = :in
            AND (n.at, n.channel, n.seq) < (:at, :channel, :seq) AND n.seq > :after AND e.author <> :account
        ORDER BY n.seq DESC LIMIT :limit
        """
    private static let selectChannels: SQL = """
        SELECT m.channel, m.marker, m.visible_from, c.name
        FROM membership m JOIN channel c ON c.id = m.channel
        WHERE m.account = :account AND c.deleted_at IS NULL
        """

    // MARK: - Writing

    /// Whom an entry calls. Who is called with everybody is counted with everybody (`JoinedChannels`).
    static func insert(_ entry: Entry, except silent: Set<AccountID> = [], _ tx: borrowing Transaction) throws {
        guard let channel = entry.channel else { return }
        if entry.mentionsAll == true { return try insert(everybody, channel, entry, tx) }
        for account in entry.mentions ?? [] where !silent.contains(account) {
            try insert(account.databaseValue, channel, entry, tx)
        }
    }

    private static func insert(
        _ account: DatabaseValue,
        _ channel: ChannelID,
        _ entry: Entry,
        _ tx: borrowing Transaction
    ) throws {
        try tx.run(insert) {
            $0.bind("account", account)
            $0.bind("channel", channel)
            $0.bind("seq", entry.seq)
            $0.bind("at", entry.at)
        }
    }

    /// The message was deleted: it calls nobody any more.
    static func delete(_ seq: Int64, in channel: ChannelID, _ tx: borrowing Transaction) throws {
        try tx.run(deleteAll) {
            $0.bind("channel", channel)
            $0.bind("seq", seq)
        }
    }

    // MARK: - Reading

    /// Where a mention stands among all of an account.
    struct Place: Sendable, Comparable {
        var at: Milliseconds = .max
        var channel = ChannelID(high: .max, low: .max)
        var seq: Int64 = .max

        static func < (left: Self, right: Self) -> Bool {
            (left.at, left.channel, left.seq) < (right.at, right.channel, right.seq)
        }
    }

    struct Joined: Sendable {
        let marker: Int64
        let visibleFrom: Int64
        let name: String?
    }

    static func channels(of account: AccountID, _ tx: borrowing some Reading & ~Copyable) throws -> [ChannelID: Joined]
    {
        var joined: [ChannelID: Joined] = [:]
        try tx.each(selectChannels) {
            $0.bind("account", account)
        } row: { row in
            joined[row.id(0)] = Joined(marker: row.int64(1), visibleFrom: row.int64(2), name: row.optionalString(3))
            return true
        }
        return joined
    }

    /// The newest places below one, newest first.
    static func places(
        of account: AccountID,
        in channels: [ChannelID: Joined],
        below place: Place,
        isUnread: Bool,
        limit: Int,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [Place] {
        var places = try tx.all(selectOwn) {
            $0.bind("account", account)
            bind(&$0, place, limit)
            $0.bind("unread", isUnread)
        } row: {
            Place(at: $0.int64(2), channel: $0.id(0), seq: $0.int64(1))
        }
        for (channel, joined) in channels {
            places += try tx.all(selectOfEverybody) {
                $0.bind("everybody", everybody)
                $0.bind("account", account)
                $0.bind("in", channel)
                $0.bind("after", isUnread ? max(joined.marker, joined.visibleFrom) : joined.visibleFrom)
                bind(&$0, place, limit)
            } row: {
                Place(at: $0.int64(2), channel: $0.id(0), seq: $0.int64(1))
            }
        }
        return Array(places.sorted(by: >).prefix(limit))
    }

    private static func bind(_ binder: inout Binder, _ place: Place, _ limit: Int) {
        binder.bind("at", place.at)
        binder.bind("channel", place.channel)
        binder.bind("seq", place.seq)
        binder.bind("limit", limit)
    }
}
