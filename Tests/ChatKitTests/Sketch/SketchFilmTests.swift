import ChatAPI
import ChatKit
import ChatTestKit
import Testing

/// Time-lapse: every entry is shown once and in order, at its pace, and the last frame is the drawing.
@Suite struct SketchFilmTests {
    private func entry(_ seq: Int64, at: Milliseconds, by person: Int = 1, _ text: String = "x") -> SketchEntry {
        let run = SketchRun(x: Int(seq) % 8, y: Int(seq) / 8 % 4, text: text)
        return SketchEntry(
            seq: seq,
            by: account(person),
            at: at,
            cid: nil,
            operation: .cells(stroke: StrokeID(high: 1, low: UInt64(seq)), layer: 0, runs: [run])
        )
    }

    private func frames(_ entries: [SketchEntry], _ change: (inout SketchFilm.Pace) -> Void) -> [SketchFilm.Frame] {
        var pace = SketchFilm.Pace()
        change(&pace)
        var projector = SketchFilm(beginning: SketchCanvas(width: 8, height: 4), entries: entries, pace).projector
        var frames: [SketchFilm.Frame] = []
        while let frame = projector.next() { frames.append(frame) }
        return frames
    }

    @Test func `what comes within one frame's time is one frame`() {
        let entries = [0, 10, 50, 99, 100, 500].enumerated().map { entry(Int64($0) + 1, at: $1, by: $0 % 2 + 1) }
        let frames = frames(entries) {
            $0.speed = 1
            $0.frameMilliseconds = 100
        }
        #expect(frames.map(\.shownAt) == [0, 100, 500])
        #expect(frames.map(\.operations) == [1, 4, 1])
        #expect(frames[1].people == [account(2), account(1)])
        #expect(frames.map(\.at) == [0, 100, 500])
    }

    @Test func `speed divides time, and pauses are shortened`() {
        let entries = [0, 1_000, 3_600_000, 3_601_000].enumerated().map { entry(Int64($0) + 1, at: $1) }
        let frames = frames(entries) {
            $0.speed = 10
            $0.frameMilliseconds = 50
            $0.pauseMilliseconds = 500
        }
        #expect(frames.map(\.shownAt) == [0, 100, 600, 700])
    }

    @Test(arguments: Seed.some(40))
    func `every entry is shown once, frames keep their distance, and the last one is the drawing`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var at: Milliseconds = 0
        var entries: [SketchEntry] = []
        for seq in 1...Int64.random(in: 1...200, using: &random) {
            at += Int64.random(in: 0...3_000, using: &random)
            entries.append(entry(seq, at: at, ["a", "b", "漢"].randomElement(using: &random)!))
        }
        var pace = SketchFilm.Pace()
        pace.speed = Int64.random(in: 1...100, using: &random)
        pace.frameMilliseconds = Int64.random(in: 1...200, using: &random)
        pace.pauseMilliseconds = Int64.random(in: 0...400, using: &random)
        let film = SketchFilm(beginning: SketchCanvas(width: 8, height: 4), entries: entries, pace)
        var projector = film.projector
        var shown = 0
        var last: Milliseconds?
        while let frame = projector.next() {
            shown += frame.operations
            #expect(projector.canvas.seq == entries[shown - 1].seq, "seed \(seed)")
            if let last { #expect(frame.shownAt - last >= pace.frameMilliseconds, "seed \(seed)") }
            last = frame.shownAt
        }
        #expect(shown == entries.count, "seed \(seed)")
        var canvas = SketchCanvas(width: 8, height: 4)
        for entry in entries { canvas.apply(entry) }
        #expect(projector.canvas == canvas, "seed \(seed)")
    }

    @Test func `a film without entries has no frames`() {
        #expect(frames([]) { _ in } == [])
    }
}
