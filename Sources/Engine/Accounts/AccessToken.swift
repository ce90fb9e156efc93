package import ChatAPI

/// What signs a person's calls for ten minutes: a session and an end, under the database's key. Never grants.
///
/// `plz_a_` and base64 of 57 bytes: version 1, session (16), end in Unix milliseconds (8, big-endian), keyed BLAKE2b (32).
/// The audience is the database's epoch: it is signed, not carried, so a token of another daemon or of the time before a
/// restore does not verify.
package struct AccessToken: Sendable, Equatable {
    package static let prefix = "plz_a_"
    /// Short enough that a stolen one is soon worthless, long enough that refreshing is not noticed.
    package static let lifetimeMilliseconds: Int64 = 600_000

    package let session: SessionID
    package let expiresAt: Milliseconds

    init(session: SessionID, expiresAt: Milliseconds) {
        self.session = session
        self.expiresAt = expiresAt
    }

    /// Nil unless this key signed the text for this audience. An end in the past is not looked at here.
    init?(_ text: String, key: SigningKey, audience: String) {
        guard text.hasPrefix(Self.prefix),
            let bytes = TokenText.decode(text.dropFirst(Self.prefix.count), count: 57),
            bytes[0] == Self.version
        else { return nil }
        let payload = Array(bytes[..<25])
        guard RandomBytes.areEqual(Array(bytes[25...]), key.sign(Self.signed(payload, audience), for: .access)),
            let session = SessionID(bytes: payload[1..<17])
        else { return nil }
        self.session = session
        expiresAt = Int64(bitPattern: payload[17...].reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    func text(key: SigningKey, audience: String) -> String {
        let end = UInt64(bitPattern: expiresAt)
        let payload =
            [Self.version] + session.bytes
            + (0..<8).map { UInt8(truncatingIfNeeded: end >> (56 - 8 * UInt64($0))) }
        return Self.prefix + TokenText.encode(payload + key.sign(Self.signed(payload, audience), for: .access))
    }

    private static let version: UInt8 = 1

    private static func signed(_ payload: [UInt8], _ audience: String) -> [UInt8] {
        payload + Array(audience.utf8)
    }
}
