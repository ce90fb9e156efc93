import ChatAPI
import Storage

/// Which channels a caller sees, as the API shows them: a space's open ones, those with a secret by name, and what else it
/// is in.
///
/// The order is the names of the space first, then the caller's channels outside it by id (direct conversations, chats, and
/// those of events); a cursor is the last one that was shown. Whatever is there before the first page and after the last
/// one is listed exactly once.
enum ChannelListing {
    private static let columns = """
        c.id, c.kind, c.name, c.topic, c.secret_hash IS NOT NULL, c.member_count, c.created_by, c.created_at, c.version,
        m.role, (SELECT MAX(seq) FROM entry WHERE log = c.id), s.kind, c.space, s.slug
        """
    private static let selectOne = SQL(
        """
        SELECT \(columns) FROM channel c LEFT JOIN membership m ON m.account = :account AND m.channel = c.id
        LEFT JOIN space s ON s.id = c.space
        WHERE c.id = :id AND c.deleted_at IS NULL
        """
    )
    static let selectNamed = SQL(
        """
        SELECT \(columns), c.folded
        FROM channel c
        LEFT JOIN membership m ON m.account = :account AND m.channel = c.id
        LEFT JOIN space s ON s.id = c.space
        WHERE c.space = :space AND c.folded IS NOT NULL AND c.folded > :after
            AND (c.kind <> 'staff' OR :staff = 1 OR m.account IS NOT NULL)
            AND (:joined = 0 OR m.account IS NOT NULL)
            AND (CAST(:query AS TEXT) IS NULL OR instr(c.folded, :query) > 0
                OR ((c.secret_hash IS NULL OR m.account IS NOT NULL OR :sees = 1) AND instr(c.topic_search, :text) > 0))
        ORDER BY c.folded LIMIT :limit
        """
    )
    static let selectOthers = SQL(
        """
        SELECT \(columns), NULL
        FROM membership m CROSS JOIN channel c LEFT JOIN space s ON s.id = c.space
        WHERE m.account = :account AND m.channel > :after AND \(MembershipStore.isSeen) AND c.id = m.channel
            AND (c.space IS NULL OR c.space <> :platform) AND c.deleted_at IS NULL
            AND (CAST(:query AS TEXT) IS NULL OR instr(c.folded, :query) > 0 OR c.folded IS NULL AND EXISTS (
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
        guard var channel = found else { throw ChannelStore.unknown(id.description) }
        if channel.role == nil {
            if channel.kind.isPrivate {
                // Whoever reads it sees that it is there: a chat of the archive, a conversation behind broken glass.
                _ = try ChannelStore.access(id.description, for: caller, tx)
            } else if !caller.isPlatformAdmin,
                try !SpaceAccess.reaches(caller, channel.kind, in: channel.space ?? .platform, tx)
            {
                throw ChannelStore.unknown(id.description)
            }
        }
        try addPeople(&channel, tx)
        return channel
    }

    /// Channels with a name, in its order, after the given folded one.
    static func named(
        after folded: String,
        _ query: ListedQuery,
        for caller: Caller,
        in space: Scope,
        isStaff: Bool,
        limit: Int,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [(channel: Channel, folded: String)] {
        try tx.all(selectNamed) {
            $0.bind("account", caller.account)
            $0.bind("space", space.id)
            $0.bind("staff", isStaff)
            $0.bind("after", folded)
            $0.bind("joined", query.isJoined)
            $0.bind("query", query.words?.folded)
            $0.bind("text", query.words?.lowercased)
            $0.bind("sees", caller.isPlatformAdmin)
            $0.bind("limit", limit)
        } row: {
            (channel: read($0, for: caller), folded: $0.string(14))
        }
    }

    /// What the caller is in outside the platform's own space, after an id.
    static func others(
        after id: ChannelID?,
        _ query: ListedQuery,
        for caller: Caller,
        limit: Int,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [Channel] {
        var channels = try tx.all(selectOthers) {
            $0.bind("account", caller.account)
            $0.bind("platform", ChannelStore.platform)
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
        var space = Scope.platform
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
            role: row.isNull(9) ? nil : row.name(9),
            space: row.spaceOnWire(11),
            spaceName: row.optionalString(13)
        )
        if channel.role == nil && channel.hasSecret {
            channel.head = nil
            if !caller.isPlatformAdmin { channel.topic = nil }
        }
        return channel
    }

    private static func addPeople(_ channel: inout Channel, _ tx: borrowing some Reading & ~Copyable) throws {
        guard channel.kind.isPrivate else { return }
        let id = channel.id
        channel.people = try tx.all(selectPeople) {
            $0.bind("channel", id)
        } row: {
            $0.id(0)
        }
    }
}
