import ChatAPI
import Flags

/// `chat ls|show|say|tail|transcript|archive`: conversations that came of requests. Their course is in `ChatCourse.swift`.
enum ChatCommands {
    static let shape = Shape(
        "chat",
        Chat.self,
        name: { $0.at("id").text ?? "" },
        [
            Column("participantName", "WHO"), Column("organizerName", "ORGANIZER"), Column("state"), Column("topic"),
            Column("startedAt", "STARTED", .time), Column("lastMessageAt", "LAST", .time), Column("isIdle", "IDLE"),
            Column("isUnattended", "UNATTENDED"), Column("rating.stars", "STARS", .number), Column("id"),
            Column("endedAt", "ENDED", .time, wide: true), Column("endReason", "REASON", wide: true),
            Column("rating.comment", "COMMENT", wide: true), Column("noteCount", "NOTES", .number, wide: true),
            Column("clocks", "PROMISES", wide: true), Column("request", wide: true),
            Column("queue", "QUEUE-ID", wide: true), Column("channel", "CHANNEL-ID", wide: true),
            Column("allowed", wide: true),
        ]
    )

    static let chat = Argument.required(
        "CHAT",
        .dynamic("chats"),
        "A chat: an id, or @bo for the newest one with bo."
    )

    static var noun: Command<Action> {
        Command(
            "chat",
            "Chats: private conversations that came of requests, until they end and are rated.",
            aliases: ["chats"],
            examples: [
                Example("chatctl chat ls"), Example("chatctl chat say @bo 'On my way'"),
                Example("chatctl chat end @bo --reason 'the lamp is new'"),
                Example("chatctl chat transcript @bo --format markdown > bo.md"),
            ],
            children: {
                [
                    list, archive, show, say, reply, tail, ChatCourse.note, ChatCourse.notes, ChatCourse.hold,
                    ChatCourse.resume, ChatCourse.transfer, ChatCourse.end, ChatCourse.rate, transcript,
                ]
            }
        )
    }

    private static let whose: [Option] = [
        .value("queue", "QUEUE", .dynamic("queues"), "All of a queue's, for those who supervise it."),
        .value("with", "NAME", .dynamic("users"), "Only those with this person: a history."),
        Options.limit,
    ]

    private static var list: Command<Action> {
        Command(
            "ls",
            "Lists chats, newest first: one's own that run, or a queue's.",
            aliases: ["list"],
            examples: [Example("chatctl chat ls"), Example("chatctl chat ls --queue devconf --all -o wide")],
            options: [.flag("all", "Those that ended as well.")] + whose,
            action: Action("chats.list", "queues.list") { run in
                try await print(run, archived: run.values.flag("all") ? nil : false)
            }
        )
    }

    private static var archive: Command<Action> {
        Command(
            "archive",
            "Lists chats that ended, newest first; both sides keep theirs.",
            examples: [
                Example("chatctl chat archive"), Example("chatctl chat archive --queue devconf -o csv > chats.csv"),
                Example("chatctl chat archive --queue devconf --with bo"),
            ],
            options: whose,
            action: Action("chats.list", "queues.list") { run in try await print(run, archived: true) }
        )
    }

    private static func print(_ run: Run, archived: Bool?) async throws {
        var query = ChatQuery(archived: archived)
        if let queue = run.values.string("queue") {
            query.queue = try await run.queue(queue)
            query.participant = run.values.string("with")
        } else {
            query.with = run.values.string("with")
        }
        try await run.list(shape) { limit, cursor in
            query.limit = limit
            query.cursor = cursor
            return try await run.call(.listChats, query)
        }
    }

    private static var show: Command<Action> {
        Command(
            "show",
            "Shows a chat.",
            aliases: ["get"],
            examples: [Example("chatctl chat show @bo"), Example("chatctl chat show @bo -o wide")],
            arguments: [chat],
            action: Action("chats.get", "chats.list") { run in
                let id = try await run.chat(run.values.required("CHAT"))
                try run.output.one(Node(try await run.call(.chat, ChatRef(id))), shape)
            }
        )
    }

    // MARK: - Talk

    private static var say: Command<Action> {
        Command(
            "say",
            "Sends a message into a chat.",
            aliases: ["post"],
            examples: [
                Example("chatctl chat say @bo 'On my way'"), Example("chatctl chat say @bo - < answer.txt"),
                Example("chatctl chat say @ana 'Here' --at 59.9139,10.7522 --place 'Hall 2, left door'"),
            ],
            arguments: [chat, Arguments.text],
            options: [
                .value("at", "LAT,LON", "Where one is, in degrees: 59.9139,10.7522."),
                .value("place", "TEXT", "What the place is called; goes with --at."),
            ] + ChannelTalk.postOptions,
            action: Action("messages.send", "channels.get", "chats.list") { run in
                let channel = try await channel(run)
                try await ChannelTalk.send(run, to: channel, at: try run.location())
            }
        )
    }

