import Synchronization

/// The one thread that writes: takes all that wait, commits them together, publishes, answers.
///
/// 1. Nothing is published or answered before its commit is durable.
/// 2. `committed:` closures run in commit order, each once; refused writes have none.
/// 3. A refusal reverts its own write. Refusals too are answered only after the commit, since they were decided on what the
///    writes before them in the group did: if the group is lost they are answered with the loss.
/// 4. After an unknown outcome nothing more is written.
final class Writer<Facts: WriterFacts>: @unchecked Sendable {
    let mailbox: Mailbox<PendingWrite<Facts>>
    private let connection: Connection
    private let facts: Facts
    private let options: DatabaseOptions
    private let checkpoints: Checkpoints
    private var isStopped = false
    private var statements = 0
    /// Smoothed; what a refused caller is told to wait for.
    private let nanosecondsPerWrite = Atomic<Int64>(50_000)

    init(connection: Connection, facts: Facts, options: DatabaseOptions, checkpoints: Checkpoints) {
        self.connection = connection
        self.facts = facts
        self.options = options
        self.checkpoints = checkpoints
        mailbox = Mailbox(capacity: options.queuedWrites)
        connection.watchLog()
        if let faults = options.faults {
            connection.beforeWriting = { [unowned self] () throws(StorageError) in
                statements += 1
                try strike(faults, .statement(statements))
            }
        }
    }

    /// The thread's body: returns when the mailbox is closed and everything accepted is answered.
    func run() {
        var batch: [PendingWrite<Facts>] = []
        while mailbox.takeAll(into: &batch) {
            var start = 0
            while start < batch.count {
                let end = min(start + options.groupLimit, batch.count)
                process(batch[start..<end])
                start = end
            }
            batch.removeAll(keepingCapacity: true)
        }
        checkpoints.close()
        if isStopped {
            connection.keepLogOnClose()
        } else {
            // Best effort: a log that stays is read at the next start.
            _ = try? connection.checkpoint(truncating: true)
        }
        connection.close()
    }

    func retryDelayMilliseconds(depth: Int) -> Int {
        let nanoseconds = Int64(depth) * nanosecondsPerWrite.load(ordering: .relaxed)
        return Int(min(max(nanoseconds / 1_000_000, 20), 5000))
    }

    // MARK: - One group

    private func process(_ group: ArraySlice<PendingWrite<Facts>>) {
        var measure = Measures.Group()
        measure.writes = group.count
        var fatal: StorageError?
        let started = monotonicNanoseconds()
        if isStopped {
            for write in group { write.fail(.closed) }
        } else {
            do {
                let accepted = try decide(group)
                measure.refused = group.count - accepted
                let committing = monotonicNanoseconds()
                try commit(accepted > 0)
                measure.commitNanoseconds = monotonicNanoseconds() - committing
                for write in group { write.publish() }
                options.groupCommitted()
            } catch {
                lose(group, error)
                measure.isLost = true
                if error == .outcomeUnknown { fatal = error }
            }
            measure.totalNanoseconds = monotonicNanoseconds() - started
            smooth(measure.totalNanoseconds / Int64(group.count))
        }
        measure.queueDepth = mailbox.finish(group.count)
        if fatal != nil {
            isStopped = true
            mailbox.close()
        }
        for write in group { write.complete() }
        options.groupCompleted()
        measure.logBytes = connection.logPages * Checkpoints.pageBytes
        options.measures.group(measure)
        if let fatal { options.onFatal(fatal) }
        if !isStopped { checkpoints.after(connection) }
    }

    /// Runs the bodies, each in a savepoint if there are several: one alone is taken back with the transaction. A savepoint
    /// keeps a copy of every page that is changed inside it.
    ///
    /// - Returns: how many were accepted.
    /// - Throws: when the whole transaction is gone.
    private func decide(_ group: ArraySlice<PendingWrite<Facts>>) throws(StorageError) -> Int {
        if let faults = options.faults { try strike(faults, .begin) }
        try connection.run(Connection.begin)
        let transaction = WriteTransaction(connection, facts)
        let isAlone = group.count == 1
        var accepted = 0
        for write in group {
            if !isAlone { try connection.run(Connection.savepoint) }
            facts.beginWrite()
            let refusal = write.decide(transaction)
            // A body may have swallowed the error that cost the transaction, so a good answer is no proof.
            guard connection.isInTransaction else {
                throw (refusal as? StorageError) ?? connection.latestFailure ?? .closed
            }
            if refusal == nil {
                accepted += 1
            } else if !isAlone {
                try connection.run(Connection.revert)
                facts.revertWrite()
            }
            if !isAlone { try connection.run(Connection.release) }
        }
        return accepted
    }

    private func commit(_ hasChanges: Bool) throws(StorageError) {
        guard hasChanges else {
            try connection.run(Connection.rollback)
            facts.revertGroup()
            return
        }
        do {
            if let faults = options.faults { try strike(faults, .beforeCommit) }
            try connection.run(Connection.commit)
            if let faults = options.faults { try strike(faults, .afterCommit) }
        } catch {
            if ResultCode.leavesOutcomeOpen(error) { throw .outcomeUnknown }
            throw error
        }
        facts.publishGroup()
    }

    private func lose(_ group: ArraySlice<PendingWrite<Facts>>, _ error: StorageError) {
        connection.rollBack()
        facts.revertGroup()
        for write in group { write.fail(error) }
    }

    private func smooth(_ nanoseconds: Int64) {
        let old = nanosecondsPerWrite.load(ordering: .relaxed)
        nanosecondsPerWrite.store((old * 7 + nanoseconds) / 8, ordering: .relaxed)
    }

    private func strike(_ faults: Faults, _ point: Faults.Point) throws(StorageError) {
        guard let fault = faults.strike(point) else { return }
        if fault.losesTransaction { connection.rollBack() }
        throw fault.error
    }
}
