import ChatAPI

/// A history as bytes, for the checkpoint from which a sketch is opened: reading one and the few thousand entries after it is
/// a matter of milliseconds, replaying a long log is not.
///
/// Whole numbers are LEB128. Looks of cells (glyph, colours, attributes) are listed once; a write is the number of its
/// look, of its stroke, and how many entries after the stroke's first it was made.
extension SketchHistory {
    private static let format: UInt8 = 1

    private struct Header: Codable {
        let width: Int
        let height: Int
        let layers: [SketchLayer]
        let locks: [SketchLock]
        let seq: Int64
        let people: [AccountID]
        let planes: [Int]
    }

    /// Leaves out strokes of which nothing is left: who drew ten thousand strokes over each other has a few hundred.
    package mutating func prune() {
        var isUsed = [Bool](repeating: false, count: strokes.count)
        for chains in chains.values {
            for head in chains.heads {
                var index = head
                while index != Write.none {
                    let write = chains.pool[Int(index)]
                    isUsed[Int(write.stroke)] = true
                    index = write.next
                }
            }
        }
        // The newest of each person says whether a redo is still possible.
        for own in strokesByPerson.values { if let newest = own.last { isUsed[Int(newest)] = true } }
        var numbers = [UInt32](repeating: Write.none, count: strokes.count)
        var kept: [Stroke] = []
        for (index, stroke) in strokes.enumerated() where isUsed[index] {
            numbers[index] = UInt32(kept.count)
            kept.append(stroke)
        }
        guard kept.count < strokes.count else { return }
        for layer in Array(chains.keys) {
            guard var chains = chains.removeValue(forKey: layer) else { continue }
            for head in chains.heads {
                var index = head
                while index != Write.none {
                    chains.pool[Int(index)].stroke = numbers[Int(chains.pool[Int(index)].stroke)]
                    index = chains.pool[Int(index)].next
                }
            }
            self.chains[layer] = chains
        }
        replaceStrokes(kept)
    }

    private mutating func replaceStrokes(_ kept: [Stroke]) {
        strokes = kept
        indexes = [:]
        strokesByPerson = [:]
        for (index, stroke) in kept.enumerated() {
            indexes[stroke.id] = UInt32(index)
            strokesByPerson[stroke.by, default: []].append(UInt32(index))
        }
    }

    // MARK: - Writing

    package func encoded() -> [UInt8] {
        var out = SketchBytes.Writer()
        out.byte(Self.format)
        let people = Array(strokesByPerson.keys).sorted()
        let layers = chains.keys.sorted()
        let header = Header(
            width: canvas.width,
            height: canvas.height,
            layers: canvas.layers,
            locks: canvas.locks,
            seq: canvas.seq,
            people: people,
            planes: layers
        )
        out.block(Coding.encode(header))
        let numbers = Dictionary(uniqueKeysWithValues: people.enumerated().map { ($0.element, $0.offset) })
        out.number(strokes.count)
        for stroke in strokes { Self.write(stroke, person: numbers[stroke.by] ?? 0, &out) }
        var looks = Looks()
        var cells = SketchBytes.Writer()
        for layer in layers {
            if let chains = chains[layer] { write(chains, &looks, &cells) }
        }
        out.number(looks.list.count)
        for look in looks.list {
            out.word(look.glyph.packed)
            out.number(Int(look.foreground.rawValue) + 1)
            out.number(Int(look.background.rawValue) + 1)
            out.byte(look.attributes.rawValue)
        }
        out.append(cells.bytes)
        return out.bytes
    }

    private struct Looks {
        private(set) var list: [SketchCell] = []
        private var numbers: [SketchCell: Int] = [:]

        mutating func number(of write: Write) -> Int {
            let look = SketchCell(
                glyph: write.glyph,
                foreground: write.foreground,
                background: write.background,
                attributes: write.attributes
            )
            if let known = numbers[look] { return known }
            list.append(look)
            numbers[look] = list.count - 1
            return list.count - 1
        }
    }

    private static func write(_ stroke: Stroke, person: Int, _ out: inout SketchBytes.Writer) {
        out.word(stroke.id.high)
        out.word(stroke.id.low)
        out.number(person)
        out.number(Int(stroke.first))
        out.number(Int(stroke.last - stroke.first))
        out.number(Int(max(stroke.at, 0)))
        out.byte(stroke.state.rawValue)
        out.number(Int(stroke.undoneBy))
        out.byte(stroke.layers)
        let box = stroke.box ?? SketchRegion(x: 0, y: 0, width: 0, height: 0)
        for number in [box.x, box.y, box.width, box.height] { out.number(max(number, 0)) }
    }

