package import TerminalUI

/// What the next click, or the end of what the hand does, would change: shown before it happens.
extension SketchDesk {
    /// Fills are only shown as far as this: a preview is drawn with every move of the mouse.
    static let previewCells = 1_500

    package var preview: InkPatch {
        if isPasting, let clip {
            return StampTool.patch(clip, around: cursorCell, style: .plain).effective(on: board.seen)
        }
        let grid = toolGrid
        switch hand {
        case .drawing, .typing, .selecting, .pulling: return InkPatch()
        case .shaping(let gesture): return DrawingTool.patch(gesture, pen, on: grid)
        case .moving(let from, let to):
            guard let selection else { return InkPatch() }
            let place = Point(x: selection.x + to.x - from.x, y: selection.y + to.y - from.y)
            return SelectTool.moved(selection, to: place, on: board.grid(layer: layer)).effective(on: grid)
        case .rest:
            guard finishedAt != cursor else { return InkPatch() }
            switch pen.tool {
            case .text, .select, .pick: return InkPatch()
            case .fill:
                return FillTool.draw(Gesture(at: cursor), pen, on: grid, limit: Self.previewCells).effective(on: grid)
            default: return DrawingTool.patch(Gesture(at: cursor), pen, on: grid)
            }
        }
    }

    /// The selection as it is being made, or as it stands.
    package var shownSelection: Rect? {
        switch hand {
        case .selecting(let gesture):
            let from = pen.resolution.cell(of: gesture.anchor)
            let to = pen.resolution.cell(of: gesture.current)
            return Gesture(from: from, to: to).box.intersection(Rect(board.size))
        case .moving(let from, let to):
            return selection.map {
                Rect(x: $0.x + to.x - from.x, y: $0.y + to.y - from.y, width: $0.width, height: $0.height)
            }
        default: return selection
        }
    }
}
