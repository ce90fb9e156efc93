/// Whole numbers and blocks of bytes in a row: the form of a checkpoint.
enum SketchBytes {
    struct Writer {
        private(set) var bytes: [UInt8] = []

        mutating func byte(_ byte: UInt8) { bytes.append(byte) }

        /// LEB128: seven bits a byte, the lowest first.
        mutating func number(_ number: Int) {
            var rest = UInt(bitPattern: number)
            while rest > 127 {
                bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
                rest >>= 7
            }
            bytes.append(UInt8(rest))
        }

        mutating func word(_ word: UInt64) {
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }

        /// Its length, then the bytes.
        mutating func block(_ block: [UInt8]) {
            number(block.count)
            bytes.append(contentsOf: block)
        }

        mutating func append(_ more: [UInt8]) { bytes.append(contentsOf: more) }
    }

    /// Every method answers nil where the bytes end too early.
    struct Reader {
        private let bytes: [UInt8]
        private var index = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { index == bytes.count }

        mutating func byte() -> UInt8? {
            guard index < bytes.count else { return nil }
            defer { index += 1 }
            return bytes[index]
        }

        /// Never negative.
        mutating func number() -> Int? {
            var value = 0
            var shift = 0
            while let byte = byte(), shift < 56 {
                value |= Int(byte & 127) << shift
                if byte < 128 { return value }
                shift += 7
            }
            return nil
        }

        mutating func word() -> UInt64? {
            guard bytes.count - index >= 8 else { return nil }
            var word: UInt64 = 0
            for offset in 0..<8 { word |= UInt64(bytes[index + offset]) << (8 * UInt64(offset)) }
            index += 8
            return word
        }

        mutating func block() -> [UInt8]? {
            guard let count = number(), count <= bytes.count - index else { return nil }
            defer { index += count }
            return Array(bytes[index..<index + count])
        }
    }
}
