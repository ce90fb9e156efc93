package import ChatAPI
import Storage

/// Coming into an event: by code, by asking for a place, by taking an offer; and what its organizers and its door do.
package struct Registrations: Sendable {
    let services: AccountServices
    var database: EngineDatabase { services.database }

    package init(_ services: AccountServices) { self.services = services }

    // MARK: - One's own

    /// Joins the event of a code. Guessing codes is slowed like guessing passwords.
    package func join(_ input: EventJoin, _ call: Call) async throws -> JoinedEvent {
        let account = try call.caller.signedIn()
        let services = services
        try services.throttle.begin(account: nil, address: call.caller.address, now: services.clock.now)
        return try await database.perform(call, touching: [.account(account)]) { tx in
            let (code, event) = try JoinCodeStore.open(input.code, for: account, now: call.now, tx)
            services.throttle.succeeded(account: nil, address: call.caller.address)
            if call.caller.isGuest, try AccountStore.find(account, tx)?.guestOf != event.id {
                throw APIError(.forbidden, "guests are in one event: become a member to join another")
            }
            let isNew = try AttendeeStore.find(account, in: event.id, tx)?.state != .registered
            let attendee = try tx.register(account, for: event, isInvited: true, call)
            if isNew { try JoinCodeStore.use(code, tx) }
            return try Self.joined(event, attendee, call, tx)
        }
    }

    /// Asks for a place.
    package func register(_ ref: EventRef, _ call: Call) async throws -> JoinedEvent {
        let account = try call.caller.signedIn()
        return try await database.perform(call, touching: [.account(account)]) { tx in
            let event = try Self.visible(ref.event, call, tx)
            try event.checkIsPublished()
            if call.caller.isGuest { throw APIError(.forbidden, "guests are in one event: become a member first") }
            let attendee = try tx.register(account, for: event, isInvited: false, call)
            return try Self.joined(event, attendee, call, tx)
        }
    }

    /// Takes the place that is offered.
    package func accept(_ ref: EventRef, _ call: Call) async throws -> JoinedEvent {
        let account = try call.caller.signedIn()
        return try await database.perform(call, touching: [.account(account)]) { tx in
            let event = try Self.visible(ref.event, call, tx)
            try tx.checkNotBanned(account, from: event, now: call.now)
            let attendee = try tx.registration(of: account, in: event)
            // The timer may be late; the deadline is not.
            if let until = attendee.offeredUntil, until <= call.now {
                throw APIError(.conflict, "the offer ended; register again to wait for the next one")
            }
            return try Self.joined(event, try tx.step(.accept, account, in: event, call), call, tx)
        }
    }

    package func own(_ ref: EventRef, _ call: Call) async throws -> Attendee {
        let account = try call.caller.signedIn()
        return try await database.read { tx in
            let event = try Self.visible(ref.event, call, tx)
            guard let attendee = try AttendeeStore.find(account, in: event.id, tx) else {
                throw APIError(.notFound, "\(call.caller.name) has not asked for a place in \(event.slug)")
            }
            return attendee
        }
    }

    package func withdraw(_ ref: EventRef, _ call: Call) async throws -> Attendee {
        let account = try call.caller.signedIn()
        return try await database.perform(call, touching: [.account(account)]) { tx in
            let event = try Self.visible(ref.event, call, tx)
            return try tx.step(.withdraw, account, in: event, call)
        }
    }

    private static func joined(
        _ event: EventRow,
        _ attendee: Attendee,
        _ call: Call,
        _ tx: borrowing Transaction
    ) throws -> JoinedEvent {
        let current = try EventStore.find(event.id, tx) ?? event
        return JoinedEvent(
            event: try current.shown(to: call.caller, named: event.slug, now: call.now, tx),
            attendee: attendee,
            channels: attendee.state == .registered ? try EventChannels.shown(event.scope, to: call.caller, tx) : []
        )
    }

    private static func visible(
        _ text: String,
        _ call: Call,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> EventRow {
        let event = try EventStore.resolve(text, tx)
        _ = try event.shown(to: call.caller, named: text, now: call.now, tx)
        return event
    }

    // MARK: - For organizers and at the door

    /// In the order of the names. The cursor is the last one that was shown.
    package func list(_ query: AttendeeQuery, _ call: Call) async throws -> Page<Attendee> {
        let limit = try PageRules.limit(query.limit)
        let words = try PageRules.words(query.query)
        let after = try PageRules.name(after: query.cursor)
        return try await database.read { tx in
            let event = try Self.visible(query.event, call, tx)
            let place = try SpaceAccess.standing(of: call.caller.account, in: event.scope, tx).place
            guard call.caller.isStaff(in: place) else {
                throw APIError(.forbidden, "only those who run the event or its door see who registered")
            }
            let found = try AttendeeStore.page(query, of: event.id, after: after, words, limit: limit + 1, tx)
            return Page(
                found.prefix(limit).map(\.attendee),
                nextCursor: found.count > limit ? "n:" + found[limit - 1].folded : nil
            )
        }
    }

    package func approve(_ ref: AttendeeRef, _ call: Call) async throws -> Attendee {
        try await step(.approve, ref, call)
    }

    package func decline(_ ref: AttendeeRef, _ call: Call) async throws -> Attendee {
        try await step(.decline, ref, call)
    }

    private func step(
        _ action: RegistrationRules.Action,
        _ ref: AttendeeRef,
        _ call: Call
    ) async throws -> Attendee {
        try await database.perform(call, touching: []) { tx in
            let event = try Events.managed(ref.event, .manageEvents, call, tx)
            try event.checkIsPublished()
            let row = try AccountStore.resolve(ref.account, tx)
            if action == .approve { try Self.checkNotBanned(row, event, call, tx) }
            return try tx.step(action, row.id, in: event, call)
        }
    }

    /// Said to an organizer, or at the door: the sentence is about somebody else.
    private static func checkNotBanned(
        _ row: AccountRow,
        _ event: EventRow,
        _ call: Call,
        _ tx: borrowing Transaction
    ) throws {
        do {
            try tx.checkNotBanned(row.id, from: event, now: call.now)
        } catch let refusal as APIError where refusal.code == .banned {
            throw APIError(.conflict, "\(row.name) is \(refusal.detail): reinstate them first")
        }
    }

    /// Ticks off who has arrived. A second time changes nothing: the answer says since when they are here.
    package func checkIn(_ ref: AttendeeRef, _ call: Call) async throws -> Attendee {
        try await tick(ref, isHere: true, call)
    }

    package func undoCheckIn(_ ref: AttendeeRef, _ call: Call) async throws -> Attendee {
        try await tick(ref, isHere: false, call)
    }

    private func tick(_ ref: AttendeeRef, isHere: Bool, _ call: Call) async throws -> Attendee {
        try await database.perform(call, touching: []) { tx in
            let event = try Events.managed(ref.event, .checkIn, call, tx)
            let row = try AccountStore.resolve(ref.account, tx)
            let account = row.id
            if isHere { try Self.checkNotBanned(row, event, call, tx) }
            var attendee = try tx.registration(of: account, in: event)
            guard attendee.state == .registered else {
                throw APIError(
                    .conflict,
                    "\(attendee.name) has no place: the registration is \(attendee.state.rawValue)"
                )
            }
            guard (attendee.checkedInAt != nil) != isHere else {
                // The door must see at once that somebody came with this name before.
                if isHere { attendee.wasCheckedIn = true }
                return attendee
            }
            try AttendeeStore.setCheckIn(
                isHere ? call.now : nil,
                by: call.caller.account,
                of: account,
                in: event.id,
                tx
            )
            try tx.audit(
                call,
                on: event.auditObject,
                after: ["attendee": .string(account.description), "here": .bool(isHere)]
            )
            return try tx.registration(of: account, in: event)
        }
    }
}
