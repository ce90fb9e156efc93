import ChatAPI
import Storage

/// Registrations inside a write: the step, what follows from it, who is told, and the place for the next in line.
extension Transaction {
    /// Lets someone ask for a place. Whoever has one, or waits for one, keeps it.
    ///
    /// - Parameter isInvited: a join code stands for an organizer's yes.
    func register(_ account: AccountID, for event: EventRow, isInvited: Bool, _ call: Call) throws -> Attendee {
        try checkNotBanned(account, from: event, now: call.now)
        let before = try AttendeeStore.find(account, in: event.id, self)
        if let before, [.requested, .waiting, .offered, .registered].contains(before.state) {
            // Asking for what is offered is taking it, and a code says yes to a request.
            switch before.state {
            case .offered: return try step(.accept, account, in: event, call)
            case .requested where isInvited: return try step(.approve, account, in: event, call)
            case .registered:
                // Whoever was kicked out, or comes back after a ban, comes in by the door they came by.
                if call.now < event.endsAt { try enterSpace(account, event.scope, now: call.now) }
                return before
            default: return before
            }
        }
        guard call.now < event.endsAt else { throw APIError(.conflict, "the event is over") }
        if event.registration == .code && !isInvited {
            throw APIError(.forbidden, "this event takes a join code: ask its organizers for one")
        }
        if before?.state == .declined {
            throw APIError(.forbidden, "an organizer declined this registration; only they change that")
        }
        let facts = try registrationFacts(event, isInvited: isInvited)
        let state: AttendeeState
        var effects: [RegistrationRules.Effect] = []
        if let before {
            let step = try RegistrationRules.machine.step(from: before.state, .register, facts)
            (state, effects) = (step.to, step.effects)
        } else {
            state = RegistrationRules.first(facts)
            if state == .registered { effects = [.enter] }
        }
        try AttendeeStore.ask(account, for: event.id, state, from: before?.state, now: call.now, self)
        try perform(effects, account, in: event, until: nil, now: call.now)
        try tellRegistration(of: account, state, in: event, by: account, now: call.now)
        try audit(
            call,
            on: event.auditObject,
            before: before.map { Self.auditState(account, $0.state) },
            after: Self.auditState(account, state)
        )
        return try registration(of: account, in: event)
    }

    /// Takes one step of a registration that is there.
    func step(
        _ action: RegistrationRules.Action,
        _ account: AccountID,
        in event: EventRow,
        _ call: Call
    ) throws -> Attendee {
        let before = try registration(of: account, in: event)
        try move(action, before, in: event, by: call.caller.account ?? account, now: call.now)
        let after = try registration(of: account, in: event)
        try audit(
            call,
            on: event.auditObject,
            before: Self.auditState(account, before.state),
            after: Self.auditState(account, after.state),
            severity: action == .decline ? .notice : .info
        )
        return after
    }

    private func move(
        _ action: RegistrationRules.Action,
        _ attendee: Attendee,
        in event: EventRow,
        by: AccountID,
        now: Milliseconds
    ) throws {
        let facts = try registrationFacts(event, isInvited: true, isFirstInLine: action == .offer)
        let step = try RegistrationRules.machine.step(from: attendee.state, action, facts)
        let until = step.to == .offered ? RegistrationRules.offerEnd(of: event, now: now) : nil
        try AttendeeStore.move(
            attendee.account,
            in: event.id,
            from: attendee.state,
            to: step.to,
            until: until,
            self
        )
        try tellRegistration(of: attendee.account, step.to, in: event, by: by, now: now)
        try perform(step.effects, attendee.account, in: event, until: until, now: now)
    }

    private func perform(
        _ effects: [RegistrationRules.Effect],
        _ account: AccountID,
        in event: EventRow,
        until: Milliseconds?,
        now: Milliseconds
    ) throws {
        for effect in effects {
            switch effect {
            case .enter: try enterSpace(account, event.scope, now: now)
            case .leave: try leaveSpace(account, event.scope, now: now)
            case .passOn: try passOn(event.id, now: now)
            case .startClock:
                let object = EventTimers.object(account, event.id)
                try setTimer(EventTimers.offer, object, due: until ?? now, lease: EventTimers.offerLease)
            case .stopClock: try stopTimer(EventTimers.offer, EventTimers.object(account, event.id))
            }
        }
    }

    /// Offers free places; what does not fit this write a timer goes on with.
    func passOn(_ id: EventID, now: Milliseconds) throws {
        if try offerPlaces(of: id, now: now) { try setTimer(EventTimers.fill, id.description, due: now) }
    }

    /// Offers what is free to whoever is next, in the order in which they asked.
    ///
    /// - Returns: whether there may be more to offer than one write does.
    func offerPlaces(of id: EventID, now: Milliseconds) throws -> Bool {
        for _ in 0..<EventTimers.batch {
            guard let event = try EventStore.find(id, self), event.state == .published, event.hasPlace,
                now < event.endsAt, let next = try AttendeeStore.next(in: id, self)
            else { return false }
            let waiting = try registration(of: next, in: event)
            try move(.offer, waiting, in: event, by: next, now: now)
            try audit(
                daemon: "events.offer",
                on: event.auditObject,
                after: Self.auditState(next, .offered),
                now: now
            )
        }
        return true
    }

