import TerminalUI
import Testing
import chat_tui

/// The conversation alone on the screen, for the terminal's own selection.
@Suite struct BareTests {
    @Test func `the text alone, and back to what was shown before`() {
        var model = Sample.model(Size(width: 120, height: 40))
        Sample.press("F3", in: &model)
        let before = view(model)
        #expect(Sample.press("Alt+L", in: &model).contains(.mouse(false)))
        let text = FrameText(view(model)).plain
        #expect(!text.contains("│") && text.contains("The build is green"))
        #expect(Sample.press("Alt+L", in: &model).contains(.mouse(true)))
        _ = update(&model, .clock(Sample.now + 10_000))
        #expect(FrameText(view(model)).plain == FrameText(before).plain)
    }

    @Test func `in the middle of a line the key is the editor's`() {
        var model = Sample.model()
        Sample.type("ABC", into: &model)
        #expect(!Sample.press("Alt+L", in: &model).contains(.mouse(false)))
        #expect(model.showsSidebar)
    }
}
