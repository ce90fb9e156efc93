import ChatAPI
import ChatTestKit
import Engine
import Storage
import Testing

/// Requests that find organizers by themselves: the switch, and the three policies that offer.
@Suite("Help desk: policies")
struct DispatchTests {
    @Test func `the switch hands over the next request by itself, once`() async throws {
        let desk = try await DeskWorld()
        let oscar = try await desk.organizer("oscar")
        let on = try await oscar.call(.setAvailability, AvailabilityChange(accepts: .next))
        #expect(on.accepts == .next && on.openChats == 0)
        let first = try await desk.ask(desk.participant("ada"))
        #expect(first.state == .inChat && first.chat != nil)
        // Never overloaded: the switch is off again.
        let second = try await desk.ask(desk.participant("ben"))
        #expect(second.state == .queued)
        let own = try await oscar.call(.availability)
        #expect(own.accepts == .off && own.openChats == 1)
        #expect(own.queues.map(\.waiting) == [1])
        // On again, it takes what waits at once.
        _ = try await oscar.call(.setAvailability, AvailabilityChange(accepts: .next))
        #expect(try await desk.request(second.id, as: oscar).state == .inChat)
    }

    @Test func `always fills up to the capacity, and goes on when there is room`() async throws {
        let desk = try await DeskWorld()
        let oscar = try await desk.organizer("oscar")
        var asked: [ChatRequest] = []
        for name in ["ada", "ben", "cyd", "dan"] { asked.append(try await desk.ask(desk.participant(name))) }
        _ = try await oscar.call(.setAvailability, AvailabilityChange(accepts: .always, capacity: 2))
        let states = try await states(asked, desk, oscar)
        #expect(states == [.inChat, .inChat, .queued, .queued])
        let chat = try #require(try await desk.request(asked[0].id, as: oscar).chat)
        _ = try await oscar.call(.endChat, ChatEnding(chat: chat))
        #expect(try await self.states(asked, desk, oscar) == [.done, .inChat, .inChat, .queued])
    }

    private func states(_ asked: [ChatRequest], _ desk: DeskWorld, _ person: DeskPerson) async throws -> [RequestState]
    {
        var states: [RequestState] = []
        for request in asked { states.append(try await desk.request(request.id, as: person).state) }
        return states
    }

    @Test func `round robin offers in turn, least busy to whoever has least`() async throws {
        for assignment in [QueuePolicy.Assignment.roundRobin, .leastBusy] {
            let desk = try await DeskWorld(policy: { $0.assignment = assignment })
            let (oscar, otto) = (try await desk.organizer("oscar"), try await desk.organizer("otto"))
            for person in [oscar, otto] {
                _ = try await person.call(.setAvailability, AvailabilityChange(accepts: .always))
            }
            var offered: [String] = []
            for name in ["ada", "ben", "cyd", "dan"] {
                let asked = try await desk.ask(desk.participant(name))
                #expect(asked.state == .claimed && asked.claim?.isOffer == true)
                offered.append(asked.claim?.name ?? "nobody")
                let person = asked.claim?.by == oscar.id ? oscar : otto
                let chat = try await person.call(.acceptRequest, ClaimRef(request: asked.id))
                // Oscar is quick: he has nothing to do when the next one comes.
                if person.id == oscar.id { _ = try await oscar.call(.endChat, ChatEnding(chat: chat.id)) }
            }
            let expected =
                assignment == .roundRobin ? ["oscar", "otto", "oscar", "otto"] : ["oscar", "otto", "oscar", "oscar"]
            #expect(offered == expected, "\(assignment.rawValue)")
        }
    }

    @Test func `skills decide who is offered what, and the others behind do not wait for it`() async throws {
        let topics = [
            Topic(key: "medical", title: "Medical", priority: 5, skill: "medic"), Topic(key: "lost", title: "Lost"),
        ]
        let desk = try await DeskWorld(policy: { $0.assignment = .skills }, topics: topics)
        let (oscar, otto) = (try await desk.organizer("oscar"), try await desk.organizer("otto"))
        _ = try await oscar.call(.setAvailability, AvailabilityChange(accepts: .always))
        let ill = try await desk.ask(desk.participant("ada"), topic: "medical")
        #expect(ill.state == .queued)
        let lost = try await desk.ask(desk.participant("ben"), topic: "lost")
        #expect(lost.claim?.by == oscar.id)
        _ = try await otto.call(.setAvailability, AvailabilityChange(accepts: .always, skills: ["medic"]))
        #expect(try await desk.request(ill.id, as: otto).claim?.by == otto.id)
    }

