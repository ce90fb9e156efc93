import CSodium
import ChatAPI

/// A channel's join secret as it is stored: 16 bytes of salt, then the keyed BLAKE2b of the secret, 32 bytes.
///
/// A secret is a word that members tell each other, not a person's password: it is compared inside the writer, where
/// the hundred milliseconds of a password hash would hold everybody up. Guessing over the network is slowed by the
/// limits of the operation.
enum JoinSecret {
    private static let saltBytes = 16

    static func hash(_ secret: String) -> [UInt8] {
        let salt = [UInt8](unsafeUninitializedCapacity: saltBytes) { buffer, count in
            if let start = buffer.baseAddress { randombytes_buf(start, saltBytes) }
            count = saltBytes
        }
        return salt + Hash.of(Array(secret.utf8), key: salt)
    }

    /// In constant time: how long the answer takes says nothing about how much was right.
    static func matches(_ secret: String, _ stored: [UInt8]) -> Bool {
        guard stored.count == saltBytes + 32 else { return false }
        let salt = Array(stored[..<saltBytes])
        let expected = Array(stored[saltBytes...])
        return sodium_memcmp(Hash.of(Array(secret.utf8), key: salt), expected, 32) == 0
    }
}
