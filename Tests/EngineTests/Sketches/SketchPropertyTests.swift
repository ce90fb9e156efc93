import ChatAPI
import ChatTestKit
import Engine
import Testing

/// What must hold of every sketch, whatever is drawn in it: thousands of random histories.
@Suite("Properties of sketches")
struct SketchPropertyTests {
    private static let seeds = (0..<40).map { UInt64($0) * 1_000 }

    /// Fifty histories from each seed on: two thousand in all.
    private func histories(_ seed: UInt64, _ body: (UInt64) throws -> Void) rethrows {
        for offset in 0..<UInt64(50) { try body(seed + offset) }
    }

    @Test(arguments: seeds)
    func `the canvas shows what the writes say, and whoever applies the entries has the same one`(_ seed: UInt64) {
        histories(seed) { seed in
            var play = SketchPlay(seed: seed)
            var client = SketchCanvas.first
            client.apply(play.entries[0])
            for step in 0..<30 {
                guard let entry = step % 9 == 8 ? play.special() : play.step() else { continue }
                client.apply(entry)
                if let wrong = play.disagreement() {
                    Issue.record("seed \(seed), step \(step), \(entry.operation): \(wrong)")
                    return
                }
                #expect(client == play.history.canvas, "seed \(seed), step \(step), \(entry.operation)")
            }
        }
    }

    @Test(arguments: seeds)
    func `undo and redo change no cell whose last writer is another stroke`(_ seed: UInt64) {
        histories(seed) { seed in
            var play = SketchPlay(seed: seed)
            for step in 0..<30 {
                let before = play.history
                guard let entry = play.step() else { continue }
                let stroke: StrokeID
                switch entry.operation {
                case .undo(let id?), .redo(let id?): stroke = id
                default: continue
                }
                #expect(before.stroke(stroke)?.by == entry.by, "seed \(seed), step \(step): a foreign stroke")
                for place in places(before.canvas) {
                    let old = before.origin(x: place.x, y: place.y, layer: place.layer)
                    let new = play.history.origin(x: place.x, y: place.y, layer: place.layer)
                    // What is on top before and after is either unchanged, or one of the two is the stroke itself.
                    let isSame = old?.stroke.id == new?.stroke.id && old?.seq == new?.seq
                    let isOwn = old?.stroke.id == stroke || new?.stroke.id == stroke
                    #expect(isSame || isOwn, "seed \(seed), step \(step): cell \(place)")
                }
            }
        }
    }

    @Test
    func `the histories are worth something: strokes over strokes, wide glyphs, undos that skip`() {
        var skipped = 0
        var patched = 0
        var refused = 0
        for seed in 0..<UInt64(100) {
            var play = SketchPlay(seed: seed)
            for _ in 0..<30 {
                guard let entry = play.step() else { continue }
                skipped += (entry.skipped ?? 0) > 0 ? 1 : 0
                patched += entry.patches.isEmpty ? 0 : 1
            }
            refused += play.refusals
        }
        #expect(skipped > 60 && patched > 200 && refused > 200 && refused < 1_500, "\(skipped) \(patched) \(refused)")
    }

    @Test(arguments: seeds)
    func `undo and then redo is nothing at all, if nobody interferes`(_ seed: UInt64) throws {
        try histories(seed) { seed in
            var play = SketchPlay(seed: seed)
            for _ in 0..<20 { _ = play.step() }
            for person in play.people {
                var before = play.history.canvas
                guard let undone = play.apply(.undo(stroke: nil), by: person) else { continue }
                let again = play.apply(.redo(stroke: nil), by: person)
                let redone = try #require(again, "seed \(seed)")
                #expect(undone.skipped == redone.skipped, "seed \(seed)")
                before.seq = play.seq
                #expect(play.history.canvas == before, "seed \(seed)")
            }
        }
    }

