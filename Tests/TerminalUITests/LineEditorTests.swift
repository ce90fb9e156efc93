import TerminalUI
import Testing

/// Editing as tables: text with the cursor as `|`, keys, text with the cursor.
@Suite struct LineEditorTests {
    struct Case: Sendable {
        let before: String
        let keys: String
        let after: String
        init(_ before: String, _ keys: String, _ after: String) {
            self.before = before
            self.keys = keys
            self.after = after
        }
    }

    static func editor(_ marked: String, mode: LineEditor.Mode = .emacs) -> LineEditor {
        let parts = marked.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
        var editor = LineEditor(parts.joined(), mode: mode)
        editor.moveCursor(to: parts[0].count)
        return editor
    }

    static func marked(_ editor: LineEditor) -> String {
        String(editor.characters[..<editor.cursor]) + "|" + String(editor.characters[editor.cursor...])
    }

    /// Names between blanks are keys; what is in quotes is typed.
    static func press(_ keys: String, in editor: inout LineEditor) {
        var isQuoted = false
        // By scalars: a quote and the mark after it are one Character.
        for part in keys.unicodeScalars.split(separator: "'", omittingEmptySubsequences: false) {
            if isQuoted {
                for scalar in part { _ = editor.handle(.character(scalar)) }
            } else {
                for name in part.split(separator: " ") { _ = editor.handle(Key(String(name))!) }
            }
            isQuoted.toggle()
        }
    }

    @Test(arguments: [
        Case("|", "'hello'", "hello|"),
        Case("ab|cd", "'x'", "abx|cd"),
        Case("e|", "'\u{301}'", "e\u{301}|"),
        Case("👨|", "'\u{200D}👩'", "👨‍👩|"),
        Case("👨‍👩‍👧x|", "Left Left", "|👨‍👩‍👧x"),
        Case("a👨‍👩‍👧|", "Backspace", "a|"),
        Case("a|b", "Delete", "a|"), Case("ab|", "Delete", "ab|"), Case("|ab", "Backspace", "|ab"),
        Case("one two|", "Alt+B", "one |two"), Case("one |two", "Alt+B", "|one two"),
        Case("|one two", "Alt+F", "one| two"),
        Case("one two|", "Ctrl+A", "|one two"), Case("|one two", "Ctrl+E", "one two|"),
        Case("a\nbc|d\ne", "Ctrl+A", "a\n|bcd\ne"), Case("a\nb|cd\ne", "End", "a\nbcd|\ne"),
        Case("a\nb|c", "Alt+<", "|a\nbc"), Case("a|\nbc", "Alt+>", "a\nbc|"),
        Case("one two-three|", "Ctrl+W", "one |"), Case("one two-three|", "Alt+Backspace", "one two-|"),
        Case("one| two three", "Alt+D", "one| three"), Case("one| two\nthree", "Ctrl+K", "one|\nthree"),
        Case("one|\nthree", "Ctrl+K", "one|three"), Case("one two|x", "Ctrl+U", "|x"),
        Case("one two|", "Ctrl+W Ctrl+W Ctrl+Y", "one two|"),
        Case("a b|", "Ctrl+W Left Ctrl+W Ctrl+Y", "a| "),
        Case("one two|", "Ctrl+W Left Right Ctrl+W Ctrl+Y Alt+Y", "two|"),
        Case("one two|", "Ctrl+W Left Right Ctrl+W Ctrl+Y Alt+Y Alt+Y", "one |"),
        Case("|", "'one two' Ctrl+_", "one|"), Case("|", "'one two' Ctrl+_ Ctrl+_", "|"),
        Case("|", "'one two' Ctrl+_ Ctrl+_ Alt+_", "one|"), Case("|", "'ab' Ctrl+W Ctrl+/", "ab|"),
        Case("abc|", "Ctrl+T", "acb|"), Case("a|bc", "Ctrl+T", "ba|c"), Case("|ab", "Ctrl+T", "|ab"),
        Case("one two|", "Alt+T", "two one|"), Case("on|e two", "Alt+T", "on|e two"),
        Case("|one two", "Alt+U", "ONE| two"), Case("|ONE", "Alt+L", "one|"), Case("| one", "Alt+C", " One|"),
        Case("a|", "Alt+Enter 'b' Shift+Enter 'c' Ctrl+J 'd'", "a\nb\nc\nd|"),
        Case("ab\ncd|", "Up", "ab|\ncd"), Case("a|b\ncd", "Down", "ab\nc|d"), Case("abc|\nd", "Down", "abc\nd|"),
    ])
    func `emacs keys edit`(example: Case) {
        var editor = Self.editor(example.before)
        Self.press(example.keys, in: &editor)
        #expect(Self.marked(editor) == example.after)
    }

