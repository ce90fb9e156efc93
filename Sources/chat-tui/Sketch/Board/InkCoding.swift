package import ChatAPI
package import TerminalUI

/// Inks of this program and cells of the protocol: the same things under two names, changed here and nowhere else.
extension Color {
    package init(_ color: SketchColor) {
        if let index = color.paletteIndex {
            self = .indexed(index)
        } else if let rgb = color.rgb {
            self = .rgb(rgb)
        } else {
            self = .default
        }
    }

    package var sketch: SketchColor {
        switch self {
        case .default: .none
        case .indexed(let index): .palette(index)
        case .rgb(let value): .rgb(value)
        }
    }
}

extension Style {
    package init(_ cell: SketchCell) {
        self.init(Color(cell.foreground), on: Color(cell.background), Attributes(rawValue: cell.attributes.rawValue))
    }
}

extension Ink {
    package init(_ cell: SketchCell) {
        self.init(cell.glyph.isContinuation ? "" : cell.glyph.text, Style(cell))
    }

    /// Nil for a glyph that no cell may hold.
    package var cell: SketchCell? {
        guard let sign = glyph.isEmpty ? SketchGlyph.continuation : SketchGlyph(glyph) else { return nil }
        return SketchCell(
            glyph: sign,
            foreground: style.foreground.sketch,
            background: style.background.sketch,
            attributes: SketchAttributes(rawValue: style.attributes.rawValue)
        )
    }
}

extension InkRun {
    package var sketch: SketchRun {
        SketchRun(
            x: x,
            y: y,
            text: text,
            foreground: style.foreground.sketch,
            background: style.background.sketch,
            attributes: SketchAttributes(rawValue: style.attributes.rawValue)
        )
    }
}

extension InkPatch {
    /// What runs draw; a run with a glyph that no cell may hold draws nothing.
    package init(_ runs: [SketchRun]) {
        self.init()
        for run in runs {
            guard let span = try? SketchSpan(run) else { continue }
            let style = Style(
                Color(span.foreground),
                on: Color(span.background),
                Attributes(rawValue: span.attributes.rawValue)
            )
            var x = span.x
            for glyph in span.glyphs {
                self[Point(x: x, y: span.y)] = Ink(glyph.text, style)
                x += max(1, glyph.width)
            }
        }
    }

    package var sketchRuns: [SketchRun] { runs.map(\.sketch) }
}

extension Rect {
    package init(_ region: SketchRegion) {
        self.init(x: region.x, y: region.y, width: region.width, height: region.height)
    }

    package var sketch: SketchRegion { SketchRegion(x: x, y: y, width: width, height: height) }
}
