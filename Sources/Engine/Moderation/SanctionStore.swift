import ChatAPI
import Storage

/// Tables `sanction`, `emergency`, `channel_posting` and `slow_post`: who may not talk where, and how often others may.
///
/// The first two are small and held whole beside the writer (`ModerationFacts`); the others belong to a channel's facts.
enum SanctionStore {
    static let schema = """
        CREATE TABLE sanction (
            account BLOB NOT NULL,
            scope TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('ban', 'timeOut')),
            until INTEGER,
            reason TEXT,
            imposed_by BLOB,
            at INTEGER NOT NULL,
            PRIMARY KEY (account, scope, kind)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX sanction_scope ON sanction (scope, at, account, kind);
        CREATE TABLE emergency (
            scope TEXT NOT NULL PRIMARY KEY,
            voice TEXT NOT NULL CHECK (voice IN ('moderators', 'speakers')),
            until INTEGER NOT NULL,
            reason TEXT,
            started_by BLOB,
            at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE channel_posting (
            channel BLOB NOT NULL PRIMARY KEY,
            slow_mode INTEGER NOT NULL CHECK (slow_mode >= 0),
            rules TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE slow_post (
            channel BLOB NOT NULL,
            account BLOB NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (channel, account)
        ) STRICT, WITHOUT ROWID;
        """

    private static let columns = "s.account, a.name, s.kind, s.scope, s.until, s.reason, s.imposed_by, s.at"
    private static let selectAll = SQL("SELECT \(columns) FROM sanction s JOIN account a ON a.id = s.account")
    private static let selectOf = SQL(
        "SELECT \(columns) FROM sanction s JOIN account a ON a.id = s.account WHERE s.account = :account"
    )
    private static let selectIn = SQL(
        """
        SELECT \(columns) FROM sanction s JOIN account a ON a.id = s.account
        WHERE instr(:scopes, s.scope) > 0 AND (s.at, s.account, s.kind) > (:at, :after, :kind)
            AND (CAST(:account AS BLOB) IS NULL OR s.account = :account)
        ORDER BY s.at, s.account, s.kind LIMIT :limit
        """
    )
    private static let upsert: SQL = """
        INSERT INTO sanction (account, scope, kind, until, reason, imposed_by, at)
        VALUES (:account, :scope, :kind, :until, :reason, :by, :at)
        ON CONFLICT (account, scope, kind) DO UPDATE
        SET until = excluded.until, reason = excluded.reason, imposed_by = excluded.imposed_by, at = excluded.at
        """
    private static let delete: SQL = "DELETE FROM sanction WHERE account = :account AND scope = :scope AND kind = :kind"
    private static let deleteAll: SQL = "DELETE FROM sanction WHERE account = :account"
    private static let selectEmergencies: SQL = "SELECT scope, voice, until, reason, started_by, at FROM emergency"
    private static let upsertEmergency: SQL = """
        INSERT INTO emergency (scope, voice, until, reason, started_by, at)
        VALUES (:scope, :voice, :until, :reason, :by, :at)
        ON CONFLICT (scope) DO UPDATE SET voice = excluded.voice, until = excluded.until, reason = excluded.reason,
            started_by = excluded.started_by, at = excluded.at
        """
    private static let deleteEmergency: SQL = "DELETE FROM emergency WHERE scope = :scope"

    private static func sanction(_ row: Row) -> Sanction? {
        guard let scope = Scope(row.string(3)) else { return nil }
        return Sanction(
            account: row.id(0),
            name: row.string(1),
            kind: row.name(2),
            scope: scope,
            until: row.optionalInt64(4),
            reason: row.optionalString(5),
            by: row.optionalID(6),
            at: row.int64(7)
        )
    }

    // MARK: - Sanctions

    static func all(_ tx: borrowing some Reading & ~Copyable) throws -> [Sanction] {
        try tx.all(selectAll) { sanction($0) }.compactMap { $0 }
    }

