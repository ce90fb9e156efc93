/// vi's normal mode over the same text: counts, motions, operators, registers of one, repetition.
struct ViState: Hashable, Sendable {
    var isNormal = false
    var count: Int?
    /// `d`, `c` or `y` waiting for a motion, and the count that stood before it.
    var pendingOperator: Character?
    var operatorCount: Int?
    /// A key that takes one more: f F t T r g, or i and a after an operator.
    var prefix: Character?
    /// For `;` and `,`.
    var lastFind: (kind: Character, target: Character)? {
        get { findKind.flatMap { kind in findTarget.map { (kind, $0) } } }
        set {
            findKind = newValue?.kind
            findTarget = newValue?.target
        }
    }
    private var findKind: Character?
    private var findTarget: Character?
    /// The keys of the change that is going on, and of the last one, for `.`.
    var recording: [Key]?
    var lastChange: [Key] = []
    var isReplaying = false

    /// Counts above this are a cat on the keyboard.
    static let countLimit = 10_000
}

extension LineEditor {
    mutating func enterNormal() {
        vi.isNormal = true
        lastAction = .other
        if let recorded = vi.recording, !vi.isReplaying {
            vi.lastChange = recorded
            vi.recording = nil
        }
        if cursor > lineStart(of: cursor) { cursor -= 1 }
    }

    private mutating func enterInsert(at place: Int) {
        vi.isNormal = false
        cursor = min(max(0, place), characters.count)
        checkpoint()
        // Everything typed until Escape is one step of undo.
        lastAction = .typing
    }

    /// Keys typed in insert mode belong to the change that began in normal mode.
    mutating func recordInsertion(_ key: Key) {
        guard !vi.isReplaying, let count = vi.recording?.count else { return }
        // A change of more keys than anybody repeats is not kept.
        if count < ViState.countLimit { vi.recording?.append(key) } else { vi.recording = nil }
    }

    mutating func handleNormal(_ key: Key) -> Outcome {
        guard let scalar = key.typed else { return handleNormalChord(key) }
        let character = Character(scalar)
        let wasIdle = vi.count == nil && vi.pendingOperator == nil && vi.prefix == nil
        if !vi.isReplaying {
            if wasIdle { vi.recording = [] }
            vi.recording?.append(key)
        }
        if let prefix = vi.prefix {
            vi.prefix = nil
            finish(prefix, with: character)
        } else if let digit = character.wholeNumberValue, character.isASCII, digit > 0 || vi.count != nil {
            vi.count = min((vi.count ?? 0) * 10 + digit, ViState.countLimit)
        } else if "fFtTrg".contains(character) || vi.pendingOperator != nil && "ia".contains(character) {
            vi.prefix = character
        } else {
            normal(character)
        }
        keepInLine()
        return .handled
    }

    private mutating func handleNormalChord(_ key: Key) -> Outcome {
        let steps: [Key: Character] = [
            Key(.left): "h", Key(.right): "l", Key(.backspace): "h", Key(.home): "0", Key(.end): "$", Key(.delete): "x",
        ]
        if let character = steps[key] {
            normal(character)
        } else if key == .ctrl("r") {
            for _ in 0..<takeCount() { redo() }
        } else if key == Key(.up) || key == Key(.down) {
            return moveVertically(by: key == Key(.up) ? -1 : 1)
        } else if key == Key(.escape), vi.count != nil || vi.pendingOperator != nil || vi.prefix != nil {
            abandon()
        } else {
            return .ignored
        }
        keepInLine()
        return .handled
    }

    /// In normal mode the cursor stands on a character, not behind the last one of its line.
    private mutating func keepInLine() {
        guard isInNormalMode else { return }
        let end = lineEnd(of: cursor)
        if cursor == end, cursor > lineStart(of: cursor) { cursor -= 1 }
    }

    mutating func abandon() {
        vi.count = nil
        vi.operatorCount = nil
        vi.pendingOperator = nil
        vi.prefix = nil
        vi.recording = nil
    }

