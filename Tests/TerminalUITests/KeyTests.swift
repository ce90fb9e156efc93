import TerminalUI
import Testing

/// The names of keys.
@Suite struct KeyTests {
    @Test(arguments: [
        "a", "A", "?", "+", "Space", "Ctrl+K", "Alt+A", "Alt+Shift+A", "Ctrl+Shift+K", "Alt+Enter", "Shift+Enter", "F1",
        "F12",
        "Shift+Tab", "Ctrl+Alt+Delete", "Ctrl+Up", "PageUp", "Esc", "Ctrl++", "Alt+-", "Ctrl+_", "Alt+<", "ä",
        "Super+K",
    ])
    func `a name is read and printed the same`(name: String) throws {
        let key = try #require(Key(name))
        #expect(key.description == name)
        #expect(Key(key.description) == key)
    }

    @Test(arguments: [
        ("ctrl+k", "Ctrl+K"), ("CTRL+k", "Ctrl+K"), ("alt+pgup", "Alt+PageUp"), ("Escape", "Esc"), ("return", "Enter"),
        ("meta+a", "Alt+A"), ("f5", "F5"), ("Shift+a", "A"), ("control+alt+x", "Ctrl+Alt+X"), ("del", "Delete"),
    ])
    func `names are read in other forms too`(name: String, printed: String) throws {
        #expect(try #require(Key(name)).description == printed)
    }

    @Test(arguments: ["", "Ctrl+", "Foo", "Hyper+X", "F0", "F99", "ab", "\u{1B}", "Ctrl+Foo"])
    func `what is no key is refused`(name: String) {
        #expect(Key(name) == nil)
    }

    @Test func `a key has one form`() {
        #expect(Key(.character("a"), .shift) == Key(.character("A")))
        #expect(Key(.character("K"), .ctrl) == .ctrl("k"))
        #expect(Key(.character("K"), .alt) == Key(.character("k"), [.alt, .shift]))
        #expect(Key(.character("a")).typed == "a")
        #expect(Key.ctrl("a").typed == nil)
        #expect(Key(.enter).typed == nil)
    }
}
