/// A drawing that belongs to a channel: whoever reads the channel sees it, its members draw in it together.
package struct Sketch: Codable, Sendable, Equatable {
    package var id: SketchID
    package var channel: ChannelID
    /// Unique among the channel's sketches after folding.
    package var name: String
    package var width: Int
    package var height: Int
    /// The lowest first. There is always one.
    package var layers: [SketchLayer]
    package var locks: [SketchLock]
    package var createdBy: AccountID
    package var createdAt: Milliseconds
    /// The number of the newest entry of its log.
    package var seq: Int64
    package var changedAt: Milliseconds
    /// Grows with each change of name: the `ETag` of REST.
    package var version: Int64
    /// Who has drawn in it in the last seconds.
    package var drawing: [AccountID]

    package init(
        id: SketchID,
        channel: ChannelID,
        name: String,
        width: Int,
        height: Int,
        layers: [SketchLayer],
        locks: [SketchLock],
        createdBy: AccountID,
        createdAt: Milliseconds,
        seq: Int64,
        changedAt: Milliseconds,
        version: Int64,
        drawing: [AccountID]
    ) {
        self.id = id
        self.channel = channel
        self.name = name
        self.width = width
        self.height = height
        self.layers = layers
        self.locks = locks
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.seq = seq
        self.changedAt = changedAt
        self.version = version
        self.drawing = drawing
    }
}

package typealias SketchID = ID<Sketch>
/// What a client names a stroke with: UUIDv7.
package typealias StrokeID = ID<SketchOperation>

package struct SketchLayer: Codable, Sendable, Equatable {
    /// 0 to 7, for as long as the layer lives.
    package var id: Int
    package var name: String
    package var hidden: Bool
    /// Who alone draws in it; nil if everybody does.
    package var lockedBy: AccountID?

    package init(id: Int, name: String, hidden: Bool = false, lockedBy: AccountID? = nil) {
        self.id = id
        self.name = name
        self.hidden = hidden
        self.lockedBy = lockedBy
    }
}

/// A region in which only one person draws.
package struct SketchLock: Codable, Sendable, Equatable {
    package var region: SketchRegion
    package var by: AccountID

    package init(region: SketchRegion, by: AccountID) {
        self.region = region
        self.by = by
    }
}

package struct SketchDraft: Codable, Sendable {
    /// By id or by name.
    package var channel: String
    package var name: String
    /// 80 if absent.
    package var width: Int?
    /// 24 if absent.
    package var height: Int?

    package init(channel: String, name: String, width: Int? = nil, height: Int? = nil) {
        self.channel = channel
        self.name = name
        self.width = width
        self.height = height
    }
}

package struct SketchRef: Codable, Sendable {
    package var sketch: SketchID

    package init(_ sketch: SketchID) { self.sketch = sketch }
}

package struct SketchChange: Codable, Sendable {
    package var sketch: SketchID
    package var name: String

    package init(sketch: SketchID, name: String) {
        self.sketch = sketch
        self.name = name
    }
}

/// An operation to apply. The `cid` is the author's name for it: a repeat is answered with the first answer.
package struct SketchDraw: Sendable, Equatable {
    package var sketch: SketchID
    package var cid: ClientID
    package var operation: SketchOperation

    package init(sketch: SketchID, cid: ClientID, operation: SketchOperation) {
        self.sketch = sketch
        self.cid = cid
        self.operation = operation
    }
}

/// The answer to an operation that is durable.
package struct SketchDrawn: Codable, Sendable, Equatable {
    package var seq: Int64
    package var at: Milliseconds
    /// Undo and redo: which stroke it was.
    package var stroke: StrokeID?
    /// Undo and redo: cells that stay as they are, because others have drawn there since.
    package var skipped: Int?

    package init(seq: Int64, at: Milliseconds, stroke: StrokeID? = nil, skipped: Int? = nil) {
        self.seq = seq
        self.at = at
        self.stroke = stroke
        self.skipped = skipped
    }
}

/// Removes everything that someone drew: all of it, or what came at or after a time. Or brings back what was removed so.
package struct SketchWipe: Codable, Sendable {
    package var sketch: SketchID
    /// By id or by name.
    package var by: String
    package var since: Milliseconds?
    /// Brings back what was wiped, as it was: for whoever wiped the wrong person's work.
    package var undo: Bool?

    package init(sketch: SketchID, by: String, since: Milliseconds? = nil, undo: Bool? = nil) {
        self.sketch = sketch
        self.by = by
        self.since = since
        self.undo = undo
    }
}

