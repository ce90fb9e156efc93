import Glibc

/// Where the daemon keeps things: its data folder, its databases, its socket. Made if missing, private to its user.
struct Places: Sendable {
    let data: String
    /// Nil with `--socket none`.
    let socket: String?

    var database: String { data + "/plaza.db" }
    var search: String { data + "/search.db" }

    init(_ configuration: Configuration) throws(StartError) {
        let named = configuration.text("data")
        data = named.isEmpty ? Self.defaultData() : named
        try Self.makeFolder(data, mode: 0o700)
        let path = configuration.text("socket")
        if path == "none" {
            socket = nil
        } else {
            let chosen = path.isEmpty ? Self.defaultSocket() : path
            if path.isEmpty { try Self.makeFolder(Self.parent(of: chosen), mode: 0o755) }
            socket = chosen
        }
    }

    private static func defaultData() -> String {
        if let folder = ServerDaemon.environment("STATE_DIRECTORY"), !folder.isEmpty {
            return folder.split(separator: ":").first.map(String.init) ?? folder
        }
        if let folder = ServerDaemon.environment("XDG_STATE_HOME"), !folder.isEmpty { return folder + "/plaza" }
        return (ServerDaemon.environment("HOME") ?? ".") + "/.local/state/plaza"
    }

    /// `/run/chatd` belongs to root and to systemd; everybody else has a runtime folder.
    private static func defaultSocket() -> String {
        if geteuid() == 0 || access("/run/chatd", W_OK) == 0 { return "/run/chatd/chatd.sock" }
        let runtime = ServerDaemon.environment("XDG_RUNTIME_DIR") ?? "/tmp/plaza-\(getuid())"
        return runtime + "/plaza/chatd.sock"
    }

    private static func parent(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    private static func makeFolder(_ path: String, mode: mode_t) throws(StartError) {
        var made = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            made += "/" + part
            if mkdir(made, mode) != 0 && errno != EEXIST {
                throw StartError("cannot make the folder \(made): \(String(cString: strerror(errno)))")
            }
        }
        var facts = stat()
        guard stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR else {
            throw StartError("\(path) is not a folder")
        }
    }
}
