/// Puts what a gap tore apart back in order: entries above a gap wait until its pages have come. Pure.
package struct TailOrder<Item: Sendable>: Sendable {
    /// The next number to be told.
    package private(set) var next: Int64
    /// What came early, by number.
    private var early: [Int64: Item] = [:]
    /// The last number of the gap that is open.
    private var gapEnd: Int64?
    /// Entries that wait above a gap; beyond it they are dropped and paged like the gap itself.
    private static var earlyLimit: Int { 10_000 }

    package init(after seq: Int64) { next = seq + 1 }

    /// Where to page from, while a gap is open: entries after this number, up to `gapEnd`.
    package var wanted: Int64? { gapEnd == nil ? nil : next - 1 }

    /// Entries from `from` through `head` are missing.
    package mutating func gap(through head: Int64) {
        guard head >= next else { return }
        gapEnd = max(gapEnd ?? 0, head)
    }

    /// Takes an entry; returns what can be told now.
    package mutating func take(_ item: Item, at seq: Int64) -> [Item] {
        guard seq >= next else { return [] }
        if seq == next {
            next += 1
            return [item] + release()
        }
        if early.count >= Self.earlyLimit {
            gapEnd = max(gapEnd ?? 0, seq)
        } else {
            early[seq] = item
            if gapEnd == nil { gapEnd = seq - 1 }
        }
        return []
    }

    /// A page brought everything there is through this number; what was not in it is not to be had.
    package mutating func paged(through seq: Int64) -> [Item] {
        guard seq >= next else { return [] }
        var told: [Item] = []
        while next <= seq {
            if let item = early.removeValue(forKey: next) { told.append(item) }
            next += 1
        }
        return told + release()
    }

    private mutating func release() -> [Item] {
        var told: [Item] = []
        while let item = early.removeValue(forKey: next) {
            told.append(item)
            next += 1
        }
        if let end = gapEnd, next > end { gapEnd = early.keys.min().map { $0 - 1 } }
        return told
    }
}
