/// Checks UTF-8 (RFC 3629) as it comes in pieces; the state between two pieces is two bytes.
package struct UTF8Validator: Sendable {
    /// Continuation bytes that are still due.
    private var due: UInt8 = 0
    /// The range the next continuation byte must lie in: this is what shuts out overlong forms, surrogates and > U+10FFFF.
    private var low: UInt8 = 0x80
    private var high: UInt8 = 0xbf

    package init() {}

    /// No sequence is open.
    package var isComplete: Bool { due == 0 }

    /// False as soon as no continuation could make the text valid.
    package mutating func feed(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        let count = bytes.count
        while index < count {
            if due == 0 {
                // Chat is mostly ASCII: eight bytes per step.
                while index + 8 <= count,
                    bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
                { index += 8 }
                if index == count { return true }
            }
            let byte = bytes[index]
            index += 1
            if due > 0 {
                guard byte >= low, byte <= high else { return false }
                due -= 1
                low = 0x80
                high = 0xbf
            } else {
                switch byte {
                case 0..<0x80: break
                case 0xc2...0xdf: due = 1
                case 0xe0: (due, low) = (2, 0xa0)
                case 0xed: (due, high) = (2, 0x9f)
                case 0xe1...0xef: due = 2
                case 0xf0: (due, low) = (3, 0x90)
                case 0xf4: (due, high) = (3, 0x8f)
                case 0xf1...0xf3: due = 3
                default: return false
                }
            }
        }
        return true
    }

    /// Whether a whole text is valid.
    package static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var validator = UTF8Validator()
        return validator.feed(bytes) && validator.isComplete
    }
}
