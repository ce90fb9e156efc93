import ChatAPI
import Flags

/// `block …`: whom one does not want to hear. Nobody else can tell.
enum BlockCommands {
    static let shape = Shape(
        "block",
        Block.self,
        name: { $0.at("name").text ?? "" },
        [Column("name"), Column("kind"), Column("at", "SINCE", .time), Column("account", wide: true)]
    )

    static var noun: Command<Action> {
        Command(
            "block",
            "Whom one does not want to hear.",
            discussion: """
                Mentions of somebody who is muted do not count. Of somebody who is blocked nothing is shown in direct \
                conversations besides. They cannot tell: what they send is answered, counted and kept as ever.
                """,
            aliases: ["blocks"],
            examples: [Example("chatctl block add mallory"), Example("chatctl block add chatterbox --mute")],
            children: { [list, add, remove] }
        )
    }

    private static var list: Command<Action> {
        Command(
            "ls",
            "Lists whom one has blocked or muted.",
            aliases: ["list"],
            examples: [Example("chatctl block ls")],
            action: Action("blocks.list") { run in
                try await run.list(shape) { _, _ in try await run.call(.listBlocks) }
            }
        )
    }

    private static var add: Command<Action> {
        Command(
            "add",
            "Blocks people, or mutes them.",
            examples: [Example("chatctl block add mallory"), Example("chatctl block add mallory --mute")],
            arguments: [Arguments.accounts(0)],
            options: [
                .flag("mute", "Mutes: what they say is shown, and their mentions do not count."), Options.file("names"),
            ]
                + Options.change,
            action: Action("blocks.set") { run in
                let kind: BlockKind = run.values.flag("mute") ? .mute : .block
                try await run.each(try run.inputs("NAME"), shape, verb: kind == .mute ? "muted" : "blocked") {
                    name,
                    part in
                    Node(try await run.call(.setBlock, BlockDraft(account: name, kind: kind), part: part))
                }
            }
        )
    }

    private static var remove: Command<Action> {
        Command(
            "remove",
            "Hears people again; what was hidden stays hidden.",
            aliases: ["rm"],
            examples: [Example("chatctl block remove mallory")],
            arguments: [Arguments.accounts(0)],
            options: [Options.file("names")] + Options.change,
            action: Action("blocks.remove") { run in
                try await run.each(try run.inputs("NAME"), shape, verb: "unblocked") { name, part in
                    _ = try await run.call(.removeBlock, AccountRef(name), part: part)
                    return nil
                }
            }
        )
    }
}
