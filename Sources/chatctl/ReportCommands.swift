import ChatAPI
import Flags

/// `report …`: showing messages to the moderators, and deciding about them.
enum ReportCommands {
    private static let shape = Shape(
        "report",
        Report.self,
        name: { $0.at("id").text ?? "" },
        [
            Column("at", "TIME", .time), Column("place", "CHANNEL"), Column("seq", "SEQ", .number),
            Column("authorName", "WROTE"), Column("byName", "REPORTED"), Column("state"), Column("reason"),
            Column("text"), Column("id"), Column("note", wide: true),
            Column("resolvedByName", "DECIDED-BY", wide: true),
            Column("resolvedAt", "DECIDED", .time, wide: true),
        ]
    )

    /// With names for the ids, and the channel as commands take it.
    private static func node(_ report: Report, _ run: Run) async -> Node {
        await run.people.meet([report.author, report.by, report.resolvedBy].compactMap(\.self), run)
        func name(_ id: AccountID?) -> Node { id.map { .text(run.people.name($0)) } ?? .null }
        let channel = report.channelName ?? report.channel.description
        return Node(report).adding("place", .text(report.spaceName.map { "\($0)/\(channel)" } ?? channel))
            .adding("authorName", name(report.author), after: "author").adding("byName", name(report.by), after: "by")
            .adding("resolvedByName", name(report.resolvedBy))
    }

    static var noun: Command<Action> {
        Command(
            "report",
            "Messages that somebody showed to the moderators.",
            aliases: ["reports"],
            examples: [
                Example("chatctl report create general/812 insults"), Example("chatctl report ls"),
                Example("chatctl report resolve 0192… --note 'timed out for a day'"),
            ],
            children: {
                [
                    list, create, decision("resolve", .resolve), decision("dismiss", .dismiss),
                    decision("reopen", .reopen),
                ]
            }
        )
    }

    private static var list: Command<Action> {
        Command(
            "ls",
            "Lists reported messages where one moderates, the oldest first.",
            aliases: ["list"],
            examples: [Example("chatctl report ls"), Example("chatctl report ls --state resolved --channel general")],
            options: [
                .value("state", "STATE", .choice(ReportState.words.map(\.rawValue)), "Which.", default: "open"),
                .value("channel", "CHANNEL", .dynamic("channels"), "Only of this channel."), Options.limit,
            ],
            action: Action("reports.list") { run in
                let state = run.values.string("state").flatMap(ReportState.init(rawValue:))
                let channel = run.values.string("channel")
                try await run.list(shape, node: { await node($0, run) }) { limit, cursor in
                    try await run.call(
                        .listReports,
                        ReportQuery(state: state, channel: channel, limit: limit, cursor: cursor)
                    )
                }
            }
        )
    }

    private static var create: Command<Action> {
        Command(
            "create",
            "Shows a message to the moderators.",
            examples: [Example("chatctl report create general/812 'insults people'")],
            arguments: [Arguments.message, .rest("REASON", minimum: 1, "What is wrong with it.")],
            options: Options.change,
            action: Action("reports.create") { run in
                let message = try run.message(run.values.required("MESSAGE"))
                let reason = run.values.strings("REASON").joined(separator: " ")
                let channel = try await run.channelID(message.channel)
                let draft = ReportDraft(channel: channel.description, seq: message.seq, reason: reason)
                let report = try await run.call(.report, draft)
                try run.changed(
                    await node(report, run),
                    shape,
                    "reported \(VisibleText.line(run.values.required("MESSAGE")))"
                )
            }
        )
    }

    private static func decision(_ name: String, _ action: ReportAction) -> Command<Action> {
        let summary =
            switch action {
            case .resolve: "Says that something was done about reports."
            case .dismiss: "Says that nothing had to be done about reports."
            case .reopen: "Opens decided reports again."
            }
        let verb =
            switch action {
            case .resolve: "resolved"
            case .dismiss: "dismissed"
            case .reopen: "reopened"
            }
        return Command(
            name,
            summary,
            examples: [Example("chatctl report \(name) 0192…")],
            arguments: [.rest("ID", .dynamic("reports"), minimum: 0, "Reports, by id.")],
            options: [.value("note", "TEXT", "For other moderators."), Options.file("ids")] + Options.change,
            action: Action("reports.decide") { run in
                let note = run.values.string("note")
                try await run.each(try run.inputs("ID"), shape, verb: verb) { text, part in
                    guard let id = ReportID(text) else {
                        throw Failure.usage("ID must be a report's id, not \"\(VisibleText.line(text))\"")
                    }
                    let decision = ReportDecision(report: id, action: action, note: note)
                    return await node(try await run.call(.decideReport, decision, part: part), run)
                }
            }
        )
    }
}
