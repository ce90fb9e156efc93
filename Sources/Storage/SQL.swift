import Synchronization

/// One statement's text, made once: `static let insert: SQL = "INSERT INTO … VALUES (:channel, :seq)"`.
///
/// Parameters are `:named`, never numbered: SQLite and PostgreSQL read `$1` differently. Every object takes one slot in every
/// connection's array of prepared statements for the life of the process, so an object made per call would be a leak.
package final class SQL: Sendable, ExpressibleByStringLiteral {
    package let text: String
    let index: Int

    private static let nextIndex = Atomic<Int>(0)

    package init(_ text: String) {
        self.text = text
        index = Self.nextIndex.add(1, ordering: .relaxed).oldValue
    }

    package convenience init(stringLiteral text: String) {
        self.init(text)
    }
}
