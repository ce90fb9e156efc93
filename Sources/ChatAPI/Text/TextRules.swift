/// What text may hold: tab and newline, but no other control character. Both sides check before anything is queued.
///
/// Bidirectional and zero-width characters are kept as written (Persian and emoji need them) and neutralised where they
/// are shown (`protocol.md` 18).
package enum TextRules {
    /// Refuses text over `limit` bytes or with a C0 or C1 control. One pass over the bytes.
    package static func check(_ text: String, named name: String, limit: Int) throws(APIError) {
        let count = text.utf8.count
        if count > limit {
            throw .invalid(name, "is \(count) bytes long; the limit is \(limit)")
        }
        if let control = firstControl(in: text) {
            let digits = String(control, radix: 16, uppercase: true)
            let code = "U+" + String(repeating: "0", count: 4 - digits.count) + digits
            throw .invalid(name, "holds the control character \(code); only tab and newline are allowed")
        }
    }

    /// The same for one line: no newline and no tab either.
    package static func checkLine(_ text: String, named name: String, limit: Int) throws(APIError) {
        try check(text, named: name, limit: limit)
        if text.utf8.contains(where: { $0 == 0x0A || $0 == 0x09 }) {
            throw .invalid(name, "must be one line")
        }
    }

    package static func isBlank(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 == 0x20 || $0 == 0x0A || $0 == 0x09 }
    }

    private static func firstControl(in text: String) -> UInt8? {
        var text = text
        return text.withUTF8 { bytes in
            var previous: UInt8 = 0
            for byte in bytes {
                if byte < 0x20 && byte != 0x0A && byte != 0x09 || byte == 0x7F { return byte }
                // U+0080…U+009F are C2 80…C2 9F.
                if previous == 0xC2 && byte <= 0x9F { return byte }
                previous = byte
            }
            return nil
        }
    }
}
