import ChatAPI
import Flags

/// `message mentions`: who called one, over all channels.
enum MentionCommands {
    private static let shape = Shape(
        "mention",
        Mention.self,
        name: EntryView.name,
        [
            Column("at", "TIME", .time), Column("channelName", "CHANNEL"), Column("seq", "SEQ", .number),
            Column("byName", "BY"), Column("text"), Column("isUnread", "UNREAD"),
            Column("channel", "CHANNEL-ID", wide: true), Column("by", "BY-ID", wide: true),
        ]
    )

    static var mentions: Command<Action> {
        Command(
            "mentions",
            "Lists who called one by name or with @all, newest first, over all channels.",
            aliases: ["inbox"],
            examples: [
                Example("chatctl message mentions --unread"), Example("chatctl message mentions -n 20 -o wide"),
            ],
            options: [.flag("unread", "Only what one has not read."), Options.limit],
            action: Action("mentions.list") { run in
                let unread = run.values.flag("unread") ? true : nil
                try await run.list(shape, node: { node($0, run) }) { limit, cursor in
                    let page = try await run.call(
                        .listMentions,
                        MentionQuery(unread: unread, limit: limit, cursor: cursor)
                    )
                    await run.people.meet(EntryView.people(in: page.items.map(\.entry)), run)
                    return page
                }
            }
        )
    }

    /// The message itself, with where it was said.
    private static func node(_ mention: Mention, _ run: Run) -> Node {
        EntryView.node(mention.entry, channel: mention.channelName, run.people)
            .adding("isUnread", .bool(mention.isUnread), after: "text")
    }
}
