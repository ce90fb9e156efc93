import ChatAPI
import Storage

/// Table `audit_scope`: which entries concern which event and which agency, so that their own people read them and nobody
/// else's. It is an index: what it says follows from the entries, and is no part of the chain.
enum AuditScopes {
    static let schema = """
        CREATE TABLE audit_scope (
            scope TEXT NOT NULL,
            seq INTEGER NOT NULL,
            PRIMARY KEY (scope, seq)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX audit_scope_seq ON audit_scope (seq);
        """

    private static let insert: SQL = "INSERT INTO audit_scope (scope, seq) VALUES (:scope, :seq) ON CONFLICT DO NOTHING"
    static let deleteThrough: SQL = """
        DELETE FROM audit_scope WHERE (scope, seq) IN (
            SELECT scope, seq FROM audit_scope WHERE seq <= :through ORDER BY seq LIMIT :limit
        )
        """

    /// Notes what an entry is about: what its writer says, or what its object names: `event/…`, `agency/…`, `channel/…`.
    static func note(_ seq: Int64, _ object: String, in scope: Scope?, _ tx: borrowing Transaction) throws {
        guard let scope = try space(of: scope?.description ?? object, tx), scope != .platform else { return }
        var scopes = [scope]
        if scope.kind == .event, let agency = tx.facts.places.place(scope).agency { scopes.append(.agency(agency)) }
        for scope in scopes {
            try tx.run(insert) {
                $0.bind("scope", scope.description)
                $0.bind("seq", seq)
            }
        }
    }

    private static func space(of object: String, _ tx: borrowing Transaction) throws -> Scope? {
        let parts = object.split(separator: "/", maxSplits: 2)
        guard parts.count > 1, let kind = Scope.Kind(rawValue: String(parts[0])),
            let id = ID<Scope>(String(parts[1]))
        else { return nil }
        switch kind {
        case .event, .agency: return Scope(kind, id)
        // A channel that is gone by now was somewhere once; where, nobody knows any more.
        case .channel: return try? tx.facts.channel(id.retyped(), in: tx).space
        case .queue: return try QueueSpaces.space(of: Scope(kind, id), tx)
        case .platform, .unknown: return nil
        }
    }
}
