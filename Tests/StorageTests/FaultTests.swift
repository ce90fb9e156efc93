import ChatTestKit
import Storage
import Synchronization
import Testing

/// Storage errors at every point of a group: who is told what, what is on disk, what the facts say.
struct FaultTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let point: Faults.Point
        let fault: Faults.Fault
        /// Answers to the three writes of the group: nil is success.
        let answers: [StorageError?]
        /// Accounts that are there after a restart.
        let stored: [Int]
        var isFatal = false

        var testDescription: String {
            "\(fault.error) at \(point)\(fault.losesTransaction ? ", transaction lost" : "")"
        }
    }

    // Statement 1 fills account 1; statements 2, 3 and 4 are the group's, which fills accounts 2, 3 and 4.
    static let cases: [Case] = [
        Case(point: .begin, fault: .init(.busy), answers: [.busy, .busy, .busy], stored: [1]),
        Case(
            point: .statement(3),
            fault: .init(.io(code: 266)),
            answers: [nil, .io(code: 266), nil],
            stored: [1, 2, 4]
        ),
        Case(
            point: .statement(2),
            fault: .init(.full, losesTransaction: true),
            answers: [.full, .full, .full],
            stored: [1]
        ),
        Case(
            point: .statement(4),
            fault: .init(.outOfMemory, losesTransaction: true),
            answers: [.outOfMemory, .outOfMemory, .outOfMemory],
            stored: [1]
        ),
        Case(point: .beforeCommit, fault: .init(.full), answers: [.full, .full, .full], stored: [1]),
        Case(
            point: .beforeCommit,
            fault: .init(.full, losesTransaction: true),
            answers: [.full, .full, .full],
            stored: [1]
        ),
        Case(
            point: .beforeCommit,
            fault: .init(.io(code: 1034)),
            answers: [.outcomeUnknown, .outcomeUnknown, .outcomeUnknown],
            stored: [1],
            isFatal: true
        ),
        Case(
            point: .afterCommit,
            fault: .init(.io(code: 1034)),
            answers: [.outcomeUnknown, .outcomeUnknown, .outcomeUnknown],
            stored: [1, 2, 3, 4],
            isFatal: true
        ),
    ]

    @Test(arguments: cases) func `an injected storage error has the promised outcome`(_ expected: Case) async throws {
        let folder = try ScratchFolder()
        let path = "\(folder.path)/ledger.db"
        let fatal = Arrivals<StorageError>()
        let published = Ledger.Published()
        let begun = Mutex(0)
        let database = try Database.ledger(path: path, published: published) { options in
            options.onFatal = { fatal.add($0) }
            options.faults = Faults { point in
                // Group 1 fills account 1, group 2 holds the writer, group 3 is meant.
                let group = begun.withLock { begun in
                    if point == .begin { begun += 1 }
                    return begun
                }
                return group == 3 && point == expected.point ? expected.fault : nil
            }
        }
        try await database.put(10, in: 1)
        let hold = await WriterHold(database)
        let outcomes = Arrivals<Result<Int, any Error>>()
        let closures = Arrivals<Int>()
        for account in 2...4 {
            database.enqueue(touching: []) {
                try LedgerStore.put(10, in: account, $0)
                return account
            } committed: {
                closures.add($0)
            } completion: {
                outcomes.add($0)
            }
        }
        hold.end()

        let results = await outcomes.first(3)
        #expect(results.map(\.storageError) == expected.answers)
        #expect(closures.soFar == results.compactMap { try? $0.get() }, "published is what was answered with success")
        if expected.isFatal {
            #expect(await fatal.first(1) == [.outcomeUnknown])
            #expect(published.value == [1: 10])
            await #expect(throws: StorageError.closed) { try await database.put(1, in: 9) }
        } else {
            #expect(fatal.soFar.isEmpty)
            #expect(published.value.keys.sorted() == expected.stored)
            #expect(try await database.write(touching: []) { $0.facts.balances.keys.sorted() } == expected.stored)
        }
        database.close()
        let reopened = try Database.ledger(path: path)
        #expect(try await reopened.balances().keys.sorted() == expected.stored)
        try await reopened.put(1, in: 9)
    }

    @Test func `a body that swallows the loss of the transaction does not save its group`() async throws {
        let isArmed = Mutex(true)
        let database = try Database.ledger {
            $0.faults = Faults { point in
                guard case .statement = point, isArmed.withLock({ $0 }) else { return nil }
                return .init(.full, losesTransaction: true)
            }
        }
        await #expect(throws: StorageError.full) {
            try await database.write(touching: []) { transaction in
                try? LedgerStore.put(1, in: 1, transaction)
                return "all is well"
            }
        }
        isArmed.withLock { $0 = false }
        #expect(try await database.balances() == [:])
        #expect(try await database.write(touching: []) { $0.facts.balances } == [:])
    }

    @Test func `a refusal in a lost group is answered with the loss`() async throws {
        let begun = Mutex(0)
        let database = try Database.ledger {
            $0.faults = Faults { point in
                if point == .begin { begun.withLock { $0 += 1 } }
                return point == .beforeCommit && begun.withLock({ $0 }) == 2 ? .init(.full) : nil
            }
        }
        let hold = await WriterHold(database)
        let outcomes = Arrivals<Result<Void, any Error>>()
        database.enqueue(touching: []) {
            try LedgerStore.put(1, in: 1, $0)
        } completion: {
            outcomes.add($0)
        }
        // Refused because of what the first write did, which never happened.
        database.enqueue(touching: []) {
            if $0.facts.balances[1] != nil { throw Refusal() }
        } completion: {
            outcomes.add($0)
        }
        hold.end()
        #expect(await outcomes.first(2).map(\.storageError) == [.full, .full])
    }

    @Test func `a file at its limit loses the whole group and nothing before it`() async throws {
        let published = Ledger.Published()
        let database = try Database.ledger(published: published) { $0.fileLimitBytes = 40 * 4096 }
        try await database.put(7, in: 1)
        let hold = await WriterHold(database)
        let outcomes = Arrivals<Result<Void, any Error>>()
        let note = String(repeating: "x", count: 3000)
        for account in 2...100 {
            database.enqueue(touching: []) {
                try LedgerStore.put(1, in: account, note: note, $0)
            } completion: {
                outcomes.add($0)
            }
        }
        hold.end()
        let results = await outcomes.first(99)
        #expect(results.allSatisfy { $0.storageError == .full })
        #expect(published.value == [1: 7])
        #expect(try await database.balances() == [1: 7])
        try await database.put(8, in: 1)
        #expect(published.value == [1: 8])
    }
}
