import ChatAPI
import ChatTestKit
import Engine
import Glibc
import Testing

/// Who may do what in an agency and its events: its own people by role, another agency's, and whoever is in neither.
@Suite("Agency matrix")
struct AgencyMatrixTests {
    private static let file = "AgencyMatrix.txt"

    @Test
    func `every operation, every role, own and others' agencies`() async throws {
        let world = try await AgencyWorld()
        let isRecording = getenv("RECORD") != nil
        let head = try await world.call("local", .audit, AuditQuery(limit: 1)).head
        var recorded = ""
        for row in try AuthorizationMatrixTests.rows(Self.file) {
            let operation = try #require(Operation.named(row.operation), "\(row.operation) is no operation")
            var verdicts: [String] = []
            for column in AgencyWorld.columns {
                verdicts.append(try await world.verdict(of: try world.caller(column), operation, row.input))
            }
            if isRecording {
                recorded += AuthorizationMatrixTests.line(row, verdicts)
            } else {
                #expect(row.verdicts == verdicts, "\(row.operation) \(row.about)")
            }
        }
        if isRecording { try RunningDaemon.write(recorded, to: AuthorizationMatrixTests.path(Self.file) + ".recorded") }
        // All of these were dry runs: nothing is left of them.
        #expect(try await world.call("local", .audit, AuditQuery(limit: 1)).head == head)
    }

    @Test
    func `another agency and one that is not approved may nothing here that an outsider may not`() throws {
        let columns = AgencyWorld.columns
        let outsider = try #require(columns.firstIndex(of: "nils"))
        for row in try AuthorizationMatrixTests.rows(Self.file) where !row.about.hasPrefix("own") {
            try #require(row.verdicts.count == columns.count, "\(row.operation) \(row.about)")
            for name in ["otto", "vera"] where row.verdicts[try #require(columns.firstIndex(of: name))] == "ok" {
                #expect(row.verdicts[outsider] == "ok", "\(row.operation) \(row.about): \(name)")
            }
        }
    }

    @Test
    func `who is more senior in an agency may what its juniors may`() throws {
        // Who works for the agency, and who for one event of it.
        let chains = [["sam", "mona", "odin"], ["mio", "orla", "mona", "odin"]]
            .map { $0.compactMap(AgencyWorld.columns.firstIndex) }
        for row in try AuthorizationMatrixTests.rows(Self.file) where !row.about.hasPrefix("sam's") {
            try #require(row.verdicts.count == AgencyWorld.columns.count, "\(row.operation) \(row.about)")
            for (junior, senior) in chains.flatMap({ zip($0, $0.dropFirst()) }) where row.verdicts[junior] == "ok" {
                #expect(row.verdicts[senior] == "ok", "\(row.operation) \(row.about)")
            }
        }
    }
}
