import ChatAPI
import Storage

/// What writes of the help desk decide by, beside the writer: queues, who accepts chats, leases, the newest token.
///
/// Part of `Facts`: confined to the writer thread, changed only through `Facts.change`, so that a refused write leaves no
/// trace. What waits is not here: the line is an index of the database, which a write sees as it leaves it.
package final class DeskFacts {
    let clock: any Clock
    let attendance: Attendance
    /// What readers see of the lines: as of the newest commit, so only for what is shown.
    let board: QueueBoard
    fileprivate(set) var queues: [QueueID: QueueFacts] = [:]
    /// Organizers who accept chats; nil until somebody asks after a start.
    fileprivate(set) var accepting: [AccountID: OrganizerRow]?
    /// When a claim ends by the clock that cannot jump. A claim from before a start is not in here: its timer ends it.
    fileprivate(set) var leases: [RequestID: Int64] = [:]
    /// The newest fencing token; nil until the first claim after a start.
    fileprivate(set) var token: Int64?
    /// Chats that run, as sending a message needs them.
    fileprivate(set) var chats: [ChannelID: ChatFacts] = [:]
    /// Queues whose counters changed since they were last told.
    fileprivate(set) var changed: Set<QueueID> = []
    /// Of these it is being told, a few in a write.
    fileprivate(set) var telling: [QueueID] = []
    /// Whose newest word about their place is that they are next.
    var toldFirst: [QueueID: Set<RequestID>] = [:]
    /// Who was there to work when it was last looked.
    var hands: Hands?
    /// The account's own log hears of one change of counters a second at most.
    static let countersPauseMilliseconds: Int64 = 1_000
    /// Between two writes that tell of some queues: many changes at once do not keep the writer from what people wait for.
    static let countersBeatMilliseconds: Int64 = 20
    /// Whoever takes a request waits for one such write at most: of a few queues it is about as long as the take itself.
    private static let countersQueues = 4
    private static let countersBeats = 100

    /// Queues of the next write: all are told within two seconds.
    fileprivate static func share(of count: Int) -> Int {
        max(countersQueues, (count + countersBeats - 1) / countersBeats)
    }

    private static let cacheLimit = 20_000

    init(clock: any Clock, attendance: Attendance, board: QueueBoard) {
        self.clock = clock
        self.attendance = attendance
        self.board = board
    }

    /// At the end of a group: what can be read again is not kept for ever.
    func trim() {
        if chats.count > Self.cacheLimit { chats.removeAll() }
        if queues.count > Self.cacheLimit { queues.removeAll() }
    }
}

/// A chat as sending needs it.
struct ChatFacts {
    let id: ChatID
    let request: RequestID
    let queue: QueueID
    let participant: AccountID
    var organizer: AccountID?
    /// An organizer has written: the first answer.
    var isAnswered: Bool
}

extension Transaction {
    /// The queue, or a refusal that says there is none.
    func queue(_ id: QueueID) throws -> QueueFacts {
        guard let queue = try findQueue(id) else { throw DeskRefusal.noQueue(id) }
        return queue
    }

    /// The queue; nil if there is none, or none any more.
    func findQueue(_ id: QueueID) throws -> QueueFacts? {
        if let known = facts.desk.queues[id] { return known }
        guard let loaded = try QueueStore.queue(id, self) else { return nil }
        facts.desk.queues[id] = loaded
        return loaded
    }

    /// Stores a queue as it is now, here and for readers.
    func set(_ queue: QueueFacts, isNew: Bool = false) throws {
        let desk = facts.desk
        let before = desk.queues[queue.id]
        if isNew { try QueueStore.insert(queue, self) } else { try QueueStore.update(queue, self) }
        facts.change {
            desk.queues[queue.id] = queue
        } undo: {
            desk.queues[queue.id] = before
        }
        facts.tell(.desk(.queue(queue)))
    }

    /// Takes a queue away, here and for readers.
    func forget(_ queue: QueueFacts) throws {
        try QueueStore.delete(queue.id, self)
        let desk = facts.desk
        facts.change {
            desk.queues[queue.id] = nil
        } undo: {
            desk.queues[queue.id] = nil
        }
        facts.tell(.desk(.gone(queue.id)))
    }

    /// The place of a queue, as grants reach it.
    func place(of queue: QueueFacts) -> Place { facts.places.place(queue.space).inside(queue.scope) }

    // MARK: - Leases

