import ChatAPI
import ChatKit
import TerminalUI

/// What the help desk answers: requests, chats, notes, replies.
extension Model {
    mutating func take(_ request: HelpRequest, _ reply: HelpReply) -> [Effect] {
        switch (request, reply) {
        case (_, .standing(let requests, let chats, let queues, let availability)):
            for request in requests { help.requests[request.id] = request }
            for chat in chats { help.chats[chat.id] = chat }
            help.queues = queues
            help.availability = availability
            return availability != nil && help.replies.isEmpty ? [.ask(.help(.replies))] : []
        case (.look, .request(let request)): help.requests[request.id] = request
        case (.ask, .request(let request)):
            help.requests[request.id] = request
            help.nextLookAt = now + HelpDesk.lookMilliseconds
            tell("you asked for help; " + waitingText(request))
        case (.add, .request(let request)):
            help.requests[request.id] = request
            tell("added to what you asked")
        case (.cancel, .request(let request)):
            help.requests[request.id] = request
            tell("you took your request back")
        case (_, .request(let request)):
            return taken(request, after: describe(request))
        case (_, .board(let board)):
            return take(board)
        case (.take, .chat(let chat)), (.takeNext, .chat(let chat)), (.accept, .chat(let chat)):
            help.chats[chat.id] = chat
            removeFromBoards(chat.request)
            let sentence = "you talk with \(other(in: chat)) now"
            if notices.last?.text != sentence { tell(sentence) }
            // Colleagues write canned replies while one works: those of now are completed.
            return go(to: chat) + [.ask(.help(.notes(chat.id))), .ask(.help(.replies))]
        case (_, .chat(let chat)): return takeChanged(chat, request)
        case (.archive, .chats(let chats)):
            page?.isLoading = false
            places.archive = chats
            for chat in chats { help.chats[chat.id] = chat }
        case (.notes(let id), .notes(let notes)): help.notes[id] = notes
        case (.note(let id, _), .note(let note)):
            help.notes[id, default: []].removeAll { $0.seq == note.seq }
            help.notes[id, default: []].append(note)
        case (_, .transcript(let transcript)):
            tell("the transcript is copied: \(transcript.text.utf8.count) bytes")
            return [.copy(transcript.text)]
        case (_, .replies(let replies)):
            help.replies = replies.sorted { $0.key < $1.key }
            if case .list(let list) = overlay, list.isLoading { overlay = .list(replyList) }
        case (_, .filled(let filled)): preview(filled)
        case (.present, .availability(let availability)): help.availability = availability
        case (.accepts(.next), .availability(let availability)) where availability.accepts == .off:
            // Somebody waited: the switch has done its work already.
            help.availability = availability
        case (_, .availability(let availability)):
            help.availability = availability
            tell(availabilityText(availability))
        default: break
        }
        return []
    }

    /// A queue as it was read. What came by its log meanwhile is newer: then it is read once more.
    private mutating func take(_ read: QueueBoard) -> [Effect] {
        let before = help.boards[read.queue.id]
        var board = read
        board.isFollowed = before?.isFollowed ?? false
        board.isStale = board.isFollowed && (before?.head ?? 0) > read.head
        board.head = max(board.head, before?.head ?? 0)
        page?.isLoading = false
        defer { help.boards[board.queue.id] = board }
        count(board)
        guard case .queue(board.queue.id)? = page?.kind, !board.isFollowed else { return [] }
        board.isFollowed = true
        let isThere = read.organizers.contains { $0.account == me?.id }
        return [.followQueue(board.queue.id, after: read.head)] + (isThere ? [] : [.ask(.help(.present))])
    }

    /// The work list of a queue that is looked at counts what is seen.
    mutating func count(_ board: QueueBoard) {
        guard let index = help.availability?.queues.firstIndex(where: { $0.queue == board.queue.id }) else { return }
        let waiting = board.requests.filter { $0.state == .queued || $0.state == .claimed }
        help.availability?.queues[index].waiting = waiting.count
        help.availability?.queues[index].oldestAt = waiting.map(\.createdAt).min()
    }

    private func describe(_ request: ChatRequest) -> String {
        let who = name(of: request.participant, called: request.participantName)
        return switch request.state {
        case .queued: "\(who) is back in line"
        case .claimed:
            "\(who) is held for you until " + zone.moment(request.claim?.until ?? now).clock
        case .rejected: "\(who) was refused"
        default: "\(who): \(request.state.rawValue)"
        }
    }

