import ChatAPI
import ChatKit
import Testing

/// Whatever the network does, a client has every entry once and in order or knows what it lacks, and what it sends arrives
/// once.
@Suite struct LiveMachinePropertyTests {
    private static let channels = [channel(1), channel(2)]

    @Test(arguments: Seed.some(40))
    func `whatever is dropped, repeated or cut, every entry comes once in order or a gap names it`(seed: UInt64) {
        var world = ModelWorld(seed: seed, channels: Self.channels)
        var random = Randomness(seed: seed &+ 2)
        world.start()
        world.settle()
        let logs = world.daemon.logs.keys.sorted()
        let beginnings = world.last
        world.dropping = Int.random(in: 0...20, using: &random)
        world.repeating = Int.random(in: 0...20, using: &random)
        world.cutting = Int.random(in: 0...5, using: &random)
        for _ in 0..<250 {
            switch Int.random(in: 0..<20, using: &random) {
            case 0: world.advance(Int64.random(in: 0...40_000, using: &random))
            case 1: world.daemon.lag(logs.randomElement(using: &random)!, missing: 3)
            case 2:
                world.cut(
                    [.closed(code: 4008, reason: ""), .closed(code: 1006, reason: "")].randomElement(using: &random)!
                )
            case 3...8: world.daemon.append(logs.randomElement(using: &random)!)
            default: world.step()
            }
        }
        world.settle()
        #expect(world.violations == [], "seed \(seed)")
        for log in logs {
            var known = world.explained[log] ?? SeqRanges()
            let delivered = world.delivered[log] ?? []
            #expect(Set(delivered).count == delivered.count, "seed \(seed): \(log) has repeats")
            #expect(delivered.allSatisfy { !known.contains($0) }, "seed \(seed): \(log) has an entry inside a gap")
            for seq in delivered { known.insert(seq) }
            let first = (beginnings[log] ?? 0) + 1
            let missing = (first...max(first, world.daemon.head(log))).filter {
                $0 <= world.daemon.head(log) && !known.contains($0)
            }
            #expect(missing.isEmpty, "seed \(seed): \(log) lacks \(missing) without a word")
        }
    }

    @Test(arguments: Seed.some(40))
    func `what is typed arrives exactly once and in its channel's order, whatever happens to the connection`(
        seed: UInt64
    ) {
        var world = ModelWorld(seed: seed, channels: Self.channels)
        var random = Randomness(seed: seed &+ 3)
        world.start()
        world.dropping = Int.random(in: 0...30, using: &random)
        world.cutting = Int.random(in: 0...20, using: &random)
        var typed: [String: [ClientID]] = [:]
        for number in 1...40 {
            let target = Self.channels.randomElement(using: &random)!
            let id = cid(number)
            typed[target.description, default: []].append(id)
            world.post(.message(Message(channel: target, cid: id, text: "\(number)")), key: id.description)
            for _ in 0..<Int.random(in: 0...8, using: &random) { world.step() }
            if Int.random(in: 0..<6, using: &random) == 0 {
                world.advance(Int64.random(in: 0...70_000, using: &random))
            }
            if Int.random(in: 0..<10, using: &random) == 0 { world.cut() }
        }
        world.settle()
        #expect(world.queue.items.isEmpty, "seed \(seed): \(world.queue.items)")
        for (log, cids) in typed {
            #expect(world.daemon.logs[log]?.compactMap(\.cid) == cids, "seed \(seed)")
        }
    }

    @Test func `another epoch voids every position, and the outbox is sent all the same`() {
        var world = ModelWorld(seed: 1, channels: Self.channels)
        world.start()
        world.settle()
        for _ in 0..<6 { world.daemon.append(Self.channels[0].description) }
        world.settle()
        world.daemon.restore(epoch: "e2")
        world.cut()
        world.post(.message(Message(channel: Self.channels[1], cid: cid(1), text: "after")), key: "k")
        world.settle()
        #expect(world.machine.epoch == "e2")
        #expect(world.machine.positions.seq[Self.channels[0].description] == 3)
        #expect(world.daemon.logs[Self.channels[1].description]?.compactMap(\.cid) == [cid(1)])
        #expect(world.violations == [])
    }
}
