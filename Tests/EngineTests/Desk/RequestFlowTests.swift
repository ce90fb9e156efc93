import ChatAPI
import ChatTestKit
import Engine
import Testing

/// The way of a request: asked, claimed, accepted, given back, handed on, refused, taken back.
@Suite("Help desk: requests")
struct RequestFlowTests {
    @Test func `the text of a request is the first message of its chat`() async throws {
        let desk = try await DeskWorld()
        let (ada, oscar) = (try await desk.participant("ada"), try await desk.organizer("oscar"))
        let place = Location(latitude: 52.516_274_9, longitude: 13.377_704, label: "gate 3")
        let asked = try await desk.ask(ada, "I lost my badge", location: place)
        #expect(asked.state == .queued && asked.position == 1 && asked.allowed == [.addText, .cancel])
        _ = try await ada.call(.addRequestText, RequestText(request: asked.id, text: "it is blue"))
        let chat = try await oscar.call(.takeRequest, RequestRef(asked.id))
        #expect(chat.state == .open && chat.participant == ada.id && chat.organizer == oscar.id)
        #expect(try await desk.texts(chat, as: oscar) == ["I lost my badge", "it is blue"])
        let page = try await ada.call(.entries, EntryQuery(channel: chat.channel.description))
        let first = try #require(page.entries.first { $0.kind == .message })
        #expect(first.by == ada.id)
        #expect(first.location == Location(latitude: 52.51627, longitude: 13.3777, label: "gate 3"))
        #expect(try await desk.story() == ["ask", "add_text", "chat start", "take"])
    }

    @Test func `one open request per participant and event, another one when it is over`() async throws {
        let desk = try await DeskWorld()
        let ada = try await desk.participant("ada")
        let first = try await desk.ask(ada)
        let refused = await refusal { try await desk.ask(ada, "again") }
        #expect(refused?.code == .conflict)
        #expect(refused?.detail.contains(first.id.description) == true)
        _ = try await ada.call(.cancelRequest, RequestRef(first.id))
        // Twice is once.
        #expect(try await ada.call(.cancelRequest, RequestRef(first.id)).state == .cancelled)
        #expect(try await desk.ask(ada).state == .queued)
    }

    @Test func `a person's requests are found by whoever answers their queue, in one call`() async throws {
        let desk = try await DeskWorld()
        let (ada, ben) = (try await desk.participant("ada"), try await desk.participant("ben"))
        let oscar = try await desk.organizer("oscar")
        let cancelled = try await desk.ask(ada, "never mind")
        _ = try await ada.call(.cancelRequest, RequestRef(cancelled.id))
        let open = try await desk.ask(ada, "the lamp is out")
        _ = try await desk.ask(ben)
        func found(_ query: RequestQuery, _ person: DeskPerson) async throws -> [RequestID] {
            try await person.call(.listRequests, query).items.map(\.id)
        }
        #expect(try await found(RequestQuery(participant: "ADA"), oscar) == [open.id])
        #expect(try await found(RequestQuery(participant: ada.id.description), oscar) == [open.id])
        #expect(try await found(RequestQuery(participant: "ada", state: .cancelled), oscar) == [cancelled.id])
        #expect(try await found(RequestQuery(queue: desk.queue, participant: "ada"), oscar) == [open.id])
        let elsewhere = RequestQuery(queue: QueueID(high: 1, low: 1), participant: "ada")
        #expect(try await found(elsewhere, oscar).isEmpty)
        // One's own, and nobody else's without the right to the queue.
        #expect(try await found(RequestQuery(participant: "ada"), ada) == [open.id])
        #expect(try await found(RequestQuery(participant: "ada"), ben).isEmpty)
        #expect(await refusal { try await found(RequestQuery(participant: "nobody"), oscar) }?.code == .notFound)
        // A request stays findable while it is talked about.
        _ = try await oscar.call(.takeRequest, RequestRef(open.id))
        #expect(try await found(RequestQuery(participant: "ada"), oscar) == [open.id])
    }

    @Test func `asking takes a place in the event`() async throws {
        let desk = try await DeskWorld()
        let stranger = try await desk.stranger("mallory")
        #expect(await refusal { try await desk.ask(stranger) }?.code == .forbidden)
    }