    @Test(arguments: [
        Case("one two|", "Esc 'x'", "one t|w"), Case("one two|", "Esc 'bx'", "one |wo"),
        Case("one two|", "Esc '0dw'", "|two"), Case("|one two", "Esc 'dw'", "|two"),
        Case("one two three|", "Esc '02dw'", "|three"),
        Case("one two three|", "Esc '0d2w'", "|three"), Case("one two|", "Esc '0wD'", "one| "),
        Case("one two|", "Esc '0cwxyz' Esc", "xy|z two"), Case("one two|", "Esc '0cwxyz' Esc 'w.'", "xyz xy|z"),
        Case("one two|", "Esc '0iX' Esc", "|Xone two"), Case("one|", "Esc 'aX' Esc", "one|X"),
        Case("one|", "Esc 'IX' Esc 'AY' Esc", "Xone|Y"), Case("one|", "Esc 'otwo' Esc", "one\ntw|o"),
        Case("one|", "Esc 'Ozero' Esc", "zer|o\none"), Case("a\nb\nc|", "Esc 'kdd'", "a\n|c"),
        Case("a\nb|", "Esc 'dd'", "|a"),
        Case("a\nb\nc|", "Esc 'gg2ddp'", "c\n|a\nb"), Case("a\nb|", "Esc 'yyp'", "a\nb\n|b"),
        Case("a\nb|", "Esc 'ggyyP'", "|a\na\nb"),
        Case("abc|", "Esc '0xp'", "b|ac"), Case("one (two) x|", "Esc 'F(di('", "one (|) x"),
        Case("say \"a b\"|", "Esc 'ci\"c' Esc", "say \"|c\""),
        Case("one two three|", "Esc 'bbdaw'", "one |three"), Case("one two|", "Esc '0fodt '", "one tw|o"),
        Case("one two|", "Esc '0dt '", "| two"),
        Case("a.b.c|", "Esc '0f.;x'", "a.b|c"), Case("a.b.c|", "Esc 'F.,'", "a.b|.c"),
        Case("abc|", "Esc '0rx'", "|xbc"), Case("abc|", "Esc '02~'", "AB|c"),
        Case("a\n  b|", "Esc 'ggJ'", "a| b"), Case("abc|", "Esc 'xxuu'", "ab|c"),
        Case("abc|", "Esc 'xu' Ctrl+R", "a|b"),
        Case("one two|", "Esc '0yiwwP'", "one on|etwo"), Case("abc|", "Esc 'sX' Esc", "ab|X"),
        Case("a b|", "Esc 'SX' Esc", "|X"),
        Case("one.two|", "Esc 'bdB'", "|two"), Case("one two|", "Esc '0e'", "on|e two"),
        Case("one two|", "Esc '0$'", "one tw|o"),
        Case("  x|", "Esc '0^'", "  |x"), Case("abc|", "Esc '0d$'", "|"), Case("abc|", "Esc 'dQx'", "a|b"),
        Case("|", "Esc 'xdwpu'", "|"), Case("abc|", "Esc '9999999x'", "a|b"),
    ])
    func `vi keys edit`(example: Case) {
        var editor = Self.editor(example.before, mode: .vi)
        Self.press(example.keys, in: &editor)
        #expect(Self.marked(editor) == example.after)
    }

