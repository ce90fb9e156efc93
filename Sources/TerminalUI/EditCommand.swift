/// What a key does to the text, and the table that says which: help and the conflict test read the same table.
package enum EditCommand: String, Hashable, Sendable, CaseIterable {
    case left, right, wordLeft, wordRight, lineStart, lineEnd, textStart, textEnd, up, down
    case deleteBackward, deleteForward, killWordBackward, killWordForward, killBlankBackward
    case killToEnd, killToStart, yank, yankPop, undo, redo
    case transpose, transposeWords, upperCase, lowerCase, capitalise
    case newline, historySearch

    package struct Binding: Hashable, Sendable {
        package let command: EditCommand
        /// Names as `Key` reads them; the first is shown in hints.
        package let keys: [String]
        package let sentence: String
    }

    package static let bindings: [Binding] = [
        Binding(command: .left, keys: ["Left", "Ctrl+B"], sentence: "back one character"),
        Binding(command: .right, keys: ["Right", "Ctrl+F"], sentence: "forward one character"),
        Binding(command: .wordLeft, keys: ["Alt+B", "Ctrl+Left", "Alt+Left"], sentence: "back one word"),
        Binding(command: .wordRight, keys: ["Alt+F", "Ctrl+Right", "Alt+Right"], sentence: "forward one word"),
        Binding(command: .lineStart, keys: ["Ctrl+A", "Home"], sentence: "to the start of the line"),
        Binding(command: .lineEnd, keys: ["Ctrl+E", "End"], sentence: "to the end of the line"),
        Binding(command: .textStart, keys: ["Alt+<", "Ctrl+Home"], sentence: "to the start of the text"),
        Binding(command: .textEnd, keys: ["Alt+>", "Ctrl+End"], sentence: "to the end of the text"),
        Binding(command: .up, keys: ["Up"], sentence: "one line up, in the first line back in history"),
        Binding(command: .down, keys: ["Down"], sentence: "one line down, in the last line forward in history"),
        Binding(
            command: .deleteBackward,
            keys: ["Backspace", "Ctrl+H", "Shift+Backspace"],
            sentence: "delete backward"
        ),
        Binding(command: .deleteForward, keys: ["Delete", "Ctrl+D"], sentence: "delete forward"),
        Binding(
            command: .killWordBackward,
            keys: ["Alt+Backspace", "Ctrl+Backspace"],
            sentence: "cut the word before"
        ),
        Binding(
            command: .killWordForward,
            keys: ["Alt+D", "Ctrl+Delete", "Alt+Delete"],
            sentence: "cut the word after"
        ),
        Binding(command: .killBlankBackward, keys: ["Ctrl+W"], sentence: "cut back to a blank"),
        Binding(command: .killToEnd, keys: ["Ctrl+K"], sentence: "cut to the end of the line"),
        Binding(command: .killToStart, keys: ["Ctrl+U"], sentence: "cut to the start of the line"),
        Binding(command: .yank, keys: ["Ctrl+Y"], sentence: "insert what was cut"),
        Binding(command: .yankPop, keys: ["Alt+Y"], sentence: "after that: what was cut before"),
        Binding(command: .undo, keys: ["Ctrl+_", "Ctrl+/", "Ctrl+Z"], sentence: "undo"),
        Binding(command: .redo, keys: ["Alt+_", "Alt+/", "Ctrl+Shift+Z"], sentence: "redo"),
        Binding(command: .transpose, keys: ["Ctrl+T"], sentence: "exchange two characters"),
        Binding(command: .transposeWords, keys: ["Alt+T"], sentence: "exchange two words"),
        Binding(command: .upperCase, keys: ["Alt+U"], sentence: "word to capitals"),
        Binding(command: .lowerCase, keys: ["Alt+L"], sentence: "word to small letters"),
        Binding(command: .capitalise, keys: ["Alt+C"], sentence: "word with a capital"),
        Binding(command: .newline, keys: ["Alt+Enter", "Shift+Enter", "Ctrl+J"], sentence: "new line"),
        Binding(command: .historySearch, keys: ["Ctrl+R"], sentence: "search what was sent before"),
    ]

    static let table: [Key: EditCommand] = {
        var table: [Key: EditCommand] = [:]
        for binding in bindings {
            for name in binding.keys {
                guard let key = Key(name) else { preconditionFailure("\(name) is no key") }
                precondition(table.updateValue(binding.command, forKey: key) == nil, "\(name) is bound twice")
            }
        }
        return table
    }()
}

