import ChatAPI
import ChatTestKit
import Engine
import Storage
import Synchronization
import Testing

/// Known defects of the systems that this one succeeds, each by its name, each impossible here. Those of the help desk
/// are in `DeskRegressionTests`, those of staff in `StaffTests`, those of timers in `DeadlineTests`, and those that
/// only a socket shows in `PredecessorLiveTests`.
@Suite("Defects of the predecessors")
struct PredecessorTests {
    // MARK: - System 000: help at mass events

    @Test func `system 000: the last owner could go, and left an agency that nobody could manage`() async throws {
        let world = try await EventWorld()
        let leave = StaffRef(agency: "nordlys", account: "odin")
        #expect(await world.refusal("odin", .removeStaff, leave)?.code == .lastAdmin)
        #expect(await world.refusal("odin", .deleteMe, AccountDeletion(password: AccountWorld.password)) != nil)
    }

    @Test func `system 000: whoever came back had to read everything again`() async throws {
        let tea = try await Community()
        var last: Int64 = 0
        for number in 1...40 { last = try await tea.send("\(number)", by: tea.ana).seq }
        let query = EntryQuery(channel: "tea", after: last - 3, limit: 100)
        let page = try await tea.bob.call(.entries, query)
        #expect(page.entries.map(\.seq) == [last - 2, last - 1, last])
        #expect(page.hasEarlier && !page.hasLater)
    }

    // MARK: - System 002: a self-hosted community

    @Test func `system 002: a conflict gave a block away`() async throws {
        // Asking for contact was refused with another answer where one was blocked.
        func answers(isBlocked: Bool) async throws -> [String] {
            let tea = try await Community()
            if isBlocked { _ = try await tea.ana.call(.setBlock, BlockDraft(account: "bob")) }
            var answers: [String] = []
            for _ in 0..<2 {
                var direct = try await tea.bob.call(.openDirect, DirectDraft(people: ["ana"]))
                #expect(direct.people?.contains(tea.ana.id) == true)
                (direct.id, direct.people) = (ChannelID(high: 1, low: 1), nil)
                (direct.createdBy, direct.createdAt) = (nil, 0)
                answers.append("\(direct)")
            }
            return answers
        }
        #expect(try await answers(isBlocked: true) == answers(isBlocked: false))
    }

    @Test func `system 002: the secrets of sessions were stored as they are`() async throws {
        let world = try AccountWorld()
        let ana = try await world.register("ana")
        for secret in [ana.tokens.refreshToken, ana.tokens.accessToken] {
            for column in ["refresh_hash", "previous_hash"] {
                let question = SQL("SELECT COUNT(*) FROM session WHERE instr(\(column), :secret) > 0")
                let found = try await world.engine.database.read { tx in
                    try tx.first(question) {
                        $0.bind("secret", Array(secret.utf8))
                    } row: {
                        $0.int(0)
                    }
                }
                #expect(found == 0, "\(column)")
            }
        }
    }

    @Test func `system 002: any service could write what it liked into the audit log`() async throws {
        // Entries are written by what happens and by nothing else: no operation takes one.
        let writing = Operation.all.filter { $0.name.hasPrefix("audit.") && $0.changes }.map(\.name)
        #expect(Set(writing) == ["audit.sign", "audit.trim"])
    }

    @Test func `system 002: a ban was a flag of the member, and leaving took it along`() async throws {
        let tea = try await Community()
        _ = try await tea.ana.call(.ban, SanctionDraft(account: "bob", scope: "tea"))
        #expect(await refusal { try await tea.bob.call(.joinChannel, ChannelJoin(channel: "tea")) }?.code == .banned)
        _ = try? await tea.bob.call(.leaveChannel, ChannelRef("tea"))
        #expect(await refusal { try await tea.bob.call(.joinChannel, ChannelJoin(channel: "tea")) }?.code == .banned)
    }

    // MARK: - System 003: chat and sketch

    @Test func `system 003: messages were shown first and stored a second later`() async throws {
        let isBroken = Atomic<Bool>(false)
        let broken = Faults { point in
            guard point == .beforeCommit, isBroken.load(ordering: .relaxed) else { return nil }
            return Faults.Fault(.full)
        }
        let tea = try await Community { $0.storage.faults = broken }
        let (shard, listener) = (HubShard<BlockTests.Listener>(), BlockTests.Listener())
        shard.subscribe(listener, to: .channel(tea.id))
        tea.world.engine.hub.add(Hub.Shard(subscriptions: shard) { $0() })
        isBroken.store(true, ordering: .relaxed)
        #expect(await refusal { try await tea.send("never stored", by: tea.ana) }?.code == .storageFull)
        #expect(listener.frames.isEmpty, "what is not stored is shown to nobody")
        isBroken.store(false, ordering: .relaxed)
        let sent = try await tea.send("stored", by: tea.ana)
        #expect(listener.frames.count == 1)
        #expect(try await tea.message(sent.seq, as: tea.bob).text == "stored")
    }

