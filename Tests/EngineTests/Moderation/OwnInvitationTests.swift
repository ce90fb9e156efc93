import ChatAPI
import ChatTestKit
import Engine
import Storage
import Testing

/// Invitations from the side of whoever is invited: seeing them, saying no, and being left in peace.
@Suite("Own invitations")
struct OwnInvitationTests {
    private static let week: Int64 = 604_800

    private func vault() async throws -> (tea: Community, carol: Person, invitation: ChannelInvitation) {
        let tea = try await Community()
        let carol = try await tea.world.register("carol")
        _ = try await tea.ana.call(.createChannel, ChannelDraft(name: "vault", secret: "sesame"))
        return (tea, carol, try await invite(carol, by: tea.ana))
    }

    @discardableResult
    private func invite(_ person: Person, by: Person, forMs: Int64? = nil) async throws -> ChannelInvitation {
        try await by.call(
            .inviteToChannel,
            ChannelInvitationDraft(channel: "vault", account: person.name, forMs: forMs)
        )
    }

    private func own(_ person: Person) async throws -> [InvitationID] {
        try await person.call(.ownInvitations, Empty()).items.map(\.id)
    }

    private func decline(_ id: InvitationID, by person: Person) async throws {
        _ = try await person.call(.declineInvitation, OwnInvitationRef(id))
    }

    @Test func `whoever is invited sees where and by whom, and nobody else does`() async throws {
        let (tea, carol, made) = try await vault()
        let item = try #require(try await carol.call(.ownInvitations, Empty()).items.first)
        #expect(item == made && item.channelName == "vault" && item.spaceName == nil && item.by == tea.ana.id)
        #expect(item.code == nil)
        _ = try await tea.ana.call(.inviteToChannel, ChannelInvitationDraft(channel: "vault"))
        #expect(try await own(carol) == [made.id], "a code is for nobody in particular")
        #expect(try await own(tea.bob).isEmpty)
        #expect(await refusal { try await decline(made.id, by: tea.bob) }?.code == .notFound)
        #expect(try await own(carol) == [made.id])
    }

