import ChatAPI
import Flags

/// `queue ls|show|create|edit|stats|topics|organizers`: the lines in which people wait for help.
enum QueueCommands {
    static let shape = Shape(
        "queue",
        Queue.self,
        name: { $0.at("id").text ?? "" },
        [
            Column("title", "QUEUE"), Column("waiting", "WAITING", .number), Column("isOpen", "OPEN"),
            Column("policy.assignment", "HANDS-OUT"), Column("topicKeys", "TOPICS"), Column("id"),
            Column("name", wide: true), Column("event", "EVENT-ID", wide: true),
            Column("agency", "AGENCY-ID", wide: true),
            Column("sla.firstAnswerMs", "FIRST-ANSWER", .duration, wide: true),
            Column("sla.resolutionMs", "RESOLUTION", .duration, wide: true),
            Column("version", "VERSION", .number, wide: true),
        ]
    )

    static let queue = Argument.required(
        "QUEUE",
        .dynamic("queues"),
        "A queue: an event's word for its first one, devconf/sound for another, or an id."
    )

    static var noun: Command<Action> {
        Command(
            "queue",
            "Queues: where chat requests wait, and how they are handed out.",
            aliases: ["queues"],
            examples: [
                Example("chatctl queue ls"), Example("chatctl queue watch devconf"),
                Example("chatctl queue policy devconf --assignment least_busy --lease 90s"),
                Example("chatctl queue stats devconf"),
            ],
            children: {
                [
                    list, show, create, edit, QueuePolicyCommands.policy, QueuePolicyCommands.topics, stats,
                    organizers, QueueWatch.watch, QueueWatch.log,
                ] + more
            }
        )
    }

    /// Commands that are no client of the API's queues.
    private static var more: [Command<Action>] { [] }

    /// With `devconf/sound`, as commands take it.
    static func node(_ queue: Queue, _ run: Run) async -> Node {
        Node(queue).adding("topicKeys", .list(queue.topics.map { .text($0.key) }), after: "topics")
            .adding("title", .text(await run.title(queue) ?? queue.name), after: "name")
    }

    private static var list: Command<Action> {
        Command(
            "ls",
            "Lists the queues one works in or may ask in.",
            aliases: ["list"],
            examples: [Example("chatctl queue ls"), Example("chatctl queue ls --event devconf")],
            options: [.value("event", "EVENT", .dynamic("events"), "Only this event's."), Options.limit],
            action: Action("queues.list", "events.get") { run in
                let event = run.values.string("event")
                try await run.list(shape, node: { await node($0, run) }) { limit, cursor in
                    try await run.call(.listQueues, QueueQuery(event: event, limit: limit, cursor: cursor))
                }
            }
        )
    }

    private static var show: Command<Action> {
        Command(
            "show",
            "Shows a queue.",
            aliases: ["get"],
            examples: [Example("chatctl queue show devconf"), Example("chatctl queue show devconf -o yaml")],
            arguments: [queue],
            action: Action("queues.get", "queues.list", "events.get") { run in
                let id = try await run.queue(run.values.required("QUEUE"))
                try run.output.one(await node(try await run.call(.queue, QueueRef(id)), run), shape)
            }
        )
    }

    private static var create: Command<Action> {
        Command(
            "create",
            "Makes a queue of an event, or of an agency.",
            examples: [
                Example("chatctl queue create sound --event devconf --topic 'mic=Microphone is dead' --topic 'fog'"),
                Example("chatctl queue create office --agency nordlys --assignment round_robin"),
            ],
            arguments: [.required("NAME", "What it is called.")],
            options: [
                .value("event", "EVENT", .dynamic("events"), "The event it belongs to."),
                .value("agency", "AGENCY", .dynamic("agencies"), "The agency it belongs to."),
                QueuePolicyCommands.topicOption,
            ] + QueuePolicyCommands.policyOptions + Options.change,
            action: Action("queues.create", "events.get") { run in
                let (event, agency) = (run.values.string("event"), run.values.string("agency"))
                guard (event == nil) != (agency == nil) else {
                    throw Failure.usage("give --event or --agency, exactly one of the two")
                }
                var draft = QueueDraft(event: event, agency: agency, name: run.values.required("NAME"))
                let topics = try QueuePolicyCommands.named(run)
                draft.topics = topics.isEmpty ? nil : topics
                draft.policy = QueuePolicyCommands.change(run)?.applied(to: QueuePolicy())
                draft.sla = QueuePolicyCommands.promise(run, over: SLAPolicy())
                let made = try await run.call(.createQueue, draft)
                try run.changed(await node(made, run), shape, "made the queue \(VisibleText.line(made.name))")
            }
        )
    }

