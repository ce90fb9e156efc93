import ChatAPI
import Storage

/// A request as somebody sees it: its place in line, the estimate, the claim, and what they may do.
struct RequestView {
    private let desk: Desk
    private let queue: QueueFacts
    private let caller: Caller

    init(_ desk: Desk, _ queue: QueueFacts, _ caller: Caller) {
        self.desk = desk
        self.queue = queue
        self.caller = caller
    }

    func shown(_ row: RequestRow, _ tx: borrowing some Reading & ~Copyable) throws -> ChatRequest {
        var request = ChatRequest(
            id: row.id,
            queue: row.queue,
            event: queue.event,
            participant: row.participant,
            participantName: try AccountStore.name(of: row.participant, tx) ?? "deleted",
            topic: row.topic,
            texts: row.texts,
            location: row.location,
            priority: row.priority,
            state: row.state,
            createdAt: row.createdAt
        )
        if let claim = row.claim {
            request.claim = Claim(
                by: claim.by,
                name: try AccountStore.name(of: claim.by, tx) ?? "deleted",
                until: claim.until,
                token: claim.by == caller.account ? row.token : nil,
                isOffer: claim.isOffer
            )
        }
        if row.state == .queued {
            let position = desk.board.nextPosition(in: row.queue, row.key)
            request.position = position
            request.estimatedWaitMs = desk.board.estimate(
                position: position,
                in: row.queue,
                now: desk.clock.now
            )
        }
        request.chat = row.chat
        request.reason = row.reason
        request.endedAt = row.endedAt
        if queue.settings.sla.firstAnswerMs > 0, row.state.isOpen {
            request.firstAnswerDueAt = row.createdAt + queue.settings.sla.firstAnswerMs
        }
        request.allowed = RequestMachine.table.allowed(from: row.state, try rights(to: row, tx))
        return request
    }

    /// What the table asks about the one who looks.
    private func rights(
        to row: RequestRow,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> RequestMachine.Facts {
        var rights = RequestMachine.Facts()
        let place = desk.place(of: queue)
        rights.isParticipant = caller.account == row.participant
        rights.isOrganizer = !rights.isParticipant && caller.may(.handleRequests, in: place)
        rights.isSupervisor = !rights.isParticipant && caller.may(.superviseChats, in: place)
        rights.isHolder = rights.isOrganizer && row.claim?.by == caller.account
        if let chat = row.chat {
            rights.hasChat = try rights.isOrganizer && ChatStore.chat(chat, tx)?.organizer == caller.account
            rights.isResumed = row.state != .inChat
        }
        return rights
    }
}
