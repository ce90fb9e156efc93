package import ChatAPI
package import TerminalUI

/// An open drawing and everything around it: the pen, the hand, what is seen of it, who else is there.
package struct SketchDesk: Sendable {
    package var board: SketchBoard
    package var pen = Pen()
    /// The layer that is drawn on.
    package var layer: Int
    /// A layer that was asked for: it is drawn on as soon as it is there.
    package var wantedLayer: Int?
    /// The drawing has the whole window, not half of it.
    package var isWhole = false
    /// Keys go to the drawing, not to the line.
    package var hasKeys = true {
        didSet { if hasKeys != oldValue { lendsKeys = false } }
    }
    /// Keys go to the line for one command, and come back after it.
    package var lendsKeys = false
    /// The cell in the upper left corner of what is seen.
    package var origin = Point(x: 0, y: 0)
    /// Every dot of the pen's resolution is seen as two cells of the screen.
    package var isZoomed = false
    /// Where one is, in dots of the pen's resolution. The mouse and the keys move the same one.
    package var cursor = Point(x: 0, y: 0)
    package var hand = Hand.rest
    /// The mouse holds the hand down: its release ends what it does.
    package var isHeldByMouse = false
    package var handMovedAt: Milliseconds = 0
    /// Where a shape was finished: until the hand leaves the place, what it would do next does not hide what it did.
    package var finishedAt: Point?
    package var selection: Rect?
    /// What was copied; it hangs on the cursor while it is pasted.
    package var clip: Clip?
    package var isPasting = false
    /// The next key is the pen's glyph.
    package var awaitsGlyph = false
    package var showsMinimap = true
    package var minimap = Minimap()
    package var peers: [AccountID: Peer] = [:]
    package var following: AccountID?
    package var replay: SketchReplay?
    /// What others were told last, and when.
    package var told: SketchPointer?
    package var toldAt: Milliseconds = 0
    /// A newer picture of the whole was asked for.
    package var isRefetching = false

    package init(_ board: SketchBoard) {
        self.board = board
        layer = board.canvas.layers.last { $0.lockedBy == nil && !$0.hidden }?.id ?? board.canvas.layers.last?.id ?? 0
    }

    /// Zoomed dots are about square: a cell of the screen is twice as high as wide.
    package static let zoomWidth = 2

    package var dots: Size { pen.resolution.dots }
    package var cursorCell: Point { pen.resolution.cell(of: cursor) }
    /// The drawing in dots.
    package var dotSize: Size { Size(width: board.width * dots.width, height: board.height * dots.height) }

    /// Cells of the drawing that fit an area of the screen.
    package func span(in area: Rect) -> Size {
        guard isZoomed, pen.resolution != .cell else { return area.size }
        return Size(
            width: max(1, area.width / (dots.width * Self.zoomWidth)),
            height: max(1, area.height / dots.height)
        )
    }

    /// What of the drawing is seen in an area of the screen.
    package func visible(in area: Rect) -> Rect {
        Rect(origin: origin, size: span(in: area)).intersection(Rect(board.size))
    }

    /// The dot under a place on the screen.
    package func dot(at point: Point, in area: Rect) -> Point {
        let x = point.x - area.x
        let y = point.y - area.y
        guard isZoomed, pen.resolution != .cell else {
            return pen.resolution.dot(of: Point(x: origin.x + x, y: origin.y + y))
        }
        return Point(x: origin.x * dots.width + x / Self.zoomWidth, y: origin.y * dots.height + y)
    }

    /// Where a cell is on the screen; nil when it is not seen.
    package func place(of cell: Point, in area: Rect) -> Point? {
        guard visible(in: area).contains(cell) else { return nil }
        let scale =
            isZoomed && pen.resolution != .cell
            ? Size(width: dots.width * Self.zoomWidth, height: dots.height) : Size(width: 1, height: 1)
        return Point(x: area.x + (cell.x - origin.x) * scale.width, y: area.y + (cell.y - origin.y) * scale.height)
    }

    /// Moves what is seen, within the drawing.
    package mutating func scroll(to point: Point, in area: Rect) {
        let span = span(in: area)
        origin = Point(
            x: max(0, min(point.x, board.width - span.width)),
            y: max(0, min(point.y, board.height - span.height))
        )
    }

    /// Moves what is seen so that a cell is in it, with some paper around.
    package mutating func reveal(_ cell: Point, in area: Rect) {
        let span = span(in: area)
        func shift(_ origin: Int, _ place: Int, _ span: Int) -> Int {
            let margin = min(2, max(0, (span - 1) / 2))
            if place < origin + margin { return place - margin }
            if place >= origin + span - margin { return place - span + 1 + margin }
            return origin
        }
        let point = Point(x: shift(origin.x, cell.x, span.width), y: shift(origin.y, cell.y, span.height))
        scroll(to: point, in: area)
    }

    /// Changes the pen; the cursor stays at its cell when dots become finer or coarser.
    package mutating func changePen(_ change: (inout Pen) -> Void) {
        let cell = cursorCell
        let before = pen.resolution
        finishedAt = nil
        change(&pen)
        if pen.resolution != before {
            cursor = pen.resolution.dot(of: cell)
            hand = .rest
        }
    }

    /// What tools read: most draw on a layer, two go by what is seen.
    package var toolGrid: any InkGrid {
        switch pen.tool {
        case .fill, .pick: board.seen
        default: board.grid(layer: layer)
        }
    }
}

extension Rect {
    package init(origin: Point, size: Size) {
        self.init(x: origin.x, y: origin.y, width: size.width, height: size.height)
    }
}
