import ChatAPI
import ChatTestKit
import Engine
import Storage
import Testing

/// The statements that run at every hello, every send and every page use their indexes: none of them reads a whole table.
@Suite struct QueryPlanTests {
    @Test(arguments: ChannelStatements.hot)
    func `a hot statement searches and never scans`(statement: ChannelStatements.Named) async throws {
        let scene = try ChannelScene()
        // Parameters become blobs: their values do not matter to the plan, only that there are some.
        let text = statement.sql.text.replacing(/:[A-Za-z]+/, with: "x'00'")
        let plan = SQL("EXPLAIN QUERY PLAN " + text)
        let lines = try await scene.engine.database.read { tx in try tx.all(plan) { $0.string(3) } }
        #expect(!lines.isEmpty)
        for line in lines {
            #expect(!line.hasPrefix("SCAN") || line == "SCAN CONSTANT ROW", "\(statement.name): \(line)\n\(lines)")
            #expect(!line.contains("TEMP B-TREE") || statement.sorts, "\(statement.name): \(line)")
            #expect(!line.contains("AUTOMATIC"), "\(statement.name): \(line)")
        }
    }
}
