import ChatAPI

/// Other people's text made safe to show: nothing in it can move a cursor, reorder a line, hide or break out of a cell.
package enum VisibleText {
    /// One line: line ends and tabs become `\n` and `\t`, everything else that is hostile `<U+202E>`.
    package static func line(_ text: String) -> String { shown(text, newline: "\\n", tab: "\\t") }

    /// Several lines: those after the first are indented, so that no text can pass for another line of the output.
    package static func block(_ text: String, indent: String) -> String {
        shown(text, newline: "\n" + indent, tab: "    ")
    }

    private static func shown(_ text: String, newline: String, tab: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
        var result = ""
        var previous: Unicode.Scalar = " "
        let scalars = text.unicodeScalars
        for element in CellGraphemes(text) {
            if element.isSequence {
                // An emoji may hold joiners; as a whole it is one picture.
                result += element.text
                continue
            }
            var index = element.text.startIndex
            while index < element.text.endIndex {
                let scalar = scalars[index]
                index = scalars.index(after: index)
                switch scalar {
                case "\n": result += newline
                case "\t": result += tab
                case _
                where isJoiner(scalar) && isLetter(previous) && index < scalars.endIndex && isLetter(scalars[index]):
                    // Persian and the scripts of India are not readable without them.
                    result.unicodeScalars.append(scalar)
                case _ where isHostile(scalar): result += name(of: scalar)
                default: result.unicodeScalars.append(scalar)
                }
                previous = scalar
            }
        }
        return result
    }

    /// What a terminal obeys (C0, C1), what reorders text, and what cannot be seen (UTS 39 §3.1, UAX 9).
    package static func isHostile(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0xAD, 0x061C, 0x180E, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF,
            0xFFF9...0xFFFB, 0xE0000...0xE007F:
            true
        default: false
        }
    }

    private static func isJoiner(_ scalar: Unicode.Scalar) -> Bool { scalar.value == 0x200C || scalar.value == 0x200D }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0x300 && (scalar.properties.isAlphabetic || CellWidth.of(scalar) == 0)
    }

    private static func name(of scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "<U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + ">"
    }
}
