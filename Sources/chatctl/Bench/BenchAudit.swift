import ChatAPI
import ChatKit

/// The audit log under load: fills it with changes of topics, then lets the daemon verify the whole chain.
struct BenchAudit: Sendable {
    let service: any Service

    struct Result: Sendable {
        var entries: Int64 = 0
        var written = 0
        var writeSeconds = 0.0
        /// Of the fastest walk.
        var verifySeconds = Double.infinity
        var heads: Int64 = 0
    }

    /// Changes under way at a time: as many as one group commit likes to take.
    private static let inFlight = 64

    func run(entries: Int, rounds: Int) async throws -> Result {
        var result = Result()
        let head = try await service.call(.audit, AuditQuery(limit: 1), CallOptions()).head
        let missing = max(0, entries - Int(head))
        let started = BenchMeasures.nanoseconds
        if missing > 0 { try await fill(missing) }
        result.written = missing
        result.writeSeconds = Double(BenchMeasures.nanoseconds - started) / 1e9
        _ = try await service.call(.signAudit, Empty(), CallOptions())
        for _ in 0..<rounds {
            let start = BenchMeasures.nanoseconds
            let found = try await service.call(.verifyAudit, Empty(), CallOptions())
            guard found.isClean else {
                throw APIError(.internal, "the audit log is not intact at entry \(found.brokenAt ?? 0)")
            }
            result.verifySeconds = min(result.verifySeconds, Double(BenchMeasures.nanoseconds - start) / 1e9)
            result.entries = found.checked
            result.heads = found.heads
        }
        return result
    }

    private func fill(_ count: Int) async throws {
        let tag = String(UInt32.random(in: 0 ... .max), radix: 36)
        var channels: [ChannelID] = []
        for index in 0..<8 {
            let draft = ChannelDraft(name: "bench-au\(index)-\(tag)")
            channels.append(try await service.call(.createChannel, draft, CallOptions()).id)
        }
        let names = channels.map(\.description)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<Self.inFlight {
                let share = count / Self.inFlight + (worker < count % Self.inFlight ? 1 : 0)
                group.addTask {
                    for number in 0..<share {
                        // A topic of the usual length: the payload is what is hashed.
                        let topic = "entry \(number) of \(worker), and some words as people write them in topics"
                        let change = ChannelChange(channel: names[worker % names.count], topic: topic)
                        _ = try await service.call(.changeChannel, change, CallOptions())
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
