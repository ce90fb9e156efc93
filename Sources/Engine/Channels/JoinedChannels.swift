package import ChatAPI
package import Storage

/// Where an account is and what it has not read there: the heart of `hello` and of `me.get`, in two statements.
///
/// Unread is the log's counter at its head minus the counter at the read marker (`protocol.md` 9). Mentions are the
/// rows of table `mention` above the marker, plus the mentions of everybody since; a message that does both has no row.
package enum JoinedChannels {
    static let select = SQL(
        """
        SELECT c.id, c.kind, c.name, c.topic, c.secret_hash IS NOT NULL, c.member_count, c.created_by, c.created_at,
            h.seq, c.version, m.role,
            m.marker, h.messages - m.marker_messages - \(BlockStore.hiddenAboveMarker), h.broadcasts - m.marker_broadcasts,
            (SELECT COUNT(*) FROM mention n WHERE n.account = m.account AND n.channel = m.channel AND n.seq > m.marker),
            s.kind, c.space, s.slug
        FROM membership m
        JOIN channel c ON c.id = m.channel
        LEFT JOIN space s ON s.id = c.space
        LEFT JOIN entry h ON h.log = m.channel AND h.seq = (SELECT MAX(seq) FROM entry WHERE log = m.channel)
        WHERE m.account = :account AND \(MembershipStore.isSeen) AND c.deleted_at IS NULL
        ORDER BY m.channel
        """
    )
    static let selectPeople: SQL = """
        SELECT p.channel, p.account
        FROM membership mine
        CROSS JOIN channel c
        CROSS JOIN membership p
        WHERE mine.account = :account AND c.id = mine.channel AND c.kind IN ('direct', 'chat') AND p.channel = c.id
        ORDER BY mine.channel, p.account
        """

    /// Every channel of an account, in the order of their ids, with what is unread.
    package static func list(
        for account: AccountID,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [JoinedChannel] {
        var hasDirects = false
        var joined: [JoinedChannel] = try tx.all(select) {
            $0.bind("account", account)
        } row: { row in
            let channel = Channel(
                id: row.id(0),
                kind: row.name(1),
                name: row.optionalString(2),
                topic: row.optionalString(3),
                hasSecret: row.bool(4),
                memberCount: row.int(5),
                people: nil,
                createdBy: row.optionalID(6),
                createdAt: row.int64(7),
                head: row.int64(8),
                version: row.int64(9),
                role: row.name(10),
                space: row.spaceOnWire(15),
                spaceName: row.optionalString(17)
            )
            if channel.kind.isPrivate { hasDirects = true }
            return JoinedChannel(
                channel: channel,
                unread: Unread(
                    channel: channel.id,
                    marker: row.int64(11),
                    unread: row.int64(12),
                    mentions: row.int64(13) + row.int64(14)
                )
            )
        }
        if hasDirects {
            let people = try people(of: account, tx)
            for index in joined.indices where joined[index].channel.kind.isPrivate {
                joined[index].channel.people = people[joined[index].channel.id]
            }
        }
        return joined
    }

    /// Who is in the direct conversations of an account.
    private static func people(
        of account: AccountID,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [ChannelID: [AccountID]] {
        var people: [ChannelID: [AccountID]] = [:]
        try tx.each(selectPeople) {
            $0.bind("account", account)
        } row: { row in
            people[row.id(0), default: []].append(row.id(1))
            return true
        }
        return people
    }
}