    /// A token above every one before it, of all requests and all starts of the daemon.
    func nextToken() throws -> Int64 {
        let desk = facts.desk
        let before = desk.token
        let token = try (before ?? RequestStore.newestToken(self)) + 1
        facts.change {
            desk.token = token
        } undo: {
            desk.token = before
        }
        return token
    }

    /// - Parameter end: by the steady clock; nil ends it.
    func setLease(of request: RequestID, end: Int64?) {
        let desk = facts.desk
        let before = desk.leases[request]
        facts.change {
            desk.leases[request] = end
        } undo: {
            desk.leases[request] = before
        }
    }

    // MARK: - Organizers

    func accepting() throws -> [AccountID: OrganizerRow] {
        if let known = facts.desk.accepting { return known }
        let loaded = Dictionary(
            uniqueKeysWithValues: try OrganizerStore.accepting(self).map { ($0.account, $0) }
        )
        facts.desk.accepting = loaded
        return loaded
    }

    /// Stores an organizer as it is now.
    func set(_ organizer: OrganizerRow) throws {
        let desk = facts.desk
        // Before the row changes: what is read for the first time must be as it was.
        let before = try accepting()[organizer.account]
        try OrganizerStore.upsert(organizer, self)
        facts.change {
            desk.accepting?[organizer.account] = organizer.isOffered ? organizer : nil
        } undo: {
            desk.accepting?[organizer.account] = before
        }
    }

    // MARK: - Chats

    /// The chat of a channel that runs; nil if there is none.
    func runningChat(_ channel: ChannelID) throws -> ChatFacts? {
        if let known = facts.desk.chats[channel] { return known }
        guard let row = try ChatStore.chat(channel.retyped(), self), !row.state.isOver else { return nil }
        let loaded = ChatFacts(
            id: row.id,
            request: row.request,
            queue: row.queue,
            participant: row.participant,
            organizer: row.organizer,
            isAnswered: row.answeredAt != nil
        )
        // Forgotten again if this group is lost: it may have been read from a write of the same group.
        let desk = facts.desk
        facts.change {
            desk.chats[channel] = loaded
        } undo: {
            desk.chats[channel] = nil
        }
        return loaded
    }

    /// What is known of a chat is read again when it is needed.
    func forgetChat(_ chat: ChatID) {
        let desk = facts.desk
        let channel: ChannelID = chat.retyped()
        facts.change {
            desk.chats[channel] = nil
        } undo: {
            // What was read inside a write that is refused must not stay either.
            desk.chats[channel] = nil
        }
    }

    // MARK: - Counters

    /// The queue's counters are told soon, once for all changes until then.
    func noteCounters(of queue: QueueID, now: Milliseconds) throws {
        let desk = facts.desk
        guard !desk.changed.contains(queue) else { return }
        let isFirst = desk.changed.isEmpty && desk.telling.isEmpty
        facts.change {
            desk.changed.insert(queue)
        } undo: {
            desk.changed.remove(queue)
        }
        if isFirst { try setTimer(DeskTimers.counters, "", due: now + DeskFacts.countersPauseMilliseconds) }
    }

    /// Takes some of the queues whose counters are to be told, and says when the next ones are.
    func takeChangedQueues(now: Milliseconds) -> (queues: [QueueID], again: Milliseconds?) {
        let desk = facts.desk
        let (changed, telling) = (desk.changed, desk.telling)
        let isNewRound = telling.isEmpty
        let waiting = isNewRound ? Array(changed) : telling
        let taken = waiting.prefix(DeskFacts.share(of: waiting.count))
        facts.change {
            if isNewRound { desk.changed = [] }
            desk.telling = Array(waiting.dropFirst(taken.count))
        } undo: {
            desk.changed = changed
            desk.telling = telling
        }
        if !desk.telling.isEmpty { return (Array(taken), now + DeskFacts.countersBeatMilliseconds) }
        return (Array(taken), desk.changed.isEmpty ? nil : now + DeskFacts.countersPauseMilliseconds)
    }
}

/// Sentences of the help desk that are said in several places.
enum DeskRefusal {
    static func noQueue(_ id: QueueID) -> APIError { APIError(.notFound, "there is no queue \(id)") }
    static func noRequest(_ id: RequestID) -> APIError { APIError(.notFound, "there is no request \(id)") }
    static func noChat(_ id: ChatID) -> APIError { APIError(.notFound, "there is no chat \(id)") }
}
