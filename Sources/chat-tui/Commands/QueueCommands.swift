import ChatAPI
import ChatKit

/// Commands of whoever answers: the queue, taking from it, and what is done with a chat.
extension Commands {
    @Sendable static func queue(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        guard let availability = model.help.availability else {
            throw CommandProblem("queues are for those who answer; /help TEXT asks for help")
        }
        if words.isEmpty {
            // Again: the next one.
            if case .queue(let open)? = model.page?.kind, availability.queues.count > 1,
                let index = availability.queues.firstIndex(where: { $0.queue == open })
            {
                return model.open(.queue(availability.queues[(index + 1) % availability.queues.count].queue))
            }
            // The one with the most to do; further ones by name.
            let busiest = availability.queues.max { ($0.waiting, $1.name) < ($1.waiting, $0.name) }
            guard let id = busiest?.queue ?? model.help.queues.first?.id else {
                throw CommandProblem("there is no queue that you take from")
            }
            return model.open(.queue(id))
        }
        let known = availability.queues.first { Names.fold($0.name) == Names.fold(words.text) }
        guard let id = known?.queue ?? model.queue(named: words.text)?.id else {
            let names = model.help.queues.map(model.title(of:)).joined(separator: ", ")
            throw CommandProblem(
                "there is no queue '\(words.text.prefix(40))'" + (names.isEmpty ? "" : "; there are \(names)")
            )
        }
        return model.open(.queue(id))
    }

    @Sendable static func chats(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        return model.open(.chats)
    }

    @Sendable static func take(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        guard model.isOrganizer else {
            throw CommandProblem("requests are taken by those who answer; /help TEXT asks for help")
        }
        if let request = try request(model, words.first, isForTaking: true) {
            let isMine = request.state == .claimed && request.claim?.by == model.me?.id
            return [.ask(.help(isMine ? .accept(request.id, token: request.claim?.token) : .take(request.id)))]
        }
        let busiest = model.help.availability?.queues.max { $0.waiting < $1.waiting }
        guard let queue = busiest?.queue ?? model.help.queues.first?.id else {
            throw CommandProblem("there is no queue that you take from")
        }
        return [.ask(.help(.takeNext(queue)))]
    }

    @Sendable static func claim(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        [.ask(.help(.claim(try heldRequest(model, words.first).id)))]
    }

    @Sendable static func release(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let all = model.help.boards.values.flatMap(\.requests)
        let mine = all.first { $0.state == .claimed && $0.claim?.by == model.me?.id }
        let named = words.isEmpty ? nil : try request(model, words.first)
        let selected = try request(model, nil)
        guard let request = named ?? mine ?? selected else {
            throw CommandProblem("you hold no request; the chat that is open goes back with /requeue")
        }
        return [
            .ask(.help(.release(request.id, token: request.claim?.by == model.me?.id ? request.claim?.token : nil)))
        ]
    }

    @Sendable static func reject(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let first = try words.required("a request and a reason")
        if Int(first) != nil {
            let request = try heldRequest(model, first)
            guard !words.rest.isEmpty else { throw CommandProblem("/reject needs a reason: the participant reads it") }
            return [.ask(.help(.reject(request.id, words.rest)))]
        }
        return [.ask(.help(.reject(try heldRequest(model, nil).id, words.text)))]
    }

    /// Hands on the chat that is open, or the selected request: to a person, or to a queue with `#`.
    @Sendable static func transfer(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let target = try words.required("the name of a person, or #QUEUE")
        let note = words.rest.isEmpty ? nil : words.rest
        var queue: QueueID?
        if target.hasPrefix("#") {
            guard let found = model.queue(named: target) else {
                throw CommandProblem("there is no queue '\(target.prefix(40))'")
            }
            queue = found.id
        }
        let organizer = queue == nil ? personName(target) : nil
        if case .queue? = model.page?.kind {
            let request = try heldRequest(model, nil)
            return [.ask(.help(.hand(request.id, queue: queue, organizer: organizer, note: note)))]
        }
        return [.ask(.help(.transfer(try runningChat(model).id, queue: queue, organizer: organizer, note: note)))]
    }

