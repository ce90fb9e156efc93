import ChatAPI
package import Engine
import Storage

/// One fresh engine on a database of its own, with time that tests move; gone when it is released.
package final class TemporaryEngine: Sendable {
    package let engine: Engine
    package let clock: TestClock
    private let folder: ScratchFolder

    package init(_ change: (inout EngineSettings) -> Void = { _ in }) throws {
        folder = try ScratchFolder()
        clock = TestClock()
        var settings = EngineSettings(databasePath: folder.path + "/plaza.db", searchPath: folder.path + "/search.db")
        change(&settings)
        engine = try Engine(settings: settings, clock: clock, hub: Hub(sealing: .lines))
    }

    deinit { engine.close() }
}

extension Sealing {
    /// One payload a line, so that tests read what a connection would get.
    package static var lines: Sealing {
        Sealing { payloads in Frame(payloads.flatMap { $0 + [0x0A] }) }
    }
}
