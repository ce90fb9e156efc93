package import ChatAPI
package import Storage

/// Read markers: how far a member has read, and with it what is unread.
///
/// A marker is a register, `marker/<channel>`, kept in the row of the membership together with the log's counters at
/// that place. It moves forward only, unless forced. Whoever writes has read: a person's own message moves the marker to
/// itself (`markRead`), so that it never counts as unread; other devices see the message itself and need no entry of
/// `@me`. Bots are the exception, because a write more for each of their messages buys nobody anything: their markers move
/// when they say so.
package enum MarkerStore {
    static let select = SQL(
        """
        SELECT m.marker, m.marker_version, m.marker_told, m.visible_from,
            COALESCE(h.messages, 0) - m.marker_messages - \(BlockStore.hiddenAboveMarker), COALESCE(h.broadcasts, 0) - m.marker_broadcasts,
            (SELECT COUNT(*) FROM mention n WHERE n.account = m.account AND n.channel = m.channel AND n.seq > m.marker)
        FROM membership m
        LEFT JOIN entry h ON h.log = m.channel AND h.seq = (SELECT MAX(seq) FROM entry WHERE log = m.channel)
        WHERE m.account = :account AND m.channel = :channel
        """
    )
    private static let selectCounters: SQL = """
        SELECT messages, broadcasts FROM entry WHERE log = :log AND seq <= :seq ORDER BY seq DESC LIMIT 1
        """
    private static let update: SQL = """
        UPDATE membership SET marker = :seq, marker_messages = :messages, marker_broadcasts = :broadcasts,
            marker_version = :version, marker_told = :told
        WHERE account = :account AND channel = :channel
        """
    static let moveForward: SQL = """
        UPDATE membership SET marker = :seq, marker_messages = :messages, marker_broadcasts = :broadcasts
        WHERE account = :account AND channel = :channel AND marker < :least
        """
    static let selectAll: SQL = """
        SELECT m.channel, m.marker, m.marker_version FROM membership m JOIN channel c ON c.id = m.channel
        WHERE m.account = :account AND m.marker_version > :after AND c.deleted_at IS NULL
        """

    struct Stored {
        let version: Int64
        let told: Int64?
        let visibleFrom: Int64
        let unread: Unread
    }

    /// Nil if the account is not a member.
    static func stored(
        of account: AccountID,
        in channel: ChannelID,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Stored? {
        try tx.first(select) {
            $0.bind("account", account)
            $0.bind("channel", channel)
        } row: { row in
            Stored(
                version: row.int64(1),
                told: row.optionalInt64(2),
                visibleFrom: row.int64(3),
                unread: Unread(
                    channel: channel,
                    marker: row.int64(0),
                    unread: row.int64(4),
                    mentions: row.int64(5) + row.int64(6)
                )
            )
        }
    }

    /// Moves a marker, and says so in `@me`.
    static func move(
        _ account: AccountID,
        in channel: ChannelID,
        to seq: Int64,
        from stored: Stored,
        now: Milliseconds,
        _ tx: borrowing Transaction
    ) throws -> Unread {
        let counters =
            try tx.first(selectCounters) {
                $0.bind("log", channel)
                $0.bind("seq", seq)
            } row: {
                (messages: $0.int64(0), broadcasts: $0.int64(1))
            } ?? (messages: 0, broadcasts: 0)
        let version = try RegisterStore.advance(account, bytes: 0, tx)
        let told = try tx.tellMe(account, [register(seq, of: channel, version: version)], now: now)
        try tx.run(update) {
            $0.bind("seq", seq)
            $0.bind("messages", counters.messages)
            $0.bind("broadcasts", counters.broadcasts)
            $0.bind("version", version)
            $0.bind("told", told)
            $0.bind("account", account)
            $0.bind("channel", channel)
        }
        try RegisterStore.emptyEntry(stored.told, of: account, tx)
        guard let moved = try MarkerStore.stored(of: account, in: channel, tx) else {
            preconditionFailure("a membership vanished inside its own write")
        }
        return moved.unread
    }

    /// Markers that were set after a version.
    static func all(
        of account: AccountID,
        after version: Int64,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [Register] {
        try tx.all(selectAll) {
            $0.bind("account", account)
            $0.bind("after", version)
        } row: {
            register($0.int64(1), of: $0.id(0), version: $0.int64(2))
        }
    }

    static func register(_ seq: Int64, of channel: ChannelID, version: Int64) -> Register {
        Register(key: RegisterRules.markerKey(channel), value: ["seq": .integer(seq)], version: version)
    }

    fileprivate static func moveForward(
        _ account: AccountID,
        to entry: Entry,
        in channel: ChannelID,
        _ tx: borrowing Transaction
    ) throws {
        try tx.run(moveForward) {
            $0.bind("seq", entry.seq)
            $0.bind("messages", entry.messagesSoFar)
            $0.bind("broadcasts", entry.broadcastsSoFar)
            $0.bind("account", account)
            $0.bind("channel", channel)
            $0.bind("least", entry.seq)
        }
    }
}

extension Transaction {
    /// Whoever writes has read: the author's marker moves to the message that was just stored.
    package func markRead(_ message: Entry, by author: AccountID, in channel: ChannelID) throws {
        try MarkerStore.moveForward(author, to: message, in: channel, self)
    }
}
