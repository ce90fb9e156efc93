import CSQLite
import Glibc

/// One open database file with its prepared statements; belongs to one thread at a time.
///
/// `Database` keeps one for its writer and one for every reader. Smaller files with one owner (a search projection, a client's
/// cache) use a connection directly, on a `Worker`.
package final class Connection: Reading {
    package enum Mode: Sendable {
        /// Created with permissions 0600 if missing: the files hold people's messages and password hashes.
        case readWrite
        /// The file must exist and statements cannot change it.
        case readOnly
    }

    package struct Options: Sendable {
        /// When a commit counts as stored.
        package enum Durability: String, Sendable {
            /// Every commit is on disk before it returns.
            case full = "FULL"
            /// A power loss may take the last commits; the file stays whole. For what can be rebuilt.
            case normal = "NORMAL"
        }

        package var durability: Durability
        /// Memory for pages, used as far as it is needed.
        package var cacheKiB: Int
        /// Its only work is checkpoints beside a writer: they give the disk little at a time.
        package var copiesLog = false
        /// How long a lock held by another connection is waited for.
        package var busyTimeoutMilliseconds: Int

        package init(durability: Durability = .full, cacheKiB: Int = 2048, busyTimeoutMilliseconds: Int = 2000) {
            self.durability = durability
            self.cacheKiB = cacheKiB
            self.busyTimeoutMilliseconds = busyTimeoutMilliseconds
        }
    }

    package let path: String
    private(set) var handle: OpaquePointer?
    private var statements: [Statement?] = []

    /// Set for readers: when the running transaction has to end.
    private var deadline: ReadDeadline?
    /// Set where errors are injected: runs before every statement that writes.
    var beforeWriting: (() throws(StorageError) -> Void)?
    /// Pages in the write-ahead log after the latest commit of this connection.
    package private(set) var logPages = 0
    /// The latest error of this connection, for a group whose body swallowed it.
    private(set) var latestFailure: StorageError?

    package var connection: Connection { self }

    /// `:memory:` is a database of this connection alone, without a file and without a log.
    private var isInMemory: Bool { path == ":memory:" }

    package init(path: String, mode: Mode = .readWrite, options: Options = Options()) throws(StorageError) {
        self.path = path
        if mode == .readWrite, !isInMemory { try Self.create(path) }
        // NOMUTEX: one thread at a time is our promise. EXRESCODE: which call failed belongs in the error.
        let access = mode == .readWrite ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY
        let layer: String? =
            switch (mode, options.durability) {
            case (.readWrite, .full): options.copiesLog ? PacedCopy.name : GatheredLog.name
            default: nil
            }
        let code = sqlite3_open_v2(path, &handle, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, layer)
        guard code == SQLITE_OK, let handle else {
            let reason = String(cString: sqlite3_errstr(code))
            sqlite3_close_v2(handle)
            handle = nil
            throw .cannotOpen(path: path, reason: reason)
        }
        sqlite3_busy_timeout(handle, Int32(options.busyTimeoutMilliseconds))
        csqlite_harden(handle)
        do {
            try configure(mode, options)
        } catch {
            close()
            throw error
        }
    }

    deinit {
        close()
    }

    /// Only ever opens a file that nobody has open: closing a descriptor of a database in use would drop the locks that the
    /// process's other connections hold on it (sqlite.org/howtocorrupt.html §2.2).
    private static func create(_ path: String) throws(StorageError) {
        guard access(path, F_OK) != 0 else { return }
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST { return }
            throw .cannotOpen(path: path, reason: String(cString: strerror(errno)))
        }
        Glibc.close(descriptor)
    }

    /// Ends the connection; every later call fails with `StorageError.closed`.
    package func close() {
        statements = []
        deadline = nil
        beforeWriting = nil
        if let handle { sqlite3_close_v2(handle) }
        handle = nil
    }

    /// Runs statements without parameters and ignores their rows: schema and pragmas.
    package func execute(_ text: String) throws(StorageError) {
        let handle = try opened()
        try check(sqlite3_exec(handle, text, nil, nil, nil))
    }

    /// Runs one statement to its end.
    ///
    /// - Returns: how many rows it inserted, changed or deleted.
    @discardableResult
    package func run(_ sql: SQL, _ bind: (inout Binder) -> Void = { _ in }) throws(StorageError) -> Int {
        let statement = try take(sql)
        defer { putBack(statement) }
        try statement.bind(bind)
        while try step(statement) {}
        return Int(sqlite3_changes64(handle))
    }

    /// Everything inside is stored together, or nothing is. Transactions do not nest.
    @discardableResult
    package func transaction<Value>(_ body: () throws -> Value) throws -> Value {
        try run(Self.begin)
        do {
            let value = try body()
            try run(Self.commit)
            return value
        } catch {
            rollBack()
            throw error
        }
    }

    /// The row id of the latest insert of this connection.
    package var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(handle) }
}

// MARK: - Transactions, as the mechanism uses them

extension Connection {
    static let begin: SQL = "BEGIN IMMEDIATE"
    static let beginReading: SQL = "BEGIN"
    static let commit: SQL = "COMMIT"
    static let rollback: SQL = "ROLLBACK"
    static let savepoint: SQL = "SAVEPOINT one_write"
    static let release: SQL = "RELEASE one_write"
    static let revert: SQL = "ROLLBACK TO one_write"

    /// False outside a transaction; also after SQLite gave up a whole transaction because of a storage error.
    var isInTransaction: Bool {
        guard let handle else { return false }
        return sqlite3_get_autocommit(handle) == 0
    }

