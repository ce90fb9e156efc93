import ChatAPI
import Flags

/// `request ls|show|ask|add|cancel`: wishes to talk, as who has them sees them. Taking them is in `RequestWork.swift`.
enum RequestCommands {
    static let shape = Shape(
        "request",
        ChatRequest.self,
        name: { $0.at("id").text ?? "" },
        [
            Column("position", "PLACE", .number), Column("participantName", "WHO"), Column("state"), Column("topic"),
            Column("createdAt", "SINCE", .time), Column("firstAnswerDueAt", "ANSWER-DUE", .time),
            Column("claim.name", "HELD-BY"), Column("estimatedWaitMs", "WAIT-ABOUT", .duration),
            Column("texts", "TEXT", .sentences),
            Column("id"), Column("priority", "PRIORITY", .number, wide: true),
            Column("claim.until", "HELD-UNTIL", .time, wide: true), Column("chat", wide: true),
            Column("reason", wide: true), Column("location.label", "PLACE-NAME", wide: true),
            Column("location.latitude", "LATITUDE", wide: true), Column("location.longitude", "LONGITUDE", wide: true),
            Column("endedAt", "ENDED", .time, wide: true), Column("allowed", wide: true),
            Column("queue", "QUEUE-ID", wide: true), Column("participant", "WHO-ID", wide: true),
        ]
    )

    static let request = Argument.required(
        "REQUEST",
        .dynamic("requests"),
        "A request: an id, or @bo for the open one of bo."
    )
    private static let own = Argument.optional(
        "REQUEST",
        .dynamic("requests"),
        "A request, by id or @bo; one's own open one if nothing is said."
    )

    static var noun: Command<Action> {
        Command(
            "request",
            "Chat requests: asking for help, and taking what others ask.",
            aliases: ["requests"],
            examples: [
                Example("chatctl request ask devconf 'The projector is dead'"),
                Example("chatctl request show", "Which place one has in the line."),
                Example("chatctl request take-next devconf", "For organizers: the next one, as a chat."),
            ],
            children: {
                [
                    list, show, ask, add, cancel, RequestWork.claim, RequestWork.accept, RequestWork.take,
                    RequestWork.takeNext, RequestWork.release, RequestWork.reject, RequestWork.transfer,
                    RequestWork.requeue,
                ]
            }
        )
    }

    private static var list: Command<Action> {
        Command(
            "ls",
            "Lists one's own requests, or a queue's in the order in which they are taken.",
            aliases: ["list"],
            examples: [
                Example("chatctl request ls"), Example("chatctl request ls devconf"),
                Example("chatctl request ls devconf --state expired -o csv > missed.csv"),
            ],
            arguments: [.optional("QUEUE", .dynamic("queues"), "A queue; one's own requests if nothing is said.")],
            options: [
                .value(
                    "state",
                    "STATE",
                    .choice(RequestState.words.map(\.rawValue)),
                    "Only those in this state; those that are open if nothing is said."
                ),
                Options.limit,
            ],
            action: Action("requests.list", "queues.list") { run in
                var query = RequestQuery(state: run.values.string("state").flatMap(RequestState.init(rawValue:)))
                if let name = run.values.string("QUEUE") { query.queue = try await run.queue(name) }
                try await run.list(shape) { limit, cursor in
                    query.limit = limit
                    query.cursor = cursor
                    return try await run.call(.listRequests, query)
                }
            }
        )
    }

    private static var show: Command<Action> {
        Command(
            "show",
            "Shows a request: its state, its place in the line, and about how long it will take.",
            aliases: ["get"],
            examples: [Example("chatctl request show"), Example("chatctl request show @bo -o wide")],
            arguments: [own],
            action: Action("requests.get", "requests.list") { run in
                let id = try await run.request(run.values.string("REQUEST"))
                try run.output.one(Node(try await run.call(.request, RequestRef(id))), shape)
            }
        )
    }

