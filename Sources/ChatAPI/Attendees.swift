/// Someone's registration for an event.
package struct Attendee: Codable, Sendable, Equatable {
    package var event: EventID
    package var account: AccountID
    package var name: String
    package var displayName: String?
    package var isGuest: Bool
    package var state: AttendeeState
    /// When they asked for a place; the order of the waiting list.
    package var registeredAt: Milliseconds
    /// Until when an offered place is kept.
    package var offeredUntil: Milliseconds?
    /// Place in the waiting list, from 1.
    package var position: Int?
    package var checkedInAt: Milliseconds?
    /// Answer of a check-in: the tick had been there before, since `checkedInAt`.
    package var wasCheckedIn: Bool?
    package var version: Int64

    package init(
        event: EventID,
        account: AccountID,
        name: String,
        displayName: String?,
        isGuest: Bool,
        state: AttendeeState,
        registeredAt: Milliseconds,
        offeredUntil: Milliseconds? = nil,
        position: Int? = nil,
        checkedInAt: Milliseconds? = nil,
        version: Int64
    ) {
        self.event = event
        self.account = account
        self.name = name
        self.displayName = displayName
        self.isGuest = isGuest
        self.state = state
        self.registeredAt = registeredAt
        self.offeredUntil = offeredUntil
        self.position = position
        self.checkedInAt = checkedInAt
        self.version = version
    }
}

package enum AttendeeState: String, WireEnum {
    /// Waits for an organizer's yes.
    case requested
    /// Waits for a place.
    case waiting
    /// A place is kept for them until a deadline.
    case offered
    /// Has a place, and is in the event's channels.
    case registered
    /// An organizer said no, or took the place away.
    case declined
    /// Gave it up.
    case withdrawn
    /// Let an offer go by.
    case lapsed
    /// What this program does not know.
    case unknown
}

/// Names a registration: whose, for which event.
package struct AttendeeRef: Codable, Sendable {
    package var event: String
    package var account: String

    package init(event: String, account: String) {
        self.event = event
        self.account = account
    }
}

package struct AttendeeQuery: Codable, Sendable {
    package var event: String
    package var state: AttendeeState?
    /// True: who has arrived; false: who has not.
    package var checkedIn: Bool?
    /// Names that contain this.
    package var query: String?
    package var limit: Int?
    package var cursor: String?

    package init(
        event: String,
        state: AttendeeState? = nil,
        checkedIn: Bool? = nil,
        query: String? = nil,
        limit: Int? = nil,
        cursor: String? = nil
    ) {
        self.event = event
        self.state = state
        self.checkedIn = checkedIn
        self.query = query
        self.limit = limit
        self.cursor = cursor
    }
}

/// A code that lets people into an event: shown on the door, in a mail, on a slide.
package struct JoinCode: Codable, Sendable, Equatable {
    package var code: String
    package var event: EventID
    package var label: String?
    package var createdAt: Milliseconds
    /// Nil: until the event ends.
    package var expiresAt: Milliseconds?
    /// How often it may be used; nil: as long as there are places.
    package var uses: Int?
    package var used: Int

    package init(
        code: String,
        event: EventID,
        label: String? = nil,
        createdAt: Milliseconds,
        expiresAt: Milliseconds? = nil,
        uses: Int? = nil,
        used: Int
    ) {
        self.code = code
        self.event = event
        self.label = label
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.uses = uses
        self.used = used
    }
}

package struct JoinCodeDraft: Codable, Sendable {
    package var event: String
    package var label: String?
    /// How long it is good, in hours.
    package var hours: Int?
    package var uses: Int?

    package init(event: String, label: String? = nil, hours: Int? = nil, uses: Int? = nil) {
        self.event = event
        self.label = label
        self.hours = hours
        self.uses = uses
    }
}

package struct JoinCodeRef: Codable, Sendable {
    package var event: String
    package var code: String

    package init(event: String, code: String) {
        self.event = event
        self.code = code
    }
}

/// Joins the event of a code. Dashes and case do not matter.
package struct EventJoin: Codable, Sendable {
    package var code: String

    package init(code: String) { self.code = code }
}

/// Where one is after joining: the event, one's registration, and the channels if there was a place.
package struct JoinedEvent: Codable, Sendable, Equatable {
    package var event: Event
    package var attendee: Attendee
    package var channels: [Channel]

    package init(event: Event, attendee: Attendee, channels: [Channel]) {
        self.event = event
        self.attendee = attendee
        self.channels = channels
    }
}