    /// For each cell the length of its chain, with runs of empty cells as a zero and their count; then its writes, the newest
    /// first.
    private func write(_ chains: Chains, _ looks: inout Looks, _ out: inout SketchBytes.Writer) {
        var empty = 0
        for head in chains.heads {
            if head == Write.none {
                empty += 1
                continue
            }
            if empty > 0 {
                out.number(0)
                out.number(empty)
                empty = 0
            }
            var writes: [Write] = []
            var index = head
            while index != Write.none {
                writes.append(chains.pool[Int(index)])
                index = chains.pool[Int(index)].next
            }
            out.number(writes.count)
            for write in writes {
                out.number(looks.number(of: write))
                out.number(Int(write.stroke))
                out.number(Int(write.seq &- UInt32(truncatingIfNeeded: strokes[Int(write.stroke)].first)))
            }
        }
        if empty > 0 {
            out.number(0)
            out.number(empty)
        }
    }

    // MARK: - Reading

    /// Nil if the bytes are not a history of this format: then the log is replayed.
    package init?(encoded bytes: [UInt8]) {
        var input = SketchBytes.Reader(bytes)
        guard input.byte() == Self.format, let block = input.block(),
            let header = try? Coding.decode(Header.self, from: block), Limits.sketchWidth.contains(header.width),
            Limits.sketchHeight.contains(header.height),
            header.layers.allSatisfy({ (0..<Limits.layersPerSketch).contains($0.id) })
        else { return nil }
        self.init(
            canvas: SketchCanvas(
                width: header.width,
                height: header.height,
                layers: header.layers,
                locks: header.locks,
                seq: header.seq
            )
        )
        guard let strokes = Self.strokes(header.people, &input), let looks = Self.looks(&input) else { return nil }
        replaceStrokes(strokes)
        for layer in header.planes {
            guard let chains = readChains(looks, &input) else { return nil }
            self.chains[layer] = chains
        }
        guard input.isAtEnd else { return nil }
        repaintEverything()
    }

    private static func strokes(_ people: [AccountID], _ input: inout SketchBytes.Reader) -> [Stroke]? {
        guard let count = input.number() else { return nil }
        var strokes: [Stroke] = []
        for _ in 0..<count {
            guard let high = input.word(), let low = input.word(), let person = input.number(), person < people.count,
                let first = input.number(), let length = input.number(), let at = input.number(),
                let state = input.byte().flatMap(Stroke.State.init(rawValue:)), let undoneBy = input.number(),
                let layers = input.byte(), let x = input.number(), let y = input.number(), let width = input.number(),
                let height = input.number()
            else { return nil }
            var stroke = Stroke(
                id: StrokeID(high: high, low: low),
                by: people[person],
                first: Int64(first),
                last: Int64(first + length),
                at: Int64(at)
            )
            stroke.state = state
            stroke.undoneBy = Int64(undoneBy)
            stroke.layers = layers
            if width > 0 { stroke.box = SketchRegion(x: x, y: y, width: width, height: height) }
            strokes.append(stroke)
        }
        return strokes
    }

    private static func looks(_ input: inout SketchBytes.Reader) -> [SketchCell]? {
        guard let count = input.number() else { return nil }
        var looks: [SketchCell] = []
        for _ in 0..<count {
            guard let packed = input.word(), let foreground = input.number(), let background = input.number(),
                let attributes = input.byte(),
                let front = SketchColor(rawValue: Int32(truncatingIfNeeded: foreground - 1)),
                let back = SketchColor(rawValue: Int32(truncatingIfNeeded: background - 1))
            else { return nil }
            looks.append(
                SketchCell(
                    glyph: SketchGlyph(packed: packed),
                    foreground: front,
                    background: back,
                    attributes: SketchAttributes(rawValue: attributes)
                )
            )
        }
        return looks
    }

    private func readChains(_ looks: [SketchCell], _ input: inout SketchBytes.Reader) -> Chains? {
        let count = canvas.width * canvas.height
        var chains = Chains(count: count)
        var cell = 0
        while cell < count {
            guard let length = input.number() else { return nil }
            if length == 0 {
                guard let empty = input.number(), empty > 0, empty <= count - cell else { return nil }
                cell += empty
                continue
            }
            var last = Write.none
            for _ in 0..<length {
                guard let look = input.number(), look < looks.count, let stroke = input.number(),
                    stroke < strokes.count,
                    let offset = input.number()
                else { return nil }
                var write = Write(
                    blankOf: UInt32(stroke),
                    seq: strokes[stroke].first + Int64(offset)
                )
                write.glyph = looks[look].glyph
                write.foreground = looks[look].foreground
                write.background = looks[look].background
                write.attributes = looks[look].attributes
                let index = chains.take(write)
                if last == Write.none {
                    chains.heads[cell] = index
                } else {
                    chains.pool[Int(last)].next = index
                }
                last = index
            }
            cell += 1
        }
        return chains
    }

    /// The canvas is what the chains say: it is not stored twice.
    private mutating func repaintEverything() {
        for layer in canvas.layers.map(\.id) where chains[layer] != nil {
            var plane = SketchPlane(width: canvas.width, height: canvas.height)
            for y in 0..<canvas.height {
                for x in 0..<canvas.width {
                    let seen = view(x: x, y: y, layer: layer)
                    var cell = seen.cell
                    cell.author = canvas.number(of: seen.by)
                    plane.put(cell, x: x, y: y)
                }
            }
            canvas.set(plane, layer: layer)
        }
    }
}
