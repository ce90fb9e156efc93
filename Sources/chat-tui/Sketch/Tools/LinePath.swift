package import TerminalUI

/// Ways from dot to dot, and lines drawn along them with the junctions that they make.
package enum LinePath {
    /// The dots of a straight line (Bresenham), both ends in it.
    package static func straight(from start: Point, to end: Point) -> [Point] {
        let width = abs(end.x - start.x)
        let height = abs(end.y - start.y)
        let stepX = start.x < end.x ? 1 : -1
        let stepY = start.y < end.y ? 1 : -1
        var error = width - height
        var point = start
        var result = [point]
        result.reserveCapacity(max(width, height) + 1)
        while point != end {
            let double = 2 * error
            if double > -height {
                error -= height
                point.x += stepX
            }
            if double < width {
                error += width
                point.y += stepY
            }
            result.append(point)
        }
        return result
    }

    /// The same way in steps to the side, up and down only: what line signs can follow.
    package static func stairs(from start: Point, to end: Point) -> [Point] {
        connected(straight(from: start, to: end))
    }

    /// Fills diagonal steps: along the longer side first.
    package static func connected(_ path: [Point]) -> [Point] {
        guard var last = path.first else { return [] }
        var result = [last]
        for point in path.dropFirst() where point != last {
            if point.x != last.x, point.y != last.y { result.append(Point(x: point.x, y: last.y)) }
            result.append(point)
            last = point
        }
        return result
    }

    /// To the side, then up or down: how arrows and connectors go.
    package static func elbow(from start: Point, to end: Point) -> [Point] {
        let corner = Point(x: end.x, y: start.y)
        return straight(from: start, to: corner) + straight(from: corner, to: end).dropFirst()
    }

    /// Line signs along a way whose steps are to the side, up and down; where lines are already, they join.
    ///
    /// - Parameter isClosed: The last cell leads back to the first.
    package static func lines(_ path: [Point], isClosed: Bool = false, _ pen: Pen, on grid: any InkGrid) -> InkPatch {
        let weight: LineArms.Weight = pen.lines == .double ? .double : .single
        var arms: [Point: LineArms] = [:]
        func connect(_ from: Point, _ to: Point) {
            guard let direction = LineArms.Direction(from: from, to: to) else { return }
            arms[from, default: LineArms()][direction] = weight
            arms[to, default: LineArms()][direction.opposite] = weight
        }
        for (from, to) in zip(path, path.dropFirst()) { connect(from, to) }
        if isClosed, let first = path.first, let last = path.last { connect(last, first) }
        // A single cell is a piece of a line to the side.
        if arms.isEmpty, let only = path.first { arms[only] = LineArms(right: weight, left: weight) }
        var patch = InkPatch()
        for (point, new) in arms where grid.contains(point) {
            let old = existing(at: point, on: grid)
            var all = old?.joined(new) ?? new
            // An end that meets nothing is a whole sign, not half of one.
            if old == nil, new.count == 1, let only = LineArms.Direction.allCases.first(where: { new[$0] != .none }) {
                all[only.opposite] = weight
            }
            patch[point] = Ink(all.glyph(pen.lines), pen.style)
        }
        return patch
    }

    /// The arms of what stands there. An ASCII `+` has those that its neighbours reach out to.
    package static func existing(at point: Point, on grid: any InkGrid) -> LineArms? {
        let glyph = grid.ink(at: point).glyph
        guard var arms = LineArms(glyph) else { return nil }
        guard glyph == "+" else { return arms }
        for direction in LineArms.Direction.allCases {
            let neighbour = LineArms(grid.ink(at: direction.step(from: point)).glyph)
            let reach = neighbour?[direction.opposite] ?? LineArms.Weight.none
            if reach == LineArms.Weight.none { arms[direction] = .none }
        }
        return arms
    }
}
