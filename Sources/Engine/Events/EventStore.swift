import ChatAPI
import Storage

/// Table `event`. Its slug is the one of its space; `held` counts the places that are taken or kept for somebody.
enum EventStore {
    static let schema = """
        CREATE TABLE event (
            id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16) REFERENCES space (id),
            agency BLOB NOT NULL REFERENCES agency (id),
            name TEXT NOT NULL,
            description TEXT,
            search TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('draft', 'published', 'cancelled', 'archived')),
            starts_at INTEGER NOT NULL,
            ends_at INTEGER NOT NULL CHECK (ends_at > starts_at),
            zone TEXT NOT NULL,
            place_name TEXT,
            address TEXT,
            latitude REAL,
            longitude REAL,
            capacity INTEGER CHECK (capacity > 0),
            registration TEXT NOT NULL CHECK (registration IN ('open', 'approval', 'code')),
            offer_minutes INTEGER NOT NULL,
            guests INTEGER NOT NULL,
            participant_channels INTEGER NOT NULL,
            registered INTEGER NOT NULL DEFAULT 0 CHECK (registered >= 0),
            held INTEGER NOT NULL DEFAULT 0 CHECK (held >= registered AND (capacity IS NULL OR held <= capacity)),
            waiting INTEGER NOT NULL DEFAULT 0 CHECK (waiting >= 0),
            turn INTEGER NOT NULL DEFAULT 0,
            issues INTEGER NOT NULL DEFAULT 0,
            created_by BLOB,
            created_at INTEGER NOT NULL,
            published_at INTEGER,
            reason TEXT,
            version INTEGER NOT NULL,
            CHECK ((latitude IS NULL) = (longitude IS NULL))
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX event_starts_at ON event (starts_at, id);
        CREATE INDEX event_agency ON event (agency, starts_at);
        """

    static let columns = """
        e.id, e.agency, o.slug, s.slug, e.name, e.description, e.state, e.starts_at, e.ends_at, e.zone, e.place_name,
        e.address, e.latitude, e.longitude, e.capacity, e.registration, e.offer_minutes, e.guests,
        e.participant_channels, e.registered, e.held, e.waiting, e.created_at, e.published_at, e.reason, e.version
        """
    static let joins = "event e JOIN space s ON s.id = e.id JOIN space o ON o.id = e.agency"

    private static let selectOne = SQL("SELECT \(columns) FROM \(joins) WHERE e.id = :id")
    private static let selectOfAgency = SQL(
        "SELECT \(columns) FROM \(joins) WHERE e.agency = :agency ORDER BY e.starts_at"
    )
    private static let selectIDs: SQL = "SELECT id FROM event WHERE agency = :agency"
    private static let selectAll: SQL = "SELECT id, agency, state FROM event"
    private static let selectParticipantChannels: SQL = "SELECT participant_channels FROM event WHERE id = :id"
    private static let insert: SQL = """
        INSERT INTO event (
            id, agency, name, description, search, state, starts_at, ends_at, zone, place_name, address, latitude,
            longitude, capacity, registration, offer_minutes, guests, participant_channels, created_by, created_at,
            published_at, reason, version
        ) VALUES (
            :id, :agency, :name, :description, :search, :state, :startsAt, :endsAt, :zone, :placeName, :address,
            :latitude, :longitude, :capacity, :registration, :offerMinutes, :guests, :participantChannels, :createdBy,
            :createdAt, :publishedAt, :reason, :version
        )
        """
    private static let update: SQL = """
        UPDATE event SET name = :name, description = :description, search = :search, state = :state,
            starts_at = :startsAt, ends_at = :endsAt, zone = :zone, place_name = :placeName, address = :address,
            latitude = :latitude, longitude = :longitude, capacity = :capacity, registration = :registration,
            offer_minutes = :offerMinutes, guests = :guests, participant_channels = :participantChannels,
            published_at = :publishedAt, reason = :reason, version = :version
        WHERE id = :id
        """
    private static let delete: SQL = "DELETE FROM event WHERE id = :id"

    static func read(_ row: Row) -> EventRow {
        EventRow(
            id: row.id(0),
            agency: row.id(1),
            agencySlug: row.string(2),
            slug: row.string(3),
            name: row.string(4),
            description: row.optionalString(5),
            state: row.name(6),
            startsAt: row.int64(7),
            endsAt: row.int64(8),
            zone: row.string(9),
            place: place(row),
            capacity: row.optionalInt(14),
            registration: row.name(15),
            offerMinutes: row.int(16),
            guests: row.bool(17),
            participantChannels: row.bool(18),
            registered: row.int(19),
            held: row.int(20),
            waiting: row.int(21),
            createdAt: row.int64(22),
            publishedAt: row.optionalInt64(23),
            reason: row.optionalString(24),
            version: row.int64(25)
        )
    }

