/// What stands between `ESC [ 200 ~` and `ESC [ 201 ~`, without what could do harm.
struct PasteBuffer: Sendable {
    enum Outcome { case more, full, ended }

    private static let end: [UInt8] = [0x1B, 0x5B, 0x32, 0x30, 0x31, 0x7E]
    private var bytes: [UInt8] = []
    /// How many bytes of `end` have just come.
    private var matched = 0

    mutating func take(_ byte: UInt8) -> Outcome {
        if byte == Self.end[matched] {
            matched += 1
            guard matched == Self.end.count else { return .more }
            matched = 0
            return .ended
        }
        if matched > 0 {
            bytes += Self.end[..<matched]
            matched = 0
            // `end` begins with its only ESC, so a failed match can only start again at this byte.
            if byte == Self.end[0] {
                matched = 1
                return .more
            }
        }
        bytes.append(byte)
        return bytes.count >= InputDecoder.pasteLimitBytes ? .full : .more
    }

    /// The text so far. Unless it is the last, a character or line break that is not whole yet is kept back.
    mutating func removeText(isLast: Bool) -> String {
        var kept: [UInt8] = []
        if !isLast {
            var start = bytes.count
            while start > 0, bytes.count - start < 3, bytes[start - 1] & 0xC0 == 0x80 { start -= 1 }
            if start > 0, bytes[start - 1] >= 0xC0 || bytes[start - 1] == 0x0D {
                kept = Array(bytes[(start - 1)...])
                bytes.removeSubrange((start - 1)...)
            }
        }
        defer { bytes = kept }
        return Self.cleaned(bytes)
    }

    /// Terminals send line breaks as CR; everything else below blank goes, tabs excepted.
    private static func cleaned(_ bytes: [UInt8]) -> String {
        var text = ""
        var wasReturn = false
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            switch scalar.value {
            case 0x0D: text += "\n"
            case 0x0A: if !wasReturn { text += "\n" }
            case 0x09: text += "\t"
            case 0..<0x20, 0x7F..<0xA0: break
            default: text.unicodeScalars.append(scalar)
            }
            wasReturn = scalar.value == 0x0D
        }
        return text
    }
}
