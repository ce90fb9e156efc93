/// The private conversation born from a taken request: a channel of kind `chat` between a participant and an organizer.
package struct Chat: Codable, Sendable, Equatable {
    package var id: ChatID
    /// Where it is said: `messages.send`, `entries.list` and everything else of a channel work there.
    package var channel: ChannelID
    package var request: RequestID
    package var queue: QueueID
    package var event: EventID?
    package var participant: AccountID
    package var participantName: String
    /// Nil while it waits for the next one.
    package var organizer: AccountID?
    package var organizerName: String?
    package var topic: String?
    package var state: ChatState
    package var startedAt: Milliseconds
    package var lastMessageAt: Milliseconds
    /// Nobody wrote for as long as the queue calls idle.
    package var isIdle: Bool
    /// The organizer is gone, or it waits for the next one.
    package var isUnattended: Bool
    package var endedAt: Milliseconds?
    package var endedBy: AccountID?
    package var endReason: String?
    package var rating: Rating?
    /// Shown to staff only.
    package var clocks: [SLAClock]?
    /// Shown to staff only.
    package var noteCount: Int?
    /// What the asker may do now.
    package var allowed: [ChatAction]

    package init(
        id: ChatID,
        channel: ChannelID,
        request: RequestID,
        queue: QueueID,
        event: EventID?,
        participant: AccountID,
        participantName: String,
        organizer: AccountID?,
        organizerName: String?,
        topic: String?,
        state: ChatState,
        startedAt: Milliseconds,
        lastMessageAt: Milliseconds
    ) {
        self.id = id
        self.channel = channel
        self.request = request
        self.queue = queue
        self.event = event
        self.participant = participant
        self.participantName = participantName
        self.organizer = organizer
        self.organizerName = organizerName
        self.topic = topic
        self.state = state
        self.startedAt = startedAt
        self.lastMessageAt = lastMessageAt
        isIdle = false
        isUnattended = organizer == nil
        allowed = []
    }
}

/// A chat has the sixteen bytes of its channel.
package typealias ChatID = ID<Chat>

package enum ChatState: String, WireEnum {
    case open
    case onHold = "on_hold"
    case ended
    case rated
    /// What this program does not know.
    case unknown

    /// Read-only from then on.
    package var isOver: Bool { self == .ended || self == .rated }
}

package enum ChatAction: String, WireEnum {
    case note
    case hold
    case resume
    case transfer
    case requeue
    case end
    case rate
    /// The daemon ends a chat that was idle for too long.
    case idleEnd = "idle_end"
    /// What this program does not know.
    case unknown
}

/// What the participant thought of it: once per chat, within seven days of its end.
package struct Rating: Codable, Sendable, Equatable {
    /// 1 to 5.
    package var stars: Int
    package var comment: String?
    package var at: Milliseconds

    package init(stars: Int, comment: String?, at: Milliseconds) {
        self.stars = stars
        self.comment = comment
        self.at = at
    }
}

/// A promise with a due time: kept, missed, or still running.
package struct SLAClock: Codable, Sendable, Equatable {
    package var kind: Kind
    package var dueAt: Milliseconds
    package var state: State
    /// When it stopped.
    package var stoppedAt: Milliseconds?
    /// Since when it stands still: the chat is on hold. What is left then is left when the chat goes on.
    package var pausedAt: Milliseconds?

    package enum Kind: String, WireEnum {
        case firstAnswer = "first_answer"
        case resolution
        /// What this program does not know.
        case unknown
    }

    package enum State: String, WireEnum {
        case running
        case hit
        /// Still unanswered after the due time, or answered too late.
        case missed
        /// What this program does not know.
        case unknown
    }

    package init(
        kind: Kind,
        dueAt: Milliseconds,
        state: State,
        stoppedAt: Milliseconds? = nil,
        pausedAt: Milliseconds? = nil
    ) {
        self.pausedAt = pausedAt
        self.kind = kind
        self.dueAt = dueAt
        self.state = state
        self.stoppedAt = stoppedAt
    }
}

/// What organizers tell each other about a chat. The participant never sees it, nor that it is there.
package struct ChatNote: Codable, Sendable, Equatable {
    package var seq: Int64
    package var by: AccountID
    package var name: String
    package var at: Milliseconds
    package var text: String

    package init(seq: Int64, by: AccountID, name: String, at: Milliseconds, text: String) {
        self.seq = seq
        self.by = by
        self.name = name
        self.at = at
        self.text = text
    }
}

package struct ChatRef: Codable, Sendable {
    package var chat: ChatID

    package init(_ chat: ChatID) { self.chat = chat }
}

package struct NoteDraft: Codable, Sendable {
    package var chat: ChatID
    package var text: String

    package init(chat: ChatID, text: String) {
        self.chat = chat
        self.text = text
    }
}

