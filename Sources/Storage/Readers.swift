/// The threads that read: each with a connection of its own, all from one bounded queue.
final class Readers: Sendable {
    private let mailbox: Mailbox<PendingRead>
    private let threads: [NamedThread]

    init(path: String, options: DatabaseOptions, deadlines: [ReadDeadline]) throws(StorageError) {
        let mailbox = Mailbox<PendingRead>(capacity: options.queuedReads)
        self.mailbox = mailbox
        var threads: [NamedThread] = []
        do {
            for (index, deadline) in deadlines.enumerated() {
                let reader = try Reader(path: path, options: options, deadline: deadline)
                threads.append(try NamedThread("reader \(index + 1)") { reader.run(mailbox) })
            }
        } catch {
            mailbox.close()
            for thread in threads { thread.join() }
            throw error
        }
        self.threads = threads
    }

    deinit {
        mailbox.close()
    }

    func enqueue(_ read: PendingRead) {
        switch mailbox.put(read) {
        case .accepted: break
        // A reader finishes at least four transactions a second; the usual one takes well under a millisecond.
        case .full: read.refuse(.overloaded(retryAfterMilliseconds: 250))
        case .closed: read.refuse(.closed)
        }
    }

    /// Finishes what was accepted. Blocks, except on a reader's own thread.
    func close() {
        mailbox.close()
        for thread in threads { thread.join() }
    }
}

/// One reader. Made on the opening thread, afterwards used by its own thread only.
private final class Reader: @unchecked Sendable {
    private let connection: Connection
    private let deadline: ReadDeadline
    private let measures: Measures

    init(path: String, options: DatabaseOptions, deadline: ReadDeadline) throws(StorageError) {
        connection = try Connection(
            path: path,
            mode: .readOnly,
            options: .init(
                cacheKiB: options.readerCacheKiB,
                busyTimeoutMilliseconds: options.busyTimeoutMilliseconds
            )
        )
        connection.limit(by: deadline)
        self.deadline = deadline
        measures = options.measures
    }

    func run(_ mailbox: Mailbox<PendingRead>) {
        while let read = mailbox.takeOne() {
            let started = monotonicNanoseconds()
            deadline.start()
            do {
                try connection.run(Connection.beginReading)
                read.perform(ReadTransaction(connection))
            } catch {
                read.fail(error)
            }
            deadline.stop()
            // Nothing was written, so ending the transaction is all there is to do.
            connection.rollBack()
            mailbox.finish(1)
            measures.read(monotonicNanoseconds() - started)
            read.complete()
        }
        connection.close()
    }
}

/// A read on its way.
class PendingRead: @unchecked Sendable {
    func perform(_ transaction: borrowing ReadTransaction) { preconditionFailure("abstract") }
    func fail(_ error: StorageError) { preconditionFailure("abstract") }
    func complete() { preconditionFailure("abstract") }

    /// Answers at once, on the caller's thread.
    final func refuse(_ error: StorageError) {
        fail(error)
        complete()
    }
}

/// A `PendingRead` whose value's type is known. Belongs to the caller until it is enqueued, then to a reader's thread.
final class TypedRead<Value: Sendable>: PendingRead, @unchecked Sendable {
    private let body: @Sendable (borrowing ReadTransaction) throws -> Value
    private let completion: @Sendable (Result<Value, any Error>) -> Void
    private var result: Result<Value, any Error>?

    init(
        body: @escaping @Sendable (borrowing ReadTransaction) throws -> Value,
        completion: @escaping @Sendable (Result<Value, any Error>) -> Void
    ) {
        self.body = body
        self.completion = completion
    }

    override func perform(_ transaction: borrowing ReadTransaction) {
        do {
            result = .success(try body(transaction))
        } catch {
            result = .failure(error)
        }
    }

    override func fail(_ error: StorageError) {
        result = .failure(error)
    }

    override func complete() {
        guard let result else { preconditionFailure("a read was answered before it was performed") }
        completion(result)
    }
}
