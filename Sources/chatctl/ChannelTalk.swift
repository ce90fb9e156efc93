import ChatAPI
import ChatKit
import Flags

/// `channel post|tail`: saying something in a channel, and reading along.
enum ChannelTalk {
    static let sentShape = Shape(
        "message",
        SentView.self,
        name: { $0.at("message").text ?? "" },
        [
            Column("message"), Column("seq", "SEQ", .number), Column("at", "TIME", .time), Column("cid", wide: true),
        ]
    )

    struct SentView: Codable {
        /// As other commands take it: `general/812`.
        var message: String
        /// Not where it was found by its name: who may only write may not look it up.
        var channel: ChannelID?
        var seq: Int64
        var at: Milliseconds
        var cid: ClientID
    }

    static let postOptions: [Option] =
        [
            .value("reply-to", "SEQ", .integer(1...Int.max), "The number of the message it answers."),
            .value("cid", "ID", "The message's own id, a UUIDv7: a repeat with the same one is sent once."),
            .flag("lines", "Each line of standard input is a message of its own."),
        ] + Options.change

    static var post: Command<Action> {
        Command(
            "post",
            "Sends a message.",
            aliases: ["send", "say"],
            examples: [
                Example("chatctl channel post general 'Doors open at ten'"),
                Example("uptime | chatctl channel post ops -"),
                Example("tail -F app.log | chatctl channel post ops - --lines"),
                Example("chatctl channel post general --reply-to 812 Yes"),
            ],
            arguments: [Arguments.channel, Arguments.text],
            options: postOptions,
            action: Action("messages.send", "directs.open") { run in
                let channel = run.values.required("CHANNEL")
                guard !channel.hasPrefix("@") else { return try await send(run, to: run.channel(channel, opens: true)) }
                try await send(run, to: Place(named: channel))
            }
        )
    }

    /// Where something is said.
    struct Place {
        let key: ChannelKey
        /// As other commands take it.
        let name: String

        /// Named by a person: the daemon finds it, whoever may write there need not be able to read.
        init(named text: String) {
            key = ChannelKey(text)
            name = text.hasPrefix("#") ? String(text.dropFirst()) : text
        }

        /// Who may not ask for names gets the id of a direct conversation.
        init(_ channel: Channel, _ run: Run) async {
            let title = await run.title(channel)
            let isUnknown = channel.name == nil && (channel.people ?? []).contains { title.contains($0.description) }
            key = .id(channel.id)
            name = isUnknown ? channel.id.description : title
        }
    }

    static func send(_ run: Run, to channel: Channel, at location: Location? = nil) async throws {
        try await send(run, to: await Place(channel, run), at: location)
    }

    /// Sends TEXT, or standard input: whole, or line by line as the lines come.
    private static func send(_ run: Run, to place: Place, at location: Location? = nil) async throws {
        guard run.values.flag("lines") else {
            let text = try run.text(limit: Limits.messageBytes)
            let view = try await send(text, to: place, part: nil, at: location, run)
            return try run.changed(Node(view), sentShape, "sent \(VisibleText.line(view.message))")
        }
        guard run.values.strings("TEXT") == ["-"] else { throw Failure.usage("--lines goes with - for standard input") }
        guard run.values.string("cid") == nil else { throw Failure.usage("--cid is for one message, not for --lines") }
        let list = try run.output.list(sentShape, isEndless: true)
        var count = 0
        while let line = run.console.readLine() {
            let text = String(decoding: line, as: UTF8.self)
            if TextRules.isBlank(text) { continue }
            count += 1
            list.add(Node(try await send(text, to: place, part: String(count), at: location, run)))
        }
    }

