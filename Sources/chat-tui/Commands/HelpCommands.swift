import ChatAPI
import ChatKit

/// Commands of whoever asks for help: `/help TEXT`, `/cancel`, `/rate`; and of both sides of a chat: `/end`.
extension Commands {
    /// `/help` alone, or with the name of a command, is the help of this program; anything else asks people.
    @Sendable static func help(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        guard let name = words.first else {
            model.overlay = .help(HelpPane())
            return []
        }
        if words.rest.isEmpty, let command = SlashCommand.named(name.hasPrefix("/") ? String(name.dropFirst()) : name) {
            model.tell("\(command.line) — \(command.summary)")
            return []
        }
        guard !name.hasPrefix("/") else { throw CommandProblem("there is no command \(name.prefix(40))") }
        return try ask(&model, words)
    }

    @Sendable static func ask(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let text = try words.text("what you need help with")
        if let own = model.ownRequest, own.state != .inChat {
            return [.ask(.help(.add(own.id, text)))]
        }
        if let own = model.ownRequest, let chat = own.chat.flatMap({ model.help.chats[$0] }) {
            throw CommandProblem("you talk with \(model.other(in: chat)) already: write it there")
        }
        let place = try askingPlace(model)
        let topics = model.help.queues.filter { queue in place.map { queue.event == $0 } ?? true }.flatMap(\.topics)
        // `medical`, `medical: I fell`, `medical I fell`.
        let first = words.first.map { $0.hasSuffix(":") ? String($0.dropLast()) : $0 } ?? ""
        guard let topic = topics.first(where: { Names.fold($0.key) == Names.fold(first) }) else {
            return [.ask(.help(.ask(queue: nil, event: place, topic: nil, text: text)))]
        }
        let rest = words.rest
        return [.ask(.help(.ask(queue: nil, event: place, topic: topic.key, text: rest.isEmpty ? nil : rest)))]
    }

    /// The event in which one asks: that of the channel one looks at, or the only one there is.
    private static func askingPlace(_ model: Model) throws(CommandProblem) -> EventID? {
        if let space = model.room?.channel.space, space.kind == .event { return space.id.retyped() }
        var events: [EventID: String] = [:]
        for room in model.rooms.values where room.isMember {
            guard let space = room.channel.space, space.kind == .event else { continue }
            events[space.id.retyped()] = room.channel.spaceName ?? "an event"
        }
        for queue in model.help.queues where queue.event != nil && events.isEmpty { return queue.event }
        guard events.count < 2 else {
            let names = events.values.sorted().joined(separator: ", ")
            throw CommandProblem("you are in \(names): go to a channel of the one you ask in")
        }
        guard let only = events.first?.key else {
            throw CommandProblem(
                "help is asked for in an event: /join CODE enters one; /help alone shows keys and commands"
            )
        }
        return only
    }

    @Sendable static func cancel(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        guard let own = model.ownRequest else { throw CommandProblem("you have asked for nothing") }
        guard own.state != .inChat else { throw CommandProblem("you are talking already; /end ends the chat") }
        return [.ask(.help(.cancel(own.id)))]
    }

    @Sendable static func rate(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let first = try words.required("stars, 1 to 5")
        let open = model.openChat.flatMap { $0.participant == model.me?.id && $0.state.isOver ? $0 : nil }
        guard let chat = open ?? model.rateable else {
            throw CommandProblem("no chat of yours has ended; one is rated after its end")
        }
        if first == "no" || first == "skip" {
            model.help.unrated.insert(chat.id)
            model.tell("not rated")
            return []
        }
        guard let stars = Int(first), (1...5).contains(stars) else {
            throw CommandProblem("'\(first.prefix(20))' is no number of stars: 1 to 5, or no")
        }
        return [.ask(.help(.rate(chat.id, stars: stars, comment: words.rest.isEmpty ? nil : words.rest)))]
    }

    @Sendable static func end(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let chat = try runningChat(model)
        return [.ask(.help(.end(chat.id, reason: words.isEmpty ? nil : words.text)))]
    }

    /// The chat that a command is about: the one that is looked at, or the only one there is.
    static func runningChat(_ model: Model) throws(CommandProblem) -> Chat {
        if let chat = model.openChat {
            guard !chat.state.isOver else { throw CommandProblem("this chat has ended") }
            return chat
        }
        if case .chats? = model.page?.kind, let id = model.selectedRow?.id,
            let chat = ChatID(id).flatMap({ model.help.chats[$0] })
        {
            return chat
        }
        let chats = model.runningChats
        guard chats.count == 1 else {
            throw CommandProblem(
                chats.isEmpty ? "you are in no chat" : "go to the chat first: /chats shows the \(chats.count)"
            )
        }
        return chats[0]
    }

    @Sendable static func archive(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        model.open(.archive(participant: words.first.map(personName)))
    }

    @Sendable static func transcript(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        guard let chat = model.openChat ?? model.selectedChat else {
            throw CommandProblem("a transcript is of a chat: go to one, or select one in /archive")
        }
        return [.ask(.help(.transcript(chat.id)))]
    }
}

extension Model {
    /// The chat that is selected in a table of chats.
    var selectedChat: Chat? { selectedRow.flatMap { ChatID($0.id) }.flatMap { help.chats[$0] } }
}
