import ChatAPI
import ChatKit
import Testing

/// A timeline shows what the daemon would show, whatever way the entries came.
@Suite struct TimelineTests {
    private let general = channel(1)

    @Test(arguments: Seed.some(60))
    func `a snapshot and entries in any legal delivery equal a fresh snapshot`(seed: UInt64) {
        var random = Randomness(seed: seed)
        var log = ModelLog(general)
        for _ in 0..<Int.random(in: 0...30, using: &random) { log.appendRandom(using: &random) }
        var timeline = Timeline()
        // The first screen: the newest few, as they are served.
        let first = max(1, log.head - Int64.random(in: 0...20, using: &random))
        if log.head > 0 { timeline.apply(log.page(first...log.head)) }
        var missing: [ClosedRange<Int64>] = first > 1 ? [1...first - 1] : []
        for _ in 0..<Int.random(in: 1...60, using: &random) {
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                // A gap: several things happen that are not pushed. They are paged at some time after.
                let from = log.head + 1
                for _ in 0..<Int.random(in: 1...8, using: &random) { log.appendRandom(using: &random) }
                missing.append(from...log.head)
            case 1:
                // Catch-up: what was missed comes in its form of now.
                let from = log.head + 1
                for _ in 0..<Int.random(in: 1...5, using: &random) { log.appendRandom(using: &random) }
                timeline.apply(log.served(from...log.head))
            case 2:
                // Some of it comes again.
                guard log.head > 0 else { continue }
                let from = Int64.random(in: 1...log.head, using: &random)
                let range = from...min(log.head, from + 5)
                timeline.apply(Bool.random(using: &random) ? log.served(range) : range.map { log.pushed[Int($0) - 1] })
                missing = missing.flatMap { Self.without(range, in: $0) }
            case 3:
                guard let index = missing.indices.randomElement(using: &random) else { continue }
                timeline.apply(log.page(missing.remove(at: index)))
            default: timeline.apply(log.appendRandom(using: &random))
            }
        }
        missing.shuffle(using: &random)
        for range in missing { timeline.apply(log.page(range)) }
        var fresh = Timeline()
        if log.head > 0 { fresh.apply(log.page(1...log.head)) }
        #expect(timeline.gaps.isEmpty, "seed \(seed)")
        #expect(timeline.all == log.served(1...max(log.head, 1)), "seed \(seed)")
        #expect(timeline.all == fresh.all, "seed \(seed)")
        #expect(!timeline.hasEarlier || log.head == 0, "seed \(seed)")
    }

    private static func without(_ known: ClosedRange<Int64>, in range: ClosedRange<Int64>) -> [ClosedRange<Int64>] {
        range.filter { !known.contains($0) }.map { $0...$0 }
    }

    @Test func `an edit that the served form includes is ignored`() {
        var timeline = Timeline()
        var served = message(1, in: general, "second")
        served.rev = 3
        served.editedAt = 9
        timeline.apply(served)
        timeline.apply(change(.edit, 2, of: 1) { $0.text = "first" })
        #expect(timeline[seq: 1]?.text == "second")
        #expect(timeline[seq: 1]?.rev == 3)
    }

    @Test func `a reaction from a gap that closes late still counts`() {
        var timeline = Timeline()
        timeline.apply(message(1, in: general, "hello"))
        timeline.apply(change(.edit, 5, of: 1) { $0.text = "hello!" })
        timeline.apply(change(.reaction, 3, of: 1) { $0.emoji = ":+1:" })
        #expect(timeline[seq: 1]?.text == "hello!")
        #expect(timeline[seq: 1]?.reactions == [Reaction(emoji: ":+1:", by: [account(2)])])
        #expect(timeline.gaps == [2...2, 4...4])
    }

    @Test func `a redaction takes the text of the message and of its edits, known before or after`() {
        for order in [[2, 3], [3, 2]] as [[Int64]] {
            var timeline = Timeline()
            timeline.apply(message(1, in: general, "secret"))
            for seq in order {
                let kind: EntryKind = seq == 2 ? .edit : .redaction
                timeline.apply(change(kind, seq, of: 1) { if seq == 2 { $0.text = "secret too" } })
            }
            #expect(timeline.all.allSatisfy { $0.text == nil }, "order \(order)")
            #expect(timeline[seq: 1]?.redactedAt != nil)
        }
    }

    @Test func `applying says which message changed, and nothing for a repeat`() {
        var timeline = Timeline()
        let reaction = change(.reaction, 2, of: 1) { $0.emoji = ":a:" }
        #expect(timeline.apply(message(1, in: general, "hello")) == 1)
        #expect(timeline.apply(reaction) == 1)
        #expect(timeline.apply(reaction) == nil)
        #expect(timeline.apply(message(1, in: general, "hello")) == nil)
    }

    @Test func `the oldest entries go when it is full, and none comes back below`() {
        var timeline = Timeline(limit: 3)
        for seq in 1...5 as ClosedRange<Int64> { timeline.apply(message(seq, in: general, "\(seq)")) }
        #expect(timeline.all.map(\.seq) == [3, 4, 5])
        #expect(timeline.known.ranges == [3...5])
        timeline.apply(message(2, in: general, "2"))
        #expect(timeline.all.map(\.seq) == [3, 4, 5])
        #expect(timeline.hasEarlier)
    }

    @Test func `a message is found by its cid`() {
        var timeline = Timeline()
        var entry = message(4, in: general, "mine")
        entry.cid = cid(9)
        timeline.apply(entry)
        #expect(timeline.seq(of: cid(9)) == 4)
        timeline.drop(through: 4)
        #expect(timeline.seq(of: cid(9)) == nil)
    }

    private func change(_ kind: EntryKind, _ seq: Int64, of target: Int64, _ fill: (inout Entry) -> Void) -> Entry {
        var entry = Entry(kind: kind, channel: general, seq: seq, by: account(2), at: 1_000 + seq)
        entry.target = target
        fill(&entry)
        return entry
    }
}

/// The set of numbers agrees with a plain set.
@Suite struct SeqRangesTests {
    @Test(arguments: Seed.some(20))
    func `ranges hold what was inserted and nothing else`(seed: UInt64) {
        var random = Randomness(seed: seed)
        var ranges = SeqRanges()
        var plain: Set<Int64> = []
        for _ in 0..<60 {
            let from = Int64.random(in: 1...80, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                ranges.removeAll(below: from / 4)
                plain = plain.filter { $0 >= from / 4 }
            case 1, 2:
                let range = from...from + Int64.random(in: 0...9, using: &random)
                ranges.insert(range)
                plain.formUnion(range)
            default:
                ranges.insert(from)
                plain.insert(from)
            }
            #expect((0...100).filter { ranges.contains($0) } == plain.sorted(), "seed \(seed)")
            let isApart = zip(ranges.ranges, ranges.ranges.dropFirst()).allSatisfy { $0.upperBound + 1 < $1.lowerBound }
            #expect(isApart, "seed \(seed)")
        }
    }
}
