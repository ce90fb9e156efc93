import ChatAPI

/// Drawing into a frame: text clipped to a rectangle by cell widths, fills, boxes, and frames inside frames.
extension Frame {
    /// Puts one line of text and returns the column after it. Text beyond the rectangle (the frame, when none is given) is
    /// cut; a wide grapheme that would lose its half leaves a blank. Line breaks and other controls show as pictures.
    @discardableResult
    package mutating func put(
        _ text: String,
        at point: Point,
        in clip: Rect? = nil,
        style: Style = .plain,
        link: Link? = nil
    ) -> Int {
        let area = clip.map { $0.intersection(bounds) } ?? bounds
        let linkIndex = link.map { intern($0) } ?? 0
        var x = point.x
        let isVisibleRow = point.y >= area.y && point.y < area.endY
        for grapheme in CellGraphemes(Text.neutralised(text)) where grapheme.width > 0 {
            let cells = grapheme.width
            defer { x += cells }
            guard isVisibleRow, x + cells > area.x, x < area.endX else { continue }
            if x < area.x || x + cells > area.endX {
                set(Cell(text: " ", width: 1, style: style, link: linkIndex), x: max(x, area.x), y: point.y)
            } else {
                let cell = Cell(text: String(grapheme.text), width: UInt8(cells), style: style, link: linkIndex)
                set(cell, x: x, y: point.y)
            }
        }
        return x
    }

    /// Puts styled text; see `put(_:at:in:style:link:)`.
    @discardableResult
    package mutating func put(_ spans: [Span], at point: Point, in clip: Rect? = nil) -> Int {
        var x = point.x
        for span in spans {
            x = put(span.text, at: Point(x: x, y: point.y), in: clip, style: span.style, link: span.link)
        }
        return x
    }

    /// Fills with one grapheme of one cell.
    package mutating func fill(_ rect: Rect, with text: String = " ", style: Style = .plain) {
        let area = rect.intersection(bounds)
        guard !area.isEmpty else { return }
        let grapheme = GraphemeText(text)
        let cell = Cell(text: grapheme?.width == 1 ? text : " ", width: 1, style: style, link: 0)
        for y in area.y..<area.endY {
            for x in area.x..<area.endX { set(cell, x: x, y: y) }
        }
    }

    /// A frame of lines along the inner edge, with a title in the upper one.
    package mutating func box(_ rect: Rect, style: Style = .plain, title: String = "", lines: BoxLines = .rounded) {
        guard rect.width >= 2, rect.height >= 2 else { return }
        let right = rect.endX - 1
        let bottom = rect.endY - 1
        let inner = rect.inset(horizontal: 1)
        fill(Rect(x: inner.x, y: rect.y, width: inner.width, height: 1), with: lines.horizontal, style: style)
        fill(Rect(x: inner.x, y: bottom, width: inner.width, height: 1), with: lines.horizontal, style: style)
        let sides = rect.inset(vertical: 1)
        fill(Rect(x: rect.x, y: sides.y, width: 1, height: sides.height), with: lines.vertical, style: style)
        fill(Rect(x: right, y: sides.y, width: 1, height: sides.height), with: lines.vertical, style: style)
        put(lines.topLeft, at: Point(x: rect.x, y: rect.y), style: style)
        put(lines.topRight, at: Point(x: right, y: rect.y), style: style)
        put(lines.bottomLeft, at: Point(x: rect.x, y: bottom), style: style)
        put(lines.bottomRight, at: Point(x: right, y: bottom), style: style)
        if !title.isEmpty, rect.width > 6 {
            let shown = Text.truncated(title, width: rect.width - 6)
            put(" \(shown) ", at: Point(x: rect.x + 2, y: rect.y), style: style)
        }
    }

    /// Changes the style of what is there: selections, dimming behind a dialog.
    package mutating func restyle(_ rect: Rect, _ change: (inout Style) -> Void) {
        let area = rect.intersection(bounds)
        guard !area.isEmpty else { return }
        for y in area.y..<area.endY {
            for x in area.x..<area.endX { change(&cells[y * width + x].style) }
        }
    }

    /// Copies another frame into this one, its links included, its cursor not.
    package mutating func draw(_ other: Frame, at point: Point) {
        for y in 0..<other.height {
            for x in 0..<other.width where other[x, y].width > 0 {
                var cell = other[x, y]
                guard bounds.contains(Point(x: point.x + x, y: point.y + y)) else { continue }
                if point.x + x + Int(cell.width) > width {
                    cell = Cell(text: " ", width: 1, style: cell.style, link: 0)
                }
                cell.link = other.link(other[x, y]).map { intern($0) } ?? 0
                set(cell, x: point.x + x, y: point.y + y)
            }
        }
    }

    // MARK: - Cells

    /// Writes one cell inside the frame and blanks the other half of a wide grapheme that it cuts.
    private mutating func set(_ cell: Cell, x: Int, y: Int) {
        let index = y * width + x
        if cells[index].width == 0 { blank(index - 1) }
        if cells[index].width == 2 { blank(index + 1) }
        if cell.width == 2 {
            if cells[index + 1].width == 2 { blank(index + 2) }
            cells[index + 1] = Cell(text: "", width: 0, style: cell.style, link: cell.link)
        }
        cells[index] = cell
    }

    private mutating func blank(_ index: Int) {
        cells[index].text = " "
        cells[index].width = 1
    }

    /// At most 65,535 links fit a frame; more are shown as text only.
    private mutating func intern(_ link: Link) -> UInt16 {
        if let last = links.last, last == link { return UInt16(links.count) }
        if let index = links.firstIndex(of: link) { return UInt16(index + 1) }
        guard links.count < Int(UInt16.max) else { return 0 }
        links.append(link)
        return UInt16(links.count)
    }
}

/// The characters of a box.
package struct BoxLines: Hashable, Sendable {
    let horizontal, vertical, topLeft, topRight, bottomLeft, bottomRight: String

    package static let rounded = BoxLines(
        horizontal: "─",
        vertical: "│",
        topLeft: "╭",
        topRight: "╮",
        bottomLeft: "╰",
        bottomRight: "╯"
    )
    package static let square = BoxLines(
        horizontal: "─",
        vertical: "│",
        topLeft: "┌",
        topRight: "┐",
        bottomLeft: "└",
        bottomRight: "┘"
    )
    package static let heavy = BoxLines(
        horizontal: "━",
        vertical: "┃",
        topLeft: "┏",
        topRight: "┓",
        bottomLeft: "┗",
        bottomRight: "┛"
    )
    package static let ascii = BoxLines(
        horizontal: "-",
        vertical: "|",
        topLeft: "+",
        topRight: "+",
        bottomLeft: "+",
        bottomRight: "+"
    )
}
