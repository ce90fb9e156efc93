/// What the logs say about the help desk: in `@queue/<id>` to those who take from it, in `@me` to those it concerns.

/// A request as one entry of a log shows it. `kind` of the entry says what happened.
package struct RequestNews: Codable, Sendable, Equatable {
    package var id: RequestID
    package var queue: QueueID
    /// What happened: the action, or `ask`; `place` in `@me` of whoever has come to the head of the line, or lost it.
    package var action: String
    package var state: RequestState
    package var participant: AccountID
    package var topic: String?
    package var priority: Int
    package var createdAt: Milliseconds
    /// Who holds or has it, and until when a claim holds.
    package var organizer: AccountID?
    package var until: Milliseconds?
    package var chat: ChatID?
    package var reason: String?
    /// `@me` of the participant: the place in line when this was written.
    package var position: Int?
    /// `@me` of an organizer it is offered to, and of its claimer.
    package var token: Int64?

    package init(
        id: RequestID,
        queue: QueueID,
        action: String,
        state: RequestState,
        participant: AccountID,
        topic: String?,
        priority: Int,
        createdAt: Milliseconds
    ) {
        self.id = id
        self.queue = queue
        self.action = action
        self.state = state
        self.participant = participant
        self.topic = topic
        self.priority = priority
        self.createdAt = createdAt
    }
}

/// A chat as one entry of a log shows it.
package struct ChatNews: Codable, Sendable, Equatable {
    package var id: ChatID
    package var queue: QueueID
    /// What happened: the action, or `start`, `idle`, `unattended`, `attended`, `breach`.
    package var action: String
    package var state: ChatState
    package var participant: AccountID
    package var organizer: AccountID?
    package var reason: String?
    package var stars: Int?
    /// A breach: which promise was missed.
    package var clock: SLAClock.Kind?

    package init(
        id: ChatID,
        queue: QueueID,
        action: String,
        state: ChatState,
        participant: AccountID,
        organizer: AccountID?
    ) {
        self.id = id
        self.queue = queue
        self.action = action
        self.state = state
        self.participant = participant
        self.organizer = organizer
    }
}
