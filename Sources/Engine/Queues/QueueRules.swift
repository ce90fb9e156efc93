import ChatAPI

/// Names, topics, policies and promises of queues: what they may be. Pure.
enum QueueRules {
    static func check(name: String) throws(APIError) {
        try TextRules.checkLine(name, named: "name", limit: Limits.queueNameBytes)
        if TextRules.isBlank(name) { throw .invalid("name", "is blank; a queue has a name") }
    }

    static func check(_ topics: [Topic]) throws(APIError) {
        guard topics.count <= Limits.topicsPerQueue else {
            throw .invalid("topics", "has \(topics.count) topics; the limit is \(Limits.topicsPerQueue)")
        }
        var seen: Set<String> = []
        for topic in topics {
            try check(word: topic.key, named: "topics", of: "a topic's key")
            guard seen.insert(topic.key).inserted else { throw .invalid("topics", "has '\(topic.key)' twice") }
            try TextRules.checkLine(topic.title, named: "topics", limit: Limits.topicTitleBytes)
            if TextRules.isBlank(topic.title) { throw .invalid("topics", "has a blank title for '\(topic.key)'") }
            try check(topic.priority, -10...10, "topics", "a priority")
            if let skill = topic.skill { try check(word: skill, named: "topics", of: "a skill") }
        }
    }

    /// A short word that people type: lower-case letters, digits, `-`, `_` and `.`.
    static func check(word: String, named member: String, of what: String) throws(APIError) {
        let isPlain = word.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
        }
        guard isPlain, Limits.wordCharacters.contains(word.utf8.count) else {
            let limit = Limits.wordCharacters.upperBound
            throw .invalid(
                member,
                "has '\(word.prefix(40))'; \(what) is 1 to \(limit) lower-case letters, digits, '-', '_' and '.'"
            )
        }
    }

    static func check(_ policy: QueuePolicy) throws(APIError) {
        try checkSpan(policy.leaseMs, Limits.leaseMs, "policy", "leaseMs")
        try check(Int64(policy.maxWaiting), 1...1_000_000, "policy", "maxWaiting")
        try check(Int64(policy.maxPerOrganizer), 1...Int64(Limits.chatsPerOrganizer), "policy", "maxPerOrganizer")
        try checkSpan(policy.ageingMs, Limits.ageingMs, "policy", "ageingMs")
        try checkSpan(policy.waitLimitMs, Limits.waitLimitMs, "policy", "waitLimitMs")
        try checkSpan(policy.idleMs, Limits.idleMs, "policy", "idleMs")
        try checkOrNever(policy.idleEndMs, Limits.idleEndMs, "policy", "idleEndMs")
        try checkOrNever(policy.lostMs, Limits.lostMs, "policy", "lostMs")
    }

    static func check(_ sla: SLAPolicy) throws(APIError) {
        try checkOrNever(sla.firstAnswerMs, Limits.firstAnswerMs, "sla", "firstAnswerMs")
        try checkOrNever(sla.resolutionMs, Limits.resolutionMs, "sla", "resolutionMs")
    }

    private static func check(_ value: Int, _ range: ClosedRange<Int>, _ member: String, _ what: String)
        throws(APIError)
    {
        try check(Int64(value), Int64(range.lowerBound)...Int64(range.upperBound), member, what)
    }

    private static func check(
        _ value: Int64,
        _ range: ClosedRange<Int64>,
        _ member: String,
        _ what: String
    ) throws(APIError) {
        if range.contains(value) { return }
        throw .invalid(member, "has \(what) \(value); it goes from \(range.lowerBound) to \(range.upperBound)")
    }

    private static func checkSpan(
        _ value: Int64,
        _ range: ClosedRange<Int64>,
        _ member: String,
        _ what: String
    ) throws(APIError) {
        if range.contains(value) { return }
        throw .invalid(member, "has \(what) \(SpanText.text(value)); it goes \(SpanText.range(range))")
    }

    /// 0 means never.
    private static func checkOrNever(
        _ value: Int64,
        _ range: ClosedRange<Int64>,
        _ member: String,
        _ what: String
    ) throws(APIError) {
        if value == 0 || range.contains(value) { return }
        throw .invalid(
            member,
            "has \(what) \(SpanText.text(value)); it goes \(SpanText.range(range)), or is 0 for never"
        )
    }

    /// What ordering is made of: a request goes before another if it was made earlier, where each step of priority
    /// counts like having been made one step of ageing earlier.
    ///
    /// All that wait age at the same pace, so this never changes while they do: the order is an index, and nothing starves,
    /// because whatever comes later than a request by its priority's worth of steps goes behind it.
    static func rank(createdAt: Milliseconds, priority: Int, _ policy: QueuePolicy) -> Int64 {
        createdAt - Int64(priority) * policy.ageingMs
    }
}

extension QueuePolicy {
    /// With what a change names.
    func changed(by change: QueuePolicyChange) -> QueuePolicy {
        QueuePolicy(
            assignment: change.assignment ?? assignment,
            leaseMs: change.leaseMs ?? leaseMs,
            maxWaiting: change.maxWaiting ?? maxWaiting,
            maxPerOrganizer: change.maxPerOrganizer ?? maxPerOrganizer,
            ageingMs: change.ageingMs ?? ageingMs,
            waitLimitMs: change.waitLimitMs ?? waitLimitMs,
            idleMs: change.idleMs ?? idleMs,
            idleEndMs: change.idleEndMs ?? idleEndMs,
            lostMs: change.lostMs ?? lostMs,
            whenNobody: change.whenNobody ?? whenNobody
        )
    }
}
