import ChatAPI
import Storage

/// Tables `block` and `hidden_entry`: who does not want to hear whom, and which entries that has kept from whom.
///
/// An entry is hidden when it is stored, for good: lifting a block shows what comes after, never what came before.
/// `is_message` is what counts as unread elsewhere.
enum BlockStore {
    static let schema = """
        CREATE TABLE block (
            account BLOB NOT NULL,
            other BLOB NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('mute', 'block')),
            at INTEGER NOT NULL,
            PRIMARY KEY (account, other)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX block_other ON block (other, account, kind);
        CREATE TABLE hidden_entry (
            account BLOB NOT NULL,
            channel BLOB NOT NULL,
            seq INTEGER NOT NULL,
            is_message INTEGER NOT NULL,
            PRIMARY KEY (account, channel, seq)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX hidden_entry_channel ON hidden_entry (channel, seq);
        """

    private static let select: SQL = """
        SELECT b.other, a.name, b.kind, b.at FROM block b JOIN account a ON a.id = b.other
        WHERE b.account = :account ORDER BY b.at, b.other
        """
    private static let selectOne: SQL = "SELECT kind FROM block WHERE account = :account AND other = :other"
    private static let selectQuieters: SQL = "SELECT account, kind FROM block WHERE other = :other"
    private static let selectBlocked: SQL = "SELECT other FROM block WHERE account = :account AND kind = 'block'"
    private static let count: SQL = "SELECT COUNT(*) FROM block WHERE account = :account"
    private static let upsert: SQL = """
        INSERT INTO block (account, other, kind, at) VALUES (:account, :other, :kind, :at)
        ON CONFLICT (account, other) DO UPDATE SET kind = excluded.kind, at = excluded.at
        """
    private static let delete: SQL = "DELETE FROM block WHERE account = :account AND other = :other"
    private static let deleteAll: SQL = "DELETE FROM block WHERE account = :account OR other = :account"
    private static let insertHidden: SQL = """
        INSERT INTO hidden_entry (account, channel, seq, is_message) VALUES (:account, :channel, :seq, :isMessage)
        ON CONFLICT DO NOTHING
        """
    private static let selectHidden: SQL = """
        SELECT seq FROM hidden_entry
        WHERE account = :account AND channel = :channel AND seq >= :first AND seq <= :last
        """
    static let deleteHidden: SQL = "DELETE FROM hidden_entry WHERE channel = :channel AND seq <= :through"
    private static let deleteHiddenOf: SQL = "DELETE FROM hidden_entry WHERE account = :account"

    /// A condition of statements over `membership m`: how many messages above the marker are hidden from it.
    static let hiddenAboveMarker = """
        (SELECT COUNT(*) FROM hidden_entry x
            WHERE x.account = m.account AND x.channel = m.channel AND x.seq > m.marker AND x.is_message = 1)
        """

    // MARK: - Blocks

    static func list(of account: AccountID, _ tx: borrowing some Reading & ~Copyable) throws -> [Block] {
        try tx.all(select) {
            $0.bind("account", account)
        } row: {
            Block(account: $0.id(0), name: $0.string(1), kind: $0.name(2), at: $0.int64(3))
        }
    }

    static func kind(
        of account: AccountID,
        against other: AccountID,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> BlockKind? {
        try tx.first(selectOne) {
            $0.bind("account", account)
            $0.bind("other", other)
        } row: {
            $0.name(0)
        }
    }

    static func quieters(of other: AccountID, _ tx: borrowing some Reading & ~Copyable) throws -> Quieters {
        var quieters = Quieters()
        try tx.each(selectQuieters) {
            $0.bind("other", other)
        } row: { row in
            quieters.all.insert(row.id(0))
            if row.name(1, of: BlockKind.self) == .block { quieters.blockers.insert(row.id(0)) }
            return true
        }
        return quieters
    }

    /// Whom an account has blocked.
    static func blocked(by account: AccountID, _ tx: borrowing some Reading & ~Copyable) throws -> Set<AccountID> {
        Set(
            try tx.all(selectBlocked) {
                $0.bind("account", account)
            } row: {
                $0.id(0)
            }
        )
    }

    static func count(of account: AccountID, _ tx: borrowing some Reading & ~Copyable) throws -> Int {
        try tx.first(count) {
            $0.bind("account", account)
        } row: {
            $0.int(0)
        } ?? 0
    }

    static func set(
        _ kind: BlockKind,
        of account: AccountID,
        against other: AccountID,
        at time: Milliseconds,
        _ tx: borrowing Transaction
    ) throws {
        try tx.run(upsert) {
            $0.bind("account", account)
            $0.bind("other", other)
            $0.bind("kind", kind.rawValue)
            $0.bind("at", time)
        }
    }

    static func remove(of account: AccountID, against other: AccountID, _ tx: borrowing Transaction) throws -> Bool {
        try tx.run(delete) {
            $0.bind("account", account)
            $0.bind("other", other)
        } > 0
    }

    /// An account is deleted: its own blocks go, and those against it.
    static func deleteAll(of account: AccountID, _ tx: borrowing Transaction) throws {
        for statement in [deleteAll, deleteHiddenOf] {
            try tx.run(statement) { $0.bind("account", account) }
        }
    }

    // MARK: - Hidden entries

    static func hide(
        _ seq: Int64,
        of channel: ChannelID,
        from account: AccountID,
        isMessage: Bool,
        _ tx: borrowing Transaction
    ) throws {
        try tx.run(insertHidden) {
            $0.bind("account", account)
            $0.bind("channel", channel)
            $0.bind("seq", seq)
            $0.bind("isMessage", isMessage)
        }
    }

    static func hidden(
        from account: AccountID,
        in channel: ChannelID,
        _ range: ClosedRange<Int64>,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Set<Int64> {
        Set(
            try tx.all(selectHidden) {
                $0.bind("account", account)
                $0.bind("channel", channel)
                $0.bind("first", range.lowerBound)
                $0.bind("last", range.upperBound)
            } row: {
                $0.int64(0)
            }
        )
    }
}

/// Who does not want to hear one account.
struct Quieters: Sendable, Equatable {
    var blockers: Set<AccountID> = []
    /// Those who muted it too.
    var all: Set<AccountID> = []
}