extension LineEditor {
    /// Carries out a command, whichever key it came from.
    @discardableResult
    package mutating func perform(_ command: EditCommand) -> Outcome {
        switch command {
        case .left: moveCursor(to: cursor - 1)
        case .right: moveCursor(to: cursor + 1)
        case .wordLeft: moveCursor(to: wordStart(before: cursor))
        case .wordRight: moveCursor(to: wordEnd(after: cursor))
        case .lineStart: moveCursor(to: lineStart(of: cursor))
        case .lineEnd: moveCursor(to: lineEnd(of: cursor))
        case .textStart: moveCursor(to: 0)
        case .textEnd: moveCursor(to: characters.count)
        case .up: return moveVertically(by: -1)
        case .down: return moveVertically(by: 1)
        case .deleteBackward: delete(cursor - 1..<cursor)
        case .deleteForward: delete(cursor..<cursor + 1)
        case .killWordBackward: kill(wordStart(before: cursor)..<cursor)
        case .killWordForward: kill(cursor..<wordEnd(after: cursor))
        case .killBlankBackward: kill(blankStart(before: cursor)..<cursor)
        case .killToEnd: killToEnd()
        case .killToStart: killToStart()
        case .yank: yank()
        case .yankPop: yankPop()
        case .undo: undo()
        case .redo: redo()
        case .transpose: transpose()
        case .transposeWords: transposeWords()
        case .upperCase: changeWord { $0.uppercased() }
        case .lowerCase: changeWord { $0.lowercased() }
        case .capitalise: changeWord { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }
        case .newline: insert("\n")
        case .historySearch: history.beginSearch(keeping: text)
        }
        return .handled
    }

    // MARK: - Places

    private func isWord(_ index: Int) -> Bool { characters[index].isLetter || characters[index].isNumber }

    func wordStart(before place: Int) -> Int {
        var place = place
        while place > 0, !isWord(place - 1) { place -= 1 }
        while place > 0, isWord(place - 1) { place -= 1 }
        return place
    }

    func wordEnd(after place: Int) -> Int {
        var place = place
        while place < characters.count, !isWord(place) { place += 1 }
        while place < characters.count, isWord(place) { place += 1 }
        return place
    }

    private func blankStart(before place: Int) -> Int {
        var place = place
        while place > 0, characters[place - 1].isWhitespace { place -= 1 }
        while place > 0, !characters[place - 1].isWhitespace { place -= 1 }
        return place
    }

    func lineStart(of place: Int) -> Int {
        var place = place
        while place > 0, characters[place - 1] != "\n" { place -= 1 }
        return place
    }

    func lineEnd(of place: Int) -> Int {
        var place = place
        while place < characters.count, characters[place] != "\n" { place += 1 }
        return place
    }

    // MARK: - Changes

    private mutating func delete(_ range: Range<Int>) {
        guard range.lowerBound >= 0, range.upperBound <= characters.count else { return }
        checkpoint()
        remove(range)
        lastAction = .other
    }

    /// At the end of a line, the line break.
    private mutating func killToEnd() {
        let end = lineEnd(of: cursor)
        kill(cursor..<(end == cursor && end < characters.count ? end + 1 : end))
    }

    private mutating func killToStart() {
        let start = lineStart(of: cursor)
        kill((start == cursor && start > 0 ? start - 1 : start)..<cursor)
    }

    /// The character before the cursor goes behind the one after it; at the end, the two before it change places.
    private mutating func transpose() {
        guard characters.count > 1, cursor > 0 else { return }
        checkpoint()
        let right = min(cursor, characters.count - 1)
        characters.swapAt(right - 1, right)
        cursor = right + 1
        lastAction = .other
    }

    private mutating func transposeWords() {
        let secondEnd = wordEnd(after: cursor)
        let secondStart = wordStart(before: secondEnd)
        let firstStart = wordStart(before: secondStart)
        let firstEnd = wordEnd(after: firstStart)
        guard firstStart < firstEnd, firstEnd <= secondStart, secondStart < secondEnd else { return }
        checkpoint()
        let first = Array(characters[firstStart..<firstEnd])
        let second = Array(characters[secondStart..<secondEnd])
        let between = Array(characters[firstEnd..<secondStart])
        characters.replaceSubrange(firstStart..<secondEnd, with: second + between + first)
        cursor = secondEnd
        lastAction = .other
    }

    private mutating func changeWord(_ change: (String) -> String) {
        let end = wordEnd(after: cursor)
        var start = cursor
        while start < end, !isWord(start) { start += 1 }
        guard start < end else { return }
        replace(start..<end, with: change(String(characters[start..<end])))
    }
}
