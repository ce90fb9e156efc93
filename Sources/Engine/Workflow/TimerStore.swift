package import ChatAPI
import Storage

/// Something that is due at a time, as a row: it survives restarts and fires once, in the order of due times.
package struct DurableTimer: Sendable, Equatable {
    package let id: Int64
    package let kind: String
    /// What it is about: one timer per kind and object.
    package let object: String
    package let due: Milliseconds
    /// How long after a jump of the clock it is put off; 0 for what is not an expiry.
    package let lease: Int64
    package let payload: JSON?
    /// How often it failed in a row.
    package let attempts: Int
}

/// Table `timer`.
package enum TimerStore {
    package static let schema = """
        CREATE TABLE timer (
            id INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            object TEXT NOT NULL,
            due INTEGER NOT NULL,
            lease INTEGER NOT NULL,
            payload TEXT,
            attempts INTEGER NOT NULL,
            UNIQUE (kind, object)
        ) STRICT;
        CREATE INDEX timer_due ON timer (due, id);
        """

    private static let upsert: SQL = """
        INSERT INTO timer (kind, object, due, lease, payload, attempts)
        VALUES (:kind, :object, :due, :lease, :payload, 0)
        ON CONFLICT (kind, object) DO UPDATE
        SET due = excluded.due, lease = excluded.lease, payload = excluded.payload, attempts = 0
        """
    private static let insertMissing: SQL = """
        INSERT INTO timer (kind, object, due, lease, payload, attempts)
        VALUES (:kind, :object, :due, 0, NULL, 0) ON CONFLICT (kind, object) DO NOTHING
        """
    private static let selectOne: SQL = "SELECT 1 FROM timer WHERE kind = :kind AND object = :object"
    private static let delete: SQL = "DELETE FROM timer WHERE kind = :kind AND object = :object"
    private static let deleteFired: SQL = """
        DELETE FROM timer WHERE id = :id AND kind = :kind AND object = :object AND due = :due
        """
    private static let selectNext: SQL = """
        SELECT id, kind, object, due, lease, payload, attempts FROM timer ORDER BY due, id LIMIT 1
        """
    private static let update: SQL = """
        UPDATE timer SET due = :due, payload = :payload, attempts = :attempts WHERE id = :id
        """
    private static let delay: SQL = """
        UPDATE timer SET due = :now + lease WHERE lease > 0 AND due <= :now
        """

    /// The timer that is due first; it may lie in the future.
    static func next(_ tx: borrowing some Reading & ~Copyable) throws -> DurableTimer? {
        try tx.first(selectNext) { row in
            DurableTimer(
                id: row.int64(0),
                kind: row.string(1),
                object: row.string(2),
                due: row.int64(3),
                lease: row.int64(4),
                // A payload that cannot be read must not keep the timers behind this one from firing.
                payload: row.optionalBytes(5).flatMap { try? Coding.decode(JSON.self, from: $0) },
                attempts: row.int(6)
            )
        }
    }

    static func insert(
        kind: String,
        object: String,
        due: Milliseconds,
        lease: Int64,
        payload: JSON?,
        _ tx: borrowing Transaction
    ) throws {
        try tx.run(upsert) {
            $0.bind("kind", kind)
            $0.bind("object", object)
            $0.bind("due", due)
            $0.bind("lease", lease)
            $0.bind("payload", text(payload))
        }
    }

    /// Leaves one that is there as it is.
    static func insertMissing(kind: String, due: Milliseconds, _ tx: borrowing Transaction) throws {
        try tx.run(insertMissing) {
            $0.bind("kind", kind)
            $0.bind("object", "")
            $0.bind("due", due)
        }
    }

    static func exists(kind: String, object: String, _ tx: borrowing some Reading & ~Copyable) throws -> Bool {
        try tx.first(selectOne) {
            $0.bind("kind", kind)
            $0.bind("object", object)
        } row: { _ in
            true
        } ?? false
    }

    static func delete(kind: String, object: String, _ tx: borrowing Transaction) throws {
        try tx.run(delete) {
            $0.bind("kind", kind)
            $0.bind("object", object)
        }
    }

    /// Takes away the timer that has fired, and none that its handler has set in its place: a row's number may be used again.
    static func delete(_ timer: DurableTimer, _ tx: borrowing Transaction) throws {
        try tx.run(deleteFired) {
            $0.bind("id", timer.id)
            $0.bind("kind", timer.kind)
            $0.bind("object", timer.object)
            $0.bind("due", timer.due)
        }
    }

    static func postpone(
        _ timer: DurableTimer,
        to due: Milliseconds,
        payload: JSON?,
        attempts: Int = 0,
        _ tx: borrowing Transaction
    ) throws {
        try tx.run(update) {
            $0.bind("due", due)
            $0.bind("payload", text(payload))
            $0.bind("attempts", attempts)
            $0.bind("id", timer.id)
        }
    }

    /// After a jump of the clock: what has become due by it gets one lease more.
    static func delayExpiries(now: Milliseconds, _ tx: borrowing Transaction) throws -> Int {
        try tx.run(delay) { $0.bind("now", now) }
    }

    private static func text(_ payload: JSON?) -> String? {
        payload.map { String(decoding: Coding.encode($0), as: UTF8.self) }
    }
}
