import ChatAPI
import Storage

/// Table `channel_invitation`: ways into channels that do not take a secret; and, until somebody may be asked again, what they
/// declined. Of a code only the hash is kept.
enum InvitationStore {
    static let schema = """
        CREATE TABLE channel_invitation (
            id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
            channel BLOB NOT NULL,
            account BLOB,
            code_hash BLOB UNIQUE,
            uses_left INTEGER CHECK (uses_left >= 0),
            expires_at INTEGER NOT NULL,
            invited_by BLOB,
            at INTEGER NOT NULL,
            CHECK ((account IS NULL) = (code_hash IS NOT NULL))
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX channel_invitation_channel ON channel_invitation (channel, at, id);
        CREATE UNIQUE INDEX channel_invitation_account ON channel_invitation (account, channel) WHERE account IS NOT NULL;
        CREATE INDEX channel_invitation_expires ON channel_invitation (expires_at);
        """

    static let withDeclined = "ALTER TABLE channel_invitation ADD COLUMN declined_at INTEGER;"

    private static let columns = """
        i.id, i.channel, c.name, i.account, i.uses_left, i.expires_at, i.invited_by, i.at, s.slug
        """
    private static let tables = """
        channel_invitation i JOIN channel c ON c.id = i.channel LEFT JOIN space s ON s.id = c.space
        """
    private static let selectIn = SQL(
        """
        SELECT \(columns) FROM \(tables)
        WHERE i.channel = :channel AND i.expires_at > :now AND i.declined_at IS NULL ORDER BY i.at, i.id
        """
    )
    private static let selectByCode = SQL(
        """
        SELECT \(columns) FROM \(tables)
        WHERE i.code_hash = :hash AND c.deleted_at IS NULL
        """
    )
    private static let selectByID = SQL(
        """
        SELECT \(columns) FROM \(tables)
        WHERE i.id = :id AND i.declined_at IS NULL AND c.deleted_at IS NULL
        """
    )
    private static let selectOf = SQL(
        """
        SELECT \(columns) FROM \(tables)
        WHERE i.account = :account AND i.channel = :channel AND i.expires_at > :now AND i.declined_at IS NULL
        """
    )
    private static let selectFor = SQL(
        """
        SELECT \(columns) FROM \(tables)
        WHERE i.account = :account AND i.expires_at > :now AND i.declined_at IS NULL AND c.deleted_at IS NULL
        ORDER BY i.at DESC, i.id DESC LIMIT :limit
        """
    )
    private static let selectDeclined: SQL = """
        SELECT expires_at FROM channel_invitation
        WHERE account = :account AND channel = :channel AND expires_at > :now AND declined_at IS NOT NULL
        """
    private static let count: SQL = """
        SELECT COUNT(*) FROM channel_invitation
        WHERE channel = :channel AND expires_at > :now AND declined_at IS NULL
        """
    private static let insert: SQL = """
        INSERT INTO channel_invitation (id, channel, account, code_hash, uses_left, expires_at, invited_by, at)
        VALUES (:id, :channel, :account, :hash, :uses, :expires, :by, :at)
        ON CONFLICT (account, channel) WHERE account IS NOT NULL DO UPDATE
        SET id = excluded.id, expires_at = excluded.expires_at, invited_by = excluded.invited_by, at = excluded.at,
            declined_at = NULL
        """
    private static let decline: SQL =
        "UPDATE channel_invitation SET declined_at = :now, expires_at = :until WHERE id = :id"
    private static let settle: SQL =
        "DELETE FROM channel_invitation WHERE account = :account AND channel = :channel"
    private static let use: SQL = "UPDATE channel_invitation SET uses_left = uses_left - 1 WHERE id = :id"
    private static let delete: SQL = "DELETE FROM channel_invitation WHERE id = :id"
    private static let deleteSpent: SQL = "DELETE FROM channel_invitation WHERE id = :id AND uses_left = 0"
    private static let deleteIn: SQL = "DELETE FROM channel_invitation WHERE channel = :channel"
    private static let deleteOf: SQL = "DELETE FROM channel_invitation WHERE account = :account"
    private static let forgetInviter: SQL =
        "UPDATE channel_invitation SET invited_by = NULL WHERE invited_by = :account"
    private static let deleteOld: SQL = """
        DELETE FROM channel_invitation WHERE id IN (
            SELECT id FROM channel_invitation WHERE expires_at <= :now LIMIT :limit
        )
        """

    private static func invitation(_ row: Row) -> ChannelInvitation {
        ChannelInvitation(
            id: row.id(0),
            channel: row.id(1),
            channelName: row.optionalString(2),
            spaceName: row.optionalString(8),
            account: row.optionalID(3),
            code: nil,
            usesLeft: row.optionalInt64(4).map(Int.init),
            expiresAt: row.int64(5),
            by: row.optionalID(6),
            at: row.int64(7)
        )
    }

