import ChatAPI
import ChatKit
import TerminalUI
import Testing
import chat_tui

/// Channels, events and agencies as places that one goes to.
@Suite struct PlaceTests {
    @Test func `join takes a channel with a hash, and a word as either`() {
        var model = Sample.organizer()
        #expect(update(&model, .line("/join #new")).requests == [.join("new", secret: nil)])
        #expect(update(&model, .line("/join #new pass word")).requests == [.join("new", secret: "pass word")])
        #expect(update(&model, .line("/join 7k3m-q2")).place == [.join(code: "7k3m-q2", orChannel: "7k3m-q2")])
        #expect(
            update(&model, .line("/join devconf/general")).requests.filter {
                if case .join = $0 { true } else { false }
            }.isEmpty
        )
        #expect(model.current == Sample.eventGeneral)
    }

    @Test func `a whole name is one channel, a channel's own name the one that there is`() {
        var model = Sample.organizer()
        _ = update(&model, .line("/join #announcements"))
        #expect(model.current == Sample.announcements)
        _ = update(&model, .line("/join #general"))
        #expect(model.current == Sample.general)
        _ = update(&model, .line("/join #devconf/general"))
        #expect(model.current == Sample.eventGeneral)
    }

    @Test func `the sidebar groups channels by event, chats and people below`() {
        let titles = Sample.organizer(withChat: true).orderedRooms.map {
            Sample.organizer(withChat: true).title(of: $0)
        }
        #expect(titles == ["#general", "#devconf/announcements", "#devconf/general", "#devconf/staff", "&carol"])
    }

    @Test func `entering an event shows its channel and says how to ask`() {
        var model = Sample.model()
        let attendee = Attendee(
            event: Sample.event,
            account: Sample.ana,
            name: "ana",
            displayName: nil,
            isGuest: false,
            state: .registered,
            registeredAt: Sample.now,
            version: 1
        )
        let joined = JoinedEvent(
            event: Sample.sampleEvent("devconf", "DevConf", .published, phase: .ongoing),
            attendee: attendee,
            channels: [
                Sample.spaceChannel(Sample.announcements, "announcements", .announce),
                Sample.spaceChannel(Sample.eventGeneral, "general"),
            ]
        )
        let effects = Sample.answer(&model, .join(code: "x", orChannel: nil), .joined(joined))
        #expect(model.current == Sample.eventGeneral)
        #expect(model.notices.last?.text == "you are in DevConf; /help TEXT asks for help")
        #expect(effects.help.contains(.standing(isOrganizer: false)))
    }

    @Test func `publishing asks for the channels and the queue that it makes`() {
        var model = Sample.organizer()
        #expect(update(&model, .line("/publish winterfair")).place == [.publish("winterfair")])
        let effects = Sample.answer(
            &model,
            .publish("winterfair"),
            .changed(Sample.sampleEvent("winterfair", "Fair", .published))
        )
        #expect(effects.requests.contains(.me) && effects.help == [.standing(isOrganizer: true)])
    }

    @Test func `taking away is asked twice, and another row asks anew`() {
        var model = Sample.organizer()
        _ = update(&model, .line("/people"))
        Sample.answer(
            &model,
            .people(nil),
            .people([Sample.account(Sample.bob, "bob"), Sample.account(Sample.carol, "carol")])
        )
        #expect(Sample.press("d", in: &model).place.isEmpty)
        #expect(Sample.press("Down", "d", in: &model).place.isEmpty)
        #expect(Sample.press("d", in: &model).place == [.disable("carol")])
    }

    @Test(arguments: [
        ("/grant carol support devconf", PlaceRequest.give(account: "carol", .support, .event(Sample.event))),
        (
            "/grant @carol moderator #devconf/general",
            .give(account: "carol", .moderator, .channel(Sample.eventGeneral))
        ),
        ("/ungrant carol support help", .take(account: "carol", .support, .queue(Sample.queue))),
        ("/grant carol superAdmin", .give(account: "carol", .superAdmin, nil)), ("/work", .offers),
        ("/work accept nordlys", .acceptRole(agency: "nordlys")),
        ("/work decline nordlys", .declineRole(agency: "nordlys")),
        ("/announce doors open :tada:", .announce(event: "devconf", text: "doors open 🎉")),
        ("/announce devconf doors open", .announce(event: "devconf", text: "doors open")),
        ("/issue new Projector is dead", .openIssue(event: "devconf", title: "Projector is dead", priority: nil)),
        ("/approve nordlys", .decide("nordlys", .approved, reason: nil)),
    ])
    func `what administrators write`(line: String, request: PlaceRequest) {
        var model = Sample.organizer()
        _ = update(&model, .line("/join devconf/general"))
        #expect(update(&model, .line(line)).place == [request])
    }

    @Test(arguments: [
        (
            "/grant carol king",
            "'king' is no role that is given: superAdmin, owner, manager, organizer, supervisor, auditor, support, moderator, speaker, checkin"
        ),
        (
            "/grant carol support nowhere",
            "'nowhere' is no place that is known here: platform, an event, an agency, #channel"
        ),
        ("/issue 4 resolved", "'4' is no issue that is known here: /issues shows them"),
        ("/comment hello", "a comment belongs to an issue: open one in /issues"),
        ("/announce devconf", "what shall everybody in devconf be told? /announce devconf TEXT"),
        ("/queue nosuch", "there is no queue 'nosuch'; there are devconf/help"),
        ("/account", "you have an account: you are ana"),
        ("/accept maybe", "/accept takes on, next, off or away, not 'maybe'"),
        ("/work hard", "/work shows what agencies offer you; /work accept AGENCY, /work decline AGENCY"),
    ])
    func `what makes no sense is said in a sentence`(line: String, sentence: String) {
        var model = Sample.organizer()
        let effects = update(&model, .line(line))
        #expect(model.notices.last?.text == sentence)
        #expect(effects.place.isEmpty && effects.help.isEmpty)
    }

    @Test func `a role that is only offered is not said to be given, and offers are listed`() {
        var model = Sample.organizer()
        var grant = Grant(
            account: Sample.carol,
            role: .support,
            scope: .event(Sample.event),
            grantedBy: nil,
            grantedAt: Sample.now
        )
        let give = PlaceRequest.give(account: "carol", .support, .event(Sample.event))
        _ = update(&model, .answered(.place(give), .success(.place(.given(grant)))))
        #expect(model.notices.last?.text == "carol is support now")
        grant.offeredUntil = Sample.now + 1
        _ = update(&model, .answered(.place(give), .success(.place(.given(grant)))))
        #expect(model.notices.last?.text == "carol is asked to be support, and has to accept")
        _ = update(&model, .answered(.place(.acceptRole(agency: "nordlys")), .success(.place(.given(grant)))))
        #expect(model.notices.last?.text == "you are support of nordlys now")
        let offer = RoleOffer(
            account: Sample.ana,
            agency: AgencyID(high: 1, low: 1),
            agencyName: "nordlys",
            role: .support,
            scope: .event(Sample.event),
            by: nil,
            at: Sample.now,
            until: Sample.now + 1
        )
        _ = update(&model, .answered(.place(.offers), .success(.place(.offers([offer])))))
        #expect(
            model.notices.last?.text == "nordlys offers you the role support · /work accept AGENCY, or decline"
        )
        _ = update(&model, .answered(.place(.offers), .success(.place(.offers([])))))
        #expect(model.notices.last?.text == "no agency offers you a role")
    }

    @Test func `the door is told that somebody of this name came before`() {
        var model = Sample.organizer()
        var attendee = Attendee(
            event: Sample.event,
            account: Sample.carol,
            name: "carol",
            displayName: nil,
            isGuest: false,
            state: .registered,
            registeredAt: Sample.now,
            checkedInAt: Sample.now,
            version: 1
        )
        let check = PlaceRequest.checkIn(event: "devconf", account: "carol")
        _ = update(&model, .answered(.place(check), .success(.place(.attendee(attendee)))))
        #expect(model.notices.last?.text == "carol: has arrived")
        attendee.wasCheckedIn = true
        _ = update(&model, .answered(.place(check), .success(.place(.attendee(attendee)))))
        #expect(model.notices.last?.text.hasPrefix("carol: was here already, since ") == true)
    }

    @Test func `Esc goes back through the pages to the conversation`() {
        var model = Sample.organizer()
        _ = update(&model, .line("/events"))
        Sample.answer(&model, .events(nil), .events([Sample.sampleEvent("devconf", "DevConf", .published)]))
        #expect(Sample.press("Enter", in: &model).place == [.event("devconf")])
        #expect(Sample.press("i", in: &model).place == [.issues("devconf")])
        Sample.press("Esc", in: &model)
        #expect(model.page?.kind == .event("devconf"))
        Sample.press("Esc", in: &model)
        #expect(model.page?.kind == .events)
        Sample.press("Esc", in: &model)
        #expect(model.page == nil)
    }
}

