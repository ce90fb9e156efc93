import ChatAPI
import Flags

/// `draft …`: texts that are being written.
enum DraftCommands {
    static var noun: Command<Action> {
        Command(
            "draft",
            "Texts that are being written, the same on every device.",
            aliases: ["drafts"],
            examples: [Example("chatctl draft set general 'Dear all,'"), Example("chatctl draft ls")],
            children: { [list, show, set, clear] }
        )
    }

    private static var list: Command<Action> {
        Command(
            "ls",
            "Lists drafts.",
            aliases: ["list"],
            examples: [Example("chatctl draft ls")],
            action: Action("registers.list") { run in try await RegisterCommands.print(run, prefix: "draft/") }
        )
    }

    private static var show: Command<Action> {
        Command(
            "show",
            "Shows the draft of a channel.",
            aliases: ["get"],
            examples: [Example("chatctl draft show general")],
            arguments: [Arguments.channel],
            action: Action("registers.list", "channels.get") { run in
                let id = try await run.channelID(run.values.required("CHANNEL"))
                try run.output.one(
                    Node(try await RegisterCommands.register(run, "draft/\(id)")),
                    RegisterCommands.shape
                )
            }
        )
    }

    private static var set: Command<Action> {
        Command(
            "set",
            "Keeps a text as the draft of a channel.",
            examples: [
                Example("chatctl draft set general 'Dear all,'"), Example("chatctl draft set general - < letter.txt"),
            ],
            arguments: [Arguments.channel, Arguments.text],
            options: [
                .value("reply-to", "SEQ", .integer(1...Int.max), "The number of the message it will answer.")
            ] + Options.change,
            action: Action("drafts.set", "channels.get") { run in
                let name = run.values.required("CHANNEL")
                let text = try run.text(limit: Limits.draftBytes)
                let reply = run.values.int("reply-to").map(Int64.init)
                let change = DraftChange(channel: try await run.channelID(name), text: text, replyTo: reply)
                let register = try await run.call(.setDraft, change)
                try run.changed(Node(register), RegisterCommands.shape, "kept the draft of \(VisibleText.line(name))")
            }
        )
    }

    private static var clear: Command<Action> {
        Command(
            "clear",
            "Throws the draft of a channel away.",
            aliases: ["rm"],
            examples: [Example("chatctl draft clear general")],
            arguments: [Arguments.channel],
            options: Options.change,
            action: Action("drafts.set", "channels.get") { run in
                let name = run.values.required("CHANNEL")
                let change = DraftChange(channel: try await run.channelID(name), text: "")
                let register = try await run.call(.setDraft, change)
                try run.changed(
                    Node(register),
                    RegisterCommands.shape,
                    "cleared the draft of \(VisibleText.line(name))"
                )
            }
        )
    }
}
