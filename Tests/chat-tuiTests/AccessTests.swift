import ChatAPI
import ChatKit
import TerminalUI
import Testing
import chat_tui

/// Who may come in and speak: invitations, rules of a channel, broken glass.
@Suite struct AccessTests {
    private func model(_ size: Size = Size(width: 80, height: 24)) -> Model {
        var model = Sample.organizer(size)
        _ = update(&model, .line("/join devconf/general"))
        return model
    }

    private func access(_ effects: [Effect]) -> [AccessRequest] {
        effects.requests.compactMap { if case .access(let request) = $0 { request } else { nil } }
    }

    @Test func `invitations are for one person, or a code with uses and a time`() {
        let general = Sample.eventGeneral
        let expected: [(String, AccessRequest)] = [
            ("/invite", .invite(general, account: nil, uses: nil, forMs: nil)),
            ("/invite @bob", .invite(general, account: "bob", uses: nil, forMs: nil)),
            ("/invite bob 1d", .invite(general, account: "bob", uses: nil, forMs: 86_400_000)),
            ("/invite 20 2h", .invite(general, account: nil, uses: 20, forMs: 7_200_000)),
            ("/invitations", .invitations(general)), ("/posting", .posting(general)),
            ("/deny everyone post", .permit(general, .everyone, [.post], isAllowed: false)),
            ("/allow speaker post, MentionAll", .permit(general, .speaker, [.post, .mentionAll], isAllowed: true)),
        ]
        for (line, request) in expected {
            var model = model()
            #expect(access(update(&model, .line(line))) == [request], "\(line)")
        }
    }

    @Test(arguments: [
        ("/invite bob 20", "an invitation of a person is used once: leave 20 out"),
        ("/invite 0", "a code is used 1 to 10000 times, not 0"),
        ("/invite 91d", "'91d' is too long or too short: 1m to 90d"),
        ("/invite bob carol", "/invite takes one name, or how often and how long: /invite 20 2d"),
        ("/uninvite 1", "/invitations shows them with their numbers"),
        ("/allow", "/allow needs a group and what it may do: /allow GROUP ACT …"),
        ("/allow nobody post", "'nobody' is no group: everyone, guest, speaker"),
        ("/deny guest fly", "'fly' is none of post, react, pin, mentionAll, draw"),
        ("/deny guest", "/deny guest what? post, react, pin, mentionAll, draw"),
        (
            "/glass because I say so",
            "which conversation? Give its id; a report that is selected in /reports names it, too"
        ),
        ("/clone", "/clone needs the name of the copy: /clone [NAME] NEW [STARTS]"),
    ])
    func `what makes no sense is said in a sentence`(line: String, sentence: String) {
        var model = model()
        #expect(update(&model, .line(line)).requests.isEmpty)
        #expect(model.notices.last?.text == sentence)
    }

    @Test func `the code of an invitation is known by its beginning`() {
        var model = model()
        #expect(update(&model, .line("/join plz_h_abc")).place == [.accept(code: "plz_h_abc")])
    }

    // MARK: - Twice is meant

    @Test(arguments: [
        "/suspend nordlys fees", "/revoke nordlys", "/calloff rain", "/close", "/withdraw", "/emergency 15m",
        "/posting open", "/glass 01900000-0003-7000-8000-000000000001 threats were reported",
    ])
    func `what many would notice is done when the same line comes again`(line: String) {
        var model = model()
        #expect(update(&model, .line(line)).requests.isEmpty, "at once")
        #expect(model.notices.last?.text.hasSuffix("; the same line again does it") == true)
        // Something else in between takes the question back.
        _ = update(&model, .line("/topic"))
        #expect(update(&model, .line(line)).requests.isEmpty, "after something else")
        // So does a minute.
        _ = update(&model, .clock(Sample.now + 60_000))
        #expect(update(&model, .line(line)).requests.isEmpty, "a minute later")
        #expect(update(&model, .line(line)).requests.count == 1)
        #expect(update(&model, .line(line)).requests.isEmpty, "once is once")
    }

    @Test func `the line stays while it is asked about, so that Enter is the answer`() {
        var model = model()
        Sample.type("/calloff devconf rain", into: &model)
        #expect(Sample.press("Enter", in: &model).place.isEmpty)
        #expect(model.composer.text == "/calloff devconf rain")
        #expect(Sample.press("Enter", in: &model).place == [.call(off: "devconf", reason: "rain")])
        #expect(model.composer.isEmpty)
    }

    @Test(arguments: [
        ("/calloff heavy rain", PlaceRequest.call(off: "devconf", reason: "heavy rain")),
        ("/close devconf", .archive("devconf")),
    ])
    func `without a name it is the event that is looked at`(line: String, request: PlaceRequest) {
        var model = model()
        _ = update(&model, .line(line))
        #expect(update(&model, .line(line)).place == [request])
    }

