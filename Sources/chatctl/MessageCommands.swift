import ChatAPI
import Flags

/// `message …`: single messages, and looking for them.
enum MessageCommands {
    static var noun: Command<Action> {
        Command(
            "message",
            "Messages: a message is its channel and its number, general/812.",
            aliases: ["messages", "msg"],
            examples: [
                Example("chatctl message ls general --limit 50"),
                Example("chatctl message search 'doors' --channel general"),
                Example("chatctl message delete general/812 --yes"),
            ],
            children: {
                [
                    list, show, edit, delete, SearchCommands.search, PinCommands.pin, PinCommands.unpin,
                    PinCommands.pins,
                    ReactionCommands.react, ReactionCommands.unreact, MentionCommands.mentions,
                ]
            }
        )
    }

    private static var list: Command<Action> {
        Command(
            "ls",
            "Lists a channel's entries, oldest first: all of them, or the last ones.",
            aliases: ["list"],
            examples: [
                Example("chatctl message ls general --limit 50"),
                Example("chatctl message ls general --around 812 --limit 11"),
                Example("chatctl message ls general --messages -o csv > general.csv"),
            ],
            arguments: [Arguments.channel],
            options: [
                Options.limit, Options.since,
                .value("after", "SEQ", .integer(0...Int.max), "Those behind this number."),
                .value("before", "SEQ", .integer(1...Int.max), "Those before this number."),
                .value("around", "SEQ", .integer(1...Int.max), "This one and those on both sides of it."),
                .flag("messages", "Only messages: no joins, edits, reactions."),
            ],
            action: Action("entries.list", "channels.get") { run in
                let given = ["after", "before", "around", "since"].filter { run.values.string($0) != nil }
                guard given.count < 2 else {
                    throw Failure.usage("--\(given[0]) and --\(given[1]) exclude each other")
                }
                let channel = try await run.channel(run.values.required("CHANNEL"))
                let title = await run.title(channel)
                let list = try run.output.list(EntryView.shape)
                try await entries(run, channel.id) { entries in
                    await run.people.meet(EntryView.people(in: entries), run)
                    for entry in entries { list.add(EntryView.node(entry, channel: title, run.people)) }
                }
                list.end()
            }
        )
    }

    /// The entries that the line asks for, in pieces, ascending.
    private static func entries(_ run: Run, _ id: ChannelID, _ body: ([Entry]) async throws -> Void) async throws {
        let channel = id.description
        let limit = run.values.int("limit")
        let history = History(run, id)
        let onlyMessages = run.values.flag("messages")
        let wanted = { (entries: [Entry]) in onlyMessages ? entries.filter { $0.kind == .message } : entries }
        if let around = run.values.int("around") {
            let limit = min(limit ?? 21, Limits.pageItems)
            let page = try await run.call(.entries, EntryQuery(channel: channel, around: Int64(around), limit: limit))
            return try await body(wanted(page.entries))
        }
        var after: Int64 = run.values.int("after").map(Int64.init) ?? 0
        if let since = try run.moment("since") { after = try await history.lastBefore(since) }
        let isForward = run.values.string("after") != nil || run.values.string("since") != nil
        let before = run.values.int("before").map(Int64.init)
        guard let limit else {
            return try await history.pages(after: after, through: before.map { $0 - 1 } ?? .max) {
                try await body(wanted($0))
            }
        }
        if isForward {
            var left = limit
            var isCut = false
            do {
                try await history.pages(after: after, through: .max) { entries in
                    let part = wanted(entries)
                    try await body(Array(part.prefix(left)))
                    isCut = part.count > left
                    left -= min(left, part.count)
                    if isCut { throw Enough() }
                }
            } catch is Enough {
                run.warn("only the first \(limit) are shown; there are more, without --limit all of them")
            }
            return
        }
        // The last ones: pages backwards, kept until their beginning is known.
        var found: [Entry] = []
        var position = before
        var hasEarlier = true
        while found.count < limit, hasEarlier {
            let page = try await run.call(
                .entries,
                EntryQuery(channel: channel, before: position, limit: Limits.pageItems)
            )
            found = wanted(page.entries) + found
            hasEarlier = page.hasEarlier && !page.entries.isEmpty
            position = page.entries.first?.seq
        }
        let isCut = found.count > limit || hasEarlier
        try await body(Array(found.suffix(limit)))
        if isCut { run.warn("only the last \(limit) are shown; there are more, without --limit all of them") }
    }

    /// The limit is reached in the middle of the pages.
    private struct Enough: Error {}

    private static var show: Command<Action> {
        Command(
            "show",
            "Shows a message in its current form.",
            aliases: ["get"],
            examples: [
                Example("chatctl message show general/812"), Example("chatctl message show general/812 -o json"),
            ],
            arguments: [Arguments.message],
            action: Action("messages.get") { run in
                let ref = try run.message(run.values.required("MESSAGE"))
                let entry = try await run.call(.message, try await run.found(ref))
                await run.people.meet(EntryView.people(in: [entry]), run)
                try run.output.one(EntryView.node(entry, channel: ref.channel, run.people), EntryView.shape)
            }
        )
    }

    private static var edit: Command<Action> {
        Command(
            "edit",
            "Changes the text of one's message.",
            examples: [
                Example("chatctl message edit general/812 'Doors open at eleven'"),
                Example("chatctl message edit general/812 - < text.txt"),
            ],
            arguments: [Arguments.message, Arguments.text],
            options: Options.change,
            action: Action("messages.edit", "channels.get") { run in
                let ref = try run.message(run.values.required("MESSAGE"))
                let text = try run.text(limit: Limits.messageBytes)
                let channel = try await run.channelID(ref.channel)
                let entry = try await run.call(.editMessage, MessageEdit(channel: channel, seq: ref.seq, text: text))
                await run.people.meet(EntryView.people(in: [entry]), run)
                let node = EntryView.node(entry, channel: ref.channel, run.people)
                try run.changed(node, EntryView.shape, "changed \(VisibleText.line("\(ref.channel)/\(ref.seq)"))")
            }
        )
    }

    private static var delete: Command<Action> {
        Command(
            "delete",
            "Removes the text of messages for good: one's own, or anybody's as an admin of the channel.",
            aliases: ["rm"],
            examples: [
                Example("chatctl message delete general/812 --yes"),
                Example(
                    "chatctl message search 'buy now' -o name | chatctl message delete - --yes",
                    "Everything that was found, with a result for each."
                ),
            ],
            arguments: [.rest("MESSAGE", "Messages: general/812; - reads them from standard input.")],
            options: [Options.file("messages"), Options.yes] + Options.change,
            action: Action("messages.delete") { run in
                let refs = try run.inputs("MESSAGE")
                try run.confirm("Delete \(UserCommands.shown(refs)) for good?")
                try await run.each(refs, EntryView.shape, verb: "deleted") { text, part in
                    _ = try await run.call(.deleteMessage, try await run.found(try run.message(text)), part: part)
                    return nil
                }
            }
        )
    }
}
