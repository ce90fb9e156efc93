package import ChatAPI

/// Undo, redo, wipe: strokes change between living and not, and what shows because of it is found by looking.
extension SketchHistory {
    package struct Change: Sendable, Equatable {
        /// The cells that look otherwise now, as clients are to draw them.
        package var patches: [SketchPatch]
        /// Cells of the stroke that stay as they are: others have drawn there since.
        package var skipped: Int
    }

    package mutating func undo(_ id: StrokeID, seq: Int64) -> Change {
        change([id], seq) { stroke in
            stroke.state = .undone
            stroke.undoneBy = seq
        }
    }

    package mutating func redo(_ id: StrokeID, seq: Int64) -> Change {
        change([id], seq) { stroke in
            stroke.state = .living
            stroke.undoneBy = 0
        }
    }

    /// Everything that a person drew at or after a time. Their own undo and redo do not reach it.
    package mutating func wipe(_ person: AccountID, since: Milliseconds?, seq: Int64) -> Change {
        change(strokes(of: person, since: since, areWiped: false), seq) { $0.state = .wiped }
    }

    /// What was wiped of a person, as it was before: what they had taken back themselves stays so.
    package mutating func unwipe(_ person: AccountID, since: Milliseconds?, seq: Int64) -> Change {
        change(strokes(of: person, since: since, areWiped: true), seq) { stroke in
            stroke.state = stroke.undoneBy > 0 ? .undone : .living
        }
    }

    /// Strokes that a wipe is about, or its undo.
    package func strokes(of person: AccountID, since: Milliseconds?, areWiped: Bool) -> [StrokeID] {
        (strokesByPerson[person] ?? []).map { strokes[Int($0)] }
            .filter { ($0.state == .wiped) == areWiped && $0.at >= since ?? 0 }.map(\.id)
    }

    private mutating func change(_ ids: [StrokeID], _ seq: Int64, _ set: (inout Stroke) -> Void) -> Change {
        let after = ids.compactMap { self.indexes[$0] }.map { index in
            var stroke = strokes[Int(index)]
            set(&stroke)
            return (index: index, stroke: stroke)
        }
        let turned = after.filter { $0.stroke.isLiving != strokes[Int($0.index)].isLiving }.map(\.index)
        let places = places(of: turned)
        let before = places.map { shows($0, turned) }
        for (index, stroke) in after { strokes[Int(index)] = stroke }
        var skipped = 0
        for (place, before) in zip(places, before) where !before && !shows(place, turned) { skipped += 1 }
        let patches = repaint(around: places)
        canvas.seq = seq
        return Change(patches: patches, skipped: skipped)
    }

    struct Place: Hashable {
        let layer: Int
        let x: Int
        let y: Int
    }

    /// The cells in which one of the strokes has a write, layer by layer and row by row.
    private func places(of indexes: [UInt32]) -> [Place] {
        let wanted = Set(indexes)
        var places: [Place] = []
        for layer in canvas.layers.map(\.id) {
            guard let chains = chains[layer] else { continue }
            // Boxes of one stroke after the other; a cell that several of them touched is looked at once.
            var seen: Set<Int> = []
            for index in indexes where strokes[Int(index)].layers & 1 << UInt8(layer) != 0 {
                guard let box = strokes[Int(index)].box?.intersection(canvas.region) else { continue }
                for y in box.y..<box.y + box.height {
                    for x in box.x..<box.x + box.width {
                        let cell = y * canvas.width + x
                        if chains.heads[cell] != Write.none, !seen.contains(cell), holds(chains, cell, wanted) {
                            seen.insert(cell)
                            places.append(Place(layer: layer, x: x, y: y))
                        }
                    }
                }
            }
        }
        return places
    }

    private func holds(_ chains: Chains, _ cell: Int, _ wanted: Set<UInt32>) -> Bool {
        var index = chains.heads[cell]
        while index != Write.none {
            let write = chains.pool[Int(index)]
            if wanted.contains(write.stroke) { return true }
            index = write.next
        }
        return false
    }

    private func shows(_ place: Place, _ indexes: [UInt32]) -> Bool {
        guard let chains = chains[place.layer], let write = top(chains, place.y * canvas.width + place.x) else {
            return false
        }
        return indexes.contains(write.stroke)
    }

    /// Brings the canvas to what the chains say in these cells and beside them, and says what that changed.
    private mutating func repaint(around places: [Place]) -> [SketchPatch] {
        var cells: Set<Place> = []
        for place in places {
            for x in place.x - 1...place.x + 1 where x >= 0 && x < canvas.width {
                cells.insert(Place(layer: place.layer, x: x, y: place.y))
            }
        }
        let ordered = cells.sorted { ($0.layer, $0.y, $0.x) < ($1.layer, $1.y, $1.x) }
        var patches = SketchPatchBuilder()
        for place in ordered {
            let seen = view(place)
            let now = canvas.cell(x: place.x, y: place.y, layer: place.layer)
            if seen.cell.looks(like: now), seen.by == canvas.author(of: now) { continue }
            // The first half brings its second one along.
            if seen.cell.glyph.isContinuation { continue }
            patches.add(seen.cell, by: seen.by, x: place.x, y: place.y, layer: place.layer)
        }
        let finished = patches.finish()
        for patch in finished { canvas.apply(patch) }
        return finished
    }

    /// What a cell shows by its chains alone: this is what the canvas must always agree with.
    package func view(x: Int, y: Int, layer: Int) -> (cell: SketchCell, by: AccountID?) {
        view(Place(layer: layer, x: x, y: y))
    }

    func view(_ place: Place) -> (cell: SketchCell, by: AccountID?) {
        guard let chains = chains[place.layer] else { return (.empty, nil) }
        let cell = place.y * canvas.width + place.x
        guard let write = top(chains, cell) else { return (.empty, nil) }
        let by = strokes[Int(write.stroke)].by
        var isWhole = true
        if write.glyph.isWide {
            let other = place.x + 1 < canvas.width ? top(chains, cell + 1) : nil
            isWhole = other.map { $0.glyph.isContinuation && write.isPair(of: $0) } ?? false
        } else if write.glyph.isContinuation {
            let other = place.x > 0 ? top(chains, cell - 1) : nil
            isWhole = other.map { $0.glyph.isWide && write.isPair(of: $0) } ?? false
        }
        guard isWhole else { return (SketchCell(background: write.background), by) }
        let shown = SketchCell(
            glyph: write.glyph,
            foreground: write.foreground,
            background: write.background,
            attributes: write.attributes
        )
        return (shown, by)
    }
}

extension SketchHistory.Write {
    fileprivate func isPair(of other: Self) -> Bool { seq == other.seq && stroke == other.stroke }
}

/// Puts cells of many people and layers into as few patches as there are people and layers.
struct SketchPatchBuilder {
    private struct Key: Hashable {
        let layer: Int
        let by: AccountID?
    }

    private var builders: [Key: SketchRunBuilder] = [:]
    private var order: [Key] = []

    /// Cells come layer by layer, row by row, from left to right, without the second halves of wide glyphs.
    mutating func add(_ cell: SketchCell, by: AccountID?, x: Int, y: Int, layer: Int) {
        let key = Key(layer: layer, by: by)
        if builders[key] == nil { order.append(key) }
        builders[key, default: SketchRunBuilder()].add(cell, x: x, y: y)
    }

    mutating func finish() -> [SketchPatch] {
        order.map { key in
            SketchPatch(by: key.by, layer: key.layer, runs: builders[key]?.finish() ?? [])
        }
    }
}
