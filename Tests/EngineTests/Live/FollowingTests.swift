import ChatAPI
import ChatTestKit
import Engine
import Testing

/// A log is followed without a hole that is not named, however reading and live frames interleave.
@Suite("Following a log")
struct FollowingTests {
    /// What a client sees of one log: entries or named gaps, which together must be everything, in order.
    struct Seen {
        var next: Int64
        var isWhole = true

        mutating func entries(_ range: ClosedRange<Int64>) {
            if range.lowerBound != next { isWhole = false }
            next = range.upperBound + 1
        }

        /// A gap that ends before it begins names nothing.
        mutating func gap(_ from: Int64, _ head: Int64) {
            if from <= head { entries(from...head) } else { isWhole = false }
        }

        mutating func apply(_ action: Following.Action, frames: [Int: ClosedRange<Int64>]) {
            switch action {
            case .nothing: break
            case .send(let frame): entries(frames[frame.byteCount]!)
            case .gap(let from, let head): gap(from, head)
            }
        }
    }

    @Test func `frames held during catch-up follow it, and those it has read already do not`() {
        var follow = Following()
        #expect(isNothing(follow.receive(first: 4, last: 6, Frame([1]), hasRoom: true)))
        #expect(isNothing(follow.receive(first: 7, last: 9, Frame([1, 2]), hasRoom: true)))
        let actions = follow.caughtUp(through: 6)
        #expect(actions.count == 2)
        #expect(isNothing(actions[0]))
        guard case .send(let frame) = actions[1] else {
            Issue.record("the frame above the head was not sent")
            return
        }
        #expect(frame.byteCount == 2)
        #expect(follow.seq == 9)
    }

    @Test func `a slow reader gets one gap for everything it missed`() {
        var follow = Following()
        _ = follow.caughtUp(through: 10)
        #expect(isNothing(follow.receive(first: 11, last: 12, Frame([1]), hasRoom: false)))
        #expect(isNothing(follow.receive(first: 13, last: 20, Frame([1]), hasRoom: true)))
        #expect(follow.isLagging)
        let gap = follow.resumeIfLagging()
        #expect(gap == Gap(log: "", from: 11, head: 20))
        guard case .send = follow.receive(first: 21, last: 21, Frame([1]), hasRoom: true) else {
            Issue.record("pushes did not flow again after the gap")
            return
        }
    }

    @Test func `a missing frame becomes a gap and never a silent hole`() {
        var follow = Following()
        _ = follow.caughtUp(through: 5)
        guard case .gap(let from, let head) = follow.receive(first: 8, last: 9, Frame([1]), hasRoom: true) else {
            Issue.record("the hole was not named")
            return
        }
        #expect(from == 6 && head == 9)
    }

    @Test(arguments: 0..<200)
    func `every entry arrives once, in order or named`(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var follow = Following()
        var seen = Seen(next: 1)
        var frames: [Int: ClosedRange<Int64>] = [:]
        var head: Int64 = 0
        var readThrough: Int64?
        for step in 1...60 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<6:
                let last = head + Int64.random(in: 1...5, using: &random)
                frames[step] = (head + 1)...last
                let frame = Frame([UInt8](repeating: 0, count: step))
                let hasRoom = Int.random(in: 0..<4, using: &random) > 0
                seen.apply(follow.receive(first: head + 1, last: last, frame, hasRoom: hasRoom), frames: frames)
                head = last
            case 6 where readThrough == nil:
                // The log has been read up to some point at or before now; catch-up ends at that head.
                readThrough = head
                if head > 0 { seen.entries(1...head) }
                for action in follow.caughtUp(through: head) { seen.apply(action, frames: frames) }
            default:
                if var gap = follow.resumeIfLagging() {
                    gap.log = "log"
                    seen.gap(gap.from, gap.head)
                }
            }
        }
        if readThrough == nil {
            if head > 0 { seen.entries(1...head) }
            for action in follow.caughtUp(through: head) { seen.apply(action, frames: frames) }
        }
        if let gap = follow.resumeIfLagging() { seen.gap(gap.from, gap.head) }
        #expect(seen.isWhole, "seed \(seed)")
        #expect(seen.next == head + 1, "seed \(seed)")
    }

    private func isNothing(_ action: Following.Action) -> Bool {
        if case .nothing = action { true } else { false }
    }
}
