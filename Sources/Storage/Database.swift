/// The daemon's database: one writer with group commit, several readers, facts beside the writer.
///
/// Acknowledged means durable: when `write` returns or a `committed:` closure runs, the change survives `kill -9` and power loss.
package final class Database<Facts: WriterFacts>: Sendable {
    /// Random per life of the database, new on restore: positions of another epoch mean nothing here.
    package let epoch: String
    package let path: String
    private let file: DatabaseFile
    private let writer: Writer<Facts>
    private let writerThread: NamedThread
    private let readers: Readers

    /// Opens, or makes, the database and brings its schema to the newest migration.
    ///
    /// - Parameters:
    ///   - path: the file; its log, and a lock that keeps other processes out, lie beside it.
    ///   - facts: loads the facts, after the migrations and before the first write. They belong to the writer from then on.
    package init(
        path: String,
        options: DatabaseOptions,
        migrations: [Migration],
        facts: (Connection) throws -> Facts
    ) throws(StorageError) {
        let file = try DatabaseFile(path)
        do {
            let connection = try Connection(
                path: file.path,
                options: .init(
                    cacheKiB: options.writerCacheKiB,
                    busyTimeoutMilliseconds: options.busyTimeoutMilliseconds
                )
            )
            try connection.claim(applicationID: options.applicationID)
            try connection.migrate(migrations)
            epoch = try connection.epoch()
            if let limit = options.fileLimitBytes {
                try connection.execute("PRAGMA max_page_count = \(max(limit / Checkpoints.pageBytes, 1))")
            }
            let facts = try storageErrors { try facts(connection) }
            let deadlines = (0..<options.readers).map { _ in ReadDeadline(limit: options.readLimit) }
            let checkpoints = try Checkpoints(path: file.path, options: options, deadlines: deadlines)
            let writer = Writer(connection: connection, facts: facts, options: options, checkpoints: checkpoints)
            readers = try Readers(path: file.path, options: options, deadlines: deadlines)
            writerThread = try NamedThread("writer") {
                writer.run()
                file.release()
            }
            self.writer = writer
        } catch {
            file.release()
            throw error
        }
        self.file = file
        self.path = file.path
    }

    deinit {
        close()
    }

    /// Decides, stores, publishes. Returns when the write is durable.
    ///
    /// - Parameters:
    ///   - keys: the rows that the write locks, for drivers with several writers.
    ///   - body: reads facts, checks rules, runs statements. Whatever it throws refuses this write alone.
    ///   - committed: runs on the writer thread after the commit, in commit order, before anyone is answered.
    /// - Throws: what the body threw, or a `StorageError`.
    @discardableResult
    package func write<Value: Sendable>(
        touching keys: [RowKey],
        _ body: @escaping @Sendable (borrowing WriteTransaction<Facts>) throws -> Value,
        committed: (@Sendable (Value) -> Void)? = nil
    ) async throws -> Value {
        try await withUnsafeThrowingContinuation { (waiter: UnsafeContinuation<Value, any Error>) in
            enqueue(touching: keys, body, committed: committed) { waiter.resume(with: $0) }
        }
    }

    /// The same without a task, for the hot path.
    ///
    /// - Parameter completion: runs on the writer thread, together with those of the whole group, after all `committed:`
    ///   closures and `DatabaseOptions.groupCommitted`. If the write is not accepted (`overloaded`, `closed`) it runs at once on the
    ///   caller's thread.
    package func enqueue<Value: Sendable>(
        touching keys: [RowKey],
        _ body: @escaping @Sendable (borrowing WriteTransaction<Facts>) throws -> Value,
        committed: (@Sendable (Value) -> Void)? = nil,
        completion: @escaping @Sendable (Result<Value, any Error>) -> Void
    ) {
        switch writer.mailbox.put(TypedWrite(body: body, committed: committed, completion: completion)) {
        case .accepted: break
        case .full(let depth):
            let delay = writer.retryDelayMilliseconds(depth: depth)
            completion(.failure(StorageError.overloaded(retryAfterMilliseconds: delay)))
        case .closed: completion(.failure(StorageError.closed))
        }
    }

    /// Hands over what a thread has collected, in its order, and empties the batch.
    ///
    /// Writes that are not accepted are completed at once, on the caller's thread.
    package func submit(_ batch: WriteBatch<Facts>) {
        let answer = writer.mailbox.put(contentsOf: &batch.writes)
        if batch.writes.isEmpty { return }
        let refused = batch.writes
        batch.writes.removeAll()
        let error: StorageError =
            switch answer {
            case .full(let depth): .overloaded(retryAfterMilliseconds: writer.retryDelayMilliseconds(depth: depth))
            case .accepted, .closed: .closed
            }
        for write in refused {
            write.fail(error)
            write.complete()
        }
    }

    /// Reads a consistent view on a reader's thread, for at most `DatabaseOptions.readLimit`.
    package func read<Value: Sendable>(
        _ body: @escaping @Sendable (borrowing ReadTransaction) throws -> Value
    ) async throws -> Value {
        try await withUnsafeThrowingContinuation { (waiter: UnsafeContinuation<Value, any Error>) in
            enqueueRead(body) { waiter.resume(with: $0) }
        }
    }

    /// The same without a task. The completion runs on the reader's thread, or at once if the read is not accepted.
    package func enqueueRead<Value: Sendable>(
        _ body: @escaping @Sendable (borrowing ReadTransaction) throws -> Value,
        completion: @escaping @Sendable (Result<Value, any Error>) -> Void
    ) {
        readers.enqueue(TypedRead(body: body, completion: completion))
    }

    /// Finishes what was accepted, empties the log into the file and ends the threads.
    ///
    /// Blocks until that is done, except on one of the database's own threads. Later calls fail with `StorageError.closed`.
    package func close() {
        readers.close()
        writer.mailbox.close()
        writerThread.join()
    }
}
