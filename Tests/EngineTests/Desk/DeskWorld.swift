import ChatAPI
import ChatTestKit
import Engine
import Storage
import Testing

/// An approved agency with a published event, its default queue, an owner, and people on both sides of it.
struct DeskWorld {
    let world: AccountWorld
    let owner: DeskPerson
    let event: Event
    let queue: QueueID

    var engine: Engine { world.engine }
    var clock: TestClock { world.clock }

    init(
        _ change: (inout EngineSettings) -> Void = { _ in },
        policy: (inout QueuePolicyChange) -> Void = { _ in },
        topics: [Topic]? = nil,
        sla: SLAPolicy? = nil
    ) async throws {
        world = try AccountWorld(change)
        let draft = OwnerDraft(name: "olga", password: AccountWorld.password)
        _ = try await world.anonymous().call(.registerAgency, AgencyRegistration(slug: "acme", owner: draft))
        _ = try await world.root().call(.approveAgency, AgencyDecision(agency: "acme"))
        owner = try await DeskPerson(world.signIn("olga"))
        let made = try await owner.call(
            .createEvent,
            EventDraft(
                agency: "acme",
                slug: "fair",
                name: "The Fair",
                starts: "2026-05-01T09:00",
                ends: "2026-05-03T18:00",
                zone: "Etc/UTC"
            )
        )
        event = try await owner.call(.publishEvent, EventRef(made.slug))
        let queues = try await owner.call(.listQueues, QueueQuery(event: "fair"))
        queue = try #require(queues.items.first).id
        var changes = QueuePolicyChange()
        policy(&changes)
        _ = try await owner.call(.changeQueue, QueueChange(queue: queue, topics: topics, policy: changes, sla: sla))
    }

    // MARK: - People

    /// Staff of the agency who answers chats.
    func organizer(_ name: String) async throws -> DeskPerson {
        // Ids of one millisecond have no order; whoever comes first has the smaller one.
        clock.advance(by: .milliseconds(1))
        let creation = StaffCreation(agency: "acme", name: name, role: .support, password: AccountWorld.password)
        _ = try await owner.call(.createStaff, creation)
        return try await DeskPerson(world.signIn(name))
    }

    /// Somebody with a place in the event.
    func participant(_ name: String) async throws -> DeskPerson {
        let person = try await DeskPerson(world.register(name))
        _ = try await person.call(.registerForEvent, EventRef("fair"))
        return person
    }

    // MARK: - Doing

    func ask(
        _ person: DeskPerson,
        _ text: String = "help",
        topic: String? = nil,
        location: Location? = nil
    ) async throws -> ChatRequest {
        // Two in one millisecond are told apart by their ordinal; in the tests time moves.
        clock.advance(by: .milliseconds(1))
        return try await person.call(.ask, RequestDraft(queue: queue, topic: topic, text: text, location: location))
    }

    func request(_ id: RequestID, as person: DeskPerson) async throws -> ChatRequest {
        try await person.call(.request, RequestRef(id))
    }

    func chat(_ id: ChatID, as person: DeskPerson) async throws -> Chat {
        try await person.call(.chat, ChatRef(id))
    }

    @discardableResult
    func say(_ text: String, in chat: Chat, _ person: DeskPerson, location: Location? = nil) async throws -> Sent {
        var generator = SystemRandomNumberGenerator()
        let cid = ClientID.make(at: clock.now, using: &generator)
        return try await person.call(
            .sendMessage,
            Message(channel: chat.channel, cid: cid, text: text, location: location)
        )
    }

    /// Moves the clock and lets everything fire that is due by then.
    func pass(_ duration: Duration) async throws {
        clock.advance(by: duration)
        try await engine.timers.fireDue()
    }

    // MARK: - Looking

    func log(_ log: LogID) async throws -> [Entry] {
        try await engine.database.read { tx in try EntryStore.page(of: log, .after(0), limit: 10_000, tx) }
    }

    /// What happened to requests and chats in the queue, in order: `ask`, `claim`, `chat start` …
    func story() async throws -> [String] {
        try await log(.queue(queue)).map { entry in
            entry.request.map(\.action) ?? "chat \(entry.chat?.action ?? "?")"
        }
    }

    func texts(_ chat: Chat, as person: DeskPerson) async throws -> [String] {
        try await person.call(.entries, EntryQuery(channel: chat.channel.description)).entries
            .filter { $0.kind == .message }.compactMap(\.text)
    }

    func number(_ sql: String) async throws -> Int64 {
        let statement = SQL(sql)
        return try await engine.database.read { tx in try tx.first(statement) { $0.int64(0) } ?? 0 }
    }

    func stranger(_ name: String) async throws -> DeskPerson { try await DeskPerson(world.register(name)) }

    func superAdmin(_ name: String = "root2") async throws -> DeskPerson {
        try await DeskPerson(world.superAdmin(name))
    }

    func audit(_ action: String) async throws -> [AuditEntry] { try await world.audit(action) }
}

/// Somebody whose session is renewed whenever the tests let hours pass: access tokens last minutes.
struct DeskPerson {
    let person: Person
    private let caller: Caller

    init(_ person: Person) async throws {
        self.person = person
        caller = try await person.world.caller(person.tokens.accessToken)
    }

    var id: AccountID { person.id }
    var name: String { person.name }
    var tokens: Tokens { person.tokens }

    /// With the grants of now.
    func service() async throws -> LocalService {
        LocalService(person.world.engine, as: try await person.world.engine.authenticator.again(caller))
    }

    func call<Input, Output>(_ endpoint: Endpoint<Input, Output>, _ input: Input) async throws -> Output {
        try await service().call(endpoint, input)
    }

    func call<Output>(_ endpoint: Endpoint<Empty, Output>) async throws -> Output {
        try await service().call(endpoint)
    }
}
