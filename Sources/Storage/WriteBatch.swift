/// Writes that one thread collects and hands over together: one lock, one wake and, as a rule, one commit for all of them.
///
/// A writer that the first of many writes wakes commits that one alone while the rest queue up behind it: twice the syncs,
/// and twice the passes over everyone who listens. Confined to the thread that collects.
package final class WriteBatch<Facts: WriterFacts> {
    var writes: [PendingWrite<Facts>] = []

    package init() {}

    package var isEmpty: Bool { writes.isEmpty }

    /// As `Database.enqueue`, but waits for `Database.submit`.
    package func add<Value: Sendable>(
        touching keys: [RowKey],
        _ body: @escaping @Sendable (borrowing WriteTransaction<Facts>) throws -> Value,
        completion: @escaping @Sendable (Result<Value, any Error>) -> Void
    ) {
        writes.append(TypedWrite(body: body, committed: nil, completion: completion))
    }
}
