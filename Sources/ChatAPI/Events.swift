/// A conference, a fair, a meetup: something with a date, run by an agency, with a space of channels once it is published.
package struct Event: Codable, Sendable, Equatable {
    package var id: EventID
    package var agency: AgencyID
    /// The agency's slug.
    package var agencySlug: String
    /// The word that it is named by, also before the names of its channels: `devconf`. Unique on the platform.
    package var slug: String
    package var name: String
    package var description: String?
    package var state: EventState
    /// What follows from the clock, of a published event.
    package var phase: EventPhase?
    package var startsAt: Milliseconds
    package var endsAt: Milliseconds
    /// IANA name: `Europe/Oslo`.
    package var zone: String
    /// `startsAt` and `endsAt` on the clocks of the zone: `2026-05-01T09:00`.
    package var starts: String
    package var ends: String
    package var place: EventPlace?
    /// How many have a place at most; nil: as many as come.
    package var capacity: Int?
    package var registration: RegistrationMode
    /// How long who is next in the waiting list has to take a place.
    package var offerMinutes: Int
    /// Whether a join code lets people in without an account.
    package var guests: Bool
    /// Whether participants make channels in its space.
    package var participantChannels: Bool
    /// How many have a place, and how many wait for one.
    package var registered: Int
    package var waiting: Int
    package var createdAt: Milliseconds
    package var publishedAt: Milliseconds?
    /// Why it was cancelled.
    package var reason: String?
    /// Grows with each edit: the `ETag` of REST.
    package var version: Int64
    /// The asker's own registration, if there is one.
    package var attendance: AttendeeState?
    /// What the asker is in it by a grant; nil if nothing.
    package var role: Role?

    package init(
        id: EventID,
        agency: AgencyID,
        agencySlug: String,
        slug: String,
        name: String,
        description: String? = nil,
        state: EventState,
        phase: EventPhase? = nil,
        startsAt: Milliseconds,
        endsAt: Milliseconds,
        zone: String,
        starts: String,
        ends: String,
        place: EventPlace? = nil,
        capacity: Int? = nil,
        registration: RegistrationMode,
        offerMinutes: Int,
        guests: Bool,
        participantChannels: Bool,
        registered: Int,
        waiting: Int,
        createdAt: Milliseconds,
        publishedAt: Milliseconds? = nil,
        reason: String? = nil,
        version: Int64,
        attendance: AttendeeState? = nil,
        role: Role? = nil
    ) {
        self.id = id
        self.agency = agency
        self.agencySlug = agencySlug
        self.slug = slug
        self.name = name
        self.description = description
        self.state = state
        self.phase = phase
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.zone = zone
        self.starts = starts
        self.ends = ends
        self.place = place
        self.capacity = capacity
        self.registration = registration
        self.offerMinutes = offerMinutes
        self.guests = guests
        self.participantChannels = participantChannels
        self.registered = registered
        self.waiting = waiting
        self.createdAt = createdAt
        self.publishedAt = publishedAt
        self.reason = reason
        self.version = version
        self.attendance = attendance
        self.role = role
    }
}

package enum EventState: String, WireEnum {
    /// Only the agency sees it.
    case draft
    case published
    case cancelled
    case archived
    /// What this program does not know.
    case unknown
}

package enum EventPhase: String, WireEnum {
    case upcoming
    case ongoing
    case ended
    /// What this program does not know.
    case unknown
}

package enum RegistrationMode: String, WireEnum {
    /// Whoever registers has a place, as long as there is one.
    case open
    /// An organizer says yes or no to each.
    case approval
    /// Nobody new, except by a join code.
    case code
    /// What this program does not know.
    case unknown
}

/// Where it is: a name for people, an address for letters, coordinates for maps.
package struct EventPlace: Codable, Sendable, Equatable {
    package var name: String?
    package var address: String?
    /// Degrees north, −90 to 90, and east, −180 to 180: both or neither.
    package var latitude: Double?
    package var longitude: Double?

    package init(
        name: String? = nil,
        address: String? = nil,
        latitude: Double? = nil,
        longitude: Double? = nil
    ) {
        self.name = name
        self.address = address
        self.latitude = latitude
        self.longitude = longitude
    }
}

