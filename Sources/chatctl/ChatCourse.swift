import ChatAPI
import Flags

/// `chat note|notes|hold|resume|transfer|end|rate`: the course that a chat takes.
enum ChatCourse {
    private static let noteShape = Shape(
        "note",
        ChatNote.self,
        name: { String($0.at("seq").integer ?? 0) },
        [
            Column("seq", "SEQ", .number), Column("at", "TIME", .time), Column("name", "BY"), Column("text"),
            Column("by", "BY-ID", wide: true),
        ]
    )

    static var note: Command<Action> {
        Command(
            "note",
            "Writes a private note about a chat: for staff only, never for the participant.",
            examples: [Example("chatctl chat note @bo 'called the electrician, comes at four'")],
            arguments: [ChatCommands.chat, Arguments.text],
            options: Options.change,
            action: Action("chats.note", "chats.list") { run in
                let id = try await run.chat(run.values.required("CHAT"))
                let text = try run.text(limit: Limits.messageBytes)
                let note = try await run.call(.noteChat, NoteDraft(chat: id, text: text))
                try run.changed(Node(note), noteShape, "noted")
            }
        )
    }

    static var notes: Command<Action> {
        Command(
            "notes",
            "Lists the private notes of a chat.",
            examples: [Example("chatctl chat notes @bo")],
            arguments: [ChatCommands.chat],
            action: Action("chats.notes", "chats.list") { run in
                let id = try await run.chat(run.values.required("CHAT"))
                try await run.list(noteShape) { _, _ in try await run.call(.listNotes, ChatRef(id)) }
            }
        )
    }

    static var hold: Command<Action> {
        plain(
            "hold",
            "Puts a chat on hold: one waits for something, and its promise of a solution stands still.",
            "chats.hold",
            .holdChat,
            "on hold"
        )
    }

    static var resume: Command<Action> {
        plain("resume", "Goes on with a chat that is on hold.", "chats.resume", .resumeChat, "going on")
    }

    private static func plain(
        _ name: String,
        _ summary: String,
        _ operation: String,
        _ endpoint: Endpoint<ChatRef, Chat>,
        _ done: String
    ) -> Command<Action> {
        Command(
            name,
            summary,
            examples: [Example("chatctl chat \(name) @bo")],
            arguments: [ChatCommands.chat],
            options: Options.change,
            action: Action(operation, "chats.list") { run in
                let id = try await run.chat(run.values.required("CHAT"))
                let chat = try await run.call(endpoint, ChatRef(id))
                try run.changed(
                    Node(chat),
                    ChatCommands.shape,
                    "\(done) with \(VisibleText.line(chat.participantName))"
                )
            }
        )
    }

    static var transfer: Command<Action> {
        Command(
            "transfer",
            "Hands a chat to another organizer, or back to a queue.",
            examples: [
                Example("chatctl chat transfer @bo --to carl --note 'wants the sound people'"),
                Example("chatctl chat transfer @bo --queue devconf/sound"),
            ],
            arguments: [ChatCommands.chat],
            options: RequestWork.transferOptions + Options.change,
            action: Action("chats.transfer", "chats.list", "queues.list") { run in
                let (organizer, queue) = try await RequestWork.target(run)
                let transfer = ChatTransfer(
                    chat: try await run.chat(run.values.required("CHAT")),
                    organizer: organizer,
                    queue: queue,
                    note: run.values.string("note")
                )
                let chat = try await run.call(.transferChat, transfer)
                let to = chat.organizerName.map { " to \(VisibleText.line($0))" } ?? ""
                try run.changed(Node(chat), ChatCommands.shape, "handed the chat on\(to)")
            }
        )
    }

    static var end: Command<Action> {
        Command(
            "end",
            "Ends chats, from either side; they stay readable for both.",
            examples: [
                Example("chatctl chat end @bo --reason 'the lamp is new'"),
                Example("chatctl chat ls -o name | chatctl chat end - --yes", "All of one's own."),
            ],
            arguments: [.rest("CHAT", .dynamic("chats"), "Chats: ids, or @bo; - reads them from standard input.")],
            options: [
                .value("reason", "TEXT", "Why; both sides read it."), Options.file("chats"), Options.yes,
            ] + Options.change,
            action: Action("chats.end", "chats.list") { run in
                let chats = try run.inputs("CHAT")
                let reason = run.values.string("reason")
                // One is what the line says; many are worth a question.
                if chats.count > 1 { try run.confirm("End \(UserCommands.shown(chats))?") }
                try await run.each(chats, ChatCommands.shape, verb: "ended") { text, part in
                    let ending = ChatEnding(chat: try await run.chat(text), reason: reason)
                    return Node(try await run.call(.endChat, ending, part: part))
                }
            }
        )
    }

    static var rate: Command<Action> {
        Command(
            "rate",
            "Rates a chat that ended, once: for its participant.",
            examples: [Example("chatctl chat rate @ana 5 'quick and friendly'")],
            arguments: [
                ChatCommands.chat, .required("STARS", .integer(1...5), "From 1 to 5."),
                .rest("COMMENT", "What one wants to say about it."),
            ],
            options: Options.change,
            action: Action("chats.rate", "chats.list") { run in
                let words = run.values.strings("COMMENT")
                let rating = RatingDraft(
                    chat: try await run.chat(run.values.required("CHAT")),
                    stars: run.values.int("STARS") ?? 0,
                    comment: words.isEmpty ? nil : try run.text("COMMENT", limit: Limits.messageBytes)
                )
                let chat = try await run.call(.rateChat, rating)
                try run.changed(Node(chat), ChatCommands.shape, "rated with \(rating.stars) of 5")
            }
        )
    }
}