    @Test(arguments: [
        ("/clone devconf27", PlaceRequest.clone("devconf", as: "devconf27", starts: nil)),
        ("/clone other devconf27", .clone("other", as: "devconf27", starts: nil)),
        ("/clone devconf27 2027-05-01T09:00", .clone("devconf", as: "devconf27", starts: "2027-05-01T09:00")),
        ("/code devconf", .makeCode("devconf")), ("/register", .register("devconf")),
    ])
    func `what is harmless is done at once`(line: String, request: PlaceRequest) {
        var model = model()
        #expect(update(&model, .line(line)).place == [request])
    }

    // MARK: - Rules

    @Test func `rules of one group are set, those of others stay, and none is empty`() {
        let stage = AccessRequest.rules([], .everyone, [.post, .draw], isAllowed: false)
        #expect(stage == [PostingRule(.everyone, deny: [.post, .draw])])
        let speakers = AccessRequest.rules(stage, .speaker, [.post], isAllowed: true)
        #expect(speakers == [PostingRule(.everyone, deny: [.post, .draw]), PostingRule(.speaker, allow: [.post])])
        let drawing = AccessRequest.rules(speakers, .everyone, [.draw], isAllowed: true)
        #expect(drawing.first == PostingRule(.everyone, allow: [.draw], deny: [.post]))
        #expect(AccessRequest.rules([PostingRule(.guest)], .speaker, [], isAllowed: true).isEmpty)
    }

    // MARK: - Tables

    @Test(arguments: FrameTests.sizes.prefix(2))
    func `invitations, rules and sanctions at each size`(size: Size) {
        let name = "\(size.width)x\(size.height)"
        var model = model(size)
        _ = update(&model, .line("/invitations"))
        let code = ChannelInvitation(
            id: InvitationID(high: 1, low: 1),
            channel: Sample.eventGeneral,
            channelName: "general",
            account: nil,
            code: nil,
            usesLeft: 20,
            expiresAt: Sample.now + 86_400_000,
            by: Sample.ana,
            at: Sample.now
        )
        var person = code
        person.id = InvitationID(high: 1, low: 2)
        person.account = Sample.bob
        person.usesLeft = 1
        let request = AccessRequest.invitations(Sample.eventGeneral)
        _ = update(&model, .answered(.access(request), .success(.access(.invitations([code, person])))))
        expectFrame(view(model), "invitations-\(name)")
        #expect(access(Sample.press("Down", "d", in: &model)).isEmpty)
        #expect(access(Sample.press("d", in: &model)) == [.takeBack(Sample.eventGeneral, person.id)])
        #expect(access(update(&model, .line("/uninvite 1"))) == [.takeBack(Sample.eventGeneral, code.id)])

        _ = update(&model, .line("/posting"))
        let posting = Posting(
            channel: Sample.eventGeneral,
            slowModeMs: 30_000,
            rules: [PostingRule(.everyone, deny: [.mentionAll]), PostingRule(.guest, deny: [.pin, .draw])],
            emergency: Emergency(
                scope: .event(Sample.event),
                voice: .moderators,
                until: Sample.now + 900_000,
                reason: "please leave the hall",
                by: Sample.ana,
                at: Sample.now
            ),
            may: [.post, .react]
        )
        _ = update(
            &model,
            .answered(.access(.posting(Sample.eventGeneral)), .success(.access(.posting(posting))))
        )
        expectFrame(view(model), "posting-\(name)")

        _ = update(&model, .line("/sanctions everywhere"))
        let ban = Sanction(
            account: Sample.bob,
            name: "bob",
            kind: .ban,
            scope: .event(Sample.event),
            until: nil,
            reason: "sells tickets",
            by: Sample.ana,
            at: Sample.now
        )
        let scope = Scope.event(Sample.event).description
        _ = update(&model, .answered(.order(.sanctions(scope: scope)), .success(.order(.sanctions([ban])))))
        expectFrame(view(model), "sanctions-\(name)")
        #expect(Sample.press("d", in: &model).requests.isEmpty)
        #expect(Sample.press("d", in: &model).requests == [.order(.reinstate("bob", scope: scope))])
    }

    // MARK: - What one is told

    @Test func `an invitation, a ban and a place that is gone are told to whom they concern`() {
        let news: [(EntryKind, String, String)] = [
            (
                .invited, "devconf/crew",
                "bob invites you to #devconf/crew: /join #devconf/crew, or /decline #devconf/crew"
            ),
            (.sanctionsChanged, "no longer muted in #general", "you are no longer muted in #general"),
            (.sanctionsChanged, "removed from #devconf/general", "you were removed from #devconf/general"),
            (.reportDecided, "resolved", "bob looked at what you reported: something was done about it"),
            (.reportDecided, "dismissed", "bob looked at what you reported: nothing had to be done"),
            (
                .roleOffered, "nordlys support devconf",
                "nordlys offers you the role support in devconf: /work accept nordlys, or /work decline nordlys"
            ),
            (
                .registrationChanged, "devconf lapsed",
                "the place in devconf went to somebody else; /register devconf asks again"
            ),
        ]
        for (kind, text, sentence) in news {
            var model = model()
            model.hasFocus = false
            var entry = Entry(kind: kind, channel: nil, seq: 9, by: Sample.bob, at: Sample.now)
            entry.text = text
            let effects = update(&model, .live([.entries(log: LogName.me, [entry])]))
            #expect(model.notices.last?.text == sentence)
            #expect(effects.contains(.notify(title: "chat-tui", body: sentence)))
        }
        var model = model()
        let count = model.noticeCount
        var own = Entry(kind: .registrationChanged, channel: nil, seq: 9, by: Sample.ana, at: Sample.now)
        own.text = "devconf waiting"
        _ = update(&model, .live([.entries(log: LogName.me, [own])]))
        #expect(model.noticeCount == count, "what one did oneself is no news")
    }

