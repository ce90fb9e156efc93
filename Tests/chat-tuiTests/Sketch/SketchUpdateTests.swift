import ChatAPI
import ChatKit
import TerminalUI
import Testing
import chat_tui

/// Drawing: what keys and mouse do, what is sent, what is shown until it is confirmed.
@Suite struct SketchUpdateTests {
    private func seen(_ model: Model, _ x: Int, _ y: Int) -> String {
        model.book.desk?.board.cell(Point(x: x, y: y)).glyph.text ?? ""
    }

    @Test func `a stroke of the mouse is shown at once and sent thirty times a second`() {
        var model = Sample.drawing()
        _ = Sample.pass(100, in: &model)
        var effects = Sample.mouse(.press(.left), 30, 8, in: &model)
        #expect(seen(model, 30, 8) == "█")
        #expect(effects.draws.map(\.text) == ["30,8 █"])
        effects = Sample.mouse(.drag(.left), 31, 8, in: &model) + Sample.mouse(.drag(.left), 34, 8, in: &model)
        #expect(effects.draws.isEmpty, "within 33 ms nothing more goes out")
        #expect(seen(model, 33, 8) == "█")
        effects = Sample.pass(33, in: &model)
        #expect(effects.draws.map(\.text) == ["31,8 ████"], "what waited is one operation")
        _ = Sample.mouse(.release(.left), 34, 8, in: &model)
        effects = Sample.pass(33, in: &model)
        #expect(effects.draws.isEmpty)
        #expect(model.book.desk?.hand == .rest)
    }

    @Test(arguments: ["move", "focus", "press", "silence"])
    func `a release that is never told still ends the stroke`(how: String) {
        var model = Sample.drawing()
        _ = Sample.mouse(.press(.left), 30, 8, in: &model)
        _ = Sample.mouse(.drag(.left), 32, 8, in: &model)
        switch how {
        case "move": _ = Sample.mouse(.move, 3, 3, in: &model)
        case "focus": _ = update(&model, .input(.focus(false)))
        case "press":
            _ = Sample.mouse(.press(.left), 40, 10, in: &model)
            guard case .drawing(let gesture, _)? = model.book.desk?.hand else {
                Issue.record("the second stroke did not begin")
                return
            }
            #expect(gesture.anchor == Point(x: 40, y: 10))
            return
        default: _ = Sample.pass(30_000, in: &model)
        }
        #expect(model.book.desk?.hand == .rest)
        #expect(seen(model, 3, 3) == "│" || seen(model, 3, 3) == "─")
    }

    @Test func `pending cells stay over what others draw until the daemon says who was last`() {
        var model = Sample.drawing()
        _ = Sample.pass(100, in: &model)
        let draws = Sample.mouse(.press(.left), 30, 8, in: &model).draws
        _ = Sample.mouse(.release(.left), 30, 8, in: &model)
        guard let cid = draws.first?.cid else {
            Issue.record("nothing was sent")
            return
        }
        // carol is first: her sign is beneath ours, not shown.
        _ = update(
            &model,
            .live([.sketch(Sample.plan, [Sample.entry(9, Sample.carol, SketchRun(x: 30, y: 8, text: "c"))])])
        )
        #expect(seen(model, 30, 8) == "█")
        // The answer alone changes nothing; the log brings ours, and then hers again.
        _ = update(&model, .drawn(cid, .success(SketchDrawn(seq: 10, at: Sample.now))))
        #expect(seen(model, 30, 8) == "█")
        _ = update(
            &model,
            .live([.sketch(Sample.plan, [Sample.entry(10, Sample.ana, cid: cid, SketchRun(x: 30, y: 8, text: "█"))])])
        )
        #expect(model.book.queue.isEmpty)
        #expect(seen(model, 30, 8) == "█")
        _ = update(
            &model,
            .live([.sketch(Sample.plan, [Sample.entry(11, Sample.carol, SketchRun(x: 30, y: 8, text: "d"))])])
        )
        #expect(seen(model, 30, 8) == "d")
    }

