import ChatAPI
import Storage

/// Table `sla_clock`: what a queue promised to whoever asked, and whether it was kept.
enum ClockStore {
    /// A clock of a chat on hold stands still.
    static let withPauses = "ALTER TABLE sla_clock ADD COLUMN paused_at INTEGER;"

    private static let pause: SQL = """
        UPDATE sla_clock SET paused_at = :now
        WHERE request = :request AND kind = 'resolution' AND state = 'running' AND paused_at IS NULL AND due >= :now
        """
    private static let resume: SQL = """
        UPDATE sla_clock SET due = due + (:now - paused_at), paused_at = NULL
        WHERE request = :request AND state = 'running' AND paused_at IS NOT NULL RETURNING due
        """
    private static let insert: SQL = """
        INSERT INTO sla_clock (request, kind, queue, due, state) VALUES (:request, :kind, :queue, :due, 'running')
        """
    private static let selectRunning: SQL = """
        SELECT due FROM sla_clock WHERE request = :request AND kind = :kind AND state = 'running'
        """
    private static let stop: SQL = """
        UPDATE sla_clock SET state = :state, stopped_at = :now WHERE request = :request AND kind = :kind
        """
    private static let miss: SQL = """
        UPDATE sla_clock SET state = 'missed'
        WHERE request = :request AND kind = :kind AND state = 'running' AND paused_at IS NULL
        """
    private static let select: SQL = """
        SELECT kind, due, state, stopped_at, paused_at FROM sla_clock WHERE request = :request ORDER BY kind
        """
    private static let delete: SQL = "DELETE FROM sla_clock WHERE request = :request AND state = 'running'"
    private static let countMissed: SQL = """
        SELECT COUNT(*) FROM sla_clock WHERE queue = :queue AND due >= :since AND state = 'missed'
        """

    static func insert(
        _ kind: SLAClock.Kind,
        of request: RequestRow,
        due: Milliseconds,
        _ tx: borrowing Transaction
    ) throws {
        try tx.run(insert) {
            $0.bind("request", request.id)
            $0.bind("kind", kind.rawValue)
            $0.bind("queue", request.queue)
            $0.bind("due", due)
        }
    }

    /// What it stopped as; nil if it was not running.
    static func stop(
        _ kind: SLAClock.Kind,
        of request: RequestID,
        now: Milliseconds,
        _ tx: borrowing Transaction
    ) throws -> SLAClock.State? {
        let due = try tx.first(selectRunning) {
            $0.bind("request", request)
            $0.bind("kind", kind.rawValue)
        } row: {
            $0.int64(0)
        }
        guard let due else { return nil }
        let state: SLAClock.State = now <= due ? .hit : .missed
        try tx.run(stop) {
            $0.bind("state", state.rawValue)
            $0.bind("now", now)
            $0.bind("request", request)
            $0.bind("kind", kind.rawValue)
        }
        return state
    }

    /// The promise is broken while the clock still runs. False if it does not run any more.
    static func miss(_ kind: SLAClock.Kind, of request: RequestID, _ tx: borrowing Transaction) throws -> Bool {
        try tx.run(miss) {
            $0.bind("request", request)
            $0.bind("kind", kind.rawValue)
        } > 0
    }

    /// Lets the promise of a solution stand still. False if it does not run, or not any more in time.
    static func pause(_ request: RequestID, now: Milliseconds, _ tx: borrowing Transaction) throws -> Bool {
        try tx.run(pause) {
            $0.bind("request", request)
            $0.bind("now", now)
        } > 0
    }

    /// Goes on with what was left. When it is due now; nil if it did not stand still.
    static func resume(_ request: RequestID, now: Milliseconds, _ tx: borrowing Transaction) throws -> Milliseconds? {
        try tx.first(resume) {
            $0.bind("request", request)
            $0.bind("now", now)
        } row: {
            $0.int64(0)
        }
    }

    /// Nobody waits any more: a promise to someone who left is neither kept nor broken.
    static func drop(of request: RequestID, _ tx: borrowing Transaction) throws {
        try tx.run(delete) { $0.bind("request", request) }
    }

    static func clocks(of request: RequestID, _ tx: borrowing some Reading & ~Copyable) throws -> [SLAClock] {
        try tx.all(select) {
            $0.bind("request", request)
        } row: {
            SLAClock(
                kind: $0.name(0),
                dueAt: $0.int64(1),
                state: $0.name(2),
                stoppedAt: $0.optionalInt64(3),
                pausedAt: $0.optionalInt64(4)
            )
        }
    }

    static func countMissed(
        of queue: QueueID,
        since: Milliseconds,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Int {
        try tx.first(countMissed) {
            $0.bind("queue", queue)
            $0.bind("since", since)
        } row: {
            $0.int(0)
        } ?? 0
    }
}
