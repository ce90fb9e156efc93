import ChatAPI
import Storage

/// Table `role_offer`: roles that wait for somebody's yes, one for each agency and account; and, until they would have ended,
/// those that were declined.
enum RoleOfferStore {
    static let schema = """
        CREATE TABLE role_offer (
            account BLOB NOT NULL,
            agency BLOB NOT NULL,
            role TEXT NOT NULL,
            scope TEXT NOT NULL,
            offered_by BLOB,
            offered_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            declined_at INTEGER,
            PRIMARY KEY (account, agency)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX role_offer_agency ON role_offer (agency);
        CREATE INDEX role_offer_by ON role_offer (offered_by);
        """

    /// As it is stored.
    struct Stored {
        let account: AccountID
        let agency: AgencyID
        let role: Role
        let scope: Scope
        let by: AccountID?
        let at: Milliseconds
        let until: Milliseconds
        let isDeclined: Bool
    }

    private static let columns = "account, agency, role, scope, offered_by, offered_at, expires_at, declined_at"
    private static let select = SQL(
        """
        SELECT \(columns) FROM role_offer
        WHERE account = :account AND (CAST(:agency AS BLOB) IS NULL OR agency = :agency) AND expires_at > :now
        ORDER BY agency
        """
    )
    private static let selectOfAgency = SQL(
        """
        SELECT \(columns) FROM role_offer
        WHERE agency = :agency AND expires_at > :now AND declined_at IS NULL ORDER BY offered_at, account
        """
    )
    private static let insert: SQL = """
        INSERT INTO role_offer (account, agency, role, scope, offered_by, offered_at, expires_at)
        VALUES (:account, :agency, :role, :scope, :by, :at, :until)
        ON CONFLICT (account, agency) DO UPDATE SET role = excluded.role, scope = excluded.scope,
            offered_by = excluded.offered_by, offered_at = excluded.offered_at, expires_at = excluded.expires_at,
            declined_at = NULL
        """
    private static let decline: SQL =
        "UPDATE role_offer SET declined_at = :now WHERE account = :account AND agency = :agency"
    private static let delete: SQL = "DELETE FROM role_offer WHERE account = :account AND agency = :agency"
    private static let deleteOf: SQL = "DELETE FROM role_offer WHERE account = :account"
    private static let deleteIn: SQL = "DELETE FROM role_offer WHERE agency = :agency"
    private static let deleteScope: SQL = "DELETE FROM role_offer WHERE scope = :scope"
    private static let forgetGiver: SQL = "UPDATE role_offer SET offered_by = NULL WHERE offered_by = :account"

    /// Of a role or scope that this release does not know there is nothing to accept.
    private static func read(_ row: Row) -> Stored? {
        guard let role = Role(rawValue: row.string(2)), let scope = Scope(row.string(3)) else { return nil }
        return Stored(
            account: row.id(0),
            agency: row.id(1),
            role: role,
            scope: scope,
            by: row.optionalID(4),
            at: row.int64(5),
            until: row.int64(6),
            isDeclined: !row.isNull(7)
        )
    }

    /// Those that are good or were declined, not those whose time is over.
    static func offers(
        to account: AccountID,
        from agency: AgencyID? = nil,
        now: Milliseconds,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [Stored] {
        try tx.all(select) {
            $0.bind("account", account)
            $0.bind("agency", agency)
            $0.bind("now", now)
        } row: {
            read($0)
        }.compactMap(\.self)
    }

    static func open(
        from agency: AgencyID,
        now: Milliseconds,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [Stored] {
        try tx.all(selectOfAgency) {
            $0.bind("agency", agency)
            $0.bind("now", now)
        } row: {
            read($0)
        }.compactMap(\.self)
    }

    static func insert(_ offer: Stored, _ tx: borrowing Transaction) throws {
        try tx.run(insert) {
            $0.bind("account", offer.account)
            $0.bind("agency", offer.agency)
            $0.bind("role", offer.role.rawValue)
            $0.bind("scope", offer.scope.description)
            $0.bind("by", offer.by)
            $0.bind("at", offer.at)
            $0.bind("until", offer.until)
        }
    }

    static func decline(_ offer: Stored, now: Milliseconds, _ tx: borrowing Transaction) throws {
        try tx.run(decline) {
            $0.bind("now", now)
            $0.bind("account", offer.account)
            $0.bind("agency", offer.agency)
        }
    }

    static func delete(_ account: AccountID, _ agency: AgencyID, _ tx: borrowing Transaction) throws {
        try tx.run(delete) {
            $0.bind("account", account)
            $0.bind("agency", agency)
        }
    }

    /// With a deleted account goes what was offered to it, and its name from what it offered.
    static func erase(_ account: AccountID, _ tx: borrowing Transaction) throws {
        for statement in [deleteOf, forgetGiver] { try tx.run(statement) { $0.bind("account", account) } }
    }

    static func deleteAll(of agency: AgencyID, _ tx: borrowing Transaction) throws {
        try tx.run(deleteIn) { $0.bind("agency", agency) }
    }

    /// What was offered in an event, a queue or a channel that is gone.
    static func deleteAll(in scope: Scope, _ tx: borrowing Transaction) throws {
        try tx.run(deleteScope) { $0.bind("scope", scope.description) }
    }
}