    private static func place(_ row: Row) -> EventPlace? {
        let place = EventPlace(
            name: row.optionalString(10),
            address: row.optionalString(11),
            latitude: row.optionalDouble(12),
            longitude: row.optionalDouble(13)
        )
        return place == EventPlace() ? nil : place
    }

    static func find(_ id: EventID, _ tx: borrowing some Reading & ~Copyable) throws -> EventRow? {
        try tx.first(selectOne) {
            $0.bind("id", id)
        } row: {
            read($0)
        }
    }

    /// The event that a text names, by id or by slug; nil if there is none.
    static func find(_ text: String, _ tx: borrowing some Reading & ~Copyable) throws -> EventRow? {
        if let id = EventID(text) { return try find(id, tx) }
        guard let space = try SpaceStore.find(text, tx), space.kind == .event else { return nil }
        return try find(EventID(high: space.id.high, low: space.id.low), tx)
    }

    /// - Throws: `APIError.notFound`. Who may see it is the caller's business.
    static func resolve(_ text: String, _ tx: borrowing some Reading & ~Copyable) throws -> EventRow {
        guard let event = try find(text, tx) else { throw unknown(text) }
        return event
    }

    static func unknown(_ text: String) -> APIError {
        APIError(.notFound, "there is no event '\(ChannelRules.shortened(text))'")
    }

    static func events(of agency: AgencyID, _ tx: borrowing some Reading & ~Copyable) throws -> [EventRow] {
        try tx.all(selectOfAgency) {
            $0.bind("agency", agency)
        } row: {
            read($0)
        }
    }

    static func ids(of agency: AgencyID, _ tx: borrowing some Reading & ~Copyable) throws -> [EventID] {
        try tx.all(selectIDs) {
            $0.bind("agency", agency)
        } row: {
            $0.id(0)
        }
    }

    /// What is kept in memory of every event.
    static func facts(_ tx: borrowing some Reading & ~Copyable) throws -> [(id: EventID, facts: EventFacts)] {
        try tx.all(selectAll) { ($0.id(0), EventFacts(agency: $0.id(1), state: $0.name(2))) }
    }

    static func takesParticipantChannels(
        _ id: EventID,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Bool {
        try tx.first(selectParticipantChannels) {
            $0.bind("id", id)
        } row: {
            $0.bool(0)
        } ?? false
    }

    // MARK: - Changing

    static func insert(_ event: EventRow, by account: AccountID?, _ tx: borrowing Transaction) throws {
        try tx.run(insert) {
            bind(event, to: &$0)
            $0.bind("agency", event.agency)
            $0.bind("createdBy", account)
            $0.bind("createdAt", event.createdAt)
        }
    }

    /// Stores everything but the counters, which change with the registrations.
    static func update(_ event: EventRow, _ tx: borrowing Transaction) throws {
        try tx.run(update) { bind(event, to: &$0) }
    }

    static func delete(_ id: EventID, _ tx: borrowing Transaction) throws {
        try tx.run(delete) { $0.bind("id", id) }
    }

    private static func bind(_ event: EventRow, to binder: inout Binder) {
        binder.bind("id", event.id)
        binder.bind("name", event.name)
        binder.bind("description", event.description)
        let texts = [event.slug, event.name, event.description, event.place?.name, event.place?.address]
        binder.bind("search", texts.compactMap(\.self).joined(separator: " ").lowercased())
        binder.bind("state", event.state.rawValue)
        binder.bind("startsAt", event.startsAt)
        binder.bind("endsAt", event.endsAt)
        binder.bind("zone", event.zone)
        binder.bind("placeName", event.place?.name)
        binder.bind("address", event.place?.address)
        binder.bind("latitude", event.place?.latitude)
        binder.bind("longitude", event.place?.longitude)
        binder.bind("capacity", event.capacity)
        binder.bind("registration", event.registration.rawValue)
        binder.bind("offerMinutes", event.offerMinutes)
        binder.bind("guests", event.guests)
        binder.bind("participantChannels", event.participantChannels)
        binder.bind("publishedAt", event.publishedAt)
        binder.bind("reason", event.reason)
        binder.bind("version", event.version)
    }
}
