import ChatAPI
import ChatTestKit
import Storage
import Synchronization

/// People who ask for help and organizers who take, talk and end, on live connections of one daemon that is going to be
/// killed; and what they lived to be told.
final class RequestSwarm: Sendable {
    let world: World
    let queue: QueueID
    private let olga: World.Resident
    private let askers: [World.Resident]
    private let takers: [World.Resident]
    private let ledger: Mutex<RequestLedger>

    init(askers: Int = 6, takers: Int = 3, seed: UInt64, environment: [String] = []) async throws {
        world = try await World.start(environment: environment)
        olga = try await world.person("olga")
        _ = try await world.call(.registerAgency, AgencyRegistration(slug: "acme"), as: olga)
        _ = try await world.administer(.approveAgency, AgencyDecision(agency: "acme"))
        let draft = EventDraft(
            agency: "acme",
            slug: "fair",
            name: "The Fair",
            starts: "2126-05-01T09:00",
            ends: "2126-05-03T18:00",
            zone: "UTC"
        )
        _ = try await world.call(.createEvent, draft, as: olga)
        _ = try await world.call(.publishEvent, EventRef("fair"), as: olga)
        guard let queue = try await world.call(.listQueues, QueueQuery(event: "fair"), as: olga).items.first?.id else {
            throw TestFailure("the event has no queue")
        }
        self.queue = queue
        ledger = Mutex(RequestLedger(generator: SeededGenerator(seed: seed)))
        var people: [World.Resident] = []
        for number in 1...askers {
            let bot = try await world.bot("asker-\(number)", [.own, .read, .post, .join, .askForHelp])
            _ = try await world.call(.registerForEvent, EventRef("fair"), as: bot)
            people.append(bot)
        }
        self.askers = people
        people = []
        let (world, olga) = (world, olga)
        for number in 1...takers {
            let taker = try await world.bot("taker-\(number)", [.own, .read, .post, .handleRequests]) { name in
                let role = StaffChange(agency: "acme", account: name, role: .support)
                _ = try await world.call(.setStaff, role, as: olga)
            }
            people.append(taker)
        }
        self.takers = people
    }

    var failures: [String] { ledger.withLock { $0.failures } }
    var acknowledged: Int { ledger.withLock { $0.acknowledged } }

    // MARK: - One life of the daemon

    /// Everybody works until the daemon is gone; `end` ends it. What has no answer is done again in the next life,
    /// under its old key.
    func live(until acknowledgements: Int, end: @escaping @Sendable () -> Void) async throws {
        let start = ledger.withLock { ledger in
            ledger.isKilled = false
            return ledger.acknowledged
        }
        let gate = Gate(at: start + acknowledgements)
        let executioner = try Worker(name: "executioner")
        async let ended: Void = executioner.run {
            gate.wait()
            self.ledger.withLock { $0.isKilled = true }
            end()
        }
        await withTaskGroup(of: Void.self) { group in
            for asker in askers { group.addTask { await self.work(asker, gate, self.ask) } }
            for taker in takers { group.addTask { await self.work(taker, gate, self.take) } }
        }
        try await ended
    }

    private func work(
        _ person: World.Resident,
        _ gate: Gate,
        _ step: @Sendable (LiveClient, World.Resident, Gate) async throws -> Void
    ) async {
        do {
            let (live, _) = try await LiveClient.hello(world.daemon.unix, token: person.token)
            while true { try await step(live, person, gate) }
        } catch {
            ledger.withLock { ledger in
                if !ledger.isKilled { ledger.failures.append("\(person.name) before the kill: \(error)") }
            }
            gate.open()
        }
    }

    /// A call that is repeated under its key until somebody answers it.
    private func insist(
        _ operation: String,
        _ input: JSON,
        _ live: LiveClient,
        _ person: World.Resident,
        _ gate: Gate
    ) async throws -> Result<JSON, APIError> {
        let call = ledger.withLock { $0.pending(of: person.id) ?? $0.begin(operation, input, by: person.id) }
        let answer = try await live.call(call.operation, call.input, CallOptions(key: call.key))
        let count = ledger.withLock { ledger in
            ledger.answered(call, by: person, answer)
            return ledger.acknowledged
        }
        gate.reached(count)
        return answer
    }

    /// Asks, sometimes changes their mind, and waits until somebody has helped.
    private func ask(_ live: LiveClient, _ person: World.Resident, _ gate: Gate) async throws {
        let text = ledger.withLock { $0.nextText(of: person) }
        let draft: JSON = ["queue": .string(queue.description), "text": .string(text)]
        guard case .success(let answer) = try await insist("requests.ask", draft, live, person, gate),
            let id = answer["id"]?.string, answer["state"] != nil
        else { return }
        let changesTheirMind = ledger.withLock { Int.random(in: 0..<4, using: &$0.generator) == 0 }
        if changesTheirMind {
            // Refused if somebody has taken it meanwhile.
            _ = try await insist("requests.cancel", ["request": .string(id)], live, person, gate)
        }
        while try await live.call("requests.get", ["request": .string(id)]).get()["endedAt"] == nil {}
    }

    private func take(_ live: LiveClient, _ person: World.Resident, _ gate: Gate) async throws {
        if let chat = ledger.withLock({ $0.chat(of: person.id) }) {
            _ = try await insist("chats.end", ["chat": .string(chat)], live, person, gate)
            return
        }
        _ = try await insist("requests.takeNext", ["queue": .string(queue.description)], live, person, gate)
    }

