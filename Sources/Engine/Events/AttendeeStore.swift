import ChatAPI
import Storage

/// Table `attendee`: who asked for a place in an event, and what came of it. The waiting list is the order of `turn`.
///
/// The event's counters change with every row here, in the same write; the schema refuses more held places than there are.
enum AttendeeStore {
    static let schema = """
        CREATE TABLE attendee (
            event BLOB NOT NULL REFERENCES event (id),
            account BLOB NOT NULL,
            state TEXT NOT NULL CHECK (
                state IN ('requested', 'waiting', 'offered', 'registered', 'declined', 'withdrawn', 'lapsed')
            ),
            turn INTEGER NOT NULL,
            registered_at INTEGER NOT NULL,
            offered_until INTEGER,
            checked_in_at INTEGER,
            checked_in_by BLOB,
            version INTEGER NOT NULL,
            PRIMARY KEY (event, account),
            CHECK ((state = 'offered') = (offered_until IS NOT NULL))
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX attendee_account ON attendee (account, event);
        CREATE INDEX attendee_turn ON attendee (event, state, turn);
        CREATE INDEX attendee_offer ON attendee (offered_until) WHERE offered_until IS NOT NULL;
        """

    private static let columns = """
        t.event, t.account, n.name, n.display_name, n.guest_of IS NOT NULL, t.state, t.registered_at, t.offered_until,
        CASE WHEN t.state = 'waiting' THEN (
            SELECT COUNT(*) FROM attendee w WHERE w.event = t.event AND w.state = 'waiting' AND w.turn <= t.turn
        ) END,
        t.checked_in_at, t.version
        """
    private static let selectOne = SQL(
        """
        SELECT \(columns) FROM attendee t JOIN account n ON n.id = t.account
        WHERE t.event = :event AND t.account = :account
        """
    )
    static let selectPage = SQL(
        """
        SELECT \(columns), n.folded FROM attendee t CROSS JOIN account n
        WHERE t.event = :event AND n.id = t.account AND n.folded > :after
            AND (CAST(:state AS TEXT) IS NULL OR t.state = :state)
            AND (CAST(:checkedIn AS INTEGER) IS NULL OR CASE WHEN t.checked_in_at IS NULL THEN 0 ELSE 1 END = :checkedIn)
            AND (CAST(:query AS TEXT) IS NULL OR instr(n.folded, :query) > 0 OR instr(lower(n.display_name), :text) > 0)
        ORDER BY n.folded LIMIT :limit
        """
    )
    private static let selectRegistered: SQL = """
        SELECT account FROM attendee WHERE event = :event AND state = 'registered' ORDER BY turn
        """
    static let selectNext: SQL = """
        SELECT account FROM attendee WHERE event = :event AND state = 'waiting' ORDER BY turn LIMIT 1
        """
    private static let selectUndecided: SQL = """
        SELECT account FROM attendee WHERE event = :event AND state IN ('requested', 'waiting', 'offered')
        ORDER BY state, turn LIMIT :limit
        """
    private static let selectOf: SQL = "SELECT event FROM attendee WHERE account = :account"
    private static let nextTurn: SQL = "UPDATE event SET turn = turn + 1 WHERE id = :event"
    private static let selectTurn: SQL = "SELECT turn FROM event WHERE id = :event"
    private static let upsert: SQL = """
        INSERT INTO attendee (event, account, state, turn, registered_at, offered_until, version)
        VALUES (:event, :account, :state, :turn, :at, :until, 1)
        ON CONFLICT (event, account) DO UPDATE SET
            state = excluded.state, turn = excluded.turn, registered_at = excluded.registered_at,
            offered_until = excluded.offered_until, checked_in_at = NULL, checked_in_by = NULL,
            version = attendee.version + 1
        """
    private static let updateState: SQL = """
        UPDATE attendee SET state = :state, offered_until = :until, version = version + 1
        WHERE event = :event AND account = :account
        """
    private static let updateCheckIn: SQL = """
        UPDATE attendee SET checked_in_at = :at, checked_in_by = :by, version = version + 1
        WHERE event = :event AND account = :account
        """
    private static let count: SQL = """
        UPDATE event SET registered = registered + :registered, held = held + :held, waiting = waiting + :waiting
        WHERE id = :event
        """
    private static let deleteAll: SQL = "DELETE FROM attendee WHERE event = :event"
    private static let deleteOne: SQL = "DELETE FROM attendee WHERE event = :event AND account = :account"

    private static func read(_ row: Row) -> Attendee {
        Attendee(
            event: row.id(0),
            account: row.id(1),
            name: row.string(2),
            displayName: row.optionalString(3),
            isGuest: row.bool(4),
            state: row.name(5),
            registeredAt: row.int64(6),
            offeredUntil: row.optionalInt64(7),
            position: row.optionalInt(8),
            checkedInAt: row.optionalInt64(9),
            version: row.int64(10)
        )
    }

