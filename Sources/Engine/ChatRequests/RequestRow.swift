import ChatAPI
import Storage

/// A request as it is stored, and how it is: what a step changes, and nothing beside it.
struct RequestRow: Sendable, Equatable {
    struct Claim: Sendable, Equatable {
        let by: AccountID
        let until: Milliseconds
        let isOffer: Bool
    }

    var ordinal: Int64
    let id: RequestID
    var queue: QueueID
    /// The event or the agency: whoever asks has one open request there.
    let place: ID<Scope>
    let participant: AccountID
    var topic: String?
    var texts: [String]
    var location: Location?
    var priority: Int
    var rank: Int64
    var state: RequestState
    let createdAt: Milliseconds
    var claim: Claim?
    /// Of its newest claim, also when that is over: a token is never given twice.
    var token: Int64?
    var chat: ChatID?
    /// Taken last.
    var takenAt: Milliseconds?
    var endedAt: Milliseconds?
    var reason: String?

    init(
        ordinal: Int64 = 0,
        id: RequestID,
        queue: QueueID,
        place: ID<Scope>,
        participant: AccountID,
        topic: String?,
        texts: [String],
        location: Location?,
        priority: Int,
        rank: Int64,
        state: RequestState,
        createdAt: Milliseconds
    ) {
        self.ordinal = ordinal
        self.id = id
        self.queue = queue
        self.place = place
        self.participant = participant
        self.topic = topic
        self.texts = texts
        self.location = location
        self.priority = priority
        self.rank = rank
        self.state = state
        self.createdAt = createdAt
    }

    var key: QueueLine.Key { QueueLine.Key(rank: rank, ordinal: ordinal) }
    var auditObject: String { "request/\(id)" }
}

extension RequestStore {
    private static let insert = SQL(
        """
        INSERT INTO chat_request (
            id, queue, place, participant, topic, texts, location, priority, rank, state, created_at, is_offer
        ) VALUES (
            :id, :queue, :place, :participant, :topic, :texts, :location, :priority, :rank, 'queued', :createdAt, 0
        )
        """
    )
    // Several, because SQLite writes an index anew for every column that is set, also to what it was.
    private static let state = """
        state = :state, claimed_by = :claimedBy, claim_token = :claimToken, claim_until = :claimUntil, is_offer = :isOffer,
        chat = :chat, reason = :reason
        """
    private static let updateState = SQL("UPDATE chat_request SET \(state) WHERE ordinal = :ordinal")
    private static let updateTaken = SQL(
        "UPDATE chat_request SET \(state), taken_at = :takenAt WHERE ordinal = :ordinal"
    )
    private static let updateEnded = SQL(
        "UPDATE chat_request SET \(state), ended_at = :endedAt WHERE ordinal = :ordinal"
    )
    private static let updatePlace: SQL = """
        UPDATE chat_request SET queue = :queue, topic = :topic, texts = :texts, priority = :priority, rank = :rank
        WHERE ordinal = :ordinal
        """
    private static let reorder: SQL = """
        UPDATE chat_request SET rank = created_at - priority * :ageing
        WHERE queue = :queue AND state IN ('queued', 'claimed', 'in_chat')
        """

    /// Stores a new request and gives it its ordinal.
    static func insert(_ request: inout RequestRow, _ tx: borrowing Transaction) throws {
        let row = request
        try tx.run(insert) {
            $0.bind("id", row.id)
            $0.bind("queue", row.queue)
            $0.bind("place", row.place)
            $0.bind("participant", row.participant)
            $0.bind("topic", row.topic)
            $0.bind("texts", json(row.texts))
            $0.bind("location", row.location.map { String(decoding: Coding.encode($0), as: UTF8.self) })
            $0.bind("priority", row.priority)
            $0.bind("rank", row.rank)
            $0.bind("createdAt", row.createdAt)
        }
        request.ordinal = tx.lastInsertedRow
    }

    /// Stores what a step has changed.
    static func update(_ row: RequestRow, from before: RequestRow, _ tx: borrowing Transaction) throws {
        let (isTaken, isEnded) = (row.takenAt != before.takenAt, row.endedAt != before.endedAt)
        precondition(!isTaken || !isEnded, "no step takes a request and ends it")
        try tx.run(isTaken ? updateTaken : isEnded ? updateEnded : updateState) {
            $0.bind("state", row.state.rawValue)
            $0.bind("claimedBy", row.claim?.by)
            $0.bind("claimToken", row.token)
            $0.bind("claimUntil", row.claim?.until)
            $0.bind("isOffer", row.claim?.isOffer ?? false)
            $0.bind("chat", row.chat)
            $0.bind("reason", row.reason)
            if isTaken { $0.bind("takenAt", row.takenAt) }
            if isEnded { $0.bind("endedAt", row.endedAt) }
            $0.bind("ordinal", row.ordinal)
        }
        if row.queue != before.queue || row.key != before.key || row.topic != before.topic || row.texts != before.texts
            || row.priority != before.priority
        {
            try tx.run(updatePlace) {
                $0.bind("ordinal", row.ordinal)
                $0.bind("queue", row.queue)
                $0.bind("topic", row.topic)
                $0.bind("texts", json(row.texts))
                $0.bind("priority", row.priority)
                $0.bind("rank", row.rank)
            }
        }
    }

    /// After a change of the queue's ageing: the order is made anew.
    static func reorder(_ queue: QueueFacts, _ tx: borrowing Transaction) throws {
        try tx.run(reorder) {
            $0.bind("queue", queue.id)
            $0.bind("ageing", queue.policy.ageingMs)
        }
    }

    private static func json(_ texts: [String]) -> String {
        var json = JSONWriter(reserving: 64)
        json.openArray()
        for text in texts { json.value(text) }
        json.closeArray()
        return String(decoding: json.finish(), as: UTF8.self)
    }
}
