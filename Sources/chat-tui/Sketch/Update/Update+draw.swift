import ChatAPI
import TerminalUI

/// Putting ink on the paper: shown at once, queued for the daemon.
extension Model {
    mutating func nextStroke() -> StrokeID { StrokeID.make(at: now, using: &random) }

    /// Draws a patch as a part of a stroke. What somebody else has locked stays as it is.
    mutating func put(_ patch: InkPatch, _ stroke: StrokeID) {
        guard let desk = book.desk, mayDraw() else { return }
        let open = unlocked(patch, desk.board.canvas)
        guard !open.isEmpty else { return }
        let layer = desk.layer
        changeDesk { $0.board.lay(open, on: layer) }
        var random = random
        let now = now
        book.queue.add(open, stroke: stroke, layer: layer, in: desk.board.id) { ClientID.make(at: now, using: &random) }
        self.random = random
    }

    mutating func send(_ operation: SketchOperation) {
        guard let desk = book.desk, mayDraw(on: nil) else { return }
        book.queue.add(operation, in: desk.board.id, name: nextClientID())
        isDirty = true
    }

    /// Whether one may draw here; says why not.
    mutating func mayDraw() -> Bool { mayDraw(on: book.desk?.layer) }

    private mutating func mayDraw(on layer: Int?) -> Bool {
        guard let desk = book.desk else { return false }
        guard desk.replay == nil else { return false }
        if let room = rooms[desk.board.sketch.channel], !room.isMember {
            tell("you only look on: /join \(title(of: room)) to draw", .trouble)
            return false
        }
        guard !book.queue.isFull else {
            tell("\(DrawQueue.waitingLimit) cells wait for the daemon already; draw on when some are through", .trouble)
            return false
        }
        guard let layer, let plane = desk.board.canvas.layer(layer) else { return layer == nil }
        if let by = plane.lockedBy, by != me?.id {
            tell("\(name(of: by)) has locked the layer \(MessageText.oneLine(plane.name)); N takes the next", .trouble)
            return false
        }
        if plane.hidden {
            tell("the layer \(MessageText.oneLine(plane.name)) is hidden; N takes the next", .trouble)
            return false
        }
        return true
    }

    private mutating func unlocked(_ patch: InkPatch, _ canvas: SketchCanvas) -> InkPatch {
        let locks = canvas.locks.filter { $0.by != me?.id }
        guard !locks.isEmpty else { return patch }
        var held: Set<Point> = []
        var by: AccountID?
        for point in patch.cells.keys {
            guard let lock = locks.first(where: { $0.region.contains(x: point.x, y: point.y) }) else { continue }
            held.insert(point)
            by = lock.by
        }
        if let by { tell("\(name(of: by)) has locked a part of this: it stays as it is", .trouble) }
        return patch.without(held)
    }
}
