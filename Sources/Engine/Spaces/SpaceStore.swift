import ChatAPI
import Storage

/// Table `space`: who has channels, and the word before their names.
///
/// An agency's and an event's space has the same id as they have. Its slug lives here and nowhere else, so that `devconf`
/// names one thing on the whole platform.
enum SpaceStore {
    /// Rebuilds what release 1 wrote: there spaces and channels knew the platform only.
    static let schema = """
        CREATE TABLE space_next (
            id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
            kind TEXT NOT NULL CHECK (kind IN ('platform', 'agency', 'event')),
            slug TEXT,
            folded TEXT UNIQUE,
            CHECK ((kind = 'platform') = (slug IS NULL) AND (slug IS NULL) = (folded IS NULL))
        ) STRICT, WITHOUT ROWID;
        INSERT INTO space_next (id, kind) SELECT id, kind FROM space;
        DROP TABLE space;
        ALTER TABLE space_next RENAME TO space;
        CREATE TABLE channel_next (
            id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
            space BLOB REFERENCES space (id),
            kind TEXT NOT NULL CHECK (
                kind = 'text' OR kind = 'announce' OR kind = 'direct' OR kind = 'chat' OR kind = 'job' OR kind = 'talk'
                OR kind = 'staff'
            ),
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
            is_default INTEGER NOT NULL DEFAULT 0,
            CHECK ((kind = 'direct') = (space IS NULL))
        ) STRICT, WITHOUT ROWID;
        INSERT INTO channel_next (
            id, space, kind, name, folded, look, topic, topic_search, secret_hash, people_key, created_by, created_at,
            version, facts_version, member_count, deleted_at
        )
        SELECT id, space, kind, name, folded, look, topic, topic_search, secret_hash, people_key, created_by, created_at,
            version, facts_version, member_count, deleted_at
        FROM channel;
        DROP TABLE channel;
        ALTER TABLE channel_next RENAME TO channel;
        CREATE UNIQUE INDEX channel_name ON channel (space, folded) WHERE folded IS NOT NULL;
        CREATE INDEX channel_look ON channel (space, look) WHERE look IS NOT NULL;
        CREATE UNIQUE INDEX channel_people ON channel (people_key) WHERE people_key IS NOT NULL;
        CREATE INDEX channel_deleted ON channel (deleted_at) WHERE deleted_at IS NOT NULL;
        """

    private static let insert: SQL = """
        INSERT INTO space (id, kind, slug, folded) VALUES (:id, :kind, :slug, :folded)
        """
    private static let update: SQL = "UPDATE space SET slug = :slug, folded = :folded WHERE id = :id"
    private static let delete: SQL = "DELETE FROM space WHERE id = :id"
    private static let select: SQL = "SELECT kind, id FROM space WHERE folded = :folded"
    private static let selectSlug: SQL = "SELECT slug FROM space WHERE id = :id"
    private static let selectChannels: SQL = """
        SELECT id FROM channel WHERE space = :space AND deleted_at IS NULL ORDER BY folded
        """
    private static let selectDefaults: SQL = """
        SELECT id FROM channel WHERE space = :space AND deleted_at IS NULL AND is_default = 1 ORDER BY folded
        """
    private static let detach: SQL = "UPDATE channel SET space = :platform WHERE space = :space"

    /// Makes the space of an agency or an event, and with it takes the slug.
    static func insert(_ space: Scope, slug: String, _ tx: borrowing Transaction) throws {
        try requireFree(slug, tx)
        try tx.run(insert) {
            $0.bind("id", space.id)
            $0.bind("kind", space.kind.rawValue)
            $0.bind("slug", slug)
            $0.bind("folded", Names.fold(slug))
        }
    }

    static func rename(_ space: Scope, to slug: String, _ tx: borrowing Transaction) throws {
        try requireFree(slug, except: space, tx)
        try tx.run(update) {
            $0.bind("slug", slug)
            $0.bind("folded", Names.fold(slug))
            $0.bind("id", space.id)
        }
    }

    /// Ends a space with its channels: they go like deleted ones do.
    static func delete(_ space: Scope, by account: AccountID, now: Milliseconds, _ tx: borrowing Transaction) throws {
        for id in try channels(of: space, tx) {
            try tx.delete(try tx.facts.channel(id, in: tx), by: account, now: now)
        }
        // Those that are still being purged belong to nobody any more.
        try tx.run(detach) {
            $0.bind("platform", ChannelStore.platform)
            $0.bind("space", space.id)
        }
        try tx.run(delete) { $0.bind("id", space.id) }
    }

    private static func requireFree(_ slug: String, except own: Scope? = nil, _ tx: borrowing Transaction) throws {
        guard let other = try find(slug, tx), other != own else { return }
        throw APIError(
            .nameTaken,
            "the slug '\(slug)' is taken by an \(other.kind.rawValue)",
            errors: [FieldError(pointer: "/slug", message: "is taken")]
        )
    }

    // MARK: - Finding

    static func find(_ slug: some StringProtocol, _ tx: borrowing some Reading & ~Copyable) throws -> Scope? {
        guard slug.utf8.count <= ChannelRules.nameBytes else { return nil }
        return try tx.first(select) {
            $0.bind("folded", Names.fold(slug))
        } row: { row in
            row.space(0)
        }
    }

    /// Nil for the platform.
    static func slug(of space: Scope, _ tx: borrowing some Reading & ~Copyable) throws -> String? {
        if space == .platform { return nil }
        return try tx.first(selectSlug) {
            $0.bind("id", space.id)
        } row: {
            $0.optionalString(0)
        } ?? nil
    }

    /// Every channel of a space, in the order of the names; those without one first.
    static func channels(of space: Scope, _ tx: borrowing some Reading & ~Copyable) throws -> [ChannelID] {
        try tx.all(selectChannels) {
            $0.bind("space", space.id)
        } row: {
            $0.id(0)
        }
    }

    /// Those that whoever comes in is put into.
    static func defaultChannels(of space: Scope, _ tx: borrowing some Reading & ~Copyable) throws -> [ChannelID] {
        try tx.all(selectDefaults) {
            $0.bind("space", space.id)
        } row: {
            $0.id(0)
        }
    }
}

/// What a slug may be: the word that an agency or an event is named by.
enum SlugRules {
    static func check(_ slug: String, named member: String = "slug") throws(APIError) {
        try Names.check(slug, named: member, characters: Limits.channelNameCharacters)
        for scalar in slug.unicodeScalars where scalar == "." || scalar.properties.changesWhenLowercased {
            throw .invalid(member, "holds '\(scalar)'; it takes lower-case letters, digits, '-' and '_'")
        }
        if ChannelRules.reserved.contains(Names.fold(slug)) {
            throw .invalid(member, "'\(slug)' is reserved: choose another")
        }
    }
}
