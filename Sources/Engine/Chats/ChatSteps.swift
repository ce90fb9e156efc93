import ChatAPI
import Storage

/// Opening, handing over and ending chats inside a write: the channel, its people, the rows, what is told.
extension Transaction {
    /// Opens the chat of a taken request, or gives the one that waited to its next organizer.
    func openChat(of request: RequestRow, for organizer: AccountID, by actor: DeskActor) throws -> ChatRow {
        if let id = request.chat, let waiting = try ChatStore.chat(id, self) {
            return try handOver(waiting, to: organizer, action: "attended", by: actor)
        }
        let queue = try queue(request.queue)
        let channel = try make(.chat, in: queue.space, by: request.participant, now: actor.now)
        let chat = ChatRow(
            id: channel.id.retyped(),
            request: request.id,
            queue: queue.id,
            participant: request.participant,
            organizer: organizer,
            topic: request.topic,
            state: .open,
            startedAt: actor.now
        )
        try ChatStore.insert(chat, self)
        try ChatNoteStore.move(from: request.id, to: chat.id, self)
        for account in [request.participant, organizer] {
            try ChatStore.insertSide(account, of: chat, self)
            try join(account, channel, role: .member, by: organizer, now: actor.now, isAnnounced: false)
        }
        try tell(chat, "start", by: actor, account: organizer)
        for (index, text) in request.texts.enumerated() {
            var message = Entry(kind: .message, channel: channel.id, seq: 0, by: request.participant, at: 0)
            message.text = text
            if index == 0 { message.location = request.location }
            let stored = try append(message, to: .channel(channel.id), now: actor.now)
            try markRead(stored, by: request.participant, in: channel.id)
        }
        try setTimer(DeskTimers.idle, chat.id.description, due: actor.now + queue.policy.idleMs)
        try watchAbsence(of: organizer, now: actor.now)
        return chat
    }

    /// Another organizer from now on, in a chat that is open; the one before leaves the conversation and keeps it in the archive.
    func handOver(
        _ before: ChatRow,
        to organizer: AccountID?,
        queue: QueueID? = nil,
        action: String,
        by actor: DeskActor
    ) throws -> ChatRow {
        var chat = before
        chat.organizer = organizer
        chat.isLost = false
        try ChatStore.update(chat, self)
        if let queue, queue != chat.queue {
            chat.queue = queue
            try ChatStore.updateQueue(of: chat, self)
        }
        let channel = try facts.channel(chat.channel, in: self)
        if let organizer {
            try ChatStore.insertSide(organizer, of: chat, self)
            try join(organizer, channel, role: .member, by: organizer, now: actor.now, isAnnounced: false)
            try watchAbsence(of: organizer, now: actor.now)
        }
        // Who takes it says so; who hands it on is named as the one who did.
        let teller = action == "attended" ? organizer : actor.account ?? organizer
        try tell(chat, action, by: actor, account: teller ?? before.organizer)
        if let previous = before.organizer, previous != organizer {
            try leave(previous, channel, by: actor.account ?? previous, now: actor.now, isAnnounced: false)
        }
        return chat
    }

    /// One row of the chat's table: the state it leads to, and the clocks that stand still or go on with it. Whoever moves a
    /// chat comes by here; the other effects are theirs.
    func turn(
        _ before: ChatRow,
        _ action: ChatAction,
        _ rights: ChatMachine.Facts,
        now: Milliseconds
    ) throws -> (chat: ChatRow, effects: [ChatMachine.Effect]) {
        let step = try ChatMachine.table.step(from: before.state, action, rights)
        var chat = before
        chat.state = step.to
        if step.effects.contains(.pauseClocks) { try pauseClocks(of: chat.request, now: now) }
        if step.effects.contains(.resumeClocks) { try resumeClocks(of: chat.request, now: now) }
        return (chat, step.effects)
    }

    /// One step of a chat. Ending it ends its request in this same write: both happen or neither does.
    func step(
        _ before: ChatRow,
        _ action: ChatAction,
        _ rights: ChatMachine.Facts,
        by actor: DeskActor,
        reason: String? = nil
    ) throws -> ChatRow {
        var (chat, effects) = try turn(before, action, rights, now: actor.now)
        if effects.contains(.close) { try close(&chat, action, by: actor, reason: reason) }
        try ChatStore.update(chat, self)
        if effects.contains(.endRequest) { try endRequest(of: chat, by: actor) }
        try audit(
            actor,
            "chats.\(action == .idleEnd ? "idleEnd" : action.rawValue)",
            on: chat.auditObject,
            of: chat.queue,
            before: before.auditState,
            after: chat.auditState
        )
        try tell(chat, action.rawValue, by: actor, account: actor.account)
        if effects.contains(.close) { try sealChannel(of: chat, now: actor.now) }
        return chat
    }

