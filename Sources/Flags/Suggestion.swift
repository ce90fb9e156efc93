/// "Did you mean": the names nearest to what was typed.
package enum Suggestion {
    /// At most three names, the nearest first. A name is near when a third of its letters differ, or when it starts
    /// with `word`.
    package static func nearest(to word: String, among names: [String]) -> [String] {
        let typed = Array(word.lowercased().utf8)
        // Longer words are no typing mistakes, and the table below is quadratic.
        guard !typed.isEmpty, typed.count <= 64 else { return [] }
        var found: [(distance: Int, name: String)] = []
        for name in names {
            let candidate = Array(name.lowercased().utf8)
            let limit = max(1, max(typed.count, candidate.count) / 3)
            let distance = distance(typed, candidate)
            if distance <= limit, distance < max(typed.count, candidate.count) {
                found.append((distance, name))
            } else if typed.count >= 2, candidate.starts(with: typed) {
                found.append((limit + 1, name))
            }
        }
        found.sort { ($0.distance, $0.name) < ($1.distance, $1.name) }
        return found.prefix(3).map(\.name)
    }

    /// Edit distance in which two neighbours swapped count as one mistake (optimal string alignment).
    static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        var current = last
        for i in 1...a.count {
            current[0] = i
            for j in 1...b.count {
                let cost = a[i - 1] == b[j - 1] ? 0 : 1
                current[j] = min(last[j] + 1, current[j - 1] + 1, last[j - 1] + cost)
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    current[j] = min(current[j], beforeLast[j - 2] + 1)
                }
            }
            (beforeLast, last, current) = (last, current, beforeLast)
        }
        return last[b.count]
    }
}
