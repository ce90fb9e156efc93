/// Whether and how much an organizer works: the switch "accept chats", absence, capacity, skills.
package struct Availability: Codable, Sendable, Equatable {
    package var accepts: Accepts
    /// Nothing is offered and nothing handed over. Three offers missed in a row set it.
    package var isAway: Bool
    /// Chats at a time; the queue's own limit holds as well.
    package var capacity: Int
    /// What one can do, for queues with the policy `skills`: `medical`, `de`.
    package var skills: [String]
    package var openChats: Int
    /// The work lists: one per queue one may take from.
    package var queues: [QueueCounters]

    package enum Accepts: String, WireEnum {
        /// One takes by oneself.
        case off
        /// The next request is handed over by itself, then the switch is off again.
        case next
        /// Requests are handed over while there is capacity.
        case always
        /// What this program does not know.
        case unknown
    }

    package init(
        accepts: Accepts,
        isAway: Bool,
        capacity: Int,
        skills: [String],
        openChats: Int = 0,
        queues: [QueueCounters] = []
    ) {
        self.accepts = accepts
        self.isAway = isAway
        self.capacity = capacity
        self.skills = skills
        self.openChats = openChats
        self.queues = queues
    }
}

/// What a work list shows beside its name.
package struct QueueCounters: Codable, Sendable, Equatable {
    package var queue: QueueID
    package var name: String
    package var waiting: Int
    package var unattended: Int
    /// When the request that waits longest was made.
    package var oldestAt: Milliseconds?

    package init(queue: QueueID, name: String, waiting: Int, unattended: Int, oldestAt: Milliseconds?) {
        self.queue = queue
        self.name = name
        self.waiting = waiting
        self.unattended = unattended
        self.oldestAt = oldestAt
    }
}

/// What is absent stays.
package struct AvailabilityChange: Codable, Sendable {
    package var accepts: Availability.Accepts?
    package var isAway: Bool?
    package var capacity: Int?
    package var skills: [String]?

    package init(
        accepts: Availability.Accepts? = nil,
        isAway: Bool? = nil,
        capacity: Int? = nil,
        skills: [String]? = nil
    ) {
        self.accepts = accepts
        self.isAway = isAway
        self.capacity = capacity
        self.skills = skills
    }
}

/// Someone who takes from a queue, as the others who do see them.
package struct Organizer: Codable, Sendable, Equatable {
    package var account: AccountID
    package var name: String
    package var isPresent: Bool
    package var isAway: Bool
    package var accepts: Availability.Accepts
    package var openChats: Int
    package var capacity: Int
    package var skills: [String]

    package init(
        account: AccountID,
        name: String,
        isPresent: Bool,
        isAway: Bool,
        accepts: Availability.Accepts,
        openChats: Int,
        capacity: Int,
        skills: [String]
    ) {
        self.account = account
        self.name = name
        self.isPresent = isPresent
        self.isAway = isAway
        self.accepts = accepts
        self.openChats = openChats
        self.capacity = capacity
        self.skills = skills
    }
}

extension Endpoint where Input == Empty, Output == Availability {
    package static var availability: Self {
        Self(
            "availability.get",
            .get,
            "/v1/me/availability",
            needs: .handleRequests,
            "whether one accepts chats, and the work lists"
        )
    }
}

extension Endpoint where Input == AvailabilityChange, Output == Availability {
    package static var setAvailability: Self {
        Self(
            "availability.set",
            .patch,
            "/v1/me/availability",
            needs: .handleRequests,
            "accept chats or stop, be away or back, set capacity and skills"
        )
    }
}
