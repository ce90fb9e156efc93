import ChatAPI
import Storage

/// Table `reaction`: who reacted to which message with what.
///
/// `first` is the `seq` at which this emoji was first used on the message, kept for as long as anyone uses it: the order
/// of emoji does not change when the first person takes theirs back, neither here nor at clients that follow the log.
enum ReactionStore {
    static let schema = """
        CREATE TABLE reaction (
            channel BLOB NOT NULL,
            message INTEGER NOT NULL,
            emoji TEXT NOT NULL,
            account BLOB NOT NULL,
            first INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            PRIMARY KEY (channel, message, emoji, account)
        ) STRICT, WITHOUT ROWID;
        """

    private static let insert: SQL = """
        INSERT INTO reaction (channel, message, emoji, account, first, seq)
        VALUES (:channel, :message, :emoji, :account, :first, :seq)
        """
    private static let delete: SQL = """
        DELETE FROM reaction
        WHERE channel = :channel AND message = :message AND emoji = :emoji AND account = :account
        """
    private static let deleteAll: SQL = "DELETE FROM reaction WHERE channel = :channel AND message = :message"
    private static let select: SQL = """
        SELECT message, emoji, account FROM reaction
        WHERE channel = :channel AND message >= :from AND message <= :through
        ORDER BY message, first, seq
        """
    private static let selectEmoji: SQL = """
        SELECT emoji, MIN(first), MAX(CASE WHEN account = :account THEN 1 ELSE 0 END) FROM reaction
        WHERE channel = :channel AND message = :message GROUP BY emoji
        """

    /// What a message carries, as far as a new reaction has to know.
    struct Standing {
        /// When each emoji was first used.
        var firsts: [String: Int64] = [:]
        /// Those that the account has used.
        var own: Set<String> = []
    }

    static func standing(
        of message: Int64,
        in channel: ChannelID,
        for account: AccountID,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Standing {
        var standing = Standing()
        try tx.each(selectEmoji) {
            $0.bind("account", account)
            $0.bind("channel", channel)
            $0.bind("message", message)
        } row: { row in
            let emoji = row.string(0)
            standing.firsts[emoji] = row.int64(1)
            if row.bool(2) { standing.own.insert(emoji) }
            return true
        }
        return standing
    }

    static func insert(
        _ emoji: String,
        by account: AccountID,
        to message: Int64,
        in channel: ChannelID,
        first: Int64,
        seq: Int64,
        _ tx: borrowing Transaction
    ) throws {
        try tx.run(insert) {
            $0.bind("channel", channel)
            $0.bind("message", message)
            $0.bind("emoji", emoji)
            $0.bind("account", account)
            $0.bind("first", first)
            $0.bind("seq", seq)
        }
    }

    /// False if there was none.
    static func delete(
        _ emoji: String,
        by account: AccountID,
        of message: Int64,
        in channel: ChannelID,
        _ tx: borrowing Transaction
    ) throws -> Bool {
        try tx.run(delete) {
            $0.bind("channel", channel)
            $0.bind("message", message)
            $0.bind("emoji", emoji)
            $0.bind("account", account)
        } > 0
    }

    static func deleteAll(of message: Int64, in channel: ChannelID, _ tx: borrowing Transaction) throws {
        try tx.run(deleteAll) {
            $0.bind("channel", channel)
            $0.bind("message", message)
        }
    }

    /// The reactions of the messages in a range, by message, in the order of first use.
    static func reactions(
        in channel: ChannelID,
        from: Int64,
        through: Int64,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [Int64: [Reaction]] {
        var result: [Int64: [Reaction]] = [:]
        try tx.each(select) {
            $0.bind("channel", channel)
            $0.bind("from", from)
            $0.bind("through", through)
        } row: { row in
            let (message, emoji) = (row.int64(0), row.string(1))
            let account: AccountID = row.id(2)
            var list = result.removeValue(forKey: message) ?? []
            if let last = list.indices.last, list[last].emoji == emoji {
                list[last].by.append(account)
            } else {
                list.append(Reaction(emoji: emoji, by: [account]))
            }
            result[message] = list
            return true
        }
        return result
    }
}