    @Test func `keys that belong to the program are left to it`() {
        var editor = Self.editor("abc|")
        for name in ["Enter", "Tab", "Esc", "F1", "PageUp", "Shift+Tab", "Alt+1", "Up", "Down"] {
            let outcome = editor.handle(Key(name)!)
            #expect(outcome == .ignored, "\(name)")
        }
        var vi = Self.editor("abc|", mode: .vi)
        var outcomes = [vi.handle(Key(.escape))]
        #expect(vi.isInNormalMode)
        outcomes += [vi.handle(Key(.escape)), vi.handle(Key(.enter))]
        #expect(outcomes == [.handled, .ignored, .ignored])
    }

    @Test func `no key is bound twice, and every command has a key and a sentence`() {
        var seen: [Key: EditCommand] = [:]
        for binding in EditCommand.bindings {
            #expect(!binding.sentence.isEmpty && !binding.keys.isEmpty)
            for name in binding.keys {
                guard let key = Key(name) else { Issue.record("\(name) is no key"); continue }
                #expect(seen.updateValue(binding.command, forKey: key) == nil, "\(name) is bound twice")
            }
        }
        #expect(Set(EditCommand.bindings.map(\.command)) == Set(EditCommand.allCases))
    }

    @Test func `history is stepped through and the own text comes back`() {
        var editor = Self.editor("draft|")
        editor.history = EditorHistory(["first", "second\nline"])
        Self.press("Up", in: &editor)
        #expect(editor.text == "second\nline")
        Self.press("Up Up", in: &editor)
        #expect(editor.text == "first")
        let atTheTop = editor.handle(Key(.up))
        #expect(atTheTop == .ignored)
        Self.press("Down", in: &editor)
        #expect(editor.text == "second\nline")
        Self.press("Down", in: &editor)
        #expect(editor.text == "draft")
        let sent = editor.submit()
        #expect(sent == "draft")
        #expect(editor.history.entries == ["first", "second\nline", "draft"])
        #expect(editor.isEmpty)
    }

    @Test func `history is searched backward`() {
        var editor = Self.editor("own|")
        editor.history = EditorHistory(["make test", "make demo", "swift build"])
        Self.press("Ctrl+R 'ma'", in: &editor)
        #expect(editor.text == "make demo")
        #expect(editor.history.searchPrompt == "(search: ma) ")
        Self.press("Ctrl+R", in: &editor)
        #expect(editor.text == "make test")
        Self.press("Ctrl+R", in: &editor)
        #expect(editor.text == "make test")
        #expect(editor.history.searchPrompt == "(nothing found: ma) ")
        Self.press("Ctrl+S", in: &editor)
        #expect(editor.text == "make demo")
        Self.press("Ctrl+G", in: &editor)
        #expect(editor.text == "own" && !editor.history.isSearching)
        Self.press("Ctrl+R 'swift' Enter", in: &editor)
        #expect(editor.text == "swift build" && !editor.history.isSearching)
        Self.press("Ctrl+R 'test' Ctrl+A 'x'", in: &editor)
        #expect(Self.marked(editor) == "x|make test")
    }

    struct Layout: Sendable {
        let text: String
        let width: Int
        let lines: [String]
        let cursor: Point
    }

    @Test(arguments: [
        Layout(text: "|", width: 10, lines: [""], cursor: Point(x: 0, y: 0)),
        Layout(text: "one two| three", width: 8, lines: ["one two ", "three"], cursor: Point(x: 7, y: 0)),
        Layout(text: "one two |three", width: 8, lines: ["one two ", "three"], cursor: Point(x: 0, y: 1)),
        Layout(text: "abcdefgh|", width: 4, lines: ["abcd", "efgh", ""], cursor: Point(x: 0, y: 2)),
        Layout(text: "abcd|efgh", width: 4, lines: ["abcd", "efgh", ""], cursor: Point(x: 0, y: 1)),
        Layout(text: "a\n\nb|", width: 4, lines: ["a", "", "b"], cursor: Point(x: 1, y: 2)),
        Layout(text: "a\n|", width: 4, lines: ["a", ""], cursor: Point(x: 0, y: 1)),
        Layout(text: "日本語|", width: 5, lines: ["日本", "語"], cursor: Point(x: 2, y: 1)),
        Layout(text: "see longword|", width: 9, lines: ["see ", "longword"], cursor: Point(x: 8, y: 1)),
    ])
    func `the composer is laid out`(example: Layout) {
        let editor = Self.editor(example.text)
        let layout = editor.layout(width: example.width)
        #expect(layout.lines.map(\.text) == example.lines)
        #expect(layout.cursor == example.cursor)
    }

