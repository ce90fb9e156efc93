/// A hashed timer wheel for thousands of coarse timers: heartbeats, idle and write timeouts.
///
/// Starting and cancelling are O(1) and touch no kernel timer. A timer fires in the slot after its deadline, so it is at most
/// two slots late and never early. A connection that is read from does not restart its timer: the timer looks at the time of the
/// last read when it fires.
package final class TimerWheel {
    /// 250 ms: exact enough for timeouts of seconds, and four wake-ups per second while any timer runs.
    package static let slotMilliseconds: Int64 = 250
    /// 512 slots are 128 s per turn; longer timers stay in their slot for more turns.
    package static let slotCount: Int64 = 512

    private var slots: [[WheelTimer]]
    private var currentTick: Int64
    /// How many timers are armed. The loop stops its wheel when this is zero.
    package private(set) var count = 0

    package init(now: Int64) {
        slots = Array(repeating: [], count: Int(Self.slotCount))
        currentTick = now / Self.slotMilliseconds
    }

    func insert(_ timer: WheelTimer, now: Int64) {
        // An idle wheel is not turned; it is set to the present before its first timer.
        if count == 0 { currentTick = max(currentTick, now / Self.slotMilliseconds) }
        count += 1
        place(timer)
    }

    private func place(_ timer: WheelTimer) {
        let tick = max(timer.deadline / Self.slotMilliseconds + 1, currentTick + 1)
        let slot = Int(tick % Self.slotCount)
        timer.slot = slot
        timer.index = slots[slot].count
        slots[slot].append(timer)
    }

    func remove(_ timer: WheelTimer) {
        if timer.slot >= 0 {
            let last = slots[timer.slot].count - 1
            if timer.index != last {
                let moved = slots[timer.slot][last]
                slots[timer.slot][timer.index] = moved
                moved.index = timer.index
            }
            slots[timer.slot].removeLast()
        }
        timer.slot = WheelTimer.unarmed
        count -= 1
    }

    /// Fires what is due at `now`.
    package func advance(to now: Int64) {
        let target = now / Self.slotMilliseconds
        // After a pause longer than a turn every slot is looked at once, not once per missed turn.
        if target - currentTick > Self.slotCount { currentTick = target - Self.slotCount }
        while currentTick < target {
            currentTick += 1
            let slot = Int(currentTick % Self.slotCount)
            if !slots[slot].isEmpty { fire(slot, now: now) }
        }
    }

    private func fire(_ slot: Int, now: Int64) {
        var batch: [WheelTimer] = []
        swap(&batch, &slots[slot])
        for timer in batch { timer.slot = WheelTimer.detached }
        for timer in batch where timer.slot == WheelTimer.detached {
            if timer.deadline > now {
                place(timer)
            } else {
                timer.slot = WheelTimer.unarmed
                count -= 1
                timer.fire()
            }
        }
    }

    /// Cancels everything; used when the loop ends.
    func removeAll() {
        for slot in slots.indices {
            for timer in slots[slot] { timer.slot = WheelTimer.unarmed }
            slots[slot] = []
        }
        count = 0
    }
}

/// One coarse timer, reusable: made once, started and cancelled as often as needed. Confined to its loop.
package final class WheelTimer {
    static let unarmed = -1
    /// Taken out of its slot by the round that is firing.
    static let detached = -2

    private let wheel: TimerWheel
    private let clock: () -> Int64
    private let body: () -> Void
    fileprivate(set) var deadline: Int64 = 0
    fileprivate(set) var slot = WheelTimer.unarmed
    fileprivate(set) var index = 0

    /// The owner of `body` should be captured weakly or unowned: an armed timer is kept by its wheel.
    package init(wheel: TimerWheel, clock: @escaping () -> Int64, _ body: @escaping () -> Void) {
        self.wheel = wheel
        self.clock = clock
        self.body = body
    }

    package var isArmed: Bool { slot != WheelTimer.unarmed }

    /// Arms the timer, or moves it.
    package func start(afterMilliseconds delay: Int64) {
        let now = clock()
        if isArmed { wheel.remove(self) }
        deadline = now + max(delay, 0)
        wheel.insert(self, now: now)
    }

    package func cancel() {
        if isArmed { wheel.remove(self) }
    }

    fileprivate func fire() { body() }
}
