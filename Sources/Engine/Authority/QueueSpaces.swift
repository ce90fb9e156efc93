import ChatAPI
import Storage

/// What events need of the help desk: where a queue is, the queue that publishing makes, the end of one with its event.
enum QueueSpaces {
    /// The event, or the agency of a queue without one; nil if there is no such queue. What a grant of scope
    /// `queue/<id>` is inside of.
    static func space(of queue: Scope, _ tx: borrowing some Reading & ~Copyable) throws -> Scope? { nil }

    /// The queue that an event has from its first publication.
    static func makeDefault(for event: EventRow, _ call: Call, _ tx: borrowing Transaction) throws {}

    /// Ends the queues of a space that goes, with what waits in them.
    static func end(_ space: Scope, _ tx: borrowing Transaction) throws {}
}
