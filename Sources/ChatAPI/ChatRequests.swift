/// A wish to talk, waiting in a queue. Its text becomes the first message of the chat.
package struct ChatRequest: Codable, Sendable, Equatable {
    package var id: RequestID
    package var queue: QueueID
    package var event: EventID?
    package var participant: AccountID
    package var participantName: String
    /// The key of one of the queue's topics.
    package var topic: String?
    /// The first text, and what was added while waiting.
    package var texts: [String]
    package var location: Location?
    /// As it was asked; ageing raises it while it waits.
    package var priority: Int
    package var state: RequestState
    /// A requeued request keeps it.
    package var createdAt: Milliseconds
    package var claim: Claim?
    /// 1 is next. Only while it waits.
    package var position: Int?
    /// An estimate, and shown as one: from the position and how fast the queue moved of late. Nil while nobody is there.
    package var estimatedWaitMs: Int64?
    /// Once it was taken.
    package var chat: ChatID?
    /// Why it was rejected or expired.
    package var reason: String?
    /// When the first answer is due, where the queue promises one.
    package var firstAnswerDueAt: Milliseconds?
    package var endedAt: Milliseconds?
    /// What the asker may do now.
    package var allowed: [RequestAction]

    package init(
        id: RequestID,
        queue: QueueID,
        event: EventID?,
        participant: AccountID,
        participantName: String,
        topic: String?,
        texts: [String],
        location: Location?,
        priority: Int,
        state: RequestState,
        createdAt: Milliseconds
    ) {
        self.id = id
        self.queue = queue
        self.event = event
        self.participant = participant
        self.participantName = participantName
        self.topic = topic
        self.texts = texts
        self.location = location
        self.priority = priority
        self.state = state
        self.createdAt = createdAt
        allowed = []
    }
}

package typealias RequestID = ID<ChatRequest>

package enum RequestState: String, WireEnum {
    case queued
    case claimed
    case inChat = "in_chat"
    case done
    case cancelled
    case rejected
    case expired
    /// What this program does not know.
    case unknown

    /// One open request per participant and event.
    package var isOpen: Bool {
        switch self {
        case .queued, .claimed, .inChat: true
        case .done, .cancelled, .rejected, .expired, .unknown: false
        }
    }
}

package enum RequestAction: String, WireEnum {
    case addText = "add_text"
    case cancel
    case claim
    case accept
    case take
    case release
    case reject
    case transfer
    case requeue
    /// The claim's lease is over, or its holder gone: the daemon does this.
    case lapse
    /// It waited too long, or the event is over: the daemon does this.
    case expire
    /// The chat ended.
    case end
    /// What this program does not know.
    case unknown
}

/// Who holds a request, and until when. Everybody who may see the queue sees this; the token only its holder.
package struct Claim: Codable, Sendable, Equatable {
    package var by: AccountID
    package var name: String
    package var until: Milliseconds
    /// The fencing token: only with it is the claim accepted or released.
    package var token: Int64?
    /// The queue's policy offered it; nobody reached for it.
    package var isOffer: Bool

    package init(by: AccountID, name: String, until: Milliseconds, token: Int64?, isOffer: Bool) {
        self.by = by
        self.name = name
        self.until = until
        self.token = token
        self.isOffer = isOffer
    }
}

/// Asks for a chat: in a queue, or in an event's first queue. A topic, a text, or both.
package struct RequestDraft: Codable, Sendable {
    package var queue: QueueID?
    /// By id or name.
    package var event: String?
    package var topic: String?
    package var text: String?
    package var location: Location?

    package init(
        queue: QueueID? = nil,
        event: String? = nil,
        topic: String? = nil,
        text: String? = nil,
        location: Location? = nil
    ) {
        self.queue = queue
        self.event = event
        self.topic = topic
        self.text = text
        self.location = location
    }
}

package struct RequestRef: Codable, Sendable {
    package var request: RequestID

    package init(_ request: RequestID) { self.request = request }
}

package struct RequestText: Codable, Sendable {
    package var request: RequestID
    package var text: String

    package init(request: RequestID, text: String) {
        self.request = request
        self.text = text
    }
}

/// Names a claim by its fencing token; absent, the caller's own claim whatever its token.
package struct ClaimRef: Codable, Sendable {
    package var request: RequestID
    package var token: Int64?

    package init(request: RequestID, token: Int64? = nil) {
        self.request = request
        self.token = token
    }
}

package struct Rejection: Codable, Sendable {
    package var request: RequestID
    /// The participant reads it.
    package var reason: String

    package init(request: RequestID, reason: String) {
        self.request = request
        self.reason = reason
    }
}

