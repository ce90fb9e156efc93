import ChatAPI
import Storage

/// The members of a channel as the API shows them.
enum MemberListing {
    private static let columns = "a.id, a.name, a.display_name, a.kind, m.role, m.joined_at, a.folded"
    /// From the channel's side: a large platform's small channel must not read everybody's names.
    static let selectPage = SQL(
        """
        SELECT \(columns) FROM membership m CROSS JOIN account a
        WHERE m.channel = :channel AND a.id = m.account AND a.folded > :after
            AND (CAST(:query AS TEXT) IS NULL OR instr(a.folded, :query) > 0 OR instr(lower(a.display_name), :text) > 0)
        ORDER BY a.folded LIMIT :limit
        """
    )
    private static let selectOne = SQL(
        """
        SELECT \(columns) FROM membership m CROSS JOIN account a
        WHERE m.account = :account AND m.channel = :channel AND a.id = m.account
        """
    )

    static func page(
        of channel: ChannelID,
        after folded: String,
        _ words: PageRules.Words?,
        limit: Int,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [(member: Member, folded: String)] {
        try tx.all(selectPage) {
            $0.bind("channel", channel)
            $0.bind("after", folded)
            $0.bind("query", words?.folded)
            $0.bind("text", words?.lowercased)
            $0.bind("limit", limit)
        } row: { row in
            (member: read(row), folded: row.string(6))
        }
    }

    static func member(
        _ account: AccountID,
        of channel: ChannelID,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Member {
        let member = try tx.first(selectOne) {
            $0.bind("account", account)
            $0.bind("channel", channel)
        } row: {
            read($0)
        }
        guard let member else { throw APIError(.notFound, "there is no such member") }
        return member
    }

    private static func read(_ row: Row) -> Member {
        Member(
            account: row.id(0),
            name: row.string(1),
            displayName: row.optionalString(2),
            kind: row.name(3),
            role: row.name(4),
            joinedAt: row.int64(5)
        )
    }
}
