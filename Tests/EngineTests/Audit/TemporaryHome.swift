import ChatAPI
import ChatTestKit
import Engine
import Glibc
import Storage

/// A folder in which engines are started one after the other.
final class TemporaryHome: Sendable {
    private let scratch: ScratchFolder
    var folder: String { scratch.path }
    let clock = TestClock()

    init() throws { scratch = try ScratchFolder() }

    func engine() throws -> Engine {
        var settings = EngineSettings(databasePath: folder + "/plaza.db", searchPath: folder + "/search.db")
        settings.rates = .unlimited
        settings.passwordCost = .least
        return try Engine(settings: settings, clock: clock, hub: Hub(sealing: .lines))
    }

    func root(_ engine: Engine) async throws -> LocalService {
        LocalService(engine, as: try await engine.authenticator.localCaller(LocalIdentity(uid: 0, name: "root")))
    }

    func sign(_ engine: Engine) async throws -> SignedHead { try await root(engine).call(.signAudit) }

    func entries(_ engine: Engine, _ count: Int) async throws {
        for _ in 0..<count {
            let name = "n" + CallOptions.freshRequestID()
            _ = try await root(engine).call(.createAccount, AccountCreation(name: name, kind: .bot))
        }
    }

    func backUp() throws {
        guard let bytes = Self.bytes(folder + "/plaza.db") else { throw TestFailure("no database") }
        try Self.write(bytes, to: folder + "/plaza.db.backup")
    }

    /// As a restore does it: the file of then, in a new life.
    func restore(renewing: Bool = true) throws {
        guard let bytes = Self.bytes(folder + "/plaza.db.backup") else { throw TestFailure("no backup") }
        for name in ["plaza.db-wal", "plaza.db-shm"] { unlink(folder + "/" + name) }
        try Self.write(bytes, to: folder + "/plaza.db")
        guard renewing else { return }
        let connection = try Connection(path: folder + "/plaza.db")
        try connection.renewEpoch()
        connection.close()
    }

    private static func bytes(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        guard let file = fopen(path, "we") else { throw TestFailure("cannot write \(path): errno \(errno)") }
        defer { fclose(file) }
        guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw TestFailure("cannot write \(path)") }
    }
}
