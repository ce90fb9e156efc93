import ChatAPI
import ChatKit
import TerminalUI
import Testing
import chat_tui

/// Drawings on the screen.
@Suite struct SketchFrameTests {
    static let sizes = [Size(width: 40, height: 12), Size(width: 80, height: 24), Size(width: 120, height: 40)]

    /// bob points, carol is about to draw a box.
    private func withPeers(_ model: inout Model) {
        _ = update(&model, Sample.point(Sample.bob, 20, 5))
        let box = [
            SketchRun(x: 6, y: 6, text: "┌──┐"), SketchRun(x: 6, y: 7, text: "│  │"),
            SketchRun(x: 6, y: 8, text: "└──┘"),
        ]
        _ = update(&model, Sample.point(Sample.carol, 9, 8, "box", preview: box))
    }

    @Test(arguments: sizes)
    func `beside the chat and in the whole window`(size: Size) {
        var model = Sample.drawing(size)
        withPeers(&model)
        expectFrame(view(model), "sketch-split-\(size.width)x\(size.height)")
        Sample.press("F6", in: &model)
        expectFrame(view(model), "sketch-whole-\(size.width)x\(size.height)")
    }

    @Test(arguments: sizes)
    func `a drawing larger than its window has a map`(size: Size) {
        var model = Sample.drawing(size, paper: Size(width: 200, height: 80))
        Sample.press("F6", in: &model)
        _ = Sample.pass(1_000, in: &model)
        expectFrame(view(model), "sketch-map-\(size.width)x\(size.height)")
    }

    @Test func `without colours, pixels are signs and nothing is coloured`() {
        var model = Sample.drawing()
        model.colorDepth = .mono
        model.theme = .mono
        withPeers(&model)
        let frame = view(model)
        expectFrame(frame, "sketch-mono-80x24")
        for cell in frame.cells {
            #expect(cell.style.foreground == .default && cell.style.background == .default)
        }
    }

    @Test func `tools, hints, zoom, selection, replay`() {
        var model = Sample.drawing()
        Sample.press("F6", "b", "Space", "Shift+Right", "Down", "Down", in: &model)
        expectFrame(view(model), "sketch-box-80x24")
        Sample.press("Esc", "s", "Space", "Shift+Right", "Down", "Space", in: &model)
        expectFrame(view(model), "sketch-selected-80x24")
        Sample.press("Esc", "p", "r", "z", "Home", "PageUp", in: &model)
        expectFrame(view(model), "sketch-zoom-80x24")
        Sample.press("z", "r", "R", in: &model)
        let entries = (1...4).map { Sample.entry(Int64($0), Sample.bob, SketchRun(x: $0, y: $0, text: "\($0)")) }
        let page = SketchOperationPage(operations: entries, head: 4, first: 1, hasLater: false)
        _ = update(&model, .answered(.sketch(.history(Sample.plan, after: nil)), .success(.sketch(.history(page)))))
        Sample.press("End", in: &model)
        expectFrame(view(model), "sketch-replay-80x24")
    }

    @Test(arguments: [40, 60, 80, 100, 110, 132, 200])
    func `the way out is told at every width`(width: Int) {
        var model = Sample.drawing(Size(width: width, height: 24))
        model.rooms = model.rooms.filter { $0.key == model.current }
        let whole = FrameText(view(model)).plain
        #expect(whole.contains("q close · ? help"))
        #expect(whole.contains("Space draw") && whole.contains("u undo") || width < 60)
        Sample.press("s", "Space", "Right", "Space", in: &model)
        #expect(FrameText(view(model)).plain.contains(" · Esc"))
        Sample.press("Esc", "b", "Space", in: &model)
        #expect(FrameText(view(model)).plain.contains("Esc gives it up"))
    }

    @Test func `help that is asked for on a drawing begins with its keys`() {
        var model = Sample.drawing(Size(width: 40, height: 12))
        Sample.press("?", in: &model)
        #expect(FrameText(view(model)).plain.split(separator: "\n")[1].contains("On a drawing"))
        Sample.press("Esc", "R", "?", in: &model)
        #expect(FrameText(view(model)).plain.split(separator: "\n")[1].contains("While a drawing is replayed"))
        Sample.press("Esc", "q", "Tab", "F1", in: &model)
        #expect(FrameText(view(model)).plain.split(separator: "\n")[1].contains("Anywhere"))
    }

