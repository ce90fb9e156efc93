import ChatAPI

/// A sketch as SVG: backgrounds, then shapes as geometry, then text in the reader's monospaced font, pressed onto the grid.
struct SketchSVG {
    private let picture: SketchGrid
    private let paper: SketchPaper
    private var elements: [String] = []

    /// A cell is 8 × 16 units of the picture.
    private static let (cellWidth, cellHeight) = (CellShape.width, CellShape.height)

    init(_ picture: SketchGrid, _ paper: SketchPaper) {
        self.picture = picture
        self.paper = paper
        addBackgrounds()
        addShapes()
        addTexts()
    }

    var text: String {
        let (width, height) = (picture.width * Self.cellWidth, picture.height * Self.cellHeight)
        let head = """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)">
            <rect width="100%" height="100%" fill="\(Self.hex(paper.background))"/>

            """
        let middle =
            elements.isEmpty
            ? "" : "<g shape-rendering=\"crispEdges\">\n" + elements.joined(separator: "\n") + "\n</g>\n"
        return head + middle + "</svg>\n"
    }

    private static func hex(_ color: UInt32) -> String {
        let digits = String(color, radix: 16)
        return "#" + String(repeating: "0", count: 6 - digits.count) + digits
    }

    // MARK: - Backgrounds and shapes

    /// One rectangle for each row's stretch of a colour.
    private mutating func addBackgrounds() {
        for y in 0..<picture.height {
            var x = 0
            while x < picture.width {
                let color = paper.inks(picture[x, y]).background
                let start = x
                while x < picture.width, paper.inks(picture[x, y]).background == color { x += 1 }
                guard color != paper.background else { continue }
                let (left, top) = (start * Self.cellWidth, y * Self.cellHeight)
                elements.append(
                    "<rect x=\"\(left)\" y=\"\(top)\" width=\"\((x - start) * Self.cellWidth)\" "
                        + "height=\"\(Self.cellHeight)\" fill=\"\(Self.hex(color))\"/>"
                )
            }
        }
    }

    private struct Ink: Hashable {
        let color: UInt32
        let quarters: Int
    }

    /// One path for each colour and strength, in the order in which they first appear. Lines under and through cells too.
    private mutating func addShapes() {
        var order: [Ink] = []
        var paths: [Ink: String] = [:]
        for y in 0..<picture.height {
            for (x, cell) in picture.row(y).enumerated() {
                for (ink, rectangles) in shapes(of: cell) {
                    if paths[ink] == nil { order.append(ink) }
                    let (left, top) = (x * Self.cellWidth, y * Self.cellHeight)
                    paths[ink, default: ""] += rectangles.map { box in
                        "M\(left + box.x) \(top + box.y)h\(box.endX - box.x)v\(box.endY - box.y)h\(box.x - box.endX)z"
                    }.joined()
                }
            }
        }
        for ink in order {
            let opacity =
                ink.quarters == 4 ? "" : " fill-opacity=\"0.\(ink.quarters == 2 ? "5" : "\(ink.quarters * 25)")\""
            elements.append("<path fill=\"\(Self.hex(ink.color))\"\(opacity) d=\"\(paths[ink] ?? "")\"/>")
        }
    }

    private func shapes(of cell: SketchGrid.Cell) -> [(Ink, [CellShape.Rectangle])] {
        let color = paper.inks(cell).foreground
        var found: [(Ink, [CellShape.Rectangle])] = []
        if let shape = Self.shape(cell) {
            found.append((Ink(color: color, quarters: shape.quarters), shape.rectangles))
        }
        let lines = [(SketchAttributes.underline, 14), (.strike, 8)].filter { cell.attributes.contains($0.0) }
        if !lines.isEmpty {
            let rectangles = lines.map { CellShape.Rectangle(0, $0.1, Self.cellWidth, $0.1 + 1) }
            found.append((Ink(color: color, quarters: 4), rectangles))
        }
        return found
    }

    private static func shape(_ cell: SketchGrid.Cell) -> CellShape.Shape? {
        cell.glyph.text.unicodeScalars.first.flatMap(CellShape.of)
    }

    // MARK: - Text

    /// ASCII of one style is set together; any other glyph alone, for its width is the font's.
    private mutating func addTexts() {
        var texts: [String] = []
        for y in 0..<picture.height {
            var x = 0
            while x < picture.width {
                let first = picture[x, y]
                let start = x
                guard isSet(first) else {
                    x += 1
                    continue
                }
                var text = ""
                repeat {
                    text += picture[x, y].glyph.text
                    x += picture[x, y].glyph.width
                } while x < picture.width && first.glyph.isASCII && isSet(picture[x, y])
                    && picture[x, y].glyph.isASCII && picture[x, y].isStyled(like: first)
                texts.append(element(text, first, x: start, y: y, cells: x - start))
            }
        }
        guard !texts.isEmpty else { return }
        elements.append(
            "<g font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"13\">\n"
                + texts.joined(separator: "\n") + "\n</g>"
        )
    }

    private func isSet(_ cell: SketchGrid.Cell) -> Bool {
        !cell.glyph.isContinuation && cell.glyph != .space && Self.shape(cell) == nil
    }

    private func element(_ text: String, _ cell: SketchGrid.Cell, x: Int, y: Int, cells: Int) -> String {
        var style = ""
        if cell.attributes.contains(.bold) { style += " font-weight=\"bold\"" }
        if cell.attributes.contains(.italic) { style += " font-style=\"italic\"" }
        return "<text x=\"\(x * Self.cellWidth)\" y=\"\(y * Self.cellHeight + 12)\" "
            + "fill=\"\(Self.hex(paper.inks(cell).foreground))\"\(style) textLength=\"\(cells * Self.cellWidth)\" "
            + "lengthAdjust=\"spacingAndGlyphs\">\(Self.escaped(text))</text>"
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            // XML has no such character (XML 1.0 §2.2).
            case "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension SketchGlyph {
    fileprivate var isASCII: Bool { packed & 0x00FF_FFFF_FFFF_FF80 == 0 && width == 1 }
}
