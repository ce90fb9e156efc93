/// A row that a write locks before it decides, named by kind and id.
///
/// SQLite has one writer and ignores the keys. A PostgreSQL driver locks all keys of a group in this type's order before the
/// group's first write; in any other order groups deadlock.
package struct RowKey: Hashable, Sendable {
    private enum Identity: Hashable, Sendable {
        case sixteen(high: UInt64, low: UInt64)
        case bytes([UInt8])
    }

    /// At most 15 bytes, so that no memory is taken for it: `channel`, `account`.
    package let kind: String
    private let identity: Identity

    package init(kind: String, id: [UInt8]) {
        self.kind = kind
        identity = .bytes(id)
    }

    /// Sixteen bytes, big-endian, without an array being made.
    package init(kind: String, high: UInt64, low: UInt64) {
        self.kind = kind
        identity = .sixteen(high: high, low: low)
    }
}

extension RowKey: Comparable {
    package static func < (left: RowKey, right: RowKey) -> Bool {
        if left.kind != right.kind { return left.kind < right.kind }
        switch (left.identity, right.identity) {
        case (.sixteen(let leftHigh, let leftLow), .sixteen(let rightHigh, let rightLow)):
            return leftHigh != rightHigh ? leftHigh < rightHigh : leftLow < rightLow
        case (.bytes(let left), .bytes(let right)): return left.lexicographicallyPrecedes(right)
        case (.sixteen, .bytes): return true
        case (.bytes, .sixteen): return false
        }
    }
}
