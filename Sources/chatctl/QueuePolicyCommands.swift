import ChatAPI
import Flags
import Transport

/// `queue policy|topics`: by which rules a queue hands out, and what people pick from when they ask.
enum QueuePolicyCommands {
    /// 0s for never, or within the limits; what lies between is the daemon's to refuse.
    private static func orNever(_ limits: ClosedRange<Int64>) -> ValueKind { .span(0...limits.upperBound) }

    static let policyOptions: [Option] = [
        .value(
            "assignment",
            "HOW",
            .choice(QueuePolicy.Assignment.words.map(\.rawValue)),
            "Organizers take by themselves; or those who accept chats are offered the next one: in turn, the least busy, by skill."
        ),
        .value("lease", "DURATION", .span(Limits.leaseMs), "How long a claim or an offer holds."),
        .value("max-waiting", "N", .integer(1...1_000_000), "More than so many waiting requests are refused."),
        .value("max-chats", "N", .integer(1...1_000), "Open chats of one organizer at a time."),
        .value(
            "ageing",
            "DURATION",
            .span(Limits.ageingMs),
            "Each step of waiting raises a request's priority by one."
        ),
        .value("wait-limit", "DURATION", .span(Limits.waitLimitMs), "A request that waited so long expires."),
        .value("idle", "DURATION", .span(Limits.idleMs), "A chat without a message for so long is called idle."),
        .value(
            "idle-end",
            "DURATION",
            orNever(Limits.idleEndMs),
            "An idle chat ends by itself after so much more; 0s: never."
        ),
        .value(
            "lost",
            "DURATION",
            orNever(Limits.lostMs),
            "A chat whose organizer is gone for so long goes back in line; 0s: never."
        ),
        .value(
            "when-nobody",
            "WHAT",
            .choice(QueuePolicy.WhenNobody.words.map(\.rawValue)),
            "What happens to who asks while no organizer is there."
        ),
        .value(
            "first-answer",
            "DURATION",
            orNever(Limits.firstAnswerMs),
            "The first answer is promised within this; 0s: nothing is."
        ),
        .value(
            "resolution",
            "DURATION",
            orNever(Limits.resolutionMs),
            "The end of the chat is promised within this; 0s: nothing is."
        ),
    ]

    private static let policyShape = Shape(
        "queue",
        Queue.self,
        name: { $0.at("id").text ?? "" },
        [
            Column("name"), Column("policy.assignment", "ASSIGNMENT"), Column("policy.leaseMs", "LEASE", .duration),
            Column("policy.maxWaiting", "MAX-WAITING"), Column("policy.maxPerOrganizer", "MAX-CHATS"),
            Column("policy.ageingMs", "AGEING", .duration), Column("policy.waitLimitMs", "WAIT-LIMIT", .duration),
            Column("policy.idleMs", "IDLE", .duration), Column("policy.idleEndMs", "IDLE-END", .duration),
            Column("policy.lostMs", "LOST", .duration), Column("policy.whenNobody", "WHEN-NOBODY"),
            Column("sla.firstAnswerMs", "FIRST-ANSWER", .duration), Column("sla.resolutionMs", "RESOLUTION", .duration),
            Column("version", "VERSION", .number), Column("id", wide: true),
        ]
    )

    static var policy: Command<Action> {
        Command(
            "policy",
            "Shows by which rules a queue hands its requests out, or changes them.",
            examples: [
                Example("chatctl queue policy devconf"),
                Example("chatctl queue policy devconf --assignment least_busy --max-chats 3"),
                Example("chatctl queue policy devconf --first-answer 2m --resolution 30m"),
            ],
            arguments: [QueueCommands.queue],
            options: policyOptions + [Options.ifMatch] + Options.change,
            action: Action("queues.update", "queues.get", "queues.list", "queues.organizers") { run in
                let id = try await run.queue(run.values.required("QUEUE"))
                let isEdit = policyOptions.contains { run.values.origin($0.name) == .line }
                guard isEdit else {
                    return try run.output.one(Node(try await run.call(.queue, QueueRef(id))), policyShape)
                }
                let promises = ["first-answer", "resolution"].filter { run.values.origin($0) == .line }
                // Promises are one value: what the line does not say of it stays.
                let known = promises.count == 1 ? try await run.call(.queue, QueueRef(id)).sla : SLAPolicy()
                let change = QueueChange(queue: id, policy: change(run), sla: promise(run, over: known))
                let queue = try await run.call(.changeQueue, change)
                try run.changed(Node(queue), policyShape, "changed the rules of \(VisibleText.line(queue.name))")
                guard run.values.origin("assignment") == .line, queue.policy.assignment != .manual else { return }
                let organizers = try await run.call(.listOrganizers, QueueRef(id)).items
                guard !organizers.contains(where: { $0.accepts != .off }) else { return }
                run.say("nobody accepts chats yet: each organizer says \"chatctl availability set --accept always\"")
            }
        )
    }