    private static func channel(_ run: Run) async throws -> Channel {
        // A chat has the sixteen bytes of its channel.
        let id = try await run.chat(run.values.required("CHAT"))
        return try await run.call(.channel, ChannelRef(id.description))
    }

    private static var reply: Command<Action> {
        Command(
            "reply",
            "Sends a canned reply into a chat, with its names filled in.",
            examples: [
                Example("chatctl chat reply @bo hello"),
                Example("chatctl chat reply @bo hello --show", "Only shows it."),
            ],
            arguments: [chat, .required("KEY", .dynamic("replies"), "The reply's key.")],
            options: [.flag("show", "Shows the text and sends nothing.")] + Options.change,
            action: Action("replies.fill", "messages.send", "channels.get", "chats.list") { run in
                let id = try await run.chat(run.values.required("CHAT"))
                let filled = try await run.call(.fillReply, ReplyUse(chat: id, key: run.values.required("KEY")))
                if run.values.flag("show") { return try run.output.one(Node(filled), ReplyCommands.filledShape) }
                let channel = try await run.call(.channel, ChannelRef(id.description))
                let view = try await ChannelTalk.send(
                    filled.text,
                    to: await ChannelTalk.Place(channel, run),
                    part: nil,
                    run
                )
                try run.changed(Node(view), ChannelTalk.sentShape, "sent: \(VisibleText.line(filled.text))")
            }
        )
    }

    private static var tail: Command<Action> {
        Command(
            "tail",
            "Shows the last entries of a chat, and goes on with -f.",
            examples: [Example("chatctl chat tail -f @bo")],
            arguments: [chat],
            options: ChannelTalk.tailOptions,
            action: Action("entries.list", "channels.get", "chats.list", "sync") { run in
                try await ChannelTalk.show(run, try await channel(run))
            }
        )
    }

    // MARK: - Transcripts

    private static let transcriptShape = Shape(
        "transcript",
        ChatTranscript.self,
        name: { $0.at("chat").text ?? "" },
        [Column("chat"), Column("format"), Column("text")]
    )

    private static var transcript: Command<Action> {
        Command(
            "transcript",
            "Writes a chat as a document: text, Markdown or JSON.",
            examples: [
                Example("chatctl chat transcript @bo"),
                Example("chatctl chat transcript @bo --format markdown --to bo.md"),
            ],
            arguments: [chat],
            options: [
                .value(
                    "format",
                    "FORMAT",
                    .choice(ChatTranscript.Format.words.map(\.rawValue)),
                    "What kind of document.",
                    default: ChatTranscript.Format.text.rawValue
                ),
                .value("to", "FILE", .file, "Where to; standard output if nothing is said.", default: "-"),
            ],
            action: Action("chats.transcript", "chats.list") { run in
                let format = ChatTranscript.Format(rawValue: run.values.required("format"))
                let id = try await run.chat(run.values.required("CHAT"))
                let transcript = try await run.call(.transcript, TranscriptQuery(chat: id, format: format))
                if run.values.origin("output") != .fallback, run.output.format.isForPrograms {
                    return try run.output.one(Node(transcript), transcriptShape)
                }
                let file = try ExportFile(run.values.required("to"), run.console)
                let isShown = file.isStandardOutput && run.console.isTerminal(.output)
                let lines = transcript.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
                let text = lines.map { isShown ? VisibleText.line($0) : $0 }.joined(separator: "\n")
                file.write(text.hasSuffix("\n") ? text : text + "\n")
                try file.finish()
                if !file.isStandardOutput { run.say("wrote \(file.path)") }
            }
        )
    }
}

extension Run {
    /// A chat by its id; `@bo`: the newest one of one's own with bo, one that runs before one that ended.
    func chat(_ text: String) async throws -> ChatID {
        if let id = ChatID(text) { return id }
        guard text.hasPrefix("@") else {
            throw Failure.usage("\"\(VisibleText.line(text))\" is no chat: write its id, or @NAME")
        }
        // The newest that runs, else the newest at all.
        for archived in [false, true] {
            var cursor: String?
            repeat {
                let query = ChatQuery(with: String(text.dropFirst()), archived: archived, limit: 20, cursor: cursor)
                let page = try await call(.listChats, query)
                if let found = page.items.first { return found.id }
                cursor = page.nextCursor
            } while cursor != nil
        }
        throw Failure(APIError(.notFound, "you have no chat with \(VisibleText.line(String(text.dropFirst())))"))
    }
}
