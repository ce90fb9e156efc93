/// Glyphs that are drawn rather than set: box drawing, block elements and braille, so that what touches in a terminal touches
/// in a picture.
///
/// A shape is rectangles on the grid of a cell, 8 wide and 16 high, with its origin at the top left. Light lines are one unit
/// thick, heavy ones three, and the two of a double line stand one unit beside the middle.
package enum CellShape {
    package static let width = 8
    package static let height = 16

    /// From `x` to before `endX`, from `y` to before `endY`.
    package struct Rectangle: Sendable, Equatable {
        package let x: Int
        package let y: Int
        package let endX: Int
        package let endY: Int

        init(_ x: Int, _ y: Int, _ endX: Int, _ endY: Int) {
            self.x = x
            self.y = y
            self.endX = endX
            self.endY = endY
        }
    }

    package struct Shape: Sendable, Equatable {
        package var rectangles: [Rectangle]
        /// How much of the foreground shows, in quarters: 4 but for the three shades.
        package var quarters = 4
    }

    /// Nil for glyphs that are set in a font.
    package static func of(_ scalar: Unicode.Scalar) -> Shape? {
        switch scalar.value {
        case 0x2500...0x257F: Shape(rectangles: BoxShape.of(Int(scalar.value) - 0x2500))
        case 0x2580...0x259F: block(Int(scalar.value) - 0x2580)
        case 0x2800...0x28FF: Shape(rectangles: dots(Int(scalar.value) - 0x2800))
        default: nil
        }
    }

    // MARK: - Blocks

    private static func block(_ index: Int) -> Shape {
        switch index {
        case 0x00: Shape(rectangles: [Rectangle(0, 0, 8, 8)])
        // One to eight eighths from below.
        case 0x01...0x08: Shape(rectangles: [Rectangle(0, 16 - 2 * index, 8, 16)])
        // Seven to one eighths from the left.
        case 0x09...0x0F: Shape(rectangles: [Rectangle(0, 0, 16 - index, 16)])
        case 0x10: Shape(rectangles: [Rectangle(4, 0, 8, 16)])
        case 0x11...0x13: Shape(rectangles: [Rectangle(0, 0, 8, 16)], quarters: index - 0x10)
        case 0x14: Shape(rectangles: [Rectangle(0, 0, 8, 2)])
        case 0x15: Shape(rectangles: [Rectangle(7, 0, 8, 16)])
        default: Shape(rectangles: quadrants(Self.quadrants[index - 0x16]))
        }
    }

    /// U+2596 to U+259F: upper left 1, upper right 2, lower left 4, lower right 8.
    private static let quadrants = [4, 8, 1, 13, 9, 7, 11, 2, 6, 14]

    private static func quadrants(_ bits: Int) -> [Rectangle] {
        (0..<4).filter { bits & 1 << $0 != 0 }.map { quadrant in
            let (x, y) = (quadrant % 2 * 4, quadrant / 2 * 8)
            return Rectangle(x, y, x + 4, y + 8)
        }
    }

    // MARK: - Braille

    /// The dots of U+2800 + bits: three of the left column, three of the right, then the fourth of each.
    private static func dots(_ bits: Int) -> [Rectangle] {
        (0..<8).filter { bits & 1 << $0 != 0 }.map { dot in
            let column = dot < 6 ? dot / 3 : dot - 6
            let row = dot < 6 ? dot % 3 : 3
            let (x, y) = (column * 4 + 1, row * 4 + 1)
            return Rectangle(x, y, x + 2, y + 2)
        }
    }
}
