import ChatAPI

/// What is still to be read for a resuming session: logs and ranges, and how much has been read already.
///
/// More than 500 entries in one log, or 2 MiB in all, become a gap; the next page is read only when the outbox is low.
struct CatchUp {
    struct Range {
        let log: LogID
        /// The client has everything up to here.
        var from: Int64
        var head: Int64
        let visibleFrom: Int64
        /// The client asked from here, before the page that was being read: reading goes on from here after it.
        fileprivate var again: Int64?

        init(log: LogID, from: Int64, head: Int64, visibleFrom: Int64) {
            self.log = log
            self.from = from
            self.head = head
            self.visibleFrom = visibleFrom
        }
    }

    private(set) var ranges: [Range] = []
    private var bytes = 0
    /// A page is being read.
    var isReading = false

    /// Bytes of one page of a sketch, whose entries may be long.
    static let pageBytes = 262_144

    /// More entries than this in between are a gap. Those of a sketch are many and small, and its snapshot is what a gap
    /// costs: two minutes of a busy one are caught up with.
    static func limit(of log: LogID) -> Int64 {
        if case .sketch = log { return Int64(Limits.sketchCatchUpEntries) }
        return Int64(Limits.catchUpEntries)
    }

    /// Entries of one page: small enough that a slow client is never more than a page ahead of its outbox.
    static let pageEntries = 100

    /// A log that is being read already is read from the lower of the two positions up to the higher head.
    mutating func add(_ range: Range) {
        guard let index = ranges.firstIndex(where: { $0.log == range.log }) else { return ranges.append(range) }
        ranges[index].head = max(ranges[index].head, range.head)
        guard range.from < ranges[index].from else { return }
        if index == 0, isReading {
            ranges[0].again = min(ranges[0].again ?? range.from, range.from)
        } else {
            ranges[index].from = range.from
        }
    }

    func isReading(_ log: LogID) -> Bool { ranges.contains { $0.log == log } }

    var next: Range? { ranges.first }
    var isOverBudget: Bool { bytes >= Limits.catchUpBytes }
    /// What may still be sent. A page stops at the entry that passes it.
    var bytesLeft: Int { max(Limits.catchUpBytes - bytes, 0) }

    mutating func advance(to seq: Int64, bytes count: Int) {
        bytes += count
        ranges[0].from = ranges[0].again ?? seq
        ranges[0].again = nil
    }

    /// How many of a page's payloads are sent: up to and with the one that fills the budget.
    static func fitting(_ payloads: [[UInt8]], into budget: Int) -> (count: Int, bytes: Int) {
        var bytes = 0
        for (index, payload) in payloads.enumerated() {
            bytes += payload.count
            if bytes >= budget { return (index + 1, bytes) }
        }
        return (payloads.count, bytes)
    }

    mutating func finishFirst() {
        ranges.removeFirst()
        // A session that has caught up keeps no buffer for it.
        if ranges.isEmpty { ranges = [] }
    }
}
