import ChatAPI
import Storage

/// Making, changing, moving and deleting an event inside a write: rows, facts, timers, audit.
extension Transaction {
    func make(_ event: EventRow, _ call: Call) throws {
        try SpaceStore.insert(event.scope, slug: event.slug, self)
        try EventStore.insert(event, by: call.caller.account, self)
        facts.place(.event(event.id, EventFacts(agency: event.agency, state: event.state)))
        try audit(call, on: event.auditObject, after: event.auditState)
    }

    /// Stores a change as one version; nothing happens without one. More places are offered at once.
    func change(_ before: EventRow, to after: EventRow, _ call: Call) throws -> EventRow {
        guard after != before else { return before }
        if before.state == .archived || before.state == .cancelled {
            throw APIError(.conflict, "the event is \(before.state.rawValue): it is not changed any more; clone it")
        }
        var event = after
        event.version = before.version + 1
        if event.slug != before.slug { try SpaceStore.rename(event.scope, to: event.slug, self) }
        try EventStore.update(event, self)
        try audit(call, on: event.auditObject, before: before.auditState, after: event.auditState)
        if event.endsAt != before.endsAt, event.state == .published { try setEnd(of: event) }
        if event.capacity != before.capacity { try passOn(event.id, now: call.now) }
        return try EventStore.find(event.id, self) ?? event
    }

    /// Takes a step of its life, with all that belongs to it.
    func move(_ before: EventRow, _ action: EventRules.Action, reason: String?, _ call: Call) throws -> EventRow {
        let step = try EventRules.machine.step(from: before.state, action, ())
        var event = before
        event.state = step.to
        event.version += 1
        event.reason = reason
        if action == .publish { event.publishedAt = call.now }
        try EventStore.update(event, self)
        facts.place(.event(event.id, EventFacts(agency: event.agency, state: event.state)))
        for effect in step.effects {
            switch effect {
            case .open: try open(event, call)
            case .callOff:
                try closeWaiting(of: event, call)
                try tellCalledOff(event, call)
            case .close:
                try closeWaiting(of: event, call)
                try setEnd(of: event, at: call.now)
            }
        }
        try audit(
            call,
            on: event.auditObject,
            before: before.auditState,
            after: event.auditState,
            severity: .notice
        )
        return try EventStore.find(event.id, self) ?? event
    }

    /// Takes an event away with everything in it.
    func delete(_ event: EventRow, by account: AccountID, _ call: Call) throws {
        try endGrants(in: event.scope, call)
        try QueueSpaces.end(event.scope, self)
        try AttendeeStore.deleteAll(of: event.id, self)
        try JoinCodeStore.deleteAll(of: event.id, self)
        try ContactStore.deleteAll(of: event.id, self)
        try IssueStore.deleteAll(of: event.id, self)
        try stopTimer(EventTimers.end, event.id.description)
        try EventStore.delete(event.id, self)
        try SpaceStore.delete(event.scope, by: account, now: call.now, self)
        facts.place(.event(event.id, nil))
    }

    /// When the event is over its guests go: a timer, so that it happens also if nobody looks.
    func setEnd(of event: EventRow, at time: Milliseconds? = nil) throws {
        try setTimer(EventTimers.end, event.id.description, due: time ?? event.endsAt)
    }

    private func closeWaiting(of event: EventRow, _ call: Call) throws {
        guard try endWaiting(of: event.id, now: call.now) else { return }
        try setTimer(EventTimers.endWaiting, event.id.description, due: call.now)
    }
}