    @Test func `an offer that is let go finds the next one, and three missed make away`() async throws {
        let desk = try await DeskWorld(policy: {
            $0.assignment = .roundRobin
            $0.leaseMs = 20_000
        })
        let (oscar, otto) = (try await desk.organizer("oscar"), try await desk.organizer("otto"))
        _ = try await oscar.call(.setAvailability, AvailabilityChange(accepts: .always))
        desk.clock.advance(by: .milliseconds(1))
        _ = try await otto.call(.setAvailability, AvailabilityChange(accepts: .always))
        let asked = try await desk.ask(desk.participant("ada"))
        let first = try #require(asked.claim?.by)
        try await desk.pass(.seconds(20))
        let second = try #require(try await desk.request(asked.id, as: oscar).claim?.by)
        #expect(second != first)
        for _ in 0..<6 {
            _ = try await oscar.call(.availability)
            _ = try await otto.call(.availability)
            try await desk.pass(.seconds(20))
        }
        let states = [try await oscar.call(.availability).isAway, try await otto.call(.availability).isAway]
        #expect(states == [true, true])
        #expect(try await desk.request(asked.id, as: oscar).state == .queued)
        // Back: the request comes by itself.
        _ = try await otto.call(.setAvailability, AvailabilityChange(isAway: false))
        #expect(try await desk.request(asked.id, as: oscar).claim?.by == otto.id)
    }

    @Test func `nothing is offered to who is not there, may not, or asked`() async throws {
        let desk = try await DeskWorld()
        let oscar = try await desk.organizer("oscar")
        _ = try await oscar.call(.setAvailability, AvailabilityChange(accepts: .always))
        try await desk.pass(.seconds(121))
        #expect(try await desk.ask(desk.participant("ada")).state == .queued)
        _ = try await oscar.call(.registerForEvent, EventRef("fair"))
        _ = try await desk.owner.call(.removeStaff, StaffRef(agency: "acme", account: "oscar"))
        #expect(try await desk.ask(oscar).state == .queued)
        #expect(try await desk.ask(desk.participant("ben")).state == .queued)
    }

    @Test func `who may not handle requests any more loses what they hold at once`() async throws {
        let desk = try await DeskWorld()
        let oscar = try await desk.organizer("oscar")
        let ada = try await desk.participant("ada")
        let chat = try await oscar.call(.takeRequest, RequestRef(desk.ask(ada).id))
        _ = try await desk.owner.call(.removeStaff, StaffRef(agency: "acme", account: "oscar"))
        // The write that takes it back is queued behind the one that took the role.
        try await desk.engine.database.write(touching: []) { _ in }
        let waiting = try await desk.request(chat.request, as: ada)
        #expect(waiting.state == .queued && waiting.position == 1)
        #expect(await refusal { try await desk.say("me again", in: chat, oscar) } != nil)
    }

    @Test
    func `an agency that is put to sleep takes chats and claims from its organizers, also from those of one queue`()
        async throws
    {
        let desk = try await DeskWorld()
        let oscar = try await desk.organizer("oscar")
        // Has something else on the platform, so signing in goes on; and a role in this queue alone.
        let quinn = try await desk.stranger("quinn")
        _ = try await quinn.call(.createChannel, ChannelDraft(name: "crew"))
        let draft = GrantDraft(account: "quinn", role: .support, scope: .queue(desk.queue))
        _ = try await desk.owner.call(.giveGrant, draft)
        _ = try await quinn.call(.acceptRole, AgencyRef("acme"))
        let (ada, ben, cyd) = (
            try await desk.participant("ada"), try await desk.participant("ben"), try await desk.participant("cyd")
        )
        let chat = try await oscar.call(.takeRequest, RequestRef(desk.ask(ada).id))
        let other = try await quinn.call(.takeRequest, RequestRef(desk.ask(ben).id))
        let held = try await quinn.call(.claimRequest, RequestRef(desk.ask(cyd).id))
        let root = try await desk.world.root()
        _ = try await root.call(.suspendAgency, AgencyDecision(agency: "acme", reason: "invoices"))
        try await desk.engine.database.write(touching: []) { _ in }
        _ = try await root.call(.approveAgency, AgencyDecision(agency: "acme"))
        // Awake again: everybody is where they were in the line, and nobody has them.
        for (request, person) in [(chat.request, ada), (other.request, ben), (held.id, cyd)] {
            let waiting = try await desk.request(request, as: person)
            #expect(waiting.state == .queued && waiting.claim == nil)
        }
        #expect(try await desk.number("SELECT COUNT(*) FROM chat WHERE organizer IS NOT NULL") == 0)
        let again = try await quinn.call(.takeNext, QueueRef(desk.queue))
        #expect(again.id == chat.id && again.organizer == quinn.id)
    }
}
