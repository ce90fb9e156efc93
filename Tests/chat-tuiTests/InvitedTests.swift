import ChatAPI
import ChatKit
import TerminalUI
import Testing
import chat_tui

/// What one is invited to oneself: told, counted, in a table, taken or refused.
@Suite struct InvitedTests {
    private func invitation(_ number: UInt64, _ name: String, in space: String? = nil) -> ChannelInvitation {
        ChannelInvitation(
            id: InvitationID(high: 1, low: number),
            channel: Sample.channel(90 + number),
            channelName: name,
            spaceName: space,
            account: Sample.ana,
            code: nil,
            usesLeft: 1,
            expiresAt: Sample.now + 86_400_000,
            by: Sample.bob,
            at: Sample.now
        )
    }

    private var two: [ChannelInvitation] { [invitation(1, "crew", in: "devconf"), invitation(2, "vault")] }

    private func learn(_ model: inout Model, _ invitations: [ChannelInvitation]) {
        _ = update(&model, .answered(.access(.ownInvitations), .success(.access(.ownInvitations(invitations)))))
    }

    private func access(_ effects: [Effect]) -> [AccessRequest] {
        effects.requests.compactMap { if case .access(let request) = $0 { request } else { nil } }
    }

    @Test(arguments: FrameTests.sizes.prefix(2))
    func `the table at each size: Enter joins, d says no when it is pressed again`(size: Size) {
        var model = Sample.organizer(size)
        #expect(access(update(&model, .line("/invited"))) == [.ownInvitations])
        learn(&model, two)
        expectFrame(view(model), "invited-\(size.width)x\(size.height)")
        #expect(access(Sample.press("Down", "d", in: &model)).isEmpty)
        #expect(access(Sample.press("d", in: &model)) == [.decline(two[1].id, "#vault")])
        _ = update(&model, .answered(.access(.decline(two[1].id, "#vault")), .success(.access(.done))))
        #expect(model.notices.last?.text == "you said no to #vault; nobody can invite you there again for a week")
        #expect(Sample.press("Enter", in: &model).requests == [.join("devconf/crew", secret: nil)])
        #expect(model.places.ownInvitations?.isEmpty == true)
    }

    @Test func `an invitation that is told is asked about, counted, and heads the inbox`() {
        var model = Sample.organizer(Size(width: 80, height: 24))
        var entry = Entry(kind: .invited, channel: nil, seq: 9, by: Sample.bob, at: Sample.now)
        entry.text = "devconf/crew"
        #expect(access(update(&model, .live([.entries(log: LogName.me, [entry])]))) == [.ownInvitations])
        let before = FrameText(view(model)).plain
        #expect(before.contains("bob invites you to #devconf/crew"))
        learn(&model, two)
        #expect(FrameText(view(model)).plain.contains(/Inbox +2/))
        #expect(access(update(&model, .line("/inbox"))) == [.ownInvitations])
        learn(&model, two)
        guard case .list(let inbox)? = model.overlay else {
            Issue.record("the inbox is not open")
            return
        }
        #expect(inbox.rows.prefix(2).map(\.text) == ["● bob invites you", "● bob invites you"])
        #expect(inbox.rows.prefix(2).map(\.detail) == ["#devconf/crew", "#vault"])
        #expect(access(Sample.press("Enter", in: &model)) == [.ownInvitations], "it leads to the table")
        #expect(model.page?.kind == .invited)
    }

    @Test func `a channel is refused by its name, with or without its event, and names are completed`() {
        var model = Sample.organizer(Size(width: 80, height: 24))
        learn(&model, two)
        for line in ["/decline #devconf/crew", "/decline devconf/crew", "/decline #crew", "/decline crew"] {
            #expect(access(update(&model, .line(line))) == [.decline(two[0].id, "#devconf/crew")], "\(line)")
        }
        for line in ["/decline #", "/decline ", "/join #v"] {
            var model = model
            model.composer.set(line)
            _ = Sample.press("Tab", in: &model)
            let expected = line == "/join #v" ? "/join #vault" : "/decline #devconf/crew"
            #expect(model.composer.text.hasPrefix(expected), "\(line) becomes \(model.composer.text)")
        }
    }

    @Test func `what cannot be refused is said in a sentence`() {
        let cases: [(String, String)] = [
            ("/decline", "which channel? /invited shows who invites you where"),
            ("/decline #nowhere", "nobody invites you to #nowhere, as far as is known here: /invited asks again"),
            ("/decline crew", "#crew is more than one channel: #devconf/crew, #fair/crew"),
        ]
        for (line, sentence) in cases {
            var model = Sample.organizer(Size(width: 80, height: 24))
            learn(&model, two + [invitation(3, "crew", in: "fair")])
            #expect(access(update(&model, .line(line))).isEmpty)
            #expect(model.notices.last?.text == sentence)
        }
    }