    @Test func `nothing that is drawn without a connection is lost`() {
        var model = Sample.drawing()
        _ = Sample.pass(100, in: &model)
        let first = Sample.mouse(.press(.left), 30, 8, in: &model).draws
        _ = Sample.mouse(.release(.left), 30, 8, in: &model)
        _ = update(&model, .live([.state(.offline(reason: "gone", retryMilliseconds: 1_000))]))
        let kept = Sample.mouse(.press(.left), 32, 8, in: &model).kept
        #expect(kept.map(\.text) == ["32,8 █"], "it is on the disk")
        _ = Sample.mouse(.release(.left), 32, 8, in: &model)
        #expect(seen(model, 30, 8) == "█" && seen(model, 32, 8) == "█")
        // Back: in order, under the same names.
        var effects = update(&model, .live([.state(.live)]))
        effects += Sample.pass(50, in: &model)
        #expect(effects.draws.map(\.text) == ["30,8 █", "32,8 █"])
        #expect(effects.draws.first?.cid == first.first?.cid)
        #expect(effects.contains(.followSketch(Sample.plan, after: 8)))
    }

    @Test func `a refusal is said, and the cells go`() {
        var model = Sample.drawing()
        _ = Sample.pass(100, in: &model)
        let draws = Sample.mouse(.press(.left), 30, 8, in: &model).draws
        _ = Sample.mouse(.release(.left), 30, 8, in: &model)
        guard let cid = draws.first?.cid else { return }
        _ = update(&model, .drawn(cid, .failure(APIError(.locked, "bob has locked that region"))))
        #expect(seen(model, 30, 8) == " ")
        #expect(model.notices.last?.text == "not drawn: bob has locked that region")
    }

    @Test func `missing entries are replaced by a new picture of the whole`() {
        var model = Sample.drawing()
        let effects = update(
            &model,
            .live([.sketch(Sample.plan, [Sample.entry(11, Sample.bob, SketchRun(x: 0, y: 0, text: "x"))])])
        )
        #expect(effects.sketches == [.snapshot(Sample.plan, .refetch)])
        #expect(seen(model, 0, 0) == " ", "what does not follow is not applied")
        var canvas = Sample.canvas(Size(width: 60, height: 16))
        for seq in Int64(9)...11 {
            canvas.apply(Sample.entry(seq, Sample.bob, SketchRun(x: Int(seq), y: 0, text: "x")))
        }
        let snapshot = SketchSnapshot(canvas, of: Sample.sketch(Size(width: 60, height: 16), seq: 11))
        let after = update(
            &model,
            .answered(.sketch(.snapshot(Sample.plan, .refetch)), .success(.sketch(.snapshot(snapshot))))
        )
        #expect(after.contains(.followSketch(Sample.plan, after: 11)))
        #expect(seen(model, 9, 0) == "x" && seen(model, 11, 0) == "x")
    }

