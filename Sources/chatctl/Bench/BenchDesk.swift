import ChatAPI
import ChatKit
import Transport

/// What `bench queue` needs first: agencies with a queue each, organizers in pairs, participants. And what it prints.
extension BenchPlan {
    func queue(_ shape: BenchQueue.Shape) async throws -> [Figure] {
        let tag = newTag()
        let owner = try await bot("qb\(tag)", [.own, .read], in: [])
        guard case .tcp(let host, let port) = address else { throw Failure.usage("--target must be HOST:PORT") }
        let rest = RemoteService(.url(isSecure: false, host: host, port: port), on: loop)
        defer { rest.close() }
        let queues = try await inParallel(shape.queues) { index in
            // An agency each: a participant has one open request per agency.
            let slug = "bench-\(tag)-\(index)"
            var request = try RESTRequest(.registerAgency, AgencyRegistration(slug: slug))
            // Whoever registers an agency owns it.
            request.headers.set("Authorization", "Bearer \(owner)")
            let made = try await rest.send(request, signed: false).output(RegisteredAgency.self)
            _ = try await service.call(.approveAgency, AgencyDecision(agency: slug))
            var policy = QueuePolicy()
            policy.maxPerOrganizer = Limits.chatsPerOrganizer
            policy.waitLimitMs = 7 * 24 * 3_600_000
            let draft = QueueDraft(agency: slug, name: "help", policy: policy)
            return (made.agency.id, try await service.call(.createQueue, draft).id)
        }
        let organizers = try await inParallel(2 * shape.pairs) { index in
            let first = index / 2 * shape.queuesPerPair
            let scopes = queues[first..<min(first + shape.queuesPerPair, queues.count)].map { Scope.agency($0.0) }
            return try await bot("qo\(tag)\(index)", [.own, .read, .post, .join, .handleRequests], in: scopes)
        }
        let participants = try await inParallel(shape.participants) { index in
            try await bot("qp\(tag)\(index)", [.own, .read, .post, .join, .askForHelp], in: [])
        }
        let (asking, taking) = (BenchSwarm(loop: loop, address: address), BenchSwarm(loop: loop, address: address))
        let bench = BenchQueue(
            participants: asking,
            organizers: taking,
            queues: queues.map(\.1),
            shape: shape,
            pid: pid
        )
        try await asking.open(participants, events: bench.events)
        try await taking.open(organizers, events: bench.events)
        let result = try await bench.run()
        try await asking.close()
        try await taking.close()
        return [
            Figure(name: "requests created", value: Double(result.asked) / result.askSeconds, unit: "1/s"),
            Figure(name: "calls refused", value: Double(result.refused), unit: ""),
            Figure(name: "take-next", value: Double(result.takes) / Double(shape.seconds), unit: "1/s"),
            Figure(name: "take-next p50", value: result.takeP50, unit: "ms"),
            Figure(name: "take-next p99", value: result.takeP99, unit: "ms"),
            Figure(name: "races with one winner", value: Double(result.races), unit: ""),
            Figure(name: "double takes", value: Double(result.doubleTakes), unit: ""),
            Figure(name: "taken before the race", value: Double(result.lostRaces), unit: ""),
            Figure(name: "daemon CPU", value: 100 * result.cpuSeconds / result.seconds, unit: "%"),
        ]
    }

    private func bot(_ name: String, _ scopes: [Capability], in agencies: [Scope]) async throws -> String {
        let account = try await service.call(.createAccount, AccountCreation(name: name, kind: .bot)).account
        for scope in agencies {
            let draft = GrantDraft(account: account.id.description, role: .support, scope: scope)
            _ = try await service.call(.giveGrant, draft)
        }
        let draft = TokenDraft(account: account.id.description, label: "bench", scopes: scopes, days: 1)
        return try await service.call(.createToken, draft).secret
    }

    /// The same for each number, sixteen at a time, the answers in order.
    private func inParallel<Value: Sendable>(
        _ count: Int,
        _ body: @escaping @Sendable (Int) async throws -> Value
    ) async throws -> [Value] {
        try await withThrowingTaskGroup(of: (Int, Value).self) { group in
            var values = [Value?](repeating: nil, count: count)
            var next = 0
            while next < min(16, count) {
                let index = next
                group.addTask { (index, try await body(index)) }
                next += 1
            }
            while let (index, value) = try await group.next() {
                values[index] = value
                guard next < count else { continue }
                let following = next
                group.addTask { (following, try await body(following)) }
                next += 1
            }
            return values.compactMap(\.self)
        }
    }
}
