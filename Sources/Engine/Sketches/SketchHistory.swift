package import ChatAPI

/// Who drew what over what: the memory that undo needs, beneath the canvas that everybody sees. Pure.
///
/// Every cell of a layer has a chain of writes, the newest first; every write belongs to a stroke; a stroke lives or is
/// undone. What a cell shows is its newest living write, and nothing else is ever decided: so undo cannot touch a cell
/// whose last writer is another stroke, redo after undo changes nothing that others did meanwhile, and the order of undos
/// does not matter. Both halves of a wide glyph are writes of their own; a half without its other half shows as a blank.
///
/// A chain is at most eight writes long: what lies deeper is forgotten, and so the memory of a canvas is bounded.
package struct SketchHistory: Sendable {
    package internal(set) var canvas: SketchCanvas
    var strokes: [Stroke] = []
    var indexes: [StrokeID: UInt32] = [:]
    /// Strokes of each person in the order in which they began.
    var strokesByPerson: [AccountID: [UInt32]] = [:]
    var chains: [Int: Chains] = [:]

    /// Writes that one cell remembers.
    package static let depth = 8

    package init(canvas: SketchCanvas) { self.canvas = canvas }

    package struct Stroke: Sendable, Equatable {
        package enum State: UInt8, Sendable {
            case living
            case undone
            /// Removed with everything of its author's: only undoing the wipe brings it back.
            case wiped
        }

        package let id: StrokeID
        package let by: AccountID
        /// The entries it began and ended with.
        package let first: Int64
        package internal(set) var last: Int64
        package let at: Milliseconds
        package internal(set) var state = State.living
        var isLiving: Bool { state == .living }
        /// When its author undid it; 0 if they did not.
        var undoneBy: Int64 = 0
        /// Where it drew: a box around it, and one bit for each layer.
        var box: SketchRegion?
        var layers: UInt8 = 0
    }

    /// One write of one cell. 32 bytes, and no references.
    struct Write: Sendable, Equatable {
        var glyph: SketchGlyph
        var foreground: SketchColor
        var background: SketchColor
        var stroke: UInt32
        var seq: UInt32
        /// The write beneath, in the pool; `none` at the end.
        var next: UInt32
        var attributes: SketchAttributes

        static let none = UInt32.max

        init(_ span: SketchSpan, stroke: UInt32, seq: Int64) {
            self.init(blankOf: stroke, seq: seq)
            foreground = span.foreground
            background = span.background
            attributes = span.attributes
        }

        init(blankOf stroke: UInt32, seq: Int64) {
            glyph = .space
            foreground = .none
            background = .none
            self.stroke = stroke
            self.seq = UInt32(truncatingIfNeeded: seq)
            next = Write.none
            attributes = []
        }
    }

    /// The chains of one layer: a head for each cell, and the pool that they live in.
    struct Chains: Sendable {
        var heads: [UInt32]
        var pool: [Write] = []
        var free = Write.none

        init(count: Int) { heads = [UInt32](repeating: Write.none, count: count) }

        mutating func take(_ write: Write) -> UInt32 {
            guard free != Write.none else {
                pool.append(write)
                return UInt32(pool.count - 1)
            }
            let index = free
            free = pool[Int(index)].next
            pool[Int(index)] = write
            return index
        }

        mutating func release(_ index: UInt32) {
            pool[Int(index)].next = free
            free = index
        }
    }

    // MARK: - Asking

    package func stroke(_ id: StrokeID) -> Stroke? { indexes[id].map { strokes[Int($0)] } }

    /// The newest stroke of a person that lives: what undo takes back if none is named.
    package func newestStroke(of person: AccountID) -> Stroke? {
        for index in (strokesByPerson[person] ?? []).reversed() where strokes[Int(index)].isLiving {
            return strokes[Int(index)]
        }
        return nil
    }

    /// The stroke of a person that was undone last, unless they have begun another one since.
    package func lastUndone(of person: AccountID) -> Stroke? {
        guard let own = strokesByPerson[person], let newest = own.last else { return nil }
        let begun = strokes[Int(newest)].first
        var found: Stroke?
        for index in own {
            let stroke = strokes[Int(index)]
            if stroke.state == .undone, stroke.undoneBy > max(begun, found?.undoneBy ?? 0) { found = stroke }
        }
        return found
    }

    /// Who drew what the cell shows, in one layer.
    package func origin(x: Int, y: Int, layer: Int) -> (stroke: Stroke, seq: Int64)? {
        guard canvas.region.contains(x: x, y: y), let chains = chains[layer],
            let write = top(chains, y * canvas.width + x)
        else { return nil }
        return (strokes[Int(write.stroke)], Int64(write.seq))
    }

    /// The newest living write of a cell.
    func top(_ chains: Chains, _ cell: Int) -> Write? {
        var index = chains.heads[cell]
        while index != Write.none {
            let write = chains.pool[Int(index)]
            if strokes[Int(write.stroke)].isLiving { return write }
            index = write.next
        }
        return nil
    }

    // MARK: - Drawing

    /// Draws spans as a part of a stroke. Everything has been checked (`SketchRules`).
    package mutating func draw(
        _ spans: [SketchSpan],
        layer: Int,
        stroke id: StrokeID,
        by person: AccountID,
        seq: Int64,
        at: Milliseconds
    ) {
        let stroke = begin(id, by: person, seq: seq, at: at)
        var chains = self.chains.removeValue(forKey: layer) ?? Chains(count: canvas.width * canvas.height)
        for span in spans {
            touch(stroke, span.region, layer: layer)
            var write = Write(span, stroke: stroke, seq: seq)
            var x = span.x
            for glyph in span.glyphs {
                write.glyph = glyph
                push(write, x: x, y: span.y, &chains)
                if glyph.isWide {
                    write.glyph = .continuation
                    push(write, x: x + 1, y: span.y, &chains)
                }
                x += max(glyph.width, 1)
            }
        }
        self.chains[layer] = chains
        canvas.draw(spans, layer: layer, by: person)
        canvas.seq = seq
    }

    /// Erases what is drawn, as a stroke.
    package mutating func clear(
        _ region: SketchRegion?,
        layer: Int?,
        stroke id: StrokeID,
        by person: AccountID,
        seq: Int64,
        at: Milliseconds
    ) {
        let stroke = begin(id, by: person, seq: seq, at: at)
        for layer in layer.map({ [$0] }) ?? canvas.layers.map(\.id) {
            let places = canvas.plane(layer)?.drawn(in: region ?? canvas.region) ?? []
            guard !places.isEmpty, var chains = self.chains.removeValue(forKey: layer) else { continue }
            for (x, y) in places {
                touch(stroke, SketchRegion(x: x, y: y, width: 1, height: 1), layer: layer)
                push(Write(blankOf: stroke, seq: seq), x: x, y: y, &chains)
            }
            self.chains[layer] = chains
        }
        canvas.apply(.clear(stroke: id, region: region, layer: layer), by: person)
        canvas.seq = seq
    }

    private mutating func begin(_ id: StrokeID, by person: AccountID, seq: Int64, at: Milliseconds) -> UInt32 {
        if let known = indexes[id] {
            strokes[Int(known)].last = seq
            return known
        }
        let index = UInt32(strokes.count)
        strokes.append(Stroke(id: id, by: person, first: seq, last: seq, at: at))
        indexes[id] = index
        strokesByPerson[person, default: []].append(index)
        return index
    }

    private mutating func touch(_ stroke: UInt32, _ region: SketchRegion, layer: Int) {
        strokes[Int(stroke)].layers |= 1 << UInt8(layer)
        guard let box = strokes[Int(stroke)].box else {
            strokes[Int(stroke)].box = region
            return
        }
        let (left, top) = (min(box.x, region.x), min(box.y, region.y))
        let right = max(box.x + box.width, region.x + region.width)
        let bottom = max(box.y + box.height, region.y + region.height)
        strokes[Int(stroke)].box = SketchRegion(x: left, y: top, width: right - left, height: bottom - top)
    }

    /// A stroke that draws over itself keeps one write: the older one could never be seen again.
    private func push(_ write: Write, x: Int, y: Int, _ chains: inout Chains) {
        guard canvas.region.contains(x: x, y: y) else { return }
        let cell = y * canvas.width + x
        let head = chains.heads[cell]
        var write = write
        if head != Write.none, chains.pool[Int(head)].stroke == write.stroke {
            write.next = chains.pool[Int(head)].next
            chains.pool[Int(head)] = write
            return
        }
        write.next = head
        let index = chains.take(write)
        chains.heads[cell] = index
        var last = index
        for _ in 1..<Self.depth where last != Write.none { last = chains.pool[Int(last)].next }
        guard last != Write.none else { return }
        let tooDeep = chains.pool[Int(last)].next
        guard tooDeep != Write.none else { return }
        chains.pool[Int(last)].next = Write.none
        chains.release(tooDeep)
    }
}
