import ChatAPI
import Testing

@testable import Engine

/// The ids that the daemon gives are ordered by when they were made, within a millisecond, too.
@Suite("Fresh ids")
struct FreshIDTests {
    @Test func `ids of one millisecond are in the order in which they were made, and are UUIDv7`() {
        let now: Milliseconds = 1_777_636_800_000
        let ids = (0..<10_000).map { _ in QueueID.fresh(at: now) }
        #expect(zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 })
        #expect(Set(ids).count == ids.count)
        for id in ids {
            #expect(id.milliseconds == now)
            let text = Array(id.description.utf8)
            #expect(text[14] == UInt8(ascii: "7"))
            #expect("89ab".utf8.contains(text[19]))
        }
    }

    @Test func `writes of different times that take turns do not disturb each other's order`() {
        let times: [Milliseconds] = [1_777_636_800_005, 1_777_636_800_006, 1_777_636_800_001]
        var made = times.map { _ in [EventID]() }
        for round in 0..<3_000 { made[round % 3].append(.fresh(at: times[round % 3])) }
        for ids in made { #expect(zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 }) }
    }

    @Test func `ids that many tasks make at once are all different, and in order for each task`() async {
        let made = await withTaskGroup(of: [AccountID].self) { group in
            for _ in 0..<8 { group.addTask { (0..<2_000).map { _ in AccountID.fresh(at: 1_777_636_800_000) } } }
            return await group.reduce(into: [[AccountID]]()) { $0.append($1) }
        }
        for ids in made { #expect(zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 }) }
        #expect(Set(made.joined()).count == 16_000)
    }

    @Test func `the count runs on across its whole width`() {
        let counts: [UInt64] = [0, 1, 1 << 30 - 1, 1 << 30, 1 << 41, 1 << 42 - 1]
        let ids = counts.map { count in
            let words = FreshID.words(at: 1_777_636_800_000, count: count, tail: count % 2 == 0 ? .max : .min)
            return EventID(high: words.high, low: words.low)
        }
        #expect(ids == ids.sorted())
        #expect(ids.allSatisfy { $0.milliseconds == 1_777_636_800_000 && $0.low >> 62 == 2 && $0.high >> 12 & 15 == 7 })
    }
}
