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
        guard let entry = getpwuid(uid), let name = entry.pointee.pw_name else {
            return LocalIdentity(uid: uid, name: "uid-\(uid)")
        }
        return LocalIdentity(uid: uid, name: String(cString: name))
    }
}
