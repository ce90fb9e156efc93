import TerminalUI

/// The row under a drawing: tools by their keys, what the pen draws, colours to click. One list for drawing and for clicks.
struct ToolStrip {
    enum Target: Equatable {
        case tool(DrawingTool)
        case color(Color)
        case command(SketchCommand)
    }

    struct Piece {
        let text: String
        let style: Style
        let target: Target?
    }

    let pieces: [Piece]

    init(_ model: Model, width: Int) {
        guard let desk = model.book.desk else {
            pieces = []
            return
        }
        let theme = model.theme
        let pen = desk.pen
        var pieces: [Piece] = []
        for row in DrawingTool.table {
            let isTaken = row.tool == pen.tool
            let name =
                isTaken && width >= 60
                ? " \(row.key) \(row.tool.rawValue) " : width >= 60 ? " \(row.key) " : " " + row.key
            pieces.append(Piece(text: name, style: isTaken ? theme[.selection] : theme[.key], target: .tool(row.tool)))
        }
        pieces.append(Piece(text: " │", style: theme[.border], target: nil))
        let inkStyle = Self.shown(pen.style, model.colorDepth)
        pieces.append(Piece(text: Self.sample(pen), style: inkStyle, target: .command(.glyphStep(1))))
        let fineness = pen.resolution == .cell ? " " : pen.resolution == .half ? " ▀▄" : " ⠿"
        pieces.append(Piece(text: fineness, style: theme[.title], target: .command(.resolution)))
        if desk.isZoomed, pen.resolution != .cell {
            pieces.append(Piece(text: " zoom", style: theme[.title], target: .command(.zoom)))
        }
        pieces.append(Piece(text: " ", style: .plain, target: nil))
        var left = width - pieces.reduce(0) { $0 + frameWidth($1.text) }
        // Without colours there is nothing to choose.
        for color in model.colorDepth == .mono ? [] : Palette.colors(model.colorDepth) {
            guard left >= 2 else { break }
            let mark = color == pen.foreground ? "▌▐" : "  "
            let text = color == .default ? (color == pen.foreground ? "[]" : "··") : mark
            let style = color == .default ? theme[.faint] : Style(MonoInk.isLight(color) ? .black : .white, on: color)
            pieces.append(Piece(text: text, style: style, target: .color(color)))
            left -= 2
        }
        self.pieces = pieces
    }

    /// What the tool in hand draws.
    private static func sample(_ pen: Pen) -> String {
        switch pen.tool {
        case .line, .box, .ellipse, .arrow:
            pen.resolution == .cell ? pen.lines.sample + (pen.isFilled ? pen.glyph : "") : "••"
        case .shade: pen.ramp.glyphs.suffix(4).joined()
        case .stamp: pen.stamp.name
        case .text: "Aa"
        case .eraser, .select, .pick: "  "
        case .pencil, .fill: pen.resolution == .half ? "██" : pen.glyph + pen.glyph
        }
    }

    private static func shown(_ style: Style, _ depth: ColorDepth) -> Style {
        depth == .mono ? Style(.default, on: .default, style.attributes) : style
    }

    func draw(in frame: inout Frame, _ area: Rect) {
        var x = area.x
        for piece in pieces { x = frame.put(piece.text, at: Point(x: x, y: area.y), in: area, style: piece.style) }
    }

    func target(at x: Int) -> Target? {
        var end = 0
        for piece in pieces {
            end += frameWidth(piece.text)
            if x < end { return piece.target }
        }
        return nil
    }
}
