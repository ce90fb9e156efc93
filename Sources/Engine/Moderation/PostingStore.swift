package import ChatAPI
import Storage

/// What a channel's admins decided about writing in it, as its facts hold it.
package struct ChannelPosting: Sendable, Equatable {
    package var slowModeMs: Int64
    package var rules: [PostingRule]
    /// Who wrote last when, while slow mode is on: read once from the table, kept in step with it.
    var lastPosts: [AccountID: Milliseconds] = [:]

    package init(slowModeMs: Int64 = 0, rules: [PostingRule] = []) {
        self.slowModeMs = slowModeMs
        self.rules = rules
    }

    var isOpen: Bool { slowModeMs == 0 && rules.isEmpty }
}

/// The statements of tables `channel_posting` and `slow_post`.
enum PostingStore {
    private static let select: SQL = "SELECT slow_mode, rules FROM channel_posting WHERE channel = :channel"
    private static let selectPosts: SQL = "SELECT account, at FROM slow_post WHERE channel = :channel"
    private static let upsert: SQL = """
        INSERT INTO channel_posting (channel, slow_mode, rules) VALUES (:channel, :slowMode, :rules)
        ON CONFLICT (channel) DO UPDATE SET slow_mode = excluded.slow_mode, rules = excluded.rules
        """
    private static let delete: SQL = "DELETE FROM channel_posting WHERE channel = :channel"
    private static let deletePosts: SQL = "DELETE FROM slow_post WHERE channel = :channel"
    private static let upsertPost: SQL = """
        INSERT INTO slow_post (channel, account, at) VALUES (:channel, :account, :at)
        ON CONFLICT (channel, account) DO UPDATE SET at = excluded.at
        """

    static func posting(of channel: ChannelID, _ tx: borrowing some Reading & ~Copyable) throws -> ChannelPosting {
        let found = try tx.first(select) {
            $0.bind("channel", channel)
        } row: { row in
            (slowMode: row.int64(0), rules: row.bytes(1))
        }
        guard let found else { return ChannelPosting() }
        var posting = ChannelPosting(
            slowModeMs: found.slowMode,
            rules: try Coding.decode([PostingRule].self, from: found.rules)
        )
        guard posting.slowModeMs > 0 else { return posting }
        try tx.each(selectPosts) {
            $0.bind("channel", channel)
        } row: { row in
            posting.lastPosts[row.id(0)] = row.int64(1)
            return true
        }
        return posting
    }

    static func store(_ posting: ChannelPosting, of channel: ChannelID, _ tx: borrowing Transaction) throws {
        if posting.slowModeMs == 0 { try tx.run(deletePosts) { $0.bind("channel", channel) } }
        guard !posting.isOpen else {
            try tx.run(delete) { $0.bind("channel", channel) }
            return
        }
        try tx.run(upsert) {
            $0.bind("channel", channel)
            $0.bind("slowMode", posting.slowModeMs)
            $0.bind("rules", String(decoding: Coding.encode(posting.rules), as: UTF8.self))
        }
    }

    static func note(_ account: AccountID, at time: Milliseconds, in channel: ChannelID, _ tx: borrowing Transaction)
        throws
    {
        try tx.run(upsertPost) {
            $0.bind("channel", channel)
            $0.bind("account", account)
            $0.bind("at", time)
        }
    }

    private static let forgetPosts: SQL = "DELETE FROM slow_post WHERE account = :account"

    /// An account is deleted. The channels that slow mode is on in are few.
    static func forget(_ account: AccountID, _ tx: borrowing Transaction) throws {
        try tx.run(forgetPosts) { $0.bind("account", account) }
    }

    /// The channel is being purged.
    static func deleteAll(of channel: ChannelID, _ tx: borrowing Transaction) throws {
        for statement in [delete, deletePosts] { try tx.run(statement) { $0.bind("channel", channel) } }
    }
}
