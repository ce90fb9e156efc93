import ChatAPI
import Storage

/// Table `contact`: whom to call about an event.
enum ContactStore {
    static let schema = """
        CREATE TABLE contact (
            id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
            event BLOB NOT NULL REFERENCES event (id),
            name TEXT NOT NULL,
            email TEXT,
            phone TEXT,
            notes TEXT,
            created_at INTEGER NOT NULL,
            version INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX contact_event ON contact (event, id);
        """

    private static let columns = "id, event, name, email, phone, notes, created_at, version"
    private static let selectOne = SQL("SELECT \(columns) FROM contact WHERE id = :id")
    private static let selectOf = SQL("SELECT \(columns) FROM contact WHERE event = :event ORDER BY id")
    private static let insert = SQL(
        """
        INSERT INTO contact (\(columns)) VALUES (:id, :event, :name, :email, :phone, :notes, :createdAt, :version)
        """
    )
    private static let update: SQL = """
        UPDATE contact SET name = :name, email = :email, phone = :phone, notes = :notes, version = :version
        WHERE id = :id
        """
    private static let delete: SQL = "DELETE FROM contact WHERE id = :id"
    private static let deleteAll: SQL = "DELETE FROM contact WHERE event = :event"

    private static func read(_ row: Row) -> Contact {
        Contact(
            id: row.id(0),
            event: row.id(1),
            name: row.string(2),
            email: row.optionalString(3),
            phone: row.optionalString(4),
            notes: row.optionalString(5),
            createdAt: row.int64(6),
            version: row.int64(7)
        )
    }

    static func find(_ id: ContactID, _ tx: borrowing some Reading & ~Copyable) throws -> Contact? {
        try tx.first(selectOne) {
            $0.bind("id", id)
        } row: {
            read($0)
        }
    }

    /// In the order in which they were added.
    static func contacts(of event: EventID, _ tx: borrowing some Reading & ~Copyable) throws -> [Contact] {
        try tx.all(selectOf) {
            $0.bind("event", event)
        } row: {
            read($0)
        }
    }

    static func insert(_ contact: Contact, _ tx: borrowing Transaction) throws {
        try tx.run(insert) {
            bind(contact, to: &$0)
            $0.bind("event", contact.event)
            $0.bind("createdAt", contact.createdAt)
        }
    }

    static func update(_ contact: Contact, _ tx: borrowing Transaction) throws {
        try tx.run(update) { bind(contact, to: &$0) }
    }

    static func delete(_ id: ContactID, _ tx: borrowing Transaction) throws {
        try tx.run(delete) { $0.bind("id", id) }
    }

    static func deleteAll(of event: EventID, _ tx: borrowing Transaction) throws {
        try tx.run(deleteAll) { $0.bind("event", event) }
    }

    static func copy(from: EventID, to event: EventID, now: Milliseconds, _ tx: borrowing Transaction) throws {
        for contact in try contacts(of: from, tx) {
            let copy = Contact(
                id: .fresh(at: now),
                event: event,
                name: contact.name,
                email: contact.email,
                phone: contact.phone,
                notes: contact.notes,
                createdAt: now,
                version: 1
            )
            try insert(copy, tx)
        }
    }

    private static func bind(_ contact: Contact, to binder: inout Binder) {
        binder.bind("id", contact.id)
        binder.bind("name", contact.name)
        binder.bind("email", contact.email)
        binder.bind("phone", contact.phone)
        binder.bind("notes", contact.notes)
        binder.bind("version", contact.version)
    }
}