    @Test(arguments: seeds)
    func `a wipe leaves what others wrote last, and undone it is nothing at all`(_ seed: UInt64) {
        histories(seed) { seed in
            var play = SketchPlay(seed: seed)
            for _ in 0..<20 { _ = play.step() }
            for person in play.people {
                let before = play.history
                let since = Int64.random(in: 0...play.seq, using: &play.generator)
                let seq = play.seq + 1
                _ = play.history.wipe(person, since: since, seq: seq)
                for place in places(before.canvas) {
                    let old = before.origin(x: place.x, y: place.y, layer: place.layer)?.stroke
                    let new = play.history.origin(x: place.x, y: place.y, layer: place.layer)?.stroke
                    let goes = old.map { $0.by == person && $0.at >= since } ?? false
                    #expect(goes ? new?.id != old?.id : new?.id == old?.id, "seed \(seed): cell \(place)")
                }
                _ = play.history.unwipe(person, since: since, seq: seq)
                var canvas = before.canvas
                canvas.seq = seq
                #expect(play.history.canvas == canvas, "seed \(seed)")
                for stroke in before.strokes(of: person, since: 0, areWiped: false) {
                    #expect(play.history.stroke(stroke) == before.stroke(stroke), "seed \(seed): \(stroke)")
                }
            }
        }
    }

    @Test(arguments: seeds)
    func `a snapshot and the entries after it are a full replay`(_ seed: UInt64) throws {
        try histories(seed) { seed in
            var play = SketchPlay(seed: seed)
            for _ in 0..<24 { _ = play.step() }
            let at = Int.random(in: 1...play.entries.count, using: &play.generator)
            var canvas = SketchCanvas.first
            for entry in play.entries.prefix(at) { canvas.apply(entry) }
            let json = Coding.encode(SketchSnapshot(canvas, of: Self.sketch))
            var joined = try #require(try Coding.decode(SketchSnapshot.self, from: json).canvas(), "seed \(seed)")
            #expect(joined == canvas, "seed \(seed)")
            for entry in play.entries.dropFirst(at) {
                // As they come over the wire.
                let bytes = SketchWriting.encode(entry)
                joined.apply(try Coding.decode(SketchEntry.self, from: bytes))
            }
            #expect(joined == play.history.canvas, "seed \(seed)")
        }
    }

    @Test(arguments: seeds)
    func `a checkpoint goes on as if nothing had happened`(_ seed: UInt64) throws {
        try histories(seed) { seed in
            var play = SketchPlay(seed: seed)
            for _ in 0..<20 { _ = play.step() }
            if seed % 3 == 0 { play.history.prune() }
            var opened = try #require(SketchHistory(encoded: play.history.encoded()), "seed \(seed)")
            #expect(opened.canvas == play.history.canvas, "seed \(seed)")
            for person in play.people {
                let undone = play.history.lastUndone(of: person)
                #expect(opened.lastUndone(of: person) == undone, "seed \(seed): what a redo brings back")
            }
            let kept = play.entries.count
            for _ in 0..<15 { _ = play.step() }
            for entry in play.entries.dropFirst(kept) { opened.replay(entry) }
            #expect(opened.canvas == play.history.canvas, "seed \(seed)")
        }
    }

    @Test
    func `no garbage is a checkpoint, and none crashes`() {
        var generator = SeededGenerator(seed: 7)
        var play = SketchPlay(seed: 7)
        for _ in 0..<20 { _ = play.step() }
        let good = play.history.encoded()
        for length in 0..<good.count { #expect(SketchHistory(encoded: Array(good.prefix(length))) == nil) }
        for _ in 0..<2_000 {
            var bytes = good
            for _ in 0..<3 {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            // Whatever it says, it is read to the end or refused.
            _ = SketchHistory(encoded: bytes)
        }
    }

    private func places(_ canvas: SketchCanvas) -> [(x: Int, y: Int, layer: Int)] {
        canvas.layers.flatMap { layer in
            (0..<canvas.height).flatMap { y in (0..<canvas.width).map { (x: $0, y: y, layer: layer.id) } }
        }
    }

    private static let sketch = Sketch(
        id: SketchID(high: 1, low: 1),
        channel: ChannelID(high: 2, low: 2),
        name: "s",
        width: 10,
        height: 5,
        layers: [],
        locks: [],
        createdBy: AccountID(high: 3, low: 3),
        createdAt: 0,
        seq: 0,
        changedAt: 0,
        version: 1,
        drawing: []
    )
}
