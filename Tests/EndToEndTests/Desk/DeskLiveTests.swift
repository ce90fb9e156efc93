import ChatAPI
import ChatTestKit
import Testing

/// The help desk over real connections: the log of a queue, what ends it, and what a killed daemon leaves behind.
@Suite("Help desk over the wire")
struct DeskLiveTests {
    /// An approved agency with a published event; olga owns it, oscar and otto answer, the others have places.
    private struct Desk {
        let world: World
        let queue: QueueID
        let olga: World.Resident
        private(set) var people: [String: World.Resident] = [:]

        init(organizers: [String], participants: [String]) async throws {
            world = try await World.start()
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
            queue = try #require(try await world.call(.listQueues, QueueQuery(event: "fair"), as: olga).items.first).id
            for name in organizers {
                let person = try await world.person(name)
                people[name] = person
                let change = StaffChange(agency: "acme", account: name, role: .support)
                _ = try await world.call(.setStaff, change, as: olga)
                _ = try await world.call(.acceptRole, AgencyRef("acme"), as: person)
            }
            for name in participants {
                let person = try await world.person(name)
                people[name] = person
                _ = try await world.call(.registerForEvent, EventRef("fair"), as: person)
            }
        }

        func person(_ name: String) throws -> World.Resident { try #require(people[name]) }
        var log: String { "@queue/\(queue)" }
    }

    @Test
    func `a queue's log is followed, resumed without a gap, and ends with the role`() async throws {
        let desk = try await Desk(organizers: ["oscar"], participants: ["ada"])
        let (oscar, ada) = (try desk.person("oscar"), try desk.person("ada"))
        let (live, welcome) = try await LiveClient.hello(
            desk.world.daemon.tcp,
            token: oscar.token,
            resume: Resume(epoch: nil, seq: [desk.log: 0])
        )
        #expect(welcome.logs.contains { $0.log == desk.log && $0.state == .ok })
        let asked = try await desk.world.call(.ask, RequestDraft(queue: desk.queue, text: "help"), as: ada)
        let push = try await live.next(where: { $0["queue"] == .string(desk.queue.description) && $0["request"] != nil }
        )
        #expect(push["seq"]?.integer == 1 && push["request"]?["action"] == "ask")
        live.close()
        // Two steps that nobody watched.
        _ = try await desk.world.call(.claimRequest, RequestRef(asked.id), as: oscar)
        _ = try await desk.world.call(.releaseRequest, ClaimRef(request: asked.id), as: oscar)
        let (again, _) = try await LiveClient.hello(
            desk.world.daemon.tcp,
            token: oscar.token,
            resume: Resume(epoch: nil, seq: [desk.log: 1])
        )
        var seqs: [Int64] = []
        while seqs.count < 2 {
            let entry = try await again.next(where: {
                $0["queue"] == .string(desk.queue.description) && $0["request"] != nil
            })
            if let seq = entry["seq"]?.integer { seqs.append(seq) }
        }
        #expect(seqs == [2, 3])
        // Losing the role ends the stream within one push.
        let removal = StaffRef(agency: "acme", account: "oscar")
        _ = try await desk.world.call(.removeStaff, removal, as: desk.olga)
        _ = try await again.next(where: { $0["ended"]?["log"] == .string(desk.log) || $0["ended"] == .string(desk.log) }
        )
        _ = try await desk.world.call(.cancelRequest, RequestRef(asked.id), as: ada)
        let after = try await again.roundtrip()
        #expect(!after.contains { $0["queue"] == .string(desk.queue.description) })
        again.close()
    }

    @Test
    func `a queue is opened later with sync, and only by who works there`() async throws {
        let desk = try await Desk(organizers: ["oscar"], participants: ["ada"])
        let live = try await desk.world.live(try desk.person("oscar"))
        let stranger = try await desk.world.live(try desk.person("ada"))
        let input: JSON = ["seq": .object([desk.log: 0])]
        let answer = try await live.call("sync", input).get()
        #expect(answer["logs"]?.array?.first?["state"] == "ok")
        let refused = try await stranger.call("sync", input).get()
        #expect(refused["logs"]?.array?.first?["state"] == "denied")
        let ada = try desk.person("ada")
        _ = try await desk.world.call(.ask, RequestDraft(queue: desk.queue, text: "help"), as: ada)
        let push = try await live.next(where: { $0["queue"] == .string(desk.queue.description) && $0["request"] != nil }
        )
        #expect(push["request"]?["action"] == "ask")
        let own = try await stranger.next(where: { $0["push"] == "request" })
        #expect(own["queue"] == nil && own["request"]?["state"] == "queued")
        // The counters of the work list follow within a second or so.
        let counters = try await live.next(where: { $0["push"] == "counters" })
        #expect(counters["counters"]?["waiting"] == 1)
        live.close()
        stranger.close()
    }

