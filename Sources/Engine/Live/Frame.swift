/// Bytes ready for the wire, made once and shared by everyone who gets them: a reference to one array.
package struct Frame: Sendable {
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Size on the wire, for back-pressure.
    package var byteCount: Int { bytes.count }
}

/// How payloads become a frame: each is one message of the live connection, in order. The engine does not know how a
/// message is framed; the daemon gives it this.
package struct Sealing: Sendable {
    package let seal: @Sendable ([[UInt8]]) -> Frame

    package init(_ seal: @escaping @Sendable ([[UInt8]]) -> Frame) {
        self.seal = seal
    }
}
