import ChatAPI
import TerminalUI
import Testing
import chat_tui

/// What was drawn and is not confirmed: order, joining, sending again.
@Suite struct DrawQueueTests {
    private func patch(_ x: Int, _ text: String) -> InkPatch {
        InkPatch(text.enumerated().map { (Point(x: x + $0, y: 0), Ink(String($1))) })
    }

    /// A queue with names that count up.
    private struct Named {
        var queue = DrawQueue()
        private var count: UInt64 = 0

        mutating func draw(_ patch: InkPatch, stroke: UInt64 = 1, layer: Int = 0) {
            var count = count
            queue.add(patch, stroke: Sample.stroke(stroke), layer: layer, in: Sample.plan) {
                count += 1
                return Sample.cid(count)
            }
            self.count = count
        }

        mutating func add(_ operation: SketchOperation) {
            count += 1
            queue.add(operation, in: Sample.plan, name: Sample.cid(count))
        }
    }

    @Test func `what waits of one stroke is one operation, what is on its way is left alone`() {
        var named = Named()
        named.draw(patch(0, "a"))
        named.draw(patch(1, "b"))
        #expect(named.queue.take(at: 0).map(\.text) == ["0,0 ab"])
        named.draw(patch(2, "c"))
        named.draw(patch(3, "d"), stroke: 2)
        #expect(named.queue.take(at: 0).map(\.text) == ["2,0 c", "3,0 d"])
        #expect(named.queue.take(at: 0).isEmpty)
    }

    @Test func `at most eight are on their way`() {
        var named = Named()
        for stroke in 1...20 { named.draw(patch(stroke, "x"), stroke: UInt64(stroke)) }
        #expect(named.queue.take(at: 0).count == 8)
        #expect(!named.queue.isReady, "nobody is woken for what may not go")
        named.queue.confirm(Sample.cid(1))
        #expect(named.queue.take(at: 0).count == 1)
    }

    @Test func `what depends on what is before it goes alone`() {
        var named = Named()
        named.draw(patch(0, "a"))
        named.add(.undo(stroke: nil))
        named.draw(patch(1, "b"), stroke: 2)
        #expect(named.queue.take(at: 0).map(\.text) == ["0,0 a"])
        #expect(!named.queue.isReady)
        named.queue.confirm(Sample.cid(1))
        #expect(named.queue.take(at: 0).map(\.operation) == [.undo(stroke: nil)])
        #expect(!named.queue.isReady)
        named.queue.confirm(Sample.cid(2))
        #expect(named.queue.take(at: 0).map(\.text) == ["1,0 b"])
    }

    @Test func `after a cut everything without an answer goes again under its name`() {
        var named = Named()
        named.draw(patch(0, "a"))
        named.draw(patch(5, "b"), stroke: 2)
        let first = named.queue.take(at: 0)
        named.queue.acknowledge(first[0].cid, seq: 7, isFollowed: true)
        named.queue.disconnected()
        #expect(named.queue.take(at: 0) == [first[1]])
        #expect(named.queue.unanswered == [first[1]])
        // The answered one stays on the screen until the log brings it.
        #expect(named.queue.items.count == 2)
        named.queue.advance(Sample.plan, to: 7)
        #expect(named.queue.items.map(\.cid) == [first[1].cid])
    }

    @Test func `a stroke that was put off does not come back over what was drawn after it`() {
        var named = Named()
        named.draw(patch(0, "aaa"))
        named.draw(patch(1, "bb"), stroke: 2)
        let sent = named.queue.take(at: 0)
        // The second is through before the first is told to wait.
        named.queue.confirm(sent[1].cid)
        let given = named.queue.refuse(sent[0].cid, APIError(.rateLimited, "slower"), at: 0)
        #expect(given == nil)
        #expect(named.queue.take(at: 0).isEmpty, "it waits")
        #expect(named.queue.take(at: 60_000).map(\.text) == ["0,0 a"])
    }

    @Test func `what is refused for good is given up with its reason`() {
        var named = Named()
        named.draw(patch(0, "a"))
        let sent = named.queue.take(at: 0)
        let given = named.queue.refuse(sent[0].cid, APIError(.locked, "bob has locked it"), at: 0)
        #expect(given?.sentence == "bob has locked it")
        #expect(named.queue.isEmpty)
    }

    @Test func `what the disk kept is sent under the names it had`() {
        var named = Named()
        named.draw(patch(0, "日x"))
        named.add(.clear(stroke: Sample.stroke(9), region: nil, layer: nil))
        let kept = named.queue.unanswered
        var again = DrawQueue()
        again.restore(kept)
        again.restore(kept)
        #expect(again.unanswered == kept)
    }

    @Test func `random answers, cuts and refusals lose nothing and keep the last sign of each cell`() {
        for seed in UInt64(1)...200 {
            var random = SeededRandom(seed: seed)
            var named = Named()
            var wanted: [Point: Ink] = [:]
            var drawn: [Point: Ink] = [:]
            var known: Set<ClientID> = []
            var underway: [SketchDraw] = []
            for step in 0..<60 {
                let ink = patch(Int.random(in: 0..<6, using: &random), String(UnicodeScalar(UInt8(97 + step % 26))))
                named.draw(ink, stroke: UInt64(step))
                wanted.merge(ink.cells) { $1 }
                underway += named.queue.take(at: Int64(step) * 100_000)
                if Bool.random(using: &random), !underway.isEmpty {
                    let draw = underway.removeFirst()
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: _ = named.queue.refuse(draw.cid, APIError(.overloaded, "later"), at: Int64(step) * 100_000)
                    case 1:
                        // It arrives, the answer does not.
                        deliver(draw, &drawn, &known)
                        named.queue.disconnected()
                        underway = []
                    default:
                        deliver(draw, &drawn, &known)
                        named.queue.confirm(draw.cid)
                    }
                }
            }
            for round in 0..<200 where !named.queue.isEmpty {
                underway += named.queue.take(at: 100_000_000 + Int64(round) * 100_000)
                for draw in underway {
                    deliver(draw, &drawn, &known)
                    named.queue.confirm(draw.cid)
                }
                underway = []
            }
            #expect(named.queue.isEmpty && drawn == wanted, "seed \(seed)")
        }
    }

    /// The daemon: each name once.
    private func deliver(_ draw: SketchDraw, _ drawn: inout [Point: Ink], _ known: inout Set<ClientID>) {
        guard known.insert(draw.cid).inserted, case .cells(_, _, let runs) = draw.operation else { return }
        drawn.merge(InkPatch(runs).cells) { $1 }
    }
}