    static func list(
        in channel: ChannelID,
        now: Milliseconds,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [ChannelInvitation] {
        try tx.all(selectIn) {
            $0.bind("channel", channel)
            $0.bind("now", now)
        } row: {
            invitation($0)
        }
    }

    static func find(codeHash: [UInt8], _ tx: borrowing some Reading & ~Copyable) throws -> ChannelInvitation? {
        try tx.first(selectByCode) {
            $0.bind("hash", codeHash)
        } row: {
            invitation($0)
        }
    }

    static func find(_ id: InvitationID, _ tx: borrowing some Reading & ~Copyable) throws -> ChannelInvitation? {
        try tx.first(selectByID) {
            $0.bind("id", id)
        } row: {
            invitation($0)
        }
    }

    /// The invitation of one person, while it can be used.
    static func find(
        of account: AccountID,
        to channel: ChannelID,
        now: Milliseconds,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> ChannelInvitation? {
        try tx.first(selectOf) {
            $0.bind("account", account)
            $0.bind("channel", channel)
            $0.bind("now", now)
        } row: {
            invitation($0)
        }
    }

    /// The newest that are for one person, in channels that are there.
    static func list(
        for account: AccountID,
        now: Milliseconds,
        limit: Int,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [ChannelInvitation] {
        try tx.all(selectFor) {
            $0.bind("account", account)
            $0.bind("now", now)
            $0.bind("limit", limit)
        } row: {
            invitation($0)
        }
    }

    /// Until when somebody who has declined is left in peace; nil if they may be invited.
    static func declinedUntil(
        _ account: AccountID,
        _ channel: ChannelID,
        now: Milliseconds,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Milliseconds? {
        try tx.first(selectDeclined) {
            $0.bind("account", account)
            $0.bind("channel", channel)
            $0.bind("now", now)
        } row: {
            $0.int64(0)
        }
    }

    static func count(in channel: ChannelID, now: Milliseconds, _ tx: borrowing some Reading & ~Copyable) throws -> Int
    {
        try tx.first(count) {
            $0.bind("channel", channel)
            $0.bind("now", now)
        } row: {
            $0.int(0)
        } ?? 0
    }

    /// A person is invited to a channel once: the newer takes the older's place.
    static func insert(_ invitation: ChannelInvitation, codeHash: [UInt8]?, _ tx: borrowing Transaction) throws {
        try tx.run(insert) {
            $0.bind("id", invitation.id)
            $0.bind("channel", invitation.channel)
            $0.bind("account", invitation.account)
            $0.bind("hash", codeHash)
            $0.bind("uses", invitation.usesLeft.map(Int64.init))
            $0.bind("expires", invitation.expiresAt)
            $0.bind("by", invitation.by)
            $0.bind("at", invitation.at)
        }
    }

    /// One use of a code less; the last one takes the row. What is for one person goes with their joining.
    static func use(_ invitation: ChannelInvitation, _ tx: borrowing Transaction) throws {
        guard invitation.account == nil, invitation.usesLeft != nil else { return }
        for statement in [use, deleteSpent] { try tx.run(statement) { $0.bind("id", invitation.id) } }
    }

    /// The row stays until they may be asked again.
    static func decline(
        _ invitation: ChannelInvitation,
        now: Milliseconds,
        until: Milliseconds,
        _ tx: borrowing Transaction
    ) throws {
        try tx.run(decline) {
            $0.bind("now", now)
            $0.bind("until", until)
            $0.bind("id", invitation.id)
        }
    }

    /// Whoever is in the channel is not invited to it, and has not declined.
    static func settle(_ account: AccountID, _ channel: ChannelID, _ tx: borrowing Transaction) throws {
        try tx.run(settle) {
            $0.bind("account", account)
            $0.bind("channel", channel)
        }
    }

    static func delete(_ id: InvitationID, _ tx: borrowing Transaction) throws {
        try tx.run(delete) { $0.bind("id", id) }
    }

    static func deleteAll(in channel: ChannelID, _ tx: borrowing Transaction) throws {
        try tx.run(deleteIn) { $0.bind("channel", channel) }
    }

    static func erase(_ account: AccountID, _ tx: borrowing Transaction) throws {
        for statement in [deleteOf, forgetInviter] { try tx.run(statement) { $0.bind("account", account) } }
    }

    /// True if there may be more of them.
    static func deleteOld(now: Milliseconds, limit: Int, _ tx: borrowing Transaction) throws -> Bool {
        try tx.run(deleteOld) {
            $0.bind("now", now)
            $0.bind("limit", limit)
        } == limit
    }
}
