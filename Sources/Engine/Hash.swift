import CSodium

/// BLAKE2b with 32 bytes: for keys of idempotency, stored tokens and the audit chain.
package enum Hash {
    package static func of(_ bytes: [UInt8], key: [UInt8] = []) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { output, count in
            crypto_generichash(output.baseAddress!, 32, bytes, UInt64(bytes.count), key.isEmpty ? nil : key, key.count)
            count = 32
        }
    }

    package static func hexadecimal(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            for nibble in [byte >> 4, byte & 15] {
                text.append(nibble < 10 ? nibble + UInt8(ascii: "0") : nibble + UInt8(ascii: "a") - 10)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