/// Hands a waiting or claimed request on: to another queue, or as an offer to one organizer. Exactly one of the two.
package struct RequestTransfer: Codable, Sendable {
    package var request: RequestID
    package var queue: QueueID?
    /// By id or name.
    package var organizer: String?
    /// For the next organizer, never for the participant.
    package var note: String?

    package init(request: RequestID, queue: QueueID? = nil, organizer: String? = nil, note: String? = nil) {
        self.request = request
        self.queue = queue
        self.organizer = organizer
        self.note = note
    }
}

/// Puts a request that is in a chat back in line; it keeps its age, and the chat its history.
package struct Requeueing: Codable, Sendable {
    package var request: RequestID
    package var note: String?

    package init(request: RequestID, note: String? = nil) {
        self.request = request
        self.note = note
    }
}

/// Which requests: one's own, a queue's in the order in which they are taken, or a person's.
package struct RequestQuery: Codable, Sendable {
    /// Absent: one's own.
    package var queue: QueueID?
    /// By id or name: that person's, the newest first, in all queues that the asker answers, or in this one.
    package var participant: String?
    /// Absent: of a queue those that wait, of one's own those that are open.
    package var state: RequestState?
    package var limit: Int?
    package var cursor: String?

    package init(
        queue: QueueID? = nil,
        participant: String? = nil,
        state: RequestState? = nil,
        limit: Int? = nil,
        cursor: String? = nil
    ) {
        self.queue = queue
        self.participant = participant
        self.state = state
        self.limit = limit
        self.cursor = cursor
    }
}

extension Endpoint where Input == RequestDraft, Output == ChatRequest {
    package static var ask: Self {
        Self("requests.ask", .post, "/v1/requests", needs: .askForHelp, "ask for a chat; one open request per event")
    }
}

extension Endpoint where Input == RequestQuery, Output == Page<ChatRequest> {
    package static var listRequests: Self {
        Self(
            "requests.list",
            .get,
            "/v1/requests",
            needs: .read,
            "list a queue's requests in order, a person's, or one's own"
        )
    }
}

extension Endpoint where Input == RequestRef, Output == ChatRequest {
    package static var request: Self {
        Self("requests.get", .get, "/v1/requests/{request}", needs: .read, "show a request: state, position, estimate")
    }
    package static var cancelRequest: Self {
        Self(
            "requests.cancel",
            .post,
            "/v1/requests/{request}/cancel",
            needs: .askForHelp,
            "take one's own request back"
        )
    }
    package static var claimRequest: Self {
        Self(
            "requests.claim",
            .post,
            "/v1/requests/{request}/claim",
            needs: .handleRequests,
            "hold a request and look at it"
        )
    }
}

extension Endpoint where Input == RequestText, Output == ChatRequest {
    package static var addRequestText: Self {
        Self("requests.addText", .post, "/v1/requests/{request}/texts", needs: .askForHelp, "say more while waiting")
    }
}

extension Endpoint where Input == ClaimRef, Output == Chat {
    package static var acceptRequest: Self {
        Self(
            "requests.accept",
            .post,
            "/v1/requests/{request}/accept",
            needs: .handleRequests,
            "open the chat of a claimed request"
        )
    }
}

extension Endpoint where Input == RequestRef, Output == Chat {
    package static var takeRequest: Self {
        Self(
            "requests.take",
            .post,
            "/v1/requests/{request}/take",
            needs: .handleRequests,
            "claim and accept in one step"
        )
    }
}

extension Endpoint where Input == QueueRef, Output == Chat {
    package static var takeNext: Self {
        Self(
            "requests.takeNext",
            .post,
            "/v1/queues/{queue}/take",
            needs: .handleRequests,
            "take the request that is next in line"
        )
    }
}

extension Endpoint where Input == ClaimRef, Output == ChatRequest {
    package static var releaseRequest: Self {
        Self(
            "requests.release",
            .post,
            "/v1/requests/{request}/release",
            needs: .handleRequests,
            "give a claim up: the request returns to its place in line"
        )
    }
}

extension Endpoint where Input == Rejection, Output == ChatRequest {
    package static var rejectRequest: Self {
        Self(
            "requests.reject",
            .post,
            "/v1/requests/{request}/reject",
            needs: .handleRequests,
            "refuse a request, with a reason"
        )
    }
}

extension Endpoint where Input == RequestTransfer, Output == ChatRequest {
    package static var transferRequest: Self {
        Self(
            "requests.transfer",
            .post,
            "/v1/requests/{request}/transfer",
            needs: .handleRequests,
            "hand a request to another queue or an organizer"
        )
    }
}

extension Endpoint where Input == Requeueing, Output == ChatRequest {
    package static var requeueRequest: Self {
        Self(
            "requests.requeue",
            .post,
            "/v1/requests/{request}/requeue",
            needs: .handleRequests,
            "put the request of a running chat back in line, at its age"
        )
    }
}