    private mutating func takeCount() -> Int {
        defer {
            vi.count = nil
            vi.operatorCount = nil
        }
        return min((vi.count ?? 1) * (vi.operatorCount ?? 1), ViState.countLimit)
    }

    /// A change that ended in normal mode can be repeated.
    private mutating func changeDone() {
        guard !vi.isReplaying, isInNormalMode, let recorded = vi.recording else { return }
        vi.lastChange = recorded
        vi.recording = nil
    }

    // MARK: - Commands

    private mutating func normal(_ character: Character) {
        if let pending = vi.pendingOperator {
            operate(pending, motion: character)
            return
        }
        switch character {
        case "d", "c", "y":
            vi.pendingOperator = character
            vi.operatorCount = vi.count
            vi.count = nil
        case "i": insertion(at: cursor)
        case "a": insertion(at: isAtEnd || characters[cursor] == "\n" ? cursor : cursor + 1)
        case "I": insertion(at: firstInLine)
        case "A": insertion(at: lineEnd(of: cursor))
        case "o": openLine(at: lineEnd(of: cursor), before: false)
        case "O": openLine(at: lineStart(of: cursor), before: true)
        case "x": cut(cursor..<min(cursor + takeCount(), lineEnd(of: cursor)))
        case "X": cut(max(cursor - takeCount(), lineStart(of: cursor))..<cursor)
        case "D": cut(cursor..<lineEnd(of: cursor))
        case "C", "s", "S":
            let lines = lineStart(of: cursor)..<lineEnd(of: cursor)
            let count = takeCount()
            let range =
                character == "C"
                ? cursor..<lines.upperBound
                : character == "S" ? lines : cursor..<min(cursor + count, lines.upperBound)
            cut(range)
            insertion(at: range.lowerBound)
        case "p", "P": put(after: character == "p")
        case "u": for _ in 0..<takeCount() { undo() }
        case "~": toggleCase(takeCount())
        case "J": joinLines()
        case ".": repeatChange()
        default:
            if let motion = motion(character, count: takeCount()) { cursor = motion.target }
            lastAction = .other
        }
    }

    private mutating func insertion(at place: Int) {
        vi.count = nil
        enterInsert(at: place)
    }

    private mutating func openLine(at place: Int, before: Bool) {
        checkpoint()
        cursor = place
        splice("\n")
        insertion(at: before ? place : place + 1)
    }

    /// Removes into the kill ring, which is vi's register here.
    private mutating func cut(_ range: Range<Int>) {
        vi.count = nil
        lastAction = .other
        if !range.isEmpty {
            kill(range)
            lastAction = .other
        }
        changeDone()
    }

    private mutating func put(after: Bool) {
        let count = min(takeCount(), 100)
        guard let entry = killRing.last else { return }
        checkpoint()
        if entry.hasSuffix("\n") {
            // Whole lines go below or above this one.
            let place = after ? lineEnd(of: cursor) : lineStart(of: cursor)
            cursor = place
            let block = String(repeating: entry, count: count)
            if after { splice("\n" + block.dropLast()) } else { splice(block) }
            cursor = after ? place + 1 : place
        } else {
            if after, !isAtEnd, characters[cursor] != "\n" { cursor += 1 }
            splice(String(repeating: entry, count: count))
            cursor = max(0, cursor - 1)
        }
        changeDone()
    }

    private mutating func toggleCase(_ count: Int) {
        let end = min(cursor + count, lineEnd(of: cursor))
        guard cursor < end else { return }
        let changed = characters[cursor..<end].map { $0.isUppercase ? $0.lowercased() : $0.uppercased() }.joined()
        replace(cursor..<end, with: changed)
        changeDone()
    }

    private mutating func joinLines() {
        vi.count = nil
        let end = lineEnd(of: cursor)
        guard end < characters.count else { return }
        var next = end + 1
        while next < characters.count, characters[next] == " " { next += 1 }
        replace(end..<next, with: " ")
        cursor = end
        changeDone()
    }