    @Test func `both sides see who reads their conversation, and why`() {
        var model = Sample.organizer(Size(width: 120, height: 40), withChat: true)
        _ = update(&model, .line("/join &carol"))
        var entry = Entry(kind: .glassBroken, channel: Sample.chatChannel, seq: 4, by: Sample.bob, at: Sample.now)
        entry.text = "threats were reported"
        _ = update(&model, .live([.entries(log: Sample.chatChannel.description, [entry])]))
        let sentence = "bob reads this conversation for an hour: threats were reported"
        #expect(FrameText(view(model)).plain.contains(sentence))
        // Where there is no room for a line of it, it goes on below.
        _ = update(&model, .input(.resize(Size(width: 40, height: 12))))
        #expect(FrameText(view(model)).plain.contains("reported"))
        #expect(LinearLine.entry(entry, room: Sample.chatChannel).plain(model).hasSuffix(sentence))
    }

    @Test func `a report about a private conversation leads to the glass, with a reason`() {
        var model = model()
        model.capabilities.append(.breakGlass)
        _ = update(&model, .line("/reports"))
        let report = Report(
            id: ReportID(high: 1, low: 1),
            channel: Sample.channel(99),
            channelName: nil,
            seq: 3,
            author: Sample.bob,
            text: "I know where you live",
            reason: "a threat",
            by: Sample.carol,
            at: Sample.now,
            state: .open
        )
        _ = update(&model, .answered(.order(.reports), .success(.order(.reports([report])))))
        _ = Sample.press("Enter", in: &model)
        #expect(model.composer.text == "/glass \(report.channel) ")
        let line = "/glass a threat, case 17"
        _ = update(&model, .line(line))
        #expect(access(update(&model, .line(line))) == [.breakGlass(report.channel, reason: "a threat, case 17")])
    }

    @Test func `open reports are counted in the sidebar, and read anew when one more comes`() {
        var model = model()
        model.capabilities.append(.moderate)
        #expect(!FrameText(view(model)).plain.contains("Reports"))
        var reports = (1...3).map { number in
            Report(
                id: ReportID(high: 1, low: UInt64(number)),
                channel: Sample.eventGeneral,
                channelName: "general",
                seq: Int64(number),
                author: Sample.bob,
                text: "buy my tickets",
                reason: "spam",
                by: Sample.carol,
                at: Sample.now,
                state: .open
            )
        }
        reports[2].state = .resolved
        _ = update(&model, .answered(.order(.reports), .success(.order(.reports(reports)))))
        #expect(FrameText(view(model)).plain.contains(/Reports +2/))
        let news = Entry(kind: .reported, channel: Sample.eventGeneral, seq: 9, by: Sample.bob, at: Sample.now)
        let effects = update(&model, .live([.entries(log: LogName.me, [news])]))
        #expect(effects.requests.contains(.order(.reports)))
        // Nobody opened the table: an answer that fails is no news.
        let count = model.noticeCount
        _ = update(&model, .answered(.order(.reports), .failure(APIError(.forbidden, "no"))))
        #expect(model.noticeCount == count)
    }

    @Test func `whoever is new in an event is told how one asks for help, until they have asked`() {
        var waiting = Sample.waiting(1, Sample.carol, "carol", "I fell", minutes: 1)
        waiting.position = 1
        let hint = "/help TEXT asks for help"
        var newcomer = Sample.participant()
        _ = update(&newcomer, .line("/join devconf/general"))
        #expect(FrameText(view(newcomer)).plain.contains(hint))
        var asker = Sample.participant(Size(width: 80, height: 24), waiting)
        _ = update(&asker, .line("/join devconf/general"))
        #expect(!FrameText(view(asker)).plain.contains(hint))
        #expect(!FrameText(view(model())).plain.contains(hint))
    }

    @Test func `the queue's key goes from one queue to the next`() {
        var model = Sample.organizer()
        let other = QueueID(high: 7, low: 7)
        model.help.availability?.queues.append(
            QueueCounters(queue: other, name: "sound", waiting: 1, unattended: 0, oldestAt: nil)
        )
        #expect(Sample.press("F7", in: &model).help.contains(.board(Sample.queue)))
        #expect(Sample.press("F7", in: &model).help.contains(.board(other)))
        #expect(Sample.press("F7", in: &model).help.contains(.board(Sample.queue)))
    }
}
