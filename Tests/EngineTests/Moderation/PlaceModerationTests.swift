import ChatAPI
import ChatTestKit
import Engine
import Testing

/// Order in a whole event: what is decided there holds in all of its channels and nowhere else, and its own people read what the
/// audit log says of it.
@Suite("Moderation of events")
struct PlaceModerationTests {
    /// A fair with a participant, and somebody else's agency.
    private func fair() async throws -> (desk: DeskWorld, ana: DeskPerson, rival: DeskPerson) {
        let desk = try await DeskWorld()
        let ana = try await desk.participant("ana")
        let draft = OwnerDraft(name: "otto", password: AccountWorld.password)
        _ = try await desk.world.anonymous().call(.registerAgency, AgencyRegistration(slug: "rival", owner: draft))
        _ = try await desk.world.root().call(.approveAgency, AgencyDecision(agency: "rival"))
        return (desk, ana, try await DeskPerson(desk.world.signIn("otto")))
    }

    private func say(_ person: DeskPerson, in channel: String) async throws {
        var generator = SystemRandomNumberGenerator()
        let cid = ClientID.make(at: person.person.world.clock.now, using: &generator)
        _ = try await person.call(.sendMessage, Message(channel: ChannelKey(channel), cid: cid, text: "hello"))
    }

    private func code(_ person: DeskPerson, in channel: String) async -> APIError.Code? {
        do {
            try await say(person, in: channel)
            return nil
        } catch { return (error as? APIError)?.code }
    }

    @Test func `a time-out in an event silences in all its channels and nowhere else`() async throws {
        let (desk, ana, rival) = try await fair()
        let draft = SanctionDraft(account: "ana", scope: "event/fair", forMs: 300_000)
        #expect(await refusal { try await rival.call(.timeOut, draft) }?.code == .forbidden)
        #expect(await refusal { try await ana.call(.timeOut, draft) }?.code == .forbidden)
        let oneself = SanctionDraft(account: "olga", scope: "event/fair", forMs: 300_000)
        #expect(await refusal { try await desk.owner.call(.timeOut, oneself) }?.code == .invalid)
        #expect(try await desk.owner.call(.timeOut, draft).scope == .event(desk.event.id))
        for channel in ["fair/general", "fair/help"] { #expect(await code(ana, in: channel) == .muted) }
        #expect(await code(ana, in: "general") == nil)
        _ = try await desk.owner.call(.reinstate, Reinstatement(account: "ana", scope: "event/fair"))
        #expect(await code(ana, in: "fair/general") == nil)
    }

    @Test func `who asks for an event or an agency is told of its channels too, page by page`() async throws {
        let (desk, ana, rival) = try await fair()
        for scope in ["fair/general", "fair", "fair/help"] {
            _ = try await desk.owner.call(.timeOut, SanctionDraft(account: "ana", scope: scope, forMs: 300_000))
            try await desk.pass(.seconds(1))
        }
        for scope in ["fair", "acme"] {
            var (names, cursor): ([String?], String?) = ([], nil)
            repeat {
                let query = SanctionQuery(scope: scope, limit: 2, cursor: cursor)
                let page = try await desk.owner.call(.listSanctions, query)
                names += page.items.map(\.scopeName)
                cursor = page.nextCursor
            } while cursor != nil
            #expect(names == ["fair/general", "fair", "fair/help"])
        }
        let one = try await desk.owner.call(.listSanctions, SanctionQuery(scope: "fair/help")).items
        #expect(one.map(\.scopeName) == ["fair/help"])
        #expect(
            await refusal { try await rival.call(.listSanctions, SanctionQuery(scope: "fair")) }?.code == .forbidden
        )
        #expect(await refusal { try await ana.call(.listSanctions, SanctionQuery(scope: "fair")) }?.code == .forbidden)
    }

