import ChatAPI
import ChatTestKit
import Synchronization
import Testing

@testable import Engine

/// The beat in which news of a sketch leaves.
@Suite struct SketchFanTests {
    @Test func `the first thing goes at once, and a late tick does not delay the next one`() {
        let clock = TestClock()
        let fan = SketchFan(hub: Hub(sealing: .lines), clock: clock)
        let waits = Mutex<[Int64]>([])
        fan.schedule { wait in waits.withLock { $0.append(wait) } }
        let sketch = SketchID(high: 1, low: 1)
        func move(after milliseconds: Int) {
            clock.advance(by: .milliseconds(milliseconds))
            fan.point(SketchPointer(sketch: sketch, x: 1, y: 1), in: sketch, by: AccountID(high: 1, low: 1))
        }
        move(after: 0)
        #expect(waits.withLock { $0 } == [])
        move(after: 5)
        #expect(waits.withLock { $0 } == [28])
        // Two milliseconds late: what follows is still due at 66.
        clock.advance(by: .milliseconds(30))
        fan.tick()
        move(after: 1)
        #expect(waits.withLock { $0 } == [28, 30])
        // After a rest the beat begins anew.
        clock.advance(by: .milliseconds(30))
        fan.tick()
        move(after: 500)
        #expect(waits.withLock { $0 } == [28, 30])
        move(after: 1)
        #expect(waits.withLock { $0 } == [28, 30, 32])
    }

    /// Notes what it is sent of a log.
    private final class Looking: Subscriber {
        var notes: [String] = []

        func entries(of log: LogID, first: Int64, last: Int64, _ frame: Frame) {
            notes.append("\(first)-\(last) \(String(decoding: frame.bytes, as: UTF8.self))")
        }

        func changed(_ news: News) {}
        func ephemeral(_ news: Ephemeral, _ frame: Frame) {}
    }

    @Test func `what is drawn within a tick is one frame, in the order of its numbers`() {
        let clock = TestClock()
        let hub = Hub(sealing: Sealing { Frame(Array($0.joined())) })
        let shard = HubShard<Looking>()
        hub.add(Hub.Shard(subscriptions: shard) { $0() })
        let fan = SketchFan(hub: hub, clock: clock)
        fan.schedule { _ in }
        let (sketch, ana) = (SketchID(high: 1, low: 1), AccountID(high: 1, low: 1))
        let channel = ChannelID(high: 2, low: 2)
        let looking = Looking()
        shard.subscribe(looking, to: .sketch(sketch))
        for seq in 1...4 as ClosedRange<Int64> {
            fan.take([.operation(sketch, channel, drew: ana, seq: seq, Array("{\"seq\":\(seq)}".utf8))])
        }
        // The first went at once; the others wait for the tick.
        clock.advance(by: .milliseconds(33))
        fan.tick()
        #expect(looking.notes.map { $0.prefix(4) } == ["1-1 ", "2-4 "])
        #expect(looking.notes.last?.contains(#"{"seq":2},{"seq":3},{"seq":4}"#) == true)
    }

    @Test func `a pointer that was let through just before its owner was silenced is not shown after it`() {
        let fan = SketchFan(hub: Hub(sealing: .lines), clock: TestClock())
        let (sketch, ana) = (SketchID(high: 1, low: 1), AccountID(high: 1, low: 1))
        let pointer = SketchPointer(sketch: sketch, x: 1, y: 1)
        let before = fan.silences
        fan.point(pointer, in: sketch, by: ana, after: before)
        #expect(fan.pointers(in: sketch, but: nil).count == 1)
        fan.take([.silenced(ana)])
        // Asked before, answered after: what was taken back must not come again.
        fan.point(pointer, in: sketch, by: ana, after: before)
        #expect(fan.pointers(in: sketch, but: nil).isEmpty)
        fan.point(pointer, in: sketch, by: ana, after: fan.silences)
        #expect(fan.pointers(in: sketch, but: nil).count == 1)
    }
}
