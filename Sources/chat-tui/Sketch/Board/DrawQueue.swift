package import ChatAPI
package import ChatKit
package import TerminalUI

/// What was drawn here and is not confirmed: shown at once, sent in order, sent again under the same name until the daemon has it.
///
/// Cells of a stroke that wait join one operation. Several operations may be on their way; those that depend on what is
/// before them (clear, undo, layers) go alone.
package struct DrawQueue: Sendable {
    package struct Item: Sendable, Equatable {
        package let sketch: SketchID
        package let cid: ClientID
        package let kind: Kind
        package fileprivate(set) var isSent = false
        /// It may have reached the daemon: its name stands for its content from now on.
        fileprivate var wasSent = false
        /// Durable under this number; shown until the log brings it.
        package fileprivate(set) var answered: Int64?
        fileprivate var attempts = 0
        /// Cells that later strokes of the same hand, confirmed already, have drawn over: not to be drawn again.
        fileprivate var overdrawn: Set<Point> = [] {
            didSet { if overdrawn.count != oldValue.count { isKept = false } }
        }
        /// The disk has it as it is.
        fileprivate var isKept = false
    }

    package enum Kind: Sendable, Equatable {
        case cells(stroke: StrokeID, layer: Int, InkPatch)
        case other(SketchOperation)

        var isBarrier: Bool { if case .other = self { true } else { false } }
    }

    package private(set) var items: [Item] = []
    /// Nothing is sent before this time.
    package private(set) var notBefore: Milliseconds = 0
    /// What the disk has and would send again.
    private var onDisk: Set<ClientID> = []
    /// Something is here that the disk does not have.
    package private(set) var isUnkept = false
    /// The disk has what needs no keeping any more, or not as it is now.
    package private(set) var isDiskBehind = false

    /// Operations on their way at one time: enough for a line to the other side of the world at 30 a second.
    static let window = 8
    /// Runs of one operation; below the daemon's limit, so that a frame stays small and others see a fill grow.
    static let runLimit = min(512, Limits.runsPerOperation)
    static let cellLimit = 4_096
    /// What the disk has already takes in no more than this: it is written again with each change.
    static let keptCellLimit = 128
    /// Cells that may wait for a connection: a day's work of one hand, some 20 MiB on the disk.
    static let waitingLimit = 200_000
    /// When an answer does not say how long to wait.
    static let patienceMilliseconds: Int64 = 250

    package init() {}

    package var isEmpty: Bool { items.isEmpty }
    /// Everything that has no answer.
    package var unanswered: [SketchDraw] { items.filter { $0.answered == nil }.map(\.draw) }
    /// Cells that have no answer.
    private var waitingCells: Int { items.reduce(0) { $1.answered == nil ? $0 + $1.cellCount : $0 } }
    /// So much waits that nothing more is taken. What is on its way in good health is never so much.
    package var isFull: Bool { items.count > Self.window && waitingCells >= Self.waitingLimit }

    package func has(_ sketch: SketchID) -> Bool { items.contains { $0.sketch == sketch } }

    // MARK: - Drawing

    /// Adds cells of a stroke. What waits of the same stroke takes them in.
    package mutating func add(
        _ patch: InkPatch,
        stroke: StrokeID,
        layer: Int,
        in sketch: SketchID,
        name: () -> ClientID
    ) {
        guard !patch.isEmpty else { return }
        isUnkept = true
        if let last = items.last, last.sketch == sketch, !last.isSent, !last.wasSent,
            case .cells(stroke, layer, var waiting) = last.kind,
            waiting.count + patch.count <= (onDisk.contains(last.cid) ? Self.keptCellLimit : Self.cellLimit)
        {
            waiting.merge(patch)
            items[items.count - 1] = Item(
                sketch: sketch,
                cid: last.cid,
                kind: .cells(stroke: stroke, layer: layer, waiting)
            )
            return
        }
        for part in patch.parts(of: Self.cellLimit, runs: Self.runLimit) {
            items.append(Item(sketch: sketch, cid: name(), kind: .cells(stroke: stroke, layer: layer, part)))
        }
    }

    package mutating func add(_ operation: SketchOperation, in sketch: SketchID, name: ClientID) {
        isUnkept = true
        items.append(Item(sketch: sketch, cid: name, kind: .other(operation)))
    }

    /// Operations that were waiting when the program ended.
    package mutating func restore(_ draws: [SketchDraw]) {
        for draw in draws where !items.contains(where: { $0.cid == draw.cid }) {
            let kind: Kind =
                if case .cells(let stroke, let layer, let runs) = draw.operation {
                    .cells(stroke: stroke, layer: layer, InkPatch(runs))
                } else {
                    .other(draw.operation)
                }
            var item = Item(sketch: draw.sketch, cid: draw.cid, kind: kind)
            item.wasSent = true
            item.isKept = true
            onDisk.insert(draw.cid)
            items.append(item)
        }
    }

    /// What the disk does not know yet; from now on it does.
    package mutating func takeChange() -> DrawingChange {
        guard isUnkept || isDiskBehind else { return DrawingChange() }
        isUnkept = false
        isDiskBehind = false
        var change = DrawingChange()
        var open: Set<ClientID> = []
        for index in items.indices where items[index].answered == nil {
            open.insert(items[index].cid)
            guard !items[index].isKept else { continue }
            items[index].isKept = true
            change.kept.append(items[index].draw)
        }
        change.gone = onDisk.subtracting(open).sorted()
        onDisk = open
        return change
    }

    // MARK: - Sending

    /// What may go now; it counts as sent.
    package mutating func take(at now: Milliseconds) -> [SketchDraw] {
        guard now >= notBefore else { return [] }
        var draws: [SketchDraw] = []
        while let index = next {
            items[index].isSent = true
            items[index].wasSent = true
            draws.append(items[index].draw)
        }
        return draws
    }

    /// Something may go as soon as its time has come; what waits for an answer to what is before it may not.
    package var isReady: Bool { next != nil }

    private var next: Int? {
        guard let index = items.firstIndex(where: { !$0.isSent }) else { return nil }
        guard items.count(where: { $0.isSent && $0.answered == nil }) < Self.window else { return nil }
        guard let before = items[..<index].last(where: { $0.answered == nil }) else { return index }
        return items[index].kind.isBarrier || before.kind.isBarrier ? nil : index
    }

    /// The daemon has it under this number. Where its log is followed, it stays until the log brings it: nothing flickers.
    package mutating func acknowledge(_ cid: ClientID, seq: Int64, isFollowed: Bool) {
        guard isFollowed, let index = items.firstIndex(where: { $0.cid == cid }) else {
            confirm(cid)
            return
        }
        items[index].answered = seq
        isDiskBehind = true
    }

    /// The log of a drawing has come to this number: what was answered up to it is in the picture.
    package mutating func advance(_ sketch: SketchID, to seq: Int64) {
        for item in items where item.sketch == sketch {
            if let answered = item.answered, answered <= seq { confirm(item.cid) }
        }
    }

    /// The log brought it. Returns what it was.
    @discardableResult
    package mutating func confirm(_ cid: ClientID) -> Item? {
        guard let index = items.firstIndex(where: { $0.cid == cid }) else { return nil }
        isDiskBehind = true
        let item = items.remove(at: index)
        if case .cells(_, let layer, let patch) = item.kind {
            for earlier in items.indices[..<index] where items[earlier].sketch == item.sketch {
                guard case .cells(_, layer, let older) = items[earlier].kind else { continue }
                items[earlier].overdrawn.formUnion(patch.cells.keys.filter { older[$0] != nil })
            }
        }
        return item
    }

    /// The connection is gone: whatever had no answer is sent again.
    package mutating func disconnected() {
        isDiskBehind = true
        for index in items.indices where items[index].answered == nil {
            items[index].isSent = false
            if items[index].wasSent { yieldCells(of: index) }
        }
        items.removeAll(where: \.isSpent)
    }

    /// Later strokes that were sent may have arrived although this one did not, and a repeat of theirs does nothing: what
    /// they draw over is not drawn again, whoever came first.
    private mutating func yieldCells(of index: Int) {
        guard case .cells(_, let layer, let patch) = items[index].kind else { return }
        for later in items[(index + 1)...] where later.wasSent && later.sketch == items[index].sketch {
            guard case .cells(_, layer, let newer) = later.kind else { continue }
            items[index].overdrawn.formUnion(newer.cells.keys.filter { patch[$0] != nil })
        }
    }

    /// An answer that is no confirmation. Returns the sentence for the person when the operation is given up.
    package mutating func refuse(_ cid: ClientID, _ error: APIError, at now: Milliseconds) -> (
        item: Item, sentence: String
    )? {
        guard let index = items.firstIndex(where: { $0.cid == cid }) else { return nil }
        isDiskBehind = true
        switch error.code {
        case .rateLimited, .overloaded, .storageFull, .draining, .unavailable, .timedOut, .outcomeUnknown, .keyRunning,
            .notSignedIn, .tokenExpired:
            items[index].isSent = false
            items[index].attempts += 1
            let wait = error.retryAfterMilliseconds ?? Self.patienceMilliseconds << min(6, Int64(items[index].attempts))
            notBefore = max(notBefore, now + wait)
            yieldCells(of: index)
            items.removeAll(where: \.isSpent)
            return nil
        case .internal where items[index].attempts < 3:
            items[index].isSent = false
            items[index].attempts += 1
            notBefore = max(notBefore, now + Self.patienceMilliseconds)
            yieldCells(of: index)
            items.removeAll(where: \.isSpent)
            return nil
        case .cidReused where items[index].attempts > 0 || !items[index].overdrawn.isEmpty:
            // It had arrived, with the cells that were drawn over since.
            items.remove(at: index)
            return nil
        default: return (items.remove(at: index), error.detail)
        }
    }

    /// The drawing is gone: so is what was to be drawn in it.
    package mutating func forget(_ sketch: SketchID) {
        isDiskBehind = true
        items.removeAll { $0.sketch == sketch }
    }
}

