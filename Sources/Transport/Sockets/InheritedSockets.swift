import Glibc

/// Listening sockets handed over by systemd (`LISTEN_FDS`, sd_listen_fds(3)).
package enum InheritedSockets {
    /// The descriptors and their names, once: the variables are removed so that children do not take them for theirs.
    package static func take() -> [(descriptor: Int32, name: String)] {
        defer { for variable in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(variable) } }
        return parse(
            pid: text("LISTEN_PID"),
            count: text("LISTEN_FDS"),
            names: text("LISTEN_FDNAMES"),
            ownPID: getpid()
        ).map { socket in
            _ = fcntl(socket.descriptor, F_SETFD, FD_CLOEXEC)
            return socket
        }
    }

    package static func parse(
        pid: String?,
        count: String?,
        names: String?,
        ownPID: Int32
    ) -> [(descriptor: Int32, name: String)] {
        guard let pid, Int32(pid) == ownPID, let count, let total = Int32(count), (1...64).contains(total) else {
            return []
        }
        let names = (names ?? "").split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        return (0..<total).map { index in
            (descriptor: 3 + index, name: Int(index) < names.count ? names[Int(index)] : "")
        }
    }

    private static func text(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