    @Test func `sentences name the event, so that its #general is not taken for everybody's`() async throws {
        let (desk, ana, _) = try await fair()
        func told() async throws -> [String?] {
            try await desk.log(.me(ana.id)).filter { $0.kind == .sanctionsChanged }.map(\.text)
        }
        // A word alone is a channel, or else the event or agency that is called so.
        for (scope, name, shown) in [
            ("fair/general", "fair/general", "#fair/general"), ("fair", "fair", "fair"), ("acme", "acme", "acme"),
        ] {
            let draft = SanctionDraft(account: "ana", scope: scope, forMs: 300_000)
            #expect(try await desk.owner.call(.timeOut, draft).scopeName == name)
            #expect(try await told().last??.hasPrefix("muted in \(shown) until") == true)
            #expect(
                try await desk.owner.call(.listSanctions, SanctionQuery(scope: scope)).items.map(\.scopeName) == [name]
            )
            let refused = await refusal { try await say(ana, in: "fair/general") }
            #expect(refused?.detail.hasPrefix("muted in #fair/general until") == true, "\(refused?.detail ?? "")")
            _ = try await desk.owner.call(.reinstate, Reinstatement(account: "ana", scope: scope))
            #expect(try await told().last == "no longer muted in \(shown)")
        }
        _ = try await desk.owner.call(.kick, SanctionDraft(account: "ana", scope: "fair/general"))
        #expect(try await told().last == "removed from #fair/general")
        let unknown = await refusal {
            try await desk.owner.call(.timeOut, SanctionDraft(account: "ana", scope: "nowhere", forMs: 300_000))
        }
        #expect(unknown?.code == .notFound)
        // A channel goes before an event of the same name: who means the event says so.
        let root = try await desk.superAdmin()
        _ = try await root.call(.createChannel, ChannelDraft(name: "fair"))
        #expect(
            try await root.call(.timeOut, SanctionDraft(account: "ana", scope: "fair", forMs: 60_000)).scope.kind
                == .channel
        )
        #expect(
            try await root.call(.timeOut, SanctionDraft(account: "ana", scope: "event/fair", forMs: 60_000)).scope.kind
                == .event
        )
    }

    @Test func `an emergency is seen by who sees its place, and by nobody else`() async throws {
        let (desk, ana, rival) = try await fair()
        let dora = try await desk.stranger("dora")
        let start = EmergencyDraft(scope: "fair/staff", forMs: 300_000)
        _ = try await desk.owner.call(.startEmergency, start)
        #expect(try await desk.owner.call(.listEmergencies).items.map(\.scopeName) == ["fair/staff"])
        for person in [ana, rival, dora] { #expect(try await person.call(.listEmergencies).items.isEmpty) }
        _ = try await desk.owner.call(.startEmergency, EmergencyDraft(scope: "fair", forMs: 300_000))
        for person in [ana, dora] {
            #expect(try await person.call(.listEmergencies).items.map(\.scopeName) == ["fair"])
        }
        _ = try await desk.world.root().call(.suspendAgency, AgencyDecision(agency: "acme"))
        #expect(try await dora.call(.listEmergencies).items.isEmpty)
    }

    @Test func `a ban from an agency takes out of every event of it`() async throws {
        let (desk, ana, _) = try await fair()
        _ = try await desk.owner.call(.ban, SanctionDraft(account: "ana", scope: "agency/acme", reason: "threats"))
        let joined = try await ana.call(.me).channels.compactMap(\.channel.name)
        #expect(joined == ["general"])
        for channel in ["fair/general", "fair/help"] {
            #expect(await refusal { try await ana.call(.joinChannel, ChannelJoin(channel: channel)) } != nil)
            #expect(await refusal { try await ana.call(.entries, EntryQuery(channel: channel)) } != nil)
        }
        #expect(await code(ana, in: "general") == nil)
    }

    @Test func `a ban from an event refuses its places, its codes and its help desk, and says why`() async throws {
        let (desk, ana, _) = try await fair()
        let code = try #require(try await desk.owner.call(.listJoinCodes, EventRef("fair")).items.first).code
        let ben = try await desk.stranger("ben")
        for scope in ["event/fair", "agency/acme"] {
            for person in [ana, ben] {
                let draft = SanctionDraft(account: person.name, scope: scope, reason: "threats")
                _ = try await desk.owner.call(.ban, draft)
                for attempt in 0..<4 {
                    let refused = await refusal {
                        switch attempt {
                        case 0: _ = try await person.call(.registerForEvent, EventRef("fair"))
                        case 1: _ = try await person.call(.joinEvent, EventJoin(code: code))
                        case 2: _ = try await person.call(.joinChannel, ChannelJoin(channel: "fair/general"))
                        default: _ = try await desk.ask(person)
                        }
                    }
                    // Who never had a place is not told more of the help desk than before.
                    guard attempt < 2 || person.name == "ana" else { continue }
                    #expect(refused?.code == .banned, "\(person.name), \(attempt): \(refused?.detail ?? "let in")")
                    #expect(refused?.detail.contains("threats") == true)
                }
                _ = try await desk.owner.call(.reinstate, Reinstatement(account: person.name, scope: scope))
            }
        }
        // The place waited, and asking for it again is the way back in.
        #expect(try await ana.call(.registerForEvent, EventRef("fair")).attendee.state == .registered)
        #expect(await self.code(ana, in: "fair/general") == nil)
        #expect(try await desk.ask(ana).state == .queued)
    }

    @Test func `who is banned waits for no place, is not let in by an organizer, and not at the door`() async throws {
        let (desk, ana, _) = try await fair()
        var full = EventChange(event: "fair")
        full.capacity = 1
        _ = try await desk.owner.call(.changeEvent, full)
        let (ben, cem) = (try await desk.stranger("ben"), try await desk.stranger("cem"))
        for person in [ben, cem] {
            desk.clock.advance(by: .milliseconds(1))
            #expect(try await person.call(.registerForEvent, EventRef("fair")).attendee.state == .waiting)
        }
        _ = try await desk.owner.call(.ban, SanctionDraft(account: "ben", scope: "event/fair"))
        #expect(try await ben.call(.registration, EventRef("fair")).state == .withdrawn)
        // The free place goes to who waits behind, at once.
        _ = try await ana.call(.withdrawFromEvent, EventRef("fair"))
        #expect(try await cem.call(.registration, EventRef("fair")).state == .offered)
        _ = try await desk.owner.call(.ban, SanctionDraft(account: "cem", scope: "event/fair"))
        #expect(await refusal { try await cem.call(.acceptPlace, EventRef("fair")) }?.code == .banned)
        _ = try await desk.owner.call(.reinstate, Reinstatement(account: "cem", scope: "event/fair"))
        #expect(try await cem.call(.registerForEvent, EventRef("fair")).attendee.state == .registered)
        _ = try await desk.owner.call(.ban, SanctionDraft(account: "cem", scope: "event/fair", forMs: 600_000))
        let door = await refusal { try await desk.owner.call(.checkIn, AttendeeRef(event: "fair", account: "cem")) }
        #expect(door?.code == .conflict && door?.detail.contains("cem is banned from fair") == true)
        desk.clock.advance(by: .seconds(600))
        #expect(try await desk.owner.call(.checkIn, AttendeeRef(event: "fair", account: "cem")).checkedInAt != nil)
    }

    @Test func `a request of somebody who is banned is taken back, and holds nobody up`() async throws {
        let (desk, ana, _) = try await fair()
        let (ben, oscar) = (try await desk.participant("ben"), try await desk.organizer("oscar"))
        let asked = try await desk.ask(ana)
        let claimed = try await oscar.call(.claimRequest, RequestRef(asked.id))
        let behind = try await desk.ask(ben)
        _ = try await desk.owner.call(.ban, SanctionDraft(account: "ana", scope: "event/fair"))
        #expect(try await desk.request(claimed.id, as: ana).state == .cancelled)
        #expect(try await desk.request(claimed.id, as: ana).reason == "banned from fair")
        #expect(try await oscar.call(.takeNext, QueueRef(desk.queue)).request == behind.id)
    }

    @Test func `who is timed out at an event can still ask for help, and say what is wrong`() async throws {
        let (desk, ana, _) = try await fair()
        let oscar = try await desk.organizer("oscar")
        _ = try await desk.owner.call(.timeOut, SanctionDraft(account: "ana", scope: "event/fair", forMs: 300_000))
        #expect(await code(ana, in: "fair/general") == .muted)
        let chat = try await oscar.call(.takeRequest, RequestRef(desk.ask(ana).id))
        _ = try await desk.say("I cannot breathe", in: chat, ana)
        #expect(try await desk.texts(chat, as: oscar).last == "I cannot breathe")
    }

    @Test func `in an emergency the event's own people speak, and other places do not notice`() async throws {
        let (desk, ana, rival) = try await fair()
        let draft = EmergencyDraft(scope: "event/fair", forMs: 300_000, reason: "leave the hall")
        #expect(await refusal { try await rival.call(.startEmergency, draft) }?.code == .forbidden)
        _ = try await desk.owner.call(.startEmergency, draft)
        #expect(await code(ana, in: "fair/general") == .muted)
        #expect(await code(ana, in: "general") == nil)
        _ = try await desk.owner.call(.joinChannel, ChannelJoin(channel: "fair/general"))
        #expect(await code(desk.owner, in: "fair/general") == nil)
        desk.clock.advance(by: .seconds(300))
        #expect(await code(ana, in: "fair/general") == nil)
    }

    @Test func `an agency's owner reads what the audit log says of it, and of nobody else`() async throws {
        let (desk, ana, rival) = try await fair()
        _ = try await desk.owner.call(.timeOut, SanctionDraft(account: "ana", scope: "event/fair", forMs: 300_000))
        func actions(_ person: DeskPerson, _ scope: String) async throws -> [String] {
            try await person.call(.audit, AuditQuery(after: 0, scope: scope, limit: 500)).entries.map(\.action)
        }
        let ofEvent = try await actions(desk.owner, "event/fair")
        #expect(ofEvent.contains("events.publish") && ofEvent.contains("moderation.timeOut"))
        let ofAgency = try await actions(desk.owner, "agency/acme")
        #expect(Set(ofAgency).isSuperset(of: ofEvent) && ofAgency.contains("agencies.approve"))
        #expect(
            try await actions(rival, "agency/rival").allSatisfy { $0.hasPrefix("agencies.") || $0.hasPrefix("staff.") }
        )
        for (person, scope) in [(rival, "event/fair"), (ana, "event/fair"), (rival, "agency/acme")] {
            #expect(await refusal { try await actions(person, scope) }?.code == .forbidden)
        }
        #expect(await refusal { try await desk.owner.call(.audit, AuditQuery()) }?.code == .forbidden)
        #expect(
            await refusal { try await desk.owner.call(.audit, AuditQuery(scope: "fair/general")) }?.code == .invalid
        )
        // Whoever runs all of its events reads of each, and not what the agency does with its people.
        let mia = try await desk.stranger("mia")
        let agency = Scope.agency(try await desk.owner.call(.agency, AgencyRef("acme")).id)
        _ = try await desk.owner.call(.giveGrant, GrantDraft(account: "mia", role: .organizer, scope: agency))
        _ = try await mia.call(.acceptRole, AgencyRef("acme"))
        #expect(try await actions(mia, "event/fair") == ofEvent)
        #expect(await refusal { try await actions(mia, "agency/acme") }?.code == .forbidden)
        for (person, scope) in [(mia, "event/fair"), (desk.owner, "agency/acme")] {
            _ = try await actions(person, scope)
            #expect(await refusal { try await person.call(.verifyAudit) }?.code == .forbidden)
        }
        // The rest of the filters holds inside.
        let mine = AuditQuery(after: 0, action: "moderation.", scope: "event/fair")
        #expect(try await desk.owner.call(.audit, mine).entries.map(\.action) == ["moderation.timeOut"])
    }

    @Test func `what a deleted participant asked and rated is gone, and the chat's place in the books stays`()
        async throws
    {
        let (desk, ana, _) = try await fair()
        let organizer = try await desk.organizer("orla")
        let request = try await desk.ask(ana, "zebra trouble")
        let chat = try await organizer.call(.takeRequest, RequestRef(request.id))
        _ = try await organizer.call(.endChat, ChatEnding(chat: chat.id))
        _ = try await ana.call(.rateChat, RatingDraft(chat: chat.id, stars: 2, comment: "zebra answer"))
        let root = try await desk.world.root()
        _ = try await root.call(.removeAccount, AccountRef("ana"))
        try await desk.engine.timers.fireDue()
        let left = try await organizer.call(.chat, ChatRef(chat.id))
        #expect(left.rating?.stars == 2 && left.rating?.comment == nil)
        let asked = try await organizer.call(.request, RequestRef(request.id))
        #expect(asked.participantName == "deleted" && !"\(asked)".contains("zebra"))
        #expect(try await root.call(.verifyAudit).isClean)
    }
}
