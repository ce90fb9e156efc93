package import ChatAPI
import Storage

/// Queues: making, changing, listing them, how they are doing, and their logs.
package struct Queues: Sendable {
    let desk: Desk

    // MARK: - Reading

    /// What one may see: queues one works in, and the open ones of events that one sees.
    package func list(_ query: QueueQuery, _ call: Call) async throws -> Page<Queue> {
        let limit = try PageRules.limit(query.limit)
        var after: QueueID?
        if let cursor = query.cursor {
            guard let id = QueueID(cursor) else { throw PageRules.cursorIsUnknown() }
            after = id
        }
        let (desk, start) = (desk, after)
        return try await desk.database.read { tx in
            let all =
                try query.event.map {
                    try QueueStore.queues(of: .event(EventDoor.event($0, for: call.caller, now: call.now, tx)), tx)
                }
                ?? QueueStore.all(tx)
            var items: [Queue] = []
            for queue in all.sorted(by: { $0.id < $1.id }) where start.map({ queue.id > $0 }) ?? true {
                guard let shown = try Self.shown(queue, to: call.caller, desk, tx) else { continue }
                if items.count == limit { return Page(items, nextCursor: items[limit - 1].id.description) }
                items.append(shown)
            }
            return Page(items)
        }
    }

    package func get(_ ref: QueueRef, _ call: Call) async throws -> Queue {
        let desk = desk
        return try await desk.database.read { tx in
            guard let queue = try QueueStore.queue(ref.queue, tx),
                let shown = try Self.shown(queue, to: call.caller, desk, tx)
            else { throw DeskRefusal.noQueue(ref.queue) }
            return shown
        }
    }

    /// Nil to who may not know of it.
    private static func shown(
        _ queue: QueueFacts,
        to caller: Caller,
        _ desk: Desk,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Queue? {
        let place = desk.place(of: queue)
        if desk.isStaff(caller, of: queue) || caller.may(.manageQueues, in: place) {
            return queue.shown(waiting: desk.board.counts(of: queue.id).waiting)
        }
        return try EventDoor.sees(queue, caller, place, tx) ? queue.shown(waiting: nil) : nil
    }

    // MARK: - Changing

    package func create(_ draft: QueueDraft, _ call: Call) async throws -> Queue {
        let settings = QueueSettings(
            topics: draft.topics ?? [],
            policy: draft.policy ?? QueuePolicy(),
            sla: draft.sla ?? SLAPolicy()
        )
        try QueueRules.check(name: draft.name)
        try Self.check(settings)
        return try await desk.database.perform(call, touching: [.names]) { tx in
            let space = try EventDoor.space(draft, for: call.caller, now: call.now, tx)
            _ = try call.authorized(.manageQueues, in: tx.facts.places.place(space), tx)
            let queue = try tx.makeQueue(named: draft.name, in: space, settings, now: call.now)
            try tx.audit(call, on: queue.auditObject, after: queue.auditState)
            return queue.shown(waiting: 0)
        }
    }

    /// `ifMatch` names the version that the caller saw.
    package func update(_ change: QueueChange, _ call: Call) async throws -> Queue {
        if let name = change.name { try QueueRules.check(name: name) }
        let desk = desk
        return try await desk.database.perform(call, touching: [.names]) { tx in
            let before = try tx.queue(change.queue)
            let caller = try call.callerNow(tx)
            let place = tx.place(of: before)
            guard caller.may(.manageQueues, in: place) || caller.may(.handleRequests, in: place) else {
                throw DeskRefusal.noQueue(change.queue)
            }
            try caller.require(.manageQueues, in: place)
            try Versions.check(call.options.ifMatch, before.version, "the queue \(before.name)")
            var queue = before
            queue.name = change.name ?? before.name
            queue.isOpen = change.isOpen ?? before.isOpen
            queue.settings.topics = change.topics ?? before.settings.topics
            queue.settings.policy = change.policy.map { before.policy.changed(by: $0) } ?? before.policy
            queue.settings.sla = change.sla ?? before.settings.sla
            try Self.check(queue.settings)
            guard queue != before else { return before.shown(waiting: desk.board.counts(of: before.id).waiting) }
            if queue.name != before.name, let other = try QueueStore.id(named: queue.name, in: queue.space, tx),
                other != queue.id
            {
                throw APIError(.nameTaken, "there is a queue '\(queue.name)' already: choose another name")
            }
            queue.version += 1
            try tx.set(queue)
            try tx.apply(queue, since: before, now: call.now)
            try tx.audit(call, on: queue.auditObject, before: before.auditState, after: queue.auditState)
            return queue.shown(waiting: desk.board.counts(of: queue.id).waiting)
        }
    }

    private static func check(_ settings: QueueSettings) throws(APIError) {
        try QueueRules.check(settings.topics)
        try QueueRules.check(settings.policy)
        try QueueRules.check(settings.sla)
    }

    // MARK: - The log

    package func entries(_ query: QueueLogQuery, _ call: Call) async throws -> EntryPage {
        let limit = try PageRules.limit(query.limit)
        if let after = query.after, after < 0 { throw APIError.invalid("after", "is \(after); positions begin at 0") }
        let desk = desk
        return try await desk.database.read { tx in
            guard let queue = try QueueStore.queue(query.queue, tx), desk.isStaff(call.caller, of: queue) else {
                throw DeskRefusal.noQueue(query.queue)
            }
            let log = LogID.queue(query.queue)
            let head = try EntryStore.head(of: log, tx).seq
            let first = try QueueLog.first(of: query.queue, tx)
            if let after = query.after, after < first - 1 {
                throw APIError.invalid("after", "is older than what is kept: entries before \(first) are gone")
            }
            let entries = try EntryStore.page(of: log, query.after.map { .after($0) } ?? .newest, limit: limit, tx)
            return EntryPage(
                entries: entries,
                head: head,
                hasEarlier: (entries.first?.seq ?? head + 1) > first,
                hasLater: (entries.last?.seq ?? max(query.after ?? head, head)) < head
            )
        }
    }
}

extension Transaction {
    /// A new queue of an event or an agency. Publishing an event makes its first one by this.
    func makeQueue(
        named name: String,
        in space: Scope,
        _ settings: QueueSettings = QueueSettings(topics: [], policy: QueuePolicy(), sla: SLAPolicy()),
        now: Milliseconds
    ) throws -> QueueFacts {
        if try QueueStore.id(named: name, in: space, self) != nil {
            throw APIError(.nameTaken, "there is a queue '\(name)' already: choose another name")
        }
        guard let agency = facts.places.place(space).agency else {
            throw APIError(.invalid, "a queue belongs to an event or an agency")
        }
        let queue = QueueFacts(
            id: .fresh(at: now),
            agency: agency,
            event: space.kind == .event ? space.id.retyped() : nil,
            name: name,
            settings: settings,
            isOpen: true,
            version: 1,
            createdAt: now
        )
        try set(queue, isNew: true)
        return queue
    }

    /// Ends a queue with its event or agency: what waits there, and what is said in its chats.
    func end(_ queue: QueueFacts, now: Milliseconds) throws {
        let actor = DeskActor.daemon(now: now)
        let reason = "the event is gone"
        for state in [RequestState.claimed, .inChat] {
            for request in try RequestStore.busy(state, of: queue.id, after: 0, limit: .max, self) {
                if let id = request.chat, let chat = try ChatStore.chat(id, self), !chat.state.isOver {
                    _ = try step(chat, .end, .daemon, by: actor, reason: reason)
                } else {
                    var rights = RequestMachine.Facts()
                    rights.isDaemon = true
                    _ = try step(request, RequestMove(.lapse), rights, by: actor)
                }
            }
        }
        var rights = RequestMachine.Facts()
        rights.isDaemon = true
        var move = RequestMove(.expire)
        move.reason = reason
        for request in try RequestStore.line(of: queue.id, after: nil, limit: .max, self) {
            _ = try step(request, move, rights, by: actor)
        }
        try stopTimer(DeskTimers.waiting, queue.id.description)
        try forget(queue)
    }

    /// What a change of the rules means for those who wait.
    func apply(_ queue: QueueFacts, since before: QueueFacts, now: Milliseconds) throws {
        if queue.policy.ageingMs != before.policy.ageingMs {
            try RequestStore.reorder(queue, self)
            facts.tell(.desk(.reordered(queue.id, try RequestStore.keys(of: queue.id, self))))
        }
        if queue.policy.waitLimitMs != before.policy.waitLimitMs {
            try stopTimer(DeskTimers.waiting, queue.id.description)
            if let oldest = try RequestStore.waiting(in: queue.id, madeBy: .max, limit: 1, self).first {
                try watchWaiting(in: queue, since: oldest.createdAt)
            }
        }
        try dispatch(queue, by: .daemon(now: now))
    }
}
