import ChatAPI
import Storage

/// Table `agency`. Its slug is the one of its space; its staff are the grants in its scope.
enum AgencyStore {
    static let schema = """
        CREATE TABLE agency (
            id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16) REFERENCES space (id),
            name TEXT NOT NULL,
            search TEXT NOT NULL,
            address TEXT,
            website TEXT,
            state TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'suspended', 'revoked')),
            reason TEXT,
            created_at INTEGER NOT NULL,
            version INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        ALTER TABLE account ADD COLUMN home BLOB;
        ALTER TABLE account ADD COLUMN guest_of BLOB;
        CREATE INDEX account_home ON account (home) WHERE home IS NOT NULL;
        CREATE INDEX account_guest_of ON account (guest_of) WHERE guest_of IS NOT NULL;
        CREATE INDEX role_grant_scope ON role_grant (scope, account);
        """

    private static let columns =
        "a.id, s.slug, a.name, a.address, a.website, a.state, a.reason, a.created_at, a.version"
    private static let selectOne = SQL(
        "SELECT \(columns) FROM agency a JOIN space s ON s.id = a.id WHERE a.id = :id"
    )
    private static let selectPage = SQL(
        """
        SELECT \(columns), s.folded FROM space s CROSS JOIN agency a
        WHERE s.folded > :after AND s.kind = 'agency' AND a.id = s.id
            AND (CAST(:state AS TEXT) IS NULL OR a.state = :state)
            AND (a.state = 'approved' OR :seesAll = 1 OR instr(:own, a.id) > 0)
            AND (CAST(:query AS TEXT) IS NULL OR instr(a.search, :query) > 0)
        ORDER BY s.folded LIMIT :limit
        """
    )
    private static let insert: SQL = """
        INSERT INTO agency (id, name, search, address, website, state, reason, created_at, version)
        VALUES (:id, :name, :search, :address, :website, :state, :reason, :createdAt, :version)
        """
    private static let update: SQL = """
        UPDATE agency SET name = :name, search = :search, address = :address, website = :website, state = :state,
            reason = :reason, version = :version
        WHERE id = :id
        """
    private static let delete: SQL = "DELETE FROM agency WHERE id = :id"
    private static let selectAll: SQL = "SELECT id, state FROM agency"

    private static func read(_ row: Row) -> Agency {
        Agency(
            id: row.id(0),
            slug: row.string(1),
            name: row.string(2),
            address: row.optionalString(3),
            website: row.optionalString(4),
            state: row.name(5),
            reason: row.optionalString(6),
            createdAt: row.int64(7),
            version: row.int64(8)
        )
    }

    static func find(_ id: AgencyID, _ tx: borrowing some Reading & ~Copyable) throws -> Agency? {
        try tx.first(selectOne) {
            $0.bind("id", id)
        } row: {
            read($0)
        }
    }

    /// The agency that a text names, by id or by slug; a refusal if there is none. Who may see it is the caller's business.
    static func resolve(_ text: String, _ tx: borrowing some Reading & ~Copyable) throws -> Agency {
        let found: Agency?
        if let id = AgencyID(text) {
            found = try find(id, tx)
        } else if let space = try SpaceStore.find(text, tx), space.kind == .agency {
            found = try find(space.id.retyped(), tx)
        } else {
            found = nil
        }
        guard let found else { throw unknown(text) }
        return found
    }

    static func unknown(_ text: String) -> APIError {
        APIError(.notFound, "there is no agency '\(ChannelRules.shortened(text))'")
    }

    /// What a list is narrowed by, and for whom it is.
    struct Listed {
        let query: String?
        let state: AgencyState?
        let seesAll: Bool
        /// The agencies that the caller is in.
        let own: [AgencyID]
    }

    static func page(
        after folded: String,
        _ listed: Listed,
        limit: Int,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [(agency: Agency, folded: String)] {
        try tx.all(selectPage) {
            $0.bind("after", folded)
            $0.bind("state", listed.state?.rawValue)
            $0.bind("seesAll", listed.seesAll)
            $0.bind("own", listed.own.flatMap(\.bytes))
            $0.bind("query", listed.query)
            $0.bind("limit", limit)
        } row: { row in
            (agency: read(row), folded: row.string(9))
        }
    }

    static func states(_ tx: borrowing some Reading & ~Copyable) throws -> [(id: AgencyID, state: AgencyState)] {
        try tx.all(selectAll) { ($0.id(0), $0.name(1)) }
    }

    // MARK: - Changing

    static func insert(_ agency: Agency, _ tx: borrowing Transaction) throws {
        try tx.run(insert) {
            bind(agency, to: &$0)
            $0.bind("createdAt", agency.createdAt)
        }
    }

    static func update(_ agency: Agency, _ tx: borrowing Transaction) throws {
        try tx.run(update) { bind(agency, to: &$0) }
    }

    static func delete(_ id: AgencyID, _ tx: borrowing Transaction) throws {
        try tx.run(delete) { $0.bind("id", id) }
    }

    private static func bind(_ agency: Agency, to binder: inout Binder) {
        binder.bind("id", agency.id)
        binder.bind("name", agency.name)
        binder.bind("search", "\(agency.slug) \(agency.name)".lowercased())
        binder.bind("address", agency.address)
        binder.bind("website", agency.website)
        binder.bind("state", agency.state.rawValue)
        binder.bind("reason", agency.reason)
        binder.bind("version", agency.version)
    }
}
