/// The clocks of a connection: idle, write, and a deadline for what is expected. All three share one coarse timer, which looks
/// at the times when it fires instead of being moved by every read.
extension Connection {
    /// A close after flush may take this long where no write timeout is set.
    private var flushMilliseconds: Int64 { 10_000 }

    /// Closes with `.timedOut(.idle)` after this long without a received byte; nil for never. Granularity 250 ms.
    package func setIdleTimeout(_ timeout: Duration?) {
        idleMilliseconds = timeout?.wholeMilliseconds ?? 0
        lastReceived = loop.now
        armTimer()
    }

    /// Aborts with `.timedOut(.write)` when the peer takes nothing for this long while something is queued; nil for never.
    package func setWriteTimeout(_ timeout: Duration?) {
        writeMilliseconds = timeout?.wholeMilliseconds ?? 0
        armTimer()
    }

    /// A moment by which the owner wants to have received something whole, a request head for instance; nil when it has. One at
    /// a time; unlike the idle timeout it is not moved by bytes that trickle in.
    package func setReceiveDeadline(after delay: Duration?) {
        deadline = delay.map { loop.now + $0.wholeMilliseconds } ?? 0
        armTimer()
    }

    private var nextTimeout: (at: Int64, timeout: ConnectionTimeout)? {
        var next: (at: Int64, timeout: ConnectionTimeout)?
        func consider(_ at: Int64, _ timeout: ConnectionTimeout) {
            if next == nil || at < next!.at { next = (at, timeout) }
        }
        if deadline > 0 { consider(deadline, .deadline) }
        if idleMilliseconds > 0, phase == .open, !isReadingPaused, !hasReceivedEnd {
            consider(lastReceived + idleMilliseconds, .idle)
        }
        if isBlocked || phase == .flushing {
            if writeMilliseconds > 0 {
                consider(stalledSince + writeMilliseconds, .write)
            } else if phase == .flushing {
                consider(stalledSince + flushMilliseconds, .write)
            }
        }
        return next
    }

    func armTimer() {
        guard phase != .closed else { return }
        // While reading is paused nothing can be received, so the idle time does not count; it is looked at again later.
        let paused = idleMilliseconds > 0 && isReadingPaused ? loop.now + idleMilliseconds : nil
        guard let at = [nextTimeout?.at, paused].compactMap({ $0 }).min() else {
            timer?.cancel()
            return
        }
        if timer == nil { timer = loop.makeWheelTimer { [unowned self] in timerFired() } }
        timer?.start(afterMilliseconds: at - loop.now)
    }

    private func timerFired() {
        guard let due = nextTimeout, due.at <= loop.now else {
            armTimer()
            return
        }
        switch (phase, due.timeout) {
        case (.closed, _): return
        case (.lingering, _): closeNow(reason)
        case (_, .write): abort(.timedOut(.write))
        case (_, .deadline), (_, .idle):
            deadline = 0
            lastReceived = loop.now
            if let handler { handler.connectionTimedOut(self, due.timeout) } else { abort(.timedOut(due.timeout)) }
            armTimer()
        }
    }
}
