import ChatAPI
import Flags

/// `reply …`: canned replies. Sending one is `chat reply`.
enum ReplyCommands {
    private static let shape = Shape(
        "reply",
        CannedReply.self,
        name: { $0.at("key").text ?? "" },
        [
            Column("key"), Column("text"), Column("scope"), Column("changedAt", "CHANGED", .time, wide: true),
            Column("id", wide: true),
        ]
    )

    static let filledShape = Shape(
        "reply",
        FilledReply.self,
        name: { $0.at("key").text ?? "" },
        [Column("key"), Column("text")]
    )

    private static let scopes: [Option] = [
        .value("event", "EVENT", .dynamic("events"), "For everybody who works in this event."),
        .value("agency", "AGENCY", .dynamic("agencies"), "For everybody who works for this agency."),
    ]

    static var noun: Command<Action> {
        Command(
            "reply",
            "Canned replies: prepared answers, one's own, an event's, an agency's.",
            aliases: ["replies"],
            examples: [
                Example("chatctl reply set hello 'Hi {{participant}}, {{organizer}} here. What is it?'"),
                Example("chatctl reply set lunch 'Lunch is from 12 to 2 in the yard.' --event devconf"),
                Example("chatctl chat reply @bo hello"),
            ],
            children: { [list, set, delete] }
        )
    }

    /// `agency/<id>`, `event/<id>`, or nil.
    private static func scope(_ run: Run) async throws -> String? {
        let (event, agency) = (run.values.string("event"), run.values.string("agency"))
        if event != nil, agency != nil { throw Failure.usage("--event and --agency exclude each other") }
        if let event { return "event/\(try await run.call(.event, EventRef(event)).id)" }
        if let agency { return "agency/\(try await run.call(.agency, AgencyRef(agency)).id)" }
        return nil
    }

    private static var list: Command<Action> {
        Command(
            "ls",
            "Lists the canned replies one can use.",
            aliases: ["list"],
            examples: [Example("chatctl reply ls"), Example("chatctl reply ls --event devconf")],
            options: [.flag("own", "Only one's own.")] + scopes + [Options.limit],
            action: Action("replies.list", "events.get", "agencies.get") { run in
                var scope = try await scope(run)
                if run.values.flag("own") {
                    if scope != nil { throw Failure.usage("--own goes with neither --event nor --agency") }
                    scope = "own"
                }
                try await run.list(shape) { limit, cursor in
                    try await run.call(.listReplies, ReplyQuery(scope: scope, limit: limit, cursor: cursor))
                }
            }
        )
    }

    private static var set: Command<Action> {
        Command(
            "set",
            "Writes a canned reply, or rewrites the one with this key.",
            discussion: """
                {{participant}}, {{organizer}}, {{event}} and {{queue}} are filled in for the chat it is sent in. Of several \
                with one key the nearest counts: one's own, the event's, the agency's.
                """,
            examples: [
                Example("chatctl reply set hello 'Hi {{participant}}, {{organizer}} here. What is it?'"),
                Example("chatctl reply set lunch - --event devconf < lunch.txt"),
            ],
            arguments: [.required("KEY", "A short word to find it by."), Arguments.text],
            options: scopes + Options.change,
            action: Action("replies.set", "events.get", "agencies.get") { run in
                let draft = ReplyDraft(
                    scope: try await scope(run),
                    key: run.values.required("KEY"),
                    text: try run.text(limit: Limits.messageBytes)
                )
                let reply = try await run.call(.setReply, draft)
                try run.changed(Node(reply), shape, "wrote the reply \(VisibleText.line(reply.key))")
            }
        )
    }

    private static var delete: Command<Action> {
        Command(
            "delete",
            "Deletes a canned reply.",
            aliases: ["rm"],
            examples: [
                Example("chatctl reply delete hello --yes"),
                Example("chatctl reply delete lunch --event devconf --yes"),
            ],
            arguments: [.required("REPLY", .dynamic("replies"), "Its key, or its id.")],
            options: scopes + [Options.yes] + Options.change,
            action: Action("replies.delete", "replies.list", "events.get", "agencies.get") { run in
                let text = run.values.required("REPLY")
                let id = try await find(text, run)
                try run.confirm("Delete the reply \(VisibleText.line(text))?")
                _ = try await run.call(.deleteReply, ReplyRef(id))
                try run.done("deleted", text)
            }
        )
    }

    private static func find(_ text: String, _ run: Run) async throws -> ReplyID {
        if let id = ReplyID(text) { return id }
        let scope = try await scope(run) ?? "own"
        let replies = try await run.all { cursor in
            try await run.call(.listReplies, ReplyQuery(scope: scope, limit: Limits.pageItems, cursor: cursor))
        }
        guard let found = replies.first(where: { $0.key == text }) else {
            throw Failure(APIError(.notFound, "there is no reply \(VisibleText.line(text)) here"))
        }
        return found.id
    }
}
