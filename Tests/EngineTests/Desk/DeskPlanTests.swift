import ChatTestKit
import Storage
import Testing

@testable import Engine

/// The statements that hand out requests and list chats are answered from indexes: nothing is scanned, nothing sorted.
@Suite("Help desk: query plans")
struct DeskPlanTests {
    private static let statements: [(name: String, sql: SQL)] = [
        ("next", RequestStore.selectNext), ("line", RequestStore.selectLine), ("busy", RequestStore.selectBusy),
        ("ended", RequestStore.selectEnded), ("waiting", RequestStore.selectDue),
        ("chats of a side", ChatStore.selectOfSide), ("chats of a queue", ChatStore.selectOfQueue),
        ("open", RequestStore.selectOpen), ("side", ChatStore.selectSide),
    ]

    @Test(arguments: statements.map(\.name))
    func `a statement of the desk searches its index and never sorts`(_ name: String) async throws {
        let temporary = try TemporaryEngine()
        let statement = try #require(Self.statements.first { $0.name == name })
        let text = statement.sql.text.replacing(/:[A-Za-z]+/, with: "1")
        let plan = SQL("EXPLAIN QUERY PLAN " + text)
        let lines = try await temporary.engine.database.read { tx in try tx.all(plan) { $0.string(3) } }
        #expect(!lines.isEmpty)
        for line in lines {
            #expect(!line.hasPrefix("SCAN") && !line.contains("TEMP B-TREE"), "\(name): \(lines)")
        }
    }
}
