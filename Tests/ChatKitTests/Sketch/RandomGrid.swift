import ChatAPI
import ChatKit
import ChatTestKit

/// Drawings that nobody would draw: glyphs of every kind, all colours, all attributes.
struct RandomGrid {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// Plain letters, shapes, wide glyphs, marks, emoji, and one that no font has.
    static let glyphs: [SketchGlyph] = [
        "a", "Z", "&", "<", "`", "~", "é", "Ж", "─", "╬", "▀", "░", "⣿", "漢", "🐈", "e\u{301}", "\u{10330}",
    ]
    .compactMap { SketchGlyph($0) }

    mutating func next(styled: Bool) -> SketchGrid {
        var grid = SketchGrid(
            width: Int.random(in: Limits.sketchWidth.lowerBound...30, using: &random),
            height: Int.random(in: Limits.sketchHeight.lowerBound...10, using: &random)
        )
        for _ in 0..<Int.random(in: 0...150, using: &random) {
            let isBlank = Int.random(in: 0..<4, using: &random) == 0
            var cell = SketchGrid.Cell(isBlank ? .space : Self.glyphs.randomElement(using: &random)!)
            if styled {
                cell.foreground = color()
                cell.background = color()
                if Bool.random(using: &random) {
                    cell.attributes = SketchAttributes(rawValue: UInt8.random(in: 0..<64, using: &random))
                }
            }
            grid.put(
                cell,
                x: Int.random(in: 0..<grid.width, using: &random),
                y: Int.random(in: 0..<grid.height, using: &random)
            )
        }
        return grid
    }

    private mutating func color() -> SketchColor {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: .none
        case 1: .palette(UInt8.random(in: 0...255, using: &random))
        default: .rgb(UInt32.random(in: 0...0xFFFFFF, using: &random))
        }
    }
}

extension SketchGrid {
    /// The same cells in a grid of another size; what does not fit is left out.
    func placed(width: Int, height: Int) -> SketchGrid {
        var placed = SketchGrid(width: width, height: height)
        for y in 0..<self.height { for x in 0..<self.width { placed.put(self[x, y], x: x, y: y) } }
        return placed
    }
}
