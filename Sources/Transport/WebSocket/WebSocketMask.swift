/// The masking of RFC 6455 §5.3: every fourth byte with the same byte of the key. Masking twice is unmasking.
package enum WebSocketMask {
    /// `key` as it lies in memory; `offset` is how many bytes of the frame came before.
    package static func apply(_ key: UInt32, to bytes: UnsafeMutableRawBufferPointer, offset: Int = 0) {
        let shift = UInt32(offset & 3) * 8
        // Turned so that its first byte in memory meets the first of `bytes`.
        let littleKey = UInt32(littleEndian: key)
        let turned = (shift == 0 ? littleKey : littleKey >> shift | littleKey << (32 - shift))
        let wide = (UInt64(turned) << 32 | UInt64(turned)).littleEndian
        var index = 0
        let count = bytes.count
        while index + 8 <= count {
            let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ wide
            bytes.storeBytes(of: word, toByteOffset: index, as: UInt64.self)
            index += 8
        }
        while index < count {
            bytes[index] ^= UInt8(truncatingIfNeeded: turned >> (UInt32(index & 3) * 8))
            index += 1
        }
    }
}
