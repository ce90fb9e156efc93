import ChatAPI
import Storage

/// SLA clocks: they start with the request, stop with the first answer and with the end, and a breach is told when it
/// happens, not when somebody looks.
extension Transaction {
    func startClocks(of request: RequestRow, _ queue: QueueFacts) throws {
        let sla = queue.settings.sla
        for (kind, length) in [(SLAClock.Kind.firstAnswer, sla.firstAnswerMs), (.resolution, sla.resolutionMs)]
        where length > 0 {
            let due = request.createdAt + length
            try ClockStore.insert(kind, of: request, due: due, self)
            // One millisecond later: what stops in time must not lose to its own alarm.
            try setTimer(DeskTimers.clock(kind), request.id.description, due: due + 1)
        }
    }

    /// Stops a clock, and says so if that was too late and nobody has been told.
    func stopClock(_ kind: SLAClock.Kind, of request: RequestRow, _ chat: ChatRow, by actor: DeskActor) throws {
        let stopped = try ClockStore.stop(kind, of: request.id, now: actor.now, self)
        guard stopped != nil else { return }
        try stopTimer(DeskTimers.clock(kind), request.id.description)
        if stopped == .missed { try tellBreach(kind, of: request, by: actor) }
    }

    /// One waits for something: what is left of the promise of a solution stays left. The first answer is not waited for.
    func pauseClocks(of request: RequestID, now: Milliseconds) throws {
        guard try ClockStore.pause(request, now: now, self) else { return }
        try stopTimer(DeskTimers.clock(.resolution), request.description)
    }

    func resumeClocks(of request: RequestID, now: Milliseconds) throws {
        guard let due = try ClockStore.resume(request, now: now, self) else { return }
        try setTimer(DeskTimers.clock(.resolution), request.description, due: due + 1)
    }

    /// A promise is broken: in the queue's log and in the audit log.
    func tellBreach(_ kind: SLAClock.Kind, of request: RequestRow, by actor: DeskActor) throws {
        try audit(
            actor.asDaemon,
            "sla.breached",
            on: request.auditObject,
            of: request.queue,
            before: nil,
            after: ["clock": .string(kind.rawValue), "queue": .string(request.queue.description)],
            severity: .warning
        )
        if let id = request.chat, let chat = try ChatStore.chat(id, self) {
            return try tell(chat, "breach", by: actor, account: nil, clock: kind)
        }
        try tell(request, action: "breach", by: actor)
    }

    /// A message in a chat, as it is sent: the first one of an organizer is the answer that was promised.
    func noteMessage(in channel: ChannelFacts, by author: AccountID, now: Milliseconds) throws {
        guard let chat = try runningChat(channel.id) else { return }
        facts.desk.attendance.noted(author)
        guard !chat.isAnswered, author == chat.organizer, author != chat.participant else { return }
        guard var row = try ChatStore.chat(chat.id, self), let request = try RequestStore.request(chat.request, self)
        else { return }
        row.answeredAt = now
        try ChatStore.update(row, self)
        try stopClock(.firstAnswer, of: request, row, by: .daemon(now: now))
    }
}
