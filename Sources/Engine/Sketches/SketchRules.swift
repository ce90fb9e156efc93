package import ChatAPI

/// What may be drawn, by whom, and where: every refusal of a sketch, by name. Pure.
package enum SketchRules {
    /// Who acts, as a sketch sees them.
    package struct Actor: Sendable {
        package let account: AccountID
        /// Made the sketch, or is an admin of the channel.
        package let manages: Bool

        package init(account: AccountID, manages: Bool) {
            self.account = account
            self.manages = manages
        }
    }

    // MARK: - Names and sizes

    static func check(name: String) throws(APIError) {
        let limit = Limits.sketchNameCharacters.upperBound
        try TextRules.checkLine(name, named: "name", limit: limit * 4)
        let count = name.unicodeScalars.count
        guard !TextRules.isBlank(name), count <= limit, name.first != " ", name.last != " " else {
            throw .invalid(
                "name",
                "has \(count) characters; a sketch's name has 1 to \(limit), without spaces around it"
            )
        }
    }

    package static func check(width: Int, height: Int) throws(APIError) {
        guard Limits.sketchWidth.contains(width) else {
            throw .invalid("width", "is \(width); a sketch is \(text(Limits.sketchWidth)) cells wide")
        }
        guard Limits.sketchHeight.contains(height) else {
            throw .invalid("height", "is \(height); a sketch is \(text(Limits.sketchHeight)) cells high")
        }
    }

    private static func text(_ range: ClosedRange<Int>) -> String { "\(range.lowerBound) to \(range.upperBound)" }

    // MARK: - Glyphs and runs

    /// The runs taken apart, or what is wrong with the first wrong one. Knows no sketch: it is asked before the writer is.
    package static func spans(_ runs: [SketchRun]) throws(APIError) -> [SketchSpan] {
        guard !runs.isEmpty else { throw .invalid("runs", "is empty: there is nothing to draw") }
        guard runs.count <= Limits.runsPerOperation else {
            throw .invalid("runs", "has \(runs.count) runs; the limit is \(Limits.runsPerOperation)")
        }
        var spans: [SketchSpan] = []
        spans.reserveCapacity(runs.count)
        var cells = 0
        for (index, run) in runs.enumerated() {
            do throws(SketchGlyph.Refusal) {
                let span = try SketchSpan(run)
                cells += span.width
                spans.append(span)
            } catch {
                throw .invalid("runs/\(index)/2", error.sentence)
            }
            if spans[index].glyphs.isEmpty { throw .invalid("runs/\(index)/2", "is empty: a run draws something") }
            if run.attributes.rawValue & ~SketchAttributes.all.rawValue != 0 {
                throw .invalid("runs/\(index)/5", "is \(run.attributes.rawValue), which is no sum of attributes")
            }
        }
        guard cells <= Limits.sketchCellsAtOnce else {
            throw .invalid("runs", "draw \(cells) cells; the limit of one operation is \(Limits.sketchCellsAtOnce)")
        }
        return spans
    }

    package static func cells(_ spans: [SketchSpan]) -> Int { spans.reduce(0) { $0 + $1.width } }

    /// Cells of a stroke: the stroke is one's own and lives, the layer is there, everything is on the canvas and free.
    package static func check(
        _ spans: [SketchSpan],
        layer: Int,
        stroke: StrokeID,
        by actor: Actor,
        _ history: SketchHistory
    ) throws(APIError) {
        try check(stroke: stroke, by: actor, history)
        let canvas = history.canvas
        try check(layer: layer, by: actor, canvas)
        for (index, span) in spans.enumerated() {
            guard span.y >= 0, span.y < canvas.height, span.x >= 0, span.x + span.width <= canvas.width else {
                throw .invalid(
                    "runs/\(index)",
                    "lies outside: it takes columns \(span.x) to \(span.x + span.width - 1) of row \(span.y), the sketch is "
                        + "\(canvas.width) by \(canvas.height)"
                )
            }
            if !canvas.locks.isEmpty { try check(span.region, by: actor, canvas) }
        }
    }

    static func check(stroke id: StrokeID, by actor: Actor, _ history: SketchHistory) throws(APIError) {
        guard let stroke = history.stroke(id) else { return }
        guard stroke.by == actor.account else { throw foreign(id) }
        if stroke.state != .living {
            throw APIError(.conflict, "the stroke \(id) was taken back: redo it, or begin another one")
        }
    }

    private static func foreign(_ id: StrokeID) -> APIError {
        APIError(.forbidden, "the stroke \(id) is someone else's: only who drew a stroke draws on in it or undoes it")
    }

    // MARK: - Locks

    /// The layer is there and free.
    static func check(layer id: Int, by actor: Actor, _ canvas: SketchCanvas) throws(APIError) {
        guard let layer = canvas.layer(id) else {
            let names = canvas.layers.map { String($0.id) }.joined(separator: ", ")
            throw .invalid("layer", "is \(id); the sketch has the layers \(names)")
        }
        if let owner = layer.lockedBy, owner != actor.account {
            throw APIError(.locked, "the layer '\(layer.name)' is locked: only who locked it draws there")
        }
    }

    static func check(_ region: SketchRegion, by actor: Actor, _ canvas: SketchCanvas) throws(APIError) {
        for lock in canvas.locks where lock.by != actor.account && lock.region.intersection(region) != nil {
            throw locked(lock.region)
        }
    }

    private static func locked(_ region: SketchRegion) -> APIError {
        APIError(
            .locked,
            "the region of \(region.width) by \(region.height) cells at \(region.x), \(region.y) is locked: only who locked it "
                + "draws there"
        )
    }

    /// What an undo, a redo or a version would change is free.
    static func check(_ patches: [SketchPatch], by actor: Actor, _ canvas: SketchCanvas) throws(APIError) {
        guard !canvas.locks.isEmpty || canvas.layers.contains(where: { $0.lockedBy != nil }) else { return }
        for patch in patches {
            if canvas.layer(patch.layer) != nil { try check(layer: patch.layer, by: actor, canvas) }
            for run in patch.runs {
                guard let span = try? SketchSpan(run) else { continue }
                try check(span.region, by: actor, canvas)
            }
        }
    }

    /// A region lies on the canvas.
    package static func check(inside region: SketchRegion, _ canvas: SketchCanvas) throws(APIError) {
        guard region.width > 0, region.height > 0, region.intersection(canvas.region) == region else {
            throw .invalid(
                "region",
                "of \(region.width) by \(region.height) cells at \(region.x), \(region.y) is not on the sketch, which is "
                    + "\(canvas.width) by \(canvas.height)"
            )
        }
    }

    // MARK: - Operations

    static func checkClear(
        _ region: SketchRegion?,
        layer: Int?,
        stroke: StrokeID,
        by actor: Actor,
        _ history: SketchHistory
    ) throws(APIError) {
        try check(stroke: stroke, by: actor, history)
        let canvas = history.canvas
        if let region { try check(inside: region, canvas) }
        let layers = layer.map { [$0] } ?? canvas.layers.map(\.id)
        for layer in layers { try check(layer: layer, by: actor, canvas) }
        for lock in canvas.locks where lock.by != actor.account {
            guard let both = lock.region.intersection(region ?? canvas.region) else { continue }
            for layer in layers where canvas.plane(layer)?.drawn(in: both).isEmpty == false {
                throw locked(lock.region)
            }
        }
    }

    /// The stroke that an undo means.
    static func undone(_ id: StrokeID?, by actor: Actor, _ history: SketchHistory) throws(APIError)
        -> SketchHistory.Stroke
    {
        guard let id else {
            guard let newest = history.newestStroke(of: actor.account) else {
                throw APIError(.conflict, "there is nothing of yours to undo here")
            }
            return newest
        }
        let stroke = try own(id, by: actor, history)
        if stroke.state != .living { throw APIError(.conflict, "the stroke \(id) has been taken back already") }
        return stroke
    }

    /// The stroke that a redo means.
    static func redone(_ id: StrokeID?, by actor: Actor, _ history: SketchHistory) throws(APIError)
        -> SketchHistory.Stroke
    {
        guard let id else {
            guard let last = history.lastUndone(of: actor.account) else {
                throw APIError(
                    .conflict,
                    "there is nothing of yours to redo here: nothing was undone since your last stroke"
                )
            }
            return last
        }
        let stroke = try own(id, by: actor, history)
        switch stroke.state {
        case .undone: return stroke
        case .living: throw APIError(.conflict, "the stroke \(id) was not undone")
        case .wiped: throw APIError(.conflict, "the stroke \(id) was wiped: who manages the sketch brings it back")
        }
    }

    private static func own(
        _ id: StrokeID,
        by actor: Actor,
        _ history: SketchHistory
    ) throws(APIError) -> SketchHistory.Stroke {
        guard let stroke = history.stroke(id) else { throw APIError(.notFound, "there is no stroke \(id) here") }
        guard stroke.by == actor.account else { throw foreign(id) }
        return stroke
    }

    static func checkResize(_ width: Int, _ height: Int, by actor: Actor, _ canvas: SketchCanvas) throws(APIError) {
        try check(width: width, height: height)
        if (width < canvas.width || height < canvas.height) && !actor.manages {
            throw managers("makes it smaller: what lies outside is gone for good")
        }
    }

    static func check(_ change: SketchLayerChange, by actor: Actor, _ canvas: SketchCanvas) throws(APIError) {
        guard (0..<Limits.layersPerSketch).contains(change.layer) else {
            throw .invalid("layer", "is \(change.layer); layers are 0 to \(Limits.layersPerSketch - 1)")
        }
        if let name = change.name {
            try TextRules.checkLine(name, named: "name", limit: Limits.layerNameBytes)
            if TextRules.isBlank(name) { throw .invalid("name", "is blank") }
        }
        guard let layer = canvas.layer(change.layer) else {
            if change.removed == true { throw APIError(.notFound, "there is no layer \(change.layer)") }
            return
        }
        if let owner = layer.lockedBy, owner != actor.account, !actor.manages {
            throw APIError(
                .locked,
                "the layer '\(layer.name)' is locked: who locked it, or who manages the sketch, changes it"
            )
        }
        guard change.removed == true else { return }
        if canvas.layers.count == 1 { throw APIError(.conflict, "the last layer stays") }
        let isEmpty = canvas.plane(change.layer)?.drawn(in: canvas.region).isEmpty ?? true
        if !isEmpty && !actor.manages { throw managers("deletes a layer in which something is drawn") }
    }

    /// What a version is called that holds what an operation takes away beyond undo: drawn cells off the paper or in a layer
    /// that goes. Nil if nothing is lost.
    package static func nameOfLoss(by operation: SketchOperation, _ canvas: SketchCanvas) -> String? {
        func loses(_ width: Int, _ height: Int, keeping layers: [SketchLayer]) -> Bool {
            let paper = SketchRegion(x: 0, y: 0, width: width, height: height)
            return canvas.layers.contains { layer in
                let drawn = canvas.plane(layer.id)?.drawn(in: canvas.region) ?? []
                let stays = layers.contains { $0.id == layer.id }
                return drawn.contains { !stays || !paper.contains(x: $0.x, y: $0.y) }
            }
        }
        switch operation {
        case .resize(let width, let height):
            return loses(width, height, keeping: canvas.layers) ? "before \(width) by \(height) cells" : nil
        case .layer(let change) where change.removed == true:
            let rest = canvas.layers.filter { $0.id != change.layer }
            return loses(canvas.width, canvas.height, keeping: rest) ? "before layer \(change.layer) went" : nil
        case .restore(_, let version, let width, let height, let layers):
            return loses(width, height, keeping: layers) ? "before version \(version) came back" : nil
        default: return nil
        }
    }

    static func checkLock(_ region: SketchRegion, by actor: Actor, _ canvas: SketchCanvas) throws(APIError) {
        try check(inside: region, canvas)
        try check(region, by: actor, canvas)
        if canvas.locks.count >= Limits.locksPerSketch, !canvas.locks.contains(where: { $0.region == region }) {
            throw APIError(.conflict, "\(canvas.locks.count) regions are locked already, the most there can be")
        }
    }

    static func checkUnlock(_ region: SketchRegion, by actor: Actor, _ canvas: SketchCanvas) throws(APIError) {
        guard let lock = canvas.locks.first(where: { $0.region == region }) else {
            throw APIError(.notFound, "that region is not locked")
        }
        if lock.by != actor.account && !actor.manages {
            throw APIError(.forbidden, "only who locked a region, or who manages the sketch, unlocks it")
        }
    }

    static func checkManages(_ actor: Actor, _ what: String) throws(APIError) {
        if !actor.manages { throw managers(what) }
    }

    private static func managers(_ what: String) -> APIError {
        APIError(.forbidden, "only who made the sketch, or an admin of the channel, \(what)")
    }

    // MARK: - Pointers

    package static func check(_ pointer: SketchPointer) throws(APIError) {
        if let tool = pointer.tool {
            try TextRules.checkLine(tool, named: "tool", limit: Limits.pointerToolBytes)
        }
        guard let preview = pointer.preview, !preview.isEmpty else { return }
        let bytes = preview.reduce(0) { $0 + $1.text.utf8.count }
        guard preview.count <= Limits.pointerPreviewRuns, bytes <= Limits.pointerPreviewBytes else {
            throw .invalid(
                "preview",
                "has \(preview.count) runs and \(bytes) bytes; the limits are \(Limits.pointerPreviewRuns) and "
                    + "\(Limits.pointerPreviewBytes)"
            )
        }
        _ = try spans(preview)
    }
}
