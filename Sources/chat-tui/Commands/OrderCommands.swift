import ChatAPI
import ChatKit
import TerminalUI

/// Commands that keep order: whom one does not hear, who is kept out, how often one may write, what was reported.
extension Commands {
    /// A place as moderators name it: this channel, or with `everywhere` the event that it belongs to.
    private static func scope(_ model: Model, isWide: Bool) throws(CommandProblem) -> String {
        let room = try room(model)
        // From a chat of its help desk the event can be meant; the chat itself, or a conversation, never.
        let isOfEvent = isWide && room.channel.kind == .chat && room.channel.space?.kind == .event
        guard !room.channel.kind.isPrivate || isOfEvent else {
            throw CommandProblem("that is for channels, not for conversations")
        }
        guard isWide else { return Scope.channel(room.id).description }
        guard let space = room.channel.space else { throw CommandProblem("this channel belongs to no event") }
        return space.description
    }

    /// What may stand behind a name, in any order of the first two: `everywhere`, a time, a reason.
    private struct Measure {
        var isWide = false
        var milliseconds: Int64?
        var reason: String?

        init(_ text: String) {
            var rest = Substring(text)
            while let word = rest.split(separator: " ", maxSplits: 1).first {
                if word == "everywhere" {
                    isWide = true
                } else if milliseconds == nil, let time = Span.milliseconds(String(word)) {
                    milliseconds = time
                } else {
                    break
                }
                rest = rest[word.endIndex...].drop { $0 == " " }
            }
            reason = rest.isEmpty ? nil : String(rest)
        }
    }

    @Sendable static func kick(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let name = personName(try words.required("the name of a member"))
        let room = try room(model)
        let measure = Measure(words.rest)
        // Outside of events a channel's admin takes a member out; in one it is a measure with a reason.
        guard room.channel.space != nil || measure.reason != nil else { return [.ask(.remove(room.id, name))] }
        return [.ask(.order(.kick(name, scope: try scope(model, isWide: measure.isWide), reason: measure.reason)))]
    }

    @Sendable static func ban(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let name = personName(try words.required("the name of a person"))
        let measure = Measure(words.rest)
        let scope = try scope(model, isWide: measure.isWide)
        return [.ask(.order(.ban(name, scope: scope, forMs: measure.milliseconds, reason: measure.reason)))]
    }

    @Sendable static func timeout(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let name = personName(try words.required("the name of a person and a time"))
        let measure = Measure(words.rest)
        guard let time = measure.milliseconds else {
            throw CommandProblem("/timeout needs a time: 10m, 2h, 1d")
        }
        let scope = try scope(model, isWide: measure.isWide)
        return [.ask(.order(.timeOut(name, scope: scope, forMs: time, reason: measure.reason)))]
    }

    @Sendable static func reinstate(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let name = personName(try words.required("the name of a person"))
        return [.ask(.order(.reinstate(name, scope: try scope(model, isWide: Measure(words.rest).isWide))))]
    }

    @Sendable static func sanctions(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        model.open(.sanctions(scope: try scope(model, isWide: words.text == "everywhere")))
    }

    @Sendable static func slow(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let room = try room(model)
        guard !words.isEmpty else { return [.ask(.order(.posting(room.id)))] }
        if words.text == "off" { return [.ask(.order(.slow(room.id, 0)))] }
        guard let time = Span.milliseconds(words.text), Limits.slowModeMs.contains(time) else {
            throw CommandProblem("'\(words.text.prefix(20))' is no pause: 1s to 6h, or off")
        }
        return [.ask(.order(.slow(room.id, time)))]
    }