    @Test func `who says no is gone from the list, does not come in by it, and is left in peace for a week`()
        async throws
    {
        let (tea, carol, made) = try await vault()
        try await decline(made.id, by: carol)
        #expect(try await own(carol).isEmpty)
        #expect(try await tea.ana.call(.listInvitations, ChannelRef("vault")).items.isEmpty)
        #expect(
            await refusal { try await decline(made.id, by: carol) }?.code == .notFound,
            "a second no is about nothing"
        )
        let code = InvitationCode(made.id.description)
        #expect(await refusal { try await carol.call(.acceptInvitation, code) }?.code == .codeInvalid)
        #expect(
            await refusal { try await carol.call(.joinChannel, ChannelJoin(channel: "vault")) }?.code == .wrongSecret
        )
        let revoked = InvitationRef(channel: "vault", invitation: made.id)
        #expect(await refusal { try await tea.ana.call(.revokeInvitation, revoked) }?.code == .notFound)

        let again = await refusal { try await invite(carol, by: tea.ana) }
        #expect(again?.code == .conflict)
        #expect(
            again?.detail
                == "carol has declined an invitation to #vault: they can be invited again on 2026-05-08 12:00 UTC"
        )
        tea.world.clock.advance(by: .seconds(Self.week - 1))
        let ana = try await tea.world.signIn("ana")
        #expect(await refusal { try await invite(carol, by: ana) }?.code == .conflict)
        tea.world.clock.advance(by: .seconds(1))
        let second = try await invite(carol, by: ana)
        #expect(try await own(tea.world.signIn("carol")) == [second.id])
    }

    @Test func `an invitation that ended a minute later does not shorten the peace`() async throws {
        let (tea, carol, made) = try await vault()
        _ = try await tea.ana.call(.revokeInvitation, InvitationRef(channel: "vault", invitation: made.id))
        let short = try await invite(carol, by: tea.ana, forMs: 60_000)
        try await decline(short.id, by: carol)
        tea.world.clock.advance(by: .seconds(61))
        try await tea.world.engine.timers.fireDue()
        #expect(await refusal { try await invite(carol, by: tea.ana) }?.code == .conflict)
    }

    @Test func `what ended, was taken back or would let nobody in is not in the list`() async throws {
        let (tea, carol, made) = try await vault()
        _ = try await tea.ana.call(.revokeInvitation, InvitationRef(channel: "vault", invitation: made.id))
        #expect(try await own(carol).isEmpty)
        let short = try await invite(carol, by: tea.ana, forMs: 60_000)
        tea.world.clock.advance(by: .seconds(60))
        #expect(try await own(carol).isEmpty)
        #expect(await refusal { try await decline(short.id, by: carol) }?.code == .notFound)

        try await invite(carol, by: tea.ana)
        let olga = try await tea.world.superAdmin()
        _ = try await olga.call(.ban, SanctionDraft(account: "carol", scope: "channel/vault"))
        #expect(try await own(carol).isEmpty, "a ban is stronger")
        _ = try await olga.call(.reinstate, Reinstatement(account: "carol", scope: "channel/vault"))
        #expect(try await own(carol).count == 1)
        _ = try await tea.ana.call(.deleteChannel, ChannelRef("vault"))
        #expect(try await own(carol).isEmpty)
    }

    @Test func `joining settles it, however one came in`() async throws {
        let (tea, carol, _) = try await vault()
        _ = try await carol.call(.joinChannel, ChannelJoin(channel: "vault", secret: "sesame"))
        #expect(try await own(carol).isEmpty)
        #expect(try await tea.ana.call(.listInvitations, ChannelRef("vault")).items.isEmpty)
        _ = try await carol.call(.leaveChannel, ChannelRef("vault"))

        // Whoever said no and came all the same has changed their mind.
        let second = try await invite(carol, by: tea.ana)
        try await decline(second.id, by: carol)
        _ = try await carol.call(.joinChannel, ChannelJoin(channel: "vault", secret: "sesame"))
        _ = try await carol.call(.leaveChannel, ChannelRef("vault"))
        try await invite(carol, by: tea.ana)
    }

    @Test func `nobody learns by inviting whether they are blocked`() async throws {
        let tea = try await Community()
        let carol = try await tea.world.register("carol")
        let dora = try await tea.world.register("dora")
        _ = try await tea.ana.call(.createChannel, ChannelDraft(name: "vault", secret: "sesame"))
        _ = try await carol.call(.setBlock, BlockDraft(account: "ana"))
        var answers: [[String]] = []
        for person in [carol, dora] {
            var lines: [String] = []
            let made = try await invite(person, by: tea.ana)
            lines.append("\(made.account == person.id) \(made.usesLeft ?? 0)")
            let listed = try await tea.ana.call(.listInvitations, ChannelRef("vault")).items
            lines.append("\(listed.filter { $0.account == person.id }.count)")
            lines.append("\(try await invite(person, by: tea.ana).usesLeft ?? 0)")
            answers.append(lines)
        }
        #expect(answers[0] == answers[1])
        #expect(try await own(carol).isEmpty, "whom she has blocked she hears nothing of")
        #expect(try await own(dora).count == 1)
        _ = try await carol.call(.removeBlock, AccountRef("ana"))
        #expect(try await own(carol).count == 1)
    }

    @Test func `a no is in the channel's audit log, and a dry run says nothing`() async throws {
        let (tea, carol, made) = try await vault()
        let dry = CallOptions(dryRun: true)
        _ = try await carol.service().call(.declineInvitation, OwnInvitationRef(made.id), dry)
        #expect(try await own(carol) == [made.id])
        try await decline(made.id, by: carol)
        let olga = try await tea.world.superAdmin()
        let audited = try await olga.call(.audit, AuditQuery(after: 0, limit: 500)).entries
            .filter { $0.object == "channel/\(made.channel)" && $0.actor == carol.id }
        #expect(audited.map(\.action) == ["invitations.decline"])
    }
}
