/// What can be bound to a statement's parameter: the five storage classes, and the types that become one of them.
package enum DatabaseValue: Equatable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
    /// A blob of sixteen bytes, big-endian, so that ids are bound without an array being made.
    case sixteen(high: UInt64, low: UInt64)
}

/// A value that a parameter takes. Conform by naming the storage class.
package protocol Bindable {
    var databaseValue: DatabaseValue { get }
}

extension DatabaseValue: Bindable {
    package var databaseValue: DatabaseValue { self }
}

extension Int64: Bindable {
    package var databaseValue: DatabaseValue { .integer(self) }
}

extension Int: Bindable {
    package var databaseValue: DatabaseValue { .integer(Int64(self)) }
}

extension Int32: Bindable {
    package var databaseValue: DatabaseValue { .integer(Int64(self)) }
}

/// Stored as 0 and 1: a `STRICT` table has no type of its own for it.
extension Bool: Bindable {
    package var databaseValue: DatabaseValue { .integer(self ? 1 : 0) }
}

extension Double: Bindable {
    package var databaseValue: DatabaseValue { .real(self) }
}

extension String: Bindable {
    package var databaseValue: DatabaseValue { .text(self) }
}

extension [UInt8]: Bindable {
    package var databaseValue: DatabaseValue { .blob(self) }
}

extension Optional: Bindable where Wrapped: Bindable {
    package var databaseValue: DatabaseValue {
        switch self {
        case .none: .null
        case .some(let value): value.databaseValue
        }
    }
}
