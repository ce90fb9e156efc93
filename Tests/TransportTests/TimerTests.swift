import Testing
import Transport

/// The two kinds of timers, on a clock that the test turns.
@Suite struct TimerTests {
    @Test func `precise timers fire in the order of their deadlines, equal ones in the order of their start`() {
        let heap = TimerHeap()
        var fired: [String] = []
        for (deadline, name) in [(30, "d"), (10, "a"), (20, "b"), (20, "c"), (40, "e")] as [(Int64, String)] {
            _ = heap.add(deadline: deadline) { fired.append(name) }
        }
        #expect(heap.nextDeadline == 10)
        heap.advance(to: 9)
        #expect(fired == [])
        heap.advance(to: 30)
        #expect(fired == ["a", "b", "c", "d"])
        heap.advance(to: 100)
        #expect(fired.last == "e")
        #expect(heap.nextDeadline == nil)
    }

    @Test func `a cancelled timer never fires, not even from within the same round`() {
        let heap = TimerHeap()
        var fired: [String] = []
        var second: PreciseTimer?
        _ = heap.add(deadline: 1) {
            fired.append("first")
            second?.cancel()
        }
        second = heap.add(deadline: 1) { fired.append("second") }
        let third = heap.add(deadline: 2) { fired.append("third") }
        third.cancel()
        heap.advance(to: 5)
        #expect(fired == ["first"])
        #expect(heap.nextDeadline == nil)
    }

    @Test func `a repeating timer skips what it missed`() {
        let heap = TimerHeap()
        var count = 0
        let timer = heap.add(deadline: 10, every: 10) { count += 1 }
        heap.advance(to: 10)
        heap.advance(to: 95)
        #expect(count == 2)
        #expect(heap.nextDeadline == 96)
        timer.cancel()
        heap.advance(to: 500)
        #expect(count == 2)
    }

    @Test func `a heap sorts any deadlines`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Seeded(seed)
        let heap = TimerHeap()
        var fired: [Int64] = []
        var expected: [Int64] = []
        for _ in 0..<1_000 {
            let deadline = Int64.random(in: 0...500, using: &random)
            let timer = heap.add(deadline: deadline) { fired.append(deadline) }
            if Int.random(in: 0..<4, using: &random) == 0 { timer.cancel() } else { expected.append(deadline) }
        }
        heap.advance(to: 500)
        #expect(fired == expected.sorted(), "seed \(seed)")
    }

    /// A wheel and the clock it reads.
    private final class Clock { var now: Int64 = 1_000_000 }

    @Test func `wheel timers are never early and at most two slots late`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Seeded(seed)
        let clock = Clock()
        let wheel = TimerWheel(now: clock.now)
        var timers: [WheelTimer] = []
        var due: [Int: Int64] = [:]
        var fired = 0
        for index in 0..<2_000 {
            // Up to more than two turns of the wheel.
            let delay = Int64.random(in: 0...300_000, using: &random)
            due[index] = clock.now + delay
            let timer = WheelTimer(wheel: wheel, clock: { clock.now }) {
                let late = clock.now - (due.removeValue(forKey: index) ?? Int64.max)
                #expect(late >= 0 && late <= 2 * TimerWheel.slotMilliseconds, "seed \(seed): \(late) ms")
                fired += 1
            }
            timer.start(afterMilliseconds: delay)
            timers.append(timer)
        }
        for _ in 0..<1_300 {
            clock.now += TimerWheel.slotMilliseconds
            wheel.advance(to: clock.now)
        }
        #expect(fired == 2_000)
        #expect(wheel.count == 0)
    }

    @Test func `wheel timers can be moved and cancelled, from inside the round that fires them too`() {
        let clock = Clock()
        let wheel = TimerWheel(now: clock.now)
        var fired: [String] = []
        func timer(_ name: String, _ body: @escaping () -> Void = {}) -> WheelTimer {
            WheelTimer(wheel: wheel, clock: { clock.now }) {
                fired.append(name)
                body()
            }
        }
        let cancelled = timer("cancelled")
        let moved = timer("moved")
        var again: WheelTimer?
        let first = timer("first") {
            cancelled.cancel()
            moved.start(afterMilliseconds: 10_000)
            again?.start(afterMilliseconds: 1_000)
        }
        again = timer("again")
        for timer in [first, cancelled, moved] { timer.start(afterMilliseconds: 100) }
        func turn(_ milliseconds: Int64) {
            let end = clock.now + milliseconds
            while clock.now < end {
                clock.now += 250
                wheel.advance(to: clock.now)
            }
        }
        turn(750)
        #expect(fired == ["first"])
        #expect(!cancelled.isArmed && moved.isArmed)
        turn(2_000)
        #expect(fired == ["first", "again"])
        turn(20_000)
        #expect(fired == ["first", "again", "moved"])
        #expect(wheel.count == 0)
    }

    @Test func `a wheel that was asleep for an hour fires everything once`() {
        let clock = Clock()
        let wheel = TimerWheel(now: clock.now)
        var fired = 0
        let timers = (0..<100).map { index in
            let timer = WheelTimer(wheel: wheel, clock: { clock.now }) { fired += 1 }
            timer.start(afterMilliseconds: Int64(index) * 3_000)
            return timer
        }
        clock.now += 3_600_000
        wheel.advance(to: clock.now)
        #expect(fired == 100)
        #expect(timers.allSatisfy { !$0.isArmed })
    }
}
