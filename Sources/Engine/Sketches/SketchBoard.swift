package import ChatAPI
import Storage

/// A sketch as writes see it: open, with everything that undo needs. Confined to the writer thread.
package final class SketchBoard {
    package let id: SketchID
    package let channel: ChannelID
    package let createdBy: AccountID
    package let createdAt: Milliseconds
    package var name: String
    package var version: Int64
    package var history: SketchHistory
    /// Time of the newest entry; the next one is never earlier.
    package var at: Milliseconds
    /// When it was asked for last, counted in writes.
    var use: UInt64 = 0

    init(_ sketch: Sketch, _ history: SketchHistory) {
        id = sketch.id
        channel = sketch.channel
        createdBy = sketch.createdBy
        createdAt = sketch.createdAt
        name = sketch.name
        version = sketch.version
        at = sketch.changedAt
        self.history = history
    }

    package var canvas: SketchCanvas { history.canvas }
    package var seq: Int64 { history.canvas.seq }

    /// The sketch as it is listed, without who draws.
    package var sketch: Sketch {
        let canvas = history.canvas
        return Sketch(
            id: id,
            channel: channel,
            name: name,
            width: canvas.width,
            height: canvas.height,
            layers: canvas.layers,
            locks: canvas.locks,
            createdBy: createdBy,
            createdAt: createdAt,
            seq: canvas.seq,
            changedAt: at,
            version: version,
            drawing: []
        )
    }

    /// Opens a sketch: its checkpoint, and the entries after it. Nil if there is none.
    static func open(_ id: SketchID, _ tx: borrowing Transaction) throws -> SketchBoard? {
        guard let sketch = try SketchStore.sketch(id, tx) else { return nil }
        var history = try SketchLog.checkpoint(of: id, tx) ?? SketchHistory(canvas: .first)
        try SketchLog.each(of: id, after: history.canvas.seq, tx) { history.replay($0) }
        return SketchBoard(sketch, history)
    }
}
