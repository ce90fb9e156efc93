package import ChatAPI
package import Storage

/// The rows that writes lock where several nodes share a database.
extension RowKey {
    package static func channel(_ id: ChannelID) -> RowKey { RowKey(kind: "channel", high: id.high, low: id.low) }
    package static func account(_ id: AccountID) -> RowKey { RowKey(kind: "account", high: id.high, low: id.low) }
    package static func sketch(_ id: SketchID) -> RowKey { RowKey(kind: "sketch", high: id.high, low: id.low) }
    /// Names are unique: whoever takes one locks the list of names.
    package static let names = RowKey(kind: "names", id: [])
    package static let audit = RowKey(kind: "audit", id: [])
}

extension EngineDatabase {
    /// Runs the write of a call: once per key, and without a trace for a dry run.
    ///
    /// The key and the answer are stored in the transaction that they belong to. A repeat throws `ReadyAnswer` with the
    /// stored bytes; a dry run throws it with what the answer would have been, which rolls the savepoint back.
    package func perform<Answer: Codable & Sendable>(
        _ call: Call,
        touching rows: [RowKey],
        _ body: @escaping @Sendable (borrowing Transaction) throws -> Answer,
        committed: (@Sendable (Answer) -> Void)? = nil
    ) async throws -> Answer {
        let isPlain = call.options.key == nil && !call.options.dryRun
        return try await write(
            touching: rows,
            { tx in
                if isPlain { return try body(tx) }
                if let answer = try KeyStore.answer(to: call, tx) { throw ReadyAnswer(json: answer) }
                let answer = try body(tx)
                let json = Coding.encode(answer)
                if call.options.dryRun { throw ReadyAnswer(json: json) }
                try KeyStore.insert(json, for: call, tx)
                return answer
            },
            committed: committed
        )
    }
}

extension APIError {
    /// The one place where what a write or a read threw becomes what a caller is told.
    package init(refusal error: any Error) {
        switch error {
        case let error as APIError: self = error
        case let error as StorageError: self.init(storage: error)
        default: self.init(.internal, "something went wrong inside; the log has it under this request's id")
        }
    }

    private init(storage error: StorageError) {
        switch error {
        case .overloaded(let retry):
            self.init(.overloaded, "storage cannot keep up; nothing was stored", retryAfterMilliseconds: Int64(retry))
        case .full:
            self.init(.storageFull, "the disk is full; nothing was stored")
        case .outcomeUnknown:
            self.init(.outcomeUnknown, "the daemon does not know whether this was stored: repeat with the same key")
        case .readTooLong:
            self.init(.timedOut, "reading took longer than 250 ms; ask for less")
        case .closed:
            self.init(.draining, "the daemon is shutting down")
        default:
            self.init(.unavailable, "storage failed; nothing was stored", retryAfterMilliseconds: 1_000)
        }
    }
}
