import CSodium
import Storage

/// The database's own key: signs access tokens and derives refresh tokens. Random, made with the database, in it.
///
/// Whoever reads the database file could sign, and could as well write sessions: the file is what has to be kept.
package struct SigningKey: Sendable {
    private let bytes: [UInt8]

    /// What a keyed hash is for: the same bytes signed for one purpose mean nothing for another.
    enum Purpose: UInt8 {
        case access = 1
        case rotation = 2
        case refresh = 3
    }

    private static let select = SQL("SELECT key FROM signing_key WHERE id = 1")
    private static let insert = SQL("INSERT INTO signing_key (id, key) VALUES (1, :key)")

    init(bytes: [UInt8]) {
        precondition(bytes.count == 32, "a signing key has 32 bytes")
        self.bytes = bytes
    }

    /// The key of this database; made at its first start.
    static func load(_ connection: Connection) throws -> SigningKey {
        if let known = try connection.first(select, row: { $0.bytes(0) }) { return SigningKey(bytes: known) }
        let made = RandomBytes.make(32)
        try connection.run(insert) { $0.bind("key", made) }
        return SigningKey(bytes: made)
    }

    /// Keyed BLAKE2b, 32 bytes. One algorithm and no field that names it (RFC 8725 §3.1).
    func sign(_ message: [UInt8], for purpose: Purpose) -> [UInt8] {
        Hash.of([purpose.rawValue] + message, key: bytes)
    }
}

/// Random bytes from the system, through libsodium.
enum RandomBytes {
    static func make(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            if let start = buffer.baseAddress { randombytes_buf(start, count) }
            filled = count
        }
    }

    /// Compares in a time that depends on the length alone.
    static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && sodium_memcmp(left, right, left.count) == 0
    }
}

/// Base64 for tokens: URL-safe, without padding, one spelling for each value (RFC 4648 §5).
enum TokenText {
    static func encode(_ bytes: [UInt8]) -> String {
        let variant = Int32(sodium_base64_VARIANT_URLSAFE_NO_PADDING)
        let capacity = sodium_base64_encoded_len(bytes.count, variant)
        return String(unsafeUninitializedCapacity: capacity) { buffer in
            buffer.withMemoryRebound(to: CChar.self) { characters in
                guard let start = characters.baseAddress else { return }
                _ = sodium_bin2base64(start, capacity, bytes, bytes.count, variant)
            }
            return capacity - 1
        }
    }

    /// Nil unless the text is exactly `count` bytes in that spelling.
    static func decode(_ text: some StringProtocol, count: Int) -> [UInt8]? {
        let characters = text.utf8.map { CChar(truncatingIfNeeded: $0) }
        // Four characters for three bytes, rounded up.
        guard characters.count == (count * 4 + 2) / 3 else { return nil }
        let variant = Int32(sodium_base64_VARIANT_URLSAFE_NO_PADDING)
        var isWhole = false
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            guard let start = buffer.baseAddress else { return }
            let code = sodium_base642bin(start, count, characters, characters.count, nil, &filled, nil, variant)
            isWhole = code == 0 && filled == count
        }
        return isWhole ? bytes : nil
    }
}
