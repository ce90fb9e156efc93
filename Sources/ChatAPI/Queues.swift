/// A line of chat requests of an event or an agency, and the rules by which organizers take from it.
package struct Queue: Codable, Sendable, Equatable {
    package var id: QueueID
    package var agency: AgencyID
    /// Nil for a queue of the agency itself.
    package var event: EventID?
    package var name: String
    /// What a participant picks from instead of, or besides, a text.
    package var topics: [Topic]
    package var policy: QueuePolicy
    package var sla: SLAPolicy
    /// False: nobody can ask here; what waits is still served.
    package var isOpen: Bool
    /// Requests that wait now. Nil to those who may not see the queue.
    package var waiting: Int?
    /// Grows with each edit: the `ETag` of REST.
    package var version: Int64
    package var createdAt: Milliseconds

    package init(
        id: QueueID,
        agency: AgencyID,
        event: EventID?,
        name: String,
        topics: [Topic],
        policy: QueuePolicy,
        sla: SLAPolicy,
        isOpen: Bool,
        waiting: Int?,
        version: Int64,
        createdAt: Milliseconds
    ) {
        self.id = id
        self.agency = agency
        self.event = event
        self.name = name
        self.topics = topics
        self.policy = policy
        self.sla = sla
        self.isOpen = isOpen
        self.waiting = waiting
        self.version = version
        self.createdAt = createdAt
    }
}

package typealias QueueID = ID<Queue>

extension Scope {
    package static func queue(_ id: QueueID) -> Scope { Scope(.queue, id.retyped()) }
}

/// A predefined reason to ask: `medical`, `security`.
package struct Topic: Codable, Sendable, Equatable {
    /// How it is picked: a short word, unique in its queue.
    package var key: String
    package var title: String
    /// What a request of this topic starts with; 0 is normal, higher goes first.
    package var priority: Int
    /// What an organizer must be able to do, where the policy is `skills`.
    package var skill: String?

    package init(key: String, title: String, priority: Int = 0, skill: String? = nil) {
        self.key = key
        self.title = title
        self.priority = priority
        self.skill = skill
    }
}

// A topic that says nothing of a priority has the normal one.
extension Topic {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        key = try container.decode(String.self, forKey: .key)
        title = try container.decode(String.self, forKey: .title)
        priority = try container.decodeIfPresent(Int.self, forKey: .priority) ?? 0
        skill = try container.decodeIfPresent(String.self, forKey: .skill)
    }
}

/// How a queue hands its requests out.
package struct QueuePolicy: Codable, Sendable, Equatable {
    package var assignment: Assignment
    /// How long a claim or an offer holds.
    package var leaseMs: Int64
    /// More than this many waiting requests are refused.
    package var maxWaiting: Int
    /// Open chats of one organizer, over all queues; an organizer may set less.
    package var maxPerOrganizer: Int
    /// Each step of waiting raises a request's priority by one, so that nothing starves.
    package var ageingMs: Int64
    /// A request that waited this long without being taken expires.
    package var waitLimitMs: Int64
    /// A chat without a message for this long is called idle.
    package var idleMs: Int64
    /// An idle chat ends by itself after this much more; 0: never.
    package var idleEndMs: Int64
    /// A chat whose organizer is gone for this long is put back in line, with its history; 0: never.
    package var lostMs: Int64
    /// What happens to who asks while no organizer is there.
    package var whenNobody: WhenNobody

    package enum Assignment: String, WireEnum {
        /// Organizers take what and when they choose.
        case manual
        /// Offered to the organizer whose last offer is longest ago.
        case roundRobin = "round_robin"
        /// Offered to the organizer with the fewest open chats.
        case leastBusy = "least_busy"
        /// Offered to the least busy of those who have the topic's skill.
        case skills
        /// What this program does not know.
        case unknown
    }

    package enum WhenNobody: String, WireEnum {
        case queue
        case refuse
        /// What this program does not know.
        case unknown
    }

    package init(
        assignment: Assignment = .manual,
        leaseMs: Int64 = 60_000,
        maxWaiting: Int = 100_000,
        maxPerOrganizer: Int = 5,
        ageingMs: Int64 = 600_000,
        waitLimitMs: Int64 = 4 * 3_600_000,
        idleMs: Int64 = 600_000,
        idleEndMs: Int64 = 0,
        lostMs: Int64 = 900_000,
        whenNobody: WhenNobody = .queue
    ) {
        self.assignment = assignment
        self.leaseMs = leaseMs
        self.maxWaiting = maxWaiting
        self.maxPerOrganizer = maxPerOrganizer
        self.ageingMs = ageingMs
        self.waitLimitMs = waitLimitMs
        self.idleMs = idleMs
        self.idleEndMs = idleEndMs
        self.lostMs = lostMs
        self.whenNobody = whenNobody
    }
}

/// What is promised to whoever asks; 0 promises nothing.
package struct SLAPolicy: Codable, Sendable, Equatable {
    /// From asking to the first word of an organizer.
    package var firstAnswerMs: Int64
    /// From asking to the end of the chat.
    package var resolutionMs: Int64

    package init(firstAnswerMs: Int64 = 0, resolutionMs: Int64 = 0) {
        self.firstAnswerMs = firstAnswerMs
        self.resolutionMs = resolutionMs
    }
}

