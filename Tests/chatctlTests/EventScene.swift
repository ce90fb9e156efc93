import ChatAPI
import ChatTestKit
import Engine
import Synchronization
import chatctl

/// An agency of olga's with a published event in which ana is, and whatever a case wants to find there.
final class EventScene: Sendable {
    private let plaza: Plaza
    private let ana: SignedIn
    /// Tier: leaf.
    private let state = Mutex(State())

    private struct State {
        var tokens: [String: String] = [:]
        var values: [String: String] = [:]
    }

    init(_ plaza: Plaza, _ ana: SignedIn) {
        self.plaza = plaza
        self.ana = ana
    }

    /// `{code}` and `{queue}` as they are called here.
    func filled(_ text: String) -> String { state.withLock { $0.values[text] } ?? text }

    func token(_ name: String) throws -> String {
        guard let token = state.withLock({ $0.tokens[name] }) else { throw TestFailure("nobody is called \(name)") }
        return token
    }

    // MARK: - The plaza

    /// Makes it the first time; returns what cases may name.
    func open() async throws -> [String: String] {
        let known = state.withLock { $0.values }
        if !known.isEmpty { return known }
        let root = try await service(.administrator)
        let owner = OwnerDraft(name: "olga", password: Case.staffPassword)
        _ = try await root.call(.registerAgency, AgencyRegistration(slug: "nordlys", owner: owner))
        _ = try await root.call(.approveAgency, AgencyDecision(agency: "nordlys"))
        try await signIn("olga", Case.staffPassword)
        try await signIn("bob", Case.password)
        let olga = try await service("olga")
        var document = EventDocument(
            event: "devconf",
            agency: "nordlys",
            name: "DevConf",
            starts: "2027-05-01T09:00",
            ends: "2027-05-02T17:00",
            zone: "Europe/Oslo"
        )
        document.guests = true
        document.state = .published
        _ = try await olga.call(.applyEvent, document)
        let codes = try await olga.call(.listJoinCodes, EventRef("devconf"))
        let queues = try await olga.call(.listQueues, QueueQuery(event: "devconf"))
        guard let code = codes.items.first?.code, let queue = queues.items.first else {
            throw TestFailure("publishing made no code or no queue")
        }
        // Later, so that the event's first queue stays its first.
        plaza.temporary.clock.advance(by: .seconds(1))
        _ = try await olga.call(.createQueue, QueueDraft(event: "devconf", name: "second"))
        _ = try await service("ana").call(.joinEvent, EventJoin(code: code))
        let values = ["{code}": code, "{queue}": queue.name]
        state.withLock { $0.values = values }
        return values
    }

    private func signIn(_ name: String, _ password: String) async throws {
        let door = LocalService(plaza.temporary.engine, as: .anonymous(address: "unix"))
        let signedIn = try await door.call(.signIn, SignIn(name: name, password: password, device: "test"))
        state.withLock { $0.tokens[name] = signedIn.tokens.accessToken }
    }

    private func service(_ name: String) async throws -> LocalService {
        try await service(.token(name == "ana" ? ana.tokens.accessToken : try token(name)))
    }

    private func service(_ who: Plaza.As) async throws -> LocalService {
        LocalService(plaza.temporary.engine, as: try await plaza.caller(who))
    }

    // MARK: - What a case wants to find

    /// Nil for what is none of ours.
    func prepare(_ line: String) async throws -> [String: String]? {
        let words = line.split(separator: " ").map(String.init)
        let name = words.count > 1 ? words[1] : ""
        switch words[0] {
        case "agency" where words.count == 2: return try await agency(name)
        case "asked" where words.count == 2: return try await asked(name)
        case "draft" where words.count == 2: return try await draft(name)
        case "approval": return try await event(name) { $0.registration = .approval }
        case "offer": return try await offer(name)
        case "code":
            let code = try await service("olga").call(.createJoinCode, JoinCodeDraft(event: "devconf"))
            return ["{fresh}": code.code]
        case "contact":
            let draft = ContactDraft(event: "devconf", name: "Kari", phone: "113")
            return ["{contact}": try await service("olga").call(.addContact, draft).id.description]
        case "issue": return ["{issue}": "devconf/\(try await issue().number)"]
        case "comment":
            let draft = CommentDraft(issue: try await issue().id, text: "a new lamp")
            let comment = try await service("olga").call(.addComment, draft)
            return ["{issue}": comment.issue.description, "{comment}": comment.id.description]
        case "guest": return try await guest()
        case "idle", "request", "claim", "chat", "ended": return try await request(until: words[0])
        default: return nil
        }
    }

