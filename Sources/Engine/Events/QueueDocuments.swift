import ChatAPI
import Storage

/// The queues of an event's document: made and changed by it, never deleted, known by their names.
extension EventDocuments {
    static let queuesPerDocument = 100

    static func check(queues: [QueueDocument]?) throws(APIError) {
        guard let queues else { return }
        if queues.count > queuesPerDocument {
            throw .invalid("queues", "has \(queues.count) items; the limit is \(queuesPerDocument)")
        }
        var names: Set<String> = []
        for queue in queues {
            try QueueRules.check(name: queue.name)
            if let topics = queue.topics { try QueueRules.check(topics) }
            if let policy = queue.policy { try QueueRules.check(policy) }
            if let sla = queue.sla { try QueueRules.check(sla) }
            guard names.insert(Names.fold(queue.name)).inserted else {
                throw .invalid("queues", "names '\(queue.name.prefix(64))' twice")
            }
        }
    }

    /// What is missing is made, what differs is changed. A draft has no queues yet.
    static func settleQueues(
        of event: EventRow,
        _ document: EventDocument,
        _ call: Call,
        _ changes: inout [DocumentChange],
        _ tx: borrowing Transaction
    ) throws {
        guard let wanted = document.queues, event.state == .published else { return }
        let known = try QueueStore.queues(of: event.scope, tx)
        for item in wanted {
            let path = "/queues/" + item.name
            guard let before = known.first(where: { Names.fold($0.name) == Names.fold(item.name) }) else {
                let settings = QueueSettings(
                    topics: item.topics ?? [],
                    policy: item.policy ?? QueuePolicy(),
                    sla: item.sla ?? SLAPolicy()
                )
                let queue = try tx.makeQueue(named: item.name, in: event.scope, settings, now: call.now)
                try tx.audit(call, on: queue.auditObject, after: queue.auditState, action: "queues.create")
                changes.append(DocumentChange(path: path, before: nil, after: .string(item.name)))
                continue
            }
            var queue = before
            queue.settings.topics = item.topics ?? before.settings.topics
            queue.settings.policy = item.policy ?? before.settings.policy
            queue.settings.sla = item.sla ?? before.settings.sla
            guard queue != before else { continue }
            queue.version += 1
            try tx.set(queue)
            try tx.apply(queue, since: before, now: call.now)
            try tx.audit(
                call,
                on: queue.auditObject,
                before: before.auditState,
                after: queue.auditState,
                action: "queues.update"
            )
            changes.append(DocumentChange(path: path, before: before.auditState, after: queue.auditState))
        }
    }

    /// In the order of the names.
    static func queues(of space: Scope, _ tx: borrowing some Reading & ~Copyable) throws -> [QueueDocument] {
        try QueueStore.queues(of: space, tx)
            .map { queue in
                QueueDocument(
                    name: queue.name,
                    topics: queue.settings.topics,
                    policy: queue.settings.policy,
                    sla: queue.settings.sla
                )
            }
            .sorted { $0.name < $1.name }
    }
}
