import ChatAPI
import ChatKit

/// Commands about channels and the people in them.
extension Commands {
    /// The room that a command is about.
    static func room(_ model: Model) throws(CommandProblem) -> Room {
        guard let room = model.room else { throw CommandProblem("there is no channel here") }
        return room
    }

    static func channelName(_ text: String) -> String {
        text.hasPrefix("#") ? String(text.dropFirst()) : text
    }

    @Sendable static func leave(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let room: Room
        if let name = words.first {
            guard let found = model.room(named: name) else {
                throw CommandProblem("you are in no channel '\(name.prefix(48))'")
            }
            room = found
        } else {
            room = try Self.room(model)
        }
        if room.channel.kind == .chat {
            throw CommandProblem("a chat is not left: /end ends it, /transfer hands it on")
        }
        guard !room.isDirect else { throw CommandProblem("a conversation between people is not left; /mute it") }
        return [.ask(.leave(room.id))]
    }

    @Sendable static func create(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let name = channelName(try words.required("a name"))
        do throws(APIError) {
            try Names.check(name, named: "the name", characters: Limits.channelNameCharacters)
        } catch {
            throw CommandProblem(error.detail)
        }
        return [.ask(.create(name: name, topic: words.rest.isEmpty ? nil : words.rest, secret: nil))]
    }

    @Sendable static func channels(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        model.overlay = .list(ListPane("Channels", isLoading: true, verb: "join", empty: "there are no channels"))
        return [.ask(.channels)]
    }

    @Sendable static func topic(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let room = try room(model)
        if words.isEmpty {
            model.tell(
                room.channel.topic.map { "topic of \(model.title(of: room)): \($0)" } ?? "there is no topic here"
            )
            return []
        }
        guard words.text.utf8.count <= Limits.topicBytes else {
            throw CommandProblem("the topic is \(words.text.utf8.count) bytes long; the limit is \(Limits.topicBytes)")
        }
        return [.ask(.change(room.id, topic: words.text, name: nil))]
    }

    @Sendable static func rename(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let name = channelName(try words.required("a name"))
        return [.ask(.change(try room(model).id, topic: nil, name: name))]
    }

    @Sendable static func members(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        return model.toggleMembers()
    }

    @Sendable static func add(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let name = try words.required("the name of a person")
        return [.ask(.add(try room(model).id, personName(name)))]
    }

    @Sendable static func admin(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let name = try words.required("the name of a member")
        let role: MemberRole
        switch words.rest {
        case "", "on": role = .admin
        case "off": role = .member
        default: throw CommandProblem("'\(words.rest.prefix(20))' is neither on nor off")
        }
        return [.ask(.role(try room(model).id, personName(name), role))]
    }

    static func personName(_ text: String) -> String { text.hasPrefix("@") ? String(text.dropFirst()) : text }

    @Sendable static func direct(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let names = try words.required("the name of a person").split(separator: ",").map { personName(String($0)) }
        guard !names.isEmpty else { throw CommandProblem("/msg needs the name of a person") }
        guard names.count < Limits.directPeople else {
            throw CommandProblem("a conversation takes \(Limits.directPeople) people, you included; make a channel")
        }
        let text = words.rest
        if names.count == 1, let room = model.room(named: "@" + names[0]) {
            var effects = model.show(room.id)
            if !text.isEmpty { _ = model.send(text, &effects) }
            return effects
        }
        return [.ask(.direct(names, text: text.isEmpty ? nil : text))]
    }

    @Sendable static func whois(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        [.ask(.whois(personName(try words.required("the name of a person"))))]
    }

    static func muteChannel(_ model: inout Model) throws(CommandProblem) -> [Effect] {
        let room = try room(model)
        let isMuted = model.muted.contains(room.id)
        if isMuted { model.muted.remove(room.id) } else { model.muted.insert(room.id) }
        model.tell(isMuted ? "\(model.title(of: room)) is heard again" : "\(model.title(of: room)) is muted")
        return [.post(.register(RegisterDraft(key: "mute/\(room.id)", value: isMuted ? nil : true)))]
    }

    /// Another channel by its place in the list or by name; alone: the switcher.
    @Sendable static func change(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        guard let name = words.first else {
            model.overlay = .switcher(Switcher())
            return []
        }
        let rooms = model.orderedRooms
        if let number = Int(name) {
            guard rooms.indices.contains(number - 1) else {
                throw CommandProblem("there is no channel \(number): the list has \(rooms.count)")
            }
            return model.show(rooms[number - 1].id)
        }
        guard let room = model.room(named: name) else {
            throw CommandProblem("you are in no channel '\(name.prefix(48))'; /join enters one")
        }
        return model.show(room.id)
    }

    @Sendable static func next(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        return model.showNextUnread()
    }

    @Sendable static func inbox(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        return model.openInbox()
    }
}
