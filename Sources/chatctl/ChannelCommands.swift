import ChatAPI
import Flags

/// `channel …`: channels themselves. What is said in them is in `ChannelTalk.swift`, who is in them in
/// `MemberCommands.swift`.
enum ChannelCommands {
    static let shape = Shape(
        "channel",
        Channel.self,
        name: { node in
            guard let name = node.at("name").text else { return node.at("id").text ?? "" }
            return node.at("spaceName").text.map { "\($0)/\(name)" } ?? name
        },
        [
            Column("title", "NAME"), Column("kind"), Column("memberCount", "MEMBERS", .number),
            Column("role", "MY-ROLE"),
            Column("hasSecret", "SECRET"), Column("head", "HEAD", .number), Column("topic"), Column("id", wide: true),
            Column("createdAt", "CREATED", .time, wide: true), Column("createdBy", wide: true),
            Column("version", "VERSION", .number, wide: true), Column("name", "NAME", wide: true),
        ]
    )

    static var noun: Command<Action> {
        Command(
            "channel",
            "Channels: named timelines with members.",
            aliases: ["channels"],
            examples: [
                Example("chatctl channel ls"), Example("chatctl channel create general --topic 'Everything'"),
                Example("chatctl channel tail -f general"),
            ],
            children: {
                [
                    list, create, show, edit, delete, join, leave, MemberCommands.list("members"),
                    MemberCommands.add, MemberCommands.remove, MemberCommands.role, ChannelTalk.post,
                    ChannelTalk.tail, ChannelTalk.export, PresenceCommands.presence, PresenceCommands.typing,
                    PostingCommands.posting, PostingCommands.rules, BreakGlassCommands.breakGlass,
                ]
            }
        )
    }

    /// With a title: a direct conversation has no name, but people.
    static func node(_ channel: Channel, _ run: Run) async -> Node {
        Node(channel).adding("title", .text(await run.title(channel)), after: "kind")
    }

    private static var list: Command<Action> {
        Command(
            "ls",
            "Lists the channels one may see, and one's direct conversations.",
            aliases: ["list"],
            examples: [
                Example("chatctl channel ls"), Example("chatctl channel ls --joined -o wide"),
                Example("chatctl channel ls -o name | xargs -n1 chatctl channel show"),
            ],
            options: [
                .value("query", "TEXT", "Only names or topics that contain this."),
                .flag("joined", "Only those one is in."), Options.limit,
            ],
            action: Action("channels.list") { run in
                try await print(run, joined: run.values.flag("joined"), query: run.values.string("query")) { _ in true }
            }
        )
    }

    static func print(_ run: Run, joined: Bool, query: String?, where isWanted: (Channel) -> Bool) async throws {
        try await run.list(
            shape,
            node: { channel in
                Node(channel).adding("title", .text(run.people.title(channel)), after: "kind")
            },
            where: isWanted
        ) { limit, cursor in
            let page = try await run.call(
                .listChannels,
                ChannelQuery(query: query, joined: joined ? true : nil, limit: limit, cursor: cursor)
            )
            await run.meetPeople(of: page.items)
            return page
        }
    }

    private static var create: Command<Action> {
        Command(
            "create",
            "Makes channels and joins them as their admin.",
            examples: [
                Example("chatctl channel create general --topic 'Everything'"),
                Example("chatctl channel create crew --secret-file secret.txt", "Joining takes the secret."),
                Example("chatctl channel create -f names.txt"),
            ],
            arguments: [.rest("CHANNEL", "Names: 2 to 48 letters, digits, _ - and .")],
            options: [
                Options.file("names"), .value("topic", "TEXT", "What it is about."),
                .value("event", "EVENT", .dynamic("events"), "Makes them in the space of this event."),
                .value(
                    "kind",
                    "KIND",
                    .choice([ChannelKind.text, .announce, .staff].map(\.rawValue)),
                    "Where everybody writes, where only organizers do, or where only staff reads; goes with --event."
                ),
                .value(
                    "secret-file",
                    "FILE",
                    .file,
                    "A file whose first line is the join secret; - is standard input."
                ),
            ] + Options.change,
            action: Action("channels.create", "events.get") { run in
                let kind = run.values.string("kind").flatMap(ChannelKind.init(rawValue:))
                var space: Scope?
                if let event = run.values.string("event") {
                    space = .event(try await run.call(.event, EventRef(event)).id)
                } else if kind != nil {
                    throw Failure.usage("--kind goes with --event")
                }
                let topic = run.values.string("topic")
                let secret =
                    run.values.string("secret-file") == nil ? nil : try run.secret("secret-file", "Join secret")
                try await run.each(try run.inputs("CHANNEL"), shape, verb: "created") { name, part in
                    let draft = ChannelDraft(name: plain(name), topic: topic, secret: secret, space: space, kind: kind)
                    return await node(try await run.call(.createChannel, draft, part: part), run)
                }
            }
        )
    }