    private func close(_ chat: inout ChatRow, _ action: ChatAction, by actor: DeskActor, reason: String?) throws {
        chat.endedAt = actor.now
        chat.endedBy = actor.account
        chat.reason = reason ?? (action == .idleEnd ? "nobody wrote for a long time" : nil)
        chat.isIdle = false
        chat.isLost = false
        try stopTimer(DeskTimers.idle, chat.id.description)
    }

    /// Nobody writes there from now on. Its people stay until they had time to read the end, then it is in the archive.
    private func sealChannel(of chat: ChatRow, now: Milliseconds) throws {
        let channel = try facts.channel(chat.channel, in: self)
        seal(channel)
        try setTimer(DeskTimers.settle, chat.id.description, due: now + ChatRules.settleMilliseconds)
    }

    /// The request of a chat that ends, whether it is in the chat or back in line.
    private func endRequest(of chat: ChatRow, by actor: DeskActor) throws {
        guard let request = try RequestStore.request(chat.request, self), request.state.isOpen else { return }
        for kind in SLAClock.Kind.words { try stopClock(kind, of: request, chat, by: actor) }
        var rights = RequestMachine.Facts()
        // Who may end the chat may end its request: the chat's table has decided.
        rights.isDaemon = true
        rights.isResumed = true
        _ = try step(request, RequestMove(.end), rights, by: actor)
        if let organizer = chat.organizer { try dispatch(toOrganizer: organizer, by: actor.asDaemon) }
    }

    /// The chat of a request that was cancelled, rejected or expired while it waited for its next organizer.
    func endWaitingChat(_ id: ChatID, of request: RequestRow, _ move: RequestMove, by actor: DeskActor) throws {
        guard let chat = try ChatStore.chat(id, self), !chat.state.isOver else { return }
        var rights = ChatMachine.Facts()
        rights.isDaemon = true
        _ = try step(chat, .end, rights, by: actor, reason: move.reason ?? "the request was \(request.state.rawValue)")
    }

    // MARK: - Telling

    /// In the chat itself, in the queue's log, and in `@me` of both sides.
    func tell(
        _ chat: ChatRow,
        _ action: String,
        by actor: DeskActor,
        account: AccountID?,
        clock: SLAClock.Kind? = nil
    ) throws {
        var news = ChatNews(
            id: chat.id,
            queue: chat.queue,
            action: action,
            state: chat.state,
            participant: chat.participant,
            organizer: chat.organizer
        )
        news.reason = chat.reason
        news.stars = chat.rating?.stars
        news.clock = clock
        let by = account ?? chat.organizer ?? chat.participant
        var entry = Entry(kind: .chat, channel: nil, seq: 0, by: by, at: 0)
        entry.chat = news
        try appendToQueue(entry, chat.queue, now: actor.now)
        guard ChatRules.isShown(action) else { return try tellOrganizer(of: chat, entry, now: actor.now) }
        entry.channel = chat.channel
        _ = try append(entry, to: .channel(chat.channel), now: actor.now)
        // In one's own log it names the chat and no channel: an entry that names a channel is the channel's.
        entry.channel = nil
        for side in [chat.participant, chat.organizer].compactMap(\.self) {
            _ = try appendToMe(entry, of: side, now: actor.now)
        }
        try noteCounters(of: chat.queue, now: actor.now)
    }
}

extension Transaction {
    /// What only the staff's side hears: a promise that was broken, a chat that nobody looks at, a private note.
    private func tellOrganizer(of chat: ChatRow, _ entry: Entry, now: Milliseconds) throws {
        guard let organizer = chat.organizer else { return }
        _ = try appendToMe(entry, of: organizer, now: now)
    }
}

extension ChatRow {
    var auditState: JSON {
        var members: [String: JSON] = [
            "state": .string(state.rawValue), "request": .string(request.description),
        ]
        if let organizer { members["organizer"] = .string(organizer.description) }
        if let reason { members["reason"] = .string(reason) }
        if let rating { members["stars"] = .integer(Int64(rating.stars)) }
        return .object(members)
    }
}
