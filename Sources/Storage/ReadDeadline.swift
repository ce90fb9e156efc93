import Glibc
import Synchronization

/// When a read transaction has to stop: asked by SQLite's progress handler, and before every statement.
///
/// A flag that the handler reads is used instead of `sqlite3_interrupt`: an interrupt that comes a moment late would hit the next
/// reader's statement, the flag is lowered at the start of every transaction.
final class ReadDeadline: Sendable {
    private let end = Atomic<Int64>(.max)
    private let interrupted = Atomic<Bool>(false)
    private let limitMilliseconds: Int
    private let limitNanoseconds: Int64

    init(limit: Duration) {
        limitNanoseconds = limit.nanoseconds
        limitMilliseconds = Int(limitNanoseconds / 1_000_000)
    }

    func start() {
        interrupted.store(false, ordering: .relaxed)
        end.store(monotonicNanoseconds() &+ limitNanoseconds, ordering: .relaxed)
    }

    func stop() {
        end.store(.max, ordering: .relaxed)
    }

    /// Called from the writer's thread.
    func interrupt() {
        interrupted.store(true, ordering: .relaxed)
    }

    /// Why the transaction must not go on, or nil.
    var verdict: StorageError? {
        if interrupted.load(ordering: .relaxed) { return .readInterrupted }
        let end = end.load(ordering: .relaxed)
        return end != .max && monotonicNanoseconds() >= end ? .readTooLong(limitMilliseconds: limitMilliseconds) : nil
    }
}

/// Nanoseconds of the clock that never jumps.
func monotonicNanoseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// Unix milliseconds; only for records that people read.
func wallMilliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}

extension Duration {
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
