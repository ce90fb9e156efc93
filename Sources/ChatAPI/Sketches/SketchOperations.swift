/// What can be done to a sketch, and the numbered entry that it becomes in the sketch's log.
///
/// The log is the drawing: whoever applies its entries in order has the same cells as everybody else. Entries that
/// bring back older cells (undo, redo, wipe, restore) carry those cells, so a client needs to know only what is on top.
package enum SketchOperation: Sendable, Equatable {
    /// Cells of a stroke, as spans of rows. A stroke (button down to up, a typing burst, one use of a tool) may come in
    /// many of these; it is what undo undoes. A space without background and attributes erases.
    case cells(stroke: StrokeID, layer: Int, runs: [SketchRun])
    /// Erases what is drawn in a region, or everywhere; in one layer, or in all. It is a stroke as well: undo brings it back.
    case clear(stroke: StrokeID, region: SketchRegion?, layer: Int?)
    /// Takes a stroke of one's own back, the newest if none is named. Cells drawn over since then by others stay.
    case undo(stroke: StrokeID?)
    /// Brings back the stroke that was undone last, or the one named.
    case redo(stroke: StrokeID?)
    case resize(width: Int, height: Int)
    case layer(SketchLayerChange)
    /// Only whoever locks a region draws in it.
    case lock(SketchRegion)
    case unlock(SketchRegion)
    /// In the log only: `sketches.update`.
    case rename(String)
    /// In the log only: `sketches.wipe`.
    case wipe(account: AccountID, since: Milliseconds?, undone: Bool = false)
    /// In the log only: `sketches.versions.restore`. A stroke too.
    case restore(stroke: StrokeID, version: Int64, width: Int, height: Int, layers: [SketchLayer])
    /// An operation that this program does not know: fetch a snapshot.
    case unknown
}

/// One entry of a sketch's log.
package struct SketchEntry: Sendable, Equatable {
    package var seq: Int64
    package var by: AccountID
    package var at: Milliseconds
    /// The author's name for it. Also acknowledges. Nil if it was not drawn (`rename`, `wipe`, `restore`).
    package var cid: ClientID?
    package var operation: SketchOperation
    /// What undo, redo, wipe and restore brought back, or took away.
    package var patches: [SketchPatch]
    /// Undo and redo: cells of the stroke that stay as they are, because others have drawn there since.
    package var skipped: Int?

    package init(
        seq: Int64,
        by: AccountID,
        at: Milliseconds,
        cid: ClientID?,
        operation: SketchOperation,
        patches: [SketchPatch] = [],
        skipped: Int? = nil
    ) {
        self.seq = seq
        self.by = by
        self.at = at
        self.cid = cid
        self.operation = operation
        self.patches = patches
        self.skipped = skipped
    }
}

/// Cells as they are to be from now on, and who drew them; nobody if they are as empty as in the beginning.
package struct SketchPatch: Codable, Sendable, Equatable {
    package var by: AccountID?
    package var layer: Int
    package var runs: [SketchRun]

    package init(by: AccountID?, layer: Int, runs: [SketchRun]) {
        self.by = by
        self.layer = layer
        self.runs = runs
    }
}

/// A span of cells in one row, alike but for their glyphs. `[x, y, "text", foreground, background, attributes]` on the
/// wire, where what is left out at the end is none.
package struct SketchRun: Sendable, Equatable {
    package var x: Int
    package var y: Int
    /// One glyph after the other; a wide one takes two cells.
    package var text: String
    package var foreground: SketchColor
    package var background: SketchColor
    package var attributes: SketchAttributes

    package init(
        x: Int,
        y: Int,
        text: String,
        foreground: SketchColor = .none,
        background: SketchColor = .none,
        attributes: SketchAttributes = []
    ) {
        self.x = x
        self.y = y
        self.text = text
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
    }
}

/// A rectangle of cells. `[x, y, width, height]` on the wire.
package struct SketchRegion: Hashable, Sendable {
    package var x: Int
    package var y: Int
    package var width: Int
    package var height: Int

    package init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// Places that can be read from the wire at all.
    package static let coordinates = -1_000_000...1_000_000

    package func contains(x column: Int, y row: Int) -> Bool {
        column >= x && row >= y && column - x < width && row - y < height
    }

    /// Nil if the two have no cell in common.
    package func intersection(_ other: SketchRegion) -> SketchRegion? {
        let left = max(x, other.x)
        let top = max(y, other.y)
        let right = min(x + width, other.x + other.width)
        let bottom = min(y + height, other.y + other.height)
        guard right > left, bottom > top else { return nil }
        return SketchRegion(x: left, y: top, width: right - left, height: bottom - top)
    }
}

/// What is absent stays. A number that no layer has makes one, on top.
package struct SketchLayerChange: Codable, Sendable, Equatable {
    /// 0 to 7.
    package var layer: Int
    package var name: String?
    package var hidden: Bool?
    /// Only whoever locks a layer draws in it.
    package var locked: Bool?
    /// 0 is the lowest.
    package var position: Int?
    /// Deletes the layer with what is drawn in it; the last one stays.
    package var removed: Bool?

    package init(
        layer: Int,
        name: String? = nil,
        hidden: Bool? = nil,
        locked: Bool? = nil,
        position: Int? = nil,
        removed: Bool? = nil
    ) {
        self.layer = layer
        self.name = name
        self.hidden = hidden
        self.locked = locked
        self.position = position
        self.removed = removed
    }
}