    @Test func `the loser of a claim is told who won and until when`() async throws {
        let desk = try await DeskWorld(policy: { $0.leaseMs = 30_000 })
        let ada = try await desk.participant("ada")
        let (oscar, otto) = (try await desk.organizer("oscar"), try await desk.organizer("otto"))
        let asked = try await desk.ask(ada)
        let claimed = try await oscar.call(.claimRequest, RequestRef(asked.id))
        let claim = try #require(claimed.claim)
        #expect(claim.by == oscar.id && claim.until == desk.clock.now + 30_000 && claim.token != nil)
        for attempt in 0..<3 {
            let lost = await refusal {
                switch attempt {
                case 0: _ = try await otto.call(.claimRequest, RequestRef(asked.id))
                case 1: _ = try await otto.call(.takeRequest, RequestRef(asked.id))
                default: _ = try await otto.call(.acceptRequest, ClaimRef(request: asked.id))
                }
            }
            #expect(lost?.code == .alreadyClaimed)
            #expect(lost?.by == oscar.id && lost?.until == claim.until)
        }
        // The answer may be lost: claiming again is the same claim.
        let again = try await oscar.call(.claimRequest, RequestRef(asked.id))
        #expect(again.claim?.token == claim.token)
        // Nobody else sees the token.
        #expect(try await desk.request(asked.id, as: otto).claim?.token == nil)
        _ = try await oscar.call(.acceptRequest, ClaimRef(request: asked.id, token: claim.token))
        let taken = await refusal { try await otto.call(.takeRequest, RequestRef(asked.id)) }
        #expect(taken?.code == .alreadyClaimed && taken?.by == oscar.id && taken?.until == nil)
    }

    @Test func `a released request is where it was in line`() async throws {
        let desk = try await DeskWorld()
        let oscar = try await desk.organizer("oscar")
        var asked: [ChatRequest] = []
        for name in ["ada", "ben", "cyd"] { asked.append(try await desk.ask(desk.participant(name))) }
        let claimed = try await oscar.call(.claimRequest, RequestRef(asked[0].id))
        #expect(try await desk.request(asked[1].id, as: oscar).position == 1)
        let back = try await oscar.call(.releaseRequest, ClaimRef(request: asked[0].id, token: claimed.claim?.token))
        #expect(back.position == 1 && back.createdAt == asked[0].createdAt)
        let line = try await oscar.call(.listRequests, RequestQuery(queue: desk.queue))
        #expect(line.items.map(\.id) == asked.map(\.id))
        #expect(line.items.map(\.position) == [1, 2, 3])
    }

