import ChatAPI
import Storage

/// What is to happen to a request besides its new state.
struct RequestMove {
    let action: RequestAction
    /// Who holds it, has its chat, or is offered it from now on.
    var organizer: AccountID?
    var isOffer = false
    var reason: String?
    /// Another queue it goes to.
    var queue: QueueFacts?
    /// A text more.
    var text: String?

    init(_ action: RequestAction) { self.action = action }
}

/// One step of a request: the row, what the table says has to happen with it, one audit entry, its pushes, all in one
/// write.
extension Transaction {
    /// - Parameter rights: who acts, as far as the table asks.
    func step(
        _ before: RequestRow,
        _ move: RequestMove,
        _ rights: RequestMachine.Facts,
        by actor: DeskActor
    ) throws -> RequestRow {
        let step = try RequestMachine.table.step(from: before.state, move.action, rights)
        var request = before
        request.state = step.to
        if let text = move.text { request.texts.append(text) }
        if let reason = move.reason { request.reason = reason }
        for effect in step.effects { try prepare(effect, &request, move, by: actor) }
        if let queue = move.queue, queue.id != request.queue {
            request.queue = queue.id
            if let topic = request.topic, queue.topic(topic) == nil { request.topic = nil }
            request.rank = QueueRules.rank(createdAt: request.createdAt, priority: request.priority, queue.policy)
        }
        try RequestStore.update(request, from: before, self)
        // After the row: a chat that ends looks at its request, and must see where that is.
        if step.effects.contains(.endChat), let chat = request.chat {
            try endWaitingChat(chat, of: request, move, by: actor)
        }
        try moveInLine(from: before, to: request)
        try audit(
            actor,
            Self.operation(of: move, by: actor),
            on: request.auditObject,
            of: request.queue,
            before: before.auditState,
            after: request.auditState
        )
        try tell(request, move, by: actor)
        return request
    }

    /// What the audit log calls a step: the operation, or, where a request follows its chat, the step's own name. A
    /// call that moves both is found once under its name, and each of the two objects has its whole history.
    private static func operation(of move: RequestMove, by actor: DeskActor) -> String {
        if let operation = actor.call?.operation, operation.hasPrefix("requests.") { return operation }
        return "requests.\(move.action.rawValue)"
    }

    private func prepare(
        _ effect: RequestMachine.Effect,
        _ request: inout RequestRow,
        _ move: RequestMove,
        by actor: DeskActor
    ) throws {
        switch effect {
        case .startLease: try startLease(&request, move, by: actor)
        case .endLease:
            request.claim = nil
            setLease(of: request.id, end: nil)
            try stopTimer(DeskTimers.lease, request.id.description)
        case .openChat:
            guard let organizer = move.organizer else { preconditionFailure("a chat opens for an organizer") }
            request.takenAt = actor.now
            request.chat = try openChat(of: request, for: organizer, by: actor).id
        // The chat's own step does the one, `step` above the other once the row is written.
        case .leaveChat, .endChat: break
        case .settle:
            request.endedAt = actor.now
            if request.state != .done { try ClockStore.drop(of: request.id, self) }
            for kind in SLAClock.Kind.words { try stopTimer(DeskTimers.clock(kind), request.id.description) }
        }
    }

    private func startLease(_ request: inout RequestRow, _ move: RequestMove, by actor: DeskActor) throws {
        guard let organizer = move.organizer else { preconditionFailure("a claim has a holder") }
        let lease = try queue(request.queue).policy.leaseMs
        request.claim = RequestRow.Claim(by: organizer, until: actor.now + lease, isOffer: move.isOffer)
        request.token = try nextToken()
        setLease(of: request.id, end: facts.desk.clock.steady + lease)
        try setTimer(DeskTimers.lease, request.id.description, due: actor.now + lease, lease: lease)
        try watchAbsence(of: organizer, now: actor.now)
    }

    /// Tells the board who waits where from now on.
    private func moveInLine(from before: RequestRow?, to after: RequestRow) throws {
        let (was, isNow) = (before?.state == .queued, after.state == .queued)
        guard was != isNow || before?.queue != after.queue || before?.key != after.key else {
            return
        }
        if was, let before {
            facts.tell(.desk(.left(before.queue, before.key, taken: after.state == .inChat ? after.takenAt : nil)))
            try noteCounters(of: before.queue, now: facts.desk.clock.now)
        } else if after.state == .inChat, let takenAt = after.takenAt {
            facts.tell(.desk(.taken(after.queue, takenAt)))
        }
        if isNow {
            facts.tell(.desk(.waits(after.queue, after.key, createdAt: after.createdAt)))
            if before != nil { try watchWaiting(in: queue(after.queue), since: after.createdAt) }
            if before?.state == .claimed, after.chat == nil { try expireIfOver(after) }
            try noteCounters(of: after.queue, now: facts.desk.clock.now)
        }
    }

    /// A new request at its place in line.
    func insert(_ draft: RequestRow, in queue: QueueFacts, by actor: DeskActor) throws -> RequestRow {
        var request = draft
        try RequestStore.insert(&request, self)
        try moveInLine(from: nil, to: request)
        try startClocks(of: request, queue)
        try watchWaiting(in: queue, since: request.createdAt)
        try audit(
            actor,
            "requests.ask",
            on: request.auditObject,
            of: request.queue,
            before: nil,
            after: request.auditState
        )
        try tell(request, action: "ask", by: actor)
        return request
    }
}

extension RequestRow {
    /// What the audit log keeps of a request: never its texts.
    var auditState: JSON {
        var members: [String: JSON] = [
            "state": .string(state.rawValue), "queue": .string(queue.description),
        ]
        if let topic { members["topic"] = .string(topic) }
        if let claim { members["organizer"] = .string(claim.by.description) }
        if let chat { members["chat"] = .string(chat.description) }
        if let reason { members["reason"] = .string(reason) }
        return .object(members)
    }
}
