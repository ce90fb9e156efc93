import ChatAPI
import ChatKit
import TerminalUI

/// What the logs tell about the help desk: a queue's, one's own, and that of a chat.
extension Model {
    /// Entries of `@queue/<id>`: the table changes at once; what they do not say is asked for.
    mutating func take(_ entries: [Entry], of queue: QueueID) -> [Effect] {
        guard var board = help.boards[queue] else { return [] }
        for entry in entries {
            board.head = max(board.head, entry.seq)
            if let news = entry.request { take(news, in: &board) }
            if let news = entry.chat { take(news) }
        }
        help.boards[queue] = board
        count(board)
        return board.isStale ? refresh(queue) : []
    }

    private mutating func take(_ news: RequestNews, in board: inout QueueBoard) {
        let index = board.requests.firstIndex { $0.id == news.id }
        guard news.state == .queued || news.state == .claimed, news.queue == board.queue.id else {
            if let index { board.requests.remove(at: index) }
            return
        }
        guard let index, news.action != "transfer", news.action != "requeue" else {
            // Its texts and its place are not in the news.
            board.isStale = true
            return
        }
        board.requests[index].state = news.state
        board.requests[index].priority = news.priority
        guard let organizer = news.organizer, let until = news.until, news.state == .claimed else {
            board.requests[index].claim = nil
            return
        }
        board.requests[index].claim = Claim(
            by: organizer,
            name: name(of: organizer),
            until: until,
            token: news.token,
            isOffer: news.action == "offer"
        )
    }

    /// Reads a queue anew, once at a time.
    mutating func refresh(_ queue: QueueID) -> [Effect] {
        guard help.boards[queue]?.isLoading == false, isLive else { return [] }
        help.boards[queue]?.isLoading = true
        return [.ask(.help(.board(queue)))]
    }

    mutating func removeFromBoards(_ request: RequestID) {
        for id in help.boards.keys { help.boards[id]?.requests.removeAll { $0.id == request } }
    }

    /// What `@me` and a chat's own log say.
    mutating func takeHelp(_ entry: Entry) -> [Effect] {
        var effects: [Effect] = []
        if let counters = entry.counters { effects += take(counters) }
        if let news = entry.request { effects += takeOwn(news) }
        if let news = entry.chat {
            take(news)
            if help.chats[news.id] == nil || news.action == "end" || news.action == "idle_end" || news.action == "rate"
            {
                effects.append(.ask(.help(.chat(news.id))))
            }
            // In one's own log, and now: what is caught up with is known already.
            if entry.channel == nil, now - entry.at < 60_000, Self.handsOver.contains(news.action),
                news.organizer == me?.id, news.participant != me?.id
            {
                effects += handed(news)
            }
            if news.action == "note" { effects.append(.ask(.help(.notes(news.id)))) }
        }
        if entry.kind == .availabilityChanged { effects.append(.ask(.help(.standing(isOrganizer: true)))) }
        return effects
    }

    /// What gives a chat to an organizer: its beginning, and a change of hands.
    private static let handsOver: Set<String> = ["start", "attended", "transfer"]

    /// A chat came to this organizer, by a key here or by itself. Whoever writes somewhere else is not torn away.
    private mutating func handed(_ news: ChatNews) -> [Effect] {
        let sentence = "you talk with \(name(of: news.participant)) now"
        if notices.last?.text != sentence { tell(sentence) }
        if composer.isEmpty, overlay == nil, current != news.id.retyped() { help.wanted = news.id }
        return hasFocus ? [] : [.notify(title: "a chat is handed to you", body: name(of: news.participant))]
    }

    private mutating func take(_ news: ChatNews) {
        guard var chat = help.chats[news.id] else { return }
        chat.state = news.state
        chat.organizer = news.organizer
        chat.organizerName = news.organizer.map(name(of:))
        chat.isUnattended = news.action == "unattended" || news.organizer == nil
        chat.isIdle = news.action == "idle"
        if let reason = news.reason { chat.endReason = reason }
        if news.state.isOver, chat.endedAt == nil { chat.endedAt = now }
        help.chats[news.id] = chat
    }

    /// One's own request, or one that is offered to or held by this person.
    private mutating func takeOwn(_ news: RequestNews) -> [Effect] {
        guard news.participant == me?.id else {
            if news.action == "offer", news.organizer == me?.id {
                tell(
                    "a request is offered to you: \(name(of: news.participant)); /take takes it, /release gives it back"
                )
                return offered(news)
            }
            return []
        }
        let before = help.requests[news.id]
        var effects: [Effect] = [.ask(.help(.look(news.id)))]
        help.requests[news.id]?.state = news.state
        if let position = news.position { help.requests[news.id]?.position = position }
        let who = news.organizer.map(name(of:)) ?? "somebody"
        switch news.state {
        case .inChat where before?.state != .inChat:
            tell("\(who) answers your request")
            if !hasFocus { effects.append(.notify(title: "\(who) answers", body: "your request for help")) }
            if let chat = news.chat {
                effects.append(.ask(.help(.chat(chat))))
                // Whoever writes somewhere else is not torn away.
                if composer.isEmpty, overlay == nil, page == nil { help.wanted = chat }
            }
        case .queued where before?.state == .inChat || before?.state == .claimed:
            tell("your request is in line again, at its place")
        case .rejected:
            tell("your request was refused: \(MessageText.oneLine(news.reason ?? "no reason was given"))", .trouble)
        case .expired:
            tell("your request expired: \(MessageText.oneLine(news.reason ?? "nobody could answer in time"))", .trouble)
        default: break
        }
        return effects
    }

    private func offered(_ news: RequestNews) -> [Effect] {
        hasFocus ? [] : [.notify(title: "a request is offered to you", body: name(of: news.participant))]
    }

    private mutating func take(_ counters: QueueCounters) -> [Effect] {
        guard var availability = help.availability else { return [] }
        let before = availability.queues.first { $0.queue == counters.queue }?.waiting ?? 0
        if let index = availability.queues.firstIndex(where: { $0.queue == counters.queue }) {
            availability.queues[index] = counters
        } else {
            availability.queues.append(counters)
        }
        help.availability = availability
        guard counters.waiting > before, !hasFocus, ownPresence != .doNotDisturb, !availability.isAway else {
            return []
        }
        return [.notify(title: "\(counters.waiting) wait in \(counters.name)", body: "/queue shows them")]
    }

    // MARK: - Time

    /// What follows by time alone: one's own place in line, the chat one waited for, a board that is stale.
    mutating func settleHelp() -> [Effect] {
        var effects: [Effect] = []
        if let wanted = help.wanted, let room = rooms[wanted.retyped()] {
            help.wanted = nil
            effects += show(room.id)
        }
        guard isLive else { return effects }
        if let own = ownRequest, own.state == .queued, now >= help.nextLookAt {
            help.nextLookAt = now + HelpDesk.lookMilliseconds
            effects.append(.ask(.help(.look(own.id))))
        }
        if case .queue(let id)? = page?.kind, help.boards[id]?.isStale == true { effects += refresh(id) }
        if let chat = openChat, handles(chat), help.notes[chat.id] == nil {
            help.notes[chat.id] = []
            effects.append(.ask(.help(.notes(chat.id))))
        }
        return effects
    }
}
