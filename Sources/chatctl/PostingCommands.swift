import ChatAPI
import Flags

/// `channel posting|rules`, `emergency …`: who may write where, and how often.
enum PostingCommands {
    static let shape = Shape(
        "posting",
        Posting.self,
        name: { $0.at("channelName").text ?? $0.at("channel").text ?? "" },
        [
            Column("channelName", "CHANNEL"), Column("slowModeMs", "SLOW-MODE", .duration),
            Column("ruleWords", "RULES", .sentences), Column("may"), Column("emergency.voice", "EMERGENCY"),
            Column("emergency.until", "UNTIL", .time), Column("channel", "ID", wide: true),
        ]
    )

    /// With the channel's name, and its rules in words.
    private static func node(_ posting: Posting, _ run: Run) async -> Node {
        var name: String?
        if let channel = try? await run.call(.channel, ChannelRef(posting.channel)) { name = await run.title(channel) }
        return Node(posting)
            .adding("channelName", name.map { .text($0) } ?? .null, after: "channel")
            .adding("ruleWords", .list(posting.rules.flatMap(words).map { .text($0) }), after: "rules")
    }

    /// `speaker may post`, `everyone may not post, pin`.
    private static func words(_ rule: PostingRule) -> [String] {
        [("may", rule.allow), ("may not", rule.deny)].filter { !$0.1.isEmpty }.map { verb, acts in
            "\(rule.group.rawValue) \(verb) \(acts.map(\.rawValue).joined(separator: ", "))"
        }
    }

    static var posting: Command<Action> {
        Command(
            "posting",
            "Shows who may write in a channel, how often, and what one may oneself.",
            examples: [Example("chatctl channel posting general")],
            arguments: [Arguments.channel],
            action: Action("posting.get", "channels.get") { run in
                let posting = try await run.call(.posting, ChannelRef(run.values.required("CHANNEL")))
                try run.output.one(await node(posting, run), shape)
            }
        )
    }

    static var rules: Command<Action> {
        Command(
            "rules",
            "Sets slow mode and who may write in a channel.",
            discussion: """
                A rule is GROUP:ACTS; groups are everyone, guest and speaker, acts post, react, pin, mentionAll and draw. \
                Admins and moderators always may. --allow and --deny take the place of all rules there were; --open takes \
                them away, and slow mode with them.
                """,
            examples: [
                Example("chatctl channel rules general --slow 30s"),
                Example(
                    "chatctl channel rules stage --deny everyone:post --allow speaker:post",
                    "Read-only for the audience."
                ),
                Example("chatctl channel rules general --open"),
            ],
            arguments: [Arguments.channel],
            options: [
                .value(
                    "slow",
                    "DURATION",
                    .span(0...Limits.slowModeMs.upperBound),
                    "Between two messages of one person; 0s for none."
                ),
                .repeated("allow", "GROUP:ACT,...", "What a group may."),
                .repeated("deny", "GROUP:ACT,...", "What a group may not."),
                .flag("open", "Everybody may write, as often as they like."),
            ] + Options.change,
            action: Action("posting.set", "channels.get") { run in
                let channel = run.values.required("CHANNEL")
                var change = PostingChange(channel: channel, slowModeMs: run.milliseconds("slow"))
                if run.values.flag("open") {
                    change.slowModeMs = change.slowModeMs ?? 0
                    change.rules = []
                }
                let rules = try rules(run)
                if !rules.isEmpty { change.rules = rules }
                guard change.slowModeMs != nil || change.rules != nil else {
                    throw Failure.usage("say what is to change: --slow, --allow, --deny or --open")
                }
                let posting = try await run.call(.setPosting, change)
                try run.changed(
                    await node(posting, run),
                    shape,
                    "changed who may write in \(VisibleText.line(channel))"
                )
            }
        )
    }

