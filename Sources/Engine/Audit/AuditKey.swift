import CSodium
import ChatAPI

/// The Ed25519 key that signs heads of the audit chain. It lies in a file beside the database and never in it: whoever can
/// write rows can compute a new chain, and cannot sign it.
///
/// The file `audit.key` (mode 0600) has three lines: `plaza-audit-key-v1`, `epoch …` and `seed …`, in hexadecimal. A key
/// belongs to one life of the database: after a restore there is a new one, and the old one signs last what names it.
struct AuditKey: Sendable {
    let epoch: String
    private let seed: [UInt8]
    let publicKey: [UInt8]
    private let secretKey: [UInt8]

    private static let title = "plaza-audit-key-v1"

    init(epoch: String, seed: [UInt8]) {
        precondition(seed.count == Int(crypto_sign_SEEDBYTES), "a seed has 32 bytes")
        var publicKey = [UInt8](repeating: 0, count: Int(crypto_sign_PUBLICKEYBYTES))
        var secretKey = [UInt8](repeating: 0, count: Int(crypto_sign_SECRETKEYBYTES))
        _ = crypto_sign_seed_keypair(&publicKey, &secretKey, seed)
        self.epoch = epoch
        self.seed = seed
        self.publicKey = publicKey
        self.secretKey = secretKey
    }

    static func make(epoch: String) -> AuditKey {
        AuditKey(epoch: epoch, seed: RandomBytes.make(Int(crypto_sign_SEEDBYTES)))
    }

    /// What the chain says when it names this key; one of the fixed fields, so that it cannot be erased.
    var object: String { "key/" + Hash.hexadecimal(publicKey) }

    // MARK: - The file

    init?(text: [UInt8]) {
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
        guard lines.count == 3, lines[0] == Self.title, lines[1].hasPrefix("epoch "), lines[2].hasPrefix("seed "),
            let seed = Hash.bytes(hexadecimal: lines[2].dropFirst(5)), seed.count == Int(crypto_sign_SEEDBYTES)
        else { return nil }
        self.init(epoch: String(lines[1].dropFirst(6)), seed: seed)
    }

    var text: [UInt8] { Array("\(Self.title)\nepoch \(epoch)\nseed \(Hash.hexadecimal(seed))\n".utf8) }

    // MARK: - Signing

    func sign(seq: Int64, hash: [UInt8], at: Milliseconds) -> SignedHead {
        var head = SignedHead(
            epoch: epoch,
            seq: seq,
            at: at,
            hash: Hash.hexadecimal(hash),
            key: Hash.hexadecimal(publicKey)
        )
        let message = head.signed
        var signature = [UInt8](repeating: 0, count: Int(crypto_sign_BYTES))
        _ = crypto_sign_detached(&signature, nil, message, UInt64(message.count), secretKey)
        head.signature = Hash.hexadecimal(signature)
        return head
    }
}

extension SignedHead {
    /// Whether the key that it names signed it. Whether that key is ours is another question.
    package var isSigned: Bool {
        guard let key = Hash.bytes(hexadecimal: key), key.count == Int(crypto_sign_PUBLICKEYBYTES),
            let signature = Hash.bytes(hexadecimal: signature), signature.count == Int(crypto_sign_BYTES)
        else { return false }
        let message = signed
        return crypto_sign_verify_detached(signature, message, UInt64(message.count), key) == 0
    }
}

extension Hash {
    /// Nil unless it is an even number of hexadecimal digits.
    static func bytes(hexadecimal text: some StringProtocol) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = nibble(digits[index]), let low = nibble(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
