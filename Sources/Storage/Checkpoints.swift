import Synchronization

/// Keeps the write-ahead log short without making a commit wait for it.
///
/// The log is copied into the file on a thread of its own while commits go on: little at a time, because a commit's sync waits
/// behind whatever the disk has been given, and in passes, each over what was appended during the one before. A pass that
/// reaches the end before the next commit lets that start the log over. On a saturated daemon none does: the log grows until the
/// writer copies the rest between two groups, rarely, because these wait for it, and just after the last pass, when there is least
/// left. If readers keep the log above its limit, they are interrupted and the log is emptied. Figures:
/// `docs/decisions/0017-checkpoints.md`.
final class Checkpoints: Sendable {
    static let pageBytes = 4096
    /// The last ones are over the pages of a commit or two: one of them ends in a pause between commits, unless there is none.
    private static let passes = 16

    private let worker: Worker
    private let connection: Mutex<Connection?>
    private let isCopying = Atomic(false)
    /// The passes have ended since the writer last looked.
    private let hasCopied = Atomic(false)
    /// Pages that are in the log.
    private let length = Atomic(0)
    private let first: Due
    private let due: Mutex<Due>
    /// Pages of the log from which on the writer copies the rest.
    private let restart: Int
    private let options: DatabaseOptions
    private let deadlines: [ReadDeadline]

    /// Pages of the log at which something is due.
    private struct Due {
        /// As many as there were after the last group: fewer mean that the log has started over.
        var seen = 0
        var copy: Int
        var limit: Int
    }

    init(path: String, options: DatabaseOptions, deadlines: [ReadDeadline]) throws(StorageError) {
        // Behind the writer and the loops: nobody waits for it.
        worker = try Worker(name: "checkpoint", niceness: 5)
        var copying = Connection.Options(cacheKiB: 256)
        copying.copiesLog = true
        connection = Mutex(try Connection(path: path, options: copying))
        first = Due(
            copy: options.checkpointBytes / Self.pageBytes,
            limit: options.logLimitBytes / Self.pageBytes
        )
        restart = options.logRestartBytes / Self.pageBytes
        due = Mutex(first)
        self.options = options
        self.deadlines = deadlines
    }

    /// On the writer thread, between groups.
    func after(_ writer: Connection) {
        // Lock tier: leaf. Only the writer takes it.
        due.withLock { due in after(writer, &due) }
    }

    private func after(_ writer: Connection, _ due: inout Due) {
        let pages = writer.logPages
        if pages < due.seen { due = first }
        due.seen = pages
        length.store(pages, ordering: .relaxed)
        if pages > due.limit {
            for deadline in deadlines { deadline.interrupt() }
            measured { _ = try? writer.checkpoint(truncating: true) }
            // It waits up to the busy timeout; if another process holds the log, not again at every commit.
            due.limit = pages + first.copy
        } else if isCopying.load(ordering: .acquiring) {
            return
        } else if hasCopied.exchange(false, ordering: .acquiring), pages >= restart {
            // While a reader holds the log back, it is tried again after the next copy.
            measured { _ = try? writer.checkpoint() }
        } else if pages >= due.copy {
            due.copy = pages + first.copy
            isCopying.store(true, ordering: .releasing)
            worker.perform { [self] in
                copy()
                hasCopied.store(true, ordering: .releasing)
                isCopying.store(false, ordering: .releasing)
            }
        }
    }

    func close() {
        worker.close()
        connection.withLock { connection in
            connection?.close()
            connection = nil
        }
    }

    /// An error here is met again by the next copy, and by the writer's; until then the log only grows.
    private func copy() {
        measured {
            // Lock tier: leaf. Only this thread and `close`, which has waited for it, take it.
            connection.withLock { connection in
                for _ in 0..<Self.passes {
                    let moved = try? connection?.checkpoint().moved
                    guard let moved, moved < length.load(ordering: .relaxed) else { return }
                }
            }
        }
    }

    private func measured(_ body: () -> Void) {
        let started = monotonicNanoseconds()
        body()
        options.measures.checkpoint(monotonicNanoseconds() - started)
    }
}