    @Test func `system 003: whoever left a channel stayed its member`() async throws {
        let tea = try await Community()
        _ = try await tea.bob.call(.leaveChannel, ChannelRef("tea"))
        #expect(try await tea.ana.call(.listMembers, MemberQuery(channel: "tea")).items.map(\.name) == ["ana"])
        #expect(await refusal { try await tea.send("still here", by: tea.bob) }?.code == .notMember)
        #expect(try await tea.ana.call(.channel, ChannelRef("tea")).memberCount == 1)
    }

    @Test func `system 003: a token outlived its sign-out`() async throws {
        let world = try AccountWorld()
        let ana = try await world.register("ana")
        _ = try await ana.call(.signOut)
        #expect(await refusal { try await world.caller(ana.tokens.accessToken) }?.code == .notSignedIn)
        let refresh = Refresh(refreshToken: ana.tokens.refreshToken)
        #expect(await refusal { try await world.anonymous().call(.refresh, refresh) }?.code == .notSignedIn)
    }

    @Test func `system 003: the last admin could go, and an admin could step down alone`() async throws {
        let tea = try await Community()
        #expect(await refusal { try await tea.ana.call(.leaveChannel, ChannelRef("tea")) }?.code == .lastAdmin)
        let down = MemberChange(channel: "tea", account: "ana", role: .member)
        #expect(await refusal { try await tea.ana.call(.changeMember, down) }?.code == .lastAdmin)
    }

    @Test func `system 003: a stroke over an erased place was gone after a reload`() async throws {
        // It kept what was drawn and what was erased apart, and played all of the one before all of the other.
        let scene = try await SketchScene()
        try await scene.draw("first", by: scene.ana)
        let region = SketchRegion(x: 0, y: 0, width: 5, height: 1)
        try await scene.apply(.clear(stroke: scene.stroke(), region: region, layer: 0), by: scene.bob)
        try await scene.draw("again", by: scene.ana)
        #expect(try await scene.row() == "again")
        let settings = scene.tea.world.engine.settings
        scene.tea.world.engine.close()
        let reloaded = try Engine(settings: settings, clock: scene.tea.world.clock, hub: Hub(sealing: .lines))
        defer { reloaded.close() }
        let caller = try await reloaded.authenticator.caller(token: scene.bob.tokens.accessToken, address: "192.0.2.1")
        let snapshot = try await LocalService(reloaded, as: caller).call(.sketchSnapshot, SketchRef(scene.id))
        #expect(snapshot.canvas()?.row(0).prefix(6).map(\.glyph.text).joined() == "again ")
    }

    @Test func `system 003: undo erased a wider line, and with it what others had drawn over it`() async throws {
        let scene = try await SketchScene()
        let mine = try await scene.draw("abcdef", by: scene.ana)
        try await scene.draw("XY", x: 2, by: scene.bob)
        try await scene.draw("below", y: 1, by: scene.bob)
        let undone = try await scene.apply(.undo(stroke: mine), by: scene.ana)
        #expect(undone.skipped == 2)
        #expect(try await scene.row() == "  XY")
        #expect(try await scene.row(1) == "below")
        try await scene.apply(.redo(stroke: mine), by: scene.ana)
        #expect(try await scene.row() == "abXYef")
    }

    @Test func `system 003: a stroke of one point was not sent at all`() async throws {
        let scene = try await SketchScene()
        try await scene.draw("·", x: 7, by: scene.ana)
        #expect(try await scene.row() == "       ·")
    }

    // MARK: - System 004: a market of services

    @Test func `system 004: a status was set to whatever was asked for`() async throws {
        let desk = try await DeskWorld()
        let (ada, oscar) = (try await desk.participant("ada"), try await desk.organizer("oscar"))
        let chat = try await oscar.call(.takeRequest, RequestRef(desk.ask(ada).id))
        _ = try await oscar.call(.endChat, ChatEnding(chat: chat.id))
        let resumed = await refusal { try await oscar.call(.resumeChat, ChatRef(chat.id)) }
        #expect(resumed?.code == .invalidTransition && resumed?.allowed == ["note"])
        let cancelled = await refusal { try await ada.call(.cancelRequest, RequestRef(chat.request)) }
        #expect(cancelled?.code == .invalidTransition && cancelled?.allowed == [])
        _ = try await desk.owner.call(.cancelEvent, EventCancellation(event: "fair"))
        let again = await refusal { try await desk.owner.call(.publishEvent, EventRef("fair")) }
        #expect(again?.code == .invalidTransition && again?.from == "cancelled" && again?.action == "publish")
    }
}
