/// A set of entry numbers, kept as the few ranges that it consists of: what a client has of a log.
package struct SeqRanges: Sendable, Equatable {
    /// Ascending, without overlap, and never touching.
    package private(set) var ranges: [ClosedRange<Int64>] = []

    package init() {}

    package init(_ ranges: some Sequence<ClosedRange<Int64>>) {
        for range in ranges { insert(range) }
    }

    package var isEmpty: Bool { ranges.isEmpty }
    package var first: Int64? { ranges.first?.lowerBound }
    package var last: Int64? { ranges.last?.upperBound }

    package func contains(_ seq: Int64) -> Bool {
        range(of: seq) != nil
    }

    /// The run that a number is in.
    package func range(of seq: Int64) -> ClosedRange<Int64>? {
        let index = firstIndex(endingAtOrAfter: seq)
        guard index < ranges.count, ranges[index].contains(seq) else { return nil }
        return ranges[index]
    }

    package mutating func insert(_ seq: Int64) {
        // The common case: the next entry.
        if let last = ranges.last, seq == last.upperBound + 1 {
            ranges[ranges.count - 1] = last.lowerBound...seq
            return
        }
        insert(seq...seq)
    }

    package mutating func insert(_ range: ClosedRange<Int64>) {
        let start = firstIndex(endingAtOrAfter: range.lowerBound - 1)
        var end = start
        var lower = range.lowerBound
        var upper = range.upperBound
        while end < ranges.count, ranges[end].lowerBound <= range.upperBound + 1 {
            lower = min(lower, ranges[end].lowerBound)
            upper = max(upper, ranges[end].upperBound)
            end += 1
        }
        ranges.replaceSubrange(start..<end, with: [lower...upper])
    }

    /// Forgets everything below a number.
    package mutating func removeAll(below seq: Int64) {
        ranges.removeAll { $0.upperBound < seq }
        if let first = ranges.first, first.lowerBound < seq { ranges[0] = seq...first.upperBound }
    }

    /// What lies between the ranges.
    package var gaps: [ClosedRange<Int64>] {
        zip(ranges, ranges.dropFirst()).map { $0.upperBound + 1...$1.lowerBound - 1 }
    }

    private func firstIndex(endingAtOrAfter seq: Int64) -> Int {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < seq { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
