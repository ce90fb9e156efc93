package import ChatAPI
package import TerminalUI

/// Everything about sketches that the program knows: which there are, the open one, what is on its way, the small pictures.
package struct Sketchbook: Sendable {
    package var known: [SketchID: Sketch] = [:]
    /// Channels whose drawings were asked for because an entry tells of one without its name; and those without answer yet.
    package var askedLists: Set<ChannelID> = []
    package var pendingLists: Set<ChannelID> = []
    package var desk: SketchDesk?
    package var queue = DrawQueue()
    package var cards: [SketchID: SketchCard] = [:]
    /// Drawings whose cards are on the screen.
    package var visibleCards: Set<SketchID> = []
    /// A drawing that is being opened.
    package var opening: SketchID?
    package var lastFlushAt: Milliseconds = 0
    /// The pen of the drawing before: the next one begins with it.
    package var lastPen = Pen()
    /// When the disk was told of the queue last.
    package var keptAt: Milliseconds = 0

    package init() {}

    /// Strokes go at most so often, and the pointer with them: 30 times a second (`sketch.md`).
    package static let flushMilliseconds: Int64 = 33
    /// A pointer that rests is told again so often: whoever looks on in silence is still there for the others.
    package static let sayMilliseconds: Int64 = 25_000

    /// Whether an entry tells what became of a drawing without its name, which is not known here.
    package func isNameless(_ entry: Entry) -> Bool {
        guard let sketch = entry.sketch else { return false }
        switch entry.kind {
        case .sketchVersion, .sketchRestored, .sketchCleared: return known[sketch] == nil
        default: return false
        }
    }

    package func sketches(of channel: ChannelID) -> [Sketch] {
        known.values.filter { $0.channel == channel }.sorted { ($0.name, $0.id) < ($1.name, $1.id) }
    }
}

/// The small picture of a sketch in the timeline.
package struct SketchCard: Sendable, Equatable {
    /// Rows of cells that were seen when it was made.
    package var rows: [[SketchCell]] = []
    package var seq: Int64 = 0
    package var madeAt: Milliseconds = 0
    package var isAsked = false

    package static let size = Size(width: 40, height: 6)
    /// A card that is looked at is made anew at most so often.
    package static let everyMilliseconds: Int64 = 2_000
    /// That of the open drawing, for which nobody is asked: at most so often, because all cells are looked at for it.
    package static let openEveryMilliseconds: Int64 = 250

    package init() {}

    /// The drawing as it is, if it is small, otherwise its part with something in it.
    package init(_ canvas: SketchCanvas, at now: Milliseconds) {
        seq = canvas.seq
        madeAt = now
        guard let drawn = canvas.drawnRegion else { return }
        let part = SketchRegion(
            x: drawn.x,
            y: drawn.y,
            width: min(drawn.width, Self.size.width),
            height: min(drawn.height, Self.size.height)
        )
        rows = (part.y..<part.y + part.height).map { y in
            (part.x..<part.x + part.width).map { canvas.cell(x: $0, y: y) }
        }
    }
}
