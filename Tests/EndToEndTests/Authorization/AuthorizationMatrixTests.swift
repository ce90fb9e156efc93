import ChatAPI
import ChatTestKit
import Engine
import Glibc
import Testing

/// Who may do what to whose things: every operation in `Matrix.txt`, and what a token's scope leaves of it.
@Suite("Authorization matrix")
struct AuthorizationMatrixTests {
    static func path(_ file: String) -> String {
        "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/") + "/" + file
    }

    struct Row {
        let operation: String
        let about: String
        let verdicts: [String]
        let input: JSON
    }

    /// Lines of `operation about verdict… {input}`; `#` begins a comment.
    static func rows(_ file: String = "Matrix.txt") throws -> [Row] {
        let path = path(file)
        guard let text = RunningDaemon.read(path) else { throw TestFailure("cannot read \(path)") }
        return try text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            let brace = line.firstIndex(of: "{") ?? line.endIndex
            let words = line[..<brace].split(separator: " ").map(String.init)
            guard words.count >= 2 else { throw TestFailure("not a row: \(line)") }
            return Row(
                operation: words[0],
                about: words[1],
                verdicts: Array(words.dropFirst(2)),
                input: try Coding.decode(JSON.self, from: Array(line[brace...].utf8))
            )
        }
    }

    @Test
    func `every operation, every caller, own and others' things`() async throws {
        let world = try await AuthorizationWorld()
        let before = try await Self.traces(world)
        let isRecording = getenv("RECORD") != nil
        var recorded = ""
        for row in try Self.rows() {
            let operation = try #require(Operation.named(row.operation), "\(row.operation) is no operation")
            var verdicts: [String] = []
            for column in AuthorizationWorld.columns {
                verdicts.append(try await world.verdict(of: try world.caller(column), operation, row.input))
            }
            if isRecording {
                recorded += Self.line(row, verdicts)
            } else {
                #expect(row.verdicts == verdicts, "\(row.operation) \(row.about)")
            }
        }
        if isRecording { try RunningDaemon.write(recorded, to: Self.path("Matrix.txt") + ".recorded") }
        // All of these were dry runs: nothing is left of them.
        #expect(try await Self.traces(world) == before)
    }

    static func line(_ row: Row, _ verdicts: [String]) -> String {
        func padded(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(1, width - text.count))
        }
        let input = String(decoding: Coding.encode(row.input), as: UTF8.self)
        return padded(row.operation, 27) + padded(row.about, 18) + verdicts.map { padded($0, 14) }.joined() + input
            + "\n"
    }

    /// What a change would leave behind.
    private static func traces(_ world: AuthorizationWorld) async throws -> [String] {
        var traces: [String] = []
        for name in ["alice", "bob", "carol", "aud", "olga"] {
            let me = try await world.call(name, .me, Empty())
            traces.append(String(decoding: Coding.encode(me), as: UTF8.self))
            traces.append("\(try await world.call(name, .listSessions, SessionQuery()).items.count)")
        }
        traces.append("\(try await world.call("local", .audit, AuditQuery(limit: 1)).head)")
        traces.append("\(try await world.call("local", .listAccounts, AccountQuery(limit: 500)).items)")
        return traces
    }

    @Test
    func `no operation is missing from the table, and guests may do nothing that is not marked`() throws {
        let rows = try Self.rows()
        let ofAgencies = try Self.rows("AgencyMatrix.txt").map(\.operation)
        let ofDesks = try Self.rows("DeskMatrix.txt").map(\.operation)
        #expect(Set(rows.map(\.operation)).union(ofAgencies).union(ofDesks) == Set(Operation.all.map(\.name)))
        for row in rows {
            let operation = try #require(Operation.named(row.operation))
            #expect(row.verdicts.count == AuthorizationWorld.columns.count, "\(row.operation) \(row.about)")
            if operation.needs != .anyone { #expect(row.verdicts.first == "sign-in", "\(row.operation) \(row.about)") }
        }
    }

    @Test
    func `a platform administrator reads no private channel and no direct conversation`() throws {
        let reading = [
            "entries.list", "messages.get", "members.list", "pins.list", "presence.list", "messages.search",
            "sketches.list", "sketches.get", "sketches.snapshot", "sketches.operations", "sketches.origin",
            "sketches.versions.list", "sketches.versions.get",
        ]
        let columns = AuthorizationWorld.columns
        for row in try Self.rows() where reading.contains(row.operation) {
            guard row.about.hasPrefix("secret") || row.about.hasPrefix("direct") else { continue }
            for name in ["carol", "aud", "olga", "local"] {
                let verdict = row.verdicts[try #require(columns.firstIndex(of: name))]
                #expect(
                    verdict == (row.about.hasPrefix("secret") ? "not_member" : "not_found"),
                    "\(row.operation) \(name)"
                )
            }
        }
    }

    /// A token does what its one scope says and nothing else, whoever's it is: here a super admin's.
    @Test(arguments: Capability.words.filter(Role.superAdmin.capabilities.contains))
    func `a token with one scope does what that scope says`(_ scope: Capability) async throws {
        let world = try await AuthorizationWorld()
        let made = try await world.call("olga", .createToken, TokenDraft(label: "one", scopes: [scope]))
        let caller = try await world.temporary.engine.authenticator.caller(token: made.secret, address: "192.0.2.1")
        #expect(caller.capabilities == CapabilitySet([.anyone, scope]) || caller.capabilities == [scope])
        for row in try Self.rows() {
            let operation = try #require(Operation.named(row.operation))
            let verdict = try await world.verdict(of: caller, operation, row.input)
            if operation.needs != scope && operation.needs != .anyone {
                #expect(verdict == "forbidden", "\(row.operation) \(row.about) with \(scope.rawValue)")
            }
        }
    }

    @Test
    func `a bot is given no scope that its account has not`() async throws {
        let world = try await AuthorizationWorld()
        let olga = LocalService(world.temporary.engine, as: try world.caller("olga"))
        let own = Role.member.capabilities.union([.createChannels])
        let never = Capability.words.filter { !own.contains($0) }
        #expect(Set(never).isSuperset(of: [.manageAccounts, .manageGrants, .readAudit, .operate, .manageAgencies]))
        for scope in Capability.words {
            let draft = TokenDraft(account: "robo", label: "one", scopes: [scope])
            do throws(APIError) {
                _ = try await olga.call(.createToken, draft)
                #expect(!never.contains(scope))
            } catch {
                #expect(never.contains(scope))
                #expect(error.code == .invalid)
            }
        }
    }

    @Test
    func `search finds nobody else's words`() async throws {
        let world = try await AuthorizationWorld()
        for (name, expected) in [("bob", 3), ("alice", 3), ("carol", 1), ("aud", 1), ("olga", 1)] {
            // The index follows by itself: ask until it has come far enough.
            var hits = -1
            while hits < expected {
                let page = try await world.call(name, .search, SearchQuery(q: "between"))
                hits = page.hits.count
                if hits < expected { await DescriptorWatch.shared.deadline(after: 20) }
            }
            #expect(hits == expected, "\(name)")
        }
    }
}