    // MARK: - The verdict

    /// Every request that the daemon knows, whatever became of it.
    func requests() async throws -> [ChatRequest] {
        var all: [ChatRequest] = []
        for state in RequestState.words {
            var cursor: String?
            repeat {
                let query = RequestQuery(queue: queue, state: state, limit: 200, cursor: cursor)
                let page = try await world.call(.listRequests, query, as: olga)
                all += page.items
                cursor = page.nextCursor
            } while cursor != nil
        }
        return all
    }

    func violations() async throws -> [String] {
        let requests = try await requests()
        var organizers: [RequestID: AccountID] = [:]
        var cursor: String?
        repeat {
            let page = try await world.call(.listChats, ChatQuery(queue: queue, limit: 200, cursor: cursor), as: olga)
            for chat in page.items { organizers[chat.request] = chat.organizer }
            cursor = page.nextCursor
        } while cursor != nil
        let waiting = try await world.call(.queue, QueueRef(queue), as: olga).waiting ?? -1
        return ledger.withLock { $0.violations(requests, organizers, waiting: waiting) }
    }
}

/// What people of the swarm did and what they were told. Pure.
struct RequestLedger {
    struct Call {
        let operation: String
        let input: JSON
        let key: String
    }

    var generator: SeededGenerator
    private(set) var acknowledged = 0
    var isKilled = false
    var failures: [String] = []
    private var keys = 0
    private var unanswered: [AccountID: Call] = [:]
    private var texts: [AccountID: Int] = [:]
    /// By text: what was acknowledged as asked.
    private var asked: [String: RequestID] = [:]
    private var cancelled: Set<RequestID> = []
    private var taken: [RequestID: AccountID] = [:]
    private var chats: [AccountID: (chat: String, request: RequestID)] = [:]
    private var ended: Set<RequestID> = []

    init(generator: SeededGenerator) { self.generator = generator }

    func pending(of person: AccountID) -> Call? { unanswered[person] }

    mutating func begin(_ operation: String, _ input: JSON, by person: AccountID) -> Call {
        keys += 1
        let call = Call(operation: operation, input: input, key: "key-\(keys)")
        unanswered[person] = call
        return call
    }

    mutating func nextText(of person: World.Resident) -> String {
        // What has no answer keeps its text; `pending` sends it again.
        if unanswered[person.id] == nil { texts[person.id, default: 0] += 1 }
        return "\(person.name) asks \(texts[person.id] ?? 0)"
    }

    func chat(of taker: AccountID) -> String? { chats[taker]?.chat }

    mutating func answered(_ call: Call, by person: World.Resident, _ answer: Result<JSON, APIError>) {
        unanswered[person.id] = nil
        switch answer {
        case .failure(let error):
            // Nobody waits; somebody was quicker; they are being helped already.
            let expected: Set<APIError.Code> = [.notFound, .conflict, .invalidTransition, .forbidden]
            if !expected.contains(error.code) { failures.append("\(person.name) \(call.operation): \(error.detail)") }
        case .success(let json):
            acknowledged += 1
            note(call, by: person, json)
        }
    }

    private mutating func note(_ call: Call, by person: World.Resident, _ json: JSON) {
        let request = (json["request"] ?? json["id"])?.string.flatMap { RequestID($0) }
        guard let request else { return failures.append("\(call.operation) was answered with \(json)") }
        switch call.operation {
        case "requests.ask": asked[call.input["text"]?.string ?? ""] = request
        case "requests.cancel": cancelled.insert(request)
        case "requests.takeNext":
            if let other = taken.updateValue(person.id, forKey: request), other != person.id {
                failures.append("\(request) was taken twice")
            }
            chats[person.id] = (json["id"]?.string ?? "", request)
        case "chats.end":
            ended.insert(request)
            chats[person.id] = nil
        default: failures.append("nobody calls \(call.operation)")
        }
    }

    /// What is wrong with what the daemon says now, in words.
    func violations(_ requests: [ChatRequest], _ organizers: [RequestID: AccountID], waiting: Int) -> [String] {
        var wrong = failures
        let known = Dictionary(requests.map { ($0.id, $0) }) { first, _ in first }
        if known.count != requests.count { wrong.append("a request is in two states at once") }
        for (text, count) in Dictionary(grouping: requests, by: { $0.texts.first ?? "" }).mapValues(\.count)
        where count > 1 { wrong.append("'\(text)' was asked \(count) times") }
        for (text, id) in asked where known[id]?.texts.first != text {
            wrong.append("'\(text)' was acknowledged as \(id) and is not there")
        }
        for id in cancelled where known[id]?.state != .cancelled { wrong.append("\(id) was cancelled and is not") }
        for (id, taker) in taken {
            let state = known[id]?.state
            if state != .inChat && state != .done {
                wrong.append("\(id) was taken and is \(state?.rawValue ?? "gone")")
            }
            if organizers[id] != taker { wrong.append("\(id) was taken by one and is another's") }
        }
        for id in ended where known[id]?.state != .done { wrong.append("\(id) was ended and is not") }
        let open = Dictionary(grouping: requests.filter(\.state.isOpen), by: \.participant)
        for (person, theirs) in open where theirs.count > 1 {
            wrong.append("\(person) has \(theirs.count) requests open")
        }
        let queued = requests.count { $0.state == .queued }
        if queued != waiting { wrong.append("\(queued) wait and the queue says \(waiting)") }
        return wrong
    }
}
