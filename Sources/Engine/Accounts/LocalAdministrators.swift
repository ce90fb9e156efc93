package import ChatAPI
import Storage

/// Root and the daemon's own user on the Unix socket: named administrators, under the same policy, audited like everyone.
package enum LocalAdministrators {
    /// Whether a peer, known by `SO_PEERCRED`, may act as one. Everyone else signs in.
    ///
    /// - Parameters:
    ///   - daemonUID: the daemon's own user, which counts outside systemd only: there it may be shared (`DynamicUser`).
    ///   - isSupervised: whether systemd started the daemon.
    package static func admit(uid: UInt32, daemonUID: UInt32, isSupervised: Bool) -> Bool {
        if uid == overflowUID { return false }
        return uid == 0 || (uid == daemonUID && !isSupervised)
    }

    /// `nobody`, which the kernel also shows for every user that a user namespace does not map.
    static let overflowUID: UInt32 = 65_534
}

extension Authenticator {
    /// A local administrator as a caller; its account is made on first use, so that the audit log has an id for it.
    ///
    /// - Parameter identity: a user for whom `LocalAdministrators.admit` holds; 65534 is refused whatever that says. The
    ///   account is called `local-<name>`.
    package func localCaller(_ identity: LocalIdentity) async throws(APIError) -> Caller {
        let uid = identity.uid
        guard uid != LocalAdministrators.overflowUID else {
            throw APIError(.forbidden, "user 65534 (nobody) is never an administrator")
        }
        let wanted = Self.localName(uid, identity.name)
        let row: AccountRow
        do {
            if let known = try await database.read({ tx in try AccountStore.find(uid: uid, tx) }) {
                row = known
            } else {
                let clock = clock
                row = try await database.write(touching: [.names]) { tx in
                    // Two first connections at once: the second finds what the first made.
                    if let known = try AccountStore.find(uid: uid, tx) { return known }
                    let now = clock.now
                    let isTaken = try AccountStore.nameAlike(wanted, tx) != nil
                    let row = AccountRow(
                        id: .fresh(at: now),
                        kind: .system,
                        name: isTaken ? "\(Names.localPrefix)uid-\(uid)" : wanted,
                        createdAt: now,
                        hasLongPassword: false,
                        uid: uid
                    )
                    try AccountStore.insert(row, password: nil, tx)
                    try tx.audit(
                        daemon: "accounts.localAdministrator",
                        on: row.object,
                        after: ["name": .string(row.name), "uid": .integer(Int64(uid))],
                        severity: .notice,
                        now: now
                    )
                    return row
                }
            }
        } catch { throw APIError(refusal: error) }
        let standing = Standing(kind: .system, grants: [], hasLongPassword: false, everyoneCreatesChannels: true)
        var caller = Caller(row, standing)
        caller.address = "unix"
        return caller
    }

    private static func localName(_ uid: UInt32, _ name: String) -> String {
        let wanted = Names.localPrefix + name
        do throws(APIError) {
            try Names.check(wanted)
            return wanted
        } catch {
            return "\(Names.localPrefix)uid-\(uid)"
        }
    }
}
