import TerminalUI

/// Eight dots of a cell, two beside and four above each other (Unicode's braille patterns, U+2800 and following).
package struct Braille: Hashable, Sendable {
    package var bits: UInt8

    package init(bits: UInt8 = 0) { self.bits = bits }

    /// The dots of a cell; a cell with other text in it has none.
    package init(_ glyph: String) {
        let scalars = glyph.unicodeScalars
        guard scalars.count == 1, let value = scalars.first?.value, (0x2800...0x28FF).contains(value) else {
            bits = 0
            return
        }
        bits = UInt8(value - 0x2800)
    }

    package var glyph: String {
        bits == 0 ? " " : String(Character(Unicode.Scalar(0x2800 + UInt32(bits)) ?? " "))
    }

    /// The order of the standard: three rows down the left, three down the right, then the fourth row.
    private static let places: [UInt8] = [0, 3, 1, 4, 2, 5, 6, 7]

    /// A dot by its place in the cell: x 0–1, y 0–3.
    package subscript(x: Int, y: Int) -> Bool {
        get { bits & 1 << Self.places[y * 2 + x] != 0 }
        set {
            let bit: UInt8 = 1 << Self.places[y * 2 + x]
            if newValue { bits |= bit } else { bits &= ~bit }
        }
    }
}
