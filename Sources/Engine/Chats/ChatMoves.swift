import ChatAPI
import Storage

/// Giving a chat to somebody else, or back to the line, inside a write.
extension Transaction {
    /// Another organizer has it from now on, with everything that was said.
    func transfer(
        _ chat: ChatRow,
        to organizer: AccountID,
        note: String?,
        by actor: DeskActor,
        rights: ChatMachine.Facts
    ) throws -> ChatRow {
        let (open, effects) = try turn(chat, .transfer, rights, now: actor.now)
        precondition(effects.contains(.handOver), "a transfer hands over")
        let moved = try handOver(open, to: organizer, action: "transfer", by: actor)
        try audit(
            actor,
            "chats.transfer",
            on: chat.auditObject,
            of: chat.queue,
            before: chat.auditState,
            after: moved.auditState
        )
        if let note, let author = actor.account { try self.note(note, by: author, onChat: chat.id, now: actor.now) }
        if let previous = chat.organizer { try dispatch(toOrganizer: previous, by: actor.asDaemon) }
        return moved
    }

    /// The chat loses its organizer and its request returns to the line, at its age; the participant goes on writing.
    @discardableResult
    func requeue(
        _ chat: ChatRow,
        note: String?,
        to target: QueueFacts?,
        by actor: DeskActor,
        rights: ChatMachine.Facts
    ) throws -> ChatRow {
        let (open, effects) = try turn(chat, .requeue, rights, now: actor.now)
        precondition(effects.contains(.requeueRequest), "a chat that is put back in line takes its request along")
        guard let request = try RequestStore.request(chat.request, self) else {
            throw DeskRefusal.noRequest(chat.request)
        }
        let previous = chat.organizer
        let waiting = try handOver(open, to: nil, queue: target?.id, action: "requeue", by: actor)
        var move = RequestMove(.requeue)
        move.queue = target
        move.organizer = previous
        var requestRights = RequestMachine.Facts()
        // Who may requeue the chat may requeue its request: the chat's table has decided.
        requestRights.isDaemon = true
        let queued = try step(request, move, requestRights, by: actor)
        if let note, let author = actor.account { try self.note(note, by: author, onChat: chat.id, now: actor.now) }
        try dispatch(queue(queued.queue), refusedBy: previous, by: actor.asDaemon)
        if let previous { try dispatch(toOrganizer: previous, by: actor.asDaemon) }
        return try ChatStore.chat(chat.id, self) ?? waiting
    }

    // MARK: - Notes

    func note(_ text: String, by author: AccountID, onChat chat: ChatID, now: Milliseconds) throws {
        _ = try ChatNoteStore.insert(text, by: author, on: chat, at: now, self)
    }

    /// A note on a request that has no chat yet is kept under its id until it has one.
    func note(_ text: String, by author: AccountID, on request: RequestRow, now: Milliseconds) throws {
        try note(text, by: author, onChat: request.chat ?? request.id.retyped(), now: now)
    }

    // MARK: - People who go

    /// Somebody may not handle some requests any more: what they hold there goes back in line.
    func checkStanding(of account: AccountID, now: Milliseconds) throws {
        let reach = try facts.standing(of: account, in: self)?.reach
        let actor = DeskActor.daemon(now: now)
        func mayHandle(_ queue: QueueFacts) -> Bool {
            reach?.capabilities(in: place(of: queue)).contains(.handleRequests) ?? false
        }
        for request in try RequestStore.claimed(by: account, self) where try !mayHandle(queue(request.queue)) {
            _ = try lapse(request, by: actor)
        }
        for chat in try ChatStore.running(of: account, self) where try !mayHandle(queue(chat.queue)) {
            try requeue(chat, note: nil, to: nil, by: actor, rights: .daemon)
        }
    }

    /// An account that is being deleted leaves the help desk on both sides.
    func leaveDesk(_ account: AccountID, now: Milliseconds) throws {
        let actor = DeskActor.daemon(now: now)
        for request in try RequestStore.claimed(by: account, self) { _ = try lapse(request, by: actor) }
        for chat in try ChatStore.running(of: account, self) {
            try requeue(chat, note: nil, to: nil, by: actor, rights: .daemon)
        }
        for request in try RequestStore.own(nil, of: account, before: .max, limit: 1_000, self) {
            if let id = request.chat, let chat = try ChatStore.chat(id, self), !chat.state.isOver {
                _ = try step(chat, .end, .daemon, by: actor, reason: "the participant's account was deleted")
                continue
            }
            var rights = RequestMachine.Facts()
            rights.isParticipant = true
            _ = try step(request, RequestMove(.cancel), rights, by: actor)
        }
    }
}

extension Transaction {
    /// Takes back what somebody waits for at the help desks of a place. A chat that runs is its organizer's to end.
    func leaveQueues(of place: Place, _ account: AccountID, reason: String, now: Milliseconds) throws {
        for request in try RequestStore.own(nil, of: account, before: .max, limit: 1_000, self)
        where request.state == .queued || request.state == .claimed {
            guard self.place(of: try queue(request.queue)).isReached(from: place.space) else { continue }
            var rights = RequestMachine.Facts()
            rights.isParticipant = true
            var move = RequestMove(.cancel)
            move.reason = reason
            _ = try step(request, move, rights, by: .daemon(now: now))
        }
    }
}

extension ChatMachine.Facts {
    static var daemon: Self {
        var facts = Self()
        facts.isDaemon = true
        return facts
    }
}
