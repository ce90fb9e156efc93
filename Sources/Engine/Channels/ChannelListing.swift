import ChatAPI
import Storage

/// Which channels a caller sees, as the API shows them: open ones, those with a secret by name, its own conversations.
///
/// The order is names first, then direct conversations by id; a cursor is the last one that was shown. Whatever is there
/// before the first page and after the last one is listed exactly once.
enum ChannelListing {
    private static let columns = """
        c.id, c.kind, c.name, c.topic, c.secret_hash IS NOT NULL, c.member_count, c.created_by, c.created_at, c.version,
        m.role, (SELECT MAX(seq) FROM entry WHERE log = c.id)
        """
    private static let selectOne = SQL(
        """
        SELECT \(columns) FROM channel c LEFT JOIN membership m ON m.account = :account AND m.channel = c.id
        WHERE c.id = :id AND c.deleted_at IS NULL
        """
    )
    static let selectNamed = SQL(
        """
        SELECT \(columns), c.folded
        FROM channel c LEFT JOIN membership m ON m.account = :account AND m.channel = c.id
        WHERE c.space = :space AND c.folded IS NOT NULL AND c.folded > :after
            AND (:joined = 0 OR m.account IS NOT NULL)
            AND (CAST(:query AS TEXT) IS NULL OR instr(c.folded, :query) > 0
                OR ((c.secret_hash IS NULL OR m.account IS NOT NULL OR :sees = 1) AND instr(c.topic_search, :text) > 0))
        ORDER BY c.folded LIMIT :limit
        """
    )
    static let selectDirects = SQL(
        """
        SELECT \(columns), NULL
        FROM membership m CROSS JOIN channel c
        WHERE m.account = :account AND m.channel > :after AND c.id = m.channel AND c.kind = 'direct'
            AND c.deleted_at IS NULL
            AND (CAST(:query AS TEXT) IS NULL OR EXISTS (
                SELECT 1 FROM membership p JOIN account a ON a.id = p.account
                WHERE p.channel = c.id AND (instr(a.folded, :query) > 0 OR instr(lower(a.display_name), :text) > 0)
            ))
        ORDER BY m.channel LIMIT :limit
        """
    )
    private static let selectPeople: SQL = "SELECT account FROM membership WHERE channel = :channel ORDER BY account"

    /// A channel as the caller sees it.
    ///
    /// - Throws: `APIError.notFound`, also for the direct conversations of others.
    static func channel(
        _ id: ChannelID,
        for caller: Caller,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Channel {
        let found = try tx.first(selectOne) {
            $0.bind("account", caller.account)
            $0.bind("id", id)
        } row: {
            read($0, for: caller)
        }
        guard var channel = found, channel.kind == .text || channel.role != nil else {
            throw ChannelStore.unknown(id.description)
        }
        try addPeople(&channel, tx)
        return channel
    }

    /// Channels with a name, in its order, after the given folded one.
    static func named(
        after folded: String,
        _ query: ListedQuery,
        for caller: Caller,
        limit: Int,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [(channel: Channel, folded: String)] {
        try tx.all(selectNamed) {
            $0.bind("account", caller.account)
            $0.bind("space", ChannelStore.platform)
            $0.bind("after", folded)
            $0.bind("joined", query.isJoined)
            $0.bind("query", query.words?.folded)
            $0.bind("text", query.words?.lowercased)
            $0.bind("sees", caller.isPlatformAdmin)
            $0.bind("limit", limit)
        } row: {
            (channel: read($0, for: caller), folded: $0.string(11))
        }
    }

    /// The caller's direct conversations after an id.
    static func directs(
        after id: ChannelID?,
        _ query: ListedQuery,
        for caller: Caller,
        limit: Int,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [Channel] {
        var channels = try tx.all(selectDirects) {
            $0.bind("account", caller.account)
            $0.bind("after", id ?? ChannelID(high: 0, low: 0))
            $0.bind("query", query.words?.folded)
            $0.bind("text", query.words?.lowercased)
            $0.bind("limit", limit)
        } row: {
            read($0, for: caller)
        }
        for index in channels.indices { try addPeople(&channels[index], tx) }
        return channels
    }

    /// What a list is narrowed by.
    struct ListedQuery {
        var words: PageRules.Words?
        var isJoined = false
    }

    /// Whoever may not read a channel learns its name and how many are in it, not its topic or how far it is.
    private static func read(_ row: Row, for caller: Caller) -> Channel {
        var channel = Channel(
            id: row.id(0),
            kind: row.name(1),
            name: row.optionalString(2),
            topic: row.optionalString(3),
            hasSecret: row.bool(4),
            memberCount: row.int(5),
            people: nil,
            createdBy: row.optionalID(6),
            createdAt: row.int64(7),
            head: row.int64(10),
            version: row.int64(8),
            role: row.isNull(9) ? nil : row.name(9)
        )
        if channel.role == nil && channel.hasSecret {
            channel.head = nil
            if !caller.isPlatformAdmin { channel.topic = nil }
        }
        return channel
    }

    private static func addPeople(_ channel: inout Channel, _ tx: borrowing some Reading & ~Copyable) throws {
        guard channel.kind == .direct else { return }
        let id = channel.id
        channel.people = try tx.all(selectPeople) {
            $0.bind("channel", id)
        } row: {
            $0.id(0)
        }
    }
}
