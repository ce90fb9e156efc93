package import TerminalUI

/// Drawing in a mirror: what one side does, the other does as well.
package enum Mirror: String, Sendable, CaseIterable {
    case none = "no mirror"
    /// The axis stands upright in the middle.
    case sides = "left and right"
    case heights = "above and below"
    case both = "all four"

    package var next: Mirror {
        let all = Self.allCases
        return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
    }

    package var flipsHorizontally: Bool { self == .sides || self == .both }
    package var flipsVertically: Bool { self == .heights || self == .both }

    /// The pictures of a gesture, itself first. `size` is the drawing in dots.
    package func images(of gesture: Gesture, size: Size) -> [Gesture] {
        flips.map { flip in
            var image = Gesture(
                from: flip.image(of: gesture.anchor, size: size),
                to: flip.image(of: gesture.current, size: size),
                isSecondary: gesture.isSecondary
            )
            image.previous = flip.image(of: gesture.previous, size: size)
            image.visited = gesture.visited
            return image
        }
    }

    /// The single reflections that this mirror makes.
    package var flips: [Mirror] {
        switch self {
        case .none: [.none]
        case .sides: [.none, .sides]
        case .heights: [.none, .heights]
        case .both: [.none, .sides, .heights, .both]
        }
    }

    package func image(of point: Point, size: Size) -> Point {
        Point(
            x: flipsHorizontally ? size.width - 1 - point.x : point.x,
            y: flipsVertically ? size.height - 1 - point.y : point.y
        )
    }

    /// A sign as the mirror shows it, where there is such a sign.
    package func image(of glyph: String) -> String {
        guard self != .none else { return glyph }
        if let arms = LineArms(glyph), glyph != "+", glyph != "-", glyph != "|" {
            let style: LineStyle = ["╭", "╮", "╰", "╯"].contains(glyph) ? .rounded : .single
            return arms.mirrored(self).glyph(style)
        }
        let dots = Braille(glyph)
        if dots.bits != 0 {
            var image = Braille()
            for y in 0..<4 {
                for x in 0..<2 where dots[x, y] {
                    image[flipsHorizontally ? 1 - x : x, flipsVertically ? 3 - y : y] = true
                }
            }
            return image.glyph
        }
        var result = glyph
        if flipsHorizontally { result = Self.sideways[result] ?? result }
        if flipsVertically { result = Self.upright[result] ?? result }
        return result
    }

    private static let sideways = pairs("()[]{}<>/\\╱╲◀▶▌▐«»‹›←→◢◣◤◥▖▗▘▝", extra: [("b", "d"), ("p", "q")])
    private static let upright = pairs(
        "^v/\\╱╲▲▼▀▄↑↓◢◥◣◤▖▘▗▝",
        extra: [("b", "p"), ("d", "q"), (",", "'"), ("_", "‾")]
    )

    private static func pairs(_ text: String, extra: [(String, String)]) -> [String: String] {
        let signs = text.map(String.init)
        var result: [String: String] = [:]
        for index in stride(from: 0, to: signs.count, by: 2) {
            result[signs[index]] = signs[index + 1]
            result[signs[index + 1]] = signs[index]
        }
        for (one, other) in extra {
            result[one] = other
            result[other] = one
        }
        return result
    }
}
