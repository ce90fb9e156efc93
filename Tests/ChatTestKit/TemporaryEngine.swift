import ChatAPI
package import Engine
import Glibc
import Storage

/// One fresh engine on a database of its own, with time that tests move; gone when it is released.
package final class TemporaryEngine: Sendable {
    package let engine: Engine
    package let clock: TestClock
    private let folder: String

    package init(_ change: (inout EngineSettings) -> Void = { _ in }) throws {
        var template = Array("/tmp/plaza-test-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { preconditionFailure("no temporary folder: errno \(errno)") }
        folder = String(cString: made)
        clock = TestClock()
        var settings = EngineSettings(databasePath: folder + "/plaza.db", searchPath: folder + "/search.db")
        change(&settings)
        engine = try Engine(settings: settings, clock: clock, hub: Hub(sealing: .lines))
    }

    deinit {
        engine.close()
        for name in Self.files(in: folder) { unlink(folder + "/" + name) }
        rmdir(folder)
    }

    private static func files(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }
}

extension Sealing {
    /// One payload a line, so that tests read what a connection would get.
    package static var lines: Sealing {
        Sealing { payloads in Frame(payloads.flatMap { $0 + [0x0A] }) }
    }
}
