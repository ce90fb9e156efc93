import ChatAPI
import ChatTestKit
import Engine
import Testing

/// Whoever comes to the head of the line hears of it within a second, and so does who loses it; nobody else is told, and nobody
/// twice.
@Suite("Help desk: who is next")
struct PlaceInLineTests {
    /// Places in `@me`, in order, without the one that asking was answered with.
    private func places(_ person: DeskPerson, _ desk: DeskWorld) async throws -> [Int] {
        try await desk.log(.me(person.id)).compactMap { entry in
            entry.request?.action == "place" ? entry.request?.position : nil
        }
    }

    private func connect(_ people: DeskPerson..., to desk: DeskWorld) {
        for person in people { desk.engine.desk.opened(person.id, isStaff: false, now: desk.clock.now) }
    }

    @Test func `the next one is told when the one before is taken, and those behind are not`() async throws {
        let desk = try await DeskWorld()
        let oscar = try await desk.organizer("oscar")
        let (ada, ben) = (try await desk.participant("ada"), try await desk.participant("ben"))
        let cyd = try await desk.participant("cyd")
        connect(ada, ben, cyd, to: desk)
        for person in [ada, ben, cyd] { _ = try await desk.ask(person) }
        try await desk.pass(.seconds(2))
        // Asking was answered with the place: that is not said again.
        for person in [ada, ben, cyd] { #expect(try await places(person, desk).isEmpty, "\(person.name)") }
        _ = try await oscar.call(.takeNext, QueueRef(desk.queue))
        try await desk.pass(.seconds(2))
        #expect(try await places(ben, desk) == [1])
        #expect(try await places(cyd, desk).isEmpty)
        // Other changes of the line do not say it again.
        _ = try await cyd.call(.cancelRequest, RequestRef(desk.open(cyd)))
        try await desk.pass(.seconds(2))
        #expect(try await places(ben, desk) == [1])
    }

    @Test func `who is overtaken by something urgent is next no more, and is told so`() async throws {
        let desk = try await DeskWorld(topics: [
            Topic(key: "medical", title: "Somebody is hurt", priority: 5),
            Topic(key: "lost", title: "Lost", priority: 0),
        ])
        let (ada, ben) = (try await desk.participant("ada"), try await desk.participant("ben"))
        connect(ada, ben, to: desk)
        #expect(try await desk.ask(ada, topic: "lost").position == 1)
        #expect(try await desk.ask(ben, topic: "medical").position == 1)
        try await desk.pass(.seconds(2))
        #expect(try await places(ada, desk) == [2])
        #expect(try await places(ben, desk).isEmpty)
        _ = try await ben.call(.cancelRequest, RequestRef(desk.open(ben)))
        try await desk.pass(.seconds(2))
        #expect(try await places(ada, desk) == [2, 1])
    }

    @Test func `who is not there is not told, and asks on coming back`() async throws {
        let desk = try await DeskWorld()
        let oscar = try await desk.organizer("oscar")
        let (ada, ben) = (try await desk.participant("ada"), try await desk.participant("ben"))
        for person in [ada, ben] { _ = try await desk.ask(person) }
        _ = try await oscar.call(.takeNext, QueueRef(desk.queue))
        try await desk.pass(.seconds(2))
        #expect(try await places(ben, desk).isEmpty)
        #expect(try await desk.request(desk.open(ben), as: ben).position == 1)
        // Back, and something changes behind them.
        connect(ben, to: desk)
        _ = try await desk.ask(desk.participant("cyd"))
        try await desk.pass(.seconds(2))
        #expect(try await places(ben, desk) == [1])
    }
}

extension DeskWorld {
    /// The open request of somebody.
    fileprivate func open(_ person: DeskPerson) async throws -> RequestID {
        try #require(try await person.call(.listRequests, RequestQuery()).items.first { $0.state == .queued }).id
    }
}
