import ChatAPI
import ChatTestKit
import Engine
import Testing

/// Coming in without the secret, and showing messages to the moderators.
@Suite("Invitations and reports")
struct InvitationTests {
    private func vault() async throws -> (tea: Community, carol: Person) {
        let tea = try await Community()
        let carol = try await tea.world.register("carol")
        _ = try await tea.ana.call(.createChannel, ChannelDraft(name: "vault", secret: "sesame"))
        return (tea, carol)
    }

    @Test func `a code lets in as often as it says`() async throws {
        let (tea, carol) = try await vault()
        let made = try await tea.ana.call(.inviteToChannel, ChannelInvitationDraft(channel: "vault", uses: 1))
        let code = try #require(made.code)
        #expect(made.expiresAt == tea.world.clock.now + 604_800_000)
        // Told once: the list does not say it.
        let listed = try await tea.ana.call(.listInvitations, ChannelRef("vault")).items
        #expect(listed.map(\.id) == [made.id] && listed.first?.code == nil && listed.first?.usesLeft == 1)
        #expect(try await carol.call(.acceptInvitation, InvitationCode(code.uppercased())).name == "vault")
        // Whoever is in it already uses nothing up; the next one is too late.
        let late = await refusal { try await tea.bob.call(.acceptInvitation, InvitationCode(code)) }
        #expect(late?.code == .codeInvalid)
        #expect(try await tea.ana.call(.listInvitations, ChannelRef("vault")).items.isEmpty)
    }

    @Test func `an invitation of one person is theirs, and they hear of it`() async throws {
        let (tea, carol) = try await vault()
        let made = try await tea.ana.call(.inviteToChannel, ChannelInvitationDraft(channel: "vault", account: "carol"))
        #expect(made.code == nil && made.account == carol.id)
        let told = try await carol.call(.meEntries, MeQuery(after: 0, limit: 500)).entries.last
        #expect(told?.kind == .invited && told?.channel == made.channel && told?.by == tea.ana.id)
        let id = InvitationCode(made.id.description)
        #expect(await refusal { try await tea.bob.call(.acceptInvitation, id) }?.code == .codeInvalid)
        _ = try await carol.call(.acceptInvitation, id)
        let again = ChannelInvitationDraft(channel: "vault", account: "carol")
        #expect(await refusal { try await tea.ana.call(.inviteToChannel, again) }?.code == .conflict)
    }

