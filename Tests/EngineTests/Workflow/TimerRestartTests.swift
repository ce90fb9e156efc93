import ChatAPI
import ChatTestKit
import Storage
import Testing

@testable import Engine

/// Whatever ends by itself is a row with a due time: a daemon that was down when it came due does it on coming back, and none is
/// forgotten.
@Suite("Timers over a restart")
struct TimerRestartTests {
    /// Something that is there until a timer takes it away.
    struct Story: Sendable, CustomTestStringConvertible {
        let kind: String
        let wait: Duration
        /// One row while it holds, none afterwards.
        let holds: String
        /// Due as soon as it is set: what one write had no room for, or what is only put away.
        let isPrompt: Bool
        let prepare: Preparation

        var testDescription: String { kind }

        init(
            _ kind: String,
            _ wait: Duration,
            _ holds: String,
            isPrompt: Bool = false,
            _ prepare: @escaping Preparation.Work
        ) {
            self.kind = kind
            self.wait = wait
            self.holds = holds
            self.isPrompt = isPrompt
            self.prepare = Preparation(work: prepare)
        }
    }

    struct Preparation: Sendable {
        typealias Work = @Sendable (DeskWorld) async throws -> Void
        let work: Work
    }

    static let stories = deadlines + jobs

    private static let deadlines: [Story] = [
        Story("request.lease", .seconds(61), "SELECT COUNT(*) FROM chat_request WHERE state = 'claimed'") { desk in
            let asked = try await desk.ask(desk.participant("ada"))
            _ = try await desk.organizer("oscar").call(.claimRequest, RequestRef(asked.id))
        },
        Story("organizer.gone", .seconds(121), "SELECT COUNT(*) FROM chat_request WHERE state = 'claimed'") { desk in
            try await desk.set { $0.leaseMs = 600_000 }
            let asked = try await desk.ask(desk.participant("ada"))
            _ = try await desk.organizer("oscar").call(.claimRequest, RequestRef(asked.id))
        },
        Story("queue.waiting", .seconds(4 * 3_600 + 1), "SELECT COUNT(*) FROM chat_request WHERE state = 'queued'") {
            _ = try await $0.ask($0.participant("ada"))
        },
        Story("sla.first_answer", .seconds(61), "SELECT COUNT(*) FROM sla_clock WHERE state = 'running'") { desk in
            let promise = QueueChange(queue: desk.queue, sla: SLAPolicy(firstAnswerMs: 60_000))
            _ = try await desk.owner.call(.changeQueue, promise)
            let asked = try await desk.ask(desk.participant("ada"))
            _ = try await desk.organizer("oscar").call(.takeRequest, RequestRef(asked.id))
        },
        Story("chat.idle", .seconds(1_201), "SELECT COUNT(*) FROM chat WHERE state = 'open'") { desk in
            try await desk.set { ($0.idleMs, $0.idleEndMs, $0.lostMs) = (600_000, 600_000, 0) }
            let asked = try await desk.ask(desk.participant("ada"))
            _ = try await desk.organizer("oscar").call(.takeRequest, RequestRef(asked.id))
        },
        Story(
            "chat.settle",
            .seconds(3_601),
            "SELECT COUNT(DISTINCT m.channel) FROM membership m JOIN channel c ON c.id = m.channel WHERE c.kind = 'chat'"
        ) { desk in
            let oscar = try await desk.organizer("oscar")
            let chat = try await oscar.call(.takeRequest, RequestRef(desk.ask(desk.participant("ada")).id))
            _ = try await oscar.call(.endChat, ChatEnding(chat: chat.id))
        },
        Story(
            "sla.resolution",
            .seconds(3_601),
            "SELECT COUNT(*) FROM sla_clock WHERE kind = 'resolution' AND state = 'running'"
        ) { desk in
            let promise = QueueChange(queue: desk.queue, sla: SLAPolicy(resolutionMs: 3_600_000))
            _ = try await desk.owner.call(.changeQueue, promise)
            let asked = try await desk.ask(desk.participant("ada"))
            _ = try await desk.organizer("oscar").call(.takeRequest, RequestRef(asked.id))
        },
        Story("events.end", .days(3), "SELECT COUNT(*) FROM chat_request WHERE state = 'queued'") { desk in
            try await desk.set { $0.waitLimitMs = 7 * 86_400_000 }
            _ = try await desk.ask(desk.participant("ada"))
        },
        Story("events.offer", .seconds(7_201), "SELECT COUNT(*) FROM attendee WHERE state = 'offered'") { desk in
            var change = EventChange(event: "fair")
            (change.capacity, change.offerMinutes) = (1, 120)
            _ = try await desk.owner.call(.changeEvent, change)
            let (ada, ben) = (try await desk.participant("ada"), try await desk.participant("ben"))
            _ = try await ada.call(.withdrawFromEvent, EventRef("fair"))
            #expect(try await ben.call(.registration, EventRef("fair")).state == .offered)
        },
        Story("sanction.end", .seconds(61), "SELECT COUNT(*) FROM sanction") { desk in
            _ = try await desk.participant("ada")
            _ = try await desk.owner.call(.ban, SanctionDraft(account: "ada", scope: "fair", forMs: 60_000))
        },
        Story("emergency.end", .seconds(61), "SELECT COUNT(*) FROM emergency") { desk in
            _ = try await desk.owner.call(.startEmergency, EmergencyDraft(scope: "fair", forMs: 60_000))
        },
        Story("glass.mend", .seconds(3_601), "SELECT COUNT(*) FROM glass") { desk in
            let (ada, _) = (try await desk.participant("ada"), try await desk.participant("ben"))
            let direct = try await ada.call(.openDirect, DirectDraft(people: ["ben"]))
            let glass = GlassDraft(channel: direct.id.description, reason: "threats were reported")
            _ = try await desk.superAdmin().call(.breakGlass, glass)
        },
        Story("role-offer.end", .days(14), "SELECT COUNT(*) FROM role_offer") { desk in
            _ = try await desk.stranger("ada")
            _ = try await desk.owner.call(.setStaff, StaffChange(agency: "acme", account: "ada", role: .support))
        },
    ]

