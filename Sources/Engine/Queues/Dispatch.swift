import ChatAPI
import Storage

/// How requests find organizers by themselves: the queue's policy offers, the switch "accept chats" hands over.
///
/// An offer is a claim that the daemon makes for somebody: it has a lease, and whoever lets three pass is away. Under the
/// policy `manual` nothing is offered; whoever has the switch on gets the next request at once.
extension Transaction {
    /// What of a line one write looks at: where nobody can do the first ones, the others must not wait for that.
    private static var lookahead: Int { 20 }

    /// A request waits here that did not: whoever accepts chats may get it.
    ///
    /// - Parameter refused: somebody who has just let it go.
    func dispatch(_ queue: QueueFacts, refusedBy refused: AccountID? = nil, by actor: DeskActor) throws {
        guard try !accepting().isEmpty else { return }
        for request in try RequestStore.line(of: queue.id, after: nil, limit: Self.lookahead, self) {
            guard let organizer = try candidate(for: request, queue, refusedBy: refused) else { continue }
            try give(request, in: queue, to: organizer, by: actor)
        }
    }

    /// An organizer has room who had not: the request that waits longest in any of the organizer's queues.
    func dispatch(toOrganizer account: AccountID, by actor: DeskActor) throws {
        guard let organizer = try accepting()[account], organizer.isOffered else { return }
        guard let reach = try facts.standing(of: account, in: self)?.reach else { return }
        var first: (request: RequestRow, queue: QueueFacts)?
        for queue in try queues(handledBy: reach) {
            guard let next = try firstFor(organizer, in: queue) else { continue }
            if let found = first, found.request.key < next.key { continue }
            first = (next, queue)
        }
        guard let first else { return }
        try give(first.request, in: first.queue, to: organizer, by: actor)
        // `always`, and there may be room for more.
        try dispatch(toOrganizer: account, by: actor)
    }

    /// The queues whose requests somebody may handle.
    func queues(handledBy reach: Reach) throws -> [QueueFacts] {
        var queues: [QueueFacts] = []
        for scope in reach.scopes(with: .handleRequests) {
            switch scope.kind {
            case .agency: queues += try QueueStore.queues(ofAgency: scope.id.retyped(), self)
            case .event: queues += try QueueStore.queues(of: scope, self)
            case .queue: queues += try QueueStore.queue(scope.id.retyped(), self).map { [$0] } ?? []
            case .platform, .channel, .unknown: break
            }
        }
        return queues.filter { facts.places.place($0.space).isOpen }
    }

    private func firstFor(_ organizer: OrganizerRow, in queue: QueueFacts) throws -> RequestRow? {
        for request in try RequestStore.line(of: queue.id, after: nil, limit: Self.lookahead, self)
        where try isCandidate(organizer, for: request, queue) {
            return request
        }
        return nil
    }

    // MARK: - Choosing

    /// Whose turn it is, by the queue's policy; nil if nobody can have it now.
    private func candidate(
        for request: RequestRow,
        _ queue: QueueFacts,
        refusedBy refused: AccountID?
    ) throws -> OrganizerRow? {
        var best: (organizer: OrganizerRow, turn: DispatchRules.Turn)?
        for organizer in try accepting().values
        where organizer.account != refused && organizer.account != request.participant {
            guard try isCandidate(organizer, for: request, queue) else { continue }
            let order = try DispatchRules.order(
                organizer,
                openChats: ChatStore.countRunning(of: organizer.account, self),
                queue.policy.assignment
            )
            let turn = DispatchRules.Turn(order: order, account: organizer.account)
            if let found = best, found.turn < turn { continue }
            best = (organizer, turn)
        }
        return best?.organizer
    }

    private func isCandidate(_ organizer: OrganizerRow, for request: RequestRow, _ queue: QueueFacts) throws -> Bool {
        guard organizer.account != request.participant else { return false }
        guard DispatchRules.hasSkill(organizer, for: request.topic.flatMap(queue.topic), queue.policy) else {
            return false
        }
        guard facts.desk.attendance.isPresent(organizer.account) else { return false }
        guard let standing = try facts.standing(of: organizer.account, in: self) else { return false }
        guard standing.reach.capabilities(in: place(of: queue)).contains(.handleRequests) else { return false }
        return try load(of: organizer.account) < min(organizer.capacity, queue.policy.maxPerOrganizer)
    }

    /// Chats that somebody has, and requests that are held or offered.
    func load(of account: AccountID) throws -> Int {
        try ChatStore.countRunning(of: account, self) + RequestStore.countClaimed(by: account, self)
    }

    // MARK: - Giving

    private func give(
        _ request: RequestRow,
        in queue: QueueFacts,
        to organizer: OrganizerRow,
        by actor: DeskActor
    ) throws {
        var organizer = organizer
        organizer.offeredAt = actor.now
        if organizer.accepts == .next { organizer.accepts = .off }
        var move = RequestMove(queue.policy.assignment == .manual ? .take : .claim)
        move.organizer = organizer.account
        move.isOffer = move.action == .claim
        var rights = RequestMachine.Facts()
        rights.isOrganizer = true
        _ = try step(request, move, rights, by: actor.asDaemon)
        try set(organizer)
        if organizer.accepts == .off { try tellAvailability(of: organizer.account, now: actor.now) }
    }

    /// Another device's switch has to follow.
    func tellAvailability(of account: AccountID, now: Milliseconds) throws {
        let entry = Entry(kind: .availabilityChanged, channel: nil, seq: 0, by: account, at: 0)
        _ = try appendToMe(entry, of: account, now: now)
    }
}

/// Who comes first under which policy. Pure.
enum DispatchRules {
    /// Smaller goes first, member by member.
    static func order(_ organizer: OrganizerRow, openChats: Int, _ assignment: QueuePolicy.Assignment) -> [Int64] {
        switch assignment {
        // Whoever has waited longest for something to do.
        case .manual, .roundRobin, .unknown: [organizer.offeredAt]
        case .leastBusy, .skills: [Int64(openChats), organizer.offeredAt]
        }
    }

    /// Whose turn it is: by the order, and between equals by the account, so that it is always the same.
    struct Turn: Comparable {
        let order: [Int64]
        let account: AccountID

        static func < (left: Self, right: Self) -> Bool {
            for (mine, other) in zip(left.order, right.order) where mine != other { return mine < other }
            return left.account < right.account
        }
    }

    static func hasSkill(_ organizer: OrganizerRow, for topic: Topic?, _ policy: QueuePolicy) -> Bool {
        guard policy.assignment == .skills, let skill = topic?.skill else { return true }
        return organizer.skills.contains(skill)
    }
}
