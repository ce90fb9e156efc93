import ChatAPI
import Storage

/// Which events a caller sees: those that approved agencies published, and what it runs. In the order of their starts.
enum EventListing {
    static let selectPage = SQL(
        """
        SELECT \(EventStore.columns), t.state
        FROM event e
        JOIN agency a ON a.id = e.agency
        JOIN space s ON s.id = e.id
        JOIN space o ON o.id = e.agency
        LEFT JOIN attendee t ON t.event = e.id AND t.account = :account
        WHERE (e.starts_at, e.id) > (:afterStart, :afterID)
            AND (CAST(:to AS INTEGER) IS NULL OR e.starts_at < :to) AND (CAST(:from AS INTEGER) IS NULL OR e.ends_at > :from)
            AND (CAST(:state AS TEXT) IS NULL OR e.state = :state) AND (CAST(:agency AS BLOB) IS NULL OR e.agency = :agency)
            AND (:mine = 0 OR t.state IN ('requested', 'waiting', 'offered', 'registered'))
            AND (CAST(:query AS TEXT) IS NULL OR instr(e.search, :query) > 0)
            AND (:seesAll = 1 OR a.state = 'approved' AND (
                e.state <> 'draft' OR instr(:agencies, e.agency) > 0 OR instr(:events, e.id) > 0
            ))
        ORDER BY e.starts_at, e.id LIMIT :limit
        """
    )
    private static let selectAttendance: SQL = """
        SELECT state FROM attendee WHERE event = :event AND account = :account
        """

    /// Where a list goes on: after the event that starts then and has this id.
    struct Cursor: Equatable {
        var startsAt: Milliseconds
        var id: EventID

        static let beginning = Cursor(startsAt: .min, id: EventID(high: 0, low: 0))

        init(startsAt: Milliseconds, id: EventID) {
            self.startsAt = startsAt
            self.id = id
        }

        init(_ text: String?) throws(APIError) {
            guard let text else {
                self = .beginning
                return
            }
            let parts = text.split(separator: "_")
            guard parts.count == 2, let startsAt = Int64(parts[0]), let id = EventID(String(parts[1])) else {
                throw PageRules.cursorIsUnknown()
            }
            self.init(startsAt: startsAt, id: id)
        }

        var text: String { "\(startsAt)_\(id)" }
    }

    static func page(
        _ query: EventQuery,
        after cursor: Cursor,
        agency: AgencyID?,
        words: String?,
        for caller: Caller,
        limit: Int,
        now: Milliseconds,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [Event] {
        let scopes = caller.reach.scopes(with: .read)
        return try tx.all(selectPage) {
            $0.bind("account", caller.account)
            $0.bind("afterStart", cursor.startsAt)
            $0.bind("afterID", cursor.id)
            $0.bind("from", query.from)
            $0.bind("to", query.to)
            $0.bind("state", query.state?.rawValue)
            $0.bind("agency", agency)
            $0.bind("mine", query.mine ?? false)
            $0.bind("query", words)
            $0.bind("seesAll", caller.may(.manageEvents, in: .platform))
            $0.bind("agencies", scopes.filter { $0.kind == .agency }.flatMap(\.id.bytes))
            $0.bind("events", scopes.filter { $0.kind == .event }.flatMap(\.id.bytes))
            $0.bind("limit", limit)
        } row: { row in
            let attendance = row.optionalString(26).flatMap(AttendeeState.init(rawValue:))
            return EventStore.read(row).onWire(now: now, attendance: attendance)
        }
    }

    static func attendance(
        of account: AccountID?,
        in event: EventID,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> AttendeeState? {
        guard let account else { return nil }
        return try tx.first(selectAttendance) {
            $0.bind("event", event)
            $0.bind("account", account)
        } row: {
            $0.name(0)
        }
    }
}

extension EventRow {
    /// As the caller sees it, with its registration and role. What is hidden from it is not found.
    ///
    /// Hidden are the drafts of others, and everything of an agency that is not approved.
    func shown(
        to caller: Caller,
        named text: String,
        now: Milliseconds,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Event {
        let place = try SpaceAccess.standing(of: caller.account, in: scope, tx).place
        let isVisible = caller.isStaff(in: place) || (place.isOpen && state != .draft)
        guard isVisible else { throw EventStore.unknown(text) }
        let attendance = try EventListing.attendance(of: caller.account, in: id, tx)
        if caller.isGuest && attendance == nil { throw EventStore.unknown(text) }
        return onWire(now: now, attendance: attendance, role: try role(of: caller, in: place, tx))
    }

    private func role(of caller: Caller, in place: Place, _ tx: borrowing some Reading & ~Copyable) throws -> Role? {
        guard place.isOpen, let account = caller.account else { return nil }
        return try GrantStore.grants(of: account, tx)
            .filter { $0.scope != .platform && place.isReached(from: $0.scope) }
            .map(\.role)
            .max { $0.rank < $1.rank }
    }
}
