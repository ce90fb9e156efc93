import ChatAPI
import ChatKit
import TerminalUI
import Testing
import chat_tui

/// `/sketch …` on an open drawing: what is asked first, what is said after, what Tab completes, where the keys go.
@Suite struct SketchCommandTests {
    /// A line about the open drawing; what was refused before is not there any more.
    private func line(_ text: String, in model: inout Model) -> [Effect] {
        if model.book.desk?.hasKeys == true { Sample.press("Tab", in: &model) }
        #expect(model.book.desk?.lendsKeys == false)
        Sample.press("Ctrl+U", in: &model)
        Sample.type(text, into: &model)
        return Sample.press("Enter", in: &model)
    }

    @Test func `a command that was begun on the drawing gives the keys back`() {
        var model = Sample.drawing()
        Sample.press("/", in: &model)
        Sample.type("sketch stamp", into: &model)
        Sample.press("Enter", "b", in: &model)
        #expect(model.composer.isEmpty && model.book.desk?.pen.tool == .box)
        // A refused one stays to be mended, and Esc gives it up.
        Sample.press("/", in: &model)
        Sample.type("sketch stamp elephant", into: &model)
        Sample.press("Enter", in: &model)
        #expect(model.composer.text == "/sketch stamp elephant" && model.book.desk?.hasKeys == false)
        Sample.press("Esc", "l", in: &model)
        #expect(model.composer.isEmpty && model.book.desk?.pen.tool == .line)
        // Whoever goes to the line by themselves stays there.
        Sample.press("Tab", in: &model)
        Sample.type("/sketch stamp", into: &model)
        Sample.press("Enter", "e", in: &model)
        #expect(model.composer.text == "e" && model.book.desk?.pen.tool == .line)
    }

    @Test(
        arguments: [
            ("open p", "/sketch open plan "), ("delete ", "/sketch delete plan "), ("wipe c", "/sketch wipe carol "),
            ("stamp ca", "/sketch stamp cat "), ("layer unl", "/sketch layer unlock "), ("rep", "/sketch replay "),
            ("rename c", "/sketch rename c"), ("open plan c", "/sketch open plan c"),
            ("post hi @car", "/sketch post hi @carol "),
        ]
    )
    func `Tab completes what a verb is about`(typed: String, completed: String) {
        var model = Sample.drawing()
        Sample.press("/", in: &model)
        Sample.type("sketch " + typed, into: &model)
        Sample.press("Tab", in: &model)
        #expect(model.composer.text == completed)
    }

    @Test func `what nobody can bring back takes the same line twice`() {
        var model = Sample.drawing()
        func wipe(_ name: String) -> [SketchRequest] { line("/sketch wipe \(name)", in: &model).sketches }
        #expect(wipe("bob").isEmpty)
        #expect(
            model.notices.last?.text.contains(
                "cells of it are seen; the same line again does it"
            ) == true
        )
        #expect(wipe("carol").isEmpty, "another name is another question")
        #expect(wipe("bob").isEmpty)
        #expect(wipe("bob") == [.wipe(Sample.plan, by: "bob")])
        #expect(wipe("bob").isEmpty, "and so is the next time")
        #expect(line("/sketch unwipe @bob", in: &model).sketches == [.wipe(Sample.plan, by: "bob", undo: true)])
        #expect(line("/sketch delete plan", in: &model).sketches.isEmpty)
        #expect(
            model.notices.last?.text
                == "plan goes with everything that is drawn in it, for good; the same line again does it"
        )
        // The line is still there.
        #expect(Sample.press("Enter", in: &model).sketches == [.delete(Sample.plan)])
    }

    @Test(
        arguments: [
            ("resize 60x20", "the paper has 60×20 cells now"), ("clear", "cleared; u brings it back"),
            ("layer hide", "the layer is hidden from everybody"), ("layer lock", "nobody else draws on the layer now"),
        ]
    )
    func `what cannot be seen is said when it is done`(verb: String, sentence: String) throws {
        var model = Sample.drawing()
        _ = Sample.pass(100, in: &model)
        let draws = line("/sketch " + verb, in: &model).draws + Sample.pass(100, in: &model).draws
        let draw = try #require(draws.first)
        _ = update(&model, .drawn(draw.cid, .success(SketchDrawn(seq: 9, at: Sample.now))))
        #expect(model.notices.last?.text == sentence)
    }

    @Test func `a file that is larger than the drawing is not put down cut`() {
        var model = Sample.drawing()
        let text = [UInt8](repeating: 0x78, count: 61) + [0x0A]
        _ = update(&model, .fileRead("wide.txt", .success(text)))
        #expect(model.notices.last?.text == "that is 61×4 cells; the drawing has 60×16")
        #expect(model.book.desk?.isPasting == false && model.book.desk?.clip == nil)
        _ = update(&model, .fileRead("ok.txt", .success(Array(text.dropFirst()))))
        #expect(model.book.desk?.isPasting == true)
    }

    @Test func `paper and layers with something on them are asked about, empty ones go`() {
        var model = Sample.drawing()
        _ = Sample.pass(100, in: &model)
        func draws(_ text: String) -> [SketchOperation] {
            let effects = line(text, in: &model)
            return effects.draws.map(\.operation) + Sample.pass(100, in: &model).draws.map(\.operation)
        }
        #expect(draws("/sketch resize 20x16").isEmpty)
        #expect(model.notices.last?.text.contains("cells lie outside of that and go; a version keeps them") == true)
        #expect(draws("/sketch resize 20x16") == [.resize(width: 20, height: 16)])
        model = Sample.drawing()
        _ = Sample.pass(100, in: &model)
        #expect(draws("/sketch resize 40x16") == [.resize(width: 40, height: 16)], "nothing is drawn out there")
    }
}
