import ChatAPI
import Synchronization

/// Answers to calls with a key whose input or answer holds a secret: kept in memory, for a day, never in the database.
///
/// Other calls store their answer with the write (`KeyStore`). Here that would put passwords' hashes and fresh tokens into
/// the file in the clear. A restart forgets them: a repeat then meets the account, session or code that was made.
final class SecretAnswers: Sendable {
    private enum Slot {
        case running(inputHash: [UInt8]?)
        case done(inputHash: [UInt8]?, answer: [UInt8], at: Milliseconds)
    }

    private struct Key: Hashable {
        let account: AccountID?
        /// Callers who have not signed in are told apart by where they are.
        let address: String
        let operation: String
        let key: String
    }

    /// About 10 MB; beyond it the oldest tenth goes.
    private static let limit = 10_000

    /// Lock tier 3. Nothing is called while it is held.
    private let slots = Mutex<[Key: Slot]>([:])

    /// Runs `body` once for each key; it gets the call without its key.
    func once<Answer: Codable & Sendable>(
        _ call: Call,
        _ body: (Call) async throws -> Answer
    ) async throws -> Answer {
        guard let text = call.options.key else { return try await body(call) }
        var options = call.options
        options.key = nil
        let plain = Call(caller: call.caller, operation: call.operation, options: options, now: call.now)
        if options.dryRun { return try await body(plain) }
        let address = call.caller.account == nil ? call.caller.address : ""
        let key = Key(account: call.caller.account, address: address, operation: call.operation, key: text)
        try begin(key, call)
        do {
            let answer = try await body(plain)
            let json = Coding.encode(answer)
            slots.withLock { $0[key] = .done(inputHash: call.inputHash, answer: json, at: call.now) }
            return answer
        } catch {
            slots.withLock { $0[key] = nil }
            throw error
        }
    }

    private func begin(_ key: Key, _ call: Call) throws {
        let answer: [UInt8]? = try slots.withLock { slots in
            switch slots[key] {
            case .running(let inputHash):
                guard inputHash == call.inputHash else { throw Self.reused(key) }
                throw APIError(.keyRunning, "the first call with the key '\(key.key)' is still running")
            case .done(let inputHash, let answer, let at) where call.now - at < KeyStore.keptMilliseconds:
                guard inputHash == call.inputHash else { throw Self.reused(key) }
                return answer
            default:
                if slots.count >= Self.limit { Self.thin(&slots) }
                slots[key] = .running(inputHash: call.inputHash)
                return nil
            }
        }
        if let answer { throw ReadyAnswer(json: answer) }
    }

    private static func reused(_ key: Key) -> APIError {
        APIError(.keyReused, "the key '\(key.key)' belongs to a call of \(key.operation) with another input")
    }

    private static func thin(_ slots: inout [Key: Slot]) {
        let times = slots.values.compactMap { slot in if case .done(_, _, let at) = slot { at } else { nil } }.sorted()
        guard !times.isEmpty else { return }
        let oldestKept = times[times.count / 10]
        slots = slots.filter { _, slot in if case .done(_, _, let at) = slot { at > oldestKept } else { true } }
    }
}
