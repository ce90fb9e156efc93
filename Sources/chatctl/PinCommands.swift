import ChatAPI
import Flags

/// `message pin|unpin|pins`.
enum PinCommands {
    static var pin: Command<Action> {
        Command(
            "pin",
            "Pins messages.",
            examples: [Example("chatctl message pin general/812")],
            arguments: [.rest("MESSAGE", minimum: 1, "Messages: general/812.")],
            options: Options.change,
            action: Action("pins.add") { run in
                try await run.each(run.values.strings("MESSAGE"), EntryView.shape, verb: "pinned") { text, part in
                    _ = try await run.call(.pinMessage, try await run.found(try run.message(text)), part: part)
                    return nil
                }
            }
        )
    }

    static var unpin: Command<Action> {
        Command(
            "unpin",
            "Unpins messages.",
            examples: [Example("chatctl message unpin general/812")],
            arguments: [.rest("MESSAGE", minimum: 1, "Messages: general/812.")],
            options: Options.change,
            action: Action("pins.remove") { run in
                try await run.each(run.values.strings("MESSAGE"), EntryView.shape, verb: "unpinned") { text, part in
                    _ = try await run.call(.unpinMessage, try await run.found(try run.message(text)), part: part)
                    return nil
                }
            }
        )
    }

    static var pins: Command<Action> {
        Command(
            "pins",
            "Lists pinned messages, newest pin first.",
            examples: [Example("chatctl message pins general")],
            arguments: [Arguments.channel],
            action: Action("pins.list", "channels.get") { run in
                let channel = try await run.channel(run.values.required("CHANNEL"))
                let title = await run.title(channel)
                try await run.list(EntryView.shape, node: { EntryView.node($0, channel: title, run.people) }) { _, _ in
                    let page = try await run.call(.listPins, ChannelRef(channel.id))
                    await run.people.meet(EntryView.people(in: page.items), run)
                    return page
                }
            }
        )
    }
}
