import ChatAPI
import Flags

/// `moderation …`: keeping order in a channel, an event or on the whole platform.
enum ModerationCommands {
    static let shape = Shape(
        "sanction",
        Sanction.self,
        name: { $0.at("name").text ?? "" },
        [
            Column("name"), Column("kind"), Column("scopeName", "SCOPE"), Column("until", "UNTIL", .time),
            Column("reason"), Column("scope", "SCOPE-ID", wide: true),
            Column("at", "SINCE", .time, wide: true), Column("by", wide: true), Column("account", wide: true),
        ]
    )

    static let scope = Argument.required(
        "SCOPE",
        .dynamic("scopes"),
        "A channel; devconf for all of an event or agency (event/devconf if a channel is called so, too); platform."
    )
    private static let reason = Option.value("reason", "TEXT", "Why; whom it is about reads it.")
    private static let duration = Option.value(
        "for",
        "DURATION",
        .span(Limits.sanctionMs),
        "For how long: 10m, 2h, 7d."
    )

    static var noun: Command<Action> {
        Command(
            "moderation",
            "Keeps order: takes people out, keeps them out, lets them read and say nothing.",
            discussion: """
                Everything is in force at once, told to whom it is about and in the audit log. Nobody acts on somebody who \
                keeps order there too, unless by a role above.
                """,
            aliases: ["mod"],
            examples: [
                Example("chatctl moderation timeout general mallory --for 10m --reason 'cool down'"),
                Example("chatctl moderation ban devconf mallory --reason spam"),
                Example("chatctl moderation ls general"),
            ],
            children: { [list, kick, ban, timeOut, reinstate] }
        )
    }

    private static var list: Command<Action> {
        Command(
            "ls",
            "Lists who is banned or timed out in a place: in an event, in its channels too.",
            aliases: ["list"],
            examples: [Example("chatctl moderation ls general"), Example("chatctl moderation ls platform -o wide")],
            arguments: [scope],
            options: [.value("account", "NAME", .dynamic("users"), "Only this account."), Options.limit],
            action: Action("moderation.list") { run in
                let scope = run.values.required("SCOPE")
                let account = run.values.string("account")
                try await run.list(shape) { limit, cursor in
                    try await run.call(
                        .listSanctions,
                        SanctionQuery(scope: scope, account: account, limit: limit, cursor: cursor)
                    )
                }
            }
        )
    }

    private static let kickedShape = Shape(
        "kick",
        Kicked.self,
        name: { String($0.at("channels").integer ?? 0) },
        [Column("channels", "CHANNELS", .number)]
    )

    private static var kick: Command<Action> {
        Command(
            "kick",
            "Takes people out; they may come back.",
            examples: [Example("chatctl moderation kick general mallory --reason 'wrong room' --yes")],
            arguments: [scope, Arguments.accounts(0)],
            options: [reason, Options.file("names"), Options.yes] + Options.change,
            action: Action("moderation.kick") { run in
                try await onEach(run, "Take", "out of", kickedShape, verb: "kicked") { draft, part in
                    Node(try await run.call(.kick, draft, part: part))
                }
            }
        )
    }

    private static var ban: Command<Action> {
        Command(
            "ban",
            "Takes people out and keeps them out, for a time or until they are reinstated.",
            examples: [
                Example("chatctl moderation ban general mallory --for 7d --reason spam"),
                Example("chatctl moderation ban platform mallory --yes", "Ends every session, and signs in no more."),
            ],
            arguments: [scope, Arguments.accounts(0)],
            options: [duration, reason, Options.file("names"), Options.yes] + Options.change,
            action: Action("moderation.ban") { run in
                try await onEach(run, "Ban", "from", shape, verb: "banned") { draft, part in
                    Node(try await run.call(.ban, draft, part: part))
                }
            }
        )
    }

    private static var timeOut: Command<Action> {
        Command(
            "timeout",
            "Lets people read and say nothing for a time.",
            aliases: ["time-out", "mute"],
            examples: [Example("chatctl moderation timeout general mallory --for 10m")],
            arguments: [scope, Arguments.accounts(0)],
            options: [
                .value(
                    "for",
                    "DURATION",
                    .span(Limits.sanctionMs),
                    "For how long: 10m, 2h, 7d.",
                    isRequired: true
                ), reason, Options.file("names"),
            ] + Options.change,
            action: Action("moderation.timeOut") { run in
                try await onEach(run, nil, "in", shape, verb: "timed out") { draft, part in
                    Node(try await run.call(.timeOut, draft, part: part))
                }
            }
        )
    }

    private static var reinstate: Command<Action> {
        Command(
            "reinstate",
            "Lifts bans and time-outs.",
            aliases: ["unban", "unmute"],
            examples: [Example("chatctl moderation reinstate general mallory")],
            arguments: [scope, Arguments.accounts(0)],
            options: [
                .value("kind", "KIND", .choice(SanctionKind.words.map(\.rawValue)), "Only this; both without it."),
                Options.file("names"),
            ] + Options.change,
            action: Action("moderation.reinstate") { run in
                let scope = run.values.required("SCOPE")
                let kind = run.values.string("kind").flatMap(SanctionKind.init(rawValue:))
                try await run.each(try run.inputs("NAME"), shape, verb: "reinstated") { name, part in
                    _ = try await run.call(
                        .reinstate,
                        Reinstatement(account: name, scope: scope, kind: kind),
                        part: part
                    )
                    return nil
                }
            }
        )
    }

    private static func onEach(
        _ run: Run,
        _ question: String?,
        _ preposition: String,
        _ shape: Shape,
        verb: String,
        _ body: (SanctionDraft, String?) async throws -> Node
    ) async throws {
        let scope = run.values.required("SCOPE")
        let names = try run.inputs("NAME")
        if let question {
            try run.confirm("\(question) \(UserCommands.shown(names)) \(preposition) \(VisibleText.line(scope))?")
        }
        let forMs = run.values.declares("for") ? run.milliseconds("for") : nil
        let reason = run.values.string("reason")
        try await run.each(names, shape, verb: verb) { name, part in
            try await body(SanctionDraft(account: name, scope: scope, forMs: forMs, reason: reason), part)
        }
    }
}

extension ValueKind {
    /// A duration within limits of the contract.
    static func span(_ limits: ClosedRange<Int64>) -> ValueKind {
        .duration(.milliseconds(limits.lowerBound)...(.milliseconds(limits.upperBound)))
    }
}

extension Run {
    /// A duration option in milliseconds; nil if it was not given.
    func milliseconds(_ option: String) -> Int64? {
        values.duration(option).map { duration in
            let (seconds, attoseconds) = duration.components
            return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        }
    }
}