extension DrawQueue.Item {
    package var draw: SketchDraw {
        let operation: SketchOperation =
            switch kind {
            case .cells(let stroke, let layer, let patch):
                .cells(stroke: stroke, layer: layer, runs: patch.without(overdrawn).sketchRuns)
            case .other(let operation): operation
            }
        return SketchDraw(sketch: sketch, cid: cid, operation: operation)
    }

    fileprivate var cellCount: Int { if case .cells(_, _, let patch) = kind { patch.count } else { 1 } }

    /// Every cell of it has been drawn over by later strokes.
    fileprivate var isSpent: Bool {
        guard case .cells(_, _, let patch) = kind, answered == nil, !overdrawn.isEmpty else { return false }
        return patch.cells.keys.allSatisfy { overdrawn.contains($0) }
    }

    /// The cells that are shown until the daemon has them.
    package var shown: (layer: Int, patch: InkPatch)? {
        guard case .cells(_, let layer, let patch) = kind else { return nil }
        return (layer, patch.without(overdrawn))
    }
}

extension InkPatch {
    package func without(_ points: Set<Point>) -> InkPatch {
        points.isEmpty ? self : InkPatch(cells.filter { !points.contains($0.key) }.map { ($0.key, $0.value) })
    }

    /// Pieces of at most so many cells and runs, in reading order.
    package func parts(of limit: Int, runs runLimit: Int) -> [InkPatch] {
        var parts: [InkPatch] = []
        var part = InkPatch()
        var runs = 0
        for run in self.runs {
            if runs == runLimit || part.count >= limit {
                parts.append(part)
                part = InkPatch()
                runs = 0
            }
            for x in run.x..<run.endX {
                let point = Point(x: x, y: run.y)
                if let ink = self[point] { part[point] = ink }
            }
            runs += 1
        }
        return part.isEmpty ? parts : parts + [part]
    }
}
