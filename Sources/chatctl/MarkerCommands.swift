import ChatAPI
import Flags

/// `marker …`: how far one has read.
enum MarkerCommands {
    static let shape = Shape(
        "marker",
        UnreadView.self,
        name: { $0.at("channelName").text ?? "" },
        [
            Column("channelName", "CHANNEL"), Column("unread", "UNREAD", .number),
            Column("mentions", "MENTIONS", .number),
            Column("marker", "READ-TO", .number), Column("channel", "CHANNEL-ID", wide: true),
        ]
    )

    struct UnreadView: Codable {
        var channel: ChannelID
        var channelName: String
        var marker: Int64
        var unread: Int64
        var mentions: Int64
    }

    private static func node(_ unread: Unread, _ name: String) -> Node {
        Node(
            UnreadView(
                channel: unread.channel,
                channelName: name,
                marker: unread.marker,
                unread: unread.unread,
                mentions: unread.mentions
            )
        )
    }

    static var noun: Command<Action> {
        Command(
            "marker",
            "How far one has read, and what is unread.",
            aliases: ["markers", "unread"],
            examples: [Example("chatctl marker ls --unread"), Example("chatctl marker set general")],
            children: { [list, show, set] }
        )
    }

    private static var list: Command<Action> {
        Command(
            "ls",
            "Lists one's channels with what is unread.",
            aliases: ["list"],
            examples: [Example("chatctl marker ls --unread")],
            options: [.flag("unread", "Only where something is.")],
            action: Action("me.get") { run in
                let me = try await run.call(.me)
                let list = try run.output.list(shape)
                for joined in me.channels where joined.unread.unread > 0 || !run.values.flag("unread") {
                    list.add(node(joined.unread, await run.title(joined.channel)))
                }
                list.end()
            }
        )
    }

    private static var show: Command<Action> {
        Command(
            "show",
            "Shows what is unread in a channel.",
            aliases: ["get"],
            examples: [Example("chatctl marker show general")],
            arguments: [Arguments.channel],
            action: Action("me.get", "channels.get") { run in
                let channel = try await run.channel(run.values.required("CHANNEL"))
                let me = try await run.call(.me)
                guard let joined = me.channels.first(where: { $0.channel.id == channel.id }) else {
                    throw APIError(.notMember, "you are not a member of \(run.values.required("CHANNEL"))")
                }
                try run.output.one(node(joined.unread, await run.title(joined.channel)), shape)
            }
        )
    }

    private static var set: Command<Action> {
        Command(
            "set",
            "Says how far one has read: to the end, or to a number.",
            examples: [
                Example("chatctl marker set general"), Example("chatctl marker set general 812"),
                Example("chatctl marker set general 800 --force", "Makes newer ones unread again."),
            ],
            arguments: [
                Arguments.channel,
                .optional("SEQ", .integer(0...Int.max), "The last entry that was read; the newest if nothing is said."),
            ],
            options: [.flag("force", "Also moves backwards.")] + Options.change,
            action: Action("markers.set", "channels.get") { run in
                let channel = try await run.channel(run.values.required("CHANNEL"))
                var seq = run.values.int("SEQ").map(Int64.init)
                if seq == nil { seq = channel.head }
                let force = run.values.flag("force") ? true : nil
                let draft = MarkerDraft(channel: channel.id, seq: seq ?? 0, force: force)
                let unread = try await run.call(.setMarker, draft)
                let title = await run.title(channel)
                try run.changed(node(unread, title), shape, "read \(VisibleText.line(title)) up to \(unread.marker)")
            }
        )
    }
}
