import Storage
import Synchronization
import Testing

/// What a group of writes promises: order, refusals alone, one commit, nothing seen before it.
struct GroupCommitTests {
    @Test func `a refused write rolls back alone, in the table and in the facts`() async throws {
        let published = Ledger.Published()
        let database = try Database.ledger(published: published)
        let hold = await WriterHold(database)
        let outcomes = Arrivals<Result<Int, any Error>>()
        for account in 1...9 {
            database.enqueue(touching: []) { transaction in
                try LedgerStore.put(account * 10, in: account, transaction)
                if account % 3 == 0 { throw Refusal() }
                return transaction.facts.balances.count
            } completion: {
                outcomes.add($0)
            }
        }
        hold.end()
        let results = await outcomes.first(9)
        #expect(results.map(\.refusal) == [nil, nil, Refusal(), nil, nil, Refusal(), nil, nil, Refusal()])
        #expect(results.compactMap { try? $0.get() } == [1, 2, 3, 4, 5, 6], "a write after a refusal saw its facts")
        let expected = [1: 10, 2: 20, 4: 40, 5: 50, 7: 70, 8: 80]
        #expect(try await database.balances() == expected)
        #expect(published.value == expected)
    }

    @Test func `a group of refusals only changes and publishes nothing`() async throws {
        let published = Ledger.Published()
        let database = try Database.ledger(published: published)
        try await database.put(5, in: 1)
        await #expect(throws: Refusal()) {
            try await database.write(touching: []) { transaction in
                try LedgerStore.put(6, in: 1, transaction)
                throw Refusal()
            } committed: { (_: Int) in
                Issue.record("a refused write was published")
            }
        }
        #expect(published.value == [1: 5])
        #expect(try await database.balances() == [1: 5])
        #expect(try await database.write(touching: []) { $0.facts.balances } == [1: 5])
    }

    @Test func `a batch that finds the writer idle is one commit`() async throws {
        let groups = Arrivals<Measures.Group>()
        let database = try Database.ledger { $0.measures = Measures(group: { groups.add($0) }) }
        let batch = WriteBatch<Ledger>()
        for account in 1...100 {
            batch.add(touching: []) {
                try LedgerStore.put(1, in: account, $0)
            } completion: { _ in
            }
        }
        database.submit(batch)
        #expect(batch.isEmpty)
        #expect(await groups.first(1).map(\.writes) == [100])
    }

    @Test func `what a full queue cannot take of a batch is refused at once, the rest is kept in order`() async throws {
        let database = try Database.ledger { $0.queuedWrites = 10 }
        let hold = await WriterHold(database)
        let outcomes = Arrivals<(Int, Result<Int, any Error>)>()
        let batch = WriteBatch<Ledger>()
        for account in 1...12 {
            batch.add(touching: []) { transaction in
                try LedgerStore.put(1, in: account, transaction)
                return transaction.facts.balances.count
            } completion: {
                outcomes.add((account, $0))
            }
        }
        database.submit(batch)
        let refused = await outcomes.first(3)
        // The write that holds the writer counts as well.
        #expect(refused.map(\.0) == [10, 11, 12])
        #expect(refused.allSatisfy { if case .failure(StorageError.overloaded) = $0.1 { true } else { false } })
        hold.end()
        let all = await outcomes.first(12)
        #expect(all.dropFirst(3).map { try? $0.1.get() } == Array(1...9))
    }

    @Test func `what waits behind a commit is committed together`() async throws {
        let groups = Arrivals<Measures.Group>()
        let database = try Database.ledger { $0.measures = Measures(group: { groups.add($0) }) }
        let hold = await WriterHold(database)
        for account in 1...100 {
            database.enqueue(touching: []) {
                try LedgerStore.put(1, in: account, $0)
            } completion: { _ in
            }
        }
        hold.end()
        let measured = await groups.first(2)
        #expect(measured.map(\.writes) == [1, 100])
        #expect(measured[1].commitNanoseconds > 0)
        #expect(measured[1].queueDepth == 0)
        #expect(measured[1].logBytes > 0)
    }

    @Test func `a group never exceeds its limit`() async throws {
        let groups = Arrivals<Int>()
        let database = try Database.ledger {
            $0.groupLimit = 40
            $0.measures = Measures(group: { groups.add($0.writes) })
        }
        let hold = await WriterHold(database)
        for account in 1...100 {
            database.enqueue(touching: []) {
                try LedgerStore.put(1, in: account, $0)
            } completion: { _ in
            }
        }
        hold.end()
        #expect(await groups.first(4) == [1, 40, 40, 20])
    }

    @Test func `facts, then closures in commit order, then the flush, then the answers`() async throws {
        let events = Arrivals<String>()
        let published = Ledger.Published()
        let database = try Database.ledger(published: published) {
            $0.groupCommitted = { events.add("flush") }
            $0.groupCompleted = { events.add("wake") }
        }
        let hold = await WriterHold(database)
        for account in 1...4 {
            database.enqueue(touching: []) { transaction in
                try LedgerStore.put(1, in: account, transaction)
                if account == 3 { throw Refusal() }
                return account
            } committed: { account in
                events.add("publish \(account) of \(published.value.count)")
            } completion: { _ in
                events.add("answer \(account)")
            }
        }
        hold.end()
        let expected = [
            "flush", "wake",
            "publish 1 of 3", "publish 2 of 3", "publish 4 of 3",
            "flush", "answer 1", "answer 2", "answer 3", "answer 4", "wake",
        ]
        #expect(await events.first(expected.count) == expected)
    }

    @Test func `readers see a group when its closures run and not before`() async throws {
        let database = try Database.ledger()
        let seen = Arrivals<Result<[Int: Int], any Error>>()
        let inside = Turnstile()
        let read = Turnstile()
        database.enqueue(touching: []) { transaction in
            try LedgerStore.put(1, in: 1, transaction)
            inside.open()
            read.pass()
        } committed: {
            database.enqueueRead {
                try LedgerStore.balances($0)
            } completion: {
                seen.add($0)
            }
        } completion: { _ in
        }
        inside.pass()
        #expect(try await database.balances() == [:])
        read.open()
        let after = await seen.first(1)
        #expect(try after[0].get() == [1: 1])
    }

    @Test func `a broken constraint is an error of one statement`() async throws {
        let database = try Database.ledger()
        try await database.put(1, in: 1)
        let kind = try await database.write(touching: [RowKey(kind: "account", id: [1])]) { transaction in
            do throws(StorageError) {
                try transaction.run(LedgerStore.insert) {
                    $0.bind("number", 1)
                    $0.bind("balance", 2)
                    $0.bind("note", "twice")
                }
                return nil as StorageError.Constraint?
            } catch {
                guard case .constraint(let kind, let message) = error else { throw error }
                #expect(message == "UNIQUE constraint failed: account.number")
                try LedgerStore.put(7, in: 2, transaction)
                return kind
            }
        }
        #expect(kind == .unique)
        #expect(try await database.balances() == [1: 1, 2: 7])
        await #expect(throws: StorageError.constraint(.check, message: "CHECK constraint failed: balance >= 0")) {
            try await database.put(-1, in: 3)
        }
    }

    @Test func `the queue is bounded and what was accepted is finished`() async throws {
        let database = try Database.ledger { $0.queuedWrites = 4 }
        let hold = await WriterHold(database)
        let outcomes = Arrivals<Result<Void, any Error>>()
        for account in 1...5 {
            database.enqueue(touching: []) {
                try LedgerStore.put(1, in: account, $0)
            } completion: {
                outcomes.add($0)
            }
        }
        // The write that holds the writer and three more fill the four places; two are refused before anything else happens.
        let refused = outcomes.soFar
        #expect(refused.count == 2)
        for result in refused {
            guard case .overloaded(let delay) = result.storageError else {
                Issue.record("answered \(result)")
                continue
            }
            #expect((20...5000).contains(delay))
        }
        hold.end()
        #expect(await outcomes.first(5).filter(\.isSuccess).count == 3)
        #expect(try await database.balances() == [1: 1, 2: 1, 3: 1])
        try await database.put(1, in: 9)
    }
}