    static func find(
        _ account: AccountID,
        in event: EventID,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Attendee? {
        try tx.first(selectOne) {
            $0.bind("event", event)
            $0.bind("account", account)
        } row: {
            read($0)
        }
    }

    static func page(
        _ query: AttendeeQuery,
        of event: EventID,
        after folded: String,
        _ words: PageRules.Words?,
        limit: Int,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [(attendee: Attendee, folded: String)] {
        try tx.all(selectPage) {
            $0.bind("event", event)
            $0.bind("after", folded)
            $0.bind("state", query.state?.rawValue)
            $0.bind("checkedIn", query.checkedIn)
            $0.bind("query", words?.folded)
            $0.bind("text", words?.lowercased)
            $0.bind("limit", limit)
        } row: { row in
            (attendee: read(row), folded: row.string(11))
        }
    }

    /// Who has a place, in the order in which they asked.
    static func registered(in event: EventID, _ tx: borrowing some Reading & ~Copyable) throws -> [AccountID] {
        try tx.all(selectRegistered) {
            $0.bind("event", event)
        } row: {
            $0.id(0)
        }
    }

    /// Who is first in the waiting list.
    static func next(in event: EventID, _ tx: borrowing Transaction) throws -> AccountID? {
        try tx.first(selectNext) {
            $0.bind("event", event)
        } row: {
            $0.id(0)
        }
    }

    /// Who waits for an answer, a place or their own answer.
    static func undecided(in event: EventID, limit: Int, _ tx: borrowing Transaction) throws -> [AccountID] {
        try tx.all(selectUndecided) {
            $0.bind("event", event)
            $0.bind("limit", limit)
        } row: {
            $0.id(0)
        }
    }

    static func events(of account: AccountID, _ tx: borrowing some Reading & ~Copyable) throws -> [EventID] {
        try tx.all(selectOf) {
            $0.bind("account", account)
        } row: {
            $0.id(0)
        }
    }

    // MARK: - Changing

    /// Someone asks, for the first time or again: at the end of the line.
    static func ask(
        _ account: AccountID,
        for event: EventID,
        _ state: AttendeeState,
        from before: AttendeeState?,
        now: Milliseconds,
        _ tx: borrowing Transaction
    ) throws {
        try tx.run(nextTurn) { $0.bind("event", event) }
        let turn = try tx.first(selectTurn) {
            $0.bind("event", event)
        } row: {
            $0.int64(0)
        }
        try tx.run(upsert) {
            $0.bind("event", event)
            $0.bind("account", account)
            $0.bind("state", state.rawValue)
            $0.bind("turn", turn ?? 0)
            $0.bind("at", now)
            $0.bind("until", Int64?.none)
        }
        try count(event, from: before, to: state, tx)
    }

    static func move(
        _ account: AccountID,
        in event: EventID,
        from before: AttendeeState,
        to state: AttendeeState,
        until: Milliseconds? = nil,
        _ tx: borrowing Transaction
    ) throws {
        // The places are counted first: that refuses, before anybody has one too many.
        try count(event, from: before, to: state, tx)
        try tx.run(updateState) {
            $0.bind("event", event)
            $0.bind("account", account)
            $0.bind("state", state.rawValue)
            $0.bind("until", until)
        }
    }

    static func setCheckIn(
        _ time: Milliseconds?,
        by: AccountID?,
        of account: AccountID,
        in event: EventID,
        _ tx: borrowing Transaction
    ) throws {
        try tx.run(updateCheckIn) {
            $0.bind("event", event)
            $0.bind("account", account)
            $0.bind("at", time)
            $0.bind("by", by)
        }
    }

    static func deleteAll(of event: EventID, _ tx: borrowing Transaction) throws {
        try tx.run(deleteAll) { $0.bind("event", event) }
    }

    static func delete(_ attendee: Attendee, _ tx: borrowing Transaction) throws {
        try count(attendee.event, from: attendee.state, to: nil, tx)
        try tx.run(deleteOne) {
            $0.bind("event", attendee.event)
            $0.bind("account", attendee.account)
        }
    }

    private static func count(
        _ event: EventID,
        from before: AttendeeState?,
        to after: AttendeeState?,
        _ tx: borrowing Transaction
    ) throws {
        func difference(_ isCounted: (AttendeeState) -> Bool) -> Int {
            (after.map(isCounted) == true ? 1 : 0) - (before.map(isCounted) == true ? 1 : 0)
        }
        try tx.run(count) {
            $0.bind("registered", difference { $0 == .registered })
            $0.bind("held", difference(\.holdsPlace))
            $0.bind("waiting", difference { $0 == .waiting })
            $0.bind("event", event)
        }
    }
}

extension AttendeeState {
    /// A place is taken by them or kept for them.
    var holdsPlace: Bool { self == .registered || self == .offered }
}