    /// The offer's time is over: the place goes to the next in line.
    func lapse(_ account: AccountID, in id: EventID, now: Milliseconds) throws {
        guard let event = try EventStore.find(id, self),
            let attendee = try AttendeeStore.find(account, in: id, self), attendee.state == .offered
        else { return }
        try move(.lapse, attendee, in: event, by: account, now: now)
        try audit(
            daemon: "events.lapse",
            on: event.auditObject,
            before: Self.auditState(account, .offered),
            after: Self.auditState(account, .lapsed),
            now: now
        )
    }

    /// Whoever is banned waits for no place any more, and the offer they had goes to the next in line. A place that
    /// they have stays theirs: a ban may be short, and they come back to it.
    func leaveLines(of place: Place, _ account: AccountID, _ call: Call) throws {
        for id in try AttendeeStore.events(of: account, self) {
            guard let event = try EventStore.find(id, self),
                facts.places.place(event.scope).isReached(from: place.space),
                let attendee = try AttendeeStore.find(account, in: id, self),
                [.requested, .waiting, .offered].contains(attendee.state)
            else { continue }
            _ = try step(.withdraw, account, in: event, call)
        }
    }

    /// Nobody gets a place any more: what waits for one is declined.
    ///
    /// - Returns: whether there may be more than one write does.
    func endWaiting(of id: EventID, now: Milliseconds) throws -> Bool {
        guard let event = try EventStore.find(id, self) else { return false }
        let undecided = try AttendeeStore.undecided(in: id, limit: EventTimers.batch, self)
        for account in undecided {
            let attendee = try registration(of: account, in: event)
            try move(.decline, attendee, in: event, by: account, now: now)
            try audit(
                daemon: "events.decline",
                on: event.auditObject,
                before: Self.auditState(account, attendee.state),
                after: Self.auditState(account, .declined),
                now: now
            )
        }
        return undecided.count == EventTimers.batch
    }

    /// Whoever goes for good leaves their places to the next in line, and no registration behind.
    func giveUpPlaces(of account: AccountID, now: Milliseconds) throws {
        for id in try AttendeeStore.events(of: account, self) {
            guard let event = try EventStore.find(id, self),
                let attendee = try AttendeeStore.find(account, in: id, self)
            else { continue }
            try AttendeeStore.delete(attendee, self)
            try stopTimer(EventTimers.offer, EventTimers.object(account, id))
            if attendee.state.holdsPlace, event.state == .published { try passOn(id, now: now) }
        }
    }

    func registration(of account: AccountID, in event: EventRow) throws -> Attendee {
        if let attendee = try AttendeeStore.find(account, in: event.id, self) { return attendee }
        let name = try AccountStore.name(of: account, self) ?? "nobody"
        throw APIError(.notFound, "\(name) has not asked for a place in \(event.slug)")
    }

    /// Whoever is first in line may take a place that nobody before them waits for.
    private func registrationFacts(
        _ event: EventRow,
        isInvited: Bool,
        isFirstInLine: Bool = false
    ) throws -> RegistrationRules.Facts {
        let current = try EventStore.find(event.id, self) ?? event
        return RegistrationRules.Facts(
            hasPlace: current.hasPlace && (isFirstInLine || current.waiting == 0),
            needsApproval: current.registration == .approval && !isInvited
        )
    }

    private func tellRegistration(
        of account: AccountID,
        _ state: AttendeeState,
        in event: EventRow,
        by: AccountID,
        now: Milliseconds
    ) throws {
        var entry = Entry(kind: .registrationChanged, channel: nil, seq: 0, by: by, at: 0)
        entry.text = "\(event.slug) \(state.rawValue)"
        _ = try appendToMe(entry, of: account, now: now)
    }

    private static func auditState(_ account: AccountID, _ state: AttendeeState) -> JSON {
        ["attendee": .string(account.description), "state": .string(state.rawValue)]
    }

    // MARK: - The event's channels

    private func enterSpace(_ account: AccountID, _ space: Scope, now: Milliseconds) throws {
        for id in try SpaceStore.defaultChannels(of: space, self) {
            try join(account, try facts.channel(id, in: self), role: .member, by: account, now: now)
        }
    }

    /// Out of everything that only participants see. Staff who gave up their place stay where they work.
    private func leaveSpace(_ account: AccountID, _ space: Scope, now: Milliseconds) throws {
        let place = facts.places.place(space)
        if let standing = try facts.standing(of: account, in: self),
            standing.reach.capabilities(in: place).contains(.manageIssues)
        {
            return
        }
        for id in try ChannelStore.memberships(of: account, self) {
            let channel = try facts.channel(id, in: self)
            guard channel.space == space, channel.kind != .chat else { continue }
            try leave(account, channel, by: account, now: now)
        }
    }
}
