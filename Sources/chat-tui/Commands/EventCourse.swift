import ChatAPI
import ChatKit

/// Commands about the course of an event: a place in it, its codes, calling it off, closing it, the next one.
extension Commands {
    /// Asks for a place, or takes the one that is kept.
    @Sendable static func register(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        [.ask(.place(.register(try eventName(model, words.first))))]
    }

    @Sendable static func withdraw(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let event = try eventName(model, words.first)
        try words.confirmed("you leave \(event) and its channels, and your place goes to who is next")
        return [.ask(.place(.withdraw(event)))]
    }

    /// Alone a code for new accounts; of an event the code of its door.
    @Sendable static func code(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        if let name = words.first { return [.ask(.place(.makeCode(name)))] }
        switch model.page?.kind {
        case .event?, .events?, .attendees?: return [.ask(.place(.makeCode(try eventName(model, nil))))]
        default: return [.ask(.invite)]
        }
    }

    @Sendable static func callOff(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let (event, reason) = try eventAndText(model, words)
        try words.confirmed("\(event) is called off for good, and everybody in it is told")
        return [.ask(.place(.call(off: event, reason: reason)))]
    }

    @Sendable static func close(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let event = try eventName(model, words.first)
        try words.confirmed("\(event) is closed for good: everything stays readable, nothing is added")
        return [.ask(.place(.archive(event)))]
    }

    /// `/clone NEW [STARTS]` of the event that is looked at, `/clone NAME NEW [STARTS]`.
    @Sendable static func clone(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        var rest = words.all.map(String.init)
        guard !rest.isEmpty else {
            throw CommandProblem("/clone needs the name of the copy: /clone [NAME] NEW [STARTS]")
        }
        let starts =
            rest.last?.first?.isNumber == true && rest.last?.contains("-") == true && rest.count > 1
            ? rest.removeLast() : nil
        guard rest.count <= 2, let slug = rest.last else {
            throw CommandProblem("/clone takes an event, the name of its copy, and when that starts: 2027-05-01T09:00")
        }
        let event = try eventName(model, rest.count == 2 ? rest[0] : nil)
        return [.ask(.place(.clone(event, as: slug, starts: starts)))]
    }

    /// A name that is known, and what follows it; else the event that is looked at, and all of it.
    static func eventAndText(_ model: Model, _ words: Words) throws(CommandProblem) -> (String, String?) {
        let text = words.text.isEmpty ? nil : words.text
        guard let first = words.first, model.knownEvents.contains(first) else {
            return (try eventName(model, nil), text)
        }
        return (first, words.rest.isEmpty ? nil : words.rest)
    }
}

extension Model {
    /// Events whose names were seen: in the table, or by a channel.
    var knownEvents: Set<String> {
        Set(places.events.map(\.slug)).union(rooms.values.compactMap(\.channel.spaceName))
            .union(places.event.map { [$0.event.slug] } ?? [])
    }
}

extension SlashCommand {
    static let courseTable: [SlashCommand] = [
        SlashCommand(
            "register",
            [],
            "[EVENT]",
            "ask for a place in an event, or take the one that is kept for you",
            .events,
            completes: .event,
            Commands.register
        ),
        SlashCommand(
            "withdraw",
            [],
            "[EVENT]",
            "give your place in an event up",
            .events,
            completes: .event,
            Commands.withdraw
        ),
        SlashCommand(
            "calloff",
            ["cancel-event"],
            "[EVENT] [REASON]",
            "cancel an event; everybody in it is told",
            .events,
            completes: .event,
            Commands.callOff
        ),
        SlashCommand(
            "close",
            ["archive-event"],
            "[EVENT]",
            "archive an event: it can be read and nothing is added",
            .events,
            completes: .event,
            Commands.close
        ),
        SlashCommand(
            "clone",
            ["clone-event"],
            "[EVENT] NEW [STARTS]",
            "make a draft that is a copy of an event",
            .events,
            completes: .event,
            Commands.clone
        ),
    ]
}
