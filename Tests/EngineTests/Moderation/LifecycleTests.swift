import ChatAPI
import ChatTestKit
import Engine
import Testing

/// The small lives that need no machine of their own, as tables all the same: every state, every action, every outcome.
@Suite("Lives of invitations, issues, sanctions and emergencies")
struct LifecycleTests {
    /// One step's outcome in a table: `ok`, or the code of the refusal.
    private func outcome(_ step: () async throws -> Void) async -> String {
        do {
            try await step()
            return "ok"
        } catch { return (error as? APIError)?.code.rawValue ?? "\(error)" }
    }

    // MARK: - Invitations

    private enum Invited: String, CaseIterable {
        case open, personal, usedUp, expired, revoked
    }

    @Test func `invitations: what each can do with each`() async throws {
        //            carol accepts, dave accepts, ana revokes
        let table: [Invited: [String]] = [
            .open: ["ok", "ok", "ok"], .personal: ["ok", "code_invalid", "not_found"],
            .usedUp: ["code_invalid", "code_invalid", "not_found"],
            .expired: ["code_invalid", "code_invalid", "ok"], .revoked: ["code_invalid", "code_invalid", "not_found"],
        ]
        for state in Invited.allCases {
            let tea = try await Community()
            let (carol, dave) = (try await tea.world.register("carol"), try await tea.world.register("dave"))
            _ = try await tea.ana.call(.createChannel, ChannelDraft(name: "vault", secret: "sesame"))
            var draft = ChannelInvitationDraft(channel: "vault")
            if state == .personal { draft.account = "carol" }
            if state == .usedUp { draft.uses = 1 }
            let made = try await tea.ana.call(.inviteToChannel, draft)
            let ref = InvitationRef(channel: "vault", invitation: made.id)
            let code = InvitationCode(made.code ?? made.id.description)
            switch state {
            case .open, .personal: break
            case .usedUp: _ = try await tea.bob.call(.acceptInvitation, code)
            case .expired: tea.world.clock.advance(by: .seconds(604_800))
            case .revoked: _ = try await tea.ana.call(.revokeInvitation, ref)
            }
            // Sessions are a week older now where it expired: everybody comes back.
            func again(_ person: Person) async throws -> Person { try await tea.world.signIn(person.name) }
            let people = (carol: try await again(carol), dave: try await again(dave), ana: try await again(tea.ana))
            let outcomes = [
                await outcome { _ = try await people.carol.call(.acceptInvitation, code) },
                await outcome { _ = try await people.dave.call(.acceptInvitation, code) },
                await outcome { _ = try await people.ana.call(.revokeInvitation, ref) },
            ]
            #expect(outcomes == table[state], "\(state.rawValue)")
        }
    }

