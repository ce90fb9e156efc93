import ChatAPI
import ChatTestKit
import Engine
import Testing

/// An engine with two approved agencies, their people, and whoever else a test lets in.
///
/// `odin` owns `nordlys` with `mona` as manager and `sam` as support; `otto` owns `sydpol`.
struct EventWorld {
    let accounts: AccountWorld
    private(set) var people: [String: Person] = [:]

    var engine: Engine { accounts.engine }
    var clock: TestClock { accounts.clock }

    init() async throws {
        accounts = try AccountWorld()
        let root = try await accounts.root()
        for (slug, owner) in [("nordlys", "odin"), ("sydpol", "otto")] {
            let draft = OwnerDraft(name: owner, password: AccountWorld.password)
            let registration = AgencyRegistration(slug: slug, owner: draft)
            _ = try await accounts.anonymous().call(.registerAgency, registration)
            _ = try await root.call(.approveAgency, AgencyDecision(agency: slug))
            people[owner] = try await accounts.signIn(owner)
        }
        for (name, role) in [("mona", Role.manager), ("sam", .support)] {
            let creation = StaffCreation(agency: "nordlys", name: name, role: role, password: AccountWorld.password)
            _ = try await person("odin").call(.createStaff, creation)
            people[name] = try await accounts.signIn(name)
        }
    }

    func person(_ name: String) throws -> Person {
        guard let person = people[name] else { throw TestFailure("nobody is called \(name)") }
        return person
    }

    /// As they are signed in now, however long ago that was.
    func service(_ name: String) async throws -> LocalService {
        let known = try person(name)
        var caller = Caller.anonymous(address: "192.0.2.1")
        (caller.account, caller.name, caller.session) = (known.id, known.name, known.session)
        return LocalService(engine, as: try await engine.authenticator.again(caller))
    }

    @discardableResult
    func call<Input, Output>(
        _ name: String,
        _ endpoint: Endpoint<Input, Output>,
        _ input: Input
    ) async throws -> Output {
        clock.advance(by: .milliseconds(1))
        return try await service(name).call(endpoint, input)
    }

    mutating func enter(_ names: String...) async throws {
        for name in names { people[name] = try await accounts.register(name) }
    }

    /// 9 to 18 on 20 June 2026 in Oslo: seven weeks after the clock's beginning.
    static func draft(_ slug: String, capacity: Int? = nil) -> EventDraft {
        EventDraft(
            agency: "nordlys",
            slug: slug,
            name: "DevConf",
            starts: "2026-06-20T09:00",
            ends: "2026-06-20T18:00",
            zone: "Europe/Oslo",
            capacity: capacity
        )
    }

    /// An event that is published.
    func publish(_ slug: String, _ change: (inout EventDraft) -> Void = { _ in }) async throws -> Event {
        var draft = Self.draft(slug)
        change(&draft)
        try await call("odin", .createEvent, draft)
        return try await call("odin", .publishEvent, EventRef(slug))
    }

    func code(of slug: String) async throws -> String {
        let codes = try await call("odin", .listJoinCodes, EventRef(slug)).items
        return try #require(codes.first).code
    }

    func refusal<Input, Output>(
        _ name: String,
        _ endpoint: Endpoint<Input, Output>,
        _ input: Input,
        at location: SourceLocation = #_sourceLocation
    ) async -> APIError? {
        await EngineTests.refusal({ try await call(name, endpoint, input) }, at: location)
    }
}
