import ChatAPI
import Flags

/// `request claim|accept|take|take-next|release|reject|transfer|requeue`: what organizers do with what waits.
enum RequestWork {
    private static let several = Argument.rest(
        "REQUEST",
        .dynamic("requests"),
        "Requests: ids, or @bo; - reads them from standard input."
    )
    private static let fence = Option.value(
        "fence",
        "NUMBER",
        .integer(0...Int.max),
        "The number that claiming gave: refused if somebody else holds it by now."
    )
    private static let note = Option.value("note", "TEXT", "For the next organizer, never for the participant.")

    static var claim: Command<Action> {
        Command(
            "claim",
            "Holds a request for a while, to look at it before one takes it.",
            discussion: """
                Others are told who holds it and until when. The claim ends by itself; "request accept" opens the chat, "request \
                release" gives it back to its place in the line.
                """,
            examples: [
                Example("chatctl request claim @bo"), Example("chatctl request claim @bo -o json | jq .claim.token"),
            ],
            arguments: [RequestCommands.request],
            options: Options.change,
            action: Action("requests.claim", "requests.list") { run in
                let id = try await run.request(run.values.required("REQUEST"))
                let request = try await run.call(.claimRequest, RequestRef(id))
                let until = request.claim.map { " until \(run.output.cells.text(.integer($0.until), .time))" } ?? ""
                try run.changed(
                    Node(request),
                    RequestCommands.shape,
                    "holding the request of \(VisibleText.line(request.participantName))\(until)"
                )
            }
        )
    }

    static var accept: Command<Action> {
        Command(
            "accept",
            "Opens the chat of a request that one holds.",
            examples: [Example("chatctl request accept @bo"), Example("chatctl request accept @bo --fence 17")],
            arguments: [RequestCommands.request],
            options: [fence] + Options.change,
            action: Action("requests.accept", "requests.list") { run in
                let id = try await run.request(run.values.required("REQUEST"))
                let chat = try await run.call(
                    .acceptRequest,
                    ClaimRef(request: id, token: run.values.int("fence").map(Int64.init))
                )
                try opened(chat, run)
            }
        )
    }

    static var take: Command<Action> {
        Command(
            "take",
            "Takes requests: holds them and opens their chats in one step.",
            examples: [Example("chatctl request take @bo")],
            arguments: [several],
            options: [Options.file("requests")] + Options.change,
            action: Action("requests.take", "requests.list") { run in
                try await run.each(try run.inputs("REQUEST"), ChatCommands.shape, verb: "took") { text, part in
                    let id = try await run.request(text)
                    return Node(try await run.call(.takeRequest, RequestRef(id), part: part))
                }
            }
        )
    }

    static var takeNext: Command<Action> {
        Command(
            "take-next",
            "Takes the request that is next in a queue's line.",
            examples: [
                Example("chatctl request take-next devconf"),
                Example("chat=$(chatctl request take-next devconf -o name) && chatctl chat say $chat 'On my way'"),
            ],
            arguments: [QueueCommands.queue],
            options: Options.change,
            action: Action("requests.takeNext", "queues.list") { run in
                let queue = try await run.queue(run.values.required("QUEUE"))
                try opened(try await run.call(.takeNext, QueueRef(queue)), run)
            }
        )
    }

    private static func opened(_ chat: Chat, _ run: Run) throws {
        try run.changed(
            Node(chat),
            ChatCommands.shape,
            "in a chat with \(VisibleText.line(chat.participantName)): \(chat.id)"
        )
    }

    static var release: Command<Action> {
        Command(
            "release",
            "Gives claims up: the requests return to their places in the line.",
            examples: [Example("chatctl request release @bo")],
            arguments: [several],
            options: [fence, Options.file("requests")] + Options.change,
            action: Action("requests.release", "requests.list") { run in
                let token = run.values.int("fence").map(Int64.init)
                try await run.each(try run.inputs("REQUEST"), RequestCommands.shape, verb: "released") { text, part in
                    let ref = ClaimRef(request: try await run.request(text), token: token)
                    return Node(try await run.call(.releaseRequest, ref, part: part))
                }
            }
        )
    }

    static var reject: Command<Action> {
        Command(
            "reject",
            "Refuses requests, with a reason that the participant reads.",
            examples: [Example("chatctl request reject @bo --reason 'The shop is open again, please go there' --yes")],
            arguments: [several],
            options: [
                .value("reason", "TEXT", "Why; the participant reads it.", isRequired: true),
                Options.file("requests"), Options.yes,
            ] + Options.change,
            action: Action("requests.reject", "requests.list") { run in
                let requests = try run.inputs("REQUEST")
                let reason = run.values.required("reason")
                try run.confirm("Reject \(UserCommands.shown(requests))?")
                try await run.each(requests, RequestCommands.shape, verb: "rejected") { text, part in
                    let rejection = Rejection(request: try await run.request(text), reason: reason)
                    return Node(try await run.call(.rejectRequest, rejection, part: part))
                }
            }
        )
    }

    static var transfer: Command<Action> {
        Command(
            "transfer",
            "Hands a waiting request to another queue, or offers it to one organizer.",
            examples: [
                Example("chatctl request transfer @bo --queue devconf/sound"),
                Example("chatctl request transfer @bo --to carl --note 'he knows the amplifier'"),
            ],
            arguments: [RequestCommands.request],
            options: transferOptions + Options.change,
            action: Action("requests.transfer", "requests.list", "queues.list") { run in
                let (organizer, queue) = try await target(run)
                let transfer = RequestTransfer(
                    request: try await run.request(run.values.required("REQUEST")),
                    queue: queue,
                    organizer: organizer,
                    note: run.values.string("note")
                )
                let request = try await run.call(.transferRequest, transfer)
                try run.changed(Node(request), RequestCommands.shape, "handed the request on")
            }
        )
    }

    static let transferOptions: [Option] = [
        .value("to", "NAME", .dynamic("users"), "The organizer."),
        .value("queue", "QUEUE", .dynamic("queues"), "The queue."), note,
    ]

    /// `--to` or `--queue`, exactly one of the two.
    static func target(_ run: Run) async throws -> (organizer: String?, queue: QueueID?) {
        let (organizer, queue) = (run.values.string("to"), run.values.string("queue"))
        guard (organizer == nil) != (queue == nil) else {
            throw Failure.usage("give --to or --queue, exactly one of the two")
        }
        if let queue { return (nil, try await run.queue(queue)) }
        return (organizer, nil)
    }

    static var requeue: Command<Action> {
        Command(
            "requeue",
            "Puts the request of a running chat back in line; it keeps its age, and the chat its history.",
            examples: [Example("chatctl request requeue @bo --note 'my shift is over'")],
            arguments: [RequestCommands.request],
            options: [note] + Options.change,
            action: Action("requests.requeue", "requests.list") { run in
                let id = try await run.request(run.values.required("REQUEST"))
                let request = try await run.call(
                    .requeueRequest,
                    Requeueing(request: id, note: run.values.string("note"))
                )
                try run.changed(Node(request), RequestCommands.shape, "put the request back in line")
            }
        )
    }
}
