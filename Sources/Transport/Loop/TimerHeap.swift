/// The precise timers of a loop: a heap by deadline behind one kernel timer, first started first fired among equals.
package final class TimerHeap {
    private var heap: [PreciseTimer] = []
    private var nextSequence: UInt64 = 0

    package init() {}

    /// When the next timer is due, or nil. Cancelled timers do not count.
    package var nextDeadline: Int64? {
        while let first = heap.first, first.isCancelled { removeFirst() }
        return heap.first?.deadline
    }

    package func add(deadline: Int64, every interval: Int64? = nil, _ body: @escaping () -> Void) -> PreciseTimer {
        let timer = PreciseTimer(deadline: deadline, interval: interval, body: body)
        push(timer)
        return timer
    }

    /// Fires what is due at `now`, in order. What a timer starts while it fires waits for the next call.
    package func advance(to now: Int64) {
        var due: [PreciseTimer] = []
        while let first = heap.first, first.isCancelled || first.deadline <= now {
            removeFirst()
            if !first.isCancelled { due.append(first) }
        }
        for timer in due where !timer.isCancelled {
            if let interval = timer.interval {
                // A late repeating timer skips what it missed; it does not fire in bursts.
                timer.deadline = max(timer.deadline + interval, now + 1)
                push(timer)
            } else {
                timer.hasFired = true
            }
            timer.body?()
            if timer.hasFired { timer.body = nil }
        }
    }

    func removeAll() {
        for timer in heap { timer.cancel() }
        heap = []
    }

    private func push(_ timer: PreciseTimer) {
        timer.sequence = nextSequence
        nextSequence += 1
        heap.append(timer)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].isBefore(heap[parent]) else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].isBefore(heap[least]) { least = child }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}

/// The token of a precise timer. Letting go of it does not cancel the timer. Confined to its loop.
package final class PreciseTimer {
    fileprivate(set) var deadline: Int64
    fileprivate let interval: Int64?
    fileprivate var sequence: UInt64 = 0
    fileprivate var body: (() -> Void)?
    fileprivate var hasFired = false
    package private(set) var isCancelled = false

    fileprivate init(deadline: Int64, interval: Int64?, body: @escaping () -> Void) {
        self.deadline = deadline
        self.interval = interval
        self.body = body
    }

    package func cancel() {
        isCancelled = true
        body = nil
    }

    fileprivate func isBefore(_ other: PreciseTimer) -> Bool {
        (deadline, sequence) < (other.deadline, other.sequence)
    }
}