    static func sanctions(of account: AccountID, _ tx: borrowing some Reading & ~Copyable) throws -> [Sanction] {
        try tx.all(selectOf) {
            $0.bind("account", account)
        } row: {
            sanction($0)
        }.compactMap { $0 }
    }

    static func platformBan(of account: AccountID, _ tx: borrowing some Reading & ~Copyable) throws -> Sanction? {
        try sanctions(of: account, tx).first { $0.kind == .ban && $0.scope == .platform }
    }

    private static let selectSpace: SQL = """
        SELECT s.kind, c.space FROM channel c LEFT JOIN space s ON s.id = c.space WHERE c.id = :id
        """

    /// What keeps an account from reading a channel; for read paths, which have no facts. Its timer ends it.
    static func ban(
        of account: AccountID,
        from channel: ChannelID,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Sanction? {
        let bans = try sanctions(of: account, tx).filter { $0.kind == .ban }
        if bans.isEmpty { return nil }
        let space = try tx.first(selectSpace) {
            $0.bind("id", channel)
        } row: {
            $0.space(0)
        }
        var around = [Scope.platform, .channel(channel), space ?? .platform]
        if let space, space.kind == .event {
            let event: EventID = space.id.retyped()
            if let agency = try EventStore.find(event, tx)?.agency { around.append(.agency(agency)) }
        }
        return bans.first { around.contains($0.scope) }
    }

    static func page(
        in scopes: [Scope],
        of account: AccountID?,
        after last: (at: Milliseconds, account: AccountID, kind: String),
        limit: Int,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [Sanction] {
        try tx.all(selectIn) {
            $0.bind("scopes", scopes.map(\.description).joined(separator: " "))
            $0.bind("account", account)
            $0.bind("at", last.at)
            $0.bind("after", last.account)
            $0.bind("kind", last.kind)
            $0.bind("limit", limit)
        } row: {
            sanction($0)
        }.compactMap { $0 }
    }

    static func insert(_ sanction: Sanction, _ tx: borrowing Transaction) throws {
        try tx.run(upsert) {
            $0.bind("account", sanction.account)
            $0.bind("scope", sanction.scope.description)
            $0.bind("kind", sanction.kind.rawValue)
            $0.bind("until", sanction.until)
            $0.bind("reason", sanction.reason)
            $0.bind("by", sanction.by)
            $0.bind("at", sanction.at)
        }
    }

    static func delete(_ sanction: Sanction, _ tx: borrowing Transaction) throws {
        try tx.run(delete) {
            $0.bind("account", sanction.account)
            $0.bind("scope", sanction.scope.description)
            $0.bind("kind", sanction.kind.rawValue)
        }
    }

    static func deleteAll(of account: AccountID, _ tx: borrowing Transaction) throws {
        try tx.run(deleteAll) { $0.bind("account", account) }
    }

    // MARK: - Emergencies

    static func emergencies(_ tx: borrowing some Reading & ~Copyable) throws -> [Emergency] {
        try tx.all(selectEmergencies) { row in
            Scope(row.string(0)).map {
                Emergency(
                    scope: $0,
                    voice: row.name(1),
                    until: row.int64(2),
                    reason: row.optionalString(3),
                    by: row.optionalID(4),
                    at: row.int64(5)
                )
            }
        }.compactMap { $0 }
    }

    static func insert(_ emergency: Emergency, _ tx: borrowing Transaction) throws {
        try tx.run(upsertEmergency) {
            $0.bind("scope", emergency.scope.description)
            $0.bind("voice", emergency.voice.rawValue)
            $0.bind("until", emergency.until)
            $0.bind("reason", emergency.reason)
            $0.bind("by", emergency.by)
            $0.bind("at", emergency.at)
        }
    }

    static func deleteEmergency(_ scope: Scope, _ tx: borrowing Transaction) throws {
        try tx.run(deleteEmergency) { $0.bind("scope", scope.description) }
    }
}
