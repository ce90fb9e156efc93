import ChatAPI
import ChatKit
import TerminalUI
import Testing
import chat_tui

/// A drawing as it came to be: where its replay begins, how it goes on.
@Suite struct SketchReplayUpdateTests {
    private func seen(_ model: Model, _ x: Int, _ y: Int) -> String {
        model.book.desk?.board.cell(Point(x: x, y: y)).glyph.text ?? ""
    }

    @Test func `a replay asks for pages that the daemon gives`() {
        var model = Sample.drawing()
        #expect(Sample.press("R", in: &model).sketches == [.history(Sample.plan, after: nil)])
        let entries = (1...3).map { Sample.entry(Int64($0), Sample.bob, SketchRun(x: $0, y: 0, text: "\($0)")) }
        let page = SketchOperationPage(operations: entries, head: 4, first: 1, hasLater: true)
        let more = update(
            &model,
            .answered(.sketch(.history(Sample.plan, after: nil)), .success(.sketch(.history(page))))
        )
        #expect(more.sketches == [.history(Sample.plan, after: 3)])
        let last = SketchOperationPage(
            operations: [Sample.entry(4, Sample.ana, SketchRun(x: 4, y: 0, text: "4"))],
            head: 4,
            first: 1,
            hasLater: false
        )
        _ = update(&model, .answered(.sketch(.history(Sample.plan, after: 3)), .success(.sketch(.history(last)))))
        Sample.press("End", in: &model)
        let canvas = model.book.desk?.replay?.canvas
        #expect((1...4).map { canvas?.cell(x: $0, y: 0).glyph.text } == ["1", "2", "3", "4"])
        Sample.press("Home", in: &model)
        #expect(model.book.desk?.replay?.canvas.cell(x: 4, y: 0).glyph.text == " ")
        Sample.press("Esc", in: &model)
        #expect(model.book.desk?.replay == nil && seen(model, 2, 1) == "╭")
    }

    @Test func `a replay goes on where it was stopped, however long that is ago`() {
        var model = Sample.drawing()
        Sample.press("R", in: &model)
        let entries = (1...4).map { number in
            var entry = Sample.entry(Int64(number), Sample.bob, SketchRun(x: number, y: 0, text: "x"))
            entry.at += Int64(number) * 1_000
            return entry
        }
        let page = SketchOperationPage(operations: entries, head: 4, first: 1, hasLater: false)
        _ = update(&model, .answered(.sketch(.history(Sample.plan, after: nil)), .success(.sketch(.history(page)))))
        _ = Sample.pass(300, in: &model)
        #expect(model.book.desk?.replay?.count == 2, "1,200 ms of it at four times the speed")
        Sample.press("Space", in: &model)
        _ = Sample.pass(60_000, in: &model)
        Sample.press("Space", in: &model)
        _ = Sample.pass(33, in: &model)
        #expect(model.book.desk?.replay?.count == 2)
        _ = Sample.pass(600, in: &model)
        #expect(model.book.desk?.replay?.count == 4)
    }

    @Test func `a replay begins with the drawing before the oldest entry that is kept, and says so`() {
        var model = Sample.drawing()
        Sample.press("R", in: &model)
        var canvas = SketchCanvas(width: 60, height: 16)
        canvas.apply(Sample.entry(7, Sample.bob, SketchRun(x: 0, y: 0, text: "before")))
        let page = SketchOperationPage(
            operations: [Sample.entry(8, Sample.ana, SketchRun(x: 0, y: 1, text: "after"))],
            head: 8,
            first: 8,
            hasLater: false,
            base: SketchSnapshot(canvas, of: Sample.sketch(Size(width: 60, height: 16), seq: 7))
        )
        _ = update(&model, .answered(.sketch(.history(Sample.plan, after: nil)), .success(.sketch(.history(page)))))
        #expect(model.notices.last?.text == "entries before 8 are not kept: it begins with the drawing as it was then")
        func played(_ y: Int) -> String? {
            model.book.desk?.replay.map { replay in (0..<6).map { replay.canvas.cell(x: $0, y: y).glyph.text }.joined()
            }
        }
        for _ in 1...2 {
            Sample.press("Home", in: &model)
            #expect(played(0) == "before" && played(1) == "      ")
            Sample.press("End", in: &model)
            #expect(played(0) == "before" && played(1) == "after ")
        }
    }
}
