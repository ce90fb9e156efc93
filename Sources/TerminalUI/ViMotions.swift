/// Where vi's motions and text objects lead.
extension LineEditor {
    struct Motion {
        var target: Int
        /// Whether an operator takes the character at the target as well.
        var isInclusive = false
        var isLinewise = false
    }

    /// The first character of the line that is no blank.
    var firstInLine: Int {
        var place = lineStart(of: cursor)
        let end = lineEnd(of: cursor)
        while place < end, characters[place] == " " || characters[place] == "\t" { place += 1 }
        return place
    }

    /// The start of a line counted from zero, the last one when there are fewer.
    func lineStart(ofLine wanted: Int) -> Int {
        var place = 0
        for _ in 0..<max(0, wanted) {
            let end = lineEnd(of: place)
            guard end < characters.count else { break }
            place = end + 1
        }
        return place
    }

    /// Nil when the key is no motion or leads nowhere.
    func motion(_ character: Character, count: Int) -> Motion? {
        switch character {
        case "h": return Motion(target: max(cursor - count, lineStart(of: cursor)))
        case "l", " ": return Motion(target: min(cursor + count, lineEnd(of: cursor)))
        case "0": return Motion(target: lineStart(of: cursor))
        case "^": return Motion(target: firstInLine)
        case "$": return Motion(target: lineEnd(of: cursor))
        case "j", "k": return vertical(character == "j" ? count : -count)
        case "G": return Motion(target: lineStart(of: characters.count), isLinewise: true)
        case "w", "W": return repeated(count) { nextStart(after: $0, isBig: character == "W") }
        case "b", "B": return repeated(count) { start(before: $0, isBig: character == "B") }
        case "e", "E":
            var motion = repeated(count) { end(after: $0, isBig: character == "E") }
            motion.isInclusive = true
            return motion
        case ";", ",":
            guard let last = vi.lastFind else { return nil }
            let opposite: [Character: Character] = ["f": "F", "F": "f", "t": "T", "T": "t"]
            return find(
                character == ";" ? last.kind : opposite[last.kind] ?? last.kind,
                last.target,
                count: count,
                isAgain: true
            )
        default: return nil
        }
    }

    private func repeated(_ count: Int, _ step: (Int) -> Int) -> Motion {
        var place = cursor
        for _ in 0..<count {
            let next = step(place)
            if next == place { break }
            place = next
        }
        return Motion(target: place)
    }

    private func vertical(_ lines: Int) -> Motion? {
        let column = cursor - lineStart(of: cursor)
        var start = lineStart(of: cursor)
        for _ in 0..<abs(lines) {
            if lines > 0 {
                let end = lineEnd(of: start)
                guard end < characters.count else { return nil }
                start = end + 1
            } else {
                guard start > 0 else { return nil }
                start = lineStart(of: start - 1)
            }
        }
        return Motion(target: min(start + column, lineEnd(of: start)), isLinewise: true)
    }

    func find(_ kind: Character, _ target: Character, count: Int, isAgain: Bool = false) -> Motion? {
        let isForward = kind == "f" || kind == "t"
        let isBefore = kind == "t" || kind == "T"
        let line = lineStart(of: cursor)..<lineEnd(of: cursor)
        let step = isForward ? 1 : -1
        var place = cursor
        // Repeating `t` must not find the character that it already stands before.
        if isAgain, isBefore, line.contains(place + step), characters[place + step] == target { place += step }
        for _ in 0..<count {
            repeat { place += step } while line.contains(place) && characters[place] != target
            guard line.contains(place) else { return nil }
        }
        return Motion(target: isBefore ? place - step : place, isInclusive: isForward)
    }

    // MARK: - Words

    /// 0 blank, 1 letters and digits, 2 other signs; with big words only blank or not.
    private func kind(_ index: Int, isBig: Bool) -> Int {
        let character = characters[index]
        if character.isWhitespace { return 0 }
        return isBig || character.isLetter || character.isNumber || character == "_" ? 1 : 2
    }

