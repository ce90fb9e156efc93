package import ChatAPI
package import Storage

// Ids are sixteen bytes in the database, in the order in which they were made.
extension ID: Bindable {
    package var databaseValue: DatabaseValue { .sixteen(high: high, low: low) }
}

extension Row {
    /// The id in a column that cannot be null.
    package func id<Owner>(_ column: Int, of _: Owner.Type = Owner.self) -> ID<Owner> {
        guard let id = optionalID(column, of: Owner.self) else {
            preconditionFailure("column \(column) does not hold an id")
        }
        return id
    }

    package func optionalID<Owner>(_ column: Int, of _: Owner.Type = Owner.self) -> ID<Owner>? {
        sixteen(column).map { ID<Owner>(high: $0.high, low: $0.low) }
    }
}
