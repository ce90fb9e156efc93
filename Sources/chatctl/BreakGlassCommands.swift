import ChatAPI
import Flags

/// `channel break-glass`: reading a private conversation of others, with a reason that is audited and shown to both sides.
enum BreakGlassCommands {
    static let shape = Shape(
        "glass",
        BrokenGlass.self,
        name: { $0.at("channel").text ?? "" },
        [Column("channel"), Column("reason"), Column("at", "SINCE", .time), Column("until", "UNTIL", .time)]
    )

    static var breakGlass: Command<Action> {
        Command(
            "break-glass",
            "Lets you read a private conversation of others for an hour.",
            discussion: """
                For emergencies. The reason stands in the audit log and in the conversation itself, where both sides read it. \
                Only reading: nothing can be written there.
                """,
            examples: [Example("chatctl channel break-glass CHANNEL --reason 'Threats were reported, case 17'")],
            arguments: [Arguments.channel],
            options: [.value("reason", "TEXT", "Why: audited, and shown to both sides."), Options.yes] + Options.change,
            action: Action("channels.breakGlass") { run in
                let channel = run.values.required("CHANNEL")
                guard let reason = run.values.string("reason") else {
                    throw Failure.usage("say why with --reason: both sides read it")
                }
                try run.confirm("Read \(channel)? Both sides are told, with the reason.")
                let glass = try await run.call(.breakGlass, GlassDraft(channel: channel, reason: reason))
                try run.output.one(Node(glass), shape)
            }
        )
    }
}