    private func nextStart(after place: Int, isBig: Bool) -> Int {
        var place = place
        guard place < characters.count else { return place }
        let first = kind(place, isBig: isBig)
        while place < characters.count, first != 0, kind(place, isBig: isBig) == first { place += 1 }
        while place < characters.count, kind(place, isBig: isBig) == 0 { place += 1 }
        return place
    }

    private func start(before place: Int, isBig: Bool) -> Int {
        var place = place
        while place > 0, kind(place - 1, isBig: isBig) == 0 { place -= 1 }
        guard place > 0 else { return 0 }
        let first = kind(place - 1, isBig: isBig)
        while place > 0, kind(place - 1, isBig: isBig) == first { place -= 1 }
        return place
    }

    private func end(after place: Int, isBig: Bool) -> Int {
        var place = place + 1
        while place < characters.count, kind(place, isBig: isBig) == 0 { place += 1 }
        guard place < characters.count else { return max(0, characters.count - 1) }
        let first = kind(place, isBig: isBig)
        while place + 1 < characters.count, kind(place + 1, isBig: isBig) == first { place += 1 }
        return place
    }

    // MARK: - Text objects

    /// `iw`, `a"`, `i(` and so on, in the line of the cursor.
    func textObject(_ character: Character, isInner: Bool) -> Range<Int>? {
        switch character {
        case "w", "W": return wordObject(isBig: character == "W", isInner: isInner)
        case "\"", "'", "`": return quoted(character, isInner: isInner)
        case "(", ")", "b": return bracketed("(", ")", isInner: isInner)
        case "[", "]": return bracketed("[", "]", isInner: isInner)
        case "{", "}", "B": return bracketed("{", "}", isInner: isInner)
        case "<", ">": return bracketed("<", ">", isInner: isInner)
        default: return nil
        }
    }

    private func wordObject(isBig: Bool, isInner: Bool) -> Range<Int>? {
        guard cursor < characters.count else { return nil }
        let here = kind(cursor, isBig: isBig)
        var low = cursor
        var high = cursor + 1
        while low > 0, kind(low - 1, isBig: isBig) == here, characters[low - 1] != "\n" { low -= 1 }
        while high < characters.count, kind(high, isBig: isBig) == here, characters[high] != "\n" { high += 1 }
        guard !isInner else { return low..<high }
        let before = high
        while high < characters.count, characters[high] == " " { high += 1 }
        if high == before { while low > 0, characters[low - 1] == " " { low -= 1 } }
        return low..<high
    }

    private func quoted(_ quote: Character, isInner: Bool) -> Range<Int>? {
        let line = lineStart(of: cursor)..<lineEnd(of: cursor)
        let quotes = line.filter { characters[$0] == quote }
        // Pairs are counted from the start of the line; before the first, the next pair is meant.
        for pair in stride(from: 0, to: quotes.count - 1, by: 2) where cursor <= quotes[pair + 1] {
            return isInner ? quotes[pair] + 1..<quotes[pair + 1] : quotes[pair]..<quotes[pair + 1] + 1
        }
        return nil
    }

    private func bracketed(_ open: Character, _ close: Character, isInner: Bool) -> Range<Int>? {
        var depth = 0
        var low = cursor
        while low >= 0 {
            if low < characters.count {
                if characters[low] == open {
                    if depth == 0 { break }
                    depth -= 1
                } else if characters[low] == close, low != cursor {
                    depth += 1
                }
            }
            low -= 1
        }
        guard low >= 0 else { return nil }
        depth = 0
        var high = low + 1
        while high < characters.count {
            if characters[high] == open { depth += 1 }
            if characters[high] == close {
                if depth == 0 { return isInner ? low + 1..<high : low..<high + 1 }
                depth -= 1
            }
            high += 1
        }
        return nil
    }
}