/// Hands a chat to another organizer, or back to a queue (its own, or another one of the agency).
package struct ChatTransfer: Codable, Sendable {
    package var chat: ChatID
    /// By id or name.
    package var organizer: String?
    package var queue: QueueID?
    package var note: String?

    package init(chat: ChatID, organizer: String? = nil, queue: QueueID? = nil, note: String? = nil) {
        self.chat = chat
        self.organizer = organizer
        self.queue = queue
        self.note = note
    }
}

package struct ChatEnding: Codable, Sendable {
    package var chat: ChatID
    /// Both sides read it.
    package var reason: String?

    package init(chat: ChatID, reason: String? = nil) {
        self.chat = chat
        self.reason = reason
    }
}

package struct RatingDraft: Codable, Sendable {
    package var chat: ChatID
    package var stars: Int
    package var comment: String?

    package init(chat: ChatID, stars: Int, comment: String? = nil) {
        self.chat = chat
        self.stars = stars
        self.comment = comment
    }
}

/// Which chats, newest first: one's own, or a queue's for those who supervise it.
package struct ChatQuery: Codable, Sendable {
    /// Absent: one's own, on either side.
    package var queue: QueueID?
    /// Only those with this participant, by id or name: the history of a person.
    package var participant: String?
    /// By id or name: the chats that this person is or was a side of, as far as the asker may read them.
    package var with: String?
    /// True: the archive, chats that ended. False: those that run. Absent: both.
    package var archived: Bool?
    package var limit: Int?
    package var cursor: String?

    package init(
        queue: QueueID? = nil,
        participant: String? = nil,
        with: String? = nil,
        archived: Bool? = nil,
        limit: Int? = nil,
        cursor: String? = nil
    ) {
        self.queue = queue
        self.participant = participant
        self.with = with
        self.archived = archived
        self.limit = limit
        self.cursor = cursor
    }
}

package struct TranscriptQuery: Codable, Sendable {
    package var chat: ChatID
    /// Absent: `text`.
    package var format: ChatTranscript.Format?

    package init(chat: ChatID, format: ChatTranscript.Format? = nil) {
        self.chat = chat
        self.format = format
    }
}

/// A chat as a document. Private notes are never in it, and deleted messages have no text.
package struct ChatTranscript: Codable, Sendable, Equatable {
    package var chat: ChatID
    package var format: Format
    package var text: String

    package enum Format: String, WireEnum {
        case text
        case markdown
        case json
        /// What this program does not know.
        case unknown
    }

    package init(chat: ChatID, format: Format, text: String) {
        self.chat = chat
        self.format = format
        self.text = text
    }
}

extension Endpoint where Input == ChatQuery, Output == Page<Chat> {
    package static var listChats: Self {
        Self("chats.list", .get, "/v1/chats", needs: .read, "list chats that run, or the archive")
    }
}

extension Endpoint where Input == ChatRef, Output == Chat {
    package static var chat: Self {
        Self("chats.get", .get, "/v1/chats/{chat}", needs: .read, "show a chat")
    }
    package static var holdChat: Self {
        Self(
            "chats.hold",
            .post,
            "/v1/chats/{chat}/hold",
            needs: .handleRequests,
            "put a chat on hold: its promise of a solution stands still"
        )
    }
    package static var resumeChat: Self {
        Self(
            "chats.resume",
            .post,
            "/v1/chats/{chat}/resume",
            needs: .handleRequests,
            "go on with a chat that is on hold"
        )
    }
}

extension Endpoint where Input == ChatRef, Output == Page<ChatNote> {
    package static var listNotes: Self {
        Self(
            "chats.notes",
            .get,
            "/v1/chats/{chat}/notes",
            needs: .handleRequests,
            "read the private notes of a chat: staff only"
        )
    }
}

extension Endpoint where Input == NoteDraft, Output == ChatNote {
    package static var noteChat: Self {
        Self("chats.note", .post, "/v1/chats/{chat}/notes", needs: .handleRequests, "write a private note: staff only")
    }
}

extension Endpoint where Input == ChatTransfer, Output == Chat {
    package static var transferChat: Self {
        Self(
            "chats.transfer",
            .post,
            "/v1/chats/{chat}/transfer",
            needs: .handleRequests,
            "hand a chat to another organizer or back to a queue"
        )
    }
}

extension Endpoint where Input == ChatEnding, Output == Chat {
    package static var endChat: Self {
        Self("chats.end", .post, "/v1/chats/{chat}/end", needs: .post, "end a chat: either side may")
    }
}

extension Endpoint where Input == RatingDraft, Output == Chat {
    package static var rateChat: Self {
        Self(
            "chats.rate",
            .put,
            "/v1/chats/{chat}/rating",
            needs: .post,
            "rate a chat that ended, once: the participant"
        )
    }
}

extension Endpoint where Input == TranscriptQuery, Output == ChatTranscript {
    package static var transcript: Self {
        Self(
            "chats.transcript",
            .get,
            "/v1/chats/{chat}/transcript",
            needs: .read,
            "a chat as text, Markdown or JSON"
        )
    }
}
