package import ChatAPI
import Storage

/// Deleting a channel: gone for everyone in one short write, its rows in batches after that.
///
/// The rows of `channel` that carry `deleted_at` are the list of what is left to do, so a restart in between loses nothing;
/// a recurring timer works it off.
/// A batch touches at most a few hundred rows: other writes wait a few milliseconds at most.
package enum ChannelPurge {
    package static let schema = """
        CREATE INDEX mention_channel ON mention (channel, seq);
        """

    /// Rows of one table in one batch.
    static let batch = 250

    static let selectNext: SQL = """
        SELECT id, name FROM channel WHERE deleted_at IS NOT NULL ORDER BY deleted_at, id LIMIT 1
        """
    private static let selectMembers: SQL = """
        SELECT account, visible_from FROM membership WHERE channel = :channel ORDER BY account LIMIT :limit
        """
    private static let deleteMember: SQL = "DELETE FROM membership WHERE account = :account AND channel = :channel"
    private static let selectLast: SQL = """
        SELECT MAX(seq) FROM (SELECT seq FROM entry WHERE log = :log ORDER BY seq LIMIT :limit) page
        """
    static let deleteEntries: SQL = "DELETE FROM entry WHERE log = :log AND seq <= :through"
    private static let deleteReactions: SQL = "DELETE FROM reaction WHERE channel = :channel AND message <= :through"
    private static let deletePins: SQL = "DELETE FROM pin WHERE channel = :channel AND message <= :through"
    static let deleteMentions: SQL = "DELETE FROM mention WHERE channel = :channel AND seq <= :through"
    private static let deleteChannel: SQL = "DELETE FROM channel WHERE id = :id"

    /// The channel whose rows are to be deleted next; nil if there is none.
    static func next(_ tx: borrowing some Reading & ~Copyable) throws -> (id: ChannelID, name: String?)? {
        try tx.first(selectNext) { (id: $0.id(0), name: $0.optionalString(1)) }
    }

    /// One batch: first the members, who are told in `@me`, then what was said, then the row itself.
    ///
    /// - Returns: whether there is more to delete, in this channel or another.
    package static func step(now: Milliseconds, _ tx: borrowing Transaction) throws -> Bool {
        guard let channel = try next(tx) else { return false }
        let members: [(account: AccountID, visibleFrom: Int64)] = try tx.all(selectMembers) {
            $0.bind("channel", channel.id)
            $0.bind("limit", batch)
        } row: {
            ($0.id(0), $0.int64(1))
        }
        for (account, visibleFrom) in members {
            try tx.run(deleteMember) {
                $0.bind("account", account)
                $0.bind("channel", channel.id)
            }
            // Who never knew of it does not hear that it is gone.
            if visibleFrom >= Membership.veiled { continue }
            try tx.clearRegisters(about: channel.id, of: account, now: now)
            var entry = Entry(kind: .channelLeft, channel: channel.id, seq: 0, by: account, at: 0)
            entry.text = channel.name
            _ = try tx.appendToMe(entry, of: account, now: now)
        }
        if members.count == batch { return true }
        let last = try tx.first(selectLast) {
            $0.bind("log", channel.id)
            $0.bind("limit", batch)
        } row: {
            $0.optionalInt64(0)
        }
        if let last = last.flatMap(\.self) {
            try deleteEntries(through: last, of: channel.id, tx)
            return true
        }
        try SketchPurge.markAll(of: channel.id, at: now, tx)
        try PostingStore.deleteAll(of: channel.id, tx)
        try InvitationStore.deleteAll(in: channel.id, tx)
        try ReportStore.deleteAll(in: channel.id, tx)
        try tx.run(deleteChannel) { $0.bind("id", channel.id) }
        return try next(tx) != nil
    }

    private static func deleteEntries(through last: Int64, of channel: ChannelID, _ tx: borrowing Transaction) throws {
        for statement in [deleteReactions, deletePins] {
            try tx.run(statement) {
                $0.bind("channel", channel)
                $0.bind("through", last)
            }
        }
        for statement in [deleteMentions, BlockStore.deleteHidden] {
            try tx.run(statement) {
                $0.bind("channel", channel)
                $0.bind("through", last)
            }
        }
        try tx.run(deleteEntries) {
            $0.bind("log", channel)
            $0.bind("through", last)
        }
    }
}

extension Timers {
    /// A deletion is followed by its purge at once. Where this is lost, the recurring job finds the rows.
    func hurryPurges(after news: [News]) {
        for item in news {
            if case .channelDeleted = item { return hurry(Jobs.purgeChannels) }
        }
    }
}

extension Transaction {
    /// Deletes a channel: from this commit on nobody finds it, reads it or hears of it.
    func delete(_ channel: ChannelFacts, by account: AccountID, now: Milliseconds) throws {
        var entry = Entry(kind: .deleted, channel: channel.id, seq: 0, by: account, at: 0)
        entry.text = channel.name
        _ = try append(entry, to: .channel(channel.id), now: now)
        facts.tell(.channelDeleted(channel.id))
        try ChannelStore.markDeleted(channel.id, at: now, self)
        facts.forget(channel.id)
    }
}
