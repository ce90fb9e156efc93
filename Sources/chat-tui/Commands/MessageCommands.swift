import ChatAPI
import ChatKit

/// Commands about messages. A message is named by its distance from the newest, or by its number: `3`, `#812`.
extension Commands {
    @Sendable static func reply(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let entry = try model.message(try words.required("a message"))
        guard !words.rest.isEmpty else {
            model.composing = .reply(to: entry.seq)
            return []
        }
        var effects: [Effect] = []
        model.composing = .reply(to: entry.seq)
        guard model.send(words.rest, &effects) else { throw CommandProblem(model.notices.last?.text ?? "not sent") }
        return effects
    }

    @Sendable static func edit(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let text = try words.text("a text")
        var entry: Entry?
        var changed = text
        if let first = words.first, Int(first) != nil || first.hasPrefix("#"), !words.rest.isEmpty,
            let found = try? model.message(first)
        {
            entry = found
            changed = words.rest
        }
        let target: Entry
        if let entry { target = entry } else { target = try ownLast(model) }
        try mustBeMine(target, model, "edit")
        let effects: [Effect] = [
            .post(.edit(MessageEdit(channel: try room(model).id, seq: target.seq, text: Emoji.expanded(changed))))
        ]
        return effects
    }

    @Sendable static func delete(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let entry: Entry
        if let first = words.first { entry = try model.message(first) } else { entry = try ownLast(model) }
        let room = try room(model)
        if entry.by != model.me?.id, room.channel.role != .admin {
            throw CommandProblem(
                "message \(words.first ?? "") is not yours; its author or an admin of the channel deletes it"
            )
        }
        return [.post(.delete(MessageRef(channel: room.id, seq: entry.seq)))]
    }

    static func ownLast(_ model: Model) throws(CommandProblem) -> Entry {
        let room = try room(model)
        for index in stride(from: room.timeline.count - 1, through: 0, by: -1) {
            let entry = room.timeline[index]
            if entry.kind == .message, entry.redactedAt == nil, entry.by == model.me?.id { return entry }
        }
        throw CommandProblem("none of the messages here is yours")
    }

    static func mustBeMine(_ entry: Entry, _ model: Model, _ verb: String) throws(CommandProblem) {
        guard entry.by == model.me?.id else {
            throw CommandProblem("only \(model.name(of: entry.by)) can \(verb) that message")
        }
    }

    /// The message that a command names, or the newest.
    static func target(_ model: Model, _ words: Words) throws(CommandProblem) -> Entry {
        try model.message(words.first ?? "1")
    }

    @Sendable static func react(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let first = try words.required("an emoji")
        let name = words.rest.isEmpty ? first : words.rest
        let entry = try model.message(words.rest.isEmpty ? "1" : first)
        guard let emoji = Emoji.of(name) else {
            throw CommandProblem("'\(name.prefix(40))' is no emoji: write 👍 or :+1:")
        }
        return model.toggle(emoji, on: entry)
    }

    @Sendable static func pin(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        model.togglePin(try target(model, words))
    }

    @Sendable static func pins(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        let room = try room(model)
        model.overlay = .list(
            ListPane(
                "Pinned in \(model.title(of: room))",
                isLoading: true,
                verb: "go there",
                empty: "nothing is pinned here"
            )
        )
        return [.ask(.pins(room.id))]
    }

    @Sendable static func search(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        model.openSearch(words.text)
    }

    @Sendable static func goTo(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let text = try words.text("a number or a day")
        let room = try room(model)
        if let seq = Int64(text.hasPrefix("#") ? String(text.dropFirst()) : text), seq >= 1 {
            return model.jump(to: seq, in: room.id)
        }
        let parts = text.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3 else {
            throw CommandProblem("'\(text.prefix(20))' is neither #812 nor a day like 2026-11-21")
        }
        for index in 0..<room.timeline.count {
            let moment = model.zone.moment(room.timeline[index].at)
            if (moment.year, moment.month, moment.day) >= (parts[0], parts[1], parts[2]) {
                return model.jump(to: room.timeline[index].seq, in: room.id)
            }
        }
        throw CommandProblem("nothing that is loaded here is of that day or later")
    }

    @Sendable static func unread(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let entry = try target(model, words)
        let id = try room(model).id
        let me = model.me?.id
        model.changeRoom {
            $0.mark(entry.seq - 1, me: me)
            $0.readLine = entry.seq - 1
        }
        model.toldMarkers[id] = Int64.max
        return [.post(.marker(MarkerDraft(channel: id, seq: entry.seq - 1, force: true)))]
    }

    @Sendable static func read(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        var effects: [Effect] = []
        for room in model.orderedRooms where room.unread.unread > 0 || room.unread.mentions > 0 {
            let head = max(room.timeline.head, room.channel.head ?? 0)
            guard head > 0 else { continue }
            model.rooms[room.id]?.mark(head, me: model.me?.id)
            model.rooms[room.id]?.unread.unread = 0
            model.rooms[room.id]?.unread.mentions = 0
            model.toldMarkers[room.id] = head
            effects.append(.post(.marker(MarkerDraft(channel: room.id, seq: head))))
        }
        model.tell(effects.isEmpty ? "there is nothing unread" : "everything is read")
        return effects
    }

    @Sendable static func copy(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        model.copy(try target(model, words))
    }

    @Sendable static func open(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let entry = try target(model, words)
        guard let link = MessageText.links(in: entry.text ?? "").first else {
            throw CommandProblem("there is no link in that message")
        }
        return [.openLink(link)]
    }

    @Sendable static func retry(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        let failed = model.failedItems
        guard !failed.isEmpty else { throw CommandProblem("nothing failed") }
        return failed.map { .retry($0.id) }
    }

    @Sendable static func discard(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        let failed = model.failedItems
        guard !failed.isEmpty else { throw CommandProblem("nothing failed") }
        return failed.map { .discard($0.id) }
    }

    @Sendable static func emote(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let text = try words.text("what you do")
        var effects: [Effect] = []
        // An own line in italics is how other chats write it; the daemon needs no kind for it.
        guard model.send("_\(text)_", &effects) else { throw CommandProblem(model.notices.last?.text ?? "not sent") }
        return effects
    }
}
