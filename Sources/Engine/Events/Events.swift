package import ChatAPI
import Storage

/// Events: making, showing, changing, publishing, cancelling, archiving and cloning them.
package struct Events: Sendable {
    let database: EngineDatabase
    let clock: any Clock

    package init(database: EngineDatabase, clock: any Clock) {
        self.database = database
        self.clock = clock
    }

    // MARK: - Showing

    package func get(_ ref: EventRef, _ call: Call) async throws -> Event {
        try await database.read { tx in
            try EventStore.resolve(ref.event, tx).shown(to: call.caller, named: ref.event, now: call.now, tx)
        }
    }

    package func list(_ query: EventQuery, _ call: Call) async throws -> Page<Event> {
        let limit = try PageRules.limit(query.limit)
        let words = try PageRules.words(query.query)?.lowercased
        let cursor = try EventListing.Cursor(query.cursor)
        return try await database.read { tx in
            let agency = try query.agency.map { text in
                let agency = try AgencyStore.resolve(text, tx)
                return try agency.shown(to: call.caller, named: text, tx).id
            }
            let found = try EventListing.page(
                query,
                after: cursor,
                agency: agency,
                words: words,
                for: call.caller,
                limit: limit + 1,
                now: call.now,
                tx
            )
            guard found.count > limit, let last = found.prefix(limit).last else { return Page(found) }
            let next = EventListing.Cursor(startsAt: last.startsAt, id: last.id)
            return Page(Array(found.prefix(limit)), nextCursor: next.text)
        }
    }

    /// The channels of its space that the caller may see.
    package func channels(_ ref: EventRef, _ call: Call) async throws -> Page<Channel> {
        try await database.read { tx in
            let event = try EventStore.resolve(ref.event, tx)
            _ = try event.shown(to: call.caller, named: ref.event, now: call.now, tx)
            return Page(try EventChannels.shown(event.scope, to: call.caller, tx))
        }
    }

    package func calendar(_ ref: EventRef, _ call: Call) async throws -> Calendar {
        try await database.read { tx in
            let event = try EventStore.resolve(ref.event, tx)
            _ = try event.shown(to: call.caller, named: ref.event, now: call.now, tx)
            return Calendar(text: CalendarText.text(event, now: call.now))
        }
    }

    // MARK: - Making and changing

    package func create(_ draft: EventDraft, _ call: Call) async throws -> Event {
        try await database.perform(call, touching: [.names]) { tx in
            let agency = try Agencies.managed(draft.agency, .manageEvents, call, tx)
            let event = try EventRules.row(draft, id: .fresh(at: call.now), agency: agency, now: call.now)
            try tx.make(event, call)
            return try event.shown(to: call.caller, named: event.slug, now: call.now, tx)
        }
    }

    package func update(_ change: EventChange, _ call: Call) async throws -> Event {
        try await database.perform(call, touching: [.names]) { tx in
            let before = try Self.managed(change.event, .manageEvents, call, tx)
            try Versions.check(call.options.ifMatch, before.version, "the event \(before.slug)")
            let event = try tx.change(before, to: try EventRules.row(before, changedBy: change), call)
            return try event.shown(to: call.caller, named: event.slug, now: call.now, tx)
        }
    }

    /// Deletes a draft. What was published once is cancelled or archived: people know of it.
    package func delete(_ ref: EventRef, _ call: Call) async throws -> Empty {
        try await database.perform(call, touching: [.names]) { tx in
            let event = try Self.managed(ref.event, .manageEvents, call, tx)
            try Versions.check(call.options.ifMatch, event.version, "the event \(event.slug)")
            guard event.state == .draft else {
                throw APIError(
                    .conflict,
                    "the event is \(event.state.rawValue): only drafts are deleted; cancel or archive it"
                )
            }
            try tx.audit(call, on: event.auditObject, before: event.auditState, severity: .notice)
            try tx.delete(event, by: try call.caller.signedIn(), call)
            return Empty()
        }
    }

    /// A copy as a draft, with its contacts, but without registrations, codes, issues and what was said.
    package func clone(_ clone: EventClone, _ call: Call) async throws -> Event {
        try SlugRules.check(clone.slug)
        try EventRules.check(name: clone.name)
        return try await database.perform(call, touching: [.names]) { tx in
            let original = try Self.managed(clone.event, .manageEvents, call, tx)
            let zone = Zone(original.zone) ?? .utc
            let startsAt =
                try clone.starts.map { text throws(APIError) in
                    try WallClock.moment(text, named: "starts", in: zone)
                } ?? original.startsAt
            let event = EventRow(
                id: .fresh(at: call.now),
                agency: original.agency,
                agencySlug: original.agencySlug,
                slug: clone.slug,
                name: clone.name ?? original.name,
                description: original.description,
                state: .draft,
                startsAt: startsAt,
                endsAt: startsAt + original.endsAt - original.startsAt,
                zone: original.zone,
                place: original.place,
                capacity: original.capacity,
                registration: original.registration,
                offerMinutes: original.offerMinutes,
                guests: original.guests,
                participantChannels: original.participantChannels,
                createdAt: call.now,
                version: 1
            )
            try tx.make(event, call)
            try ContactStore.copy(from: original.id, to: event.id, now: call.now, tx)
            return try event.shown(to: call.caller, named: event.slug, now: call.now, tx)
        }
    }

    // MARK: - Moving on

    package func publish(_ ref: EventRef, _ call: Call) async throws -> Event {
        try await move(.publish, ref.event, reason: nil, call)
    }

    package func cancel(_ input: EventCancellation, _ call: Call) async throws -> Event {
        let reason = try AgencyRules.reason(input.reason)
        return try await move(.cancel, input.event, reason: reason, call)
    }

    package func archive(_ ref: EventRef, _ call: Call) async throws -> Event {
        try await move(.archive, ref.event, reason: nil, call)
    }

    private func move(
        _ action: EventRules.Action,
        _ text: String,
        reason: String?,
        _ call: Call
    ) async throws -> Event {
        try await database.perform(call, touching: [.names]) { tx in
            let before = try Self.managed(text, .manageEvents, call, tx)
            try Versions.check(call.options.ifMatch, before.version, "the event \(before.slug)")
            let event = try tx.move(before, action, reason: reason, call)
            return try event.shown(to: call.caller, named: text, now: call.now, tx)
        }
    }

    /// An event in which the caller may do that: whoever may not even see it does not find it.
    static func managed(
        _ text: String,
        _ capability: Capability,
        _ call: Call,
        _ tx: borrowing Transaction
    ) throws -> EventRow {
        let event = try EventStore.resolve(text, tx)
        _ = try event.shown(to: call.caller, named: text, now: call.now, tx)
        _ = try call.authorized(capability, in: tx.facts.places.place(event.scope), tx)
        return event
    }

    /// The same for readers.
    static func readable(
        _ text: String,
        _ capability: Capability,
        _ call: Call,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> EventRow {
        let event = try EventStore.resolve(text, tx)
        _ = try event.shown(to: call.caller, named: text, now: call.now, tx)
        let place = try SpaceAccess.standing(of: call.caller.account, in: event.scope, tx).place
        try call.caller.require(capability, in: place)
        return event
    }
}
