import CSQLite

/// SQLite's result codes, read once into `StorageError`.
enum ResultCode {
    /// - Parameters:
    ///   - code: an extended result code; its low byte is the primary one (sqlite.org/rescode.html §3).
    ///   - message: evaluated only where the case carries a text.
    static func error(_ code: Int32, message: @autoclosure () -> String) -> StorageError {
        switch code & 0xFF {
        case SQLITE_FULL: .full
        case SQLITE_BUSY, SQLITE_LOCKED: .busy
        case SQLITE_READONLY, SQLITE_PERM: .readOnly
        case SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_PROTOCOL, SQLITE_NOLFS: .io(code: code)
        case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt(code: code)
        case SQLITE_NOMEM: .outOfMemory
        case SQLITE_TOOBIG: .tooBig
        case SQLITE_INTERRUPT: .readInterrupted
        case SQLITE_CONSTRAINT: .constraint(constraint(code), message: message())
        default: .statement(code: code, message: message())
        }
    }

    // The extended codes are macros with an expression, which the importer drops; they are `SQLITE_CONSTRAINT | (n << 8)`.
    private static func constraint(_ code: Int32) -> StorageError.Constraint {
        switch code >> 8 {
        case 1: .check
        case 3: .foreignKey
        case 5: .notNull
        case 6, 8, 10: .unique  // PRIMARYKEY, UNIQUE, ROWID
        default: .other
        }
    }

    /// Whether a COMMIT that answered with this error may nevertheless be found on disk after a restart.
    ///
    /// A full disk is certain: the frame that would have ended the transaction was not written whole, and the next
    /// transaction writes over it. Everything that SQLite checks before it writes is certain as well.
    static func leavesOutcomeOpen(_ error: StorageError) -> Bool {
        switch error {
        case .full, .busy, .constraint, .readOnly, .statement, .readInterrupted, .tooBig: false
        default: true
        }
    }
}
