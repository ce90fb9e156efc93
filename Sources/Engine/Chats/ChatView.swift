import ChatAPI
import Storage

/// A chat as somebody sees it: the participant without the staff's notes and clocks, the staff with them.
struct ChatView {
    private let queue: QueueFacts
    private let caller: Caller
    private let place: Place
    private let now: Milliseconds

    init(_ queue: QueueFacts, _ caller: Caller, _ place: Place, now: Milliseconds) {
        self.queue = queue
        self.caller = caller
        self.place = place
        self.now = now
    }

    /// What the table asks about somebody and a chat.
    static func rights(_ caller: Caller, of chat: ChatRow, in place: Place) -> ChatMachine.Facts {
        var rights = ChatMachine.Facts()
        rights.isParticipant = caller.account == chat.participant
        // Nobody handles, supervises or annotates a chat about themselves.
        guard !rights.isParticipant else { return rights }
        rights.isStaff = caller.may(.handleRequests, in: place)
        rights.isOrganizer = rights.isStaff && chat.organizer != nil && caller.account == chat.organizer
        rights.isSupervisor = caller.may(.superviseChats, in: place)
        return rights
    }

    func shown(_ row: ChatRow, _ tx: borrowing some Reading & ~Copyable) throws -> Chat {
        let rights = Self.rights(caller, of: row, in: place)
        var chat = Chat(
            id: row.id,
            channel: row.channel,
            request: row.request,
            queue: row.queue,
            event: queue.event,
            participant: row.participant,
            participantName: try AccountStore.name(of: row.participant, tx) ?? "deleted",
            organizer: row.organizer,
            organizerName: try row.organizer.map { try AccountStore.name(of: $0, tx) ?? "deleted" },
            topic: row.topic,
            state: row.state,
            startedAt: row.startedAt,
            lastMessageAt: max(try EntryStore.head(of: .channel(row.channel), tx).at, row.startedAt)
        )
        // The row is set right by the timer; whoever has just written ends it at once.
        chat.isIdle = row.isIdle && now - chat.lastMessageAt >= queue.policy.idleMs
        chat.isUnattended = !row.state.isOver && (row.organizer == nil || row.isLost)
        chat.endedAt = row.endedAt
        chat.endedBy = row.endedBy
        chat.endReason = row.reason
        chat.rating = row.rating
        if rights.isStaff || rights.isSupervisor {
            chat.clocks = try ClockStore.clocks(of: row.request, tx)
            chat.noteCount = try ChatNoteStore.count(of: row.id, tx)
        }
        chat.allowed = ChatMachine.table.allowed(from: row.state, rights)
        return chat
    }
}
