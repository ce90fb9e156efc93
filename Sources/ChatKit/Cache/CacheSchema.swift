import Storage

/// The tables of the cache and their statements. Bodies are the JSON of the wire: what the daemon adds, the cache keeps.
enum CacheSchema {
    /// `plCA`: what the file's header says it is.
    static let applicationID: Int32 = 0x706C_4341

    static let migrations = [
        Migration(
            number: 1,
            name: "cache",
            sql: """
                CREATE TABLE value (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
                CREATE TABLE channel (
                    id BLOB PRIMARY KEY,
                    body BLOB NOT NULL,
                    unread BLOB NOT NULL,
                    start INTEGER
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE position (log TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
                CREATE TABLE entry (
                    channel BLOB NOT NULL,
                    seq INTEGER NOT NULL,
                    target INTEGER,
                    rev INTEGER NOT NULL,
                    body BLOB NOT NULL,
                    PRIMARY KEY (channel, seq)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX entry_target ON entry (channel, target) WHERE target IS NOT NULL;
                CREATE TABLE account (id BLOB PRIMARY KEY, body BLOB NOT NULL) STRICT;
                CREATE TABLE register (
                    key TEXT PRIMARY KEY,
                    version INTEGER NOT NULL,
                    body BLOB NOT NULL
                ) STRICT, WITHOUT ROWID;
                """
        )
    ]

    static let selectValue: SQL = "SELECT value FROM value WHERE name = :name"
    static let setValue: SQL = """
        INSERT INTO value (name, value) VALUES (:name, :value)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value
        """

    static let selectChannels: SQL = "SELECT body, unread FROM channel ORDER BY id"
    static let selectChannelKeys: SQL = "SELECT id FROM channel"
    static let setChannel: SQL = """
        INSERT INTO channel (id, body, unread) VALUES (:channel, :body, coalesce(:unread, :unknown))
        ON CONFLICT (id) DO UPDATE SET body = excluded.body, unread = coalesce(:unread, channel.unread)
        """
    static let setUnread: SQL = "UPDATE channel SET unread = :unread WHERE id = :channel"
    static let setStart: SQL = "UPDATE channel SET start = :start WHERE id = :channel"
    static let removeChannel: SQL = "DELETE FROM channel WHERE id = :channel"

    static let selectPositions: SQL = "SELECT log, seq FROM position"
    static let insertPosition: SQL = """
        INSERT INTO position (log, seq) VALUES (:log, :seq) ON CONFLICT (log) DO NOTHING
        """
    static let setPosition: SQL = """
        INSERT INTO position (log, seq) VALUES (:log, :seq) ON CONFLICT (log) DO UPDATE SET seq = excluded.seq
        """
    static let removePosition: SQL = "DELETE FROM position WHERE log = :log"

    static let selectEntries: SQL = """
        SELECT body FROM entry WHERE channel = :channel AND seq < :before ORDER BY seq DESC LIMIT :count
        """
    static let selectEdges: SQL = """
        SELECT (SELECT start FROM channel WHERE id = :channel), (SELECT seq FROM position WHERE log = :log)
        """
    /// A message that is served again replaces the row only in a newer form.
    static let setEntry: SQL = """
        INSERT INTO entry (channel, seq, target, rev, body) VALUES (:channel, :seq, :target, :rev, :body)
        ON CONFLICT (channel, seq) DO UPDATE SET rev = excluded.rev, body = excluded.body
        WHERE excluded.rev > entry.rev
        """
    static let replaceEntry: SQL = "UPDATE entry SET body = :body WHERE channel = :channel AND seq = :seq"
    static let selectRedacted: SQL = """
        SELECT body FROM entry WHERE channel = :channel AND seq = :target
        UNION ALL SELECT body FROM entry WHERE channel = :channel AND target = :target
        """
    static let removeEntries: SQL = "DELETE FROM entry WHERE channel = :channel"
    static let trimEntries: SQL = """
        DELETE FROM entry WHERE channel = :channel AND seq <= (
            SELECT seq FROM entry WHERE channel = :channel ORDER BY seq DESC LIMIT 1 OFFSET :bound
        )
        """

    static let selectAccounts: SQL = "SELECT body FROM account ORDER BY rowid DESC LIMIT :limit"
    static let setAccount: SQL = """
        INSERT INTO account (id, body) VALUES (:account, :body) ON CONFLICT (id) DO UPDATE SET body = excluded.body
        """

    static let selectRegisters: SQL = "SELECT body FROM register ORDER BY key"
    static let setRegister: SQL = """
        INSERT INTO register (key, version, body) VALUES (:key, :version, :body)
        ON CONFLICT (key) DO UPDATE SET version = excluded.version, body = excluded.body
        WHERE excluded.version >= register.version
        """
}
