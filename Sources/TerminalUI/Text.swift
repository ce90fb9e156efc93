import ChatAPI

/// Text of other people made safe to show: nothing in it can move the cursor, reverse the reading order or hide.
package enum Text {
    /// The text as it may enter a frame.
    ///
    /// | what | becomes |
    /// |---|---|
    /// | ESC and other C0, DEL | their picture, U+2400… |
    /// | C1, noncharacters | U+FFFD |
    /// | tab | blanks to the next multiple of `tabStop` |
    /// | CR LF, LF, U+2028, U+2029, U+0085 | `\n` if `keepingLines`, else the picture ␤ |
    /// | bidirectional embeddings, overrides, isolates | their name in angle quotes, ‹RLO›: no spoofed reading order |
    /// | zero-width, soft hyphen, direction marks, stray variation selectors, joiners and tags | nothing |
    /// | emoji sequences | themselves, two cells; longer than 16 scalars, their first emoji |
    /// | more than 4 marks on one base | the first 4 |
    /// | marks without a base | shown on a dotted circle |
    package static func neutralised(_ text: String, keepingLines: Bool = false, tabStop: Int = 8) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) || text.unicodeScalars.allSatisfy(isPlain) { return text }
        var result = Neutraliser(keepingLines: keepingLines, tabStop: max(1, tabStop))
        var wasReturn = false
        for grapheme in CellGraphemes(text) {
            let first = grapheme.text.unicodeScalars[grapheme.text.startIndex]
            if wasReturn {
                // A lone CR would be a way to write over what stands before it; CR LF is a line break.
                if first == "\n" { result.lineBreak() } else { result.picture(of: "\r") }
                wasReturn = false
                if first == "\n" { continue }
            }
            if first == "\r" {
                wasReturn = true
            } else {
                result.add(grapheme.text, first: first, width: grapheme.width, isSequence: grapheme.isSequence)
            }
        }
        if wasReturn { result.picture(of: "\r") }
        return result.text
    }

    /// Latin letters, lines, blocks and braille: among their like they are themselves. Most of a screen is made of these.
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20..<0x7F, 0xA1..<0xAD, 0xAE..<0x300, 0x2500...0x28FF: true
        default: false
        }
    }
}

private struct Neutraliser {
    let keepingLines: Bool
    let tabStop: Int
    private(set) var text = ""
    private var column = 0
    /// How many marks the last dotted circle carries; nil when something else stands there.
    private var orphanMarks: Int?

    init(keepingLines: Bool, tabStop: Int) {
        self.keepingLines = keepingLines
        self.tabStop = tabStop
    }

    mutating func lineBreak() {
        orphanMarks = nil
        if keepingLines {
            text += "\n"
            column = 0
        } else {
            append("\u{2424}")
        }
    }

    mutating func picture(of scalar: Unicode.Scalar) {
        let value = scalar.value == 0x7F ? 0x2421 : 0x2400 + scalar.value
        append(Unicode.Scalar(value) ?? "\u{FFFD}")
    }

    mutating func add(_ grapheme: Substring, first: Unicode.Scalar, width: Int, isSequence: Bool) {
        switch first.value {
        case 0x09:
            let count = tabStop - column % tabStop
            text += String(repeating: " ", count: count)
            column += count
            orphanMarks = nil
        case 0x0A, 0x85, 0x2028, 0x2029: lineBreak()
        case 0..<0x20, 0x7F: picture(of: first)
        case 0x80..<0xA0, 0xFDD0...0xFDEF: append("\u{FFFD}")
        case _ where first.value & 0xFFFE == 0xFFFE: append("\u{FFFD}")
        case 0x202A...0x202E, 0x2066...0x2069:
            for scalar in "‹\(Self.bidiName(first))›".unicodeScalars { append(scalar) }
        case 0xAD: break
        case _ where width == 0: addOrphan(first)
        case _ where isSequence: addSequence(grapheme, first: first, width: width)
        default:
            append(first)
            addMarks(grapheme.unicodeScalars.dropFirst())
        }
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        text.unicodeScalars.append(scalar)
        column += CellWidth.of(scalar)
        orphanMarks = nil
    }

    private mutating func addMarks(_ marks: Substring.UnicodeScalarView.SubSequence) {
        var count = 0
        for mark in marks where isDrawnMark(mark) {
            count += 1
            guard count <= GraphemeText.maximumMarks else { return }
            text.unicodeScalars.append(mark)
        }
    }

    private mutating func addOrphan(_ mark: Unicode.Scalar) {
        guard isDrawnMark(mark) else { return }
        if let count = orphanMarks {
            guard count < GraphemeText.maximumMarks else { return }
            text.unicodeScalars.append(mark)
            orphanMarks = count + 1
        } else {
            append("\u{25CC}")
            text.unicodeScalars.append(mark)
            orphanMarks = 1
        }
    }

    private mutating func addSequence(_ grapheme: Substring, first: Unicode.Scalar, width: Int) {
        let scalars = grapheme.unicodeScalars
        guard scalars.count <= GraphemeText.maximumScalars else { return append(first) }
        // Marks may follow the parts of the sequence; the parts themselves are never marks that are drawn.
        var marks = 0
        for scalar in scalars {
            if scalar.value != 0x20E3, scalar.value != 0xFE0F, isDrawnMark(scalar) {
                marks += 1
                if marks > GraphemeText.maximumMarks { continue }
            } else if CellWidth.of(scalar) == 0, !isSequencePart(scalar) {
                continue
            }
            text.unicodeScalars.append(scalar)
        }
        column += width
        orphanMarks = nil
    }

    private func isSequencePart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x200D, 0xFE0F, 0x20E3, 0xE0020...0xE007F: true
        default: false
        }
    }

    /// A mark that adds ink, not one that joins, selects, tags or hides.
    private func isDrawnMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xAD, 0x034F, 0x061C, 0x17B4, 0x17B5, 0x180B...0x180F, 0x200B...0x200F, 0x2060...0x206F, 0xFE00...0xFE0F,
            0xFEFF, 0xFFF0...0xFFFB, 0x1BCA0...0x1BCA3, 0x1D173...0x1D17A, 0xE0000...0xE0FFF:
            false
        default: CellWidth.of(scalar) == 0
        }
    }

    private static func bidiName(_ scalar: Unicode.Scalar) -> String {
        switch scalar.value {
        case 0x202A: "LRE"
        case 0x202B: "RLE"
        case 0x202C: "PDF"
        case 0x202D: "LRO"
        case 0x202E: "RLO"
        case 0x2066: "LRI"
        case 0x2067: "RLI"
        case 0x2068: "FSI"
        default: "PDI"
        }
    }
}