    private static func rules(_ run: Run) throws -> [PostingRule] {
        var rules: [PostingGroup: PostingRule] = [:]
        // A value may hold commas, which the option splits: what has no group belongs to the one before.
        for (option, isAllowed) in [("allow", true), ("deny", false)] {
            var group: PostingGroup?
            for word in run.values.list(option) {
                let parts = word.split(separator: ":", maxSplits: 1).map(String.init)
                if parts.count == 2 {
                    guard let named = PostingGroup(word: parts[0]) else {
                        throw Failure.usage(
                            "there is no group \"\(VisibleText.line(parts[0]))\": everyone, guest or speaker"
                        )
                    }
                    group = named
                }
                guard let group, let act = parts.last.flatMap(PostingAct.init(rawValue:)) else {
                    throw Failure.usage("\"\(VisibleText.line(word))\" is not GROUP:ACT, such as everyone:post")
                }
                if isAllowed {
                    rules[group, default: PostingRule(group)].allow.append(act)
                } else {
                    rules[group, default: PostingRule(group)].deny.append(act)
                }
            }
        }
        return PostingGroup.words.compactMap { rules[$0] }
    }

    // MARK: - Emergencies

    private static let emergencyShape = Shape(
        "emergency",
        Emergency.self,
        name: { $0.at("scope").text ?? "" },
        [
            Column("scopeName", "SCOPE"), Column("voice"), Column("until", "UNTIL", .time), Column("reason"),
            Column("scope", "SCOPE-ID", wide: true),
            Column("at", "SINCE", .time, wide: true), Column("by", wide: true),
        ]
    )

    static var emergency: Command<Action> {
        Command(
            "emergency",
            "The emergency switch: in a whole event only some may speak, for a time.",
            examples: [
                Example("chatctl emergency start devconf --for 15m --reason 'please leave the hall'"),
                Example("chatctl emergency end devconf"),
            ],
            children: { [list, start, end] }
        )
    }

    private static var list: Command<Action> {
        Command(
            "ls",
            "Lists the emergencies that are on.",
            aliases: ["list"],
            examples: [Example("chatctl emergency ls")],
            action: Action("emergencies.list") { run in
                try await run.list(emergencyShape) { _, _ in try await run.call(.listEmergencies) }
            }
        )
    }

    private static var start: Command<Action> {
        Command(
            "start",
            "Lets only moderators and speakers write in a place, until it ends by itself.",
            examples: [Example("chatctl emergency start devconf --for 15m --voice moderators --yes")],
            arguments: [ModerationCommands.scope],
            options: [
                .value(
                    "for",
                    "DURATION",
                    .span(Limits.emergencyMs),
                    "For how long, a minute to a day.",
                    isRequired: true
                ),
                .value(
                    "voice",
                    "WHO",
                    .choice(EmergencyVoice.words.map(\.rawValue)),
                    "Who may still speak.",
                    default: EmergencyVoice.speakers.rawValue
                ), .value("reason", "TEXT", "Why; everybody reads it."), Options.yes,
            ] + Options.change,
            action: Action("emergencies.start") { run in
                let scope = run.values.required("SCOPE")
                try run.confirm("Let only some people speak in \(VisibleText.line(scope))?")
                let draft = EmergencyDraft(
                    scope: scope,
                    voice: run.values.string("voice").flatMap(EmergencyVoice.init(rawValue:)),
                    forMs: run.milliseconds("for") ?? 0,
                    reason: run.values.string("reason")
                )
                let emergency = try await run.call(.startEmergency, draft)
                try run.changed(Node(emergency), emergencyShape, "switched \(VisibleText.line(scope)) to emergency")
            }
        )
    }

    private static var end: Command<Action> {
        Command(
            "end",
            "Lets everybody speak again.",
            examples: [Example("chatctl emergency end devconf")],
            arguments: [ModerationCommands.scope],
            options: Options.change,
            action: Action("emergencies.end") { run in
                let scope = run.values.required("SCOPE")
                _ = try await run.call(.endEmergency, ScopeRef(scope))
                try run.done("ended", scope)
            }
        )
    }
}
