package import ChatAPI

/// Size and layers of a sketch, and bringing a version back: what changes the grid itself.
extension SketchHistory {
    /// Cells outside the new size are gone, with what was beneath them.
    package mutating func resize(width: Int, height: Int, by person: AccountID, seq: Int64) {
        crop(width: width, height: height)
        canvas.apply(.resize(width: width, height: height), by: person)
        canvas.seq = seq
    }

    private mutating func crop(width: Int, height: Int) {
        for (layer, old) in chains {
            var new = Chains(count: width * height)
            for y in 0..<min(height, canvas.height) {
                for x in 0..<min(width, canvas.width) {
                    var index = old.heads[y * canvas.width + x]
                    var writes: [Write] = []
                    while index != Write.none {
                        writes.append(old.pool[Int(index)])
                        index = old.pool[Int(index)].next
                    }
                    for var write in writes.reversed() {
                        write.next = new.heads[y * width + x]
                        new.heads[y * width + x] = new.take(write)
                    }
                }
            }
            chains[layer] = new
        }
    }

    package mutating func apply(_ change: SketchLayerChange, by person: AccountID, seq: Int64) {
        if change.removed == true, canvas.layers.count > 1 { forget(layer: change.layer) }
        canvas.apply(.layer(change), by: person)
        canvas.seq = seq
    }

    /// The layer's number may be given to another one: strokes must not reach into that.
    private mutating func forget(layer: Int) {
        chains[layer] = nil
        for index in strokes.indices { strokes[index].layers &= ~(1 << UInt8(layer)) }
    }

    package mutating func lock(_ region: SketchRegion, by person: AccountID, seq: Int64) {
        canvas.apply(.lock(region), by: person)
        canvas.seq = seq
    }

    package mutating func unlock(_ region: SketchRegion, by person: AccountID, seq: Int64) {
        canvas.apply(.unlock(region), by: person)
        canvas.seq = seq
    }

    /// An entry without an effect on cells: a new name.
    package mutating func advance(to seq: Int64) { canvas.seq = seq }

    /// Makes the drawing look as a version kept it, as a stroke of whoever does it: undo takes the cells back, not the
    /// size and the layers.
    ///
    /// - Returns: the cells that changed: what `replay` does it by.
    package mutating func restore(
        _ version: SketchCanvas,
        _ number: Int64,
        stroke: StrokeID,
        by person: AccountID,
        seq: Int64,
        at: Milliseconds
    ) -> [SketchPatch] {
        let operation = SketchOperation.restore(
            stroke: stroke,
            version: number,
            width: version.width,
            height: version.height,
            layers: version.layers
        )
        reshape(operation, by: person)
        let patches = difference(to: version, by: person)
        draw(patches, stroke: stroke, by: person, seq: seq, at: at)
        return patches
    }

    /// The size and the layers of a version that is being brought back.
    private mutating func reshape(_ operation: SketchOperation, by person: AccountID) {
        guard case .restore(_, _, let width, let height, let layers) = operation else { return }
        let kept = Set(layers.map(\.id))
        for layer in canvas.layers where !kept.contains(layer.id) { forget(layer: layer.id) }
        if (width, height) != (canvas.width, canvas.height) { crop(width: width, height: height) }
        canvas.apply(operation, by: person)
    }

    private mutating func draw(
        _ patches: [SketchPatch],
        stroke: StrokeID,
        by person: AccountID,
        seq: Int64,
        at: Milliseconds
    ) {
        for patch in patches {
            // What the canvas holds was checked when it was drawn.
            let spans = patch.runs.compactMap { try? SketchSpan($0) }
            draw(spans, layer: patch.layer, stroke: stroke, by: person, seq: seq, at: at)
        }
        canvas.seq = seq
    }

    /// Does again what an entry of the log says.
    package mutating func replay(_ entry: SketchEntry) {
        let (by, seq) = (entry.by, entry.seq)
        switch entry.operation {
        case .cells(let stroke, let layer, let runs):
            let spans = runs.compactMap { try? SketchSpan($0) }
            draw(spans, layer: layer, stroke: stroke, by: by, seq: seq, at: entry.at)
        case .clear(let stroke, let region, let layer):
            clear(region, layer: layer, stroke: stroke, by: by, seq: seq, at: entry.at)
        case .undo(let stroke): if let stroke { _ = undo(stroke, seq: seq) }
        case .redo(let stroke): if let stroke { _ = redo(stroke, seq: seq) }
        case .wipe(let account, let since, false): _ = wipe(account, since: since, seq: seq)
        case .wipe(let account, let since, true): _ = unwipe(account, since: since, seq: seq)
        case .resize(let width, let height): resize(width: width, height: height, by: by, seq: seq)
        case .layer(let change): apply(change, by: by, seq: seq)
        case .lock, .unlock: canvas.apply(entry.operation, by: by)
        case .restore(let stroke, _, _, _, _):
            reshape(entry.operation, by: by)
            draw(entry.patches, stroke: stroke, by: by, seq: seq, at: entry.at)
        case .rename, .unknown: break
        }
        canvas.seq = seq
    }

    /// The cells in which the canvas looks otherwise than the version, as the version has them.
    private func difference(to version: SketchCanvas, by person: AccountID) -> [SketchPatch] {
        var patches = SketchPatchBuilder()
        for layer in version.layers {
            for y in 0..<version.height {
                for x in 0..<version.width {
                    let wanted = version.cell(x: x, y: y, layer: layer.id)
                    if wanted.glyph.isContinuation { continue }
                    var isSame = wanted.looks(like: canvas.cell(x: x, y: y, layer: layer.id))
                    if wanted.glyph.isWide {
                        isSame = isSame && canvas.cell(x: x + 1, y: y, layer: layer.id).glyph.isContinuation
                    }
                    if !isSame { patches.add(wanted, by: person, x: x, y: y, layer: layer.id) }
                }
            }
        }
        return patches.finish()
    }
}
