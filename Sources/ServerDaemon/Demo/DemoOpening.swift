import ChatAPI
import Engine

/// The event in the demo: an agency whose support the visitor is, a queue, and people who wait in it.
extension DemoSeed {
    /// Publishes the event and lets everybody in.
    func openEvent(_ callers: [String: Caller], _ root: Caller) async throws {
        var generator = SystemRandomNumberGenerator()
        // Nobody knows it: the owner runs things before the visitor comes, and never again.
        let password = (0..<4).map { _ in String(generator.next(), radix: 36) }.joined(separator: " ")
        let owner = OwnerDraft(name: "mette", password: password, displayName: "Mette Holm")
        let registration = AgencyRegistration(slug: DemoEvent.agency, name: "The Fairground", owner: owner)
        _ = try await call(.registerAgency, registration, as: root)
        let agency = try await call(.approveAgency, AgencyDecision(agency: DemoEvent.agency), as: root)
        let signIn = SignIn(name: owner.name, password: password, device: "the office")
        let signedIn = try await call(.signIn, signIn, as: .anonymous(address: "demo"))
        let mette = try await engine.authenticator.caller(token: signedIn.tokens.accessToken, address: "demo")
        let support = StaffChange(agency: DemoEvent.agency, account: DemoStory.visitor, role: .support)
        // By the administrator, who answers for every account: an owner could only offer it.
        _ = try await call(.setStaff, support, as: root)
        _ = try await call(.applyEvent, DemoEvent.document(now: now), as: mette)
        for (name, caller) in callers.sorted(by: { $0.key < $1.key }) where name != DemoStory.bot {
            _ = try await call(.registerForEvent, EventRef(DemoEvent.slug), as: caller)
        }
        let queues = try await call(.listQueues, QueueQuery(event: DemoEvent.slug), as: mette)
        guard let queue = queues.items.first else { preconditionFailure("a published event has no queue") }
        _ = try await call(.changeQueue, QueueChange(queue: queue.id, topics: DemoEvent.topics), as: mette)
        for (key, text) in DemoEvent.replies {
            _ = try await call(.setReply, ReplyDraft(scope: "agency/\(agency.id)", key: key, text: text), as: mette)
        }
    }

    /// Whoever asked for help up to a time.
    func ask(_ asks: inout ArraySlice<DemoEvent.Ask>, until time: Milliseconds, _ callers: [String: Caller])
        async throws
    {
        while let ask = asks.first, now - ask.minutesAgo * 60_000 <= time {
            asks.removeFirst()
            clock.set(now - ask.minutesAgo * 60_000)
            let draft = RequestDraft(event: DemoEvent.slug, topic: ask.topic, text: ask.text)
            _ = try await call(.ask, draft, as: known(ask.who, callers))
        }
    }
}
