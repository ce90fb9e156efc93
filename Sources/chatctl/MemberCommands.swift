import ChatAPI
import Flags

/// `member …`, and the same under `channel`: who is in a channel, and as what.
enum MemberCommands {
    static let shape = Shape(
        "member",
        Member.self,
        name: { $0.at("name").text ?? "" },
        [
            Column("name"), Column("role"), Column("kind"), Column("displayName"), Column("joinedAt", "JOINED", .time),
            Column("account", wide: true),
        ]
    )

    static var noun: Command<Action> {
        Command(
            "member",
            "Members of channels.",
            aliases: ["members"],
            examples: [Example("chatctl member ls general"), Example("chatctl member role general ana admin")],
            children: { [list("ls"), add, remove, role] }
        )
    }

    static func list(_ name: String) -> Command<Action> {
        Command(
            name,
            "Lists a channel's members.",
            examples: [Example("chatctl channel members general"), Example("chatctl member ls general --query an")],
            arguments: [Arguments.channel],
            options: [.value("query", "TEXT", "Only names that contain this."), Options.limit],
            action: Action("members.list") { run in
                let channel = try await run.channelKey(run.values.required("CHANNEL"))
                let query = run.values.string("query")
                try await run.list(shape) { limit, cursor in
                    try await run.call(
                        .listMembers,
                        MemberQuery(channel: channel, query: query, limit: limit, cursor: cursor)
                    )
                }
            }
        )
    }

    static var add: Command<Action> {
        Command(
            "add",
            "Adds people to a channel one administers, or to a direct conversation one is in.",
            examples: [Example("chatctl channel add crew ana bob"), Example("chatctl channel add crew -f names.txt")],
            arguments: [Arguments.channel, Arguments.accounts(0)],
            options: [Options.file("names")] + Options.change,
            action: Action("members.add") { run in
                let channel = try await run.channelKey(run.values.required("CHANNEL"))
                try await run.each(try run.inputs("NAME"), shape, verb: "added") { name, part in
                    Node(try await run.call(.addMember, MemberRef(channel: channel, account: name), part: part))
                }
            }
        )
    }

    static var remove: Command<Action> {
        Command(
            "remove",
            "Takes members out of a channel.",
            aliases: ["kick"],
            examples: [Example("chatctl channel remove crew mallory --yes")],
            arguments: [Arguments.channel, Arguments.accounts(0)],
            options: [Options.file("names"), Options.yes] + Options.change,
            action: Action("members.remove") { run in
                let name = run.values.required("CHANNEL")
                let names = try run.inputs("NAME")
                try run.confirm("Take \(UserCommands.shown(names)) out of \(VisibleText.line(name))?")
                let channel = try await run.channelKey(name)
                try await run.each(names, shape, verb: "removed") { name, part in
                    _ = try await run.call(.removeMember, MemberRef(channel: channel, account: name), part: part)
                    return nil
                }
            }
        )
    }

    static var role: Command<Action> {
        Command(
            "role",
            "Makes a member an admin, or an admin a member; the last admin stays.",
            examples: [Example("chatctl channel role crew ana admin")],
            arguments: [
                Arguments.channel, Arguments.account,
                .required("ROLE", .choice(MemberRole.words.map(\.rawValue)), "The new role."),
            ],
            options: Options.change,
            action: Action("members.setRole") { run in
                let text = run.values.required("ROLE")
                guard let role = MemberRole(word: text) else { throw Failure.usage("ROLE must be member or admin") }
                let change = MemberChange(
                    channel: run.values.required("CHANNEL"),
                    account: run.values.required("NAME"),
                    role: role
                )
                let member = try await run.call(.changeMember, change)
                let who = VisibleText.line(change.account)
                try run.changed(Node(member), shape, "made \(who) \(text) of \(VisibleText.line(change.channel))")
            }
        )
    }
}
