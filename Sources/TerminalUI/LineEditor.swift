/// The text that a person is writing: several lines, a cursor between graphemes, undo, a kill ring, history.
///
/// Pure: keys in, text out. Enter is not handled, because whether it sends is the program's decision; Alt+Enter,
/// Shift+Enter and Ctrl+J break the line. `EditCommand.bindings` is the table of keys.
package struct LineEditor: Hashable, Sendable {
    package enum Mode: Hashable, Sendable { case emacs, vi }

    package enum Outcome: Hashable, Sendable {
        case handled
        /// The key means nothing here (Enter, Tab, Escape, function keys…): it is the program's.
        case ignored
    }

    package var mode: Mode {
        didSet { vi = ViState() }
    }
    /// The width in cells at which the text is laid out: Up and Down move by what is seen.
    package var width = 80
    /// What was sent before.
    package var history = EditorHistory()

    package internal(set) var characters: [Character] = []
    /// Between 0 and `characters.count`: how many graphemes stand before the cursor.
    package internal(set) var cursor = 0
    var vi = ViState()
    var killRing: [String] = []
    var lastAction = LastAction.other
    private var undoStack: [Snapshot] = []
    private var redoStack: [Snapshot] = []

    struct Snapshot: Hashable, Sendable {
        var characters: [Character]
        var cursor: Int
    }

    /// What the next command may continue: typing is undone as one, kills in a row are one kill, a yank can be exchanged.
    enum LastAction: Hashable, Sendable {
        case other, typing, kill
        case yank(start: Int, count: Int, ringIndex: Int)
    }

    /// A composer holds no more: larger things are files. Bounds the undo stack's memory together with `undoLimit`.
    package static let limitBytes = 262_144
    static let undoLimit = 200
    static let killRingLimit = 30

    package init(_ text: String = "", mode: Mode = .emacs) {
        self.mode = mode
        replaceAll(with: text)
    }

    package var text: String { String(characters) }
    package var isEmpty: Bool { characters.isEmpty }
    package var isAtEnd: Bool { cursor == characters.count }
    /// In vi mode, whether letters are commands at this moment.
    package var isInNormalMode: Bool { mode == .vi && vi.isNormal }

    // MARK: - Changes

    /// Everything anew, the cursor at the end, as one step of undo.
    package mutating func set(_ text: String) {
        checkpoint()
        replaceAll(with: text)
        lastAction = .other
    }

    /// Empties the text and forgets its undo: it was sent.
    package mutating func clear() {
        self.characters = []
        cursor = 0
        undoStack = []
        redoStack = []
        lastAction = .other
        history.leave()
        vi = ViState()
    }

    /// Sends the text off: remembers it in the history, empties the editor, returns it.
    package mutating func submit() -> String {
        let sent = text
        history.remember(sent)
        clear()
        return sent
    }

    /// Inserts a paste or a completion as one step of undo. False, and nothing changes, when the limit would be passed.
    @discardableResult
    package mutating func insert(_ text: String) -> Bool {
        guard fits(text) else { return false }
        checkpoint()
        splice(text)
        lastAction = .other
        return true
    }

    /// Replaces graphemes, for completion. The cursor goes behind the new text.
    package mutating func replace(_ range: Range<Int>, with text: String) {
        let range = range.clamped(to: 0..<characters.count)
        guard fits(text) else { return }
        checkpoint()
        cursor = range.lowerBound
        characters.removeSubrange(range)
        splice(text)
        lastAction = .other
    }

    package mutating func moveCursor(to offset: Int) {
        cursor = min(max(0, offset), characters.count)
        lastAction = .other
    }

    /// The word that ends at the cursor, for completion: everything after the last blank.
    package var wordBeforeCursor: (range: Range<Int>, text: String) {
        var start = cursor
        while start > 0, !characters[start - 1].isWhitespace { start -= 1 }
        return (start..<cursor, String(characters[start..<cursor]))
    }

    package mutating func handle(_ key: Key) -> Outcome {
        if history.isSearching { return handleSearch(key) }
        if isInNormalMode { return handleNormal(key) }
        if mode == .vi { recordInsertion(key) }
        if let scalar = key.typed {
            type(scalar)
            return .handled
        }
        if mode == .vi, key == Key(.escape) {
            enterNormal()
            return .handled
        }
        guard let command = EditCommand.table[key] else { return .ignored }
        return perform(command)
    }

    // MARK: - Primitives

    mutating func type(_ scalar: Unicode.Scalar) {
        guard fits(String(scalar)) else { return }
        // A blank ends a run of typing, so that undo goes word by word.
        if lastAction != .typing || scalar == " " { checkpoint() }
        splice(String(scalar))
        lastAction = .typing
    }

    /// Puts text at the cursor. Its edges may join with their neighbours: an accent joins the letter before it.
    mutating func splice(_ text: String) {
        let before = cursor > 0 ? String(characters[cursor - 1]) : ""
        let after = cursor < characters.count ? String(characters[cursor]) : ""
        let start = cursor - (before.isEmpty ? 0 : 1)
        let end = cursor + (after.isEmpty ? 0 : 1)
        let joined = Array(before + text + after)
        let behind = (before + text).count
        characters.replaceSubrange(start..<end, with: joined)
        cursor = min(start + behind, characters.count)
    }

    /// Removes graphemes and returns them. The cursor goes where they were.
    @discardableResult
    mutating func remove(_ range: Range<Int>) -> String {
        let range = range.clamped(to: 0..<characters.count)
        let removed = String(characters[range])
        characters.removeSubrange(range)
        cursor = range.lowerBound
        // What stood apart may join now.
        splice("")
        return removed
    }

    mutating func replaceAll(with text: String) {
        characters = Array(text.utf8.count <= Self.limitBytes ? text : String(text.prefix(Self.limitBytes / 4)))
        cursor = characters.count
    }

    private func fits(_ text: String) -> Bool {
        guard characters.count + text.utf8.count > Self.limitBytes / 8 else { return true }
        return self.text.utf8.count + text.utf8.count <= Self.limitBytes
    }

    // MARK: - Undo

    /// Remembers the text as it is before a change.
    mutating func checkpoint() {
        let now = Snapshot(characters: characters, cursor: cursor)
        redoStack = []
        guard undoStack.last != now else { return }
        undoStack.append(now)
        if undoStack.count > Self.undoLimit { undoStack.removeFirst() }
    }

    mutating func undo() {
        while let last = undoStack.popLast() {
            // A step that changed nothing is no step.
            if last.characters == characters { continue }
            redoStack.append(Snapshot(characters: characters, cursor: cursor))
            characters = last.characters
            cursor = last.cursor
            break
        }
        lastAction = .other
    }

    mutating func redo() {
        guard let next = redoStack.popLast() else { return }
        undoStack.append(Snapshot(characters: characters, cursor: cursor))
        characters = next.characters
        cursor = next.cursor
        lastAction = .other
    }

    // MARK: - Kill ring

    /// Removes a range into the kill ring. Kills in a row make one entry, in the order of the text.
    mutating func kill(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        let isBackward = range.upperBound == cursor
        let continues = lastAction == .kill
        if !continues { checkpoint() }
        let removed = remove(range)
        if continues, let last = killRing.last {
            killRing[killRing.count - 1] = isBackward ? removed + last : last + removed
        } else {
            killRing.append(removed)
            if killRing.count > Self.killRingLimit { killRing.removeFirst() }
        }
        lastAction = .kill
    }

    mutating func yank() {
        guard let entry = killRing.last, fits(entry) else { return }
        checkpoint()
        let start = cursor
        splice(entry)
        lastAction = .yank(start: start, count: cursor - start, ringIndex: killRing.count - 1)
    }

    /// Exchanges what was just yanked for the entry before it.
    mutating func yankPop() {
        guard case .yank(let start, let count, let index) = lastAction, !killRing.isEmpty else { return }
        remove(start..<start + count)
        cursor = start
        let next = (index + killRing.count - 1) % killRing.count
        splice(killRing[next])
        lastAction = .yank(start: start, count: cursor - start, ringIndex: next)
    }
}