    @Test func `a finished shape is not hidden by what a click would do there next`() {
        var model = Sample.drawing()
        Sample.press("b", in: &model)
        _ = Sample.mouse(.press(.left), 30, 8, in: &model)
        _ = Sample.mouse(.drag(.left), 33, 10, in: &model)
        _ = Sample.mouse(.release(.left), 33, 10, in: &model)
        #expect(model.book.desk?.preview.isEmpty == true)
        _ = Sample.mouse(.move, 33, 11, in: &model)
        #expect(model.book.desk?.preview.isEmpty == false)
        _ = Sample.mouse(.move, 33, 10, in: &model)
        #expect(model.book.desk?.preview.isEmpty == false)
    }

    @Test func `two people on one cell are both named`() {
        var model = Sample.drawing()
        Sample.press("F6", in: &model)
        _ = update(&model, Sample.point(Sample.bob, 20, 5))
        _ = update(&model, Sample.point(Sample.carol, 20, 5, "box"))
        let plain = FrameText(view(model)).plain
        #expect(plain.contains(" bob ") && plain.contains("carol box"))
    }

    @Test func `the card in the conversation, and a posted picture`() {
        var model = Sample.model()
        var made = Sample.entry(.sketchCreated, 7, Sample.bob)
        made.sketch = Sample.plan
        made.text = "plan"
        var posted = Sample.message(8, Sample.carol, "look at this")
        posted.picture = SketchPicture(
            sketch: Sample.plan,
            name: "plan",
            seq: 8,
            region: SketchRegion(x: 2, y: 1, width: 24, height: 5),
            runs: Sample.canvas(Size(width: 60, height: 16)).runs(in: SketchRegion(x: 2, y: 1, width: 24, height: 5))
        )
        _ = update(&model, .live([.entries(log: Sample.general.description, [made, posted])]))
        expectFrame(view(model), "sketch-card-unknown-80x24")
        let sketch = Sample.sketch(Size(width: 60, height: 16), seq: 8, drawing: [Sample.ana, Sample.bob])
        let effects = update(&model, .answered(.sketch(.list(Sample.general)), .success(.sketch(.list([sketch])))))
        // The small picture is asked for because the card is on the screen.
        #expect(effects.sketches == [.snapshot(Sample.plan, .card)])
        let snapshot = SketchSnapshot(Sample.canvas(Size(width: 60, height: 16)), of: sketch)
        _ = update(&model, .answered(.sketch(.snapshot(Sample.plan, .card)), .success(.sketch(.snapshot(snapshot)))))
        expectFrame(view(model), "sketch-card-80x24")
    }

    @Test func `no size stops the view`() {
        for width in [1, 39, 40, 41, 71, 72, 80, 139, 140, 300] {
            for height in [1, 11, 12, 13, 23, 24, 90] {
                var model = Sample.drawing(Size(width: width, height: height), paper: Size(width: 512, height: 256))
                withPeers(&model)
                for key in [
                    "Space", "b", "Space", "Down", "r", "z", "r", "F6", "s", "Enter", "Down", "Enter", "F6", "R",
                ] {
                    Sample.press(key, in: &model)
                    #expect(view(model).size == Size(width: width, height: height))
                }
            }
        }
    }

    @Test func `hostile signs are not drawn, wherever they come from`() {
        var model = Sample.drawing()
        let hostile = ["\u{1B}[31m", "\u{202E}abc", "a\u{200D}b", "\u{301}", "👩‍👩‍👧‍👦", "\u{9B}2J"]
        for (index, text) in hostile.enumerated() {
            let run = SketchRun(x: 0, y: index, text: text)
            _ = update(&model, Sample.point(Sample.carol, 1, 1, "\u{1B}]0;x\u{7}", preview: [run]))
            var sketch = Sample.sketch(Size(width: 60, height: 16), seq: 8)
            sketch.name = text
            _ = update(&model, .answered(.sketch(.rename(Sample.plan, text)), .success(.sketch(.sketch(sketch)))))
            for cell in view(model).cells {
                for scalar in cell.text.unicodeScalars {
                    #expect(scalar.value >= 0x20 && !(0x7F..<0xA0).contains(scalar.value))
                    #expect(!(0x202A...0x202E).contains(scalar.value))
                }
            }
        }
    }
}
