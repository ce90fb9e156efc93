/// Someone on the Unix socket who may act as a local administrator: root, or the daemon's own user.
package struct LocalIdentity: Sendable, Equatable {
    package let uid: UInt32
    /// The user's name on this machine; it stands in the audit log.
    package let name: String

    package init(uid: UInt32, name: String) {
        self.uid = uid
        self.name = name
    }
}
