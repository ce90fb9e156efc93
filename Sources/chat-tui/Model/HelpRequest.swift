package import ChatAPI

/// Questions and changes about the help desk, for whose answer the person waits.
package enum HelpRequest: Sendable, Equatable {
    /// Everything that a start needs; the work lists only for those who take from a queue.
    case standing(isOrganizer: Bool)
    case look(RequestID)
    case ask(queue: QueueID?, event: EventID?, topic: String?, text: String?)
    case add(RequestID, String)
    case cancel(RequestID)

    case board(QueueID)
    case take(RequestID)
    case takeNext(QueueID)
    case claim(RequestID)
    case accept(RequestID, token: Int64?)
    case release(RequestID, token: Int64?)
    case reject(RequestID, String)
    case hand(RequestID, queue: QueueID?, organizer: String?, note: String?)
    case requeue(RequestID, note: String?)

    case chat(ChatID)
    case hold(ChatID)
    case resume(ChatID)
    case transfer(ChatID, queue: QueueID?, organizer: String?, note: String?)
    case end(ChatID, reason: String?)
    case rate(ChatID, stars: Int, comment: String?)
    case notes(ChatID)
    case note(ChatID, String)
    case archive(participant: String?)
    case transcript(ChatID)

    case replies
    case fill(ChatID, String)
    case accepts(Availability.Accepts)
    case away(Bool)
    /// Stand among those who take from queues, without changing anything: so others see one, and counters come.
    case present
}

package enum HelpReply: Sendable {
    case standing([ChatRequest], [Chat], [Queue], Availability?)
    case request(ChatRequest)
    case board(QueueBoard)
    case chat(Chat)
    case chats([Chat])
    case notes([ChatNote])
    case note(ChatNote)
    case transcript(ChatTranscript)
    case replies([CannedReply])
    case filled(FilledReply)
    case availability(Availability)
}

extension HelpRequest {
    /// Rows of a queue's table; what stands behind them is seen when these are taken.
    static let boardRows = 200
    static let archiveRows = 200

    func perform(on service: some Service) async throws(APIError) -> HelpReply {
        switch self {
        case .standing(let isOrganizer): try await Self.standing(isOrganizer, service)
        case .look(let id): .request(try await service.call(.request, RequestRef(id)))
        case .ask(let queue, let event, let topic, let text):
            .request(
                try await service.call(
                    .ask,
                    RequestDraft(queue: queue, event: event?.description, topic: topic, text: text)
                )
            )
        case .add(let id, let text):
            .request(try await service.call(.addRequestText, RequestText(request: id, text: text)))
        case .cancel(let id): .request(try await service.call(.cancelRequest, RequestRef(id)))
        case .board(let id): .board(try await Self.board(id, service))
        case .take(let id): .chat(try await service.call(.takeRequest, RequestRef(id)))
        case .takeNext(let queue): .chat(try await service.call(.takeNext, QueueRef(queue)))
        case .claim(let id): .request(try await service.call(.claimRequest, RequestRef(id)))
        case .accept(let id, let token):
            .chat(try await service.call(.acceptRequest, ClaimRef(request: id, token: token)))
        case .release(let id, let token):
            .request(try await service.call(.releaseRequest, ClaimRef(request: id, token: token)))
        case .reject(let id, let reason):
            .request(try await service.call(.rejectRequest, Rejection(request: id, reason: reason)))
        case .hand(let id, let queue, let organizer, let note):
            .request(
                try await service.call(
                    .transferRequest,
                    RequestTransfer(request: id, queue: queue, organizer: organizer, note: note)
                )
            )
        case .requeue(let id, let note):
            .request(try await service.call(.requeueRequest, Requeueing(request: id, note: note)))
        default: try await performOnChat(service)
        }
    }

    private func performOnChat(_ service: some Service) async throws(APIError) -> HelpReply {
        switch self {
        case .chat(let id): .chat(try await service.call(.chat, ChatRef(id)))
        case .hold(let id): .chat(try await service.call(.holdChat, ChatRef(id)))
        case .resume(let id): .chat(try await service.call(.resumeChat, ChatRef(id)))
        case .transfer(let id, let queue, let organizer, let note):
            .chat(
                try await service.call(
                    .transferChat,
                    ChatTransfer(chat: id, organizer: organizer, queue: queue, note: note)
                )
            )
        case .end(let id, let reason): .chat(try await service.call(.endChat, ChatEnding(chat: id, reason: reason)))
        case .rate(let id, let stars, let comment):
            .chat(try await service.call(.rateChat, RatingDraft(chat: id, stars: stars, comment: comment)))
        case .notes(let id): .notes(try await service.call(.listNotes, ChatRef(id)).items)
        case .note(let id, let text): .note(try await service.call(.noteChat, NoteDraft(chat: id, text: text)))
        case .archive(let participant):
            .chats(
                try await service.call(
                    .listChats,
                    ChatQuery(participant: participant, archived: true, limit: Self.archiveRows)
                ).items
            )
        case .transcript(let id):
            .transcript(try await service.call(.transcript, TranscriptQuery(chat: id, format: .text)))
        case .replies: .replies(try await service.call(.listReplies, ReplyQuery(limit: Limits.pageItems)).items)
        case .fill(let id, let key): .filled(try await service.call(.fillReply, ReplyUse(chat: id, key: key)))
        case .accepts(let accepts):
            .availability(try await service.call(.setAvailability, AvailabilityChange(accepts: accepts)))
        case .away(let isAway):
            .availability(try await service.call(.setAvailability, AvailabilityChange(isAway: isAway)))
        case .present: .availability(try await service.call(.setAvailability, AvailabilityChange()))
        default: preconditionFailure("a request that perform(on:) answers")
        }
    }

    private static func standing(_ isOrganizer: Bool, _ service: some Service) async throws(APIError) -> HelpReply {
        let requests = try await service.call(.listRequests, RequestQuery()).items
        let chats = try await service.call(.listChats, ChatQuery(limit: Limits.pageItems)).items
        let queues = try await service.call(.listQueues, QueueQuery(limit: Limits.pageItems)).items
        let availability = isOrganizer ? try await service.call(.availability) : nil
        return .standing(requests, chats, queues, availability)
    }

    /// The head of the log comes first: what happens while the rest is read follows behind it.
    private static func board(_ id: QueueID, _ service: some Service) async throws(APIError) -> QueueBoard {
        let head = try await service.call(.queueEntries, QueueLogQuery(queue: id, limit: 1)).head
        let queue = try await service.call(.queue, QueueRef(id))
        let waiting = try await service.call(.listRequests, RequestQuery(queue: id, limit: boardRows)).items
        let held = RequestQuery(queue: id, state: .claimed, limit: boardRows)
        let requests = merged(waiting, try await service.call(.listRequests, held).items)
        let organizers = try await service.call(.listOrganizers, QueueRef(id)).items
        return QueueBoard(queue: queue, requests: requests, organizers: organizers, head: head)
    }

    /// Held requests keep their place among those that wait: it is theirs again when they are given back.
    package static func merged(_ waiting: [ChatRequest], _ held: [ChatRequest]) -> [ChatRequest] {
        var all = waiting
        for request in held where !all.contains(where: { $0.id == request.id }) {
            let place = all.firstIndex { other in
                (-other.priority, other.createdAt, other.id) > (-request.priority, request.createdAt, request.id)
            }
            all.insert(request, at: place ?? all.count)
        }
        return all
    }
}
