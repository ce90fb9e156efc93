/// A sketch as everybody sees it: the cells on top in each layer, made by applying the log's entries in order.
///
/// Daemon and clients share this one piece of code, which is what makes them agree. It is total: whatever an entry says,
/// what cannot be drawn is not drawn, and nothing traps. Refusing is the daemon's affair (`SketchRules`).
package struct SketchCanvas: Sendable {
    package private(set) var width: Int
    package private(set) var height: Int
    /// The lowest first.
    package private(set) var layers: [SketchLayer]
    package private(set) var locks: [SketchLock]
    /// The number of the last entry applied.
    package var seq: Int64
    /// Everyone who drew a cell; a cell's `author` is an index into this, counted from 1.
    package private(set) var people: [AccountID] = []
    private var numbers: [AccountID: UInt16] = [:]
    private var planes: [Int: SketchPlane] = [:]

    package init(
        width: Int,
        height: Int,
        layers: [SketchLayer] = [SketchLayer(id: 0, name: "1")],
        locks: [SketchLock] = [],
        seq: Int64 = 0
    ) {
        self.width = max(width, 1)
        self.height = max(height, 1)
        self.layers = layers
        self.locks = locks
        self.seq = seq
    }

    /// Before the first entry of any log, which gives the sketch its size: everybody replays from here.
    package static let first = SketchCanvas(width: 80, height: 24)

    package var region: SketchRegion { SketchRegion(x: 0, y: 0, width: width, height: height) }

    package func layer(_ id: Int) -> SketchLayer? { layers.first { $0.id == id } }

    /// Who drew the cell; nil if nobody did.
    package func author(of cell: SketchCell) -> AccountID? {
        cell.author > 0 && Int(cell.author) <= people.count ? people[Int(cell.author) - 1] : nil
    }

    /// The cell of one layer.
    package func cell(x: Int, y: Int, layer: Int) -> SketchCell { planes[layer]?[x, y] ?? .empty }

    package func plane(_ layer: Int) -> SketchPlane? { planes[layer] }

    /// The number of a person, a new one if need be. 65,535 people are more than a sketch sees; the rest draw as nobody.
    package mutating func number(of person: AccountID?) -> UInt16 {
        guard let person else { return 0 }
        if let known = numbers[person] { return known }
        guard people.count < Int(UInt16.max) else { return 0 }
        people.append(person)
        let number = UInt16(people.count)
        numbers[person] = number
        return number
    }

    // MARK: - Applying

    /// Applies the next entry of the log.
    package mutating func apply(_ entry: SketchEntry) {
        apply(entry.operation, by: entry.by)
        for patch in entry.patches { apply(patch) }
        seq = entry.seq
    }

    /// Applies what somebody does: also what one does oneself, before the daemon has said so.
    package mutating func apply(_ operation: SketchOperation, by person: AccountID) {
        switch operation {
        case .cells(_, let layer, let runs):
            draw(runs, layer: layer, author: number(of: person))
        case .clear(_, let region, let layer):
            let author = number(of: person)
            let erased = region ?? self.region
            for id in layer.map({ [$0] }) ?? layers.map(\.id) { planes[id]?.erase(erased, author: author) }
        case .resize(let width, let height): resize(width: width, height: height)
        case .layer(let change): apply(change, by: person)
        case .lock(let region):
            locks.removeAll { $0.region == region }
            locks.append(SketchLock(region: region, by: person))
        case .unlock(let region): locks.removeAll { $0.region == region }
        case .restore(_, _, let width, let height, let layers):
            resize(width: width, height: height)
            let kept = Set(layers.map(\.id))
            planes = planes.filter { kept.contains($0.key) }
            self.layers = layers
        case .undo, .redo, .rename, .wipe, .unknown: break
        }
    }

    /// Runs of text that cannot be drawn are left out.
    package mutating func draw(_ runs: [SketchRun], layer: Int, author: UInt16) {
        guard self.layer(layer) != nil else { return }
        var plane = planes.removeValue(forKey: layer) ?? SketchPlane(width: width, height: height)
        for run in runs {
            guard let span = try? SketchSpan(run) else { continue }
            plane.write(span, author: author)
        }
        planes[layer] = plane
    }

    /// The same with the texts taken apart already.
    package mutating func draw(_ spans: [SketchSpan], layer: Int, by person: AccountID?) {
        guard self.layer(layer) != nil else { return }
        let author = number(of: person)
        var plane = planes.removeValue(forKey: layer) ?? SketchPlane(width: width, height: height)
        for span in spans { plane.write(span, author: author) }
        planes[layer] = plane
    }

    package mutating func apply(_ patch: SketchPatch) {
        draw(patch.runs, layer: patch.layer, author: number(of: patch.by))
    }

    /// Puts one cell as it is. The caller keeps both halves of wide glyphs together.
    package mutating func put(_ cell: SketchCell, x: Int, y: Int, layer: Int) {
        var plane = planes.removeValue(forKey: layer) ?? SketchPlane(width: width, height: height)
        plane.put(cell, x: x, y: y)
        planes[layer] = plane
    }

    /// Replaces the cells of a layer; the plane has the canvas' size.
    package mutating func set(_ plane: SketchPlane, layer: Int) { planes[layer] = plane }

    private mutating func resize(width: Int, height: Int) {
        guard width > 0, height > 0, (width, height) != (self.width, self.height) else { return }
        for id in Array(planes.keys) { planes[id]?.resize(width: width, height: height) }
        self.width = width
        self.height = height
        let inside = region
        locks.removeAll { $0.region.intersection(inside) == nil }
    }

    private mutating func apply(_ change: SketchLayerChange, by person: AccountID) {
        if change.removed == true {
            guard layers.count > 1 else { return }
            layers.removeAll { $0.id == change.layer }
            planes[change.layer] = nil
            return
        }
        if layer(change.layer) == nil {
            layers.append(SketchLayer(id: change.layer, name: change.name ?? String(change.layer + 1)))
        }
        guard let index = layers.firstIndex(where: { $0.id == change.layer }) else { return }
        if let name = change.name { layers[index].name = name }
        if let hidden = change.hidden { layers[index].hidden = hidden }
        if let locked = change.locked { layers[index].lockedBy = locked ? person : nil }
        if let position = change.position {
            let moved = layers.remove(at: index)
            layers.insert(moved, at: min(max(position, 0), layers.count))
        }
    }
}

extension SketchCanvas: Equatable {
    /// The same drawing by the same people; in which order they came does not count.
    package static func == (left: Self, right: Self) -> Bool {
        guard left.width == right.width, left.height == right.height, left.layers == right.layers,
            left.locks == right.locks, left.seq == right.seq
        else { return false }
        for layer in left.layers {
            for y in 0..<left.height {
                for x in 0..<left.width {
                    let (one, other) = (left.cell(x: x, y: y, layer: layer.id), right.cell(x: x, y: y, layer: layer.id))
                    guard one.looks(like: other), left.author(of: one) == right.author(of: other) else { return false }
                }
            }
        }
        return true
    }
}