extension PlaceTests {
    @Test func `an announcement is told wherever one is, but not twice where it stands`() {
        for room in [Sample.eventGeneral, Sample.announcements] {
            var model = Sample.participant()
            _ = update(
                &model,
                .line("/join \(room == Sample.announcements ? "#devconf/announcements" : "#devconf/general")")
            )
            let entry = Sample.message(1, Sample.ana, "doors open", in: Sample.announcements)
            _ = update(&model, .live([.entries(log: Sample.announcements.description, [entry])]))
            #expect((model.notices.last?.text == "devconf: doors open") == (room == Sample.eventGeneral))
        }
    }

    @Test func `a guest is called what it wants to be called, marked`() {
        var model = Sample.organizer()
        var guest = Account(id: Sample.id(9), name: "guest-7k3m", kind: .guest, createdAt: Sample.now)
        guest.displayName = "Carol\u{202E} 太郎"
        _ = update(&model, .answered(.accounts([guest.id]), .success(.accounts([guest]))))
        #expect(model.name(of: guest.id).hasPrefix("~Carol"))
        #expect(model.name(of: guest.id, called: "guest-7k3m") == model.name(of: guest.id))
        #expect(model.name(of: Sample.bob, called: "bob") == "bob")
    }
}

extension PlaceTests {
    @Test func `a chat of the archive is opened to read, wherever it is`() {
        var model = Sample.organizer()
        _ = update(&model, .line("/archive carol"))
        Sample.answer(&model, .archive(participant: "carol"), .chats([Sample.chat(.rated)]))
        #expect(Sample.press("Enter", in: &model).place == [.channel(Sample.chatChannel)])
        var channel = Sample.channel(Sample.chatChannel, nil, people: [Sample.ana, Sample.carol], head: 3, role: nil)
        channel.kind = .chat
        let effects = Sample.answer(&model, .channel(Sample.chatChannel), .channel(channel))
        #expect(model.current == Sample.chatChannel && model.page == nil)
        #expect(effects.contains(.follow(Sample.chatChannel, after: 3)))
    }
}

extension PlaceTests {
    @Test func `what is refused is said in the page, and nothing of another stands there`() {
        var model = Sample.organizer()
        _ = update(&model, .line("/grants bob"))
        Sample.answer(
            &model,
            .grants(Sample.bob),
            .grants([
                Grant(account: Sample.bob, role: .support, scope: .platform, grantedBy: nil, grantedAt: Sample.now)
            ])
        )
        _ = update(&model, .line("/grants carol"))
        #expect(model.places.grants.isEmpty)
        let refusal = APIError(.forbidden, "ana may not see the grants of others")
        _ = update(&model, .answered(.place(.grants(Sample.carol)), .failure(refusal)))
        _ = update(&model, .clock(Sample.now + 60_000))
        #expect(FrameText(view(model)).plain.contains("ana may not see the grants of others"))
    }

