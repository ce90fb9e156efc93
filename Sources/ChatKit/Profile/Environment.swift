import Glibc

/// The process's environment as a value, so that tests bring their own.
package struct Environment: Sendable, Equatable {
    private let values: [String: String]

    package init(_ values: [String: String]) { self.values = values }

    /// Nil also for an empty value: `PLAZA_SERVER= chatctl …` means without it.
    package subscript(name: String) -> String? {
        guard let value = values[name], !value.isEmpty else { return nil }
        return value
    }

    /// What the kit looks at, of this process.
    package static var process: Environment {
        let names = [
            "PLAZA_SOCKET", "PLAZA_SERVER", "PLAZA_TOKEN_FILE", "PLAZA_CONTEXT", "PLAZA_CA", "HOME", "XDG_CONFIG_HOME",
            "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR",
        ]
        var values: [String: String] = [:]
        for name in names {
            if let value = getenv(name) { values[name] = String(cString: value) }
        }
        return Environment(values)
    }
}

/// The folders of the XDG base directory specification that Plaza uses.
package struct Folders: Sendable, Equatable {
    /// Contexts and credentials.
    package let config: String
    /// What can be deleted at any time.
    package let cache: String
    /// The outbox and history of the composer: not configuration, and not to be lost.
    package let state: String
    /// Where a daemon of the same user has its socket.
    package let runtime: String?

    /// Relative paths in `XDG_…` are ignored, as the specification says.
    package init(_ environment: Environment) throws(ProfileError) {
        func absolute(_ name: String) -> String? {
            environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil }
        }
        func folder(_ name: String, _ fallback: String) throws(ProfileError) -> String {
            if let path = absolute(name) { return path + "/plaza" }
            guard let home = absolute("HOME") else {
                throw ProfileError(.usage, "neither \(name) nor HOME is set: nowhere to keep files")
            }
            return "\(home)/\(fallback)/plaza"
        }
        config = try folder("XDG_CONFIG_HOME", ".config")
        cache = try folder("XDG_CACHE_HOME", ".cache")
        state = try folder("XDG_STATE_HOME", ".local/state")
        runtime = absolute("XDG_RUNTIME_DIR")
    }

    /// Where a daemon's socket is looked for, in this order.
    package var defaultSockets: [String] {
        ["/run/chatd/chatd.sock"] + (runtime.map { [$0 + "/plaza/chatd.sock"] } ?? [])
    }
}
