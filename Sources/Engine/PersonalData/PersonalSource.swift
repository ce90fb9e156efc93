import ChatAPI
import Storage

/// One section of what is kept about an account: a statement over one table, and what its columns are.
///
/// The statement binds `account`, `limit` and `offset`, starts from an index on the account, and has an order.
struct PersonalSource: Sendable {
    enum Kind: Sendable {
        case id
        case integer
        case flag
        case text
        /// Text that is JSON.
        case json
        /// Asked for and not shown.
        case skipped
    }

    let name: String
    /// One sentence for the documentation.
    let about: String
    let columns: [(name: String, kind: Kind)]
    let sql: SQL

    init(_ name: String, _ about: String, _ columns: [(String, Kind)], _ sql: SQL) {
        self.name = name
        self.about = about
        self.columns = columns.map { (name: $0.0, kind: $0.1) }
        self.sql = sql
    }

    func items(
        of account: AccountID,
        from offset: Int,
        limit: Int,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [JSON] {
        try tx.all(sql) {
            $0.bind("account", account)
            $0.bind("limit", limit)
            $0.bind("offset", offset)
        } row: {
            Self.json($0, columns)
        }
    }

    /// A row as an object; what is NULL is left out.
    static func json(_ row: Row, _ columns: [(name: String, kind: Kind)]) -> JSON {
        var members: [String: JSON] = [:]
        for (index, column) in columns.enumerated() where !row.isNull(index) {
            members[column.name] =
                switch column.kind {
                case .skipped: nil
                case .id: row.optionalID(index, of: Account.self).map { .string($0.description) } ?? .null
                case .integer: .integer(row.int64(index))
                case .flag: .bool(row.bool(index))
                case .text: .string(row.string(index))
                case .json: (try? Coding.decode(JSON.self, from: row.bytes(index))) ?? .string(row.string(index))
                }
        }
        return .object(members)
    }
}
