/// The schema's history: an append-only list, never edited, each step applied once in its own transaction.
package struct Migration: Sendable {
    /// From 1 upwards without gaps.
    package let number: Int
    package let name: String
    /// Any number of statements.
    package let sql: String
    /// Runs after the statements, in the same transaction, for what SQL cannot say.
    package let step: (@Sendable (Connection) throws -> Void)?

    package init(number: Int, name: String, sql: String, step: (@Sendable (Connection) throws -> Void)? = nil) {
        self.number = number
        self.name = name
        self.sql = sql
        self.step = step
    }
}

extension Connection {
    private static let applied: SQL = "SELECT number, name FROM schema_migration ORDER BY number"
    private static let record: SQL =
        "INSERT INTO schema_migration (number, name, applied_at) VALUES (:number, :name, :at)"
    private static let violations: SQL = "SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1"

    /// Brings the schema to the newest migration. A database that is newer than the list is refused and left as it is.
    ///
    /// Foreign keys are off while tables are rebuilt and checked before each commit (sqlite.org/lang_altertable.html §7).
    package func migrate(_ migrations: [Migration]) throws(StorageError) {
        for (index, migration) in migrations.enumerated() {
            precondition(migration.number == index + 1, "migration \(migration.number) stands at place \(index + 1)")
        }
        let applied = try appliedMigrations()
        for (number, name) in applied {
            guard number <= migrations.count else {
                throw .newerSchema(found: applied.last?.number ?? number, known: migrations.count)
            }
            let known = migrations[number - 1].name
            guard name == known else { throw .differentHistory(number: number, found: name, known: known) }
        }
        guard applied.count < migrations.count else { return }
        try execute("PRAGMA foreign_keys = OFF")
        defer { try? execute("PRAGMA foreign_keys = ON") }
        for migration in migrations[applied.count...] {
            try apply(migration)
        }
    }

    private func appliedMigrations() throws(StorageError) -> [(number: Int, name: String)] {
        try execute(
            """
            CREATE TABLE IF NOT EXISTS schema_migration (
                number INTEGER PRIMARY KEY,
                name TEXT NOT NULL,
                applied_at INTEGER NOT NULL
            ) STRICT
            """
        )
        return try storageErrors { try all(Self.applied) { ($0.int(0), $0.string(1)) } }
    }

    private func apply(_ migration: Migration) throws(StorageError) {
        do {
            try transaction {
                try execute(migration.sql)
                try migration.step?(self)
                if let table = try first(Self.violations, row: { $0.string(0) }) {
                    throw StorageError.statement(code: 787, message: "rows of \(table) point to nothing")
                }
                try run(Self.record) {
                    $0.bind("number", migration.number)
                    $0.bind("name", migration.name)
                    $0.bind("at", wallMilliseconds())
                }
            }
        } catch {
            throw .migration(number: migration.number, name: migration.name, reason: "\(error)")
        }
    }
}

/// Runs a body whose closures throw nothing of their own.
func storageErrors<Value>(_ body: () throws -> Value) throws(StorageError) -> Value {
    do {
        return try body()
    } catch let error as StorageError {
        throw error
    } catch {
        throw .setup(reason: "\(error)")
    }
}