/// A new event, as a draft. Times are `2026-05-01T09:00` on the zone's clocks, or with an offset or `Z`.
package struct EventDraft: Codable, Sendable {
    package var agency: String
    package var slug: String
    package var name: String
    package var description: String?
    package var starts: String
    package var ends: String
    package var zone: String
    package var place: EventPlace?
    package var capacity: Int?
    package var registration: RegistrationMode?
    package var offerMinutes: Int?
    package var guests: Bool?
    package var participantChannels: Bool?

    package init(
        agency: String,
        slug: String,
        name: String,
        description: String? = nil,
        starts: String,
        ends: String,
        zone: String,
        place: EventPlace? = nil,
        capacity: Int? = nil,
        registration: RegistrationMode? = nil,
        offerMinutes: Int? = nil,
        guests: Bool? = nil,
        participantChannels: Bool? = nil
    ) {
        self.agency = agency
        self.slug = slug
        self.name = name
        self.description = description
        self.starts = starts
        self.ends = ends
        self.zone = zone
        self.place = place
        self.capacity = capacity
        self.registration = registration
        self.offerMinutes = offerMinutes
        self.guests = guests
        self.participantChannels = participantChannels
    }
}

/// What is absent stays; an empty description or place, and a capacity of 0, are removed.
package struct EventChange: Codable, Sendable {
    package var event: String
    package var slug: String?
    package var name: String?
    package var description: String?
    package var starts: String?
    package var ends: String?
    package var zone: String?
    package var place: EventPlace?
    package var capacity: Int?
    package var registration: RegistrationMode?
    package var offerMinutes: Int?
    package var guests: Bool?
    package var participantChannels: Bool?

    package init(event: String) { self.event = event }
}

/// Names an event by id or by slug.
package struct EventRef: Codable, Sendable {
    package var event: String

    package init(_ event: String) { self.event = event }
    package init(_ event: EventID) { self.event = event.description }
}

/// Which events: those published by approved agencies, and the drafts of one's own. In the order of their starts.
package struct EventQuery: Codable, Sendable {
    /// Slugs, names, descriptions or addresses that contain this.
    package var query: String?
    package var agency: String?
    package var state: EventState?
    /// Those that are over after this.
    package var from: Milliseconds?
    /// Those that begin before this.
    package var to: Milliseconds?
    /// Only those one is registered for.
    package var mine: Bool?
    package var limit: Int?
    package var cursor: String?

    package init(
        query: String? = nil,
        agency: String? = nil,
        state: EventState? = nil,
        from: Milliseconds? = nil,
        to: Milliseconds? = nil,
        mine: Bool? = nil,
        limit: Int? = nil,
        cursor: String? = nil
    ) {
        self.query = query
        self.agency = agency
        self.state = state
        self.from = from
        self.to = to
        self.mine = mine
        self.limit = limit
        self.cursor = cursor
    }
}

package struct EventCancellation: Codable, Sendable {
    package var event: String
    package var reason: String?

    package init(event: String, reason: String? = nil) {
        self.event = event
        self.reason = reason
    }
}

/// A copy of an event as a draft: everything but its registrations, codes, issues and what was said.
package struct EventClone: Codable, Sendable {
    package var event: String
    package var slug: String
    package var name: String?
    /// When the copy starts; it lasts as long as the original. Absent: the same times.
    package var starts: String?

    package init(event: String, slug: String, name: String? = nil, starts: String? = nil) {
        self.event = event
        self.slug = slug
        self.name = name
        self.starts = starts
    }
}

/// The event as other calendars read it: text/calendar (RFC 5545).
package struct Calendar: Codable, Sendable, Equatable {
    package var text: String

    package init(text: String) { self.text = text }
}

/// A message to everyone in an event: it stands in its #announcements, and counts as a mention of everybody.
package struct AnnouncementDraft: Codable, Sendable {
    package var event: String
    package var text: String
    /// As of a message: a repeat of the same is the same announcement.
    package var cid: ClientID?

    package init(event: String, text: String, cid: ClientID? = nil) {
        self.event = event
        self.text = text
        self.cid = cid
    }
}