    @Test func `who starts with questions waiting is told, and finds them in an inbox, whoever they work for`() {
        var model = Sample.model(Size(width: 80, height: 24))
        #expect(!FrameText(view(model)).plain.contains("Inbox"))
        learn(&model, two)
        #expect(model.notices.last?.text == "bob invites you to #devconf/crew and 1 more: /invited shows it")
        let offer = RoleOffer(
            account: Sample.ana,
            agency: AgencyID(high: 2, low: 1),
            agencyName: "nordlys",
            role: .support,
            scope: .agency(AgencyID(high: 2, low: 1)),
            by: Sample.bob,
            at: Sample.now,
            until: Sample.now + 86_400_000
        )
        _ = Sample.answer(&model, .waitingOffers, .waitingOffers([offer], places: []))
        #expect(model.notices.last?.text == "nordlys offers you the role support · /work accept AGENCY, or decline")
        #expect(FrameText(view(model)).plain.contains(/Inbox +\d/))
        _ = update(&model, .line("/inbox"))
        guard case .list(let inbox)? = model.overlay else {
            Issue.record("the inbox is not open")
            return
        }
        #expect(inbox.rows.prefix(3).map(\.detail) == ["#devconf/crew", "#vault", "support"])
        // Told once: the next connection asks again and finds nothing new.
        let told = model.notices.count
        learn(&model, two)
        _ = Sample.answer(&model, .waitingOffers, .waitingOffers([offer], places: []))
        #expect(model.notices.count == told)
    }

    @Test
    func
        `a place that a waiting list keeps is told with its deadline, heads the inbox, and is taken from the event's page`()
    {
        var model = Sample.participant()
        var entry = Entry(kind: .registrationChanged, channel: nil, seq: 9, by: Sample.bob, at: Sample.now)
        entry.text = "fair offered"
        let told = model.notices.count
        #expect(update(&model, .live([.entries(log: LogName.me, [entry])])).place == [.waitingOffers])
        #expect(model.notices.count == told, "the answer tells it, with its deadline")
        let place = KeptPlace(event: "fair", until: Sample.now + 3_600_000)
        _ = Sample.answer(&model, .waitingOffers, .waitingOffers([], places: [place]))
        let moment = model.zone.moment(place.until)
        let until = "until \(moment.date) \(moment.clock)"
        #expect(model.notices.last?.text == "a place in fair is kept for you \(until): /register fair takes it")
        _ = Sample.answer(&model, .waitingOffers, .waitingOffers([], places: [place]))
        #expect(model.notices.count == told + 1, "it is told once")
        #expect(FrameText(view(model)).plain.contains(/Inbox +1/))
        _ = update(&model, .line("/inbox"))
        guard case .list(let inbox)? = model.overlay else {
            Issue.record("the inbox is not open")
            return
        }
        #expect(inbox.rows.first?.detail == until)
        _ = Sample.answer(&model, .waitingOffers, .waitingOffers([], places: [place]))
        guard case .list(let again)? = model.overlay else {
            Issue.record("the inbox is not open")
            return
        }
        #expect(again.rows.count { $0.detail == until } == 1, "asked again, it stands there once")
        Sample.press("Esc", in: &model)

        var event = Sample.sampleEvent("fair", "The Fair", .published, phase: .upcoming)
        event.attendance = .offered
        var own = Attendee(
            event: event.id,
            account: Sample.carol,
            name: "carol",
            displayName: nil,
            isGuest: false,
            state: .offered,
            registeredAt: Sample.now,
            version: 1
        )
        own.offeredUntil = place.until
        _ = update(&model, .line("/event fair"))
        Sample.answer(&model, .event("fair"), .event(event, [], [], own: own))
        #expect(FrameText(view(model)).plain.contains("a place \(until) · Enter t"))
        #expect(Sample.press("Enter", in: &model).place == [.register("fair")], "it is selected")
        Sample.answer(&model, .register("fair"), .joined(JoinedEvent(event: event, attendee: own, channels: [])))
        #expect(!FrameText(view(model)).plain.contains("Inbox"))
    }

    @Test(arguments: [
        (AttendeeState?.some(.registered), RegistrationMode.open, "have a place; /withdraw fair gives it up"),
        (.requested, .approval, "asked; an organizer says yes or no"),
        (.waiting, .open, "wait for a place, as number 3"),
        (.declined, .approval, "have no place: an organizer said no"),
        (.lapsed, .open, "are not registered · Enter asks for a place"),
        (nil, .open, "are not registered · Enter asks for a place"),
        (nil, .code, "are not registered; /join CODE lets you in"),
    ])
    func `the page of an event says how one stands to it`(state: AttendeeState?, mode: RegistrationMode, says: String) {
        var model = Sample.participant()
        var event = Sample.sampleEvent("fair", "The Fair", .published, phase: .upcoming)
        event.attendance = state
        event.registration = mode
        let own = Attendee(
            event: event.id,
            account: Sample.carol,
            name: "carol",
            displayName: nil,
            isGuest: false,
            state: state ?? .unknown,
            registeredAt: Sample.now,
            position: 3,
            version: 1
        )
        _ = update(&model, .line("/event fair"))
        Sample.answer(&model, .event("fair"), .event(event, [], [], own: state == .waiting ? own : nil))
        #expect(FrameText(view(model)).plain.contains(says))
    }
}