/// Makes a queue of an event, or of an agency: exactly one of the two.
package struct QueueDraft: Codable, Sendable {
    package var event: String?
    package var agency: String?
    package var name: String
    package var topics: [Topic]?
    package var policy: QueuePolicy?
    package var sla: SLAPolicy?

    package init(
        event: String? = nil,
        agency: String? = nil,
        name: String,
        topics: [Topic]? = nil,
        policy: QueuePolicy? = nil,
        sla: SLAPolicy? = nil
    ) {
        self.event = event
        self.agency = agency
        self.name = name
        self.topics = topics
        self.policy = policy
        self.sla = sla
    }
}

/// What is absent stays.
package struct QueueChange: Codable, Sendable {
    package var queue: QueueID
    package var name: String?
    package var topics: [Topic]?
    package var policy: QueuePolicyChange?
    package var sla: SLAPolicy?
    package var isOpen: Bool?

    package init(
        queue: QueueID,
        name: String? = nil,
        topics: [Topic]? = nil,
        policy: QueuePolicyChange? = nil,
        sla: SLAPolicy? = nil,
        isOpen: Bool? = nil
    ) {
        self.queue = queue
        self.name = name
        self.topics = topics
        self.policy = policy
        self.sla = sla
        self.isOpen = isOpen
    }
}

/// The members of a policy that are to change.
package struct QueuePolicyChange: Codable, Sendable {
    package var assignment: QueuePolicy.Assignment?
    package var leaseMs: Int64?
    package var maxWaiting: Int?
    package var maxPerOrganizer: Int?
    package var ageingMs: Int64?
    package var waitLimitMs: Int64?
    package var idleMs: Int64?
    package var idleEndMs: Int64?
    package var lostMs: Int64?
    package var whenNobody: QueuePolicy.WhenNobody?

    package init() {}
}

package struct QueueRef: Codable, Sendable {
    package var queue: QueueID

    package init(_ queue: QueueID) { self.queue = queue }
}

package struct QueueQuery: Codable, Sendable {
    /// Only those of this event, by id or name.
    package var event: String?
    package var limit: Int?
    package var cursor: String?

    package init(event: String? = nil, limit: Int? = nil, cursor: String? = nil) {
        self.event = event
        self.limit = limit
        self.cursor = cursor
    }
}

/// Which entries of the log `@queue/<id>`.
package struct QueueLogQuery: Codable, Sendable {
    package var queue: QueueID
    package var after: Int64?
    package var limit: Int?

    package init(queue: QueueID, after: Int64? = nil, limit: Int? = nil) {
        self.queue = queue
        self.after = after
        self.limit = limit
    }
}

/// How a queue is doing: now, and over the last 24 hours.
package struct QueueStats: Codable, Sendable, Equatable {
    package var queue: QueueID
    package var waiting: Int
    package var claimed: Int
    package var inChat: Int
    /// Chats whose organizer is gone, or that wait for the next one.
    package var unattended: Int
    /// When the request that waits longest was made.
    package var oldestAt: Milliseconds?
    package var organizersPresent: Int
    /// Over the last 24 hours.
    package var asked: Int
    package var taken: Int
    package var cancelled: Int
    package var expired: Int
    package var rejected: Int
    /// From asking to being taken: the middle one, and the one that 90 of 100 stay below.
    package var medianWaitMs: Int64?
    package var p90WaitMs: Int64?
    package var breaches: Int
    package var ratings: Int
    package var averageStars: Double?

    package init(queue: QueueID) {
        self.queue = queue
        waiting = 0
        claimed = 0
        inChat = 0
        unattended = 0
        organizersPresent = 0
        asked = 0
        taken = 0
        cancelled = 0
        expired = 0
        rejected = 0
        breaches = 0
        ratings = 0
    }
}

extension Endpoint where Input == QueueQuery, Output == Page<Queue> {
    package static var listQueues: Self {
        Self("queues.list", .get, "/v1/queues", needs: .read, "list the queues one works in or may ask in")
    }
}

extension Endpoint where Input == QueueRef, Output == Queue {
    package static var queue: Self {
        Self("queues.get", .get, "/v1/queues/{queue}", needs: .read, "show a queue with its policy and topics")
    }
}

extension Endpoint where Input == QueueDraft, Output == Queue {
    package static var createQueue: Self {
        Self("queues.create", .post, "/v1/queues", needs: .manageQueues, "make a queue of an event or an agency")
    }
}

extension Endpoint where Input == QueueChange, Output == Queue {
    package static var changeQueue: Self {
        Self(
            "queues.update",
            .patch,
            "/v1/queues/{queue}",
            needs: .manageQueues,
            "change a queue's name, policy, topics or SLA, open or close it"
        )
    }
}

extension Endpoint where Input == QueueRef, Output == QueueStats {
    package static var queueStats: Self {
        Self("queues.stats", .get, "/v1/queues/{queue}/stats", needs: .handleRequests, "how a queue is doing")
    }
}

extension Endpoint where Input == QueueLogQuery, Output == EntryPage {
    package static var queueEntries: Self {
        Self("queues.entries", .get, "/v1/queues/{queue}/entries", needs: .handleRequests, "page through a queue's log")
    }
}

extension Endpoint where Input == QueueRef, Output == Page<Organizer> {
    package static var listOrganizers: Self {
        Self(
            "queues.organizers",
            .get,
            "/v1/queues/{queue}/organizers",
            needs: .handleRequests,
            "list who takes from a queue: presence, open chats, skills"
        )
    }
}
