import ChatAPI
import Storage

// Reading the audit log: pages by filter, and ranges as pushes for who follows it.
extension AuditStore {
    private static let columns = """
        e.seq, e.at, e.action, e.object, e.severity, e.previous_hash, e.payload_hash, e.hash,
        p.actor, p.actor_name, p.session, p.address, p.request_id, p.before, p.after, p.salt IS NULL
        """
    private static let selectRange = SQL(
        """
        SELECT \(columns) FROM audit_entry e LEFT JOIN audit_payload p ON p.seq = e.seq
        WHERE e.seq > :after AND e.seq <= :through ORDER BY e.seq
        """
    )

    /// A range of the log in the form of its pushes.
    static func pushes(
        after: Int64,
        through: Int64,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [[UInt8]] {
        try tx.all(selectRange) {
            $0.bind("after", after)
            $0.bind("through", through)
        } row: {
            push(try entry($0))
        }
    }

    /// `{"push":"audit", …}` with the members of the entry.
    static func push(_ entry: AuditEntry) -> [UInt8] {
        var json = JSONWriter(reserving: 768)
        json.openObject()
        json.key("push")
        json.value("audit")
        entry.write(to: &json)
        json.closeObject()
        return json.finish()
    }

    // MARK: - Filters

    /// What a page is chosen by; the actor is resolved to an account before.
    struct Filter {
        var query: AuditQuery
        var actor: AccountID?
        /// The log begins behind this entry.
        var from: Int64
        var limit: Int
        var isDescending: Bool
    }

    // What an index leads to: the first comparison of a statement. The others are checked row by row.
    private static let byEntry = "audit_entry e LEFT JOIN audit_payload p ON p.seq = e.seq WHERE TRUE"
    private static let byObject = "audit_entry e LEFT JOIN audit_payload p ON p.seq = e.seq WHERE e.object = :object"
    private static let byRequest = "audit_payload p JOIN audit_entry e ON e.seq = p.seq WHERE p.request_id = :request"
    private static let bySession = "audit_payload p JOIN audit_entry e ON e.seq = p.seq WHERE p.session = :session"
    private static let byActor = "audit_payload p JOIN audit_entry e ON e.seq = p.seq WHERE p.actor = :actor"
    private static let byScope = """
        audit_scope s JOIN audit_entry e ON e.seq = s.seq LEFT JOIN audit_payload p ON p.seq = e.seq WHERE s.scope = :scope
        """
    private static let byAddress = "audit_payload p JOIN audit_entry e ON e.seq = p.seq WHERE p.address = :address"
    private static let entries = "e.seq"
    private static let entriesDown = "e.seq DESC"
    // The index of a payload goes on with its own number.
    private static let payloads = "p.seq"
    private static let payloadsDown = "p.seq DESC"
    private static let scoped = "s.seq"
    private static let scopedDown = "s.seq DESC"

    /// A filter that is absent is NULL and costs a comparison.
    private static func page(_ from: String, _ order: String) -> String {
        """
        SELECT \(columns) FROM \(from)
            AND e.seq > :after AND e.seq < :before AND e.at >= :since AND e.at <= :until AND e.severity >= :severity
            AND (CAST(:action AS TEXT) IS NULL OR (e.action >= :action AND e.action < :actionEnd))
            AND (CAST(:object AS TEXT) IS NULL OR e.object = :object)
            AND (CAST(:actor AS BLOB) IS NULL OR p.actor = :actor)
            AND (CAST(:session AS BLOB) IS NULL OR p.session = :session)
            AND (CAST(:address AS TEXT) IS NULL OR p.address = :address)
            AND (CAST(:request AS TEXT) IS NULL OR p.request_id = :request)
        ORDER BY \(order) LIMIT :limit
        """
    }

    private typealias Pair = (ascending: SQL, descending: SQL)
    private static let everything: Pair = (SQL("\(page(byEntry, entries))"), SQL("\(page(byEntry, entriesDown))"))
    private static let ofObject: Pair = (SQL("\(page(byObject, entries))"), SQL("\(page(byObject, entriesDown))"))
    private static let ofRequest: Pair = (SQL("\(page(byRequest, payloads))"), SQL("\(page(byRequest, payloadsDown))"))
    private static let ofSession: Pair = (SQL("\(page(bySession, payloads))"), SQL("\(page(bySession, payloadsDown))"))
    private static let ofActor: Pair = (SQL("\(page(byActor, payloads))"), SQL("\(page(byActor, payloadsDown))"))
    private static let ofAddress: Pair = (SQL("\(page(byAddress, payloads))"), SQL("\(page(byAddress, payloadsDown))"))

    private static let ofScope: Pair = (SQL("\(page(byScope, scoped))"), SQL("\(page(byScope, scopedDown))"))

    /// By the most selective of what is asked for.
    private static func pair(_ filter: Filter) -> Pair {
        let query = filter.query
        if query.scope != nil { return ofScope }
        if query.request != nil { return ofRequest }
        if query.session != nil { return ofSession }
        if query.object != nil { return ofObject }
        if filter.actor != nil { return ofActor }
        return query.address == nil ? everything : ofAddress
    }

    static func page(_ filter: Filter, _ tx: borrowing some Reading & ~Copyable) throws -> [AuditEntry] {
        let query = filter.query
        let pair = pair(filter)
        return try tx.all(filter.isDescending ? pair.descending : pair.ascending) {
            $0.bind("after", max(query.after ?? 0, filter.from))
            $0.bind("before", query.before ?? .max)
            $0.bind("since", query.since ?? .min)
            $0.bind("until", query.until ?? .max)
            $0.bind("severity", Int64(query.severity?.number ?? 0))
            $0.bind("action", query.action)
            // Every text that starts with the filter is below the filter followed by the last character there is.
            $0.bind("actionEnd", query.action.map { $0 + "\u{10FFFF}" })
            $0.bind("object", query.object)
            $0.bind("actor", filter.actor)
            $0.bind("session", query.session)
            $0.bind("address", query.address)
            $0.bind("request", query.request)
            $0.bind("limit", filter.limit)
            if let scope = query.scope { $0.bind("scope", scope) }
        } row: {
            try entry($0)
        }
    }

    // MARK: - Rows

    private static func entry(_ row: Row) throws -> AuditEntry {
        AuditEntry(
            seq: row.int64(0),
            at: row.int64(1),
            actor: row.optionalID(8),
            actorName: row.optionalString(9),
            session: row.optionalID(10),
            address: row.optionalString(11),
            requestID: row.optionalString(12),
            action: row.string(2),
            object: row.string(3),
            // A severity that does not exist was not written by us; `audit.verify` names the entry.
            severity: AuditEntry.Severity(number: row.int64(4)) ?? .critical,
            before: try json(row, 13),
            after: try json(row, 14),
            isErased: row.bool(15),
            previousHash: Hash.hexadecimal(row.bytes(5)),
            payloadHash: Hash.hexadecimal(row.bytes(6)),
            hash: Hash.hexadecimal(row.bytes(7))
        )
    }

    private static func json(_ row: Row, _ column: Int) throws -> JSON? {
        guard let text = row.optionalBytes(column) else { return nil }
        // Text that is no JSON was not written by us: it is shown as it stands, and `audit.verify` names the entry.
        do throws(APIError) {
            return try Coding.decode(JSON.self, from: text)
        } catch {
            return .string(String(decoding: text, as: UTF8.self))
        }
    }
}

// MARK: - Times

extension AuditStore {
    private static let selectTime: SQL = "SELECT at FROM audit_entry WHERE seq = :seq"

    /// Turns a period into numbers. Times never decrease along the log, so a few lookups find where a period starts, and a
    /// question about last week does not read last year.
    static func narrow(_ query: inout AuditQuery, _ tx: borrowing some Reading & ~Copyable) throws {
        guard query.since != nil || query.until != nil else { return }
        let head = try head(tx).seq
        if let since = query.since {
            let first = try firstEntry(at: since, head: head, tx)
            // Only a lower bound that is given makes a page start at the oldest.
            if let after = query.after { query.after = max(after, first - 1) }
        }
        if let until = query.until, until < .max {
            let end = try firstEntry(at: until + 1, head: head, tx)
            query.before = min(query.before ?? .max, end)
        }
    }

    /// The first entry that is not earlier; one after the head if there is none.
    static func firstEntry(
        at time: Milliseconds,
        head: Int64,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Int64 {
        var low = try AuditAnchor.seq(tx) + 1
        var high = head + 1
        while low < high {
            let middle = low + (high - low) / 2
            let at = try tx.first(selectTime) {
                $0.bind("seq", middle)
            } row: {
                $0.int64(0)
            }
            // A missing entry is `audit.verify`'s business; here it counts as early.
            if let at, at >= time { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
