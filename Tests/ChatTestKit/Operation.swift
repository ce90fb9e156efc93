package import ChatAPI
package import Engine

/// The API's operations by name, without a daemon: what a generated test goes through.
package struct Operation: Sendable {
    package let name: String
    package let method: Method
    package let path: PathPattern
    package let needs: Capability
    package let changes: Bool
    package let input: Schema
    package let output: Schema
    private let answer: APIRow.Answer

    package init(_ row: APIRow) {
        name = row.name
        method = row.method
        path = row.path
        needs = row.needs
        changes = row.changes
        input = row.input()
        output = row.output()
        answer = row.answer
    }

    /// Reads an answer as a client does.
    package func readAnswer(_ json: [UInt8]) throws(APIError) { try answer.read(json) }

    /// Read off the table of an engine, in its order.
    package static let all: [Operation] = {
        guard let temporary = try? TemporaryEngine() else { preconditionFailure("no engine") }
        return temporary.engine.api.rows.map(Operation.init)
    }()

    package static func named(_ name: String) -> Operation? { all.first { $0.name == name } }
}
