package import ChatAPI

/// What a client knows of one channel's log: entries by number, messages in their current form, and what is missing.
///
/// Entries may come in any order and more than once: live pushes, catch-up, pages from before, after or around, pages that
/// close a gap long after what followed it. A message's current form is the form it was last served in (its `rev` says what
/// that includes) and, in order, every change known that is newer. So a reaction from a gap that closes late still counts,
/// and an edit that the served form includes already does not count twice.
package struct Timeline: Sendable, Equatable {
    /// Entries as they were served, by number, ascending.
    private var entries: [Entry] = []
    /// Changes of a message by its number: numbers of edits, redactions, reactions, pins, ascending.
    private var changes: [Int64: [Int64]] = [:]
    /// Current forms, of messages that differ from what was served.
    private var amended: [Int64: Entry] = [:]
    /// Messages by their author's name for them: finds the outbox entry that a message acknowledges.
    private var numbers: [ClientID: Int64] = [:]

    /// What is known.
    package private(set) var known = SeqRanges()
    /// The newest number heard of, known or not.
    package private(set) var head: Int64 = 0
    /// There is nothing to read before this number; nil if that is not known yet.
    package private(set) var start: Int64?
    /// Entries kept; the oldest are dropped above it.
    package let limit: Int

    /// - Parameter limit: 4,096 entries are some 2 MiB: an hour of a very busy channel.
    package init(limit: Int = 4_096) {
        self.limit = max(limit, 1)
    }

    // MARK: - Reading

    package var isEmpty: Bool { entries.isEmpty }
    package var count: Int { entries.count }
    /// The oldest and newest numbers known.
    package var first: Int64? { entries.first?.seq }
    package var last: Int64? { entries.last?.seq }

    /// Whether there is something to read before the oldest known entry.
    package var hasEarlier: Bool {
        guard let first else { return start == nil }
        return first > (start ?? 1)
    }

    /// Missing runs between what is known, and after it up to the head.
    package var gaps: [ClosedRange<Int64>] {
        guard let last, head > last else { return known.gaps }
        return known.gaps + [last + 1...head]
    }

    /// The entry at a place, in its current form.
    package subscript(index: Int) -> Entry {
        let entry = entries[index]
        return amended[entry.seq] ?? entry
    }

    /// An entry in its current form; nil if it is not known.
    package subscript(seq seq: Int64) -> Entry? {
        index(of: seq).map { self[$0] }
    }

    /// All entries, messages in their current form.
    package var all: [Entry] { entries.map { amended[$0.seq] ?? $0 } }

    /// The messages alone.
    package var messages: [Entry] { all.filter { $0.kind == .message } }

    /// The place of the first entry with this number or a later one; `count` if there is none.
    package func place(of seq: Int64) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].seq < seq { low = middle + 1 } else { high = middle }
        }
        return low
    }

    package func index(of seq: Int64) -> Int? {
        let place = place(of: seq)
        return place < entries.count && entries[place].seq == seq ? place : nil
    }

    /// The number of the message with this cid.
    package func seq(of cid: ClientID) -> Int64? { numbers[cid] }

    // MARK: - Learning

    /// Takes an entry from anywhere.
    /// - Returns: The number whose shown form changed: the entry's own, or its target's. Nil if nothing changed.
    @discardableResult
    package mutating func apply(_ entry: Entry) -> Int64? {
        head = max(head, entry.seq)
        let place = place(of: entry.seq)
        if place < entries.count, entries[place].seq == entry.seq {
            return replace(at: place, with: entry)
        }
        // Older than all that is kept, and full: keeping it would drop it at once.
        if place == 0, entries.count >= limit { return nil }
        entries.insert(entry, at: place)
        known.insert(entry.seq)
        if let cid = entry.cid { numbers[cid] = entry.seq }
        var changed = entry.seq
        if let target = entry.target, entry.kind.isChange {
            note(entry.seq, of: target)
            if amend(target) { changed = target }
        } else if entry.kind == .message, changes[entry.seq] != nil {
            amend(entry.seq)
        }
        if entries.count > limit { drop(through: entries[entries.count - limit - 1].seq) }
        return changed
    }

    /// Takes a page of history. What it does not hold is not there: a page without earlier entries is the beginning.
    package mutating func apply(_ page: EntryPage) {
        if !page.hasEarlier, let first = page.entries.first { start = first.seq }
        if !page.hasEarlier, page.entries.isEmpty, !page.hasLater { start = page.head + 1 }
        head = max(head, page.head)
        for entry in page.entries { apply(entry) }
    }

    /// Takes a run of entries, from live pushes or the cache.
    package mutating func apply(_ run: some Sequence<Entry>) {
        for entry in run { apply(entry) }
    }

    /// The log is longer than what is known, up to this number.
    package mutating func extend(to head: Int64) { self.head = max(self.head, head) }

    /// The log begins here: the cache knows it, or the daemon shows nothing earlier.
    package mutating func begin(at seq: Int64) { start = seq }

    private mutating func replace(at place: Int, with entry: Entry) -> Int64? {
        let old = entries[place]
        guard entry.kind == .message else {
            // An edit whose message was redacted is served without its text.
            guard old != entry, entry.text == nil else { return nil }
            entries[place] = entry
            return entry.seq
        }
        guard (entry.rev ?? entry.seq) > (old.rev ?? old.seq) || entry.redactedAt != nil && old.redactedAt == nil
        else { return nil }
        let before = amended[entry.seq] ?? old
        entries[place] = entry
        amended[entry.seq] = nil
        amend(entry.seq)
        return (amended[entry.seq] ?? entry) == before ? nil : entry.seq
    }

    private mutating func note(_ seq: Int64, of target: Int64) {
        var list = changes[target] ?? []
        let place = list.firstIndex { $0 > seq } ?? list.count
        list.insert(seq, at: place)
        changes[target] = list
    }

    /// Makes the current form of a message anew. Returns whether it is known and differs from before.
    @discardableResult
    private mutating func amend(_ target: Int64) -> Bool {
        guard let list = changes[target] else { return false }
        guard let place = index(of: target) else {
            forgetTexts(of: list)
            return false
        }
        let served = entries[place]
        var current = served
        for seq in list where seq > (current.rev ?? target) {
            guard let index = index(of: seq) else { continue }
            current.take(entries[index])
        }
        let before = amended[target] ?? served
        amended[target] = current == served ? nil : current
        if current.redactedAt != nil { forgetTexts(of: list, always: true) }
        return current != before
    }

    /// A redaction takes the texts of the edits before it, too.
    private mutating func forgetTexts(of list: [Int64], always: Bool = false) {
        guard always || list.contains(where: { entry(at: $0)?.kind == .redaction }) else { return }
        for seq in list {
            guard let index = index(of: seq), entries[index].kind == .edit, entries[index].text != nil else { continue }
            entries[index].text = nil
        }
    }

    private func entry(at seq: Int64) -> Entry? { index(of: seq).map { entries[$0] } }

    /// Forgets the oldest entries, through this number.
    package mutating func drop(through seq: Int64) {
        let count = place(of: seq + 1)
        for entry in entries[..<count] {
            if let cid = entry.cid { numbers[cid] = nil }
            amended[entry.seq] = nil
            if entry.kind == .message { changes[entry.seq] = nil }
        }
        entries.removeSubrange(..<count)
        known.removeAll(below: seq + 1)
    }
}

extension EntryKind {
    /// Whether it changes a message, its target.
    package var isChange: Bool {
        switch self {
        case .edit, .redaction, .reaction, .unreaction, .pin, .unpin: true
        default: false
        }
    }
}
