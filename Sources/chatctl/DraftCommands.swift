import ChatAPI
import Flags

/// `draft …`: texts that are being written.
enum DraftCommands {
    static let shape = Shape(
        "draft",
        Draft.self,
        name: { $0.at("channelName").text ?? "" },
        [
            Column("channelName", "CHANNEL"), Column("text"), Column("replyTo", "REPLY-TO", .number, wide: true),
            Column("channel", "CHANNEL-ID", wide: true), Column("version", "VERSION", .number, wide: true),
        ]
    )

    /// A register `draft/CHANNEL-ID` as people know it.
    struct Draft: Codable {
        var channel: ChannelID
        var channelName: String
        /// Absent once it is cleared.
        var text: String?
        var replyTo: Int64?
        var version: Int64

        init(_ register: Register, of channel: ChannelID, named title: String) {
            self.channel = channel
            channelName = title
            text = register.value?["text"]?.string
            replyTo = register.value?["replyTo"]?.integer
            version = register.version
        }
    }

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
            action: Action("registers.list", "me.get") { run in
                let drafts = try await run.call(.listRegisters, RegisterQuery(prefix: "draft/")).items
                let channels = try await run.call(.me).channels.map(\.channel)
                await run.meetPeople(of: channels)
                let list = try run.output.list(shape)
                for channel in channels {
                    let key = "draft/\(channel.id)"
                    guard let draft = drafts.first(where: { $0.key == key && $0.value != nil }) else { continue }
                    list.add(Node(Draft(draft, of: channel.id, named: run.people.title(channel))))
                }
                list.end()
            }
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
                let channel = try await run.channel(run.values.required("CHANNEL"))
                let title = await run.title(channel)
                let missing = "there is no draft for \(VisibleText.line(title))"
                let register = try await RegisterCommands.register(run, "draft/\(channel.id)", orSay: missing)
                try run.output.one(Node(Draft(register, of: channel.id, named: title)), shape)
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
                let text = try run.text(limit: Limits.draftBytes)
                let reply = run.values.int("reply-to").map(Int64.init)
                try await change(run, text, reply, "kept")
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
                try await change(run, "", nil, "cleared")
            }
        )
    }

    private static func change(_ run: Run, _ text: String, _ replyTo: Int64?, _ verb: String) async throws {
        let channel = try await run.channel(run.values.required("CHANNEL"))
        let title = await run.title(channel)
        let register = try await run.call(.setDraft, DraftChange(channel: channel.id, text: text, replyTo: replyTo))
        let draft = Node(Draft(register, of: channel.id, named: title))
        try run.changed(draft, shape, "\(verb) the draft of \(VisibleText.line(title))")
    }
}
