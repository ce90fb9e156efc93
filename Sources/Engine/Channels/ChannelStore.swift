package import ChatAPI
package import Storage

/// Tables `space`, `channel` and `membership`: which channels there are, and who is in them.
///
/// A name belongs to a space and is unique there after folding; `folded` is NULL for direct conversations and from the
/// moment a channel is deleted, so that its name is free at once while its rows are purged in batches. A membership holds
/// its account's read marker as well, with the log's counters at that place: unread is a difference, never a count of rows.
package enum ChannelStore {
    package static let schema = """
        CREATE TABLE space (
            id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
            kind TEXT NOT NULL CHECK (kind IN ('platform'))
        ) STRICT, WITHOUT ROWID;
        INSERT INTO space (id, kind) VALUES (zeroblob(16), 'platform');
        CREATE TABLE channel (
            id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
            space BLOB REFERENCES space (id),
            kind TEXT NOT NULL CHECK (kind IN ('text', 'direct')),
            name TEXT,
            folded TEXT,
            look TEXT,
            topic TEXT,
            topic_search TEXT,
            secret_hash BLOB,
            people_key BLOB,
            created_by BLOB,
            created_at INTEGER NOT NULL,
            version INTEGER NOT NULL,
            facts_version INTEGER NOT NULL,
            member_count INTEGER NOT NULL CHECK (member_count >= 0),
            deleted_at INTEGER,
            CHECK ((kind = 'direct') = (space IS NULL))
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX channel_name ON channel (space, folded) WHERE folded IS NOT NULL;
        CREATE INDEX channel_look ON channel (space, look) WHERE look IS NOT NULL;
        CREATE UNIQUE INDEX channel_people ON channel (people_key) WHERE people_key IS NOT NULL;
        CREATE INDEX channel_deleted ON channel (deleted_at) WHERE deleted_at IS NOT NULL;
        CREATE TABLE membership (
            account BLOB NOT NULL,
            channel BLOB NOT NULL,
            role TEXT NOT NULL CHECK (role IN ('member', 'admin')),
            joined_at INTEGER NOT NULL,
            visible_from INTEGER NOT NULL,
            marker INTEGER NOT NULL,
            marker_messages INTEGER NOT NULL,
            marker_broadcasts INTEGER NOT NULL,
            marker_version INTEGER NOT NULL,
            marker_told INTEGER,
            PRIMARY KEY (account, channel)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX membership_channel ON membership (channel, account, role, joined_at, visible_from);
        """

    /// The id of the platform's own space.
    static let platform = DatabaseValue.sixteen(high: 0, low: 0)

    private static let selectFacts: SQL = """
        SELECT c.kind, c.name, c.topic, c.secret_hash, c.created_by, c.created_at, c.version, s.kind, c.space
        FROM channel c LEFT JOIN space s ON s.id = c.space WHERE c.id = :id AND c.deleted_at IS NULL
        """
    static let selectMembers: SQL = """
        SELECT account, role, joined_at, visible_from FROM membership WHERE channel = :channel
        """
    static let selectByName: SQL = """
        SELECT id FROM channel WHERE space = :space AND folded = :folded
        """
    static let selectAlike: SQL = """
        SELECT id, name FROM channel WHERE space = :space AND look = :look
        """
    private static let selectLiving: SQL = "SELECT 1 FROM channel WHERE id = :id AND deleted_at IS NULL"
    private static let insertChannel: SQL = """
        INSERT INTO channel (
            id, space, kind, name, folded, look, topic, topic_search, secret_hash, created_by, created_at, is_default,
            version, facts_version, member_count
        ) VALUES (
            :id, :space, :kind, :name, :folded, :look, :topic, :topicSearch, :secretHash, :createdBy, :createdAt,
            :isDefault, 1, 1, 0
        )
        """
    private static let updateChannel: SQL = """
        UPDATE channel SET name = :name, folded = :folded, look = :look, topic = :topic,
            topic_search = :topicSearch, secret_hash = :secretHash, version = :version, facts_version = facts_version + 1
        WHERE id = :id
        """
    private static let markDeleted: SQL = """
        UPDATE channel SET deleted_at = :at, folded = NULL, look = NULL, people_key = NULL, topic = NULL, topic_search = NULL,
            secret_hash = NULL, facts_version = facts_version + 1
        WHERE id = :id
        """
    static let selectByPeople: SQL = "SELECT id FROM channel WHERE people_key = :key"
    private static let updatePeople: SQL = "UPDATE channel SET people_key = :key WHERE id = :id"

    /// The channel as writes see it; nil if there is none, or none any more.
    package static func facts(of id: ChannelID, in tx: borrowing Transaction) throws -> ChannelFacts? {
        let facts = try tx.first(selectFacts) {
            $0.bind("id", id)
        } row: { row in
            ChannelFacts(
                id: id,
                kind: row.name(0),
                space: row.space(7),
                name: row.optionalString(1),
                topic: row.optionalString(2),
                secretHash: row.optionalBytes(3),
                createdBy: row.optionalID(4),
                createdAt: row.int64(5),
                version: row.int64(6),
                members: [:]
            )
        }
        guard let facts else { return nil }
        facts.posting = try PostingStore.posting(of: id, tx)
        // Whether a chat has ended is its own row's business; a second copy of it could disagree. One that is being made has none.
        if facts.kind == .chat { facts.isSealed = try ChatStore.chat(id.retyped(), tx)?.state.isOver ?? false }
        try tx.each(selectMembers) {
            $0.bind("channel", id)
        } row: { row in
            facts.members[row.id(0)] = Membership(role: row.name(1), joinedAt: row.int64(2), visibleFrom: row.int64(3))
            return true
        }
        return facts
    }

    /// The channel that a text names: by id, or by name with or without `#`, in any case.
    ///
    /// - Throws: `APIError.notFound`. Whether the caller may know of it is `access`'s question.
    package static func resolve(_ text: String, _ tx: borrowing some Reading & ~Copyable) throws -> ChannelID {
        guard let id = try find(text, tx) else { throw unknown(text) }
        return id
    }

    static func find(_ text: String, _ tx: borrowing some Reading & ~Copyable) throws -> ChannelID? {
        guard let id = ChannelID(text) else { return try id(named: text, tx) }
        return try tx.first(selectLiving) {
            $0.bind("id", id)
        } row: { _ in
            id
        }
    }

    /// A name is one of the platform's, or stands behind the slug of its event or agency: `devconf/general`.
    static func id(named text: String, _ tx: borrowing some Reading & ~Copyable) throws -> ChannelID? {
        let path = text.hasPrefix("#") ? text.dropFirst() : text[...]
        guard let slash = path.firstIndex(of: "/") else { return try id(named: path, in: .platform, tx) }
        guard let space = try SpaceStore.find(path[..<slash], tx) else { return nil }
        let name = path[path.index(after: slash)...]
        return try id(named: name.hasPrefix("#") ? name.dropFirst() : name, in: space, tx)
    }

    static func id(
        named name: Substring,
        in space: Scope,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> ChannelID? {
        // Longer than any name: not worth folding.
        guard name.utf8.count <= ChannelRules.nameBytes else { return nil }
        return try tx.first(selectByName) {
            $0.bind("space", space.id)
            $0.bind("folded", ChannelRules.folded(String(name)))
        } row: { row in
            row.id(0)
        }
    }

    /// The channels that look like one of this name, written so or otherwise.
    static func alike(
        _ name: String,
        in space: Scope,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [(id: ChannelID, name: String)] {
        try tx.all(selectAlike) {
            $0.bind("space", space.id)
            $0.bind("look", Names.look(name))
        } row: {
            (id: $0.id(0), name: $0.string(1))
        }
    }

    static func unknown(_ text: String) -> APIError {
        APIError(.notFound, "there is no channel '\(ChannelRules.shortened(text))'")
    }

    // MARK: - Changing

    static func insert(
        _ id: ChannelID,
        _ kind: ChannelKind,
        in space: Scope = .platform,
        name: String?,
        topic: String?,
        secretHash: [UInt8]?,
        createdBy: AccountID?,
        createdAt: Milliseconds,
        isDefault: Bool = false,
        _ connection: Connection
    ) throws {
        try connection.run(insertChannel) {
            $0.bind("id", id)
            $0.bind("space", kind == .direct ? nil : space.id)
            $0.bind("kind", kind.rawValue)
            $0.bind("name", name)
            $0.bind("folded", name.map(ChannelRules.folded))
            $0.bind("look", name.map { Names.look($0) })
            $0.bind("topic", topic)
            $0.bind("topicSearch", topic.map { $0.lowercased() })
            $0.bind("secretHash", secretHash)
            $0.bind("createdBy", createdBy)
            $0.bind("createdAt", createdAt)
            $0.bind("isDefault", isDefault)
        }
    }

    /// Stores what an edit changed in the facts.
    static func update(_ channel: ChannelFacts, _ tx: borrowing Transaction) throws {
        try tx.run(updateChannel) {
            $0.bind("name", channel.name)
            $0.bind("folded", channel.name.map(ChannelRules.folded))
            $0.bind("look", channel.name.map { Names.look($0) })
            $0.bind("topic", channel.topic)
            $0.bind("topicSearch", channel.topic.map { $0.lowercased() })
            $0.bind("secretHash", channel.secretHash)
            $0.bind("version", channel.version)
            $0.bind("id", channel.id)
        }
    }

    /// From here on there is no such channel; what was in it goes in batches (`ChannelPurge`).
    static func markDeleted(_ id: ChannelID, at time: Milliseconds, _ tx: borrowing Transaction) throws {
        try tx.run(markDeleted) {
            $0.bind("at", time)
            $0.bind("id", id)
        }
    }

    static func direct(of key: [UInt8], _ tx: borrowing some Reading & ~Copyable) throws -> ChannelID? {
        try tx.first(selectByPeople) {
            $0.bind("key", key)
        } row: {
            $0.id(0)
        }
    }

    static func setPeopleKey(_ key: [UInt8]?, of id: ChannelID, _ tx: borrowing Transaction) throws {
        try tx.run(updatePeople) {
            $0.bind("key", key)
            $0.bind("id", id)
        }
    }
}

extension Row {
    /// A space in two columns: its kind and its id, which is that of the event or the agency. Direct conversations are in
    /// none, and so on the platform.
    func space(_ column: Int) -> Scope {
        guard let kind = optionalString(column).flatMap(Scope.Kind.init(rawValue:)), kind != .platform else {
            return .platform
        }
        return Scope(kind, id(column + 1))
    }

    /// The same as a channel shows it: nil for the platform.
    func spaceOnWire(_ column: Int) -> Scope? {
        let space = space(column)
        return space == .platform ? nil : space
    }

    /// A wire name that the schema's CHECK lets through only if it is known.
    func name<Name: WireEnum>(_ column: Int, of _: Name.Type = Name.self) -> Name {
        guard let name = Name(rawValue: string(column)) else {
            preconditionFailure("column \(column) does not hold a \(Name.self)")
        }
        return name
    }
}
