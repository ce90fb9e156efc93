import Engine
import Glibc
import Transport

/// Who is at the other end of the Unix socket, and whether they may act as a local administrator.
///
/// Root may, and outside systemd the daemon's own user. 65534 never: that is anybody seen from a user namespace.
struct LocalPeer: Sendable {
    let uid: UInt32?

    init(_ credentials: PeerCredentials?) { uid = credentials?.uid }

    var mayAdminister: Bool {
        guard let uid else { return false }
        let isSupervised = ServerDaemon.environment("INVOCATION_ID") != nil
        return LocalAdministrators.admit(uid: uid, daemonUID: geteuid(), isSupervised: isSupervised)
    }

    /// Who that is on this machine; nil if they have to sign in like everyone.
    var administrator: LocalIdentity? {
        guard mayAdminister, let uid else { return nil }
        return LocalIdentity(uid: uid, name: Self.name(of: uid) ?? "uid-\(uid)")
    }

    /// Connections come in on several threads, so not `getpwuid`, whose answer is one for all of them.
    private static func name(of uid: UInt32) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16_384) { buffer in
            var entry = passwd()
            var found: UnsafeMutablePointer<passwd>?
            guard let start = buffer.baseAddress,
                getpwuid_r(uid, &entry, start, buffer.count, &found) == 0, found != nil
            else { return nil }
            return entry.pw_name.map { String(cString: $0) }
        }
    }
}
