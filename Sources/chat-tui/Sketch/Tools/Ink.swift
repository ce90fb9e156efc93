import ChatAPI
package import TerminalUI

/// What one cell of a drawing looks like: a grapheme and its style. Blank is a space without colours.
package struct Ink: Hashable, Sendable {
    /// One grapheme of one or two cells; empty in the right half of a wide one.
    package var glyph: String
    package var style: Style

    package init(_ glyph: String, _ style: Style = .plain) {
        self.glyph = glyph
        self.style = style
    }

    package static let blank = Ink(" ")

    package var width: Int { glyph.isEmpty ? 0 : glyph.utf8.count == 1 ? 1 : max(1, CellWidth.of(glyph)) }
    package var isBlank: Bool { glyph == " " && style.background == .default && style.attributes.isEmpty }
}

/// What tools read: a rectangle of inks. Outside of it everything is blank.
package protocol InkGrid {
    var width: Int { get }
    var height: Int { get }
    func ink(at point: Point) -> Ink
}

extension InkGrid {
    package func contains(_ point: Point) -> Bool {
        point.x >= 0 && point.y >= 0 && point.x < width && point.y < height
    }

    package var bounds: Rect { Rect(x: 0, y: 0, width: width, height: height) }
}

/// A grid with a patch laid over it: what the drawing will be.
package struct PatchedGrid: InkGrid {
    package let base: any InkGrid
    package let patch: InkPatch

    package init(_ base: any InkGrid, _ patch: InkPatch) {
        self.base = base
        self.patch = patch
    }

    package var width: Int { base.width }
    package var height: Int { base.height }
    package func ink(at point: Point) -> Ink { patch[point] ?? base.ink(at: point) }
}