    private static var ask: Command<Action> {
        Command(
            "ask",
            "Asks for a chat: in an event's first queue, or in another one.",
            discussion: "The text becomes the first message of the chat. One request per event can be open at a time.",
            examples: [
                Example("chatctl request ask devconf 'The projector is dead'"),
                Example("chatctl request ask devconf/sound --topic mic --at 59.9139,10.7522 --place 'Hall 2'"),
                Example("chatctl request ask devconf - < question.txt"),
            ],
            arguments: [
                QueueCommands.queue, .rest("TEXT", "What it is about; - reads it from standard input."),
            ],
            options: [
                .value("topic", "TOPIC", "One of the queue's topics."),
                .value("at", "LAT,LON", "Where one is, in degrees: 59.9139,10.7522."),
                .value("place", "TEXT", "What the place is called; goes with --at."),
            ] + Options.change,
            action: Action("requests.ask", "queues.list") { run in
                let words = run.values.strings("TEXT")
                let text = words.isEmpty ? nil : try run.text(limit: Limits.messageBytes)
                let draft = RequestDraft(
                    queue: try await run.queue(run.values.required("QUEUE")),
                    topic: run.values.string("topic"),
                    text: text,
                    location: try run.location()
                )
                let made = try await run.call(.ask, draft)
                let place = made.position.map { ", place \($0) in the line" } ?? ""
                let wait =
                    made.estimatedWaitMs.map {
                        ", about \(run.output.cells.text(.integer($0), .duration)) to wait by an estimate"
                    } ?? ""
                try run.changed(Node(made), shape, "asked\(place)\(wait)")
            }
        )
    }

    private static var add: Command<Action> {
        Command(
            "add",
            "Says more while one waits.",
            examples: [Example("chatctl request add 'It smells of smoke'")],
            arguments: [Arguments.text],
            options: [.value("request", "REQUEST", "Which one, by id; one's own open one if not said.")]
                + Options.change,
            action: Action("requests.addText", "requests.list") { run in
                let id = try await run.request(run.values.string("request"))
                let text = try run.text(limit: Limits.messageBytes)
                let request = try await run.call(.addRequestText, RequestText(request: id, text: text))
                try run.changed(Node(request), shape, "added to the request")
            }
        )
    }

    private static var cancel: Command<Action> {
        Command(
            "cancel",
            "Takes one's own request back.",
            examples: [Example("chatctl request cancel --yes")],
            arguments: [own],
            options: [Options.yes] + Options.change,
            action: Action("requests.cancel", "requests.list") { run in
                let id = try await run.request(run.values.string("REQUEST"))
                try run.confirm("Take the request back, and leave the line?")
                let request = try await run.call(.cancelRequest, RequestRef(id))
                try run.changed(Node(request), shape, "took the request back")
            }
        )
    }
}

extension Run {
    /// `--at 59.9,10.7 --place 'Hall 2'`.
    func location() throws(Failure) -> Location? {
        let label = values.string("place")
        guard let text = values.string("at"), let point = try Coordinates.read(text, option: "at") else {
            if label != nil { throw .usage("--place goes with --at") }
            return nil
        }
        return Location(latitude: point.latitude, longitude: point.longitude, label: label)
    }

    /// A request by its id; `@bo`: the open one of bo, in the queues one works in; nothing: one's own open one.
    func request(_ text: String?) async throws -> RequestID {
        if let text, !text.hasPrefix("@") {
            guard let id = RequestID(text) else {
                throw Failure.usage("\"\(VisibleText.line(text))\" is no request: write its id, or @NAME")
            }
            return id
        }
        let query = RequestQuery(participant: text.map { String($0.dropFirst()) }, limit: Limits.pageItems)
        let found = try await all {
            var query = query
            query.cursor = $0
            return try await call(.listRequests, query)
        }
        if found.count == 1 { return found[0].id }
        let whose = text.map { "\(VisibleText.line(String($0.dropFirst()))) has" } ?? "you have"
        guard !found.isEmpty else { throw Failure(APIError(.notFound, "\(whose) no open request")) }
        let ids = found.map(\.id.description).joined(separator: ", ")
        throw Failure.usage("\(whose) \(found.count) open requests; name one: \(ids)")
    }

    /// Every item of a paged list that is small.
    func all<Item: Codable & Sendable>(_ page: (_ cursor: String?) async throws -> Page<Item>) async throws -> [Item] {
        var items: [Item] = []
        var cursor: String?
        repeat {
            let page = try await page(cursor)
            items += page.items
            cursor = page.nextCursor
        } while cursor != nil
        return items
    }
}
