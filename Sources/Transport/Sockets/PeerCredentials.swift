import CLinux

/// Who is at the other end of a Unix socket, as the kernel recorded it when the peer connected (`SO_PEERCRED`).
package struct PeerCredentials: Sendable, Hashable {
    package let pid: Int32
    package let uid: UInt32
    package let gid: UInt32

    /// Nil when the descriptor is no Unix socket.
    init?(descriptor: Int32) {
        var pid: pid_t = 0
        var uid: uid_t = 0
        var gid: gid_t = 0
        // A TCP socket answers pid 0 and the overflow uid instead of failing.
        guard clinux_peer_credentials(descriptor, &pid, &uid, &gid) == 0, pid != 0 else { return nil }
        self.pid = pid
        self.uid = uid
        self.gid = gid
    }
}