    /// A name as it is typed in chat, `#general`, as it is made.
    private static func plain(_ name: String) -> String { name.hasPrefix("#") ? String(name.dropFirst()) : name }

    private static var show: Command<Action> {
        Command(
            "show",
            "Shows a channel.",
            aliases: ["get"],
            examples: [Example("chatctl channel show general"), Example("chatctl channel show @ana")],
            arguments: [Arguments.channel],
            action: Action("channels.get") { run in
                let channel = try await run.channel(run.values.required("CHANNEL"))
                try run.output.one(await node(channel, run), shape)
            }
        )
    }

    private static var edit: Command<Action> {
        Command(
            "edit",
            "Changes a channel's name, topic or join secret.",
            examples: [
                Example("chatctl channel edit general --topic 'Everything else'"),
                Example(
                    "chatctl channel edit general --topic '' --if-match 3",
                    "Without a topic, if nobody was faster."
                ),
            ],
            arguments: [Arguments.channel],
            options: [
                .value("name", "NAME", "A new name."), .value("topic", "TEXT", "A new topic; an empty one removes it."),
                .value(
                    "secret-file",
                    "FILE",
                    .file,
                    "A file whose first line is the new join secret; - is standard input."
                ),
                .flag("no-secret", "Removes the join secret."), Options.ifMatch,
            ] + Options.change,
            action: Action("channels.update") { run in
                let hasFile = run.values.string("secret-file") != nil
                let isOpened = run.values.flag("no-secret")
                if hasFile, isOpened { throw Failure.usage("--secret-file and --no-secret exclude each other") }
                let change = ChannelChange(
                    channel: run.values.required("CHANNEL"),
                    name: run.values.string("name"),
                    topic: run.values.string("topic"),
                    secret: hasFile ? try run.secret("secret-file", "Join secret") : isOpened ? "" : nil
                )
                guard change.name != nil || change.topic != nil || change.secret != nil else {
                    throw Failure.usage("nothing to change: give --name, --topic, --secret-file or --no-secret")
                }
                let channel = try await run.call(.changeChannel, change)
                try run.changed(await node(channel, run), shape, "changed \(VisibleText.line(change.channel))")
            }
        )
    }

    private static var delete: Command<Action> {
        Command(
            "delete",
            "Deletes a channel with everything in it.",
            aliases: ["rm"],
            examples: [Example("chatctl channel delete attic --confirm attic")],
            arguments: [Arguments.channel],
            options: [Options.confirm("channel")] + Options.change,
            action: Action("channels.delete") { run in
                let name = run.values.required("CHANNEL")
                try run.confirm("This deletes \(VisibleText.line(name)) and everything said in it.", name: name)
                _ = try await run.call(.deleteChannel, ChannelRef(name))
                try run.done("deleted", name)
            }
        )
    }

    private static var join: Command<Action> {
        Command(
            "join",
            "Joins channels.",
            examples: [
                Example("chatctl channel join general"), Example("chatctl channel join crew --secret-file secret.txt"),
            ],
            arguments: [Arguments.channels(0)],
            options: [
                Options.file("channels"),
                .value(
                    "secret-file",
                    "FILE",
                    .file,
                    "A file whose first line is the join secret; - is standard input."
                ),
                .flag("secret", "Asks for the join secret."),
            ] + Options.change,
            action: Action("channels.join") { run in
                let hasSecret = run.values.flag("secret") || run.values.string("secret-file") != nil
                let secret = hasSecret ? try run.secret("secret-file", "Join secret") : nil
                try await run.each(try run.inputs("CHANNEL"), shape, verb: "joined") { name, part in
                    await node(
                        try await run.call(.joinChannel, ChannelJoin(channel: name, secret: secret), part: part),
                        run
                    )
                }
            }
        )
    }

    private static var leave: Command<Action> {
        Command(
            "leave",
            "Leaves channels.",
            examples: [Example("chatctl channel leave attic")],
            arguments: [Arguments.channels(0)],
            options: [Options.file("channels")] + Options.change,
            action: Action("channels.leave") { run in
                try await run.each(try run.inputs("CHANNEL"), shape, verb: "left") { name, part in
                    _ = try await run.call(.leaveChannel, ChannelRef(name), part: part)
                    return nil
                }
            }
        )
    }
}
