/// The release, and how a client and a daemon of different releases get on.
package enum Version {
    package static let number = "0.1.0"
    /// The subprotocol of the live connection: the only thing both sides must agree on.
    package static let subprotocol = "plaza.v1"
}
