import Synchronization

/// One thread of its own for work that blocks: closures in order, and actors that are pinned to it.
///
/// A search projection or a client's cache is an actor whose `unownedExecutor` is a worker, and which owns a `Connection`.
package final class Worker: SerialExecutor, Sendable {
    private enum Job: Sendable {
        case closure(@Sendable () -> Void)
        case executor(UnownedJob, UnownedSerialExecutor)

        func run() {
            switch self {
            case .closure(let body): body()
            case .executor(let job, let executor): job.runSynchronously(on: executor)
            }
        }
    }

    private let mailbox: Mailbox<Job>
    private let thread: NamedThread

    /// - Parameters:
    ///   - name: at most 15 bytes are shown by the system's tools.
    ///   - niceness: 0 to 19, how far it stands back for other threads.
    package init(name: String, niceness: Int32 = 0) throws(StorageError) {
        // Jobs of an executor cannot be refused, so the queue has no bound: who enqueues bounds what is outstanding.
        let mailbox = Mailbox<Job>(capacity: .max)
        self.mailbox = mailbox
        thread = try NamedThread(name, niceness: niceness) {
            var batch: [Job] = []
            while mailbox.takeAll(into: &batch) {
                for job in batch { job.run() }
                mailbox.finish(batch.count)
                batch.removeAll(keepingCapacity: true)
            }
        }
    }

    deinit {
        mailbox.close()
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if case .accepted = mailbox.put(.executor(job, asUnownedSerialExecutor())) { return }
        preconditionFailure("an actor was called after its worker was closed")
    }

    /// Runs the closure after everything enqueued before it.
    ///
    /// - Returns: false if the worker is closed; the closure does not run then.
    @discardableResult
    package func perform(_ body: @escaping @Sendable () -> Void) -> Bool {
        if case .accepted = mailbox.put(.closure(body)) { return true }
        return false
    }

    /// Runs the closure on the worker and waits for its value without blocking a thread.
    package func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withUnsafeThrowingContinuation { (waiter: UnsafeContinuation<Value, any Error>) in
            let isAccepted = perform { waiter.resume(with: Result { try body() }) }
            if !isAccepted { waiter.resume(throwing: StorageError.closed) }
        }
    }

    /// Finishes what was enqueued and ends the thread. Blocks, except on the worker itself.
    package func close() {
        mailbox.close()
        thread.join()
    }
}
