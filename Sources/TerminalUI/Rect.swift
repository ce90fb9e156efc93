/// Places on the screen in cells: x to the right, y down, both from zero.
package struct Point: Hashable, Sendable {
    package var x: Int
    package var y: Int

    package init(x: Int, y: Int) {
        self.x = x
        self.y = y
    }
}

/// Width and height in cells.
package struct Size: Hashable, Sendable {
    package var width: Int
    package var height: Int

    package init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }
}

/// A rectangle of cells. Its size is never negative: what does not fit is empty.
package struct Rect: Hashable, Sendable {
    package let x: Int
    package let y: Int
    package let width: Int
    package let height: Int

    package init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = max(0, width)
        self.height = max(0, height)
    }

    package init(_ size: Size) { self.init(x: 0, y: 0, width: size.width, height: size.height) }

    /// The first column to the right of the rectangle.
    package var endX: Int { x + width }
    /// The first row below the rectangle.
    package var endY: Int { y + height }
    package var isEmpty: Bool { width == 0 || height == 0 }
    package var size: Size { Size(width: width, height: height) }
    package var origin: Point { Point(x: x, y: y) }

    package func contains(_ point: Point) -> Bool {
        point.x >= x && point.x < endX && point.y >= y && point.y < endY
    }

    package func intersection(_ other: Rect) -> Rect {
        let left = max(x, other.x)
        let top = max(y, other.y)
        return Rect(x: left, y: top, width: min(endX, other.endX) - left, height: min(endY, other.endY) - top)
    }

    /// Smaller by so many cells on each side.
    package func inset(horizontal: Int = 0, vertical: Int = 0) -> Rect {
        Rect(x: x + horizontal, y: y + vertical, width: width - 2 * horizontal, height: height - 2 * vertical)
    }

    /// One row of the rectangle, empty when it is outside.
    package func row(_ index: Int) -> Rect {
        Rect(x: x, y: y + index, width: width, height: index >= 0 && index < height ? 1 : 0)
    }

    /// The upper `count` rows and the rest.
    package func splitTop(_ count: Int) -> (top: Rect, rest: Rect) {
        let count = min(max(count, 0), height)
        return (
            Rect(x: x, y: y, width: width, height: count),
            Rect(x: x, y: y + count, width: width, height: height - count)
        )
    }

    /// The lower `count` rows and the rest.
    package func splitBottom(_ count: Int) -> (bottom: Rect, rest: Rect) {
        let parts = splitTop(height - min(max(count, 0), height))
        return (parts.rest, parts.top)
    }

    /// The left `count` columns and the rest.
    package func splitLeft(_ count: Int) -> (left: Rect, rest: Rect) {
        let count = min(max(count, 0), width)
        return (
            Rect(x: x, y: y, width: count, height: height),
            Rect(x: x + count, y: y, width: width - count, height: height)
        )
    }

    /// The right `count` columns and the rest.
    package func splitRight(_ count: Int) -> (right: Rect, rest: Rect) {
        let parts = splitLeft(width - min(max(count, 0), width))
        return (parts.rest, parts.left)
    }

    /// A rectangle of that size in the middle of this one, no larger than this one.
    package func centered(width wanted: Int, height wantedHeight: Int) -> Rect {
        let inner = Size(width: min(wanted, width), height: min(wantedHeight, height))
        return Rect(
            x: x + (width - inner.width) / 2,
            y: y + (height - inner.height) / 2,
            width: inner.width,
            height: inner.height
        )
    }
}
