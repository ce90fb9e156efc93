import ChatTestKit
import Testing

@testable import Engine

/// The line against a sorted array, and the estimate.
@Suite("Help desk: the line")
struct QueueLineTests {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `positions are those of a sorted list, whatever comes and goes`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var line = QueueLine()
        var model: Set<QueueLine.Key> = []
        for step in 0..<6_000 {
            let key = QueueLine.Key(
                rank: Int64.random(in: 0..<400, using: &random),
                ordinal: Int64.random(in: 0..<8, using: &random)
            )
            if Bool.random(using: &random) || model.count < 1_500 {
                line.insert(key)
                model.insert(key)
            } else {
                #expect(line.remove(key) == (model.remove(key) != nil), "seed \(seed), step \(step)")
            }
            guard step % 500 == 0 else { continue }
            let sorted = model.sorted()
            #expect(line.count == sorted.count, "seed \(seed), step \(step)")
            #expect(line.first == sorted.first)
            for (index, key) in sorted.enumerated() {
                #expect(line.position(of: key) == index + 1, "seed \(seed), step \(step)")
            }
            #expect(line == QueueLine(sorted: sorted), "seed \(seed), step \(step)")
        }
    }

    @Test func `who is not there has no position, but a place`() {
        let line = QueueLine(sorted: (0..<2_000).map { QueueLine.Key(rank: Int64($0) * 2, ordinal: 1) })
        let absent = QueueLine.Key(rank: 1_001, ordinal: 1)
        #expect(line.position(of: absent) == nil)
        #expect(line.countBelow(absent) == 501)
        #expect(line.countBelow(QueueLine.Key(rank: .max, ordinal: 1)) == 2_000)
    }

    @Test func `an estimate grows with the place and with standing still`() {
        let takes: [Int64] = [0, 60_000, 120_000]
        let moving = WaitEstimate.milliseconds(position: 3, takes: takes, now: 120_000)
        let standing = WaitEstimate.milliseconds(position: 3, takes: takes, now: 600_000)
        #expect(moving == 120_000)
        #expect(standing == 600_000)
        #expect(WaitEstimate.milliseconds(position: 3, takes: [0, 1], now: 2) == nil)
        // To ten seconds, and never to none.
        #expect(WaitEstimate.milliseconds(position: 1, takes: [0, 10, 20], now: 21) == 10_000)
        #expect(WaitEstimate.milliseconds(position: 1, takes: [0, 10_000, 30_003], now: 30_003) == 20_000)
    }
}
