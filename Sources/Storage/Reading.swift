/// Questions to the database: the same in a read transaction, in a write transaction and on a bare connection.
///
/// Each form exists with and without parameters. A statement that changes rows and answers with some (`INSERT … RETURNING`) may
/// be asked through these too, where writing is allowed.
package protocol Reading: ~Copyable {
    /// What carries the statements. Stores use the methods below instead.
    var connection: Connection { get }
}

extension Reading where Self: ~Copyable {
    /// The first row, or nil.
    package func first<Value>(
        _ sql: SQL,
        _ bind: (inout Binder) -> Void,
        row: (Row) throws -> Value
    ) throws -> Value? {
        let connection = connection
        let statement = try connection.take(sql)
        defer { connection.putBack(statement) }
        try statement.bind(bind)
        guard try connection.step(statement) else { return nil }
        let value = try row(Row(statement))
        // Constraints are checked when a changing statement ends, so it is led to its end.
        while statement.writes, try connection.step(statement) {}
        return value
    }

    package func first<Value>(_ sql: SQL, row: (Row) throws -> Value) throws -> Value? {
        try first(sql, { _ in }, row: row)
    }

    /// Every row, in order. The statement carries its own LIMIT: nothing bounds the array here.
    package func all<Value>(
        _ sql: SQL,
        _ bind: (inout Binder) -> Void,
        row: (Row) throws -> Value
    ) throws -> [Value] {
        var values: [Value] = []
        try each(sql, bind) { current in
            values.append(try row(current))
            return true
        }
        return values
    }

    package func all<Value>(_ sql: SQL, row: (Row) throws -> Value) throws -> [Value] {
        try all(sql, { _ in }, row: row)
    }

    /// Row by row, until the closure answers false.
    package func each(_ sql: SQL, _ bind: (inout Binder) -> Void, row: (Row) throws -> Bool) throws {
        let connection = connection
        let statement = try connection.take(sql)
        defer { connection.putBack(statement) }
        try statement.bind(bind)
        while try connection.step(statement), try row(Row(statement)) {}
    }

    package func each(_ sql: SQL, row: (Row) throws -> Bool) throws {
        try each(sql, { _ in }, row: row)
    }
}
