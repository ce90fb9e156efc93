/// How the daemon is.
package struct ServerStatus: Codable, Sendable, Equatable {
    package var version: String
    package var commit: String
    package var startedAt: Milliseconds
    package var epoch: String
    package var isReady: Bool
    package var isDraining: Bool
    package var accounts: Int64
    package var channels: Int64
    package var messages: Int64
    package var connections: Int64
    package var liveSessions: Int64
    package var writeQueue: Int64
    /// Entries that search has not read yet.
    package var searchLag: Int64
    package var residentBytes: Int64

    package init(
        version: String,
        commit: String,
        startedAt: Milliseconds,
        epoch: String,
        isReady: Bool,
        isDraining: Bool,
        accounts: Int64,
        channels: Int64,
        messages: Int64,
        connections: Int64,
        liveSessions: Int64,
        writeQueue: Int64,
        searchLag: Int64,
        residentBytes: Int64
    ) {
        self.version = version
        self.commit = commit
        self.startedAt = startedAt
        self.epoch = epoch
        self.isReady = isReady
        self.isDraining = isDraining
        self.accounts = accounts
        self.channels = channels
        self.messages = messages
        self.connections = connections
        self.liveSessions = liveSessions
        self.writeQueue = writeQueue
        self.searchLag = searchLag
        self.residentBytes = residentBytes
    }
}

/// What `reload` did: the settings that changed, and those that need a restart.
package struct ReloadResult: Codable, Sendable, Equatable {
    package var changed: [String]
    package var needsRestart: [String]

    package init(changed: [String], needsRestart: [String]) {
        self.changed = changed
        self.needsRestart = needsRestart
    }
}

extension Endpoint where Input == Empty, Output == ServerStatus {
    package static var serverStatus: Self {
        Self("server.status", .get, "/v1/server/status", needs: .operate, "how the daemon is")
    }
}

extension Endpoint where Input == Empty, Output == Empty {
    package static var drainServer: Self {
        Self(
            "server.drain",
            .post,
            "/v1/server/drain",
            needs: .operate,
            "stop accepting, let clients go, finish what was accepted, exit"
        )
    }
}

extension Endpoint where Input == Empty, Output == ReloadResult {
    package static var reloadServer: Self {
        Self(
            "server.reload",
            .post,
            "/v1/server/reload",
            needs: .operate,
            "read the configuration and certificates again"
        )
    }
}
