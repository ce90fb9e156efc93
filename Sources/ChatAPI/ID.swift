/// Ids are UUIDv7: sixteen bytes, sortable by the millisecond in which they were made, written as 36 characters.
///
/// The type parameter says whose id it is, so that an account cannot be passed where a channel is meant.
package struct ID<Owner>: Hashable, Sendable, Comparable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A new id: 48 bits of Unix milliseconds, 74 random bits (RFC 9562 §5.7).
    package static func make(at milliseconds: Int64, using generator: inout some RandomNumberGenerator) -> Self {
        let time = UInt64(bitPattern: milliseconds) << 16
        let high = time | 0x7000 | (generator.next() & 0x0FFF)
        let low = (generator.next() & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
        return Self(high: high, low: low)
    }

    /// The millisecond in which the id was made.
    package var milliseconds: Int64 { Int64(bitPattern: high >> 16) }

    /// The same sixteen bytes as an id of something else. Used where one thing owns another's log.
    package func retyped<Other>(_: Other.Type = Other.self) -> ID<Other> { ID<Other>(high: high, low: low) }

    package static func < (left: Self, right: Self) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }
}

// MARK: - Sixteen bytes

extension ID {
    /// Big-endian, so that byte order is id order.
    package var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 16) { buffer, count in
            for index in 0..<8 {
                buffer[index] = UInt8(truncatingIfNeeded: high >> (56 - 8 * UInt64(index)))
                buffer[index + 8] = UInt8(truncatingIfNeeded: low >> (56 - 8 * UInt64(index)))
            }
            count = 16
        }
    }

    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            if index < 8 { high = high << 8 | UInt64(byte) } else { low = low << 8 | UInt64(byte) }
        }
        self.init(high: high, low: low)
    }
}

// MARK: - Text

extension ID: LosslessStringConvertible {
    package var description: String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            write { index, byte in buffer[index] = byte }
            return 36
        }
    }

    /// Nil unless the text is 36 characters of hexadecimal digits and four dashes, in either case.
    package init?(_ text: String) {
        var text = text
        let parsed = text.withUTF8 { Self(utf8: UnsafeRawBufferPointer($0)) }
        guard let parsed else { return nil }
        self = parsed
    }

    package init?(utf8 bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 36 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        var digits = 0
        for (index, byte) in bytes.enumerated() {
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = hexadecimalValue(byte) else { return nil }
            if digits < 16 { high = high << 4 | UInt64(digit) } else { low = low << 4 | UInt64(digit) }
            digits += 1
        }
        self.init(high: high, low: low)
    }

    /// Appends the 36 characters without making a `String`.
    package func append(to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: 36))
        bytes.withUnsafeMutableBufferPointer { buffer in
            write { index, byte in buffer[start + index] = byte }
        }
    }

    private func write(_ put: (Int, UInt8) -> Void) {
        var position = 0
        for digit in 0..<32 {
            if position == 8 || position == 13 || position == 18 || position == 23 {
                put(position, UInt8(ascii: "-"))
                position += 1
            }
            let word = digit < 16 ? high : low
            let nibble = UInt8(truncatingIfNeeded: word >> (60 - 4 * UInt64(digit & 15))) & 15
            put(position, nibble < 10 ? nibble + UInt8(ascii: "0") : nibble + (UInt8(ascii: "a") - 10))
            position += 1
        }
    }
}

private func hexadecimalValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}

extension ID: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let id = Self(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "is not an id (36 characters, UUID form)")
            )
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

package typealias AccountID = ID<Account>
package typealias ChannelID = ID<Channel>
package typealias SessionID = ID<Session>
package typealias TokenID = ID<Token>
package typealias AgencyID = ID<Agency>
package typealias EventID = ID<Event>

/// What a client names a message with before the daemon numbers it: UUIDv7, unique per author for good.
package typealias ClientID = ID<Message>

/// Unix milliseconds, always UTC.
package typealias Milliseconds = Int64
