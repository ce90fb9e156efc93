/// Base64 of RFC 4648 §4, for OSC 52 and the terminfo entries.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var value: UInt32 = 0
            for offset in 0..<3 { value = value << 8 | (offset < group.count ? UInt32(group[start + offset]) : 0) }
            for digit in 0..<4 {
                result.append(digit <= group.count ? alphabet[Int(value >> UInt32(18 - 6 * digit) & 63)] : 0x3D)
            }
        }
        return result
    }

    /// Characters outside the alphabet are skipped, padding ends the text.
    static func decode(_ text: String) -> [UInt8] {
        var result: [UInt8] = []
        var value: UInt32 = 0
        var bits: UInt32 = 0
        for byte in text.utf8 where byte != 0x3D {
            guard let digit = alphabet.firstIndex(of: byte) else { continue }
            value = value << 6 | UInt32(digit)
            bits += 6
            if bits >= 8 {
                bits -= 8
                result.append(UInt8(truncatingIfNeeded: value >> bits))
            }
        }
        return result
    }
}