    /// Ends the transaction if there still is one. SQLite's documentation promises that this cannot lose anything committed.
    func rollBack() {
        if isInTransaction { sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }
    }
}

// MARK: - Statements

extension Connection {
    /// The prepared statement, taken out of its slot so that a statement that meets itself while it runs gets a second copy.
    func take(_ sql: SQL) throws(StorageError) -> Statement {
        let handle = try opened()
        if let verdict = deadline?.verdict { throw verdict }
        var found: Statement?
        if sql.index < statements.count {
            swap(&found, &statements[sql.index])
        }
        if let found {
            if found.writes, let beforeWriting {
                do {
                    try beforeWriting()
                } catch {
                    statements[sql.index] = found
                    throw error
                }
            }
            return found
        }
        do {
            let statement = try Statement(sql, on: handle)
            if statement.writes { try beforeWriting?() }
            return statement
        } catch {
            latestFailure = error
            throw error
        }
    }

    func putBack(_ statement: Statement) {
        sqlite3_reset(statement.handle)
        // Closed while the statement ran.
        guard handle != nil else { return }
        let slot = statement.slot
        if slot >= statements.count {
            statements.append(contentsOf: repeatElement(nil, count: slot + 1 - statements.count))
        }
        // If a copy came back first, this one is finalized by its deinit.
        if statements[slot] == nil { statements[slot] = statement }
    }

    /// - Returns: whether the statement stands at a row.
    func step(_ statement: Statement) throws(StorageError) -> Bool {
        let code = sqlite3_step(statement.handle)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw failure(code)
        }
    }

    func check(_ code: Int32) throws(StorageError) {
        if code != SQLITE_OK { throw failure(code) }
    }

    private func opened() throws(StorageError) -> OpaquePointer {
        guard let handle else { throw .closed }
        return handle
    }

    private func failure(_ code: Int32) -> StorageError {
        var error = ResultCode.error(code, message: String(cString: sqlite3_errmsg(handle)))
        if error == .readInterrupted, let verdict = deadline?.verdict { error = verdict }
        latestFailure = error
        return error
    }
}

// MARK: - Configuration

extension Connection {
    private func configure(_ mode: Mode, _ options: Options) throws(StorageError) {
        if mode == .readWrite, !isInMemory {
            // 4096 is the block of the file systems below. A single small commit writes the whole of every page it touches into
            // the log, so larger pages would double the bytes of the commonest commit.
            try execute("PRAGMA page_size = 4096")
            let journal = try text("PRAGMA journal_mode = WAL")
            guard journal == "wal" else {
                throw .cannotOpen(path: path, reason: "the file system cannot hold a write-ahead log")
            }
            // FULL: the log is synced at every commit. Checkpoints are started by us, off the commit's path.
            try execute("PRAGMA synchronous = \(options.durability.rawValue); PRAGMA wal_autocheckpoint = 0")
            // Where the log starts over its file shrinks to this; reusing a file's blocks is faster than allocating new ones.
            try execute("PRAGMA journal_size_limit = \(64 << 20)")
            // FAST: erased text is overwritten where that costs no extra page. Debian's default is ON, which does cost.
            try execute("PRAGMA secure_delete = FAST")
        } else if mode == .readOnly {
            try execute("PRAGMA query_only = ON")
        }
        // No mmap: an I/O error would be a SIGBUS instead of a result code, and the mapped pages count as ours.
        try execute("PRAGMA foreign_keys = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY")
        try execute("PRAGMA cache_size = -\(options.cacheKiB)")
    }

    /// The first column of the first row, for pragmas.
    func text(_ sql: String) throws(StorageError) -> String? {
        var statement: OpaquePointer?
        try check(sqlite3_prepare_v2(opened(), sql, -1, &statement, nil))
        defer { sqlite3_finalize(statement) }
        let code = sqlite3_step(statement)
        guard code == SQLITE_ROW else {
            if code == SQLITE_DONE { return nil }
            throw failure(code)
        }
        return sqlite3_column_text(statement, 0).map { String(cString: $0) }
    }

    /// From now on statements stop when the deadline says so. It is asked every 2,000 steps of SQLite's machine, some 20 µs.
    func limit(by deadline: ReadDeadline) {
        self.deadline = deadline
        let context = Unmanaged.passUnretained(deadline).toOpaque()
        sqlite3_progress_handler(
            handle,
            2000,
            { context in
                guard let context else { return 0 }
                let deadline = Unmanaged<ReadDeadline>.fromOpaque(context).takeUnretainedValue()
                return deadline.verdict == nil ? 0 : 1
            },
            context
        )
    }

    /// From now on `logPages` follows the commits of this connection.
    package func watchLog() {
        sqlite3_wal_hook(
            handle,
            { context, _, _, pages in
                guard let context else { return SQLITE_OK }
                Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue().logPages = Int(pages)
                return SQLITE_OK
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }

    /// Moves the log's pages into the database file.
    ///
    /// - Parameter truncating: waits for readers up to the busy timeout, then empties the log file. Otherwise nobody is waited
    ///   for, and pages that a reader still needs stay.
    /// - Returns: the pages that are in the log, and how many of them are in the database file too.
    @discardableResult
    package func checkpoint(truncating: Bool = false) throws(StorageError) -> (logged: Int, moved: Int) {
        var logged: Int32 = 0
        var moved: Int32 = 0
        let mode = truncating ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE
        try check(sqlite3_wal_checkpoint_v2(opened(), nil, mode, &logged, &moved))
        if truncating { logPages = Int(logged) }
        return (Int(logged), Int(moved))
    }

    /// The log is left as it is on disk when the connection ends.
    func keepLogOnClose() {
        csqlite_keep_log_on_close(handle)
    }
}