    /// A queue's request after something was done to it here.
    private mutating func taken(_ request: ChatRequest, after sentence: String) -> [Effect] {
        if request.participant == me?.id { help.requests[request.id] = request }
        tell(sentence)
        guard var board = help.boards[request.queue] else { return [] }
        if let index = board.requests.firstIndex(where: { $0.id == request.id }) {
            if request.state == .queued || request.state == .claimed {
                board.requests[index] = request
            } else {
                board.requests.remove(at: index)
            }
        }
        help.boards[request.queue] = board
        return refresh(request.queue)
    }

    private mutating func takeChanged(_ chat: Chat, _ request: HelpRequest) -> [Effect] {
        help.chats[chat.id] = chat
        switch request {
        case .hold: tell("\(other(in: chat)) waits; /resume goes on")
        case .resume: tell("you go on with \(other(in: chat))")
        case .transfer(_, _, let organizer, _):
            tell("the chat with \(other(in: chat)) is handed to \(organizer ?? "the queue")")
        case .end:
            tell("the chat ended" + (chat.participant == me?.id ? "; /rate 1 to 5 says how it was" : ""))
        case .rate(_, let stars, _): tell("thank you: " + String(repeating: "★", count: stars))
        default: break
        }
        return []
    }

    /// Shows a chat, now or as soon as its channel is known.
    mutating func go(to chat: Chat) -> [Effect] {
        if rooms[chat.channel] != nil { return show(chat.channel) }
        help.wanted = chat.id
        return [.ask(.me)]
    }

    /// What the network refused.
    mutating func failed(_ request: HelpRequest, _ error: APIError) -> Bool {
        switch request {
        case .look, .notes, .present, .replies, .chat: return true
        // A daemon without a help desk has none to show; anything else is said.
        case .standing: return error.code == .notFound || error.code == .unavailable
        case .board(let id):
            help.boards[id]?.isLoading = false
            help.boards[id]?.isStale = false
            page?.isLoading = false
            return false
        case .take(let id), .claim(let id), .accept(let id, _):
            guard error.code == .alreadyClaimed else { return false }
            tell(claimedText(id, error), .trouble)
            return true
        case .fill(_, let key) where error.code == .notFound:
            let number = Int(key) == nil ? "" : "; to answer message \(key): /reply \(key) TEXT"
            tell("there is no canned reply '\(key)'" + number, .trouble)
            return true
        default: return false
        }
    }

    /// `already_claimed` as a sentence: who has whose request, and until when.
    private func claimedText(_ id: RequestID, _ error: APIError) -> String {
        let request = help.boards.values.lazy.flatMap(\.requests).first { $0.id == id }
        let whose = request.map { name(of: $0.participant, called: $0.participantName) }
        let who = error.by.map { $0 == me?.id ? "you" : name(of: $0) } ?? "somebody else"
        let what = whose.map { "\($0)'s request" } ?? "that request"
        guard let until = error.until else { return "\(who) already talks about \(what)" }
        return "\(who) already holds \(what), until \(zone.moment(until).clock)"
    }

    // MARK: - Sentences

    /// `2nd in line, about 6 min (an estimate)`.
    func waitingText(_ request: ChatRequest) -> String {
        var parts = [
            request.position.map { $0 == 1 ? "you are next" : "you are number \($0) in line" } ?? "you are in line"
        ]
        parts.append(request.estimatedWaitMs.map { "about \(Span.wait($0)), an estimate" } ?? "nobody can say how long")
        return parts.joined(separator: ", ")
    }

    func availabilityText(_ availability: Availability) -> String {
        if availability.isAway { return "you are away: nothing is handed to you; /accept on ends it" }
        switch availability.accepts {
        case .off: return "you take requests by yourself: /queue"
        case .next: return "the next request is handed to you"
        case .always:
            return "requests are handed to you, up to \(availability.capacity) at a time; /accept off stops it"
        case .unknown: return "how requests reach you, this program does not know"
        }
    }

    /// A canned reply stands in the line: looked at, changed, and sent with Enter.
    private mutating func preview(_ filled: FilledReply) {
        let typed = composer.text
        guard typed.isEmpty || typed.hasPrefix("/") else {
            tell("the line is not empty: send or empty it first, then /r \(filled.key)", .trouble)
            return
        }
        composer.set(filled.text)
        help.preview = filled.key
    }

    var replyList: ListPane {
        ListPane(
            "Canned replies",
            rows: help.replies.map { reply in
                ListPane.Row(
                    "\(reply.key)  " + MessageText.oneLine(reply.text),
                    detail: reply.scope == "own" ? "own" : "",
                    .command("/r \(reply.key)")
                )
            },
            verb: "put it into the line",
            empty: "there are none; chatctl reply set writes one"
        )
    }
}
