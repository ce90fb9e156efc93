import ChatAPI
import ChatKit
import TerminalUI
import Testing
import chat_tui

/// What the disk is told of strokes: all of it before it is sent, soon without a connection, and when it is through.
@Suite struct DrawKeepingTests {
    @Test func `a stroke is on the disk before it is sent`() throws {
        var model = Sample.drawing()
        _ = Sample.pass(100, in: &model)
        let effects = Sample.mouse(.press(.left), 30, 8, in: &model)
        let kept = try #require(effects.firstIndex { if case .keepDrawings = $0 { true } else { false } })
        let sent = try #require(effects.firstIndex { if case .draw = $0 { true } else { false } })
        #expect(kept < sent)
        #expect(effects.kept == effects.draws)
    }

    @Test func `what is answered leaves the disk with the next write, or a little later`() throws {
        var model = Sample.drawing()
        _ = Sample.pass(100, in: &model)
        let first = try #require(Sample.mouse(.press(.left), 30, 8, in: &model).draws.first)
        // Within the 33 ms nothing is sent; on the disk it is.
        #expect(Sample.mouse(.drag(.left), 31, 8, in: &model).kept.map(\.text) == ["31,8 █"])
        var log = [Sample.entry(9, Sample.ana, cid: first.cid, SketchRun(x: 30, y: 8, text: "█"))]
        _ = update(&model, .live([.sketch(Sample.plan, log)]))
        let effects = Sample.pass(33, in: &model)
        let changes = effects.compactMap { effect -> DrawingChange? in
            if case .keepDrawings(let change) = effect { change } else { nil }
        }
        #expect(changes == [DrawingChange(gone: [first.cid])])
        #expect(effects.draws.map(\.text) == ["31,8 █"])
        // The last of it is through: nothing is left on the disk.
        log = [Sample.entry(10, Sample.ana, cid: effects.draws[0].cid, SketchRun(x: 31, y: 8, text: "█"))]
        _ = update(&model, .live([.sketch(Sample.plan, log)]))
        #expect(Sample.pass(33, in: &model).contains(.keepDrawings(DrawingChange(gone: [effects.draws[0].cid]))))
        #expect(!Sample.pass(33, in: &model).contains { if case .keepDrawings = $0 { true } else { false } })
    }

    @Test func `without a connection a long stroke is written in pieces, none of them again and again`() {
        var model = Sample.drawing(Size(width: 100, height: 30))
        _ = Sample.pass(100, in: &model)
        _ = update(&model, .live([.state(.offline(reason: "gone", retryMilliseconds: 1_000))]))
        _ = Sample.mouse(.press(.left), 0, 3, in: &model)
        var disk: [ClientID: SketchDraw] = [:]
        var written = 0
        for step in 1..<600 {
            for draw in Sample.mouse(.drag(.left), step % 60, 3 + step / 60, in: &model).kept {
                disk[draw.cid] = draw
                written += draw.cells
            }
            #expect(disk.values.reduce(0) { $0 + $1.cells } >= step, "what was drawn until now is there")
        }
        #expect(written < 600 * 128)
        #expect(disk.count == model.book.queue.items.count)
    }

    @Test func `what another program's end left is sent under its name, and is gone from the disk when it is through`()
    {
        let left = SketchDraw(
            sketch: Sample.plan,
            cid: Sample.cid(77),
            operation: .cells(stroke: Sample.stroke(7), layer: 0, runs: [SketchRun(x: 1, y: 1, text: "left")])
        )
        var model = Sample.drawing()
        _ = Sample.pass(100, in: &model)
        let effects = update(&model, .drawings([left])) + Sample.pass(33, in: &model)
        #expect(effects.draws == [left])
        #expect(effects.kept.isEmpty, "the disk has it")
        let answered = update(&model, .drawn(left.cid, .success(SketchDrawn(seq: 9, at: Sample.now))))
        #expect((answered + Sample.pass(33, in: &model)).contains(.keepDrawings(DrawingChange(gone: [left.cid]))))
    }

    @Test func `more than the disk should hold is not drawn, and that is said`() {
        var model = Sample.drawing()
        _ = update(&model, .live([.state(.offline(reason: "gone", retryMilliseconds: 1_000))]))
        let cells = (0..<256).flatMap { y in (0..<512).map { (Point(x: $0, y: y), Ink("1")) } }
        for fill in UInt64(0)..<2 {
            _ = Sample.mouse(.press(.left), Int(fill), 8, in: &model)
            _ = Sample.mouse(.release(.left), Int(fill), 8, in: &model)
            #expect(model.book.desk?.board.cell(Point(x: Int(fill), y: 8)).glyph.text == "█")
            var count = fill * 1_000
            model.book.queue.add(InkPatch(cells), stroke: Sample.stroke(50 + fill), layer: 0, in: Sample.plan) {
                count += 1
                return Sample.cid(count)
            }
        }
        _ = Sample.mouse(.press(.left), 7, 8, in: &model)
        #expect(model.book.desk?.board.cell(Point(x: 7, y: 8)).glyph.text == " ")
        #expect(model.notices.last?.text.hasPrefix("200000 cells wait") == true)
    }
}

extension [Effect] {
    /// What the disk is told to keep.
    var kept: [SketchDraw] {
        flatMap { effect -> [SketchDraw] in
            if case .keepDrawings(let change) = effect { change.kept } else { [] }
        }
    }
}

extension SketchDraw {
    fileprivate var cells: Int {
        guard case .cells(_, _, let runs) = operation else { return 0 }
        return runs.reduce(0) { $0 + $1.text.count }
    }
}
