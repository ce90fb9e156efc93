import ChatAPI
import Storage

/// What events need of the help desk: where a queue is, the queue that publishing makes, the end of one with its event.
enum QueueSpaces {
    /// The event, or the agency of a queue without one; nil if there is no such queue. What a grant of scope
    /// `queue/<id>` is inside of.
    static func space(of queue: Scope, _ tx: borrowing some Reading & ~Copyable) throws -> Scope? {
        try QueueStore.queue(queue.id.retyped(), tx)?.space
    }

    /// The queue that an event has from its first publication.
    static func makeDefault(for event: EventRow, _ call: Call, _ tx: borrowing Transaction) throws {
        guard try QueueStore.queues(of: event.scope, tx).isEmpty else { return }
        let queue = try tx.makeQueue(named: "help", in: event.scope, now: call.now)
        try tx.audit(call, on: queue.auditObject, after: queue.auditState, action: "queues.create")
    }

    /// Ends the queues of a space that goes, with what waits in them and what is said in their chats.
    static func end(_ space: Scope, _ tx: borrowing Transaction) throws {
        for queue in try QueueStore.queues(of: space, tx) { try tx.end(queue, now: tx.facts.desk.clock.now) }
    }
}
