import ChatAPI
import ChatKit
import TerminalUI

/// Drawings to files and back, by the same code that chatctl uses.
enum SketchFiles {
    /// What is seen here: what the daemon has confirmed, and over it what is still on its way. When that has arrived,
    /// everybody's export is the same.
    static func bytes(
        _ board: SketchBoard,
        _ queue: DrawQueue,
        region: SketchRegion?,
        _ form: SketchExport.Form
    ) -> [UInt8] {
        var canvas = board.canvas
        for item in queue.items where item.sketch == board.id {
            if let (layer, patch) = item.shown { canvas.draw(patch.sketchRuns, layer: layer, author: 0) }
        }
        var options = SketchExport.Options()
        options.title = board.sketch.name
        let grid = SketchGrid(canvas, region: region?.intersection(canvas.region))
        return SketchExport.bytes(grid, as: form, options)
    }

    /// A file as a piece in the hand, at most as wide as the drawing.
    static func clip(_ bytes: [UInt8], width: Int) throws(SketchImport.Refusal) -> Clip {
        var options = SketchImport.Options()
        options.columns = width
        let grid = try SketchImport.picture(bytes, as: SketchImport.Form(bytes), options)
        var clip = Clip(width: grid.width, height: grid.height)
        for y in 0..<grid.height {
            for x in 0..<grid.width {
                let cell = grid[x, y]
                clip[x, y] = Ink(
                    SketchCell(
                        glyph: cell.glyph,
                        foreground: cell.foreground,
                        background: cell.background,
                        attributes: cell.attributes
                    )
                )
            }
        }
        return clip
    }
}
