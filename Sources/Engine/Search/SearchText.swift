import ChatAPI

/// The form in which text goes into the index, and the way back from the index's marks to places in the text. Pure.
///
/// FTS5's `unicode61` makes words of letters and digits, which is right for scripts with spaces and finds nothing in those
/// without: a Chinese sentence would be one word. So a separator is put between the characters of such scripts, each of
/// which becomes a word; what was written together is found as a phrase. Trigrams, the alternative, cannot find words of
/// two characters, of which Chinese mostly consists, and take three times the space. Emoji become private characters,
/// which the tokenizer takes for letters.
enum SearchText {
    /// Put between words by us. Texts hold no controls (`TextRules`), so all four are free.
    private static let separator: Unicode.Scalar = "\u{3}"
    /// Stands for a character that is no part of a word: variation selectors.
    private static let blank: Unicode.Scalar = "\u{4}"
    static let markStart: UInt8 = 1
    static let markEnd: UInt8 = 2

    static func segmented(_ text: String) -> String {
        // Everything that needs work takes at least three bytes of UTF-8.
        guard text.utf8.contains(where: { $0 >= 0xE0 }) else { return text }
        var result = String.UnicodeScalarView()
        var previousStands = false
        for scalar in text.unicodeScalars {
            let form = form(of: scalar)
            if form.stands || previousStands && !form.isMark { result.append(separator) }
            result.append(form.scalar)
            previousStands = form.stands || previousStands && form.isMark
        }
        return String(result)
    }

    /// Whether the index has a word in it at all.
    static func hasWord(_ text: some StringProtocol) -> Bool {
        text.unicodeScalars.contains { scalar in
            if form(of: scalar).stands { return true }
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
                .letterNumber, .otherNumber, .privateUse:
                return true
            default: return false
            }
        }
    }

    /// The marked ranges of a segmented text as byte ranges of the text it was made of, or nil if it was another text.
    static func highlights(_ marked: String, in text: String) -> [[Int]]? {
        var ranges: [[Int]] = []
        var offset = 0
        var start = 0
        var original = text.unicodeScalars.makeIterator()
        for scalar in marked.unicodeScalars {
            switch scalar.value {
            case UInt32(markStart): start = offset
            case UInt32(markEnd): ranges.append([start, offset])
            case separator.value: break
            default:
                guard let next = original.next(), form(of: next).scalar == scalar else { return nil }
                offset += UTF8.width(next)
            }
        }
        return original.next() == nil ? ranges : nil
    }

    // MARK: - Characters

    private struct Form {
        let scalar: Unicode.Scalar
        /// A word by itself.
        var stands = false
        /// Belongs to the character before it.
        var isMark = false
    }

    private static func form(of scalar: Unicode.Scalar) -> Form {
        let value = scalar.value
        if value < 0x0E00 { return Form(scalar: scalar) }
        if value == 0xFE0E || value == 0xFE0F { return Form(scalar: blank) }
        if isUnspaced(value) {
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .spacingMark: return Form(scalar: scalar, isMark: true)
            case .otherLetter, .modifierLetter, .letterNumber: return Form(scalar: scalar, stands: true)
            default: return Form(scalar: scalar)
            }
        }
        if value >= 0x2190, CellWidth.isEmoji(scalar) {
            // Plane 15 is private; no two emoji meet there, because U+F000 and above have none in the first plane.
            let moved = value < 0x10000 ? value + 0xF0000 : value + 0xE0000
            return Form(scalar: Unicode.Scalar(moved) ?? scalar, stands: true)
        }
        return Form(scalar: scalar)
    }

    /// Scripts that are written without spaces; Hangul too, whose endings are written to the word.
    private static func isUnspaced(_ value: UInt32) -> Bool {
        switch value {
        case 0x0E00...0x0FFF, 0x1000...0x109F, 0x1780...0x17FF, 0x2E80...0x2FDF, 0x3005...0x3007, 0x3040...0x31FF,
            0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF, 0xA9E0...0xA9FF, 0xAA60...0xAA7F, 0xAC00...0xD7A3,
            0xF900...0xFAFF, 0xFF66...0xFF9F, 0x20000...0x3FFFF:
            true
        default: false
        }
    }
}
