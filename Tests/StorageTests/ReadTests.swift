import Glibc
import Storage
import Synchronization
import Testing

/// Read transactions: their limits, and what they cannot do.
struct ReadTests {
    static let endless: SQL = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    static let counting: SQL = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
    static let returning: SQL = "INSERT INTO account (number, balance, note) VALUES (1, 1, '') RETURNING number"

    @Test func `a long statement is stopped at the limit`() async throws {
        let database = try Database.ledger { $0.readLimit = .milliseconds(5) }
        await #expect(throws: StorageError.readTooLong(limitMilliseconds: 5)) {
            try await database.read { try $0.first(Self.endless) { $0.int(0) } }
        }
        #expect(try await database.balances() == [:], "the reader goes on with the next transaction")
    }

    @Test func `many short statements are stopped at the limit too`() async throws {
        let database = try Database.ledger { $0.readLimit = .milliseconds(5) }
        await #expect(throws: StorageError.readTooLong(limitMilliseconds: 5)) {
            try await database.read { transaction in
                while true { _ = try LedgerStore.balances(transaction) }
            }
        }
    }

    @Test func `a read that waits for the processor is not stopped, one that waits for ever is`() async throws {
        let database = try Database.ledger { $0.readLimit = .milliseconds(5) }
        // Asleep for three times the limit: no processor time is used.
        let balances = try await database.read { transaction in
            usleep(15_000)
            return try LedgerStore.balances(transaction)
        }
        #expect(balances == [:])
        await #expect(throws: StorageError.readTooLong(limitMilliseconds: 5)) {
            try await database.read { transaction in
                usleep(110_000)
                return try LedgerStore.balances(transaction)
            }
        }
    }

    @Test func `a read cannot write`() async throws {
        let database = try Database.ledger()
        await #expect(throws: StorageError.readOnly) {
            try await database.read { try $0.first(Self.returning) { $0.int(0) } }
        }
        #expect(try await database.write(touching: []) { try $0.first(Self.returning) { $0.int(0) } } == 1)
    }

    @Test func `a read sees one state although commits go on`() async throws {
        let database = try Database.ledger()
        try await database.put(1, in: 1)
        let started = Turnstile()
        let written = Turnstile()
        let seen = Arrivals<Result<[[Int: Int]], any Error>>()
        database.enqueueRead { transaction in
            let before = try LedgerStore.balances(transaction)
            started.open()
            written.pass()
            return [before, try LedgerStore.balances(transaction)]
        } completion: {
            seen.add($0)
        }
        started.pass()
        try await database.put(2, in: 1)
        written.open()
        #expect(try await seen.first(1)[0].get() == [[1: 1], [1: 1]])
        #expect(try await database.balances() == [1: 2])
    }

    @Test func `readers that hold the log above its limit are interrupted`() async throws {
        let checkpoints = Mutex(0)
        let database = try Database.ledger {
            $0.readLimit = .seconds(60)
            $0.checkpointBytes = 64 << 10
            $0.logRestartBytes = 128 << 10
            $0.logLimitBytes = 256 << 10
            $0.measures = Measures(checkpoint: { _ in checkpoints.withLock { $0 += 1 } })
        }
        let outcome = Arrivals<Result<Void, any Error>>()
        let started = Turnstile()
        database.enqueueRead { transaction in
            // The snapshot is taken by the first table that is read; from here on the log cannot start over.
            _ = try LedgerStore.balances(transaction)
            var isFirst = true
            try transaction.each(Self.counting) { _ in
                if isFirst { started.open() }
                isFirst = false
                return true
            }
        } completion: {
            outcome.add($0)
        }
        started.pass()
        let note = String(repeating: "x", count: 3000)
        var account = 0
        while outcome.soFar.isEmpty {
            account += 1
            try await database.write(touching: []) { [account] in
                try LedgerStore.put(1, in: account, note: note, $0)
            }
        }
        #expect(outcome.soFar[0].storageError == .readInterrupted)
        #expect(checkpoints.withLock { $0 } > 0)
        #expect(try await database.balances().count == account)
    }

    @Test func `the log starts over while commits go on`() async throws {
        let sizes = Mutex((latest: 0, restarts: 0))
        let database = try Database.ledger {
            $0.checkpointBytes = 64 << 10
            $0.logRestartBytes = 128 << 10
            $0.measures = Measures(group: { group in
                sizes.withLock { sizes in
                    if group.logBytes < sizes.latest { sizes.restarts += 1 }
                    sizes.latest = group.logBytes
                }
            })
        }
        let note = String(repeating: "x", count: 3000)
        var account = 0
        while sizes.withLock({ $0.restarts }) < 3 {
            account += 1
            try #require(account < 50_000, "150 MB were written and the log never started over three times")
            try await database.write(touching: []) { [account] in
                try LedgerStore.put(1, in: account, note: note, $0)
            }
        }
        #expect(try await database.balances().count == account)
    }

    @Test func `the read queue is bounded`() async throws {
        let database = try Database.ledger {
            $0.readers = 1
            $0.queuedReads = 2
        }
        let started = Turnstile()
        let release = Turnstile()
        let outcomes = Arrivals<Result<Void, any Error>>()
        database.enqueueRead { _ in
            started.open()
            release.pass()
        } completion: {
            outcomes.add($0)
        }
        started.pass()
        for _ in 1...2 { database.enqueueRead({ _ in }, completion: { outcomes.add($0) }) }
        #expect(outcomes.soFar.map(\.storageError) == [.overloaded(retryAfterMilliseconds: 250)])
        release.open()
        #expect(await outcomes.first(3).filter(\.isSuccess).count == 2)
    }
}