    @Test func `somebody who is not known here is looked up, and a name that nobody has is said to be none`() {
        var model = Sample.organizer(Size(width: 80, height: 24))
        #expect(update(&model, .line("/grants zora")).place == [.findForGrants("zora")])
        let nobody = APIError(.notFound, "there is no account 'zora'")
        _ = update(&model, .answered(.place(.findForGrants("zora")), .failure(nobody)))
        #expect(model.notices.last?.text.contains("there is no account 'zora'") == true)
        #expect(model.page == nil)

        let zora = Sample.account(AccountID(high: 77, low: 7), "zora")
        let effects = update(&model, .answered(.place(.findForGrants("zora")), .success(.place(.account(zora)))))
        #expect(effects.place == [.grants(zora.id)])
        #expect(model.page?.kind == .grants(zora.id))
        #expect(FrameText(view(model)).plain.contains("What zora may do"))
    }

    @Test func `channels of an event that one works for are on its page, and are joined from there`() {
        var model = Sample.organizer(Size(width: 80, height: 24))
        _ = update(&model, .line("/event devconf"))
        let event = Sample.sampleEvent("devconf", "DevConf", .published, phase: .ongoing)
        var hallway = Sample.channel(Sample.channel(95), "hallway", role: nil)
        hallway.space = .event(Sample.event)
        hallway.spaceName = "devconf"
        Sample.answer(&model, .event("devconf"), .event(event, [], [], [hallway]))
        #expect(FrameText(view(model)).plain.contains("#devconf/hallway · Enter joins"))
        model.page?.selected = "channel/\(hallway.id)"
        #expect(Sample.press("Enter", in: &model).requests == [.join("devconf/hallway", secret: nil)])
    }

    @Test func `the list of channels says of which event each is`() {
        var model = Sample.organizer(Size(width: 80, height: 24))
        _ = update(&model, .line("/channels"))
        var hallway = Sample.channel(Sample.channel(95), "hallway", role: nil)
        hallway.kind = .announce
        hallway.spaceName = "devconf"
        let tea = Sample.channel(Sample.channel(96), "tea", role: nil)
        _ = update(&model, .answered(.channels, .success(.channels([hallway, tea]))))
        guard case .list(let list)? = model.overlay else {
            Issue.record("the list is not open")
            return
        }
        #expect(list.rows.map(\.text) == ["#tea", "#devconf/hallway"])
        #expect(list.rows.map(\.choice) == [.join("tea"), .join("devconf/hallway")])
    }
}
