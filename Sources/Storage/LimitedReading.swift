/// Reads of a bare connection with an end: what `Readers` promise for the database, for files that stand beside it.
extension Connection {
    /// Everything inside sees one state of the file, and stops with `StorageError.readTooLong` after `limit`.
    package func reading<Value>(for limit: Duration, _ body: () throws -> Value) throws -> Value {
        let deadline = ReadDeadline(limit: limit)
        self.limit(by: deadline)
        try run(Self.beginReading)
        deadline.start()
        defer {
            deadline.stop()
            rollBack()
        }
        return try body()
    }
}