    @Sendable static func emergency(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let first = try words.required("a time, or off")
        let scope = try scope(model, isWide: try room(model).channel.space != nil)
        if first == "off" { return [.ask(.order(.calm(scope: scope)))] }
        guard let time = Span.milliseconds(first), (60_000...86_400_000).contains(time) else {
            throw CommandProblem("'\(first.prefix(20))' is no time: 1m to 24h, or off")
        }
        // `moderators` and `speakers` say who may still speak; the rest is the reason.
        let parts = words.rest.split(separator: " ", maxSplits: 1).map(String.init)
        let voice = parts.first.flatMap(EmergencyVoice.init(rawValue:))
        let reason = voice == nil ? words.rest : parts.count > 1 ? parts[1] : ""
        let room = try room(model)
        let place = room.channel.spaceName ?? model.title(of: room)
        try words.confirmed(
            "only \((voice ?? .speakers).rawValue) may speak in \(place) for \(first), and all are told"
        )
        return [
            .ask(.order(.emergency(scope: scope, voice: voice, forMs: time, reason: reason.isEmpty ? nil : reason)))
        ]
    }

    /// `/mute` is about this channel, `/mute NAME` about a person.
    @Sendable static func mute(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        guard let name = words.first else { return try muteChannel(&model) }
        return [.ask(.order(.block(personName(name), .mute)))]
    }

    @Sendable static func block(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        guard let name = words.first else {
            model.overlay = .list(
                ListPane("Whom you do not hear", isLoading: true, verb: "hear again", empty: "you hear everybody")
            )
            return [.ask(.order(.blocks))]
        }
        return [.ask(.order(.block(personName(name), .block)))]
    }

    @Sendable static func unblock(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        [.ask(.order(.unblock(personName(try words.required("the name of a person")))))]
    }

    @Sendable static func report(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let entry = try model.message(try words.required("a message and a reason"))
        guard !words.rest.isEmpty else { throw CommandProblem("/report needs a reason: the moderators read it") }
        return [.ask(.order(.report(try room(model).id, entry.seq, reason: words.rest)))]
    }

    @Sendable static func reports(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        return model.open(.reports)
    }
}

extension SlashCommand {
    static let orderTable: [SlashCommand] = [
        SlashCommand(
            "kick",
            [],
            "NAME [everywhere] [REASON]",
            "take somebody out of this channel, or of its event",
            .order,
            completes: .person,
            Commands.kick
        ),
        SlashCommand(
            "ban",
            [],
            "NAME [everywhere] [2h] [REASON]",
            "keep somebody out, for a time or until reinstated",
            .order,
            completes: .person,
            Commands.ban
        ),
        SlashCommand(
            "timeout",
            [],
            "NAME 10m [everywhere] [REASON]",
            "let somebody read and say nothing for a time",
            .order,
            completes: .person,
            Commands.timeout
        ),
        SlashCommand(
            "reinstate",
            [],
            "NAME [everywhere]",
            "lift a ban or a time-out",
            .order,
            completes: .person,
            Commands.reinstate
        ),
        SlashCommand(
            "sanctions",
            ["bans"],
            "[everywhere]",
            "show who is kept out or silent here",
            .order,
            Commands.sanctions
        ),
        SlashCommand("slow", [], "[10s|off]", "a pause between two messages of one person", .order, Commands.slow),
        SlashCommand(
            "emergency",
            [],
            "15m|off [moderators] [REASON]",
            "only those with the floor, or moderators, speak in this event",
            .order,
            Commands.emergency
        ),
        SlashCommand(
            "block",
            [],
            "[NAME]",
            "hear nothing of somebody, who cannot tell; alone: show whom",
            .order,
            completes: .person,
            Commands.block
        ),
        SlashCommand(
            "unblock",
            ["unmute"],
            "NAME",
            "hear somebody again",
            .order,
            completes: .person,
            Commands.unblock
        ),
        SlashCommand(
            "report",
            [],
            "N REASON",
            "show message N to the moderators",
            .order,
            completes: .message,
            Commands.report
        ),
        SlashCommand("reports", [], "", "show what was reported, to decide on it", .order, Commands.reports),
    ]
}

extension Span {
    /// `30s`, `10m`, `2h`, `1d`.
    static func milliseconds(_ text: String) -> Int64? {
        guard let unit = text.last, let number = Int64(text.dropLast()), (1...100_000).contains(number) else {
            return nil
        }
        switch unit {
        case "s": return number * 1_000
        case "m": return number * 60_000
        case "h": return number * 3_600_000
        case "d": return number * 86_400_000
        default: return nil
        }
    }
}
