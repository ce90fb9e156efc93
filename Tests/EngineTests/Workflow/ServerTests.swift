import ChatAPI
import ChatTestKit
import Engine
import Synchronization
import Testing

/// Status and the two levers, with a daemon that only notes what it is told.
@Suite("Server")
struct ServerTests {
    private final class Levers: Sendable {
        let pulled = Mutex<[String]>([])
        var all: [String] { pulled.withLock { $0 } }
    }

    @Test func `status counts what there is`() async throws {
        let tea = try await Community()
        for number in 1...3 { try await tea.send("\(number)", by: tea.ana) }
        let status = try await tea.world.root().call(.serverStatus)
        #expect(status.messages == 3)
        #expect(status.channels == 2)
        #expect(status.accounts >= 2)
        #expect(status.epoch == tea.world.engine.epoch)
    }

    @Test func `levers are pulled once, audited, and not by everyone`() async throws {
        let tea = try await Community()
        let root = try await tea.world.root()
        #expect(await refusal { try await root.call(.drainServer) }?.code == .unavailable)
        let levers = Levers()
        var operations = Operations()
        operations.drain = { levers.pulled.withLock { $0.append("drain") } }
        operations.reload = { () throws(APIError) -> ReloadResult in
            levers.pulled.withLock { $0.append("reload") }
            return ReloadResult(changed: ["log.level"], needsRestart: [])
        }
        tea.world.engine.domains.server.install(operations)
        #expect(await refusal { try await tea.ana.call(.drainServer) }?.code == .forbidden)
        _ = try await root.call(.drainServer, Empty(), CallOptions(dryRun: true))
        #expect(try await root.call(.reloadServer, Empty(), CallOptions(dryRun: true)).changed.isEmpty)
        #expect(levers.all.isEmpty)
        #expect(try await root.call(.reloadServer).changed == ["log.level"])
        _ = try await root.call(.drainServer)
        #expect(levers.all == ["reload", "drain"])
        #expect(try await tea.world.audit("server.").map(\.action) == ["server.reload", "server.drain"])
    }
}
