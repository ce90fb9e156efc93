import ChatAPI
import ChatTestKit
import Engine
import Testing

/// Places and the waiting list: never more than there are, first come first served, whatever happens in between.
@Suite("Attendees")
struct AttendeeTests {
    @Test func `who is next in line gets an offer, and after its deadline the one behind`() async throws {
        var world = try await EventWorld()
        try await world.enter("ana", "bo", "cy")
        _ = try await world.publish("devconf") {
            $0.capacity = 1
            $0.offerMinutes = 30
        }
        #expect(try await world.call("ana", .registerForEvent, EventRef("devconf")).attendee.state == .registered)
        #expect(try await world.call("bo", .registerForEvent, EventRef("devconf")).attendee.position == 1)
        let cy = try await world.call("cy", .registerForEvent, EventRef("devconf"))
        #expect(cy.attendee.position == 2)
        #expect(cy.channels.isEmpty)
        _ = try await world.call("ana", .withdrawFromEvent, EventRef("devconf"))
        let offer = try await world.call("bo", .registration, EventRef("devconf"))
        #expect(offer.state == .offered)
        #expect(offer.offeredUntil == world.clock.now - 1 + 30 * 60_000)
        // A place that is kept for somebody is not free for somebody else.
        #expect(try await world.call("ana", .registerForEvent, EventRef("devconf")).attendee.state == .waiting)
        world.clock.advance(by: .seconds(30 * 60))
        // Nobody looks: the timer passes the place on.
        try await world.engine.timers.fireDue()
        #expect(try await world.call("bo", .registration, EventRef("devconf")).state == .lapsed)
        #expect(try await world.call("cy", .registration, EventRef("devconf")).state == .offered)
        #expect(await world.refusal("bo", .acceptPlace, EventRef("devconf"))?.code == .invalidTransition)
        let accepted = try await world.call("cy", .acceptPlace, EventRef("devconf"))
        #expect(accepted.attendee.state == .registered)
        #expect(accepted.channels.map(\.name) == ["announcements", "general", "help"])
        // The offer is taken: its timer does nothing any more.
        world.clock.advance(by: .seconds(3_600))
        try await world.engine.timers.fireDue()
        #expect(try await world.call("cy", .registration, EventRef("devconf")).state == .registered)
        let me = try await world.call("bo", .meEntries, MeQuery()).entries
        #expect(
            me.compactMap { $0.kind == .registrationChanged ? $0.text : nil }.suffix(3) == [
                "devconf waiting", "devconf offered", "devconf lapsed",
            ]
        )
    }

    @Test func `an offer is not taken after its deadline, even if the timer is late`() async throws {
        var world = try await EventWorld()
        try await world.enter("ana", "bo")
        _ = try await world.publish("devconf") {
            $0.capacity = 1
            $0.offerMinutes = 30
        }
        _ = try await world.call("ana", .registerForEvent, EventRef("devconf"))
        _ = try await world.call("bo", .registerForEvent, EventRef("devconf"))
        _ = try await world.call("ana", .withdrawFromEvent, EventRef("devconf"))
        world.clock.advance(by: .seconds(30 * 60))
        #expect(await world.refusal("bo", .acceptPlace, EventRef("devconf"))?.code == .conflict)
    }

    @Test func `with approval an organizer says yes, and a join code has said it already`() async throws {
        var world = try await EventWorld()
        try await world.enter("ana", "bo", "cy")
        _ = try await world.publish("devconf") { $0.registration = .approval }
        #expect(try await world.call("ana", .registerForEvent, EventRef("devconf")).attendee.state == .requested)
        #expect(await world.refusal("ana", .channel, ChannelRef("devconf/general"))?.code == .notFound)
        let ana = AttendeeRef(event: "devconf", account: "ana")
        for name in ["ana", "sam", "otto"] {
            #expect(await world.refusal(name, .approveAttendee, ana)?.code == .forbidden)
        }
        #expect(try await world.call("mona", .approveAttendee, ana).state == .registered)
        _ = try await world.call("ana", .channel, ChannelRef("devconf/general"))
        let bo = try await world.call("bo", .joinEvent, EventJoin(code: try await world.code(of: "devconf")))
        #expect(bo.attendee.state == .registered)
        _ = try await world.call("cy", .registerForEvent, EventRef("devconf"))
        #expect(
            try await world.call("mona", .declineAttendee, AttendeeRef(event: "devconf", account: "cy")).state
                == .declined
        )
        #expect(await world.refusal("cy", .registerForEvent, EventRef("devconf"))?.code == .forbidden)
        // Taking a place away is leaving the channels.
        #expect(try await world.call("mona", .declineAttendee, ana).state == .declined)
        #expect(await world.refusal("ana", .channel, ChannelRef("devconf/general"))?.code == .notFound)
    }

    @Test func `a code is read as it is typed, counts its uses, and ends`() async throws {
        var world = try await EventWorld()
        try await world.enter("ana", "bo")
        _ = try await world.publish("devconf") { $0.registration = .code }
        #expect(await world.refusal("ana", .registerForEvent, EventRef("devconf"))?.code == .forbidden)
        let once = try await world.call("mona", .createJoinCode, JoinCodeDraft(event: "devconf", hours: 1, uses: 1))
        let typed = once.code.uppercased().filter { $0 != "-" }
        _ = try await world.call("ana", .joinEvent, EventJoin(code: typed))
        // Again is no second use; somebody else is.
        _ = try await world.call("ana", .joinEvent, EventJoin(code: once.code))
        #expect(await world.refusal("bo", .joinEvent, EventJoin(code: once.code))?.code == .codeInvalid)
        let hour = try await world.call("mona", .createJoinCode, JoinCodeDraft(event: "devconf", hours: 1))
        world.clock.advance(by: .seconds(3_600))
        #expect(await world.refusal("bo", .joinEvent, EventJoin(code: hour.code))?.code == .codeInvalid)
        let open = try await world.code(of: "devconf")
        _ = try await world.call("mona", .revokeJoinCode, JoinCodeRef(event: "devconf", code: open))
        #expect(await world.refusal("bo", .joinEvent, EventJoin(code: open))?.code == .codeInvalid)
        for code in ["", "x", "aaaaa-aaaaa", String(repeating: "a", count: 4_000)] {
            #expect(await world.refusal("bo", .joinEvent, EventJoin(code: code))?.code == .codeInvalid)
        }
    }

    @Test func `the door ticks off who has a place, once`() async throws {
        var world = try await EventWorld()
        try await world.enter("ana", "dora")
        let event = try await world.publish("devconf")
        _ = try await world.call("ana", .registerForEvent, EventRef("devconf"))
        let grant = GrantDraft(account: "dora", role: .checkin, scope: .event(event.id))
        _ = try await world.call("mona", .giveGrant, grant)
        let ana = AttendeeRef(event: "devconf", account: "ana")
        let first = try await world.call("dora", .checkIn, ana)
        let again = try await world.call("dora", .checkIn, ana)
        #expect(first.checkedInAt != nil)
        #expect(again.checkedInAt == first.checkedInAt)
        // The door sees that somebody came by this name before.
        #expect(first.wasCheckedIn == nil && again.wasCheckedIn == true)
        let here = AttendeeQuery(event: "devconf", checkedIn: true)
        #expect(try await world.call("dora", .listAttendees, here).items.map(\.name) == ["ana"])
        #expect(try await world.call("dora", .undoCheckIn, ana).checkedInAt == nil)
        let dora = AttendeeRef(event: "devconf", account: "dora")
        #expect(await world.refusal("dora", .checkIn, dora)?.code == .notFound)
        #expect(await world.refusal("ana", .checkIn, ana)?.code == .forbidden)
        #expect(await world.refusal("dora", .approveAttendee, ana)?.code == .forbidden)
    }

    @Test func `a larger capacity is offered at once, a smaller one takes nobody's place`() async throws {
        var world = try await EventWorld()
        try await world.enter("ana", "bo", "cy")
        _ = try await world.publish("devconf") { $0.capacity = 1 }
        for name in ["ana", "bo", "cy"] { _ = try await world.call(name, .registerForEvent, EventRef("devconf")) }
        var change = EventChange(event: "devconf")
        change.capacity = 2
        _ = try await world.call("mona", .changeEvent, change)
        #expect(try await world.call("bo", .registration, EventRef("devconf")).state == .offered)
        #expect(try await world.call("cy", .registration, EventRef("devconf")).state == .waiting)
        change.capacity = 1
        #expect(await world.refusal("mona", .changeEvent, change)?.code == .conflict)
        change.capacity = 0
        #expect(try await world.call("mona", .changeEvent, change).capacity == nil)
        #expect(try await world.call("cy", .registration, EventRef("devconf")).state == .offered)
    }

    /// Random joins, leaves, answers, expiries and capacities: what must hold after each of them.
    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func `the capacity is never exceeded, and the line is kept`(_ seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        var world = try await EventWorld()
        let names = (0..<9).map { "p\($0)" }
        for name in names { try await world.enter(name) }
        var capacity = 3
        _ = try await world.publish("devconf") {
            $0.capacity = capacity
            $0.offerMinutes = 10
        }
        // Who waits, in the order in which they asked.
        var line: [String] = []
        for step in 0..<90 {
            let name = names[Int(random.next() % UInt64(names.count))]
            switch random.next() % 8 {
            case 0...2: _ = try? await world.call(name, .registerForEvent, EventRef("devconf"))
            case 3: _ = try? await world.call(name, .withdrawFromEvent, EventRef("devconf"))
            case 4: _ = try? await world.call(name, .acceptPlace, EventRef("devconf"))
            case 5: _ = try? await world.call("mona", .declineAttendee, AttendeeRef(event: "devconf", account: name))
            case 6:
                world.clock.advance(by: .seconds(400))
                try await world.engine.timers.fireDue()
            default:
                var change = EventChange(event: "devconf")
                change.capacity = Int(random.next() % 4) + 1
                if (try? await world.call("mona", .changeEvent, change)) != nil { capacity = change.capacity ?? 0 }
            }
            let attendees = try await world.call("mona", .listAttendees, AttendeeQuery(event: "devconf")).items
            let states = Dictionary(uniqueKeysWithValues: attendees.map { ($0.name, $0.state) })
            let held = states.values.filter { $0 == .registered || $0 == .offered }.count
            let waiting = attendees.filter { $0.state == .waiting }.sorted { ($0.position ?? 0) < ($1.position ?? 0) }
            let event = try await world.call("mona", .event, EventRef("devconf"))
            let context: Comment = "seed \(seed), step \(step)"
            #expect(held <= capacity, context)
            #expect(event.registered == states.values.filter { $0 == .registered }.count, context)
            #expect(event.waiting == waiting.count, context)
            #expect(waiting.isEmpty || held == capacity, "nobody waits while a place is free: \(context)")
            #expect(waiting.compactMap(\.position) == Array(1..<(waiting.count + 1)), context)
            // Who is left of those who waited before stands in the same order; who is new stands behind.
            let now = waiting.map(\.name)
            #expect(now.starts(with: line.filter(now.contains)), context)
            line = now
        }
    }

    @Test func `offers and their deadlines survive a restart`() async throws {
        var world = try await EventWorld()
        try await world.enter("ana", "bo", "cy")
        _ = try await world.publish("devconf") {
            $0.capacity = 1
            $0.offerMinutes = 10
        }
        for name in ["ana", "bo", "cy"] { _ = try await world.call(name, .registerForEvent, EventRef("devconf")) }
        _ = try await world.call("ana", .withdrawFromEvent, EventRef("devconf"))
        world.clock.advance(by: .seconds(3_600))
        // Another process on the same rows: what came due while nobody ran fires at its start.
        let timers = Timers(database: world.engine.database, clock: world.clock, handlers: EventTimers.handlers)
        try await timers.fireDue()
        #expect(try await world.call("bo", .registration, EventRef("devconf")).state == .lapsed)
        #expect(try await world.call("cy", .registration, EventRef("devconf")).state == .offered)
    }

    @Test func `whoever waits when an event is called off is declined, told and in the audit log`() async throws {
        var world = try await EventWorld()
        try await world.enter("ana", "ben", "cyd")
        _ = try await world.publish("devconf") { $0.capacity = 1 }
        for name in ["ana", "ben", "cyd"] { _ = try await world.call(name, .registerForEvent, EventRef("devconf")) }
        _ = try await world.call("odin", .cancelEvent, EventCancellation(event: "devconf"))
        let declined = try await world.accounts.audit("events.decline")
        #expect(declined.count == 2)
        for name in ["ben", "cyd"] {
            let id = JSON.string(try world.person(name).id.description)
            let entry = declined.first { $0.after?["attendee"] == id }
            #expect(entry?.before?["state"] == "waiting" && entry?.after?["state"] == "declined", "\(name)")
            let own = try await world.call(name, .registration, EventRef("devconf"))
            #expect(own.state == .declined)
        }
    }
}
