import ChatAPI
import ChatTestKit
import Engine
import Storage
import Testing

/// Every deadline of the product across a restart: not a millisecond early, and also when it passed while nobody ran.
@Suite("Deadlines across restarts")
struct DeadlineTests {
    /// Something that happens by itself.
    struct Deadline: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// After the arrangement; nil: when the event ends.
        let after: Duration?
        /// Whether it has happened: one row with 0 or 1.
        let hasHappened: String
        /// Nobody loses anything because the daemon was away: it counts from the start.
        var countsFromStart = false
        var policy: @Sendable (inout QueuePolicyChange) -> Void = { _ in }
        var sla = SLAPolicy()
        /// What is waited for begins with its last call.
        let arrange: @Sendable (DeskWorld) async throws -> Void
    }

    private static func taken(_ desk: DeskWorld) async throws -> (ada: DeskPerson, oscar: DeskPerson, chat: Chat) {
        let (ada, oscar) = (try await desk.participant("ada"), try await desk.organizer("oscar"))
        let asked = try await desk.ask(ada)
        return (ada, oscar, try await oscar.call(.takeRequest, RequestRef(asked.id)))
    }

    private static func state(_ state: String) -> String {
        "SELECT COUNT(*) FROM chat_request WHERE state = '\(state)'"
    }

    private static let desk: [Deadline] = [
        Deadline(
            testDescription: "a claim's lease",
            after: .seconds(60),
            hasHappened: state("queued"),
            policy: { $0.leaseMs = 60_000 }
        ) { desk in
            let (ada, oscar) = (try await desk.participant("ada"), try await desk.organizer("oscar"))
            let asked = try await desk.ask(ada)
            _ = try await oscar.call(.claimRequest, RequestRef(asked.id))
        },
        Deadline(
            testDescription: "an offer of a request, which counts as missed",
            after: .seconds(60),
            hasHappened: "SELECT COUNT(*) FROM organizer WHERE misses = 1",
            policy: {
                $0.leaseMs = 60_000
                $0.assignment = .roundRobin
            }
        ) { desk in
            let (ada, oscar) = (try await desk.participant("ada"), try await desk.organizer("oscar"))
            _ = try await oscar.call(.setAvailability, AvailabilityChange(accepts: .always))
            #expect(try await desk.ask(ada).state == .claimed)
        },
        Deadline(
            testDescription: "a request that waits too long",
            after: .seconds(600),
            hasHappened: state("expired"),
            policy: { $0.waitLimitMs = 600_000 }
        ) { desk in
            let ada = try await desk.participant("ada")
            _ = try await desk.ask(ada)
        },
        Deadline(
            testDescription: "a chat without a word",
            after: .seconds(300),
            hasHappened: "SELECT COUNT(*) FROM chat WHERE is_idle = 1",
            policy: {
                $0.idleMs = 300_000
                $0.lostMs = 0
            }
        ) { desk in
            _ = try await taken(desk)
        },
        Deadline(
            testDescription: "the end of an idle chat, and of its request",
            after: .seconds(900),
            hasHappened: """
                SELECT COUNT(*) FROM chat c JOIN chat_request r ON r.id = c.request WHERE c.state = 'ended' AND r.state = 'done'
                """,
            policy: {
                $0.idleMs = 300_000
                $0.idleEndMs = 600_000
                $0.lostMs = 0
            }
        ) { desk in
            _ = try await taken(desk)
        },
        Deadline(
            testDescription: "an ended chat leaves the lists",
            after: .seconds(3_600),
            hasHappened:
                "SELECT COUNT(*) = 0 FROM membership m JOIN channel c ON c.id = m.channel WHERE c.kind = 'chat'"
        ) { desk in
            let (_, oscar, chat) = try await taken(desk)
            _ = try await oscar.call(.endChat, ChatEnding(chat: chat.id))
        },
        Deadline(
            testDescription: "the claims of an organizer who is gone",
            after: .seconds(120),
            hasHappened: state("queued"),
            countsFromStart: true,
            policy: { $0.leaseMs = 600_000 }
        ) { desk in
            let (ada, oscar) = (try await desk.participant("ada"), try await desk.organizer("oscar"))
            let asked = try await desk.ask(ada)
            _ = try await oscar.call(.claimRequest, RequestRef(asked.id))
        },
        Deadline(
            testDescription: "a chat that nobody attends to",
            after: .seconds(300),
            hasHappened: "SELECT COUNT(*) FROM chat WHERE is_lost = 1",
            countsFromStart: true
        ) { desk in
            _ = try await taken(desk)
        },
        Deadline(
            testDescription: "a lost chat's request returns to the line",
            after: .seconds(900),
            hasHappened: state("queued"),
            countsFromStart: true,
            policy: { $0.lostMs = 900_000 }
        ) { desk in
            _ = try await taken(desk)
        },
        Deadline(
            testDescription: "the promise of a first answer",
            // What is done at the last moment is done in time.
            after: .milliseconds(60_001),
            hasHappened: "SELECT COUNT(*) FROM sla_clock WHERE kind = 'first_answer' AND state = 'missed'",
            sla: SLAPolicy(firstAnswerMs: 60_000)
        ) { desk in
            let ada = try await desk.participant("ada")
            _ = try await desk.ask(ada)
        },
        Deadline(
            testDescription: "the promise of an end",
            after: .milliseconds(240_001),
            hasHappened: "SELECT COUNT(*) FROM sla_clock WHERE kind = 'resolution' AND state = 'missed'",
            policy: { $0.lostMs = 0 },
            sla: SLAPolicy(resolutionMs: 240_000)
        ) { desk in
            _ = try await taken(desk)
        },
    ]

    private static let places: [Deadline] = [
        Deadline(
            testDescription: "an offered place, which goes to the next in line",
            after: .seconds(1_800),
            hasHappened: "SELECT COUNT(DISTINCT state) = 2 FROM attendee WHERE state IN ('lapsed', 'offered')"
        ) { desk in
            let ada = try await desk.participant("ada")
            var full = EventChange(event: "fair")
            full.capacity = 1
            full.offerMinutes = 30
            _ = try await desk.owner.call(.changeEvent, full)
            for name in ["ben", "cyd"] {
                desk.clock.advance(by: .milliseconds(1))
                _ = try await desk.stranger(name).call(.registerForEvent, EventRef("fair"))
            }
            _ = try await ada.call(.withdrawFromEvent, EventRef("fair"))
        },
        Deadline(
            testDescription: "the end of an event for those who wait",
            after: nil,
            hasHappened: state("expired"),
            policy: { $0.waitLimitMs = 6 * 24 * 3_600_000 }
        ) { desk in
            let ada = try await desk.participant("ada")
            _ = try await desk.ask(ada)
        },
        Deadline(
            testDescription: "the end of an event for its guests",
            after: nil,
            hasHappened: "SELECT COUNT(*) FROM account WHERE guest_of IS NOT NULL AND disabled_at IS NOT NULL"
        ) { desk in
            var open = EventChange(event: "fair")
            open.guests = true
            _ = try await desk.owner.call(.changeEvent, open)
            let code = try #require(try await desk.owner.call(.listJoinCodes, EventRef("fair")).items.first).code
            _ = try await desk.world.anonymous().call(.enterAsGuest, GuestEntry(code: code, displayName: "Kim"))
        },
        Deadline(
            testDescription: "a time-out",
            after: .seconds(300),
            hasHappened: "SELECT COUNT(*) = 0 FROM sanction"
        ) { desk in
            _ = try await desk.participant("ada")
            let draft = SanctionDraft(account: "ada", scope: "event/fair", forMs: 300_000)
            _ = try await desk.owner.call(.timeOut, draft)
        },
        Deadline(
            testDescription: "a ban that ends",
            after: .seconds(600),
            hasHappened: "SELECT COUNT(*) = 0 FROM sanction"
        ) { desk in
            _ = try await desk.participant("ada")
            let draft = SanctionDraft(account: "ada", scope: "event/fair", forMs: 600_000)
            _ = try await desk.owner.call(.ban, draft)
        },
        Deadline(
            testDescription: "an emergency",
            after: .seconds(300),
            hasHappened: "SELECT COUNT(*) = 0 FROM emergency"
        ) { desk in
            _ = try await desk.owner.call(.startEmergency, EmergencyDraft(scope: "event/fair", forMs: 300_000))
        },
        Deadline(
            testDescription: "a broken glass",
            after: .seconds(3_600),
            hasHappened: "SELECT COUNT(*) = 0 FROM glass"
        ) { desk in
            let root = try await desk.superAdmin()
            let (ada, ben) = (try await desk.participant("ada"), try await desk.participant("ben"))
            let direct = try await ada.call(.openDirect, DirectDraft(people: [ben.name]))
            let draft = GlassDraft(channel: direct.id.description, reason: "a report of threats")
            _ = try await root.call(.breakGlass, draft)
        },
    ]

    static let all = desk + places

    private func has(_ deadline: Deadline, _ engine: Engine) async throws -> Bool {
        try await engine.timers.fireDue()
        let question = SQL(deadline.hasHappened)
        return try await engine.database.read { tx in try tx.first(question) { $0.int64(0) } ?? 0 } == 1
    }

    private func start(_ desk: DeskWorld) throws -> Engine {
        try Engine(settings: desk.engine.settings, clock: desk.clock, hub: Hub(sealing: .lines))
    }

    @Test(arguments: all) func `it comes when it is due, and not a millisecond earlier`(_ deadline: Deadline)
        async throws
    {
        let desk = try await DeskWorld(policy: deadline.policy, sla: deadline.sla)
        try await deadline.arrange(desk)
        #expect(try await !has(deadline, desk.engine))
        desk.engine.close()
        let again = try start(desk)
        defer { again.close() }
        #expect(try await !has(deadline, again))
        let wait = deadline.after ?? .milliseconds(desk.event.endsAt - desk.clock.now)
        desk.clock.advance(by: wait - .milliseconds(1))
        #expect(try await !has(deadline, again))
        desk.clock.advance(by: .milliseconds(1))
        #expect(try await has(deadline, again))
        // Once and for all: nothing of it is left to happen to what comes after.
        let isStill = try await has(deadline, again)
        #expect(isStill)
    }

    @Test(arguments: all) func `system 004: timers were in memory, and what came due while nobody ran was lost`(
        _ deadline: Deadline
    ) async throws {
        let desk = try await DeskWorld(policy: deadline.policy, sla: deadline.sla)
        try await deadline.arrange(desk)
        desk.engine.close()
        let wait = deadline.after ?? .milliseconds(desk.event.endsAt - desk.clock.now)
        desk.clock.advance(by: wait)
        let again = try start(desk)
        defer { again.close() }
        if deadline.countsFromStart {
            #expect(try await !has(deadline, again))
            desk.clock.advance(by: wait)
        }
        #expect(try await has(deadline, again))
    }
}