    private mutating func repeatChange() {
        let keys = vi.lastChange
        let count = min(takeCount(), 100)
        guard !keys.isEmpty, !vi.isReplaying else { return }
        vi.recording = nil
        vi.isReplaying = true
        for _ in 0..<count {
            for key in keys { _ = handle(key) }
        }
        vi.isReplaying = false
    }

    /// f F t T r g and text objects have their second key.
    private mutating func finish(_ prefix: Character, with character: Character) {
        switch prefix {
        case "f", "F", "t", "T":
            vi.lastFind = (prefix, character)
            apply(find(prefix, character, count: takeCount()))
        case "g":
            if character == "g" {
                apply(Motion(target: lineStart(ofLine: takeCount() - 1), isLinewise: true))
            } else {
                abandon()
            }
        case "r":
            let count = takeCount()
            let end = cursor + count
            guard end <= lineEnd(of: cursor), character != "\n" else { return abandon() }
            replace(cursor..<end, with: String(repeating: character, count: count))
            cursor = end - 1
            changeDone()
        default:
            guard let pending = vi.pendingOperator, let range = textObject(character, isInner: prefix == "i") else {
                return abandon()
            }
            _ = takeCount()
            vi.pendingOperator = nil
            run(pending, on: range, isLinewise: false)
        }
    }

    private mutating func apply(_ motion: Motion?) {
        guard let motion else { return abandon() }
        if let pending = vi.pendingOperator {
            vi.pendingOperator = nil
            run(pending, over: motion)
        } else {
            cursor = motion.target
            lastAction = .other
        }
    }

    // MARK: - Operators

    private mutating func operate(_ pending: Character, motion character: Character) {
        let count = takeCount()
        vi.pendingOperator = nil
        if character == pending {
            var end = lineEnd(of: cursor)
            for _ in 1..<max(1, count) where end < characters.count { end = lineEnd(of: end + 1) }
            return run(pending, on: lineStart(of: cursor)..<end, isLinewise: true)
        }
        // As in vi, `cw` on a word leaves the blank behind it.
        let isWordChange =
            pending == "c" && (character == "w" || character == "W") && !isAtEnd && !characters[cursor].isWhitespace
        guard let motion = motion(isWordChange ? (character == "w" ? "e" : "E") : character, count: count) else {
            return abandon()
        }
        run(pending, over: motion)
    }

    private mutating func run(_ pending: Character, over motion: Motion) {
        let low = min(cursor, motion.target)
        let high = max(cursor, motion.target)
        if motion.isLinewise {
            run(pending, on: lineStart(of: low)..<lineEnd(of: high), isLinewise: true)
        } else {
            run(pending, on: low..<min(characters.count, motion.isInclusive ? high + 1 : high), isLinewise: false)
        }
    }

    private mutating func run(_ pending: Character, on range: Range<Int>, isLinewise: Bool) {
        lastAction = .other
        let taken = String(characters[range]) + (isLinewise ? "\n" : "")
        switch pending {
        case "y":
            killRing.append(taken)
            if killRing.count > Self.killRingLimit { killRing.removeFirst() }
            if !isLinewise { cursor = range.lowerBound }
            vi.recording = nil
        case "c":
            checkpoint()
            remove(range)
            killRing.append(taken)
            insertion(at: range.lowerBound)
        default:
            checkpoint()
            // With whole lines their line break goes too; with the last one, the break before it.
            var whole = range
            if isLinewise {
                if range.upperBound < characters.count {
                    whole = range.lowerBound..<range.upperBound + 1
                } else if range.lowerBound > 0 {
                    whole = range.lowerBound - 1..<range.upperBound
                }
            }
            remove(whole)
            killRing.append(taken)
            if isLinewise { cursor = firstInLine }
            lastAction = .other
            changeDone()
        }
        if killRing.count > Self.killRingLimit { killRing.removeFirst() }
    }
}
