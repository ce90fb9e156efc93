package import ChatAPI
import Storage

/// Chat requests from the participant's side, and reading them: ask, look, say more, take back.
package struct ChatRequests: Sendable {
    let desk: Desk

    // MARK: - Asking

    /// Enters the line. One open request per participant and event; the unique index says so too.
    package func ask(_ draft: RequestDraft, _ call: Call) async throws -> ChatRequest {
        let account = try call.caller.signedIn()
        let location = try draft.location.map { try $0.checked() }
        let desk = desk
        return try await desk.database.perform(call, touching: [.account(account)]) { tx in
            let caller = try call.callerNow(tx)
            let queue = try EventDoor.queue(draft, for: caller, now: call.now, tx)
            try EventDoor.checkMayAsk(caller, in: queue, now: call.now, tx)
            let topic = try RequestRules.topic(draft.topic, of: queue)
            let texts = try RequestRules.texts(draft, topic)
            if let open = try RequestStore.open(of: account, in: queue.space, tx) {
                throw APIError(.conflict, "there is an open request of yours here already: \(open.id)")
            }
            try Self.checkTakesMore(queue, desk, tx)
            let priority = topic?.priority ?? 0
            var request = RequestRow(
                id: .fresh(at: call.now),
                queue: queue.id,
                place: queue.space.id,
                participant: account,
                topic: topic?.key,
                texts: texts,
                location: location,
                priority: priority,
                rank: QueueRules.rank(createdAt: call.now, priority: priority, queue.policy),
                state: .queued,
                createdAt: call.now
            )
            let actor = try DeskActor.caller(call)
            request = try tx.insert(request, in: queue, by: actor)
            if try !tx.accepting().isEmpty {
                try tx.dispatch(queue, by: actor)
                request = try RequestStore.request(request.id, tx) ?? request
            }
            return try RequestView(desk, queue, caller).shown(request, tx)
        }
    }

    private static func checkTakesMore(
        _ queue: QueueFacts,
        _ desk: Desk,
        _ tx: borrowing Transaction
    ) throws {
        guard queue.isOpen else { throw APIError(.conflict, "\(queue.name) is closed: nobody can ask here now") }
        guard desk.board.counts(of: queue.id).waiting < queue.policy.maxWaiting else {
            throw APIError(
                .conflict,
                "\(queue.policy.maxWaiting) requests wait in \(queue.name), the most there can be: try again later"
            )
        }
        guard queue.policy.whenNobody == .refuse else { return }
        let somebody = try OrganizerStore.all(tx).contains { row in
            try !row.isAway && desk.attendance.isPresent(row.account)
                && tx.facts.standing(of: row.account, in: tx)?.reach.capabilities(in: tx.place(of: queue))
                    .contains(.handleRequests) == true
        }
        if !somebody { throw APIError(.conflict, "nobody is there to answer in \(queue.name) now: try again later") }
    }

    // MARK: - Reading

    /// To whoever is neither its participant nor handles its queue, a request does not exist.
    package func get(_ ref: RequestRef, _ call: Call) async throws -> ChatRequest {
        let desk = desk
        return try await desk.database.read { tx in
            guard let request = try RequestStore.request(ref.request, tx),
                let queue = try QueueStore.queue(request.queue, tx),
                call.caller.account == request.participant || desk.isStaff(call.caller, of: queue)
            else { throw DeskRefusal.noRequest(ref.request) }
            return try RequestView(desk, queue, call.caller).shown(request, tx)
        }
    }

    /// A queue's requests in the order in which they are taken, or one's own, the newest first.
    package func list(_ query: RequestQuery, _ call: Call) async throws -> Page<ChatRequest> {
        let limit = try PageRules.limit(query.limit)
        let start = try RequestCursor(query.cursor)
        if let name = query.participant {
            return try await of(name, in: query.queue, query.state, after: start, limit: limit, call)
        }
        guard let id = query.queue else { return try await own(query.state, after: start, limit: limit, call) }
        let desk = desk
        return try await desk.database.read { tx in
            guard let queue = try QueueStore.queue(id, tx) else { throw DeskRefusal.noQueue(id) }
            try desk.requireStaff(call.caller, of: queue, tx)
            let view = RequestView(desk, queue, call.caller)
            var rows: [RequestRow]
            switch query.state ?? .queued {
            case .queued: rows = try RequestStore.line(of: id, after: start.key, limit: limit + 1, tx)
            case .claimed, .inChat:
                rows = try RequestStore.busy(
                    query.state ?? .claimed,
                    of: id,
                    after: start.key?.ordinal ?? 0,
                    limit: limit + 1,
                    tx
                )
            case .done, .cancelled, .rejected, .expired, .unknown:
                rows = try RequestStore.ended(query.state ?? .done, of: id, before: start.key, limit: limit + 1, tx)
            }
            let next = rows.count > limit ? RequestCursor(rows[limit - 1]).text : nil
            return Page(try rows.prefix(limit).map { try view.shown($0, tx) }, nextCursor: next)
        }
    }

    private func own(
        _ state: RequestState?,
        after start: RequestCursor,
        limit: Int,
        _ call: Call
    ) async throws -> Page<ChatRequest> {
        let account = try call.caller.signedIn()
        let desk = desk
        return try await desk.database.read { tx in
            let rows = try RequestStore.own(
                state,
                of: account,
                before: start.key?.ordinal ?? .max,
                limit: limit + 1,
                tx
            )
            let items = try rows.prefix(limit).map { row in
                guard let queue = try QueueStore.queue(row.queue, tx) else { throw DeskRefusal.noQueue(row.queue) }
                return try RequestView(desk, queue, call.caller).shown(row, tx)
            }
            return Page(items, nextCursor: rows.count > limit ? RequestCursor(rows[limit - 1]).text : nil)
        }
    }

    /// A person's requests, as far as the asker answers their queues: there is one that is open per event, and few in all.
    private func of(
        _ name: String,
        in queue: QueueID?,
        _ state: RequestState?,
        after start: RequestCursor,
        limit: Int,
        _ call: Call
    ) async throws -> Page<ChatRequest> {
        let asker = try call.caller.signedIn()
        let desk = desk
        return try await desk.database.read { tx in
            let person = try AccountStore.resolve(name, tx).id
            let before = start.key?.ordinal ?? .max
            let rows = try RequestStore.own(state, of: person, before: before, limit: limit + 1, tx)
            var items: [ChatRequest] = []
            for row in rows.prefix(limit) where queue == nil || row.queue == queue {
                guard let facts = try QueueStore.queue(row.queue, tx) else { throw DeskRefusal.noQueue(row.queue) }
                guard person == asker || desk.isStaff(call.caller, of: facts) else { continue }
                items.append(try RequestView(desk, facts, call.caller).shown(row, tx))
            }
            return Page(items, nextCursor: rows.count > limit ? RequestCursor(rows[limit - 1]).text : nil)
        }
    }

    // MARK: - While waiting

    package func addText(_ text: RequestText, _ call: Call) async throws -> ChatRequest {
        try await perform(text.request, call) { request, queue, actor, tx in
            try RequestRules.check(added: text.text, to: request)
            var move = RequestMove(.addText)
            move.text = text.text
            return try tx.step(request, move, Self.rights(of: call, request), by: actor)
        }
    }

    package func cancel(_ ref: RequestRef, _ call: Call) async throws -> ChatRequest {
        try await perform(ref.request, call) { request, queue, actor, tx in
            // Twice is once: whoever presses it again wants the same.
            if request.state == .cancelled { return request }
            return try tx.step(request, RequestMove(.cancel), Self.rights(of: call, request), by: actor)
        }
    }

    private static func rights(of call: Call, _ request: RequestRow) -> RequestMachine.Facts {
        var rights = RequestMachine.Facts()
        rights.isParticipant = call.caller.account == request.participant
        return rights
    }

    /// A write about one's own request.
    private func perform(
        _ id: RequestID,
        _ call: Call,
        _ body: @escaping @Sendable (RequestRow, QueueFacts, DeskActor, borrowing Transaction) throws -> RequestRow
    ) async throws -> ChatRequest {
        let actor = try DeskActor.caller(call)
        let desk = desk
        return try await desk.database.perform(call, touching: []) { tx in
            let caller = try call.callerNow(tx)
            guard let request = try RequestStore.request(id, tx), let queue = try tx.findQueue(request.queue),
                caller.account == request.participant || caller.may(.handleRequests, in: tx.place(of: queue))
            else { throw DeskRefusal.noRequest(id) }
            let changed = try body(request, queue, actor, tx)
            return try RequestView(desk, queue, caller).shown(changed, tx)
        }
    }
}

/// Where a list of requests goes on: a place in an order, as `rank:ordinal`.
struct RequestCursor {
    let key: QueueLine.Key?

    init(_ row: RequestRow) {
        key = QueueLine.Key(rank: row.endedAt ?? row.rank, ordinal: row.ordinal)
    }

    init(_ text: String?) throws(APIError) {
        guard let text else {
            key = nil
            return
        }
        let parts = text.split(separator: ":")
        guard parts.count == 2, let rank = Int64(parts[0]), let ordinal = Int64(parts[1]) else {
            throw PageRules.cursorIsUnknown()
        }
        key = QueueLine.Key(rank: rank, ordinal: ordinal)
    }

    var text: String? { key.map { "\($0.rank):\($0.ordinal)" } }
}
