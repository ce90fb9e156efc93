/// A write on its way: what to decide, what to publish, whom to answer. One object per write, whatever its value's type.
class PendingWrite<Facts: WriterFacts>: @unchecked Sendable {
    /// Runs the body; what it returned or threw is kept.
    ///
    /// - Returns: what the body threw.
    func decide(_ transaction: borrowing WriteTransaction<Facts>) -> (any Error)? {
        preconditionFailure("abstract")
    }

    /// The group is gone: whatever the body answered was decided on something that never happened.
    func fail(_ error: StorageError) {
        preconditionFailure("abstract")
    }

    /// The `committed:` closure, unless the write was refused.
    func publish() {
        preconditionFailure("abstract")
    }

    func complete() {
        preconditionFailure("abstract")
    }
}

/// A `PendingWrite` whose value's type is known. Belongs to the caller until it is enqueued, then to the writer thread.
final class TypedWrite<Facts: WriterFacts, Value: Sendable>: PendingWrite<Facts>, @unchecked Sendable {
    private let body: @Sendable (borrowing WriteTransaction<Facts>) throws -> Value
    private let committed: (@Sendable (Value) -> Void)?
    private let completion: @Sendable (Result<Value, any Error>) -> Void
    private var result: Result<Value, any Error>?

    init(
        body: @escaping @Sendable (borrowing WriteTransaction<Facts>) throws -> Value,
        committed: (@Sendable (Value) -> Void)?,
        completion: @escaping @Sendable (Result<Value, any Error>) -> Void
    ) {
        self.body = body
        self.committed = committed
        self.completion = completion
    }

    override func decide(_ transaction: borrowing WriteTransaction<Facts>) -> (any Error)? {
        do {
            result = .success(try body(transaction))
            return nil
        } catch {
            result = .failure(error)
            return error
        }
    }

    override func fail(_ error: StorageError) {
        result = .failure(error)
    }

    override func publish() {
        if let committed, case .success(let value) = result { committed(value) }
    }

    override func complete() {
        guard let result else { preconditionFailure("a write was answered before it was decided") }
        completion(result)
    }
}
