import CSQLite
import Glibc

/// A prepared statement of one connection, with the names of its parameters in SQLite's order.
final class Statement {
    let handle: OpaquePointer
    let slot: Int
    let writes: Bool
    let names: [[UInt8]]

    /// - Throws: `StorageError.statement` if the schema does not have what the text names.
    init(_ sql: SQL, on connection: OpaquePointer) throws(StorageError) {
        var handle: OpaquePointer?
        var text = sql.text
        var isSingle = true
        let code = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                var tail: UnsafePointer<CChar>?
                // PERSISTENT: the statement lives as long as the connection, so it stays out of the lookaside memory.
                let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
                let code = sqlite3_prepare_v3(
                    connection,
                    characters.baseAddress,
                    Int32(characters.count),
                    flags,
                    &handle,
                    &tail
                )
                if let tail, let end = characters.baseAddress.map({ $0 + characters.count }) {
                    isSingle = UnsafeRawBufferPointer(start: tail, count: end - tail)
                        .allSatisfy { $0 == 0x20 || $0 == 0x0A || $0 == UInt8(ascii: ";") }
                }
                return code
            }
        }
        guard code == SQLITE_OK else {
            throw ResultCode.error(code, message: String(cString: sqlite3_errmsg(connection)))
        }
        guard let handle, isSingle else { preconditionFailure("not exactly one statement: \(sql.text)") }
        let count = sqlite3_bind_parameter_count(handle)
        precondition(count <= 64, "a statement has at most 64 parameters: \(sql.text)")
        names = (0..<count).map { position in
            guard let name = sqlite3_bind_parameter_name(handle, position + 1), name.pointee == CChar(UInt8(ascii: ":"))
            else { preconditionFailure("every parameter is written :name: \(sql.text)") }
            return Array(UnsafeRawBufferPointer(start: name + 1, count: strlen(name) - 1))
        }
        self.handle = handle
        slot = sql.index
        // SQLite says of BEGIN IMMEDIATE that it writes; nobody who asks here means that.
        writes = sqlite3_stmt_readonly(handle) == 0 && sql !== Connection.begin
    }

    deinit {
        sqlite3_finalize(handle)
    }

    func bind(_ fill: (inout Binder) -> Void) throws(StorageError) {
        var binder = Binder(self)
        fill(&binder)
        try binder.finish()
    }
}

/// Gives a statement its parameters, each exactly once and by name.
///
/// An unknown, repeated or forgotten name is a defect of the program and stops it.
package struct Binder {
    private let statement: Statement
    private var bound: UInt64 = 0
    private var failure: Int32 = SQLITE_OK

    fileprivate init(_ statement: Statement) {
        self.statement = statement
    }

    package mutating func bind(_ name: StaticString, _ value: some Bindable) {
        let position = position(of: name)
        let bit = UInt64(1) << UInt64(position)
        precondition(bound & bit == 0, "parameter :\(name) is bound twice")
        bound |= bit
        let code = Self.bind(value.databaseValue, to: Int32(position + 1), of: statement.handle)
        if code != SQLITE_OK { failure = code }
    }

    fileprivate func finish() throws(StorageError) {
        let count = statement.names.count
        precondition(bound.nonzeroBitCount == count, "unbound parameters: \(missing)")
        if failure != SQLITE_OK { throw ResultCode.error(failure, message: "a value cannot be bound") }
    }

    private var missing: String {
        statement.names.enumerated()
            .filter { bound & (1 << UInt64($0.offset)) == 0 }
            .map { ":" + String(decoding: $0.element, as: UTF8.self) }
            .joined(separator: ", ")
    }

    /// The same answer as `sqlite3_bind_parameter_index`, without its copy to a C string: the names were read at preparation.
    /// Callers bind in the order of the text nearly always, so the search starts after the parameters already bound.
    private func position(of name: StaticString) -> Int {
        let names = statement.names
        let start = bound.nonzeroBitCount
        for offset in 0..<names.count {
            let position = start + offset < names.count ? start + offset : start + offset - names.count
            let candidate = names[position]
            if candidate.count == name.utf8CodeUnitCount, memcmp(candidate, name.utf8Start, candidate.count) == 0 {
                return position
            }
        }
        preconditionFailure("the statement has no parameter :\(name)")
    }

    private static func bind(_ value: DatabaseValue, to index: Int32, of handle: OpaquePointer) -> Int32 {
        switch value {
        case .null: return sqlite3_bind_null(handle, index)
        case .integer(let number): return sqlite3_bind_int64(handle, index, number)
        case .real(let number): return sqlite3_bind_double(handle, index, number)
        case .text(var text):
            return text.withUTF8 { bytes in
                guard let size = Int32(exactly: bytes.count) else { return SQLITE_TOOBIG }
                // A nil address would bind NULL, and an empty text is not NULL.
                return csqlite_bind_text(
                    handle,
                    index,
                    bytes.baseAddress.map { UnsafeRawPointer($0) } ?? emptyText,
                    size
                )
            }
        case .blob(let bytes):
            guard let size = Int32(exactly: bytes.count) else { return SQLITE_TOOBIG }
            guard size > 0 else { return sqlite3_bind_zeroblob(handle, index, 0) }
            return csqlite_bind_blob(handle, index, bytes, size)
        case .sixteen(let high, let low):
            var words = (high.bigEndian, low.bigEndian)
            return withUnsafeBytes(of: &words) { csqlite_bind_blob(handle, index, $0.baseAddress, 16) }
        }
    }

    private static var emptyText: UnsafeRawPointer {
        let empty: StaticString = ""
        return UnsafeRawPointer(empty.utf8Start)
    }
}
