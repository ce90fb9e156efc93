import ChatAPI
import Storage

/// In which space a queue is: what a grant of scope `queue/<id>` is inside of.
enum QueueSpaces {
    /// The event, or the agency of a queue without one; nil if there is no such queue.
    static func space(of queue: Scope, _ tx: borrowing some Reading & ~Copyable) throws -> Scope? { nil }
}
