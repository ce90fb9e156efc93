/// A strict reader of JSON bytes (RFC 8259) for the two scanners of inbound frames: no tree, no copies, no recursion.
///
/// Every method answers nil, or false, at the first byte that is not what it expects; the cursor is of no use then.
struct JSONCursor {
    private let bytes: UnsafeRawBufferPointer
    private(set) var index = 0

    /// As deep as any input of ours, with a wide margin; a frame of brackets must not cost memory.
    static let depthLimit = 64

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { index == bytes.count }

    mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x0A, 0x0D, 0x09: index += 1
            default: return
            }
        }
    }

    /// The byte, with space before and after it.
    mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        skipSpace()
        return true
    }

    /// After a member or an item: true if another one follows, false if `close` ends the list.
    mutating func next(orEnd close: UInt8) -> Bool? {
        skipSpace()
        guard index < bytes.count else { return nil }
        let byte = bytes[index]
        guard byte == close || byte == UInt8(ascii: ",") else { return nil }
        index += 1
        skipSpace()
        return byte != close
    }

    func peek() -> UInt8? { index < bytes.count ? bytes[index] : nil }

    // MARK: - Scalars

    /// The place of a string between its quotes, and whether it holds escapes. Escapes and controls are checked, UTF-8
    /// is not.
    mutating func string() -> (range: Range<Int>, hasEscapes: Bool)? {
        guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { return nil }
        let start = index + 1
        var position = start
        var hasEscapes = false
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                index = position + 1
                return (start..<position, hasEscapes)
            }
            if byte < 0x20 { return nil }
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                guard let length = escapeLength(at: position) else { return nil }
                position += length
            } else {
                position += 1
            }
        }
        return nil
    }

    private func escapeLength(at position: Int) -> Int? {
        guard position + 1 < bytes.count else { return nil }
        switch bytes[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return 2
        case UInt8(ascii: "u"):
            return hexadecimal(at: position + 2) == nil ? nil : 6
        default:
            return nil
        }
    }

    private func hexadecimal(at position: Int) -> UInt32? {
        guard position + 4 <= bytes.count else { return nil }
        var value: UInt32 = 0
        for offset in 0..<4 {
            let byte = bytes[position + offset]
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    /// The bytes of a range that `string()` found, where nothing has to be decoded.
    func raw(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[range]) }

    /// A string's value; nil if it is not UTF-8 or holds half a surrogate pair.
    func text(_ found: (range: Range<Int>, hasEscapes: Bool)) -> String? {
        guard found.hasEscapes else { return String(validating: raw(found.range), as: UTF8.self) }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(found.range.count)
        var position = found.range.lowerBound
        while position < found.range.upperBound {
            let byte = bytes[position]
            guard byte == UInt8(ascii: "\\") else {
                decoded.append(byte)
                position += 1
                continue
            }
            let kind = bytes[position + 1]
            position += 2
            switch kind {
            case UInt8(ascii: "b"): decoded.append(0x08)
            case UInt8(ascii: "f"): decoded.append(0x0C)
            case UInt8(ascii: "n"): decoded.append(0x0A)
            case UInt8(ascii: "r"): decoded.append(0x0D)
            case UInt8(ascii: "t"): decoded.append(0x09)
            case UInt8(ascii: "u"):
                guard let scalar = scalar(at: &position, before: found.range.upperBound) else { return nil }
                decoded.append(contentsOf: UTF8.encode(scalar)!)
            default: decoded.append(kind)
            }
        }
        return String(validating: decoded, as: UTF8.self)
    }

    /// After `\u`: one scalar, of one or two groups of digits.
    private func scalar(at position: inout Int, before end: Int) -> Unicode.Scalar? {
        guard let first = hexadecimal(at: position) else { return nil }
        position += 4
        guard (0xD800...0xDBFF).contains(first) else { return Unicode.Scalar(first) }
        guard position + 6 <= end, bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u"),
            let second = hexadecimal(at: position + 2), (0xDC00...0xDFFF).contains(second)
        else { return nil }
        position += 6
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    }

    /// A whole number of at most 18 digits, without fraction and exponent.
    mutating func integer() -> Int64? {
        var position = index
        let isNegative = position < bytes.count && bytes[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        let start = position
        var value: Int64 = 0
        while position < bytes.count, case let byte = bytes[position], byte >= 0x30, byte <= 0x39 {
            if position - start == 18 { return nil }
            value = value * 10 + Int64(byte - 0x30)
            position += 1
        }
        guard position > start, bytes[start] != 0x30 || position == start + 1 else { return nil }
        if position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): return nil
            default: break
            }
        }
        index = position
        return isNegative ? -value : value
    }

    mutating func literal(_ name: StaticString) -> Bool {
        let count = name.utf8CodeUnitCount
        guard index + count <= bytes.count else { return false }
        for offset in 0..<count where bytes[index + offset] != name.utf8Start[offset] { return false }
        index += count
        return true
    }

    // MARK: - Skipping

    /// Passes one value of any kind, checking its grammar.
    mutating func skipValue() -> Bool {
        /// One bit per open bracket: 1 for an object.
        var objects: UInt64 = 0
        var depth = 0
        while true {
            skipSpace()
            guard let byte = peek() else { return false }
            if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                guard depth < Self.depthLimit else { return false }
                let isObject = byte == UInt8(ascii: "{")
                index += 1
                skipSpace()
                if peek() == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    index += 1
                } else {
                    objects = objects << 1 | (isObject ? 1 : 0)
                    depth += 1
                    if isObject, !skipName() { return false }
                    continue
                }
            } else if !skipScalar(byte) {
                return false
            }
            // A value ended: so may any number of brackets around it.
            while depth > 0 {
                let isObject = objects & 1 == 1
                guard let follows = next(orEnd: isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { return false }
                if follows {
                    if isObject, !skipName() { return false }
                    break
                }
                objects >>= 1
                depth -= 1
            }
            if depth == 0 { return true }
        }
    }

    private mutating func skipName() -> Bool { string() != nil && take(UInt8(ascii: ":")) }

    private mutating func skipScalar(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""): string() != nil
        case UInt8(ascii: "t"): literal("true")
        case UInt8(ascii: "f"): literal("false")
        case UInt8(ascii: "n"): literal("null")
        default: skipNumber()
        }
    }

    private mutating func skipNumber() -> Bool {
        if peek() == UInt8(ascii: "-") { index += 1 }
        let isZero = peek() == UInt8(ascii: "0")
        let digits = skipDigits()
        guard digits > 0, !isZero || digits == 1 else { return false }
        if peek() == UInt8(ascii: ".") {
            index += 1
            guard skipDigits() > 0 else { return false }
        }
        if peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
            index += 1
            if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { index += 1 }
            guard skipDigits() > 0 else { return false }
        }
        return true
    }

    private mutating func skipDigits() -> Int {
        let start = index
        while let byte = peek(), byte >= 0x30, byte <= 0x39 { index += 1 }
        return index - start
    }
}
