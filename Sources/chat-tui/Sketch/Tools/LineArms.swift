package import TerminalUI

/// A line sign as what leaves its middle: which of the four arms it has, each single or double.
///
/// Crossing lines join by arms: the arms that are there and the arms of the new line together name the sign.
package struct LineArms: Hashable, Sendable {
    package enum Weight: UInt8, Sendable, Comparable {
        case none, single, double
        package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    package enum Direction: Int, Sendable, CaseIterable {
        case up, right, down, left

        package var opposite: Direction { Direction(rawValue: (rawValue + 2) % 4) ?? .up }

        package func step(from point: Point) -> Point {
            switch self {
            case .up: Point(x: point.x, y: point.y - 1)
            case .right: Point(x: point.x + 1, y: point.y)
            case .down: Point(x: point.x, y: point.y + 1)
            case .left: Point(x: point.x - 1, y: point.y)
            }
        }

        /// Nil unless the points are neighbours.
        package init?(from: Point, to: Point) {
            switch (to.x - from.x, to.y - from.y) {
            case (0, -1): self = .up
            case (1, 0): self = .right
            case (0, 1): self = .down
            case (-1, 0): self = .left
            default: return nil
            }
        }
    }

    package var up: Weight
    package var right: Weight
    package var down: Weight
    package var left: Weight

    package init(up: Weight = .none, right: Weight = .none, down: Weight = .none, left: Weight = .none) {
        self.up = up
        self.right = right
        self.down = down
        self.left = left
    }

    package subscript(direction: Direction) -> Weight {
        get {
            switch direction {
            case .up: up
            case .right: right
            case .down: down
            case .left: left
            }
        }
        set {
            switch direction {
            case .up: up = newValue
            case .right: right = newValue
            case .down: down = newValue
            case .left: left = newValue
            }
        }
    }

    package var isEmpty: Bool { self == LineArms() }
    package var count: Int { Direction.allCases.count { self[$0] != .none } }

    /// The arms that are there, with those of a newer line over them.
    package func joined(_ newer: LineArms) -> LineArms {
        var result = self
        for direction in Direction.allCases where newer[direction] != .none { result[direction] = newer[direction] }
        return result
    }

    /// The same arms as seen in a mirror.
    package func mirrored(_ mirror: Mirror) -> LineArms {
        var result = self
        if mirror.flipsHorizontally { (result.left, result.right) = (right, left) }
        if mirror.flipsVertically { (result.up, result.down) = (down, up) }
        return result
    }

    // MARK: - Signs

    /// The arms of a sign; nil for a glyph that is no line. `+` is a junction of all four: see `LinePath` for its neighbours.
    package init?(_ glyph: String) {
        guard let arms = Self.byGlyph[glyph] else { return nil }
        self = arms
    }

    /// The sign with these arms. Mixtures that Unicode lacks take the heavier of the two weights on that axis.
    package func glyph(_ style: LineStyle) -> String {
        guard !isEmpty else { return " " }
        if style == .ascii {
            let isHorizontal = left != .none || right != .none
            let isVertical = up != .none || down != .none
            return isHorizontal && isVertical ? "+" : isHorizontal ? "-" : "|"
        }
        if style == .rounded, let corner = Self.rounded[self] { return corner }
        if let exact = Self.byArms[self] { return exact }
        var even = self
        let vertical = max(up, down)
        let horizontal = max(left, right)
        if up != .none { even.up = vertical }
        if down != .none { even.down = vertical }
        if left != .none { even.left = horizontal }
        if right != .none { even.right = horizontal }
        // Unicode has no lone double arm: the whole line stands for it.
        if even.count == 1 {
            if vertical != .none { (even.up, even.down) = (vertical, vertical) }
            if horizontal != .none { (even.left, even.right) = (horizontal, horizontal) }
        }
        return Self.byArms[even] ?? (vertical == .none ? "─" : horizontal == .none ? "│" : "┼")
    }

    /// Arms in the order up, right, down, left: `.` none, `-` single, `=` double.
    private static let signs: [(String, String)] = [
        ("╵", "-..."), ("╶", ".-.."), ("╷", "..-."), ("╴", "...-"),
        ("─", ".-.-"), ("│", "-.-."), ("┌", ".--."), ("┐", "..--"), ("└", "--.."), ("┘", "-..-"),
        ("├", "---."), ("┤", "-.--"), ("┬", ".---"), ("┴", "--.-"), ("┼", "----"),
        ("═", ".=.="), ("║", "=.=."), ("╔", ".==."), ("╗", "..=="), ("╚", "==.."), ("╝", "=..="),
        ("╠", "===."), ("╣", "=.=="), ("╦", ".==="), ("╩", "==.="), ("╬", "===="),
        ("╒", ".=-."), ("╓", ".-=."), ("╕", "..-="), ("╖", "..=-"), ("╘", "-=.."), ("╙", "=-.."),
        ("╛", "-..="), ("╜", "=..-"), ("╞", "-=-."), ("╟", "=-=."), ("╡", "-.-="), ("╢", "=.=-"),
        ("╤", ".=-="), ("╥", ".-=-"), ("╧", "-=.="), ("╨", "=-.-"), ("╪", "-=-="), ("╫", "=-=-"),
    ]

    private static let roundedSigns: [(String, String)] = [("╭", ".--."), ("╮", "..--"), ("╰", "--.."), ("╯", "-..-")]
    /// Heavy and ASCII lines of other people are read as single ones.
    private static let readSigns: [(String, String)] = [
        ("-", ".-.-"), ("|", "-.-."), ("+", "----"), ("━", ".-.-"), ("┃", "-.-."), ("┏", ".--."), ("┓", "..--"),
        ("┗", "--.."), ("┛", "-..-"), ("┣", "---."), ("┫", "-.--"), ("┳", ".---"), ("┻", "--.-"), ("╋", "----"),
    ]

    private static let byArms = Dictionary(uniqueKeysWithValues: signs.map { (LineArms(code: $1), $0) })
    private static let rounded = Dictionary(uniqueKeysWithValues: roundedSigns.map { (LineArms(code: $1), $0) })
    private static let byGlyph = Dictionary(
        uniqueKeysWithValues: (signs + roundedSigns + readSigns).map { ($0, LineArms(code: $1)) }
    )

    /// All signs that are written or read.
    package static let glyphs = byGlyph.keys.sorted()

    private init(code: String) {
        let weights = code.utf8.map { $0 == 0x3D ? Weight.double : $0 == 0x2D ? .single : .none }
        self.init(up: weights[0], right: weights[1], down: weights[2], left: weights[3])
    }
}
