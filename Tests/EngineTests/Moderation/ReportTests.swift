import ChatAPI
import ChatTestKit
import Engine
import Testing

/// A report is news to whoever may decide it, at once, and to nobody else.
@Suite("Reports")
struct ReportTests {
    private func heard(_ person: DeskPerson, _ desk: DeskWorld) async throws -> [Entry] {
        try await desk.log(.me(person.id)).filter { $0.kind == .reported }
    }

    private func say(_ text: String, in channel: ChannelID, _ person: DeskPerson) async throws -> Int64 {
        try await person.call(.sendMessage, Message(channel: channel, cid: .fresh(at: 1), text: text)).seq
    }

    @Test func `a report of an event's channel is told to who keeps order there, once`() async throws {
        let desk = try await DeskWorld()
        let (ana, ben) = (try await desk.participant("ana"), try await desk.participant("ben"))
        let (oscar, root) = (try await desk.organizer("oscar"), try await desk.superAdmin())
        let mia = try await desk.stranger("mia")
        let grant = GrantDraft(account: "mia", role: .moderator, scope: .event(desk.event.id))
        // A staff role takes a long password; mia has one.
        _ = try await desk.owner.call(.giveGrant, grant)
        _ = try await mia.call(.acceptRole, AgencyRef("acme"))
        let general = try await ana.call(.channel, ChannelRef("fair/general")).id
        let seq = try await say("you fool", in: general, ben)
        let draft = ReportDraft(channel: "fair/general", seq: seq, reason: "an insult")
        for _ in 0..<2 { _ = try await ana.call(.report, draft) }
        for person in [desk.owner, root, mia] {
            let entries = try await heard(person, desk)
            #expect(entries.count == 1, "\(person.name)")
            #expect(entries.first?.channel == general && entries.first?.target == seq && entries.first?.by == ana.id)
            #expect(entries.first?.text == nil)
            #expect(try await person.call(.listReports, ReportQuery()).items.map(\.seq) == [seq])
        }
        for person in [ana, ben, oscar] {
            #expect(try await heard(person, desk).isEmpty, "\(person.name)")
            #expect(try await person.call(.listReports, ReportQuery()).items.isEmpty, "\(person.name)")
        }
    }

    @Test func `a channel's admins hear of it, but not of what is said about themselves`() async throws {
        let desk = try await DeskWorld()
        let (ana, ben) = (try await desk.stranger("ana"), try await desk.stranger("ben"))
        let tea = try await ana.call(.createChannel, ChannelDraft(name: "tea")).id
        _ = try await ben.call(.joinChannel, ChannelJoin(channel: "tea"))
        let cem = try await desk.stranger("cem")
        _ = try await cem.call(.joinChannel, ChannelJoin(channel: "tea"))
        let insult = try await say("you fool", in: tea, cem)
        _ = try await ben.call(.report, ReportDraft(channel: "tea", seq: insult, reason: "rude"))
        #expect(try await heard(ana, desk).map(\.target) == [insult])
        let own = try await say("you too", in: tea, ana)
        _ = try await ben.call(.report, ReportDraft(channel: "tea", seq: own, reason: "rude"))
        #expect(try await heard(ana, desk).map(\.target) == [insult])
    }

    @Test func `of a conversation only the platform's moderators hear, and not where it was`() async throws {
        let desk = try await DeskWorld()
        let (ana, ben) = (try await desk.participant("ana"), try await desk.participant("ben"))
        let root = try await desk.superAdmin()
        let direct = try await ana.call(.openDirect, DirectDraft(people: ["ben"]))
        let seq = try await say("a threat", in: direct.id, ben)
        _ = try await ana.call(
            .report,
            ReportDraft(channel: direct.id.description, seq: seq, reason: "threatens me")
        )
        let told = try await heard(root, desk)
        #expect(told.count == 1 && told.first?.channel == nil && told.first?.target == nil)
        #expect(try await heard(desk.owner, desk).isEmpty)
    }

    @Test func `whoever reported hears what was decided, each time, and not what moderators note for each other`()
        async throws
    {
        let desk = try await DeskWorld()
        let (ana, ben) = (try await desk.participant("ana"), try await desk.participant("ben"))
        let general = try await ana.call(.channel, ChannelRef("fair/general")).id
        let seq = try await say("you fool", in: general, ben)
        let report = try await ana.call(
            .report,
            ReportDraft(channel: "fair/general", seq: seq, reason: "an insult")
        )
        #expect(report.spaceName == "fair" && report.channelName == "general")
        for action in [ReportAction.dismiss, .reopen, .resolve] {
            let decision = ReportDecision(report: report.id, action: action, note: "a known troll")
            _ = try await desk.owner.call(.decideReport, decision)
        }
        func decided(_ person: DeskPerson) async throws -> [Entry] {
            try await desk.log(.me(person.id)).filter { $0.kind == .reportDecided }
        }
        let told = try await decided(ana)
        #expect(told.map(\.text) == ["dismissed", "open", "resolved"])
        #expect(told.allSatisfy { $0.channel == general && $0.target == seq && $0.by == desk.owner.id })
        for person in [ben, desk.owner] { #expect(try await decided(person).isEmpty) }
    }

    @Test func `of a conversation the reporter hears the outcome and nothing of where it was`() async throws {
        let desk = try await DeskWorld()
        let (ana, ben) = (try await desk.participant("ana"), try await desk.participant("ben"))
        let root = try await desk.superAdmin()
        let direct = try await ana.call(.openDirect, DirectDraft(people: ["ben"]))
        let seq = try await say("a threat", in: direct.id, ben)
        let draft = ReportDraft(channel: direct.id.description, seq: seq, reason: "threatens me")
        let report = try await ana.call(.report, draft)
        _ = try await root.call(.decideReport, ReportDecision(report: report.id, action: .resolve))
        let told = try await desk.log(.me(ana.id)).filter { $0.kind == .reportDecided }
        #expect(told.map(\.text) == ["resolved"] && told.first?.channel == nil && told.first?.target == nil)
    }

    @Test func `a report that was only tried is not told`() async throws {
        let desk = try await DeskWorld()
        let (ana, ben) = (try await desk.participant("ana"), try await desk.participant("ben"))
        let general = try await ana.call(.channel, ChannelRef("fair/general")).id
        let seq = try await say("you fool", in: general, ben)
        let draft = ReportDraft(channel: "fair/general", seq: seq, reason: "an insult")
        _ = try await ana.service().call(.report, draft, CallOptions(dryRun: true))
        #expect(try await heard(desk.owner, desk).isEmpty)
    }
}