/// Which entries of a sketch's log, ascending from `after`; from the oldest kept if absent.
package struct SketchOperationQuery: Codable, Sendable {
    package var sketch: SketchID
    package var after: Int64?
    package var limit: Int?

    package init(sketch: SketchID, after: Int64? = nil, limit: Int? = nil) {
        self.sketch = sketch
        self.after = after
        self.limit = limit
    }
}

/// A piece of a sketch's log, and where the log stood when it was read.
package struct SketchOperationPage: Codable, Sendable, Equatable {
    package var operations: [SketchEntry]
    package var head: Int64
    /// The oldest that is kept.
    package var first: Int64
    package var hasLater: Bool
    /// The drawing before the oldest entry that is kept: only on the first page, and only if entries are gone.
    package var base: SketchSnapshot?

    package init(
        operations: [SketchEntry],
        head: Int64,
        first: Int64,
        hasLater: Bool,
        base: SketchSnapshot? = nil
    ) {
        self.operations = operations
        self.head = head
        self.first = first
        self.hasLater = hasLater
        self.base = base
    }
}

package struct SketchCellQuery: Codable, Sendable {
    package var sketch: SketchID
    package var x: Int
    package var y: Int
    /// The topmost that shows something if absent.
    package var layer: Int?

    package init(sketch: SketchID, x: Int, y: Int, layer: Int? = nil) {
        self.sketch = sketch
        self.x = x
        self.y = y
        self.layer = layer
    }
}

/// Who drew a cell, with which stroke, and when. All nil if nobody did.
package struct SketchOrigin: Codable, Sendable, Equatable {
    package var by: AccountID?
    package var stroke: StrokeID?
    package var layer: Int?
    package var seq: Int64?
    package var at: Milliseconds?

    package init(
        by: AccountID? = nil,
        stroke: StrokeID? = nil,
        layer: Int? = nil,
        seq: Int64? = nil,
        at: Milliseconds? = nil
    ) {
        self.by = by
        self.stroke = stroke
        self.layer = layer
        self.seq = seq
        self.at = at
    }
}

extension Endpoint where Input == SketchDraft, Output == Sketch {
    package static var createSketch: Self {
        Self("sketches.create", .post, "/v1/channels/{channel}/sketches", needs: .post, "make a sketch in a channel")
    }
}

extension Endpoint where Input == ChannelRef, Output == Page<Sketch> {
    package static var listSketches: Self {
        Self("sketches.list", .get, "/v1/channels/{channel}/sketches", needs: .read, "list a channel's sketches")
    }
}

extension Endpoint where Input == SketchRef, Output == Sketch {
    package static var sketch: Self {
        Self("sketches.get", .get, "/v1/sketches/{sketch}", needs: .read, "show what is known of a sketch")
    }
}

extension Endpoint where Input == SketchChange, Output == Sketch {
    package static var renameSketch: Self {
        Self("sketches.update", .patch, "/v1/sketches/{sketch}", needs: .post, "change a sketch's name")
    }
}

extension Endpoint where Input == SketchRef, Output == Empty {
    package static var deleteSketch: Self {
        Self(
            "sketches.delete",
            .delete,
            "/v1/sketches/{sketch}",
            needs: .post,
            "delete a sketch for good: who made it, or an admin of the channel"
        )
    }
}

extension Endpoint where Input == SketchDraw, Output == SketchDrawn {
    package static var draw: Self {
        Self("sketches.draw", .post, "/v1/sketches/{sketch}/operations", needs: .post, "draw, clear, undo, lock …")
    }
}

extension Endpoint where Input == SketchOperationQuery, Output == SketchOperationPage {
    package static var sketchOperations: Self {
        Self(
            "sketches.operations",
            .get,
            "/v1/sketches/{sketch}/operations",
            needs: .read,
            "page through what was drawn, for a replay"
        )
    }
}

extension Endpoint where Input == SketchRef, Output == SketchSnapshot {
    package static var sketchSnapshot: Self {
        Self("sketches.snapshot", .get, "/v1/sketches/{sketch}/snapshot", needs: .read, "show a whole sketch")
    }
}

extension Endpoint where Input == SketchCellQuery, Output == SketchOrigin {
    package static var sketchOrigin: Self {
        Self("sketches.origin", .get, "/v1/sketches/{sketch}/cells/{x}/{y}", needs: .read, "show who drew a cell")
    }
}

extension Endpoint where Input == SketchWipe, Output == SketchDrawn {
    package static var wipeSketch: Self {
        Self(
            "sketches.wipe",
            .post,
            "/v1/sketches/{sketch}/wipe",
            needs: .post,
            "remove what someone drew, or bring it back: who made the sketch, or an admin of the channel"
        )
    }
}