    @Test func `every kind of timer has its story here`() {
        #expect(Self.stories.map(\.kind).sorted() == Jobs.handlers.keys.sorted())
    }

    @Test(arguments: stories)
    func `what ends by itself ends also if the daemon was down when it was due`(_ story: Story) async throws {
        let desk = try await prepared(story)
        // Nobody fires any more: as good as down, and still to be asked.
        desk.clock.advance(by: story.wait)
        #expect(try await count(story, desk.engine) == 1, "nothing but the timer ends it")
        desk.engine.close()
        let again = try Engine(settings: desk.engine.settings, clock: desk.clock, hub: Hub(sealing: .lines))
        defer { again.close() }
        try await again.timers.fireDue()
        // An organizer who does not come back has two minutes from the start on.
        desk.clock.advance(by: .seconds(121))
        try await again.timers.fireDue()
        #expect(try await count(story, again) == 0, "the timer has fired")
    }

    @Test(arguments: stories.filter { !$0.isPrompt })
    func `nothing ends early because of a restart`(_ story: Story) async throws {
        let desk = try await prepared(story)
        desk.engine.close()
        let again = try Engine(settings: desk.engine.settings, clock: desk.clock, hub: Hub(sealing: .lines))
        defer { again.close() }
        desk.clock.advance(by: .seconds(30))
        try await again.timers.fireDue()
        #expect(try await count(story, again) == 1)
    }

    @Test(arguments: stories)
    func `a story is about its own timer: no other one ends it`(_ story: Story) async throws {
        let desk = try await prepared(story)
        desk.clock.advance(by: story.wait)
        let others = Timers(
            database: desk.engine.database,
            clock: desk.clock,
            handlers: Jobs.handlers.filter { $0.key != story.kind }
        )
        defer { others.close() }
        try await others.fireDue()
        #expect(try await count(story, desk.engine) == 1)
    }

    /// With an engine that fires nothing from here on: what is due at once stays for the next one.
    private func prepared(_ story: Story) async throws -> DeskWorld {
        let desk = try await DeskWorld()
        desk.engine.timers.close()
        try await story.prepare.work(desk)
        #expect(try await count(story, desk.engine) == 1, "it holds")
        return desk
    }

    private func count(_ story: Story, _ engine: Engine) async throws -> Int64 {
        let sql = SQL(story.holds)
        return try await engine.database.read { tx in try tx.first(sql) { $0.int64(0) } ?? 0 }
    }
}

extension DeskWorld {
    func set(_ change: (inout QueuePolicyChange) -> Void) async throws {
        var policy = QueuePolicyChange()
        change(&policy)
        _ = try await owner.call(.changeQueue, QueueChange(queue: queue, policy: policy))
    }
}

extension Duration {
    static func days(_ days: Int) -> Duration { .seconds(days * 86_400) }
}
