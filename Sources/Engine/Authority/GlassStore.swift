import ChatAPI
import Storage

/// Table `glass`: who reads which private conversation of others, and until when. A timer takes the row away.
enum GlassStore {
    static let schema = """
        CREATE TABLE glass (
            channel BLOB NOT NULL,
            account BLOB NOT NULL,
            reason TEXT NOT NULL,
            at INTEGER NOT NULL,
            until INTEGER NOT NULL,
            PRIMARY KEY (channel, account)
        ) STRICT, WITHOUT ROWID;
        """

    private static let upsert: SQL = """
        INSERT INTO glass (channel, account, reason, at, until) VALUES (:channel, :account, :reason, :at, :until)
        ON CONFLICT (channel, account) DO UPDATE SET reason = excluded.reason, at = excluded.at, until = excluded.until
        """
    private static let select: SQL = "SELECT 1 FROM glass WHERE channel = :channel AND account = :account"
    private static let delete: SQL = "DELETE FROM glass WHERE channel = :channel AND account = :account"

    static func insert(_ glass: BrokenGlass, _ tx: borrowing Transaction) throws {
        try tx.run(upsert) {
            $0.bind("channel", glass.channel)
            $0.bind("account", glass.account)
            $0.bind("reason", glass.reason)
            $0.bind("at", glass.at)
            $0.bind("until", glass.until)
        }
    }

    static func isBroken(
        _ channel: ChannelID,
        by account: AccountID?,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Bool {
        guard let account else { return false }
        return try tx.first(select) {
            $0.bind("channel", channel)
            $0.bind("account", account)
        } row: { _ in
            true
        } ?? false
    }

    static func delete(_ channel: ChannelID, _ account: AccountID, _ tx: borrowing Transaction) throws {
        try tx.run(delete) {
            $0.bind("channel", channel)
            $0.bind("account", account)
        }
    }
}