    /// What the line says about the policy; nil if nothing.
    static func change(_ run: Run) -> QueuePolicyChange? {
        var change = QueuePolicyChange()
        func duration(_ name: String) -> Int64? { run.values.duration(name)?.wholeMilliseconds }
        change.assignment = run.values.string("assignment").flatMap(QueuePolicy.Assignment.init(rawValue:))
        change.leaseMs = duration("lease")
        change.maxWaiting = run.values.int("max-waiting")
        change.maxPerOrganizer = run.values.int("max-chats")
        change.ageingMs = duration("ageing")
        change.waitLimitMs = duration("wait-limit")
        change.idleMs = duration("idle")
        change.idleEndMs = duration("idle-end")
        change.lostMs = duration("lost")
        change.whenNobody = run.values.string("when-nobody").flatMap(QueuePolicy.WhenNobody.init(rawValue:))
        let named = policyOptions.map(\.name).filter { $0 != "first-answer" && $0 != "resolution" }
        return named.contains { run.values.origin($0) == .line } ? change : nil
    }

    static func promise(_ run: Run, over known: SLAPolicy) -> SLAPolicy? {
        let first = run.values.duration("first-answer")?.wholeMilliseconds
        let resolution = run.values.duration("resolution")?.wholeMilliseconds
        guard first != nil || resolution != nil else { return nil }
        return SLAPolicy(
            firstAnswerMs: first ?? known.firstAnswerMs,
            resolutionMs: resolution ?? known.resolutionMs
        )
    }

    // MARK: - Topics

    static let topicOption = Option.repeated(
        "topic",
        "KEY[=TITLE]",
        "Something to pick: medical='Somebody is hurt'. With KEY:PRIORITY=TITLE it goes first, with KEY@SKILL=TITLE it "
            + "takes that skill."
    )

    private static let topicShape = Shape(
        "topic",
        ChatAPI.Topic.self,
        name: { $0.at("key").text ?? "" },
        [Column("key"), Column("title"), Column("priority", "PRIORITY", .number), Column("skill")]
    )

    static var topics: Command<Action> {
        Command(
            "topics",
            "Shows what people pick from when they ask in a queue, or replaces it.",
            examples: [
                Example("chatctl queue topics devconf"),
                Example(
                    "chatctl queue topics devconf --topic medical:5@medical='Somebody is hurt' --topic lost='Lost and found'"
                ),
                Example("chatctl queue topics devconf --none"),
            ],
            arguments: [QueueCommands.queue],
            options: [topicOption, .flag("none", "Removes all topics."), Options.ifMatch] + Options.change,
            action: Action("queues.update", "queues.get", "queues.list") { run in
                let topics = try named(run)
                let isNone = run.values.flag("none")
                if isNone, !topics.isEmpty { throw Failure.usage("--none and --topic exclude each other") }
                let id = try await run.queue(run.values.required("QUEUE"))
                let queue: Queue
                if topics.isEmpty, !isNone {
                    queue = try await run.call(.queue, QueueRef(id))
                } else {
                    queue = try await run.call(.changeQueue, QueueChange(queue: id, topics: topics))
                    run.say(
                        "\(run.isDryRun ? "would have " : "")set \(topics.count) topics of \(VisibleText.line(queue.name))"
                    )
                }
                let list = try run.output.list(topicShape)
                for topic in queue.topics { list.add(Node(topic)) }
                list.end()
            }
        )
    }

    static func named(_ run: Run) throws(Failure) -> [ChatAPI.Topic] {
        var topics: [ChatAPI.Topic] = []
        for text in run.values.strings("topic") { topics.append(try topic(text)) }
        return topics
    }

    /// `medical:5@first-aid=Somebody is hurt`.
    private static func topic(_ text: String) throws(Failure) -> ChatAPI.Topic {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        var key = parts[0]
        var topic = ChatAPI.Topic(key: "", title: "")
        if let at = key.firstIndex(of: "@") {
            topic.skill = String(key[key.index(after: at)...])
            key = key[..<at]
        }
        if let colon = key.firstIndex(of: ":") {
            guard let priority = Int(key[key.index(after: colon)...]) else {
                throw .usage("--topic \"\(VisibleText.line(text))\": the priority behind : is no whole number")
            }
            topic.priority = priority
            key = key[..<colon]
        }
        guard !key.isEmpty else { throw .usage("--topic \"\(VisibleText.line(text))\" has no key") }
        topic.key = String(key)
        topic.title = parts.count > 1 ? String(parts[1]) : String(key)
        return topic
    }
}

extension QueuePolicyChange {
    /// The whole policy that comes of it.
    func applied(to policy: QueuePolicy) -> QueuePolicy {
        QueuePolicy(
            assignment: assignment ?? policy.assignment,
            leaseMs: leaseMs ?? policy.leaseMs,
            maxWaiting: maxWaiting ?? policy.maxWaiting,
            maxPerOrganizer: maxPerOrganizer ?? policy.maxPerOrganizer,
            ageingMs: ageingMs ?? policy.ageingMs,
            waitLimitMs: waitLimitMs ?? policy.waitLimitMs,
            idleMs: idleMs ?? policy.idleMs,
            idleEndMs: idleEndMs ?? policy.idleEndMs,
            lostMs: lostMs ?? policy.lostMs,
            whenNobody: whenNobody ?? policy.whenNobody
        )
    }
}
