import ChatAPI
import ChatTestKit
import Engine
import Testing

/// Leases, fencing, absence, expiry: what time does, with a clock that is moved by hand.
@Suite("Help desk: leases and absence")
struct LeaseTests {
    @Test func `a claim ends with its lease, and its token with it`() async throws {
        let desk = try await DeskWorld(policy: { $0.leaseMs = 60_000 })
        let (ada, oscar) = (try await desk.participant("ada"), try await desk.organizer("oscar"))
        let otto = try await desk.organizer("otto")
        let asked = try await desk.ask(ada)
        let stale = try await oscar.call(.claimRequest, RequestRef(asked.id)).claim?.token
        try await desk.pass(.milliseconds(59_999))
        #expect(try await desk.request(asked.id, as: oscar).state == .claimed)
        try await desk.pass(.milliseconds(1))
        #expect(try await desk.request(asked.id, as: oscar).state == .queued)
        let fresh = try await otto.call(.claimRequest, RequestRef(asked.id)).claim?.token
        #expect(try #require(fresh) > #require(stale))
        // A slow holder can neither accept nor free what is somebody else's by now.
        let late = await refusal { try await oscar.call(.acceptRequest, ClaimRef(request: asked.id, token: stale)) }
        #expect(late?.code == .alreadyClaimed && late?.by == otto.id)
        let freeing = await refusal { try await oscar.call(.releaseRequest, ClaimRef(request: asked.id, token: stale)) }
        #expect(freeing?.code == .alreadyClaimed)
        #expect(try await desk.request(asked.id, as: otto).claim?.by == otto.id)
    }

    @Test func `a lease that is over yields at once, before its timer has fired`() async throws {
        let desk = try await DeskWorld(policy: { $0.leaseMs = 60_000 })
        let (oscar, otto) = (try await desk.organizer("oscar"), try await desk.organizer("otto"))
        let asked = try await desk.ask(desk.participant("ada"))
        _ = try await oscar.call(.claimRequest, RequestRef(asked.id))
        desk.clock.advance(by: .seconds(61))
        let chat = try await otto.call(.takeRequest, RequestRef(asked.id))
        #expect(chat.organizer == otto.id)
        try await desk.pass(.seconds(1))
        #expect(try await desk.request(asked.id, as: otto).state == .inChat)
    }

    @Test func `a claim survives a restart, and ends after it`() async throws {
        let world = try await DeskWorld(policy: { $0.leaseMs = 60_000 })
        let oscar = try await world.organizer("oscar")
        let asked = try await world.ask(world.participant("ada"))
        let token = try await oscar.call(.claimRequest, RequestRef(asked.id)).claim?.token
        world.engine.close()
        let again = try Engine(settings: world.engine.settings, clock: world.clock, hub: Hub(sealing: .lines))
        defer { again.close() }
        let caller = try await again.authenticator.caller(token: oscar.tokens.accessToken, address: "192.0.2.1")
        let service = LocalService(again, as: caller)
        #expect(try await service.call(.request, RequestRef(asked.id)).claim?.token == token)
        world.clock.advance(by: .seconds(61))
        try await again.timers.fireDue()
        let waiting = try await service.call(.request, RequestRef(asked.id))
        #expect(waiting.state == .queued && waiting.position == 1)
        // A token is never given twice, not by another start either.
        let next = try await service.call(.claimRequest, RequestRef(asked.id)).claim?.token
        #expect(try #require(next) > #require(token))
    }

    @Test func `an organizer who is gone for two minutes loses claims, after five chats are unattended`() async throws {
        let desk = try await DeskWorld(policy: {
            $0.leaseMs = 600_000
            $0.lostMs = 900_000
        })
        let oscar = try await desk.organizer("oscar")
        let (ada, ben) = (try await desk.participant("ada"), try await desk.participant("ben"))
        let claimed = try await desk.ask(ada)
        let talked = try await desk.ask(ben)
        let chat = try await oscar.call(.takeRequest, RequestRef(talked.id))
        _ = try await oscar.call(.claimRequest, RequestRef(claimed.id))
        try await desk.pass(.seconds(119))
        #expect(try await desk.request(claimed.id, as: ada).state == .claimed)
        try await desk.pass(.seconds(1))
        #expect(try await desk.request(claimed.id, as: ada).state == .queued)
        #expect(try await desk.chat(chat.id, as: ben).isUnattended == false)
        try await desk.pass(.seconds(180))
        #expect(try await desk.chat(chat.id, as: ben).isUnattended)
        #expect(try await desk.story().contains("chat unattended"))
        // The participant is not alone with it for ever: back in line, with its history.
        try await desk.pass(.seconds(600))
        let waiting = try await desk.request(talked.id, as: ben)
        #expect(waiting.state == .queued && waiting.createdAt == talked.createdAt)
        try await desk.say("still there?", in: chat, ben)
        let otto = try await desk.organizer("otto")
        let taken = try await otto.call(.takeRequest, RequestRef(talked.id))
        #expect(taken.id == chat.id)
        #expect(try await desk.texts(taken, as: otto) == ["help", "still there?"])
    }

    @Test func `whoever writes is there`() async throws {
        let desk = try await DeskWorld()
        let oscar = try await desk.organizer("oscar")
        let ben = try await desk.participant("ben")
        let chat = try await oscar.call(.takeRequest, RequestRef(desk.ask(ben).id))
        for _ in 0..<10 {
            try await desk.pass(.seconds(100))
            try await desk.say("one moment", in: chat, oscar)
        }
        #expect(try await desk.chat(chat.id, as: ben).isUnattended == false)
        #expect(try await desk.chat(chat.id, as: ben).organizer == oscar.id)
    }

    @Test func `a claim that outlives the event leaves no request behind`() async throws {
        let desk = try await DeskWorld(policy: { $0.leaseMs = 60_000 })
        let (ada, oscar) = (try await desk.participant("ada"), try await desk.organizer("oscar"))
        desk.clock.set(desk.event.endsAt - 10_000)
        let asked = try await desk.ask(ada)
        _ = try await oscar.call(.claimRequest, RequestRef(asked.id))
        try await desk.pass(.seconds(30))
        #expect(try await desk.request(asked.id, as: ada).state == .claimed)
        try await desk.pass(.seconds(31))
        let ended = try await desk.request(asked.id, as: ada)
        #expect(ended.state == .expired && ended.reason == "the event is over")
    }

    @Test func `what waits too long expires, in the order of age, and nothing earlier`() async throws {
        let desk = try await DeskWorld(policy: {
            $0.waitLimitMs = 6 * 24 * 3_600_000
            $0.lostMs = 0
        })
        let oscar = try await desk.organizer("oscar")
        let (ada, ben) = (try await desk.participant("ada"), try await desk.participant("ben"))
        let waiting = try await desk.ask(ada)
        let chat = try await oscar.call(.takeRequest, RequestRef(desk.ask(ben).id))
        desk.clock.set(desk.event.endsAt)
        try await desk.pass(.seconds(1))
        #expect(try await desk.request(waiting.id, as: ada).state == .expired)
        #expect(try await desk.chat(chat.id, as: ben).state == .open)
        #expect(await refusal { try await desk.ask(ada) }?.code == .conflict)
    }
}