    @Test func `rejecting tells the participant why`() async throws {
        let desk = try await DeskWorld()
        let (ada, oscar) = (try await desk.participant("ada"), try await desk.organizer("oscar"))
        let asked = try await desk.ask(ada)
        #expect(
            await refusal { try await oscar.call(.rejectRequest, Rejection(request: asked.id, reason: " ")) }?.code
                == .invalid
        )
        _ = try await oscar.call(.rejectRequest, Rejection(request: asked.id, reason: "ask at the desk"))
        let seen = try await desk.request(asked.id, as: ada)
        #expect(seen.state == .rejected && seen.reason == "ask at the desk")
        #expect(seen.allowed.isEmpty)
        let me = try await desk.log(.me(ada.id)).filter { $0.kind == .request }
        #expect(me.map { $0.request?.action } == ["ask", "reject"])
    }

    @Test func `to everybody else a request does not exist`() async throws {
        let desk = try await DeskWorld()
        let (ada, ben) = (try await desk.participant("ada"), try await desk.participant("ben"))
        let asked = try await desk.ask(ada)
        #expect(await refusal { try await desk.request(asked.id, as: ben) }?.code == .notFound)
        #expect(await refusal { try await ben.call(.takeRequest, RequestRef(asked.id)) }?.code == .forbidden)
        #expect(await refusal { try await ben.call(.cancelRequest, RequestRef(asked.id)) }?.code == .notFound)
        let admin = try await desk.superAdmin("root2")
        #expect(await refusal { try await desk.request(asked.id, as: admin) }?.code == .notFound)
    }

    @Test func `another queue takes a request at its age, and one organizer is offered it`() async throws {
        let desk = try await DeskWorld()
        let ada = try await desk.participant("ada")
        let (oscar, otto) = (try await desk.organizer("oscar"), try await desk.organizer("otto"))
        let other = try await desk.owner.call(.createQueue, QueueDraft(event: "fair", name: "medical"))
        let asked = try await desk.ask(ada)
        try await desk.pass(.seconds(30))
        // Whoever came there later stands behind, however early they were in that line.
        let late = try await desk.participant("ben")
        _ = try await late.call(.ask, RequestDraft(queue: other.id, text: "my ear"))
        try await desk.pass(.seconds(1))
        let moved = try await oscar.call(
            .transferRequest,
            RequestTransfer(request: asked.id, queue: other.id, note: "she is pale")
        )
        #expect(moved.queue == other.id && moved.createdAt == asked.createdAt && moved.position == 1)
        _ = try await otto.call(.availability)
        let offered = try await oscar.call(.transferRequest, RequestTransfer(request: asked.id, organizer: "otto"))
        #expect(offered.claim?.by == otto.id && offered.claim?.isOffer == true)
        let chat = try await otto.call(.acceptRequest, ClaimRef(request: asked.id))
        // What was noted on the request is on the chat.
        #expect(try await otto.call(.listNotes, ChatRef(chat.id)).items.map(\.text) == ["she is pale"])
    }

    @Test func `a queue that is full, closed or deserted says so`() async throws {
        let desk = try await DeskWorld(policy: {
            $0.maxWaiting = 1
            $0.whenNobody = .refuse
        })
        let (ada, ben) = (try await desk.participant("ada"), try await desk.participant("ben"))
        #expect(await refusal { try await desk.ask(ada) }?.detail.contains("nobody is there") == true)
        let oscar = try await desk.organizer("oscar")
        _ = try await oscar.call(.setAvailability, AvailabilityChange())
        _ = try await desk.ask(ada)
        #expect(await refusal { try await desk.ask(ben) }?.detail.contains("the most there can be") == true)
        _ = try await desk.owner.call(.changeQueue, QueueChange(queue: desk.queue, isOpen: false))
        #expect(await refusal { try await desk.ask(ben) }?.detail.contains("is closed") == true)
    }

    @Test func `capacity is a limit, and an end makes room`() async throws {
        let desk = try await DeskWorld(policy: { $0.maxPerOrganizer = 2 })
        let oscar = try await desk.organizer("oscar")
        for name in ["ada", "ben", "cyd"] { _ = try await desk.ask(desk.participant(name)) }
        let first = try await oscar.call(.takeNext, QueueRef(desk.queue))
        _ = try await oscar.call(.takeNext, QueueRef(desk.queue))
        #expect(await refusal { try await oscar.call(.takeNext, QueueRef(desk.queue)) }?.code == .conflict)
        _ = try await oscar.call(.endChat, ChatEnding(chat: first.id))
        _ = try await oscar.call(.takeNext, QueueRef(desk.queue))
        #expect(await refusal { try await oscar.call(.takeNext, QueueRef(desk.queue)) } != nil)
    }

    @Test func `priority goes first, age within it, and waiting makes up for priority`() async throws {
        let topics = [
            Topic(key: "medical", title: "Medical", priority: 2), Topic(key: "lost", title: "Lost", priority: 0),
        ]
        let desk = try await DeskWorld(policy: { $0.ageingMs = 60_000 }, topics: topics)
        let oscar = try await desk.organizer("oscar")
        let early = try await desk.ask(desk.participant("ada"), topic: "lost")
        try await desk.pass(.seconds(119))
        let urgent = try await desk.ask(desk.participant("ben"), topic: "medical")
        try await desk.pass(.seconds(10))
        let late = try await desk.ask(desk.participant("cyd"), topic: "medical")
        // `early` is two steps of ageing older than `late`, and not quite older than `urgent`.
        let line = try await oscar.call(.listRequests, RequestQuery(queue: desk.queue)).items
        #expect(line.map(\.id) == [urgent.id, early.id, late.id])
        let chat = try await oscar.call(.takeNext, QueueRef(desk.queue))
        #expect(chat.request == urgent.id)
        #expect(try await desk.texts(chat, as: oscar) == ["help"])
    }

    @Test func `a topic alone is enough, an unknown one is named with those there are`() async throws {
        let desk = try await DeskWorld(topics: [Topic(key: "medical", title: "I need a doctor", priority: 1)])
        let ada = try await desk.participant("ada")
        let wrong = await refusal { try await ada.call(.ask, RequestDraft(event: "fair", topic: "food")) }
        #expect(wrong?.code == .invalid && wrong?.allowed == ["medical"])
        let asked = try await ada.call(.ask, RequestDraft(event: "fair", topic: "medical"))
        #expect(asked.texts == ["I need a doctor"] && asked.priority == 1)
        #expect(await refusal { try await ada.call(.ask, RequestDraft(event: "fair")) }?.code == .invalid)
    }
}
