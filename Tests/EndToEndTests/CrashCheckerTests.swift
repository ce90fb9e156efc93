import ChatAPI
import ChatTestKit
import Testing

/// The checker of the crash proof, held against daemons that lie: what it does not notice, the proof does not prove.
@Suite("Crash checker")
struct CrashCheckerTests {
    typealias Violation = CrashHistory.Violation

    /// Five messages of two writers, all acknowledged, all seen by one reader.
    struct Scene {
        var history = CrashHistory()
        var log: [Entry] = []
        let cids: [ClientID]

        static let author: AccountID = {
            var generator = SeededGenerator(seed: 1)
            return .make(at: 1, using: &generator)
        }()

        init() {
            var generator = SeededGenerator(seed: 7)
            cids = (1...5).map { .make(at: $0, using: &generator) }
            history.begins("reader", after: 0)
            for (index, cid) in cids.enumerated() {
                let (seq, writer) = (Int64(index + 1), index % 2 == 0 ? "ana" : "bo")
                history.sent(cid, by: writer, number: index / 2, "text \(seq)")
                history.acknowledge(cid, at: seq)
                var entry = Entry(kind: .message, channel: nil, seq: seq, by: Self.author, at: 1)
                entry.cid = cid
                entry.text = "text \(seq)"
                log.append(entry)
                see(entry)
            }
        }

        mutating func see(_ entry: Entry) {
            history.saw(.init(seq: entry.seq, cid: entry.cid, text: entry.text), by: "reader")
        }

        /// Numbers without gaps again, as a careful liar would have them.
        mutating func renumber() {
            for index in log.indices { log[index].seq = Int64(index + 1) }
        }
    }

    struct Lie: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let tell: @Sendable (inout Scene) -> Void
        let isNoticed: @Sendable (Violation, Scene) -> Bool

        init(
            _ name: String,
            _ tell: @escaping @Sendable (inout Scene) -> Void,
            noticed: @escaping @Sendable (Violation, Scene) -> Bool
        ) {
            testDescription = name
            self.tell = tell
            isNoticed = noticed
        }
    }

    static let lies: [Lie] = [
        Lie("the newest message is lost") {
            $0.log.removeLast()
        } noticed: {
            $0 == .lost($1.cids[4], seq: 5)
        },
        Lie("a message in the middle is lost and the others close ranks") {
            $0.log.remove(at: 2)
            $0.renumber()
        } noticed: {
            $0 == .lost($1.cids[2], seq: 3)
        },
        Lie("a message is lost and leaves its number empty") {
            $0.log.remove(at: 2)
        } noticed: { violation, _ in
            violation == .gap(after: 2, next: 4)
        },
        Lie("a message is stored again under its cid") {
            var again = $0.log[1]
            again.seq = 6
            $0.log.append(again)
        } noticed: {
            $0 == .duplicated($1.cids[1])
        },
        Lie("two messages of one writer change places") {
            $0.log.swapAt(0, 2)
            $0.renumber()
        } noticed: { violation, _ in
            violation == .reordered(writer: "ana", seq: 3)
        },
        Lie("two messages of different writers change places") {
            $0.log.swapAt(0, 1)
            $0.renumber()
        } noticed: {
            $0 == .moved($1.cids[0], acknowledged: 1, stored: 2)
        },
        Lie("a text is another") {
            $0.log[3].text = "something else"
        } noticed: {
            $0 == .altered($1.cids[3])
        },
        Lie("there is a message that nobody sent") { scene in
            var generator = SeededGenerator(seed: 99)
            scene.log[4].cid = .make(at: 9, using: &generator)
        } noticed: { violation, _ in
            violation == .neverSent(seq: 5)
        },
        Lie("a message is acknowledged under two numbers") {
            $0.history.acknowledge($0.cids[1], at: 4)
        } noticed: {
            $0 == .acknowledgedTwice($1.cids[1], first: 2, second: 4)
        },
        Lie("a reader was shown what then was not stored") {
            var entry = $0.log[4]
            entry.seq = 6
            entry.text = "never committed"
            $0.see(entry)
        } noticed: { violation, _ in
            violation == .shownAndGone(reader: "reader", seq: 6)
        },
        Lie("a reader is shown an entry again after it came back") {
            $0.see($0.log[4])
        } noticed: { violation, _ in
            violation == .repeated(reader: "reader", seq: 5)
        },
        Lie("a reader is told to page for entries that it should be sent") {
            $0.history.skipped("3 to 5", by: "reader")
        } noticed: { violation, _ in
            violation == .skipped(reader: "reader", gap: "3 to 5")
        },
        Lie("a reader misses an entry and goes on after it") { scene in
            for seq in [Int64(6), 7] {
                var entry = Entry(kind: .topic, channel: nil, seq: seq, by: Scene.author, at: 1)
                entry.text = "topic \(seq)"
                scene.log.append(entry)
            }
            scene.see(scene.log[6])
        } noticed: { violation, _ in
            violation == .missed(reader: "reader", from: 5, to: 7)
        },
        Lie("a reader never gets the last entry") { scene in
            scene.log.append(Entry(kind: .join, channel: nil, seq: 6, by: Scene.author, at: 1))
        } noticed: { violation, _ in
            violation == .behind(reader: "reader", at: 5, head: 6)
        },
    ]

    @Test(arguments: lies) func `a lie is noticed and named`(_ lie: Lie) {
        var scene = Scene()
        lie.tell(&scene)
        let found = scene.history.violations(in: scene.log, isSettled: true)
        #expect(found.contains { lie.isNoticed($0, scene) }, "found only \(found)")
    }

    @Test func `an honest history has no violations`() {
        let scene = Scene()
        #expect(scene.history.violations(in: scene.log, isSettled: true).isEmpty)
    }

    @Test func `what was never acknowledged may be there or not`() {
        var scene = Scene()
        var generator = SeededGenerator(seed: 3)
        scene.history.sent(.make(at: 10, using: &generator), by: "ana", number: 9, "on its way")
        #expect(scene.history.violations(in: scene.log, isSettled: true).isEmpty)
    }
}
