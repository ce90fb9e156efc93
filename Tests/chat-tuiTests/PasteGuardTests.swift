import ChatAPI
import TerminalUI
import Testing
import chat_tui

/// What a paste asks before it is sent.
@Suite struct PasteGuardTests {
    @Test(arguments: [
        ("one\ntwo\nthree", false), ("one\ntwo\nthree\n", false), ("1\n2\n3\n4", true),
        (String(repeating: "x", count: Limits.messageBytes + 1), true),
    ])
    func `few lines are not asked about`(text: String, isAsked: Bool) {
        var model = Sample.model()
        _ = update(&model, .input(.paste(text, isLast: true)))
        if case .paste = model.overlay { #expect(isAsked) } else { #expect(!isAsked) }
        #expect(model.composer.isEmpty == isAsked)
    }

    @Test func `it counts what would be sent`() {
        let guarded = PasteGuard("a\n\nb\nc\n  \nd\n")
        #expect(guarded.messages == ["a", "b", "c", "d"])
        #expect(guarded.sentence.contains("4 messages line by line"))
    }

    @Test func `as one message, line by line, into the line, or not at all`() {
        for (key, count) in [("Enter", 1), ("l", 4), ("e", 0), ("Esc", 0)] {
            var model = Sample.model()
            _ = update(&model, .input(.paste("1\n2\n3\n4", isLast: true)))
            let effects = Sample.press(key, in: &model)
            #expect(effects.messages.count == count, "\(key)")
            #expect(model.overlay == nil)
            #expect(model.composer.isEmpty == (key != "e"))
        }
    }
}
