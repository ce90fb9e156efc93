/// What was written before: stepping through it and searching it backward (Ctrl+R).
package struct EditorHistory: Hashable, Sendable {
    /// The oldest first.
    package private(set) var entries: [String]
    /// The entry that is shown; nil while the person's own text is.
    private var shownIndex: Int?
    /// The person's own text while an entry or a search is shown.
    private var kept = ""
    private var search: Search?

    private struct Search: Hashable, Sendable {
        var query = ""
        var match: Int?
        var hasFailed = false
    }

    /// More than anybody steps through; searching them takes less than a millisecond.
    package static let limit = 1000

    package init(_ entries: [String] = []) { self.entries = Array(entries.suffix(Self.limit)) }

    /// Adds what was sent, unless it is empty or the same as the last.
    package mutating func remember(_ text: String) {
        guard !text.allSatisfy(\.isWhitespace), entries.last != text else { return }
        entries.append(text)
        if entries.count > Self.limit { entries.removeFirst() }
    }

    package var isSearching: Bool { search != nil }

    /// What to show before the text while searching: `(search: que)`.
    package var searchPrompt: String? {
        search.map { "(\($0.hasFailed ? "nothing found" : "search"): \($0.query)) " }
    }

    /// The person's own text is shown again, as after sending.
    mutating func leave() {
        shownIndex = nil
        search = nil
    }

    /// The entry before the one that is shown; `current` is kept for the way back.
    mutating func older(than current: String) -> String? {
        let index = (shownIndex ?? entries.count) - 1
        guard index >= 0 else { return nil }
        if shownIndex == nil { kept = current }
        shownIndex = index
        return entries[index]
    }

    mutating func newer() -> String? {
        guard let index = shownIndex else { return nil }
        if index + 1 < entries.count {
            shownIndex = index + 1
            return entries[index + 1]
        }
        shownIndex = nil
        return kept
    }

    // MARK: - Search

    mutating func beginSearch(keeping text: String) {
        kept = text
        search = Search()
    }

    /// Ends the search; the text as it was before, for giving up.
    mutating func endSearch() -> String {
        search = nil
        return kept
    }

    mutating func changeQuery(_ change: (inout String) -> Void) -> String? {
        guard search != nil else { return nil }
        change(&search!.query)
        search!.match = nil
        return findOlder()
    }

    /// The next match before the present one; the present one stays when there is none.
    mutating func findOlder() -> String? { find(in: (0..<(search?.match ?? entries.count)).reversed()) }

    mutating func findNewer() -> String? {
        guard let match = search?.match else { return nil }
        return find(in: match + 1..<entries.count)
    }

    private mutating func find(in places: some Sequence<Int>) -> String? {
        guard var now = search else { return nil }
        guard !now.query.isEmpty else {
            now.hasFailed = false
            search = now
            return kept
        }
        let wanted = now.query.lowercased()
        let found = places.first { entries[$0].lowercased().contains(wanted) }
        now.hasFailed = found == nil
        if let found { now.match = found }
        search = now
        return found.map { entries[$0] }
    }
}

extension LineEditor {
    /// While searching: text extends the query, Ctrl+R and Ctrl+S go on, Ctrl+G and Escape give up, all else accepts.
    mutating func handleSearch(_ key: Key) -> Outcome {
        switch key {
        case .ctrl("r"): show(history.findOlder())
        case .ctrl("s"): show(history.findNewer())
        case .ctrl("g"), Key(.escape): replaceAll(with: history.endSearch())
        case Key(.backspace), .ctrl("h"): show(history.changeQuery { _ = $0.popLast() })
        case Key(.enter): _ = history.endSearch()
        default:
            if let scalar = key.typed {
                show(history.changeQuery { $0.unicodeScalars.append(scalar) })
                return .handled
            }
            _ = history.endSearch()
            return handle(key)
        }
        return .handled
    }

    private mutating func show(_ found: String?) {
        guard let found else { return }
        checkpoint()
        replaceAll(with: found)
        lastAction = .other
    }

    /// One row up or down as laid out; from the edge, through the history. Ignored where there is nothing to go to, so that
    /// the program can give Up in an empty line its own meaning.
    mutating func moveVertically(by step: Int) -> Outcome {
        let layout = layout(width: width)
        let row = layout.cursor.y + step
        if layout.lines.indices.contains(row) {
            moveCursor(to: layout.offset(at: Point(x: layout.cursor.x, y: row)))
            return .handled
        }
        guard let text = step < 0 ? history.older(than: text) : history.newer() else { return .ignored }
        checkpoint()
        replaceAll(with: text)
        lastAction = .other
        return .handled
    }
}