    @Test(.timeLimit(.minutes(3)))
    func `killed in the middle of it, the daemon has lost nothing that it answered and left nothing half done`()
        async throws
    {
        let names = (0..<8).map { "guest\($0)" }
        let desk = try await Desk(organizers: ["oscar", "otto"], participants: names)
        var asked: Set<RequestID> = []
        var taken: [RequestID: ChatID] = [:]
        var ended: Set<ChatID> = []
        for round in 0..<3 {
            let outcome = await withTaskGroup(of: Steps.self) { group in
                for name in names { group.addTask { await Self.askOnce(desk, name) } }
                for name in ["oscar", "otto"] { group.addTask { await Self.work(desk, name) } }
                group.addTask {
                    try? await Task.sleep(for: .milliseconds(60 + 40 * round))
                    desk.world.daemon.kill()
                    return Steps()
                }
                return await group.reduce(into: Steps()) { $0.add($1) }
            }
            asked.formUnion(outcome.asked)
            taken.merge(outcome.taken) { $1 }
            ended.formUnion(outcome.ended)
            try await desk.world.daemon.restart()
            try await check(desk, names, asked, taken, ended)
        }
        #expect(!asked.isEmpty)
    }

    private struct Steps: Sendable {
        var asked: Set<RequestID> = []
        var taken: [RequestID: ChatID] = [:]
        var ended: Set<ChatID> = []

        mutating func add(_ other: Steps) {
            asked.formUnion(other.asked)
            taken.merge(other.taken) { $1 }
            ended.formUnion(other.ended)
        }
    }

    private static func askOnce(_ desk: Desk, _ name: String) async -> Steps {
        var steps = Steps()
        guard let person = desk.people[name] else { return steps }
        for _ in 0..<50 {
            do {
                let made = try await desk.world.call(.ask, RequestDraft(queue: desk.queue, text: "help"), as: person)
                steps.asked.insert(made.id)
            } catch let refusal as APIError where refusal.code == .conflict {
                continue
            } catch { break }
        }
        return steps
    }

    private static func work(_ desk: Desk, _ name: String) async -> Steps {
        var steps = Steps()
        guard let person = desk.people[name] else { return steps }
        for _ in 0..<100 {
            do {
                let chat = try await desk.world.call(.takeNext, QueueRef(desk.queue), as: person)
                steps.taken[chat.request] = chat.id
                _ = try await desk.world.call(.endChat, ChatEnding(chat: chat.id), as: person)
                steps.ended.insert(chat.id)
            } catch let refusal as APIError where refusal.code == .notFound || refusal.code == .conflict {
                continue
            } catch { break }
        }
        return steps
    }

    private func check(
        _ desk: Desk,
        _ names: [String],
        _ asked: Set<RequestID>,
        _ taken: [RequestID: ChatID],
        _ ended: Set<ChatID>
    ) async throws {
        for id in asked {
            let request = try await desk.world.call(.request, RequestRef(id), as: desk.olga)
            if let chat = taken[id] { #expect(request.chat == chat) }
            guard let chat = request.chat else { continue }
            let found = try await desk.world.call(.chat, ChatRef(chat), as: desk.olga)
            // Whole or not at all: the chat and its request agree.
            #expect(found.state.isOver == !request.state.isOpen)
            if ended.contains(chat) { #expect(found.state == .ended) }
        }
        for name in names {
            let open = try await desk.world.call(.listRequests, RequestQuery(), as: try desk.person(name)).items
            #expect(open.count <= 1)
        }
        #expect(try await desk.world.administer(.verifyAudit, Empty()).isClean)
    }
}