    private func agency(_ name: String) async throws -> [String: String] {
        let root = try await service(.administrator)
        let owner = OwnerDraft(name: "o\(name)", password: Case.staffPassword)
        _ = try await root.call(.registerAgency, AgencyRegistration(slug: name, owner: owner))
        return [:]
    }

    /// An agency that offers ana a role.
    private func asked(_ name: String) async throws -> [String: String] {
        _ = try await agency(name)
        _ = try await service(.administrator).call(.approveAgency, AgencyDecision(agency: name))
        try await signIn("o\(name)", Case.staffPassword)
        let change = StaffChange(agency: name, account: "ana", role: .support)
        _ = try await service("o\(name)").call(.setStaff, change)
        return [:]
    }

    private func draft(_ name: String) async throws -> [String: String] {
        let draft = EventDraft(
            agency: "nordlys",
            slug: name,
            name: name,
            starts: "2027-05-01T09:00",
            ends: "2027-05-02T17:00",
            zone: "Europe/Oslo"
        )
        _ = try await service("olga").call(.createEvent, draft)
        return [:]
    }

    private func event(_ name: String, _ change: (inout EventDocument) -> Void) async throws -> [String: String] {
        var document = EventDocument(
            event: name,
            agency: "nordlys",
            name: name,
            starts: "2027-05-01T09:00",
            ends: "2027-05-02T17:00",
            zone: "Europe/Oslo"
        )
        document.state = .published
        change(&document)
        _ = try await service("olga").call(.applyEvent, document)
        return [:]
    }

    /// bob has the one place; ana waits; bob gives it up, so it is offered to ana.
    private func offer(_ name: String) async throws -> [String: String] {
        _ = try await event(name) { $0.capacity = 1 }
        _ = try await service("bob").call(.registerForEvent, EventRef(name))
        _ = try await service("ana").call(.registerForEvent, EventRef(name))
        _ = try await service("bob").call(.withdrawFromEvent, EventRef(name))
        return [:]
    }

    private func issue() async throws -> EventIssue {
        try await service("olga").call(.createIssue, IssueDraft(event: "devconf", title: "Beamer is dark"))
    }

    private func guest() async throws -> [String: String] {
        guard let code = state.withLock({ $0.values["{code}"] }) else { throw TestFailure("there is no event yet") }
        let door = LocalService(plaza.temporary.engine, as: .anonymous(address: "unix"))
        let signedIn = try await door.call(.enterAsGuest, GuestEntry(code: code, displayName: "Mia"))
        state.withLock { $0.tokens["guest"] = signedIn.tokens.accessToken }
        return [:]
    }

    /// ana's request, as far as it is to be; an open one of before is done with first.
    private func request(until stage: String) async throws -> [String: String] {
        let (ana, olga) = (try await service("ana"), try await service("olga"))
        for open in try await ana.call(.listRequests, RequestQuery()).items where open.state.isOpen {
            if let chat = open.chat, open.state == .inChat {
                _ = try await olga.call(.endChat, ChatEnding(chat: chat))
            } else {
                _ = try await ana.call(.cancelRequest, RequestRef(open.id))
            }
        }
        if stage == "idle" { return [:] }
        let request = try await ana.call(.ask, RequestDraft(event: "devconf", text: "the lamp is dark"))
        var values = ["{request}": request.id.description]
        if stage == "request" { return values }
        if stage == "claim" {
            _ = try await olga.call(.claimRequest, RequestRef(request.id))
            return values
        }
        let chat = try await olga.call(.takeRequest, RequestRef(request.id))
        values["{chat}"] = chat.id.description
        if stage == "ended" { _ = try await olga.call(.endChat, ChatEnding(chat: chat.id)) }
        return values
    }
}

extension Case {
    var needsEvent: Bool {
        EventScene.nouns.contains(path.split(separator: " ").first.map(String.init) ?? "") || path == "profile become"
    }
}

extension EventScene {
    /// Nouns that are tried in a plaza with an event.
    static let nouns: Set<String> = [
        "agency", "event", "join", "announce", "queue", "request", "chat", "reply", "availability",
    ]
}
