package import ChatAPI
package import Storage

/// Tables `account`, `session`, `token`, `code`, `role_grant`, `signing_key`: who there is and how they prove it.
///
/// A deleted account keeps its row, so that what it wrote has an author; the row holds nothing personal any more.
/// `folded` and `look` are both unique (`Names`). Passwords are argon2id strings; tokens and codes are kept as hashes.
package enum AccountStore {
    package static let schema = """
        CREATE TABLE account (
            id BLOB PRIMARY KEY CHECK (length(id) = 16),
            kind TEXT NOT NULL CHECK (kind IN ('person', 'bot', 'system')),
            name TEXT NOT NULL,
            folded TEXT UNIQUE,
            look TEXT UNIQUE,
            display_name TEXT,
            about TEXT,
            status_text TEXT,
            created_at INTEGER NOT NULL,
            deleted_at INTEGER,
            disabled_at INTEGER,
            password TEXT,
            has_long_password INTEGER NOT NULL DEFAULT 0,
            uid INTEGER UNIQUE,
            erasing INTEGER,
            CHECK ((deleted_at IS NULL) = (folded IS NOT NULL))
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX account_erasing ON account (erasing) WHERE erasing IS NOT NULL;
        CREATE TABLE session (
            id BLOB PRIMARY KEY CHECK (length(id) = 16),
            account BLOB NOT NULL,
            device TEXT NOT NULL,
            address TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            last_used_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            refresh_hash BLOB NOT NULL,
            previous_hash BLOB,
            confirming_expiry INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX session_account ON session (account);
        CREATE INDEX session_expires_at ON session (expires_at);
        CREATE TABLE token (
            id BLOB PRIMARY KEY CHECK (length(id) = 16),
            account BLOB NOT NULL,
            label TEXT NOT NULL,
            scopes TEXT NOT NULL,
            hash BLOB NOT NULL UNIQUE,
            created_at INTEGER NOT NULL,
            last_used_at INTEGER,
            expires_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX token_account ON token (account);
        CREATE TABLE code (
            hash BLOB PRIMARY KEY,
            kind TEXT NOT NULL CHECK (kind IN ('invitation', 'reset')),
            account BLOB,
            created_by BLOB,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            CHECK ((kind = 'reset') = (account IS NOT NULL))
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX code_account ON code (account) WHERE account IS NOT NULL;
        CREATE TABLE role_grant (
            account BLOB NOT NULL,
            role TEXT NOT NULL,
            scope TEXT NOT NULL,
            granted_by BLOB,
            granted_at INTEGER NOT NULL,
            PRIMARY KEY (account, role, scope)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX role_grant_role ON role_grant (role);
        CREATE TABLE signing_key (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            key BLOB NOT NULL CHECK (length(key) = 32)
        ) STRICT;
        """

    /// What is left to erase of the audit log became a timer like everything else that is to be done later.
    package static let withoutErasing = """
        DROP INDEX account_erasing;
        ALTER TABLE account DROP COLUMN erasing;
        """

    static let columns = """
        id, kind, name, display_name, about, status_text, created_at, deleted_at, disabled_at, has_long_password, uid,
        home, guest_of
        """
    private static let selectByID = SQL("SELECT \(columns) FROM account WHERE id = :id")
    private static let selectByFold = SQL("SELECT \(columns) FROM account WHERE folded = :folded")
    private static let selectByUID = SQL("SELECT \(columns) FROM account WHERE uid = :uid")
    private static let selectAlike = SQL("SELECT name FROM account WHERE folded = :folded OR look = :look LIMIT 1")
    private static let selectIDByFold = SQL("SELECT id FROM account WHERE folded = :folded")
    private static let selectName = SQL("SELECT name FROM account WHERE id = :id")
    private static let selectMadeFor = SQL("SELECT \(columns) FROM account WHERE home = :agency AND deleted_at IS NULL")
    private static let selectGuests = SQL(
        "SELECT \(columns) FROM account WHERE guest_of = :event AND deleted_at IS NULL AND disabled_at IS NULL ORDER BY id LIMIT :limit"
    )
    private static let count = SQL("SELECT count(*) FROM account WHERE deleted_at IS NULL AND kind <> 'system'")

    static func row(_ row: Row) -> AccountRow {
        AccountRow(
            id: row.id(0),
            // A guest is stored as a person who is nowhere but in one event.
            kind: row.isNull(12) ? AccountKind(rawValue: row.string(1)) ?? .system : .guest,
            name: row.string(2),
            displayName: row.optionalString(3),
            about: row.optionalString(4),
            statusText: row.optionalString(5),
            createdAt: row.int64(6),
            deletedAt: row.optionalInt64(7),
            disabledAt: row.optionalInt64(8),
            hasLongPassword: row.bool(9),
            uid: row.optionalInt64(10).map { UInt32(truncatingIfNeeded: $0) },
            home: row.optionalID(11),
            guestOf: row.optionalID(12)
        )
    }

    // MARK: - Finding

    package static func find(_ id: AccountID, _ tx: borrowing some Reading & ~Copyable) throws -> AccountRow? {
        try tx.first(selectByID) {
            $0.bind("id", id)
        } row: {
            row($0)
        }
    }

    package static func find(named name: some StringProtocol, _ tx: borrowing some Reading & ~Copyable) throws
        -> AccountRow?
    {
        try tx.first(selectByFold) {
            $0.bind("folded", Names.fold(name))
        } row: {
            row($0)
        }
    }

    static func find(uid: UInt32, _ tx: borrowing some Reading & ~Copyable) throws -> AccountRow? {
        try tx.first(selectByUID) {
            $0.bind("uid", Int64(uid))
        } row: {
            row($0)
        }
    }

    /// The account that a caller names by id or by name, with or without `@`; a refusal if there is none or it is deleted.
    package static func resolve(_ text: String, _ tx: borrowing some Reading & ~Copyable) throws -> AccountRow {
        let name = text.hasPrefix("@") ? String(text.dropFirst()) : text
        let found =
            if let id = AccountID(name) { try find(id, tx) } else { try find(named: name.prefix(maximumLookup), tx) }
        guard let found, found.deletedAt == nil else {
            throw APIError(.notFound, "there is no account '\(name.prefix(64))'")
        }
        return found
    }

    /// Longer texts are no names: nothing is folded that cannot be found.
    private static let maximumLookup = 64

    /// The accounts of these names, in their order; names that nobody has are left out.
    package static func ids(
        named names: [Substring],
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [AccountID] {
        var ids: [AccountID] = []
        for name in names where name.utf8.count <= 640 {
            let id: AccountID? = try tx.first(selectIDByFold) {
                $0.bind("folded", Names.fold(name))
            } row: {
                $0.id(0)
            }
            if let id, !ids.contains(id) { ids.append(id) }
        }
        return ids
    }

    /// Those of the names that are members of the channel: whom a message in it mentions.
    package static func members(
        named names: [Substring],
        of channel: ChannelFacts,
        _ tx: borrowing Transaction
    ) throws -> [AccountID] {
        try ids(named: names, tx).filter { channel.members[$0] != nil }
    }

    package static func name(of id: AccountID, _ tx: borrowing some Reading & ~Copyable) throws -> String? {
        try tx.first(selectName) {
            $0.bind("id", id)
        } row: {
            $0.string(0)
        }
    }

    /// These accounts, in the order of the ids; unknown ids are left out.
    package static func accounts(ids: [AccountID], _ tx: borrowing some Reading & ~Copyable) throws -> [Account] {
        var accounts: [Account] = []
        for id in ids {
            if let account = try find(id, tx)?.account { accounts.append(account) }
        }
        return accounts
    }

    /// One account as others see it, or a refusal.
    package static func account(_ id: AccountID, _ tx: borrowing some Reading & ~Copyable) throws -> Account {
        guard let row = try find(id, tx) else { throw APIError(.notFound, "there is no account \(id)") }
        return row.account
    }

    /// The name that is taken and too like this one, or nil.
    static func nameAlike(_ name: String, _ tx: borrowing some Reading & ~Copyable) throws -> String? {
        try tx.first(selectAlike) {
            $0.bind("folded", Names.fold(name))
            $0.bind("look", Names.look(name))
        } row: {
            $0.string(0)
        }
    }

    /// The accounts that were made for an agency.
    static func made(for agency: AgencyID, _ tx: borrowing some Reading & ~Copyable) throws -> [AccountRow] {
        try tx.all(selectMadeFor) {
            $0.bind("agency", agency)
        } row: {
            row($0)
        }
    }

    /// The guests of an event that are still there.
    static func guests(of event: EventID, limit: Int, _ tx: borrowing some Reading & ~Copyable) throws -> [AccountRow] {
        try tx.all(selectGuests) {
            $0.bind("event", event)
            $0.bind("limit", limit)
        } row: {
            row($0)
        }
    }

    /// People and bots that are not deleted.
    package static func count(_ tx: borrowing some Reading & ~Copyable) throws -> Int64 {
        try tx.first(count) { $0.int64(0) } ?? 0
    }
}

/// An account as the engine sees it: what others see, and what decides.
package struct AccountRow: Sendable, Equatable {
    package var id: AccountID
    package var kind: AccountKind
    package var name: String
    package var displayName: String?
    package var about: String?
    package var statusText: String?
    package var createdAt: Milliseconds
    package var deletedAt: Milliseconds?
    package var disabledAt: Milliseconds?
    /// Whether the password is long enough for a staff role to take effect.
    package var hasLongPassword: Bool
    /// A local administrator's user id.
    package var uid: UInt32?
    /// The agency it was made for.
    package var home: AgencyID?
    /// The one event a guest is in.
    package var guestOf: EventID?

    package var account: Account {
        Account(
            id: id,
            name: name,
            kind: kind,
            displayName: displayName,
            about: about,
            statusText: statusText,
            createdAt: createdAt,
            deletedAt: deletedAt,
            disabledAt: disabledAt
        )
    }
}
