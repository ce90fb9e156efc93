package import ChatAPI

/// One operation being worked out on a copy of a history: what it costs, whether it may be, what entry it becomes. Pure.
package struct SketchWork {
    package private(set) var history: SketchHistory
    private let board: (seq: Int64, at: Milliseconds)
    private let actor: SketchRules.Actor
    private let spans: [SketchSpan]
    private let now: Milliseconds

    /// - Parameter at: the time of the newest entry; the next one is never earlier.
    package init(
        _ history: SketchHistory,
        _ actor: SketchRules.Actor,
        spans: [SketchSpan],
        at: Milliseconds = 0,
        now: Milliseconds
    ) {
        self.history = history
        board = (history.canvas.seq, at)
        self.actor = actor
        self.spans = spans
        self.now = now
    }

    /// Cells that it may change, at most what a person may draw at once: an undo costs what the stroke cost.
    func cost(of operation: SketchOperation) throws(APIError) -> Int {
        let canvas = history.canvas
        let cells: Int
        switch operation {
        case .cells: cells = SketchRules.cells(spans)
        case .clear(_, let region, let layer):
            let area = (region ?? canvas.region).intersection(canvas.region)
            cells = (area.map { $0.width * $0.height } ?? 0) * (layer == nil ? canvas.layers.count : 1)
        case .undo(let stroke): cells = area(of: try SketchRules.undone(stroke, by: actor, history))
        case .redo(let stroke): cells = area(of: try SketchRules.redone(stroke, by: actor, history))
        case .resize(let width, let height):
            try SketchRules.check(width: width, height: height)
            cells = width * height
        default: cells = 64
        }
        return min(max(cells, 1), Limits.sketchCellsAtOnce)
    }

    private func area(of stroke: SketchHistory.Stroke) -> Int {
        (stroke.box.map { $0.width * $0.height } ?? 0) * max(stroke.layers.nonzeroBitCount, 1)
    }

    /// Does it, or refuses it.
    package mutating func entry(for draw: SketchDraw) throws(APIError) -> SketchEntry {
        let seq = board.seq + 1
        var entry = SketchEntry(
            seq: seq,
            by: actor.account,
            at: max(board.at, now),
            cid: draw.cid,
            operation: draw.operation
        )
        let canvas = history.canvas
        switch draw.operation {
        case .cells(let stroke, let layer, _):
            try SketchRules.check(spans, layer: layer, stroke: stroke, by: actor, history)
            history.draw(spans, layer: layer, stroke: stroke, by: actor.account, seq: seq, at: entry.at)
        case .clear(let stroke, let region, let layer):
            try SketchRules.checkClear(region, layer: layer, stroke: stroke, by: actor, history)
            history.clear(region, layer: layer, stroke: stroke, by: actor.account, seq: seq, at: entry.at)
        case .undo(let named):
            let stroke = try SketchRules.undone(named, by: actor, history)
            entry.take(history.undo(stroke.id, seq: seq), .undo(stroke: stroke.id))
            try SketchRules.check(entry.patches, by: actor, canvas)
        case .redo(let named):
            let stroke = try SketchRules.redone(named, by: actor, history)
            entry.take(history.redo(stroke.id, seq: seq), .redo(stroke: stroke.id))
            try SketchRules.check(entry.patches, by: actor, canvas)
        case .resize(let width, let height):
            try SketchRules.checkResize(width, height, by: actor, canvas)
            history.resize(width: width, height: height, by: actor.account, seq: seq)
        case .layer(let change):
            try SketchRules.check(change, by: actor, canvas)
            history.apply(change, by: actor.account, seq: seq)
        case .lock(let region):
            try SketchRules.checkLock(region, by: actor, canvas)
            history.lock(region, by: actor.account, seq: seq)
        case .unlock(let region):
            try SketchRules.checkUnlock(region, by: actor, canvas)
            history.unlock(region, by: actor.account, seq: seq)
        case .rename: throw .invalid("op", "is 'rename': call sketches.update")
        case .wipe: throw .invalid("op", "is 'wipe': call sketches.wipe")
        case .restore: throw .invalid("op", "is 'restore': call sketches.versions.restore")
        case .unknown:
            throw .invalid("op", "is none of cells, clear, undo, redo, resize, layer, lock, unlock")
        }
        return entry
    }
}

extension SketchEntry {
    fileprivate mutating func take(_ change: SketchHistory.Change, _ operation: SketchOperation) {
        self.operation = operation
        patches = change.patches
        skipped = change.skipped
    }
}