/// Enters an event with its join code and a name to be shown, without an account: the session ends with the event.
package struct GuestEntry: Codable, Sendable {
    package var code: String
    package var displayName: String
    package var device: String?

    package init(code: String, displayName: String, device: String? = nil) {
        self.code = code
        self.displayName = displayName
        self.device = device
    }
}

/// Turns a guest into an account, with everything it is in.
package struct GuestUpgrade: Codable, Sendable {
    package var name: String
    package var password: String

    package init(name: String, password: String) {
        self.name = name
        self.password = password
    }
}

extension Endpoint where Input == EventJoin, Output == JoinedEvent {
    package static var joinEvent: Self {
        Self("events.join", .post, "/v1/event-joins", needs: .join, "join the event of a code, and its channels")
    }
}

extension Endpoint where Input == EventRef, Output == JoinedEvent {
    package static var registerForEvent: Self {
        Self(
            "events.register",
            .post,
            "/v1/events/{event}/registration",
            needs: .join,
            "ask for a place in an event: at once, after approval, or in the waiting list"
        )
    }
    package static var acceptPlace: Self {
        Self(
            "events.accept",
            .post,
            "/v1/events/{event}/registration/accept",
            needs: .join,
            "take the place that the waiting list offers"
        )
    }
}

extension Endpoint where Input == EventRef, Output == Attendee {
    package static var registration: Self {
        Self(
            "events.registration",
            .get,
            "/v1/events/{event}/registration",
            needs: .own,
            "one's own registration, with the place in the waiting list"
        )
    }
    package static var withdrawFromEvent: Self {
        Self(
            "events.withdraw",
            .delete,
            "/v1/events/{event}/registration",
            needs: .join,
            "give one's place up, and leave the event's channels"
        )
    }
}

extension Endpoint where Input == AttendeeQuery, Output == Page<Attendee> {
    package static var listAttendees: Self {
        Self(
            "attendees.list",
            .get,
            "/v1/events/{event}/attendees",
            needs: .read,
            "list registrations, for those who run the event or its door"
        )
    }
}

extension Endpoint where Input == AttendeeRef, Output == Attendee {
    package static var approveAttendee: Self {
        Self(
            "attendees.approve",
            .post,
            "/v1/events/{event}/attendees/{account}/approve",
            needs: .manageEvents,
            "say yes to a registration"
        )
    }
    package static var declineAttendee: Self {
        Self(
            "attendees.decline",
            .post,
            "/v1/events/{event}/attendees/{account}/decline",
            needs: .manageEvents,
            "say no to a registration, or take a place away"
        )
    }
    package static var checkIn: Self {
        Self(
            "attendees.checkIn",
            .post,
            "/v1/events/{event}/attendees/{account}/check-in",
            needs: .checkIn,
            "tick off someone who has arrived; a second time says when it was"
        )
    }
    package static var undoCheckIn: Self {
        Self(
            "attendees.undoCheckIn",
            .delete,
            "/v1/events/{event}/attendees/{account}/check-in",
            needs: .checkIn,
            "take a tick back"
        )
    }
}

extension Endpoint where Input == EventRef, Output == Page<JoinCode> {
    package static var listJoinCodes: Self {
        Self("joinCodes.list", .get, "/v1/events/{event}/codes", needs: .manageEvents, "list an event's join codes")
    }
}

extension Endpoint where Input == JoinCodeDraft, Output == JoinCode {
    package static var createJoinCode: Self {
        Self("joinCodes.create", .post, "/v1/events/{event}/codes", needs: .manageEvents, "make a join code")
    }
}

extension Endpoint where Input == JoinCodeRef, Output == Empty {
    package static var revokeJoinCode: Self {
        Self(
            "joinCodes.revoke",
            .delete,
            "/v1/events/{event}/codes/{code}",
            needs: .manageEvents,
            "end a join code; who came by it stays"
        )
    }
}

extension Endpoint where Input == GuestEntry, Output == SignedIn {
    package static var enterAsGuest: Self {
        Self("guests.enter", .post, "/v1/guests", needs: .anyone, "enter an event with its code and a name, as a guest")
    }
}

extension Endpoint where Input == GuestUpgrade, Output == Account {
    package static var becomeMember: Self {
        Self(
            "guests.become",
            .post,
            "/v1/me/account",
            needs: .own,
            "turn the guest one is into an account with a name and a password"
        )
    }
}
