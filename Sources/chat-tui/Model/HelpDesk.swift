package import ChatAPI

/// What this client knows of the help desk: one's own requests, chats on either side, and the work lists of who answers.
package struct HelpDesk: Sendable {
    /// One's own requests: those that are open, and what became of the last ones.
    package var requests: [RequestID: ChatRequest] = [:]
    /// Chats one is or was in.
    package var chats: [ChatID: Chat] = [:]
    /// Private notes of chats that one handles, oldest first: read when the chat is first looked at, and when a push says that
    /// one was written.
    package var notes: [ChatID: [ChatNote]] = [:]
    /// Queues in which one may ask, or from which one takes.
    package var queues: [Queue] = []
    /// The switch "accept chats" and the work lists; nil to those who take from no queue.
    package var availability: Availability?
    package var boards: [QueueID: QueueBoard] = [:]
    package var replies: [CannedReply] = []
    /// A chat to go to as soon as its channel is known.
    package var wanted: ChatID?
    /// Chats whose participant does not want to rate them.
    package var unrated: Set<ChatID> = []
    /// A canned reply that stands in the line, not sent yet.
    package var preview: String?
    package var showsNotes = true
    /// When one's own waiting request is looked at again.
    package var nextLookAt: Milliseconds = 0

    package init() {}

    /// The place in line moves without a push: it is asked for so often.
    static let lookMilliseconds: Int64 = 15_000
    /// How long the line about a chat that ended asks for a rating.
    static let ratingMilliseconds: Int64 = 24 * 3_600_000
}

/// One queue as its table shows it.
package struct QueueBoard: Sendable, Equatable {
    package var queue: Queue
    /// In the order in which they are taken.
    package var requests: [ChatRequest]
    package var organizers: [Organizer]
    /// The head of the queue's log that this is as new as.
    package var head: Int64
    /// It changed and is asked for again.
    package var isStale = false
    /// Its log is followed: only while it is looked at.
    package var isFollowed = false
    package var isLoading = false

    package init(queue: Queue, requests: [ChatRequest], organizers: [Organizer] = [], head: Int64 = 0) {
        self.queue = queue
        self.requests = requests
        self.organizers = organizers
        self.head = head
    }
}

extension Model {
    /// Whether this person takes from queues.
    package var isOrganizer: Bool { help.availability != nil }

    /// One's own request that is open, the newest if there are several events.
    package var ownRequest: ChatRequest? {
        help.requests.values.filter { $0.participant == me?.id && $0.state.isOpen }.max { $0.createdAt < $1.createdAt }
    }

    /// A chat of one's own that ended and waits for its stars.
    package var rateable: Chat? {
        help.chats.values.filter { chat in
            chat.participant == me?.id && chat.state == .ended && chat.rating == nil && !help.unrated.contains(chat.id)
                && now - (chat.endedAt ?? 0) < HelpDesk.ratingMilliseconds
        }.max { ($0.endedAt ?? 0) < ($1.endedAt ?? 0) }
    }

    package func chat(of room: Room) -> Chat? { help.chats[room.id.retyped()] }

    /// The chat that is looked at.
    package var openChat: Chat? { room.flatMap(chat(of:)) }

    /// Whether one is on the staff's side of a chat: sees notes, and is answered to.
    package func handles(_ chat: Chat) -> Bool { chat.participant != me?.id }

    /// Chats that run, those one answers first, the one that waits longest for a word on top.
    package var runningChats: [Chat] {
        help.chats.values.filter { !$0.state.isOver }.sorted {
            ($0.lastMessageAt, $0.id) < ($1.lastMessageAt, $1.id)
        }
    }

    package func queue(named text: String) -> Queue? {
        let name = Names.fold(text.hasPrefix("#") ? String(text.dropFirst()) : text)
        return help.queues.first { $0.id.description == text || Names.fold($0.name) == name }
    }

    /// `devconf/help`, as far as it is known what it belongs to.
    package func title(of queue: Queue) -> String {
        let space = queue.event.flatMap { id in rooms.values.first { $0.channel.space == .event(id) }?.channel.spaceName
        }
        return space.map { "\($0)/\(queue.name)" } ?? queue.name
    }
}
