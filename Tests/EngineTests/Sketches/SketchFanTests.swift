import ChatAPI
import ChatTestKit
import Engine
import Synchronization
import Testing

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
}
