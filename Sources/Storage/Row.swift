import CSQLite

/// The row at which a statement stands; valid only inside the closure that received it.
///
/// Columns are numbered from 0 in the order of the SELECT. NULL read as a plain value is 0, empty text or no bytes, as in SQLite
/// itself; the `optional…` forms tell the difference.
package struct Row {
    private let handle: OpaquePointer

    init(_ statement: Statement) {
        handle = statement.handle
    }

    package func isNull(_ column: Int) -> Bool {
        sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL
    }

    package func int64(_ column: Int) -> Int64 {
        sqlite3_column_int64(handle, Int32(column))
    }

    package func int(_ column: Int) -> Int {
        Int(sqlite3_column_int64(handle, Int32(column)))
    }

    package func bool(_ column: Int) -> Bool {
        sqlite3_column_int64(handle, Int32(column)) != 0
    }

    package func double(_ column: Int) -> Double {
        sqlite3_column_double(handle, Int32(column))
    }

    package func string(_ column: Int) -> String {
        guard let start = sqlite3_column_text(handle, Int32(column)) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, Int32(column)))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    package func bytes(_ column: Int) -> [UInt8] {
        withBytes(column) { [UInt8]($0) }
    }

    /// The bytes of a text or a blob without a copy; the buffer is gone when the closure returns.
    package func withBytes<Value>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> Value) rethrows -> Value {
        let start = sqlite3_column_blob(handle, Int32(column))
        let count = Int(sqlite3_column_bytes(handle, Int32(column)))
        return try body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
    }

    /// The counterpart of `DatabaseValue.sixteen`: nil unless the column holds exactly sixteen bytes.
    package func sixteen(_ column: Int) -> (high: UInt64, low: UInt64)? {
        withBytes(column) { bytes in
            guard bytes.count == 16 else { return nil }
            let high = bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
            let low = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            return (UInt64(bigEndian: high), UInt64(bigEndian: low))
        }
    }

    package func optionalInt64(_ column: Int) -> Int64? { isNull(column) ? nil : int64(column) }
    package func optionalInt(_ column: Int) -> Int? { isNull(column) ? nil : int(column) }
    package func optionalBool(_ column: Int) -> Bool? { isNull(column) ? nil : bool(column) }
    package func optionalDouble(_ column: Int) -> Double? { isNull(column) ? nil : double(column) }
    package func optionalString(_ column: Int) -> String? { isNull(column) ? nil : string(column) }
    package func optionalBytes(_ column: Int) -> [UInt8]? { isNull(column) ? nil : bytes(column) }
}