    @Test func `the keyboard draws everything that the mouse draws`() {
        var byMouse = Sample.drawing()
        var byKeys = Sample.drawing()
        for tool in DrawingTool.table where tool.manner == .shape || tool.manner == .freehand {
            for model in [0, 1] {
                let place = Point(x: 30, y: 8)
                if model == 0 {
                    Sample.press(tool.key, in: &byMouse)
                    _ = Sample.mouse(.press(.left), place.x, place.y, in: &byMouse)
                    for step in 1...4 { _ = Sample.mouse(.drag(.left), place.x + step, place.y, in: &byMouse) }
                    for step in 1...2 { _ = Sample.mouse(.drag(.left), place.x + 4, place.y + step, in: &byMouse) }
                    _ = Sample.mouse(.release(.left), place.x + 4, place.y + 2, in: &byMouse)
                } else {
                    _ = Sample.mouse(.move, place.x, place.y, in: &byKeys)
                    Sample.press(
                        tool.key,
                        "Enter",
                        "Right",
                        "Right",
                        "Right",
                        "Right",
                        "Down",
                        "Down",
                        "Enter",
                        in: &byKeys
                    )
                }
            }
            for y in 0..<16 {
                for x in 0..<60 { #expect(seen(byMouse, x, y) == seen(byKeys, x, y), "\(tool.tool) at \(x),\(y)") }
            }
        }
    }

    @Test func `text is typed, in bursts that undo takes one by one`() {
        var model = Sample.drawing()
        _ = Sample.mouse(.move, 30, 8, in: &model)
        Sample.press("t", in: &model)
        Sample.type("qu", into: &model)
        #expect(seen(model, 30, 8) == "q" && seen(model, 31, 8) == "u")
        _ = Sample.pass(2_000, in: &model)
        Sample.type("x", into: &model)
        let strokes = model.book.queue.items.compactMap { item -> StrokeID? in
            if case .cells(let stroke, _, _) = item.kind { stroke } else { nil }
        }
        #expect(Set(strokes).count == 2)
        Sample.press("Enter", in: &model)
        Sample.type("y", into: &model)
        #expect(seen(model, 30, 9) == "y")
        Sample.press("Backspace", "Esc", in: &model)
        #expect(seen(model, 30, 9) == " ")
        #expect(model.book.desk?.hand == .rest)
    }

    @Test func `a click puts the line of typing there, and its release does not end it`() {
        var model = Sample.drawing()
        Sample.press("t", in: &model)
        for (x, text) in [(30, "one"), (40, "two")] {
            _ = Sample.mouse(.press(.left), x, 9, in: &model)
            _ = Sample.mouse(.release(.left), x, 9, in: &model)
            _ = Sample.mouse(.move, x + 5, 3, in: &model)
            Sample.type(text, into: &model)
        }
        #expect(seen(model, 30, 9) == "o" && seen(model, 32, 9) == "e")
        #expect(seen(model, 40, 9) == "t" && seen(model, 42, 9) == "o")
    }

    @Test func `Tab goes to the line, and from an empty one back`() {
        var model = Sample.drawing()
        Sample.press("Tab", in: &model)
        Sample.type("b", into: &model)
        #expect(model.composer.text == "b" && model.book.desk?.pen.tool == .pencil)
        Sample.press("Backspace", "Tab", "b", in: &model)
        #expect(model.book.desk?.pen.tool == .box)
    }

    @Test func `an export has what is on its way as well`() throws {
        var model = Sample.drawing()
        _ = update(&model, .live([.state(.offline(reason: "gone", retryMilliseconds: 1_000))]))
        _ = Sample.mouse(.press(.left), 30, 8, in: &model)
        _ = Sample.mouse(.drag(.left), 34, 8, in: &model)
        _ = Sample.mouse(.release(.left), 34, 8, in: &model)
        Sample.press("/", in: &model)
        Sample.type("sketch export plan.txt", into: &model)
        let bytes = Sample.press("Enter", in: &model).compactMap { effect -> [UInt8]? in
            if case .save("plan.txt", let bytes) = effect { bytes } else { nil }
        }
        let rows = String(decoding: try #require(bytes.first), as: UTF8.self).split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        #expect(rows[2].contains("daemon") && rows[8] == String(repeating: " ", count: 30) + "█████")
    }

    @Test func `whoever looks on in silence is still there, and only their pointer goes`() {
        var model = Sample.drawing()
        _ = Sample.pass(100, in: &model)
        #expect(Sample.pass(20_000, in: &model).pointers.isEmpty)
        #expect(Sample.pass(5_000, in: &model).pointers.count == 1, "one says so oneself")
        func title() -> String { String(FrameText(view(model)).plain.split(separator: "\n")[0]) }
        func isSeen() -> Bool {
            FrameText(view(model)).plain.split(separator: "\n").dropFirst().joined().contains("bob box")
        }
        _ = update(&model, Sample.point(Sample.bob, 30, 8, "box"))
        #expect(title().contains("with bob") && isSeen())
        for _ in 1...4 {
            _ = Sample.pass(25_000, in: &model)
            _ = update(&model, Sample.point(Sample.bob, 30, 8, "box"))
        }
        #expect(title().contains("with bob") && !isSeen())
        _ = update(&model, Sample.point(Sample.bob, 31, 8, "box"))
        #expect(isSeen(), "it moves")
        _ = Sample.pass(61_000, in: &model)
        #expect(!title().contains("bob"), "gone without a word")
    }

    @Test func `selecting, copying, pasting, moving`() {
        var model = Sample.drawing()
        Sample.press("s", in: &model)
        _ = Sample.mouse(.press(.left), 2, 1, in: &model)
        _ = Sample.mouse(.drag(.left), 4, 3, in: &model)
        _ = Sample.mouse(.release(.left), 4, 3, in: &model)
        #expect(model.book.desk?.selection == Rect(x: 2, y: 1, width: 3, height: 3))
        let copied = Sample.press("y", in: &model)
        #expect(copied.contains(.copy("╭──\n│ d\n╰──")))
        Sample.press("v", in: &model)
        _ = Sample.mouse(.press(.left), 41, 9, in: &model)
        _ = Sample.mouse(.release(.left), 41, 9, in: &model)
        #expect(seen(model, 40, 8) == "╭" && seen(model, 42, 9) == "d")
        // What is selected is dragged away.
        _ = Sample.mouse(.press(.left), 3, 2, in: &model)
        _ = Sample.mouse(.drag(.left), 3, 10, in: &model)
        _ = Sample.mouse(.release(.left), 3, 10, in: &model)
        #expect(seen(model, 2, 1) == " " && seen(model, 2, 9) == "╭")
        Sample.press("Delete", in: &model)
        #expect(seen(model, 2, 9) == " ")
    }

    @Test func `undo is asked of the daemon, after what is on its way`() {
        var model = Sample.drawing()
        _ = Sample.pass(100, in: &model)
        let first = Sample.mouse(.press(.left), 30, 8, in: &model).draws
        _ = Sample.mouse(.release(.left), 30, 8, in: &model)
        Sample.press("u", in: &model)
        #expect(Sample.pass(50, in: &model).draws.isEmpty, "it waits for the stroke to be known")
        guard let cid = first.first?.cid else { return }
        let undo = update(&model, .drawn(cid, .success(SketchDrawn(seq: 9, at: Sample.now)))).draws
        #expect(undo.map(\.operation) == [.undo(stroke: nil)])
        guard undo.count == 1 else { return }
        _ = update(&model, .drawn(undo[0].cid, .success(SketchDrawn(seq: 10, at: Sample.now, skipped: 2))))
        #expect(model.notices.last?.text == "taken back; 2 cells that others drew over stay")
    }

    @Test(arguments: [true, false])
    func `what an undo did is said once, whether the answer or the log comes first`(isAnswerFirst: Bool) {
        var model = Sample.drawing()
        _ = Sample.pass(100, in: &model)
        guard let undo = Sample.press("u", in: &model).draws.first else {
            Issue.record("nothing was sent")
            return
        }
        var entry = Sample.entry(9, Sample.ana, cid: undo.cid)
        entry.operation = .undo(stroke: Sample.stroke(1))
        entry.skipped = 2
        let before = model.noticeCount
        let answer = Action.drawn(undo.cid, .success(SketchDrawn(seq: 9, at: Sample.now, skipped: 2)))
        let log = Action.live([.sketch(Sample.plan, [entry])])
        for action in isAnswerFirst ? [answer, log] : [log, answer] { _ = update(&model, action) }
        #expect(model.notices.last?.text == "taken back; 2 cells that others drew over stay")
        #expect(model.noticeCount == before + 1)
    }

    @Test func `the pointer is told with the tool and what is about to be drawn`() {
        var model = Sample.drawing()
        _ = Sample.pass(100, in: &model)
        Sample.press("b", in: &model)
        _ = Sample.mouse(.press(.left), 30, 8, in: &model)
        _ = Sample.mouse(.drag(.left), 33, 10, in: &model)
        let pointer = Sample.pass(33, in: &model).pointers.last
        #expect(pointer?.x == 33 && pointer?.y == 10 && pointer?.tool == "box")
        #expect(pointer?.preview?.first?.text == "┌──┐")
        #expect(Sample.pass(33, in: &model).pointers.isEmpty, "nothing new is not told again")
    }

    @Test func `following goes where the other is, until one looks for oneself`() {
        var model = Sample.drawing(paper: Size(width: 200, height: 80))
        _ = update(&model, Sample.point(Sample.bob, 5, 5))
        Sample.press("@", in: &model)
        #expect(model.notices.last?.text == "you follow bob")
        _ = update(&model, Sample.point(Sample.bob, 190, 70))
        #expect(model.book.desk?.visible(in: SketchLayout(model)!.canvas).contains(Point(x: 190, y: 70)) == true)
        Sample.press("Left", in: &model)
        #expect(model.book.desk?.following == nil)
    }

    @Test func `who is followed shows the part that they see, not only where their hand is`() throws {
        var model = Sample.drawing(paper: Size(width: 200, height: 80))
        let area = try #require(SketchLayout(model)).canvas
        func look(_ viewport: SketchRegion, _ x: Int, _ y: Int) {
            let pointer = SketchPointer(sketch: Sample.plan, x: x, y: y, viewport: viewport)
            let news = Ephemeral(
                channel: nil,
                sketch: Sample.plan,
                pointers: [SketchPresence(by: Sample.bob, pointer: pointer)]
            )
            _ = update(&model, .live([.ephemeral(news)]))
        }
        look(SketchRegion(x: 60, y: 30, width: area.width, height: area.height), 70, 35)
        Sample.press("@", in: &model)
        #expect(model.book.desk?.origin == Point(x: 60, y: 30))
        // A larger window than this one: as much as there is room for, with their hand in it.
        look(SketchRegion(x: 60, y: 30, width: 140, height: 50), 190, 35)
        #expect(model.book.desk?.visible(in: area).contains(Point(x: 190, y: 35)) == true)
        // They scrolled away from their hand.
        look(SketchRegion(x: 0, y: 0, width: area.width, height: area.height), 190, 35)
        #expect(model.book.desk?.origin == Point(x: 0, y: 0))
    }

    @Test func `locked layers and regions are refused before anything is sent`() {
        var model = Sample.drawing()
        let lock = SketchEntry(
            seq: 9,
            by: Sample.bob,
            at: Sample.now,
            cid: nil,
            operation: .lock(SketchRegion(x: 30, y: 8, width: 2, height: 2))
        )
        _ = update(&model, .live([.sketch(Sample.plan, [lock])]))
        _ = Sample.mouse(.press(.left), 29, 8, in: &model)
        _ = Sample.mouse(.drag(.left), 33, 8, in: &model)
        _ = Sample.mouse(.release(.left), 33, 8, in: &model)
        #expect(seen(model, 29, 8) == "█" && seen(model, 30, 8) == " " && seen(model, 32, 8) == "█")
        let layer = SketchEntry(
            seq: 10,
            by: Sample.bob,
            at: Sample.now,
            cid: nil,
            operation: .layer(SketchLayerChange(layer: 0, locked: true))
        )
        _ = update(&model, .live([.sketch(Sample.plan, [layer])]))
        _ = Sample.mouse(.press(.left), 40, 8, in: &model)
        #expect(seen(model, 40, 8) == " ")
        #expect(model.notices.last?.text == "bob has locked the layer 1; N takes the next")
    }

    @Test func `a deleted drawing closes, and another channel closes it as well`() {
        var model = Sample.drawing()
        var gone = Sample.entry(.sketchDeleted, 7, Sample.bob)
        gone.sketch = Sample.plan
        gone.text = "plan"
        _ = update(&model, .live([.entries(log: Sample.general.description, [gone])]))
        #expect(model.book.desk == nil)
        var other = Sample.drawing()
        let effects = Sample.press("Alt+Down", in: &other)
        #expect(other.book.desk == nil)
        #expect(effects.contains(.unfollowSketch(Sample.plan)) && effects.contains(.hover(false)))
    }
}