    @Test func `whoever is invited by name joins without the secret, once, while it lasts`() async throws {
        let (tea, carol) = try await vault()
        #expect(
            await refusal { try await carol.call(.joinChannel, ChannelJoin(channel: "vault")) }?.code == .wrongSecret
        )
        _ = try await tea.ana.call(
            .inviteToChannel,
            ChannelInvitationDraft(channel: "vault", account: "carol", forMs: 60_000)
        )
        // It opens the door for nobody else.
        #expect(
            await refusal { try await tea.bob.call(.joinChannel, ChannelJoin(channel: "vault")) }?.code == .wrongSecret
        )
        #expect(try await carol.call(.joinChannel, ChannelJoin(channel: "vault")).name == "vault")
        #expect(try await tea.ana.call(.listInvitations, ChannelRef("vault")).items.isEmpty)
        _ = try await carol.call(.leaveChannel, ChannelRef("vault"))
        #expect(
            await refusal { try await carol.call(.joinChannel, ChannelJoin(channel: "vault")) }?.code == .wrongSecret
        )
        _ = try await tea.ana.call(
            .inviteToChannel,
            ChannelInvitationDraft(channel: "vault", account: "carol", forMs: 60_000)
        )
        tea.world.clock.advance(by: .seconds(60))
        #expect(
            await refusal { try await carol.call(.joinChannel, ChannelJoin(channel: "vault")) }?.code == .wrongSecret
        )
    }

    @Test func `it ends, is taken back, and is weaker than a ban`() async throws {
        let (tea, carol) = try await vault()
        let short = try await tea.ana.call(.inviteToChannel, ChannelInvitationDraft(channel: "vault", forMs: 60_000))
        let code = try #require(short.code)
        tea.world.clock.advance(by: .seconds(60))
        #expect(await refusal { try await carol.call(.acceptInvitation, InvitationCode(code)) }?.code == .codeInvalid)
        try await tea.world.engine.timers.fireDue()
        let taken = try await tea.ana.call(.inviteToChannel, ChannelInvitationDraft(channel: "vault"))
        _ = try await tea.ana.call(.revokeInvitation, InvitationRef(channel: "vault", invitation: taken.id))
        #expect(
            await refusal { try await carol.call(.acceptInvitation, InvitationCode(taken.code ?? "")) }?.code
                == .codeInvalid
        )
        let open = try await tea.ana.call(.inviteToChannel, ChannelInvitationDraft(channel: "vault"))
        _ = try await tea.ana.call(.ban, SanctionDraft(account: "carol", scope: "vault"))
        #expect(
            await refusal { try await carol.call(.acceptInvitation, InvitationCode(open.code ?? "")) }?.code == .banned
        )
    }

    @Test func `only those who decide who gets in invite`() async throws {
        let (tea, _) = try await vault()
        let olga = try await tea.world.superAdmin()
        let draft = ChannelInvitationDraft(channel: "vault")
        #expect(await refusal { try await tea.bob.call(.inviteToChannel, draft) }?.code == .notMember)
        // A platform administrator manages private channels and does not read them.
        #expect(await refusal { try await olga.call(.inviteToChannel, draft) }?.code == .forbidden)
        for wrong in [
            ChannelInvitationDraft(channel: "vault", uses: 0), ChannelInvitationDraft(channel: "vault", forMs: 1),
            ChannelInvitationDraft(channel: "vault", account: "carol", uses: 2),
        ] {
            #expect(await refusal { try await tea.ana.call(.inviteToChannel, wrong) }?.code == .invalid)
        }
    }

    // MARK: - Reports

    @Test func `a report reaches who moderates the channel, with the words of then`() async throws {
        let tea = try await Community()
        let sent = try await tea.send("you fool", by: tea.ana)
        let draft = ReportDraft(channel: "tea", seq: sent.seq, reason: "an insult")
        let report = try await tea.bob.call(.report, draft)
        #expect(report.text == "you fool" && report.state == .open && report.author == tea.ana.id)
        #expect(try await tea.bob.call(.report, draft) == report)
        _ = try await tea.ana.call(.editMessage, MessageEdit(channel: tea.id, seq: sent.seq, text: "you dear"))
        #expect(try await tea.ana.call(.listReports, ReportQuery()).items.map(\.text) == ["you fool"])
        #expect(try await tea.bob.call(.listReports, ReportQuery()).items.isEmpty)
        let decision = ReportDecision(report: report.id, action: .resolve, note: "talked to her")
        #expect(await refusal { try await tea.bob.call(.decideReport, decision) }?.code == .notFound)
        let resolved = try await tea.ana.call(.decideReport, decision)
        #expect(resolved.state == .resolved && resolved.resolvedBy == tea.ana.id && resolved.note == "talked to her")
        let again = await refusal { try await tea.ana.call(.decideReport, decision) }
        #expect(again?.code == .invalidTransition && again?.allowed == ["reopen"])
        let reopened = try await tea.ana.call(.decideReport, ReportDecision(report: report.id, action: .reopen))
        #expect(reopened.state == .open && reopened.resolvedAt == nil)
    }

    @Test func `what one cannot read one cannot report, nor one's own`() async throws {
        let tea = try await Community()
        let sent = try await tea.send("mine", by: tea.bob)
        func code(_ seq: Int64, _ reason: String = "why", _ channel: String = "tea") async -> APIError.Code? {
            await refusal { try await tea.bob.call(.report, ReportDraft(channel: channel, seq: seq, reason: reason)) }?
                .code
        }
        #expect(await code(sent.seq) == .invalid)
        #expect(await code(sent.seq + 1) == .notFound)
        #expect(await code(1) == .notFound)
        #expect(await code(sent.seq, " ") == .invalid)
        #expect(await code(1, "why", "nowhere") == .notFound)
    }

    @Test func `a message of a direct conversation reaches who moderates the platform`() async throws {
        let tea = try await Community()
        let olga = try await tea.world.superAdmin()
        let direct = try await tea.ana.call(.openDirect, DirectDraft(people: ["bob"]))
        let sent = try await tea.send("a threat", by: tea.ana, in: direct.id)
        let draft = ReportDraft(channel: direct.id.description, seq: sent.seq, reason: "threatens me")
        _ = try await tea.bob.call(.report, draft)
        #expect(try await tea.ana.call(.listReports, ReportQuery()).items.isEmpty)
        #expect(try await olga.call(.listReports, ReportQuery()).items.map(\.text) == ["a threat"])
    }

    @Test func `page by page, the oldest first`() async throws {
        let tea = try await Community()
        for number in 0..<7 {
            tea.world.clock.advance(by: .seconds(1))
            let sent = try await tea.send("\(number)", by: tea.ana)
            _ = try await tea.bob.call(.report, ReportDraft(channel: "tea", seq: sent.seq, reason: "r"))
        }
        var texts: [String] = []
        var cursor: String?
        repeat {
            let page = try await tea.ana.call(.listReports, ReportQuery(limit: 3, cursor: cursor))
            texts += page.items.compactMap(\.text)
            cursor = page.nextCursor
        } while cursor != nil
        #expect(texts == (0..<7).map(String.init))
        #expect(await refusal { try await tea.ana.call(.listReports, ReportQuery(cursor: "x")) }?.code == .invalid)
    }

    @Test func `a deleted account takes its words and its name with it`() async throws {
        let tea = try await Community()
        let sent = try await tea.send("personal", by: tea.ana)
        _ = try await tea.bob.call(.report, ReportDraft(channel: "tea", seq: sent.seq, reason: "secret reason"))
        let olga = try await tea.world.superAdmin()
        _ = try await olga.call(.removeAccount, AccountRef("bob"))
        _ = try await olga.call(.removeAccount, AccountRef("ana"))
        let left = try await olga.call(.listReports, ReportQuery()).items
        #expect(left.count == 1 && left.first?.text == nil && left.first?.by == nil && left.first?.reason == "")
    }
}