    @Test func `an invitation to an event's channel takes the place of its secret, not of a place in the event`()
        async throws
    {
        let desk = try await DeskWorld()
        let (ana, mallory) = (try await desk.participant("ana"), try await desk.stranger("mallory"))
        _ = try await desk.owner.call(
            .createChannel,
            ChannelDraft(name: "speakers", secret: "sesame", space: .event(desk.event.id))
        )
        let made = try await desk.owner.call(.inviteToChannel, ChannelInvitationDraft(channel: "fair/speakers"))
        let code = InvitationCode(try #require(made.code))
        let refused = await refusal { try await mallory.call(.acceptInvitation, code) }
        #expect(refused?.code == .conflict && refused?.detail.contains("mallory is not in the event") == true)
        #expect(try await ana.call(.acceptInvitation, code).name == "speakers")
        let personal = ChannelInvitationDraft(channel: "fair/speakers", account: "mallory")
        #expect(await refusal { try await desk.owner.call(.inviteToChannel, personal) } != nil)
    }

    // MARK: - Issues

    @Test func `issues: from every status to every status, and when they are closed`() async throws {
        let world = try await EventWorld()
        _ = try await world.publish("devconf")
        for from in IssueStatus.words {
            for to in IssueStatus.words {
                let issue = try await world.call("sam", .createIssue, IssueDraft(event: "devconf", title: "Projector"))
                #expect(issue.status == .open && issue.closedAt == nil)
                var change = IssueChange(issue: issue.id)
                change.status = from
                let before = try await world.call("sam", .changeIssue, change)
                #expect((before.closedAt != nil) == from.isClosed)
                change.status = to
                let after = try await world.call("sam", .changeIssue, change)
                #expect(after.status == to)
                // The first time it was closed, as long as it stays closed; opened again it has none.
                let expected = to.isClosed ? before.closedAt ?? world.clock.now : nil
                #expect(after.closedAt == expected, "\(from.rawValue) → \(to.rawValue)")
                #expect(after.version == before.version + (from == to ? 0 : 1))
            }
        }
    }

    // MARK: - Sanctions

    @Test func `sanctions: what each state takes, and what it lets somebody do`() async throws {
        enum Held: String, CaseIterable { case nothing, timedOut, banned, both, over }
        //            time out, ban, reinstate, kick, write, join
        let table: [Held: [String]] = [
            .nothing: ["ok", "ok", "not_found", "ok", "ok", "ok"],
            .timedOut: ["ok", "ok", "ok", "ok", "muted", "ok"],
            .banned: ["ok", "ok", "ok", "not_found", "not_member", "banned"],
            .both: ["ok", "ok", "ok", "not_found", "not_member", "banned"],
            .over: ["ok", "ok", "not_found", "ok", "ok", "ok"],
        ]
        for held in Held.allCases {
            let tea = try await Community()
            let draft = SanctionDraft(account: "bob", scope: "tea", forMs: 60_000)
            if held != .nothing, held != .banned { _ = try await tea.ana.call(.timeOut, draft) }
            if held == .banned || held == .both { _ = try await tea.ana.call(.ban, draft) }
            if held == .over {
                tea.world.clock.advance(by: .seconds(60))
                try await tea.world.engine.timers.fireDue()
            }
            let (ana, bob) = (try await tea.ana.service(), try await tea.bob.service())
            let dry = CallOptions(dryRun: true)
            let message = Message(channel: tea.id, cid: tea.cid(), text: "hello")
            let outcomes = [
                await outcome { _ = try await ana.call(.timeOut, draft, dry) },
                await outcome { _ = try await ana.call(.ban, draft, dry) },
                await outcome { _ = try await ana.call(.reinstate, Reinstatement(account: "bob", scope: "tea"), dry) },
                await outcome { _ = try await ana.call(.kick, SanctionDraft(account: "bob", scope: "tea"), dry) },
                await outcome { _ = try await bob.call(.sendMessage, message, dry) },
                await outcome { _ = try await bob.call(.joinChannel, ChannelJoin(channel: "tea"), dry) },
            ]
            #expect(outcomes == table[held], "\(held.rawValue)")
        }
    }

    // MARK: - Emergencies

    @Test func `emergencies: none, one, another one, and one that is over`() async throws {
        enum Switch: String, CaseIterable { case none, on, extended, ended, over }
        //            start, end, bob writes, ana writes
        let table: [Switch: [String]] = [
            .none: ["ok", "not_found", "ok", "ok"], .on: ["ok", "ok", "muted", "ok"],
            .extended: ["ok", "ok", "muted", "ok"], .ended: ["ok", "not_found", "ok", "ok"],
            .over: ["ok", "not_found", "ok", "ok"],
        ]
        for state in Switch.allCases {
            let desk = try await DeskWorld()
            let ana = try await desk.participant("ana")
            let draft = EmergencyDraft(scope: "event/fair", voice: .moderators, forMs: 120_000)
            let general = try await desk.owner.call(.channel, ChannelRef("fair/general")).id
            if state != .none { _ = try await desk.owner.call(.startEmergency, draft) }
            switch state {
            case .none, .on: break
            case .extended:
                desk.clock.advance(by: .seconds(90))
                _ = try await desk.owner.call(.startEmergency, draft)
                // The first one's timer finds a longer one.
                try await desk.pass(.seconds(90))
            case .ended: _ = try await desk.owner.call(.endEmergency, ScopeRef("event/fair"))
            case .over: try await desk.pass(.seconds(120))
            }
            let (owner, service, dry) = (
                try await desk.owner.service(), try await ana.service(), CallOptions(dryRun: true)
            )
            func message() -> Message { Message(channel: general, cid: .fresh(at: 1), text: "hello") }
            let outcomes = [
                await outcome { _ = try await owner.call(.startEmergency, draft, dry) },
                await outcome { _ = try await owner.call(.endEmergency, ScopeRef("event/fair"), dry) },
                await outcome { _ = try await service.call(.sendMessage, message(), dry) },
                await outcome { _ = try await owner.call(.sendMessage, message(), dry) },
            ]
            #expect(outcomes == table[state], "\(state.rawValue)")
        }
    }
}
