/// Whose file it is (`application_id`, bytes 68–71 of the header) and which life of it: the epoch.
extension Connection {
    private static let select: SQL = "SELECT epoch FROM database_identity"
    private static let replace: SQL =
        "INSERT INTO database_identity (id, epoch) VALUES (1, :epoch) ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch"

    /// Marks an empty file as the program's own, and refuses a file that carries another mark or none.
    package func claim(applicationID: Int32) throws(StorageError) {
        let found = try text("PRAGMA application_id").flatMap { Int32($0) } ?? 0
        if found == applicationID { return }
        let tables = try text("SELECT count(*) FROM sqlite_schema") ?? "0"
        guard found == 0, tables == "0" else { throw .foreignFile(path: path) }
        try execute("PRAGMA application_id = \(applicationID)")
    }

    /// The random name of this life of the database; made on first use.
    package func epoch() throws(StorageError) -> String {
        try execute(
            """
            CREATE TABLE IF NOT EXISTS database_identity (
                id INTEGER PRIMARY KEY CHECK (id = 1),
                epoch TEXT NOT NULL
            ) STRICT
            """
        )
        if let epoch = try storageErrors({ try first(Self.select) { $0.string(0) } }) { return epoch }
        return try renewEpoch()
    }

    /// Called when a backup is restored: positions in the logs that clients remember mean nothing from here on.
    @discardableResult
    package func renewEpoch() throws(StorageError) -> String {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        let epoch = String(repeating: "0", count: 16 - digits.utf8.count) + digits
        try run(Self.replace) { $0.bind("epoch", epoch) }
        return epoch
    }
}
