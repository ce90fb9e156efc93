/// The lines of U+2500 to U+257F as rectangles: arms of four directions that meet in the middle of a cell.
enum BoxShape {
    private typealias Rectangle = CellShape.Rectangle

    /// What an arm is made of.
    private enum Weight: Int {
        case none
        case light
        case heavy
        case double
    }

    static func of(_ index: Int) -> [CellShape.Rectangle] {
        switch index {
        case 0x04...0x0B, 0x4C...0x4F: dashes(index)
        case 0x6D...0x70: arc(index - 0x6D)
        case 0x71: slash(isFalling: false)
        case 0x72: slash(isFalling: true)
        case 0x73: slash(isFalling: false) + slash(isFalling: true)
        default: arms(table[index])
        }
    }

    /// Left, right, up, down of each character: 0 none, 1 light, 2 heavy, 3 double; from the names in UnicodeData.txt 15.0.
    private static let rows = [
        "1100 2200 0011 0022 .... .... .... .... .... .... .... .... 0101 0201 0102 0202",
        "1001 2001 1002 2002 0110 0210 0120 0220 1010 2010 1020 2020 0111 0211 0121 0112",
        "0122 0221 0212 0222 1011 2011 1021 1012 1022 2021 2012 2022 1101 2101 1201 2201",
        "1102 2102 1202 2202 1110 2110 1210 2210 1120 2120 1220 2220 1111 2111 1211 2211",
        "1121 1112 1122 2121 1221 2112 1212 2221 2212 2122 1222 2222 .... .... .... ....",
        "3300 0033 0301 0103 0303 3001 1003 3003 0310 0130 0330 3010 1030 3030 0311 0133",
        "0333 3011 1033 3033 3301 1103 3303 3310 1130 3330 3311 1133 3333 .... .... ....",
        ".... .... .... .... 1000 0010 0100 0001 2000 0020 0200 0002 1200 0012 2100 0021",
    ]

    private static let table: [[Weight]] = rows.flatMap { row in
        row.split(separator: " ").map { arms in arms.map { Weight(rawValue: $0.wholeNumberValue ?? 0) ?? .none } }
    }

    // MARK: - Arms

    private static func arms(_ weights: [Weight]) -> [CellShape.Rectangle] {
        let (left, right, up, down) = (weights[0], weights[1], weights[2], weights[3])
        var found: [Rectangle] = []
        // A horizontal arm is reckoned along x with the middle at 3, a vertical one along y with the middle at 7.
        for line in lines(right, before: up, behind: down, opposite: left) {
            found.append(Rectangle(3 + line.start, 7 + line.low, 8, 8 + line.high))
        }
        for line in lines(left, before: up, behind: down, opposite: right) {
            found.append(Rectangle(0, 7 + line.low, 4 - line.start, 8 + line.high))
        }
        for line in lines(down, before: left, behind: right, opposite: up) {
            found.append(Rectangle(3 + line.low, 7 + line.start, 4 + line.high, 16))
        }
        for line in lines(up, before: left, behind: right, opposite: down) {
            found.append(Rectangle(3 + line.low, 0, 4 + line.high, 8 - line.start))
        }
        return found
    }

    /// One line of an arm: how far from the middle it starts, and what it covers across.
    private struct Line {
        let start: Int
        let low: Int
        let high: Int
    }

    /// - Parameters:
    ///   - before: The arm across on the side of smaller coordinates.
    ///   - behind: The arm across on the other side.
    private static func lines(_ weight: Weight, before: Weight, behind: Weight, opposite: Weight) -> [Line] {
        switch weight {
        case .none: return []
        case .light, .heavy:
            let half = weight == .heavy ? 1 : 0
            return [Line(start: start(before, behind, opposite), low: -half, high: half)]
        case .double:
            return [
                Line(start: start(onSide: before, other: behind), low: -1, high: -1),
                Line(start: start(onSide: behind, other: before), low: 1, high: 1),
            ]
        }
    }

    /// Where a single line begins: so that it covers the corner with what it meets, and stops at a double line.
    private static func start(_ before: Weight, _ behind: Weight, _ opposite: Weight) -> Int {
        switch (before, behind) {
        case (.double, .double): opposite == .none ? 1 : 0
        case (.double, _), (_, .double): -1
        case (.heavy, _), (_, .heavy): -1
        default: 0
        }
    }

    /// Where one line of a double arm begins: inside a double line on its own side, around the corner of one on the other.
    private static func start(onSide side: Weight, other: Weight) -> Int {
        switch (side, other) {
        case (.double, _): 1
        case (.none, .double): -1
        default: 0
        }
    }

    // MARK: - Dashes, arcs, diagonals

    private static func dashes(_ index: Int) -> [CellShape.Rectangle] {
        // U+2504 to U+250B: triple and quadruple; U+254C to U+254F: double. Light and heavy alternate, then the direction.
        let count = index >= 0x4C ? 2 : index < 0x08 ? 3 : 4
        let half = index % 2
        let isVertical = index % 4 >= 2
        let length = isVertical ? CellShape.height : CellShape.width
        return (0..<count).map { dash in
            let from = dash * length / count
            let to = (dash + 1) * length / count - (isVertical ? 2 : 1)
            return isVertical
                ? Rectangle(3 - half, from, 4 + half, to) : Rectangle(from, 7 - half, to, 8 + half)
        }
    }

    /// ╭ ╮ ╯ ╰: two short arms, and one unit across the corner between them.
    private static func arc(_ index: Int) -> [CellShape.Rectangle] {
        let opensRight = index == 0 || index == 3
        let opensDown = index < 2
        let across = opensRight ? Rectangle(5, 7, 8, 8) : Rectangle(0, 7, 2, 8)
        let along = opensDown ? Rectangle(3, 9, 4, 16) : Rectangle(3, 0, 4, 6)
        let (x, y) = (opensRight ? 4 : 2, opensDown ? 8 : 6)
        return [across, along, Rectangle(x, y, x + 1, y + 1)]
    }

    private static func slash(isFalling: Bool) -> [CellShape.Rectangle] {
        (0..<8).map { x in
            let y = isFalling ? 2 * x : 14 - 2 * x
            return Rectangle(x, y, x + 1, y + 2)
        }
    }
}
