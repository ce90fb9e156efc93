import TerminalUI

/// The tools: what each is called, which key takes it, how it acts. Help, hints, status and dispatch read this table.
package enum DrawingTool: String, Sendable, CaseIterable {
    case pencil, eraser, line, box, ellipse, arrow, fill, text, select, pick, stamp, shade

    /// How a hand and a tool work together.
    package enum Manner: Sendable {
        /// Draws while it moves.
        case freehand
        /// From one corner to the other; drawn when the hand leaves.
        case shape
        /// At one place.
        case point
        /// Typing and selecting have rules of their own.
        case special
    }

    package struct Row: Sendable {
        package let tool: DrawingTool
        package let key: String
        package let sentence: String
        package let manner: Manner
        let draw: Draw
    }

    /// A pure function from what the hand did to what changes.
    struct Draw: Sendable {
        let call: @Sendable (Gesture, Pen, any InkGrid) -> InkPatch
    }

    package static let table: [Row] = [
        row(.pencil, "p", "pencil: draws what the glyph is", .freehand, PencilTool.draw),
        row(.eraser, "e", "eraser", .freehand, EraserTool.draw),
        row(.line, "l", "line, which joins lines that it meets", .shape, LineTool.draw),
        row(.box, "b", "box, with junctions", .shape, BoxTool.draw),
        row(.ellipse, "o", "ellipse", .shape, EllipseTool.draw),
        row(.arrow, "a", "arrow", .shape, ArrowTool.draw),
        row(.fill, "f", "fill what hangs together", .point, FillTool.draw),
        row(.text, "t", "text: type where the cursor is", .special, { _, _, _ in InkPatch() }),
        row(.select, "s", "select, to move, copy, mirror, post", .special, { _, _, _ in InkPatch() }),
        row(.pick, "i", "pick glyph and colours from a cell", .special, { _, _, _ in InkPatch() }),
        row(.stamp, "k", "stamp; again chooses another", .point, StampTool.draw),
        row(.shade, "d", "darken; the other button lightens", .freehand, ShadeTool.draw),
    ]

    private static func row(
        _ tool: DrawingTool,
        _ key: String,
        _ sentence: String,
        _ manner: Manner,
        _ draw: @escaping @Sendable (Gesture, Pen, any InkGrid) -> InkPatch
    ) -> Row {
        Row(tool: tool, key: key, sentence: sentence, manner: manner, draw: Draw(call: draw))
    }

    private static let rows = Dictionary(uniqueKeysWithValues: table.map { ($0.tool, $0) })

    package var row: Row {
        guard let row = Self.rows[self] else { preconditionFailure("\(self) has no row") }
        return row
    }

    package var manner: Manner { row.manner }

    /// What a gesture with a pen changes, in the mirror as well.
    package static func patch(_ gesture: Gesture, _ pen: Pen, on grid: any InkGrid) -> InkPatch {
        let dots = pen.resolution.dots
        let size = Size(width: grid.width * dots.width, height: grid.height * dots.height)
        var patch = InkPatch()
        for (flip, image) in zip(pen.mirror.flips, pen.mirror.images(of: gesture, size: size)) {
            var imagePen = pen
            if flip != .none {
                imagePen.glyph = flip.image(of: pen.glyph)
                imagePen.stamp = Stamp(pen.stamp.name, pen.stamp.clip.mirrored(flip))
            }
            // Where a stroke meets its own picture, lines join.
            patch.merge(pen.tool.row.draw.call(image, imagePen, PatchedGrid(grid, patch)))
        }
        return patch.effective(on: grid)
    }
}
