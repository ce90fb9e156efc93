import ChatAPI
import Flags

/// `dm …`: direct conversations.
enum DirectCommands {
    private static let people = Argument.required(
        "PEOPLE",
        .dynamic("users"),
        "The others, by name or id, with commas between them: ana,bob."
    )

    static var noun: Command<Action> {
        Command(
            "dm",
            "Direct conversations.",
            aliases: ["direct"],
            examples: [Example("chatctl dm post ana 'Are you there?'"), Example("chatctl dm tail -f ana,bob")],
            children: { [open, list, post, tail] }
        )
    }

    /// As channels are written: `@ana,bob`.
    private static func name(_ run: Run) -> String {
        let people = run.values.required("PEOPLE")
        return people.hasPrefix("@") ? people : "@" + people
    }

    private static var open: Command<Action> {
        Command(
            "open",
            "Opens the direct conversation with these people, or finds the one there is.",
            examples: [Example("chatctl dm open ana"), Example("chatctl dm open ana bob -o name")],
            arguments: [.rest("PEOPLE", .dynamic("users"), minimum: 1, "The others, by name or id.")],
            options: Options.change,
            action: Action("directs.open") { run in
                let people = run.values.list("PEOPLE").map { String($0.drop { $0 == "@" }) }
                let channel = try await run.call(.openDirect, DirectDraft(people: people))
                let node = await ChannelCommands.node(channel, run)
                try run.changed(node, ChannelCommands.shape, "opened \(VisibleText.line(await run.title(channel)))")
            }
        )
    }

    private static var list: Command<Action> {
        Command(
            "ls",
            "Lists one's direct conversations.",
            aliases: ["list"],
            examples: [Example("chatctl dm ls")],
            options: [Options.limit],
            action: Action("channels.list") { run in
                try await ChannelCommands.print(run, joined: true, query: nil) { $0.kind == .direct }
            }
        )
    }

    private static var post: Command<Action> {
        Command(
            "post",
            "Sends a direct message.",
            aliases: ["send", "say"],
            examples: [Example("chatctl dm post ana 'Are you there?'"), Example("df -h | chatctl dm post ana,bob -")],
            arguments: [people, Arguments.text],
            options: ChannelTalk.postOptions,
            action: Action("directs.open", "messages.send") { run in
                let channel = try await run.channel(name(run), opens: true)
                do {
                    try await ChannelTalk.send(run, to: channel)
                } catch let error as APIError where run.isDryRun && error.code == .notFound {
                    // Nothing was opened, so there is nothing to send to: all that can be tried has been.
                    try run.done("sent", name(run), "opened \(VisibleText.line(await run.title(channel))) and sent")
                }
            }
        )
    }

    private static var tail: Command<Action> {
        Command(
            "tail",
            "Shows the last entries of a direct conversation, and goes on with -f.",
            examples: [Example("chatctl dm tail ana"), Example("chatctl dm tail -f ana,bob")],
            arguments: [people],
            options: ChannelTalk.tailOptions,
            action: Action("directs.open", "entries.list", "sync") { run in
                try await ChannelTalk.show(run, try await run.channel(name(run)))
            }
        )
    }
}
