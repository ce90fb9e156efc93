import ChatAPI
import Storage

/// Table `queue`: which queues there are, and by which rules they hand out.
enum QueueStore {
    static let schema = """
        CREATE TABLE queue (
            id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
            agency BLOB NOT NULL,
            event BLOB,
            place BLOB NOT NULL,
            name TEXT NOT NULL,
            folded TEXT NOT NULL,
            settings TEXT NOT NULL,
            is_open INTEGER NOT NULL,
            version INTEGER NOT NULL,
            created_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX queue_name ON queue (place, folded);
        CREATE INDEX queue_agency ON queue (agency, id);
        """

    private static let columns = "id, agency, event, name, settings, is_open, version, created_at"
    private static let selectOne = SQL("SELECT \(columns) FROM queue WHERE id = :id")
    private static let selectAll = SQL("SELECT \(columns) FROM queue ORDER BY id")
    private static let selectPlace = SQL("SELECT \(columns) FROM queue WHERE place = :place ORDER BY created_at, id")
    private static let selectAgency = SQL("SELECT \(columns) FROM queue WHERE agency = :agency ORDER BY id")
    private static let selectNamed: SQL = "SELECT id FROM queue WHERE place = :place AND folded = :folded"
    private static let insert: SQL = """
        INSERT INTO queue (id, agency, event, place, name, folded, settings, is_open, version, created_at)
        VALUES (:id, :agency, :event, :place, :name, :folded, :settings, :isOpen, :version, :createdAt)
        """
    private static let update: SQL = """
        UPDATE queue SET name = :name, folded = :folded, settings = :settings, is_open = :isOpen, version = :version
        WHERE id = :id
        """

    private static let delete: SQL = "DELETE FROM queue WHERE id = :id"

    static func queue(_ id: QueueID, _ tx: borrowing some Reading & ~Copyable) throws -> QueueFacts? {
        try tx.first(selectOne) {
            $0.bind("id", id)
        } row: {
            try read($0)
        }
    }

    static func all(_ tx: borrowing some Reading & ~Copyable) throws -> [QueueFacts] {
        try tx.all(selectAll) { try read($0) }
    }

    /// The queues of an event, or of an agency itself, the oldest first: the first one is its default.
    static func queues(of space: Scope, _ tx: borrowing some Reading & ~Copyable) throws -> [QueueFacts] {
        try tx.all(selectPlace) {
            $0.bind("place", space.id)
        } row: {
            try read($0)
        }
    }

    /// All queues of an agency, those of its events too.
    static func queues(ofAgency agency: AgencyID, _ tx: borrowing some Reading & ~Copyable) throws -> [QueueFacts] {
        try tx.all(selectAgency) {
            $0.bind("agency", agency)
        } row: {
            try read($0)
        }
    }

    static func id(named name: String, in space: Scope, _ tx: borrowing some Reading & ~Copyable) throws -> QueueID? {
        try tx.first(selectNamed) {
            $0.bind("place", space.id)
            $0.bind("folded", Names.fold(name))
        } row: {
            $0.id(0)
        }
    }

    static func insert(_ queue: QueueFacts, _ tx: borrowing Transaction) throws {
        try tx.run(insert) {
            bind(&$0, queue)
            $0.bind("agency", queue.agency)
            $0.bind("event", queue.event)
            $0.bind("place", queue.space.id)
            $0.bind("createdAt", queue.createdAt)
        }
    }

    static func update(_ queue: QueueFacts, _ tx: borrowing Transaction) throws {
        try tx.run(update) { bind(&$0, queue) }
    }

    static func delete(_ id: QueueID, _ tx: borrowing Transaction) throws {
        try tx.run(delete) { $0.bind("id", id) }
    }

    private static func bind(_ binder: inout Binder, _ queue: QueueFacts) {
        binder.bind("id", queue.id)
        binder.bind("name", queue.name)
        binder.bind("folded", Names.fold(queue.name))
        binder.bind("settings", String(decoding: Coding.encode(queue.settings), as: UTF8.self))
        binder.bind("isOpen", queue.isOpen)
        binder.bind("version", queue.version)
    }

    private static func read(_ row: Row) throws -> QueueFacts {
        QueueFacts(
            id: row.id(0),
            agency: row.id(1),
            event: row.optionalID(2),
            name: row.string(3),
            settings: try Coding.decode(QueueSettings.self, from: row.bytes(4)),
            isOpen: row.bool(5),
            version: row.int64(6),
            createdAt: row.int64(7)
        )
    }
}

/// What of a queue is one JSON column: read together, written together, never searched.
struct QueueSettings: Codable, Sendable, Equatable {
    var topics: [Topic]
    var policy: QueuePolicy
    var sla: SLAPolicy
}

/// A queue as writes and the board see it.
package struct QueueFacts: Sendable, Equatable {
    let id: QueueID
    let agency: AgencyID
    let event: EventID?
    var name: String
    var settings: QueueSettings
    var isOpen: Bool
    var version: Int64
    let createdAt: Milliseconds

    var policy: QueuePolicy { settings.policy }
    /// The event, or the agency: one open request of a participant in each.
    var space: Scope { event.map(Scope.event) ?? .agency(agency) }
    var scope: Scope { .queue(id) }
    var auditObject: String { "queue/\(id)" }

    func topic(_ key: String) -> Topic? { settings.topics.first { $0.key == key } }

    func shown(waiting: Int?) -> Queue {
        Queue(
            id: id,
            agency: agency,
            event: event,
            name: name,
            topics: settings.topics,
            policy: settings.policy,
            sla: settings.sla,
            isOpen: isOpen,
            waiting: waiting,
            version: version,
            createdAt: createdAt
        )
    }

    /// Everything that somebody can set: what a document and the audit log say of it.
    var auditState: JSON {
        [
            "name": .string(name), "isOpen": .bool(isOpen), "topics": JSON(of: settings.topics),
            "policy": JSON(of: settings.policy), "sla": JSON(of: settings.sla),
        ]
    }
}
