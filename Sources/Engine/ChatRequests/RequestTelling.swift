import ChatAPI
import Storage

/// What happened to a request, told where it matters: the queue's log, the participant's own, and the holder's.
extension Transaction {
    func tell(_ request: RequestRow, _ move: RequestMove, by actor: DeskActor) throws {
        let isOffer = move.action == .claim && move.isOffer
        try tell(request, action: isOffer ? "offer" : move.action.rawValue, by: actor, organizer: move.organizer)
    }

    func tell(
        _ request: RequestRow,
        action: String,
        by actor: DeskActor,
        organizer: AccountID? = nil
    ) throws {
        let by = actor.account ?? organizer ?? request.participant
        var news = RequestNews(
            id: request.id,
            queue: request.queue,
            action: action,
            state: request.state,
            participant: request.participant,
            topic: request.topic,
            priority: request.priority,
            createdAt: request.createdAt
        )
        news.organizer = request.claim?.by ?? organizer
        news.until = request.claim?.until
        news.chat = request.chat
        news.reason = request.reason
        try appendToQueue(request.queue, news, by: by, now: actor.now)
        var own = Entry(kind: .request, channel: nil, seq: 0, by: by, at: 0)
        own.request = news
        if request.state == .queued {
            let position = facts.desk.board.nextPosition(in: request.queue, request.key)
            own.request?.position = position
            if position == 1 { noteToldFirst(request) }
        }
        _ = try appendToMe(own, of: request.participant, now: actor.now)
        own.request?.position = nil
        // Whoever holds it, or held it until now, has other devices.
        if let holder = organizer ?? request.claim?.by, holder != request.participant, request.state != .inChat {
            if request.claim?.by == holder { own.request?.token = request.token }
            _ = try appendToMe(own, of: holder, now: actor.now)
        }
    }

    /// An entry of `@queue/<id>` about a request.
    private func appendToQueue(_ queue: QueueID, _ news: RequestNews, by: AccountID, now: Milliseconds) throws {
        var entry = Entry(kind: .request, channel: nil, seq: 0, by: by, at: 0)
        entry.request = news
        try appendToQueue(entry, queue, now: now)
    }

    /// Appends to a queue's log, and keeps it at its newest 50,000 entries: a week of a busy desk.
    func appendToQueue(_ draft: Entry, _ queue: QueueID, now: Milliseconds) throws {
        var draft = draft
        draft.queue = queue
        let entry = try append(draft, to: .queue(queue), now: now)
        guard entry.seq > QueueLog.keptEntries, entry.seq % QueueLog.trimmedEvery == 0 else { return }
        try QueueLog.deleteThrough(entry.seq - QueueLog.keptEntries, of: queue, self)
    }
}