    @Test func `a click finds the grapheme that is drawn there`() {
        var editor = Self.editor("日本 abcdefg|")
        let layout = editor.layout(width: 6)
        #expect(layout.lines.map(\.text) == ["日本 ", "abcdef", "g"])
        editor.moveCursor(to: Point(x: 3, y: 0), width: 6)
        #expect(Self.marked(editor) == "日|本 abcdefg")
        editor.moveCursor(to: Point(x: 99, y: 2), width: 6)
        #expect(Self.marked(editor) == "日本 abcdefg|")
        editor.moveCursor(to: Point(x: 99, y: 1), width: 6)
        #expect(Self.marked(editor) == "日本 abcde|fg")
    }

    @Test func `random keys keep the editor whole and its memory small`() {
        var generator = Seeded(seed: 99)
        let names = EditCommand.bindings.flatMap(\.keys) + ["Enter", "Esc", "Esc", "Tab"]
        let letters = Array("abcdwxyzgGpPuJ~fFtTriIaAoOsScCDX0$^eEbBW;,.123 \"(){}é世👍\u{301}\u{200D}".unicodeScalars)
        for mode in [LineEditor.Mode.emacs, .vi] {
            for round in 0..<150 {
                var editor = LineEditor("some (text) \"here\"\nand 日本 👨‍👩‍👧", mode: mode)
                editor.history = EditorHistory(["older", "newer text"])
                editor.width = 7
                for _ in 0..<120 {
                    let isName = Int.random(in: 0..<3, using: &generator) == 0
                    let key =
                        isName
                        ? Key(names.randomElement(using: &generator)!)!
                        : .character(letters.randomElement(using: &generator)!)
                    _ = editor.handle(key)
                    #expect((0...editor.characters.count).contains(editor.cursor), "seed 99, round \(round)")
                    #expect(Array(editor.text) == editor.characters, "seed 99, round \(round), \(key)")
                    #expect(editor.text.utf8.count <= LineEditor.limitBytes)
                }
                let layout = editor.layout(width: 7)
                #expect(
                    layout.lines.indices.contains(layout.cursor.y) && (0...7).contains(layout.cursor.x),
                    "seed 99, round \(round)"
                )
            }
        }
    }

    @Test func `undo leads back to the beginning and redo to the end`() {
        var generator = Seeded(seed: 4)
        let names = EditCommand.bindings.filter { ![.undo, .redo, .historySearch, .up, .down].contains($0.command) }
            .flatMap(\.keys)
        for _ in 0..<100 {
            var editor = LineEditor("alpha beta\ngamma")
            for _ in 0..<30 {
                _ = editor.handle(
                    Bool.random(using: &generator) ? Key(names.randomElement(using: &generator)!)! : .character("x")
                )
            }
            let end = editor.text
            for _ in 0..<100 { editor.perform(.undo) }
            #expect(editor.text == "alpha beta\ngamma", "seed 4")
            for _ in 0..<100 { editor.perform(.redo) }
            #expect(editor.text == end, "seed 4")
        }
    }

    @Test func `too much is refused, nothing is cut`() {
        var editor = LineEditor("abc")
        let wasRefused = !editor.insert(String(repeating: "x", count: LineEditor.limitBytes))
        #expect(wasRefused && editor.text == "abc")
        let wasTaken = editor.insert(String(repeating: "x", count: 1000))
        #expect(wasTaken)
        #expect(editor.wordBeforeCursor.range == 0..<1003)
    }
}
