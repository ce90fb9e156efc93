import ChatAPI
import ChatKit
import Flags

/// `channel presence|typing`: who is there, and who is writing.
enum PresenceCommands {
    static let shape = Shape(
        "person",
        Presence.self,
        name: { $0.at("name").text ?? $0.at("account").text ?? "" },
        [
            Column("name"), Column("state"), Column("statusText", "STATUS"), Column("account", wide: true),
        ]
    )

    private static let watch = Option.flag("watch", short: "w", "Goes on with what changes, until Ctrl-C.")

    static var presence: Command<Action> {
        Command(
            "presence",
            "Shows who of a channel is there; with --watch, who comes and goes.",
            examples: [
                Example("chatctl channel presence general"), Example("chatctl channel presence general --watch"),
            ],
            arguments: [Arguments.channel],
            options: [watch],
            action: Action("presence.list", "channels.get", "view.set") { run in
                let channel = try await run.channel(run.values.required("CHANNEL"))
                let page = try await run.call(.presence, ChannelRef(channel.id))
                await run.people.meet(page.people.map(\.account), run)
                let isWatching = run.values.flag("watch")
                let list = try run.output.list(shape, isEndless: isWatching)
                for person in page.people { list.add(node(person, run)) }
                guard isWatching else {
                    list.end()
                    return run.say("\(page.online) online")
                }
                try await self.watch(run, channel) { news in
                    await run.people.meet((news.presence ?? []).map(\.account), run)
                    for person in news.presence ?? [] { list.add(node(person, run)) }
                }
            }
        )
    }

    private static func node(_ presence: Presence, _ run: Run) -> Node {
        Node(presence).adding("name", .text(run.people.name(presence.account)), after: "account")
    }

    /// What is told only to those who look at a channel.
    private static func watch(
        _ run: Run,
        _ channel: Channel,
        tell: (Ephemeral) async throws -> Void
    ) async throws -> Never {
        var options = LiveConnection.Options()
        options.view = View(channels: [channel.id])
        let connection = ConnectionNotice(run, await run.title(channel))
        while true {
            for await batch in try run.daemon().watch(options) {
                for event in batch {
                    switch event {
                    case .state(let state): try connection.tell(state)
                    case .ephemeral(let news) where news.channel == nil || news.channel == channel.id:
                        try await tell(news)
                    default: break
                    }
                }
            }
            try Task.checkCancellation()
        }
    }

    private static let typingShape = Shape(
        "person",
        TypingView.self,
        name: { $0.at("name").text ?? "" },
        [
            Column("name"), Column("isTyping", "TYPING"), Column("account", wide: true),
        ]
    )

    private struct TypingView: Codable {
        var account: AccountID
        var name: String
        var isTyping: Bool
    }

    static var typing: Command<Action> {
        Command(
            "typing",
            "Says that one is writing in a channel, good for six seconds; with --watch, shows who is.",
            examples: [
                Example("chatctl channel typing general"), Example("chatctl channel typing general --stop"),
                Example("chatctl channel typing general --watch"),
            ],
            arguments: [Arguments.channel],
            options: [.flag("stop", "Says that one has stopped."), watch] + Options.change,
            action: Action("typing.set", "channels.get", "view.set") { run in
                let channel = try await run.channel(run.values.required("CHANNEL"))
                if run.values.flag("watch") {
                    let list = try run.output.list(typingShape, isEndless: true)
                    try await self.watch(run, channel) { news in
                        let ids = [(news.typing ?? [], true), (news.stoppedTyping ?? [], false)]
                        await run.people.meet(ids.flatMap(\.0), run)
                        for (accounts, isTyping) in ids {
                            for account in accounts {
                                let name = run.people.name(account)
                                list.add(Node(TypingView(account: account, name: name, isTyping: isTyping)))
                            }
                        }
                    }
                }
                let isStop = run.values.flag("stop")
                _ = try await run.call(.typing, Typing(channel: channel.id, stopped: isStop ? true : nil))
                try run.done(
                    isStop ? "stopped" : "typing",
                    run.values.required("CHANNEL"),
                    isStop ? "stopped" : "typing"
                )
            }
        )
    }
}
