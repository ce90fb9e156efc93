import ChatAPI
import TerminalUI

/// The cells of a drawing on the screen: only those that are seen, a row at a time, neighbours of one style at once.
struct PaperView {
    let model: Model
    let desk: SketchDesk
    private let depth: ColorDepth

    init(_ model: Model, _ desk: SketchDesk) {
        self.model = model
        self.desk = desk
        depth = model.colorDepth
    }

    func draw(in frame: inout Frame, _ area: Rect) {
        let preview = desk.replay == nil && desk.hasKeys ? desk.preview : InkPatch()
        let isZoomed = desk.isZoomed && desk.pen.resolution != .cell && desk.replay == nil
        if isZoomed { drawZoomed(preview, in: &frame, area) } else { drawCells(preview, in: &frame, area) }
        drawEdge(in: &frame, area)
    }

    // MARK: - Cells

    private func drawCells(_ preview: InkPatch, in frame: inout Frame, _ area: Rect) {
        let visible = desk.visible(in: area)
        var bytes: [UInt8] = []
        for y in visible.y..<visible.endY {
            var x = visible.x
            var start = x
            var style: Style?
            func flush(in frame: inout Frame) {
                guard let style, !bytes.isEmpty else { return }
                let place = Point(x: area.x + start - visible.x, y: area.y + y - visible.y)
                frame.put(String(decoding: bytes, as: UTF8.self), at: place, in: area, style: style)
                bytes.removeAll(keepingCapacity: true)
            }
            while x < visible.endX {
                let cell = cell(Point(x: x, y: y), preview)
                // Half of a wide glyph at the edge of what is seen is a blank.
                let isCut = cell.glyph.isContinuation || cell.glyph.isWide && x + 1 >= visible.endX
                let next = self.style(cell, isPreview: preview[Point(x: x, y: y)] != nil)
                if next != style {
                    flush(in: &frame)
                    start = x
                    style = next
                }
                if isCut {
                    bytes.append(0x20)
                    x += 1
                } else {
                    append(cell, to: &bytes)
                    x += max(1, cell.glyph.width)
                }
            }
            flush(in: &frame)
        }
    }

    private func cell(_ point: Point, _ preview: InkPatch) -> SketchCell {
        if let replay = desk.replay { return replay.canvas.cell(x: point.x, y: point.y) }
        if let ink = preview[point], let cell = ink.cell { return cell }
        return desk.board.cell(point)
    }

    private func append(_ cell: SketchCell, to bytes: inout [UInt8]) {
        guard depth == .mono, !cell.background.isNone || cell.glyph.packed > 0xFFFF else {
            cell.glyph.append(to: &bytes)
            return
        }
        bytes += Array(MonoInk.glyph(Ink(cell)).utf8)
    }

    /// What is about to be is italic or faint beside what is: where a terminal has neither, it blinks with the hand.
    private func style(_ cell: SketchCell, isPreview: Bool) -> Style {
        var style = Style(cell)
        if depth == .mono {
            style = Style(.default, on: .default, style.attributes)
        }
        if isPreview { style.attributes.insert(.dim) }
        return style
    }

    // MARK: - Dots

    private func drawZoomed(_ preview: InkPatch, in frame: inout Frame, _ area: Rect) {
        let visible = desk.visible(in: area)
        let dots = desk.dots
        let width = SketchDesk.zoomWidth
        for y in visible.y..<visible.endY {
            for x in visible.x..<visible.endX {
                let point = Point(x: x, y: y)
                let cell = cell(point, preview)
                let isPreview = preview[point] != nil
                for dotY in 0..<dots.height {
                    for dotX in 0..<dots.width {
                        let place = Point(
                            x: area.x + ((x - visible.x) * dots.width + dotX) * width,
                            y: area.y + (y - visible.y) * dots.height + dotY
                        )
                        let (text, style) = dot(Ink(cell), dotX, dotY)
                        frame.put(text, at: place, in: area, style: isPreview ? style.adding(.dim) : style)
                    }
                }
            }
        }
    }

    /// One dot as two cells of the screen. Text among the dots is shown once, in the first of its cell.
    private func dot(_ ink: Ink, _ x: Int, _ y: Int) -> (String, Style) {
        if desk.pen.resolution == .half {
            if [" ", "▀", "▄", "█", ""].contains(ink.glyph) {
                let color = HalfBlock(ink)[y]
                if depth == .mono { return (String(repeating: MonoInk.shade(color), count: 2), .plain) }
                return color == .default ? (" ·", model.theme[.faint]) : ("██", Style(color))
            }
        } else {
            let dots = Braille(ink.glyph)
            if dots.bits != 0 || ink.glyph == " " || ink.glyph.isEmpty {
                return dots[x, y] ? ("██", ink.style) : (" ·", model.theme[.faint])
            }
        }
        return x == 0 && y == 0 ? (Text.padded(ink.glyph, width: 2), ink.style) : ("  ", ink.style)
    }

    // MARK: - Edges

    /// Where the paper ends and the window does not, there is a line.
    private func drawEdge(in frame: inout Frame, _ area: Rect) {
        let visible = desk.visible(in: area)
        let scale =
            desk.isZoomed && desk.pen.resolution != .cell
            ? Size(width: desk.dots.width * SketchDesk.zoomWidth, height: desk.dots.height) : Size(width: 1, height: 1)
        let width = min(area.width, visible.width * scale.width)
        let height = min(area.height, visible.height * scale.height)
        let style = model.theme[.border]
        let right = Rect(x: area.x + width, y: area.y, width: area.width > width ? 1 : 0, height: height)
        let bottom = Rect(x: area.x, y: area.y + height, width: width, height: area.height > height ? 1 : 0)
        frame.fill(right, with: "│", style: style)
        frame.fill(bottom, with: "─", style: style)
        if !right.isEmpty, !bottom.isEmpty {
            frame.put("┘", at: Point(x: right.x, y: bottom.y), in: area, style: style)
        }
    }

    /// Changes the style of the cells along the inner edge of a rectangle of the drawing.
    static func outline(
        _ rect: Rect,
        _ desk: SketchDesk,
        in frame: inout Frame,
        _ area: Rect,
        _ change: (inout Style) -> Void
    ) {
        for point in Set(BoxTool.outline(rect)) {
            guard let place = desk.place(of: point, in: area) else { continue }
            frame.restyle(Rect(origin: place, size: Size(width: 1, height: 1)).intersection(area), change)
        }
    }
}
