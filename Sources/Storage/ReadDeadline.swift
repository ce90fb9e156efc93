import Glibc
import Synchronization

/// When a read transaction has to stop: asked by SQLite's progress handler, and before every statement.
///
/// What is limited is the processor's time that the reader used, so that a read is not refused because the machine was busy
/// with others; a long reader keeps the write-ahead log from shrinking all the same, so after twenty times the limit it
/// stops whatever it got.
///
/// A flag that the handler reads is used instead of `sqlite3_interrupt`: an interrupt that comes a moment late would hit the next
/// reader's statement, the flag is lowered at the start of every transaction.
final class ReadDeadline: Sendable {
    /// Until then nothing can be wrong: who used so much processor time needed at least as long.
    private let end = Atomic<Int64>(.max)
    /// The reader's processor time at the start.
    private let usedAtStart = Atomic<Int64>(0)
    private let interrupted = Atomic<Bool>(false)
    private let limitMilliseconds: Int
    private let limitNanoseconds: Int64

    private static let patience: Int64 = 20

    init(limit: Duration) {
        limitNanoseconds = limit.nanoseconds
        limitMilliseconds = Int(limitNanoseconds / 1_000_000)
    }

    /// Called on the reader's own thread, as `verdict` is.
    func start() {
        interrupted.store(false, ordering: .relaxed)
        usedAtStart.store(threadNanoseconds(), ordering: .relaxed)
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
        guard end != .max else { return nil }
        let now = monotonicNanoseconds()
        guard now >= end else { return nil }
        let isPatient = now < end &+ (Self.patience - 1) * limitNanoseconds
        if isPatient, threadNanoseconds() - usedAtStart.load(ordering: .relaxed) < limitNanoseconds { return nil }
        return .readTooLong(limitMilliseconds: limitMilliseconds)
    }
}

/// Nanoseconds of the clock that never jumps.
func monotonicNanoseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// Nanoseconds of processor time that the calling thread has used.
func threadNanoseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
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
