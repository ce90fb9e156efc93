/// Everything that can go wrong below the rules: the disk, the file, the limits. A refusal by the rules is not one of these.
package enum StorageError: Error, Equatable, Sendable {
    /// The queue is full; what was accepted before is being finished. Repeat after the given time.
    case overloaded(retryAfterMilliseconds: Int)
    /// The disk (or the limit set for the database) is full. Nothing of the group was stored.
    case full
    /// Another process holds the database's write lock for longer than the busy timeout.
    case busy
    /// The file or its folder cannot be written.
    case readOnly
    /// The operating system reported an error; the extended result code of SQLite says which call.
    case io(code: Int32)
    /// The file is damaged, or is not a database at all.
    case corrupt(code: Int32)
    case outOfMemory
    /// A constraint of the schema held. The statement changed nothing; the transaction goes on.
    case constraint(Constraint, message: String)
    /// A value or a statement is above SQLite's limit (1,000,000,000 bytes).
    case tooBig
    /// The commit failed in a way that leaves open whether it is on disk. Repeat with the same key after the restart.
    case outcomeUnknown
    /// A read transaction was stopped at its limit: read in pages.
    case readTooLong(limitMilliseconds: Int)
    /// A read transaction was stopped because the write-ahead log had to be shortened. Repeat it.
    case readInterrupted
    /// The database was written by a newer program.
    case newerSchema(found: Int, known: Int)
    /// A migration of this number was applied under another name: the file belongs to another line of versions.
    case differentHistory(number: Int, found: String, known: String)
    /// A migration failed and was rolled back; those before it stay.
    case migration(number: Int, name: String, reason: String)
    /// The file is a SQLite database, but of another program (or carries no mark and is not empty).
    case foreignFile(path: String)
    /// Another process has the database open for writing.
    case inUse(path: String)
    case cannotOpen(path: String, reason: String)
    /// SQLite refused the statement itself; a defect of the program or of the schema.
    case statement(code: Int32, message: String)
    /// The state beside the writer could not be loaded.
    case setup(reason: String)
    /// The database is closed or closing.
    case closed

    /// Which promise of the schema a statement would have broken.
    package enum Constraint: Equatable, Sendable {
        case unique, foreignKey, check, notNull, other
    }
}

extension StorageError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .overloaded(let delay): "storage cannot keep up; try again in \(delay) ms"
        case .full: "the disk or the limit of the database is full; nothing was stored"
        case .busy: "another process keeps the database locked"
        case .readOnly: "the database cannot be written: check the permissions of the file and its folder"
        case .io(let code): "the disk failed while the database was used (SQLite result \(code))"
        case .corrupt(let code): "the database file is damaged (SQLite result \(code)); restore a backup"
        case .outOfMemory: "out of memory in storage"
        case .constraint(_, let message): message
        case .tooBig: "a value is larger than the database can hold"
        case .outcomeUnknown: "the disk failed during the commit: it may or may not be stored; repeat with the same key"
        case .readTooLong(let limit): "the read took longer than \(limit) ms and was stopped"
        case .readInterrupted: "the read was stopped so that the log could be shortened; try again"
        case .newerSchema(let found, let known):
            "the database has schema \(found), this program knows up to \(known): start the newer program, or restore a backup"
        case .differentHistory(let number, let found, let known):
            "schema migration \(number) of the database is '\(found)', this program's is '\(known)': the file is of another version line"
        case .migration(let number, let name, let reason): "schema migration \(number) '\(name)' failed: \(reason)"
        case .foreignFile(let path): "\(path) is a database of another program"
        case .inUse(let path): "\(path) is in use by another process"
        case .cannotOpen(let path, let reason): "cannot open \(path): \(reason)"
        case .statement(let code, let message): "the database refused a statement: \(message) (SQLite result \(code))"
        case .setup(let reason): "cannot load the state of the database: \(reason)"
        case .closed: "the database is closed"
        }
    }
}
