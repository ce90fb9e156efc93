package import TerminalUI

/// How fine a pen draws: whole cells, the two pixels of a half block, the eight dots of a braille sign.
package enum Resolution: String, Sendable, CaseIterable {
    case cell
    case half = "half block"
    case braille

    /// Dots beside and above each other in one cell.
    package var dots: Size {
        switch self {
        case .cell: Size(width: 1, height: 1)
        case .half: Size(width: 1, height: 2)
        case .braille: Size(width: 2, height: 4)
        }
    }

    package var next: Resolution {
        let all = Self.allCases
        return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
    }

    package func cell(of dot: Point) -> Point {
        Point(x: floorDivision(dot.x, dots.width), y: floorDivision(dot.y, dots.height))
    }

    /// The dot of a cell that a pointer means which knows cells only: the upper pixel, the dot left of the middle.
    package func dot(of cell: Point) -> Point {
        Point(x: cell.x * dots.width, y: cell.y * dots.height + (self == .braille ? 1 : 0))
    }

    private func floorDivision(_ value: Int, _ by: Int) -> Int { value >= 0 ? value / by : -((-value + by - 1) / by) }
}
