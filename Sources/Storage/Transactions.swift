/// A consistent view of the database for at most `DatabaseOptions.readLimit`.
package struct ReadTransaction: ~Copyable, Reading {
    package let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }
}

/// One write of a group: it sees what the writes before it did, and is stored together with them.
package struct WriteTransaction<Facts: WriterFacts>: ~Copyable, Reading {
    /// The only way to facts while deciding.
    package let facts: Facts
    package let connection: Connection

    init(_ connection: Connection, _ facts: Facts) {
        self.connection = connection
        self.facts = facts
    }

    /// Runs one statement.
    ///
    /// - Returns: how many rows it inserted, changed or deleted.
    @discardableResult
    package func run(_ sql: SQL, _ bind: (inout Binder) -> Void = { _ in }) throws(StorageError) -> Int {
        try connection.run(sql, bind)
    }

    /// The row id of the latest insert.
    package var lastInsertedRow: Int64 { connection.lastInsertedRow }
}