    static func send(
        _ text: String,
        to place: Place,
        part: String?,
        at location: Location? = nil,
        _ run: Run
    ) async throws -> SentView {
        var cid: ClientID
        if run.values.declares("cid"), let given = run.values.string("cid") {
            guard let id = ClientID(given) else {
                throw Failure.usage("--cid: \"\(VisibleText.line(given))\" is no id")
            }
            cid = id
        } else {
            var random = SystemRandomNumberGenerator()
            cid = .make(at: run.console.now, using: &random)
        }
        let message = Message(
            channel: place.key,
            cid: cid,
            text: text,
            replyTo: run.values.declares("reply-to") ? run.values.int("reply-to").map(Int64.init) : nil,
            location: location
        )
        let sent = try await run.call(.sendMessage, message, part: part)
        return SentView(
            message: "\(place.name)/\(sent.seq)",
            channel: place.key.id,
            seq: sent.seq,
            at: sent.at,
            cid: cid
        )
    }

    // MARK: - Tail

    static var tail: Command<Action> {
        Command(
            "tail",
            "Shows the last entries of a channel, and goes on with -f.",
            discussion: """
                With -f it comes back by itself after a lost connection and goes on exactly where it was. Standard error says \
                whether it is connected. With -o jsonl each entry is a line as soon as it is there.
                """,
            examples: [
                Example("chatctl channel tail general"), Example("chatctl channel tail -f general --since 1h"),
                Example("chatctl channel tail -f general -o jsonl | jq -r .text"),
                Example("chatctl channel tail -f general --after 812", "From the entry behind number 812 on."),
            ],
            arguments: [Arguments.channel],
            options: tailOptions,
            action: Action("entries.list", "channels.get", "sync") { run in
                try await show(run, try await run.channel(run.values.required("CHANNEL")))
            }
        )
    }

    static let tailOptions: [Option] = [
        Options.follow, Options.since,
        .value("after", "SEQ", .integer(0...Int.max), "From the entry behind this number on."),
        .value(
            "limit",
            short: "n",
            "N",
            .integer(0...1_000_000),
            "How many of the last entries; 20 if nothing is said."
        ),
    ]

    static func show(_ run: Run, _ channel: Channel) async throws {
        let title = await run.title(channel)
        let isFollowing = run.values.flag("follow")
        let history = History(run, channel.id)
        var after = try await start(run, history)
        let list = try run.output.list(EntryView.shape, isEndless: isFollowing)
        let printer = EntryPrinter(run, list, title)
        if !isFollowing {
            try await history.pages(after: after, through: .max) { await printer.print($0) }
            return printer.end()
        }
        // The daemon tells what lies between as well; only a log that nobody can follow is read by pages.
        after = max(after, 0)
        try await run.follow(.channel(channel.id), after: after, named: title) { event in
            if case .entries(let entries) = event { await printer.print(entries) }
        }
    }

    /// Behind which entry to begin.
    private static func start(_ run: Run, _ history: History) async throws -> Int64 {
        let given = [run.values.string("after"), run.values.string("since")].compactMap { $0 }
        guard given.count < 2 else { throw Failure.usage("--after and --since exclude each other") }
        if let after = run.values.int("after") { return Int64(after) }
        if let since = try run.moment("since") { return try await history.lastBefore(since) }
        return max(0, try await history.head() - Int64(run.values.int("limit") ?? 20))
    }
}

/// Prints entries as they come: lines of conversation in a table, data in every other format.
final class EntryPrinter {
    private let run: Run
    private let list: ListOutput
    private let title: String
    private let cells: TableText.Cells

    init(_ run: Run, _ list: ListOutput, _ title: String) {
        self.run = run
        self.list = list
        self.title = title
        cells = run.output.cells
    }

    func print(_ entries: [Entry]) async {
        await run.people.meet(EntryView.people(in: entries), run)
        for entry in entries {
            if run.output.format == .table, !run.values.declares("fields") || run.values.list("fields").isEmpty {
                let time = cells.text(.integer(entry.at), .time)
                run.output.print(EntryView.line(entry, time: time, run.people, bold: cells.bold) + "\n")
            } else {
                list.add(EntryView.node(entry, channel: title, run.people))
            }
        }
    }

    func end() {
        if run.output.format != .table || list.count > 0 { list.end() }
    }
}
