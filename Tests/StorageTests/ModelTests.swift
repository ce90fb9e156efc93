import ChatTestKit
import Storage
import Synchronization
import Testing

/// Random mixes of good, refused and failing writes against a model of a few lines.
struct ModelTests {
    enum Kind: CaseIterable, Sendable {
        case good, refused, broken, failing, losing
    }

    struct Step: Sendable {
        let kind: Kind
        let account: Int
        let balance: Int
    }

    /// Storage errors that a statement of the step's own number meets.
    final class Plan: Sendable {
        let fault = Mutex<Faults.Fault?>(nil)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `any mix of writes equals the model`(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let plan = Plan()
        let published = Ledger.Published()
        let groups = Arrivals<Measures.Group>()
        let database = try Database.ledger(published: published) {
            $0.measures = Measures(group: { groups.add($0) })
            $0.faults = Faults { point in
                guard case .statement = point else { return nil }
                return plan.fault.withLock { fault in
                    defer { fault = nil }
                    return fault
                }
            }
        }
        var model: [Int: Int] = [:]
        var groupCount = 0
        for _ in 1...12 {
            let steps = (0..<Int.random(in: 1...12, using: &generator)).map { _ in
                let roll = Int.random(in: 0..<20, using: &generator)
                let kind: Kind =
                    roll < 11 ? .good : roll < 15 ? .refused : roll < 17 ? .broken : roll < 19 ? .failing : .losing
                return Step(
                    kind: kind,
                    account: Int.random(in: 1...6, using: &generator),
                    balance: Int.random(in: 0...99, using: &generator)
                )
            }
            let hold = await WriterHold(database)
            let outcomes = Arrivals<Result<[Int: Int], any Error>>()
            for step in steps {
                database.enqueue(touching: []) {
                    try Self.perform(step, plan, $0)
                } completion: {
                    outcomes.add($0)
                }
            }
            hold.end()
            let results = await outcomes.first(steps.count)
            groupCount += 2

            let isLost = steps.contains { $0.kind == .losing }
            var next = model
            for (step, result) in zip(steps, results) {
                guard !isLost else {
                    #expect(result.storageError == .full, "seed \(seed)")
                    continue
                }
                switch step.kind {
                case .good:
                    next[step.account] = step.balance
                    let facts = try result.get()
                    #expect(facts == next, "seed \(seed)")
                case .refused: #expect(result.refusal == Refusal(reason: "late"), "seed \(seed)")
                case .broken: #expect(result.storageError?.isConstraint == true, "seed \(seed)")
                case .failing: #expect(result.storageError == .io(code: 10), "seed \(seed)")
                case .losing: Issue.record("unreachable")
                }
            }
            if !isLost { model = next }
            #expect(published.value == model, "seed \(seed)")
            #expect(try await database.balances() == model, "seed \(seed)")
        }
        #expect(await groups.first(groupCount).count == groupCount, "every batch was one group")
    }

    private static func perform(
        _ step: Step,
        _ plan: Plan,
        _ transaction: borrowing WriteTransaction<Ledger>
    ) throws -> [Int: Int] {
        switch step.kind {
        case .good: try LedgerStore.put(step.balance, in: step.account, transaction)
        case .refused:
            try LedgerStore.put(step.balance, in: step.account, transaction)
            throw Refusal(reason: "late")
        case .broken:
            try LedgerStore.put(step.balance, in: step.account, transaction)
            try LedgerStore.put(-1, in: step.account, transaction)
        case .failing:
            try LedgerStore.put(step.balance, in: step.account, transaction)
            plan.fault.withLock { $0 = .init(.io(code: 10)) }
            try LedgerStore.put(step.balance, in: step.account, transaction)
        case .losing:
            try LedgerStore.put(step.balance, in: step.account, transaction)
            plan.fault.withLock { $0 = .init(.full, losesTransaction: true) }
            try LedgerStore.put(step.balance, in: step.account, transaction)
        }
        return transaction.facts.balances
    }
}

extension StorageError {
    var isConstraint: Bool {
        if case .constraint = self { true } else { false }
    }
}
