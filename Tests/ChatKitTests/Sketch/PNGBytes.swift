/// PNG files made by hand, without the library under test: chunks, checksums, stored data.
enum PNGBytes {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    static func header(_ width: Int, _ height: Int, depth: UInt8 = 8, color: UInt8 = 0) -> [UInt8] {
        chunk("IHDR", big(UInt32(width)) + big(UInt32(height)) + [depth, color, 0, 0, 0])
    }

    static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + data
        return big(UInt32(data.count)) + body + big(checksum(body))
    }

    /// A picture of one grey.
    static func grey(width: Int, height: Int) -> [UInt8] {
        let rows = (0..<height).flatMap { _ in [0] + [UInt8](repeating: 0x80, count: width) }
        return signature + header(width, height) + data(rows) + chunk("IEND", [])
    }

    /// Rows, each with its filter in front, stored and not packed.
    static func data(_ rows: [UInt8]) -> [UInt8] {
        let length = UInt16(rows.count)
        let stored: [UInt8] = [1, UInt8(length & 255), UInt8(length >> 8), UInt8(~length & 255), UInt8(~length >> 8)]
        return chunk("IDAT", [0x78, 0x01] + stored + rows + big(adler(rows)))
    }

    /// The same bytes with checksums that fit, as far as there are whole chunks.
    static func withChecksums(_ bytes: [UInt8]) -> [UInt8] {
        var fixed = bytes
        var start = 8
        while start + 12 <= fixed.count {
            let length = fixed[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
            let end = start + 8 + length
            guard length < fixed.count, end + 4 <= fixed.count else { break }
            fixed.replaceSubrange(end..<end + 4, with: big(checksum(Array(fixed[start + 4..<end]))))
            start = end + 4
        }
        return fixed
    }

    private static func big(_ value: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(value >> $0 & 255) } }

    /// CRC-32 (ISO 3309), bit by bit.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var remainder: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            remainder ^= UInt32(byte)
            for _ in 0..<8 { remainder = remainder >> 1 ^ (remainder & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        return ~remainder
    }

    private static func adler(_ bytes: [UInt8]) -> UInt32 {
        var (low, high): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            low = (low + UInt32(byte)) % 65_521
            high = (high + low) % 65_521
        }
        return high << 16 | low
    }
}