    private static var edit: Command<Action> {
        Command(
            "edit",
            "Renames a queue, opens or closes it. Its rules are \"queue policy\".",
            examples: [
                Example("chatctl queue edit devconf --closed", "Nobody can ask; what waits is still served."),
                Example("chatctl queue edit devconf/sound --name 'Sound and light'"),
            ],
            arguments: [queue],
            options: [
                .value("name", "NAME", "A new name."), .flag("open", "People may ask."),
                .flag("closed", "Nobody may ask any more."), Options.ifMatch,
            ] + Options.change,
            action: Action("queues.update", "queues.list", "events.get") { run in
                try run.needsOne(of: ["name", "open", "closed"])
                let (isOpen, isClosed) = (run.values.flag("open"), run.values.flag("closed"))
                if isOpen, isClosed { throw Failure.usage("--open and --closed exclude each other") }
                let change = QueueChange(
                    queue: try await run.queue(run.values.required("QUEUE")),
                    name: run.values.string("name"),
                    isOpen: isOpen ? true : isClosed ? false : nil
                )
                let queue = try await run.call(.changeQueue, change)
                try run.changed(await node(queue, run), shape, "changed the queue \(VisibleText.line(queue.name))")
            }
        )
    }

    // MARK: - How it is doing

    private static let statsShape = Shape(
        "statistics",
        QueueStats.self,
        name: { $0.at("queue").text ?? "" },
        [
            Column("waiting"), Column("claimed"), Column("inChat"), Column("unattended"),
            Column("oldestAt", "WAITS-SINCE", .time), Column("organizersPresent", "ORGANIZERS"),
            Column("asked", "ASKED-24H"), Column("taken", "TAKEN-24H"), Column("cancelled", "CANCELLED-24H"),
            Column("expired", "EXPIRED-24H"), Column("rejected", "REJECTED-24H"),
            Column("medianWaitMs", "MEDIAN-WAIT", .duration), Column("p90WaitMs", "WAIT-OF-90%", .duration),
            Column("breaches", "BROKEN-PROMISES"), Column("ratings"), Column("averageStars", "STARS"),
            Column("queue", "ID", wide: true),
        ]
    )

    private static var stats: Command<Action> {
        Command(
            "stats",
            "Shows how a queue is doing: now, and over the last 24 hours.",
            examples: [Example("chatctl queue stats devconf"), Example("chatctl queue stats devconf -o json")],
            arguments: [queue],
            action: Action("queues.stats", "queues.list") { run in
                let id = try await run.queue(run.values.required("QUEUE"))
                try run.output.one(Node(try await run.call(.queueStats, QueueRef(id))), statsShape)
            }
        )
    }

    private static let organizerShape = Shape(
        "organizer",
        Organizer.self,
        name: { $0.at("name").text ?? "" },
        [
            Column("name"), Column("isPresent", "THERE"), Column("isAway", "AWAY"), Column("accepts"),
            Column("openChats", "CHATS", .number), Column("capacity", "OF", .number), Column("skills"),
            Column("account", "ID", wide: true),
        ]
    )

    private static var organizers: Command<Action> {
        Command(
            "organizers",
            "Lists who takes from a queue: presence, open chats, skills.",
            examples: [Example("chatctl queue organizers devconf")],
            arguments: [queue],
            action: Action("queues.organizers", "queues.list") { run in
                let id = try await run.queue(run.values.required("QUEUE"))
                try await run.list(organizerShape) { _, _ in try await run.call(.listOrganizers, QueueRef(id)) }
            }
        )
    }
}

extension Run {
    /// `devconf/sound`; nil for a queue of no event.
    func title(_ queue: Queue) async -> String? {
        guard let event = queue.event, let slug = await people.slug(of: event, self) else { return nil }
        return "\(slug)/\(queue.name)"
    }

    /// A queue by its id, by its event's word, `devconf`, or with its own name behind that: `devconf/sound`.
    func queue(_ text: String) async throws -> QueueID {
        if let id = QueueID(text) { return id }
        let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
        guard let event = parts.first else { throw Failure.usage("QUEUE is empty") }
        let queues = try await all {
            try await call(.listQueues, QueueQuery(event: event, limit: Limits.pageItems, cursor: $0))
        }
        let wanted = queues.filter { parts.count == 1 || $0.name.lowercased() == parts[1].lowercased() }
        // The first is the one that was there first.
        let first = wanted.min { ($0.createdAt, $0.id.description) < ($1.createdAt, $1.id.description) }
        if let first { return first.id }
        let names = queues.map { VisibleText.line($0.name) }.joined(separator: ", ")
        let there = names.isEmpty ? "" : "; there are \(names)"
        throw Failure(APIError(.notFound, "there is no queue \(VisibleText.line(text))\(there)"))
    }
}
