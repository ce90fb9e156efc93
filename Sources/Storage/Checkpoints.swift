import Synchronization

/// Keeps the write-ahead log short without making a commit wait for it.
///
/// The bulk of the log is copied into the file on a thread of its own while commits go on. What was appended meanwhile is copied by
/// the writer between two groups; then the log holds nothing that is needed and the next commit starts it over. If readers keep
/// the log above its limit, they are interrupted and the log is emptied.
final class Checkpoints: Sendable {
    static let pageBytes = 4096

    private enum Phase: Int, AtomicRepresentable {
        case idle, copying, copied
    }

    private let worker: Worker
    private let connection: Mutex<Connection?>
    private let phase = Atomic<Phase>(.idle)
    /// Pages at which the next checkpoint starts. Used by the writer only.
    private let threshold: Atomic<Int>
    /// Pages at which readers are interrupted. Used by the writer only.
    private let limit: Atomic<Int>
    private let options: DatabaseOptions
    private let deadlines: [ReadDeadline]

    init(path: String, options: DatabaseOptions, deadlines: [ReadDeadline]) throws(StorageError) {
        worker = try Worker(name: "checkpoint")
        connection = Mutex(try Connection(path: path, options: .init(cacheKiB: 256)))
        threshold = Atomic(options.checkpointBytes / Self.pageBytes)
        limit = Atomic(options.logLimitBytes / Self.pageBytes)
        self.options = options
        self.deadlines = deadlines
    }

    /// On the writer thread, between groups.
    func after(_ writer: Connection) {
        let pages = writer.logPages
        let first = options.checkpointBytes / Self.pageBytes
        if pages < first {
            threshold.store(first, ordering: .relaxed)
            limit.store(options.logLimitBytes / Self.pageBytes, ordering: .relaxed)
        }
        if pages > limit.load(ordering: .relaxed) {
            for deadline in deadlines { deadline.interrupt() }
            measured { _ = try? writer.checkpoint(truncating: true) }
            // It waits up to the busy timeout; if another process holds the log, not again at every commit.
            limit.store(pages + first, ordering: .relaxed)
            return
        }
        switch phase.load(ordering: .acquiring) {
        case .idle:
            guard pages >= threshold.load(ordering: .relaxed) else { return }
            phase.store(.copying, ordering: .releasing)
            worker.perform { [self] in
                copy()
                phase.store(.copied, ordering: .releasing)
            }
        case .copying: return
        case .copied:
            measured { _ = try? writer.checkpoint() }
            // While a reader holds the log back, it is tried again every eighth of the limit.
            threshold.store(pages + max(first / 8, 1), ordering: .relaxed)
            phase.store(.idle, ordering: .releasing)
        }
    }

    func close() {
        worker.close()
        connection.withLock { connection in
            connection?.close()
            connection = nil
        }
    }

    /// An error here is met again by the writer, whose own checkpoint follows; until then the log only grows.
    private func copy() {
        measured {
            // Lock tier: leaf. Only this thread and `close`, which has waited for it, take it.
            connection.withLock { _ = try? $0?.checkpoint() }
        }
    }

    private func measured(_ body: () -> Void) {
        let started = monotonicNanoseconds()
        body()
        options.measures.checkpoint(monotonicNanoseconds() - started)
    }
}