    @Sendable static func requeue(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let chat = try runningChat(model)
        return [.ask(.help(.requeue(chat.request, note: words.isEmpty ? nil : words.text)))]
    }

    @Sendable static func hold(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        return [.ask(.help(.hold(try runningChat(model).id)))]
    }

    @Sendable static func resume(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        return [.ask(.help(.resume(try runningChat(model).id)))]
    }

    @Sendable static func note(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let text = try words.text("what only those who answer see")
        guard text.utf8.count <= Limits.noteBytes else {
            throw CommandProblem("the note is \(text.utf8.count) bytes long; the limit is \(Limits.noteBytes)")
        }
        guard let chat = model.openChat, model.handles(chat) else {
            throw CommandProblem("a private note belongs to a chat that you answer")
        }
        return [.ask(.help(.note(chat.id, text)))]
    }

    @Sendable static func notes(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        guard let chat = model.openChat, model.handles(chat) else {
            throw CommandProblem("private notes belong to a chat that you answer")
        }
        model.help.showsNotes.toggle()
        return [.ask(.help(.notes(chat.id)))]
    }

    @Sendable static func canned(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        guard let key = words.first else {
            model.overlay = .list(model.replyList)
            return [.ask(.help(.replies))]
        }
        guard let chat = model.openChat, model.handles(chat) else {
            throw CommandProblem("canned replies are for chats that you answer; /reply N TEXT answers a message")
        }
        return [.ask(.help(.fill(chat.id, key)))]
    }

    @Sendable static func accept(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        guard let availability = model.help.availability else {
            throw CommandProblem("that is for those who answer requests")
        }
        switch words.text {
        case "":
            model.tell(model.availabilityText(availability))
            return []
        case "on":
            let back: [Effect] = availability.isAway ? [.ask(.help(.away(false)))] : []
            return back + [.ask(.help(.accepts(.always)))]
        case "next": return [.ask(.help(.accepts(.next)))]
        case "off": return [.ask(.help(.accepts(.off)))]
        case "away": return [.ask(.help(.away(true)))]
        default: throw CommandProblem("/accept takes on, next, off or away, not '\(words.text.prefix(20))'")
        }
    }

    // MARK: - Which request

    /// The request with a number of the table that is looked at, or the selected one; nil when no queue is looked at.
    private static func request(_ model: Model, _ number: String?, isForTaking: Bool = false) throws(CommandProblem)
        -> ChatRequest?
    {
        let offered = model.help.boards.values.flatMap(\.requests).first {
            $0.claim?.by == model.me?.id && $0.state == .claimed
        }
        guard case .queue(let id)? = model.page?.kind, let board = model.help.boards[id] else {
            guard let number else { return isForTaking ? offered : nil }
            // Without the table on the screen the number is the place in the queue that was looked at last.
            guard let board = model.help.boards.values.first else {
                throw CommandProblem("'\(number.prefix(20))' is no request here: /queue shows them with numbers")
            }
            return try find(number, in: board, model)
        }
        guard let number else {
            return model.selectedRow.flatMap { row in board.requests.first { $0.id.description == row.id } }
        }
        return try find(number, in: board, model)
    }

    /// By its number in the table, or by who asked.
    private static func find(_ text: String, in board: QueueBoard, _ model: Model) throws(CommandProblem) -> ChatRequest
    {
        if let index = Int(text), board.requests.indices.contains(index - 1) { return board.requests[index - 1] }
        let name = Names.fold(personName(text))
        if let request = board.requests.first(where: {
            Names.fold($0.participantName) == name || Names.fold(model.name(of: $0.participant)) == name
        }) {
            return request
        }
        let count = board.requests.count
        let state = count == 0 ? "nobody waits" : count == 1 ? "one waits" : "\(count) wait"
        throw CommandProblem("'\(text.prefix(20))' is no request here: \(state)")
    }

    private static func heldRequest(_ model: Model, _ number: String?) throws(CommandProblem) -> ChatRequest {
        guard let request = try request(model, number) else {
            throw CommandProblem("no request is selected: /queue shows them")
        }
        return request
    }
}
