import ChatAPI
import Storage

/// What the help desk asks of events: which queue is meant, who may ask there, who knows of it.
enum EventDoor {
    /// The event that a text names, if the caller sees it.
    static func event(
        _ text: String,
        for caller: Caller,
        now: Milliseconds,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> EventID {
        try EventStore.resolve(text, tx).shown(to: caller, named: text, now: now, tx).id
    }

    /// Whose queue is to be made: an event's or an agency's.
    static func space(
        _ draft: QueueDraft,
        for caller: Caller,
        now: Milliseconds,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Scope {
        switch (draft.event, draft.agency) {
        case (let event?, nil): .event(try self.event(event, for: caller, now: now, tx))
        case (nil, let agency?): .agency(try AgencyStore.resolve(agency, tx).shown(to: caller, named: agency, tx).id)
        default: throw APIError(.invalid, "name an event or an agency, one of the two")
        }
    }

    /// The queue that somebody asks in: the one named, or the event's first.
    static func queue(
        _ draft: RequestDraft,
        for caller: Caller,
        now: Milliseconds,
        _ tx: borrowing Transaction
    ) throws -> QueueFacts {
        switch (draft.queue, draft.event) {
        case (let id?, nil): return try tx.queue(id)
        case (nil, let text?):
            let event = try event(text, for: caller, now: now, tx)
            guard let first = try QueueStore.queues(of: .event(event), tx).first else {
                throw APIError(.notFound, "this event has no queue to ask in")
            }
            return first
        default: throw APIError(.invalid, "name a queue or an event, one of the two")
        }
    }

    /// Refuses who may not ask here, or not any more: whoever answers there, guests where it is not about their event,
    /// whoever has no place in it, and everybody once it is over.
    static func checkMayAsk(
        _ caller: Caller,
        in queue: QueueFacts,
        now: Milliseconds,
        _ tx: borrowing Transaction
    ) throws {
        let place = tx.place(of: queue)
        guard place.isOpen, queue.event != nil || !caller.isGuest else { throw DeskRefusal.noQueue(queue.id) }
        try caller.require(.askForHelp, in: place)
        if caller.may(.handleRequests, in: place) {
            throw APIError(.forbidden, "you answer in \(queue.name): whoever handles requests there does not ask")
        }
        if let account = caller.account, !tx.facts.moderation.isQuiet {
            let shown = try queue.event.map { try name(of: $0, tx) } ?? queue.name
            try tx.checkNotBanned(account, from: place, shown, now: now)
        }
        guard let id = queue.event else { return }
        guard let event = try EventStore.find(id, tx), event.state != .draft else {
            throw DeskRefusal.noQueue(queue.id)
        }
        guard event.state == .published, now < event.endsAt else {
            throw APIError(.conflict, "\(event.name) is over: nobody answers there any more")
        }
        guard try EventListing.attendance(of: caller.account, in: id, tx) == .registered else {
            throw APIError(.forbidden, "asking for help takes a place in \(event.name): register or join with a code")
        }
    }

    /// Whether somebody who does not work there knows of a queue: an event's participants, and for an agency everybody.
    static func sees(
        _ queue: QueueFacts,
        _ caller: Caller,
        _ place: Place,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Bool {
        guard place.isOpen, caller.may(.askForHelp, in: place) else { return false }
        guard let event = queue.event else { return !caller.isGuest }
        return try EventListing.attendance(of: caller.account, in: event, tx) == .registered
    }

    static func name(of event: EventID, _ tx: borrowing some Reading & ~Copyable) throws -> String {
        try EventStore.find(event, tx)?.name ?? "the event"
    }
}
