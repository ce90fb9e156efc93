/// How many terminal cells text takes: one pinned answer for the daemon and all clients, never libc's.
///
/// libc and terminals disagree (a heart with VS16 is 1 to glibc and 2 to a modern terminal), and a drawing made of cells
/// shears when two clients disagree. So the width of a grapheme is decided here; the painter makes any terminal keep to it.
package enum CellWidth {
    /// 0 for controls, marks and format characters, 2 for wide ones, otherwise 1. East Asian ambiguous is 1.
    package static func of(_ scalar: Unicode.Scalar) -> Int {
        let value = scalar.value
        if value < 0x7F { return value < 0x20 ? 0 : 1 }
        if value < 0x300 { return value < 0xA0 ? 0 : 1 }
        if isDrawing(value) { return 1 }
        if contains(value, CellWidthTable.zero) { return 0 }
        return value >= 0x1100 && contains(value, CellWidthTable.wide) ? 2 : 1
    }

    /// The cells of all graphemes of `text`. Line breaks and other controls count as nothing.
    package static func of(_ text: some StringProtocol) -> Int {
        var isASCII = true
        var cells = 0
        for byte in text.utf8 {
            if byte >= 0x80 {
                isASCII = false
                break
            }
            if byte >= 0x20 && byte < 0x7F { cells += 1 }
        }
        if isASCII { return cells }
        cells = 0
        for grapheme in CellGraphemes(text) { cells += grapheme.width }
        return cells
    }

    /// Whether the scalar may be drawn as a picture and may take part in a joined sequence (Emoji=Yes, without ASCII).
    package static func isEmoji(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0xA9 && !isDrawing(scalar.value) && contains(scalar.value, CellWidthTable.emoji)
    }

    /// Lines, blocks and braille, of which drawings are made: known without a search.
    private static func isDrawing(_ value: UInt32) -> Bool {
        (0x2500..<0x25A0).contains(value) || (0x2800..<0x2900).contains(value)
    }

    /// Binary search in ascending pairs of first and last value.
    private static func contains(_ value: UInt32, _ pairs: [UInt32]) -> Bool {
        var low = 0
        var high = pairs.count / 2
        while low < high {
            let middle = (low + high) / 2
            if pairs[2 * middle + 1] < value { low = middle + 1 } else { high = middle }
        }
        return low < pairs.count / 2 && pairs[2 * low] <= value
    }
}
