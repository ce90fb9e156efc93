package import ChatAPI
import Storage
import Synchronization

/// How the daemon is, and its two levers: drain and reload.
package final class ServerControl: Sendable {
    private let database: EngineDatabase
    private let clock: any Clock
    private let search: Search
    /// Lock tier 3. Set by the daemon once it runs.
    private let operations = Mutex(Operations())

    init(database: EngineDatabase, clock: any Clock, search: Search) {
        self.database = database
        self.clock = clock
        self.search = search
    }

    package func install(_ operations: Operations) {
        self.operations.withLock { $0 = operations }
    }

    private static let countAccounts: SQL = """
        SELECT COUNT(*) FROM account WHERE deleted_at IS NULL AND kind <> 'system'
        """
    /// One lookup per channel: every entry knows how many messages there were up to it.
    private static let countMessages: SQL = """
        SELECT COUNT(*), SUM((SELECT messages FROM entry WHERE log = c.id ORDER BY seq DESC LIMIT 1))
        FROM channel c WHERE c.deleted_at IS NULL
        """

    package func status(_ call: Call) async throws -> ServerStatus {
        let operations = operations.withLock { $0 }
        let counts = try await database.read { tx in
            let accounts = try tx.first(Self.countAccounts) { $0.int64(0) } ?? 0
            let channels = try tx.first(Self.countMessages) { ($0.int64(0), $0.int64(1)) } ?? (0, 0)
            return (accounts: accounts, channels: channels.0, messages: channels.1)
        }
        return ServerStatus(
            version: Version.number,
            commit: operations.commit,
            startedAt: operations.startedAt,
            epoch: database.epoch,
            isReady: operations.isReady(),
            isDraining: operations.isDraining(),
            accounts: counts.accounts,
            channels: counts.channels,
            messages: counts.messages,
            connections: operations.connections(),
            liveSessions: operations.liveSessions(),
            writeQueue: operations.writeQueue(),
            searchLag: search.lag,
            residentBytes: operations.residentBytes()
        )
    }

    /// Begins to let everyone go. The audit entry is stored first if it can be: a daemon with a full disk must be stoppable.
    package func drain(_ call: Call) async throws -> Empty {
        guard let drain = operations.withLock({ $0.drain }) else { throw Self.noDaemon }
        do {
            _ = try await database.perform(call, touching: [.audit]) { tx in
                try tx.audit(call, on: "server", severity: .notice)
                return Empty()
            }
        } catch is StorageError {}
        drain()
        return Empty()
    }

    package func reload(_ call: Call) async throws -> ReloadResult {
        guard let reload = operations.withLock({ $0.reload }) else { throw Self.noDaemon }
        // What would change is not known without doing it.
        if call.options.dryRun { return ReloadResult(changed: [], needsRestart: []) }
        let result = try reload()
        do {
            try await database.write(touching: [.audit]) { tx in
                try tx.audit(
                    call,
                    on: "server",
                    after: ["changed": .array(result.changed.map { .string($0) })],
                    severity: .notice
                )
            }
        } catch is StorageError {}
        return result
    }

    private static var noDaemon: APIError { APIError(.unavailable, "there is no daemon around this engine") }
}
