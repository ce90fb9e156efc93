import ChatAPI
import ChatTestKit
import Engine
import Storage
import Testing

/// Keeping order: what is decided holds with the commit, ends when it says, and is told to whom it is about.
@Suite("Moderation")
struct ModerationTests {
    private func say(_ tea: Community, _ text: String = "hello", _ person: Person? = nil) async throws {
        _ = try await tea.send(text, by: person ?? tea.bob)
    }

    private func kinds(_ person: Person) async throws -> [EntryKind] {
        try await person.call(.meEntries, MeQuery(after: 0, limit: 500)).entries.map(\.kind)
    }

    @Test func `a time-out silences at once, says until when, and ends by itself`() async throws {
        let tea = try await Community()
        let draft = SanctionDraft(account: "bob", scope: "tea", forMs: 300_000, reason: "cool down")
        let sanction = try await tea.ana.call(.timeOut, draft)
        #expect(sanction.until == tea.world.clock.now + 300_000 && sanction.scope == .channel(tea.id))
        let refused = await refusal { try await say(tea) }
        #expect(refused?.code == .muted && refused?.detail == "muted in #tea until 2026-05-01 12:05 UTC: cool down")
        #expect(refused?.retryAfterMilliseconds == 300_000)
        // Reading goes on; other places are not concerned.
        _ = try await tea.bob.call(.entries, EntryQuery(channel: "tea"))
        let own = try await tea.bob.call(.createChannel, ChannelDraft(name: "own"))
        _ = try await tea.send("here I may", by: tea.bob, in: own.id)
        for refused in [
            await refusal { try await tea.bob.call(.react, ReactionRef(channel: tea.id, seq: 1, emoji: "👍")) },
            await refusal { try await tea.bob.call(.editMessage, MessageEdit(channel: tea.id, seq: 1, text: "x")) },
        ] { #expect(refused?.code == .muted) }
        let told = try await tea.bob.call(.meEntries, MeQuery(after: 0, limit: 500)).entries
            .filter { $0.kind == .sanctionsChanged }
        #expect(told.map(\.channel) == [tea.id] && told.map(\.text) == [refused?.detail])
        tea.world.clock.advance(by: .milliseconds(299_999))
        #expect(await refusal { try await say(tea) }?.retryAfterMilliseconds == 1)
        tea.world.clock.advance(by: .milliseconds(1))
        // In force by its own end, whether the timer was there or not.
        try await say(tea)
        #expect(try await tea.ana.call(.listSanctions, SanctionQuery(scope: "tea")).items.count == 1)
        try await tea.world.engine.timers.fireDue()
        #expect(try await tea.ana.call(.listSanctions, SanctionQuery(scope: "tea")).items.isEmpty)
        #expect(try await tea.world.audit("moderation.").map(\.action) == ["moderation.timeOut", "moderation.ended"])
    }

    @Test func `a ban takes out, keeps out of reading, joining and being added, and reinstating lets in`() async throws
    {
        let tea = try await Community()
        _ = try await tea.ana.call(.ban, SanctionDraft(account: "bob", scope: "tea", reason: "spam"))
        #expect(try await tea.ana.call(.listMembers, MemberQuery(channel: "tea")).items.map(\.name) == ["ana"])
        for refused in [
            await refusal { try await tea.bob.call(.joinChannel, ChannelJoin(channel: "tea")) },
            await refusal { try await tea.bob.call(.entries, EntryQuery(channel: "tea")) },
            await refusal { try await tea.bob.call(.listMembers, MemberQuery(channel: "tea")) },
            await refusal { try await tea.ana.call(.addMember, MemberRef(channel: "tea", account: "bob")) },
        ] { #expect(refused?.code == .banned && refused?.detail == "banned from #tea: spam") }
        #expect(await refusal { try await say(tea) }?.code == .notMember)
        _ = try await tea.ana.call(.reinstate, Reinstatement(account: "bob", scope: "tea"))
        _ = try await tea.bob.call(.joinChannel, ChannelJoin(channel: "tea"))
        try await say(tea)
        #expect(try await kinds(tea.bob).filter { $0 == .sanctionsChanged }.count == 2)
        let again = await refusal { try await tea.ana.call(.reinstate, Reinstatement(account: "bob", scope: "tea")) }
        #expect(again?.code == .notFound)
    }

    @Test func `a kick takes out and no more`() async throws {
        let tea = try await Community()
        #expect(try await tea.ana.call(.kick, SanctionDraft(account: "bob", scope: "tea")) == Kicked(channels: 1))
        #expect(
            await refusal { try await tea.ana.call(.kick, SanctionDraft(account: "bob", scope: "tea")) }?.code
                == .notFound
        )
        _ = try await tea.bob.call(.joinChannel, ChannelJoin(channel: "tea"))
        try await say(tea)
    }

    @Test func `a ban from the platform ends every session and keeps out until it ends`() async throws {
        let tea = try await Community()
        let olga = try await tea.world.superAdmin()
        _ = try await olga.call(.ban, SanctionDraft(account: "bob", scope: "platform", forMs: 300_000, reason: "abuse"))
        #expect(await refusal { try await tea.bob.service() }?.code == .notSignedIn)
        let refused = await refusal { try await tea.world.signIn("bob") }
        #expect(refused?.code == .banned)
        #expect(refused?.detail == "banned from this server until 2026-05-01 12:05 UTC: abuse")
        tea.world.clock.advance(by: .seconds(300))
        try await tea.world.engine.timers.fireDue()
        let back = try await tea.world.signIn("bob")
        try await say(tea, "back", back)
        // Enabling an account lifts what kept it out as well.
        _ = try await olga.call(.ban, SanctionDraft(account: "bob", scope: "platform"))
        _ = try await olga.call(.enableAccount, AccountRef("bob"))
        try await say(tea, "again", try await tea.world.signIn("bob"))
    }

    @Test func `who may do it to whom`() async throws {
        let tea = try await Community()
        let root = try await tea.world.root()
        let carol = try await tea.world.register("carol")
        let olga = try await tea.world.superAdmin()
        for person in [carol, olga] { _ = try await person.call(.joinChannel, ChannelJoin(channel: "tea")) }
        func code(_ person: Person, _ account: String, _ scope: String = "tea") async -> APIError.Code? {
            do {
                _ = try await person.service().call(
                    .timeOut,
                    SanctionDraft(account: account, scope: scope, forMs: 60_000),
                    CallOptions(dryRun: true)
                )
                return nil
            } catch { return (error as? APIError)?.code }
        }
        #expect(await code(tea.bob, "carol") == .forbidden)
        #expect(await code(tea.ana, "carol") == nil)
        #expect(await code(tea.ana, "ana") == .invalid)
        #expect(await code(tea.ana, "olga") == .forbidden)
        #expect(await code(tea.ana, "carol", "platform") == .forbidden)
        #expect(await code(olga, "ana") == nil)
        #expect(await code(olga, "carol", "platform") == nil)
        #expect(await code(olga, "nobody") == .notFound)
        #expect(await code(olga, "carol", "nowhere") == .notFound)
        #expect(await code(olga, "carol", "event/nowhere") == .notFound)
        // Another admin of the channel is an equal.
        _ = try await tea.ana.call(.changeMember, MemberChange(channel: "tea", account: "bob", role: .admin))
        #expect(await code(tea.ana, "bob") == .forbidden)
        // A conversation has no moderators.
        let direct = try await tea.ana.call(.openDirect, DirectDraft(people: ["bob"]))
        #expect(await code(tea.ana, "bob", direct.id.description) == .conflict)
        #expect(await code(olga, "bob", direct.id.description) == .notFound)
        #expect(
            await refusal { try await tea.bob.call(.listSanctions, SanctionQuery(scope: "general")) }?.code
                == .forbidden
        )
        _ = root
    }

    @Test func `a banned last admin leaves the channel to whoever has been there longest`() async throws {
        let tea = try await Community()
        let olga = try await tea.world.superAdmin()
        _ = try await olga.call(.ban, SanctionDraft(account: "ana", scope: "tea"))
        let members = try await tea.bob.call(.listMembers, MemberQuery(channel: "tea")).items
        #expect(members.map(\.name) == ["bob"] && members.first?.role == .admin)
    }

    @Test func `slow mode holds each for themselves, also over a restart of the facts`() async throws {
        let tea = try await Community()
        let posting = try await tea.ana.call(.setPosting, PostingChange(channel: "tea", slowModeMs: 30_000))
        #expect(posting.slowModeMs == 30_000)
        try await say(tea)
        tea.world.clock.advance(by: .milliseconds(18_500))
        let refused = await refusal { try await say(tea) }
        #expect(refused?.code == .rateLimited && refused?.detail == "slow mode: wait 12 s")
        #expect(refused?.retryAfterMilliseconds == 11_500)
        try await say(tea, "I moderate", tea.ana)
        try await say(tea, "twice", tea.ana)
        tea.world.clock.advance(by: .milliseconds(11_500))
        try await say(tea)
        let entries = try await tea.bob.call(.entries, EntryQuery(channel: "tea", after: 0)).entries
        #expect(entries.contains { $0.kind == .posting && $0.text == "slow mode 30 s" })
        _ = try await tea.ana.call(.setPosting, PostingChange(channel: "tea", slowModeMs: 0))
        try await say(tea)
        try await say(tea)
    }

    @Test func `read-only but for admins, and what one may oneself`() async throws {
        let tea = try await Community()
        let rules = [PostingRule(.everyone, deny: [.post, .mentionAll])]
        _ = try await tea.ana.call(.setPosting, PostingChange(channel: "tea", rules: rules))
        #expect(await refusal { try await say(tea) }?.code == .forbidden)
        let reaction = ReactionRef(channel: tea.id, seq: try await tea.send("read this", by: tea.ana).seq, emoji: "👍")
        _ = try await tea.bob.call(.react, reaction)
        #expect(try await tea.bob.call(.posting, ChannelRef("tea")).may == [.react, .pin, .draw])
        #expect(try await tea.ana.call(.posting, ChannelRef("tea")).may == PostingAct.words)
        #expect(
            await refusal { try await tea.bob.call(.setPosting, PostingChange(channel: "tea", rules: [])) }?.code
                == .forbidden
        )
        #expect(
            await refusal { try await tea.ana.call(.setPosting, PostingChange(channel: "tea", slowModeMs: 5)) }?.code
                == .invalid
        )
        // A refused change leaves nothing behind.
        #expect(try await tea.bob.call(.posting, ChannelRef("tea")).rules == rules)
    }

    @Test func `the emergency switch: who may speak, for how long, and it ends by itself`() async throws {
        let tea = try await Community()
        let olga = try await tea.world.superAdmin()
        _ = try await olga.call(.joinChannel, ChannelJoin(channel: "tea"))
        let draft = EmergencyDraft(scope: "platform", voice: .moderators, forMs: 300_000, reason: "leave the hall")
        #expect(await refusal { try await tea.ana.call(.startEmergency, draft) }?.code == .forbidden)
        _ = try await olga.call(.startEmergency, draft)
        for person in [tea.ana, tea.bob] {
            let refused = await refusal { try await say(tea, "may I", person) }
            #expect(refused?.code == .muted && refused?.retryAfterMilliseconds == 300_000)
        }
        try await say(tea, "please leave by the doors at the back", olga)
        #expect(try await tea.bob.call(.posting, ChannelRef("tea")).emergency?.voice == .moderators)
        #expect(try await tea.bob.call(.listEmergencies).items.count == 1)
        // Conversations of two are nobody's stage.
        let direct = try await tea.bob.call(.openDirect, DirectDraft(people: ["ana"]))
        _ = try await tea.send("are you all right?", by: tea.bob, in: direct.id)
        tea.world.clock.advance(by: .milliseconds(300_000))
        try await say(tea)
        try await tea.world.engine.timers.fireDue()
        #expect(try await tea.bob.call(.listEmergencies).items.isEmpty)
        let entries = try await tea.bob.call(.entries, EntryQuery(channel: "tea", after: 0)).entries
        #expect(entries.last { $0.kind == .posting }?.text == "everybody may write again")
        // Or by hand.
        _ = try await olga.call(.startEmergency, draft)
        #expect(await refusal { try await say(tea) }?.code == .muted)
        _ = try await olga.call(.endEmergency, ScopeRef("platform"))
        try await say(tea)
        #expect(await refusal { try await olga.call(.endEmergency, ScopeRef("platform")) }?.code == .notFound)
    }

    @Test func `a refused or tried sanction leaves no trace`() async throws {
        let tea = try await Community()
        let head = try await tea.world.root().call(.audit, AuditQuery(limit: 1)).head
        let service = try await tea.ana.service()
        let draft = SanctionDraft(account: "bob", scope: "tea", forMs: 600_000)
        _ = try await service.call(.timeOut, draft, CallOptions(dryRun: true))
        try await say(tea)
        #expect(try await tea.world.root().call(.audit, AuditQuery(limit: 1)).head == head)
        #expect(
            await refusal { try await tea.ana.call(.timeOut, SanctionDraft(account: "bob", scope: "tea")) }?.code
                == .invalid
        )
        let long = SanctionDraft(account: "bob", scope: "tea", forMs: 1)
        #expect(await refusal { try await tea.ana.call(.timeOut, long) }?.code == .invalid)
    }

    @Test func `what holds and what ends survives a restart`() async throws {
        let home = try TemporaryHome()
        var engine = try home.engine()
        let root = try await home.root(engine)
        _ = try await root.call(.createAccount, AccountCreation(name: "bob", password: AccountWorld.password))
        _ = try await root.call(.createChannel, ChannelDraft(name: "tea"))
        _ = try await root.call(.addMember, MemberRef(channel: "tea", account: "bob"))
        _ = try await root.call(.setPosting, PostingChange(channel: "tea", slowModeMs: 60_000))
        _ = try await root.call(.startEmergency, EmergencyDraft(scope: "channel/general", forMs: 60_000))
        func bob(_ engine: Engine) async throws -> LocalService {
            let door = LocalService(engine, as: .anonymous(address: "192.0.2.1"))
            let signedIn = try await door.call(.signIn, SignIn(name: "bob", password: AccountWorld.password))
            let caller = try await engine.authenticator.caller(token: signedIn.tokens.accessToken, address: "192.0.2.1")
            return LocalService(engine, as: caller)
        }
        func say(_ engine: Engine) async throws {
            var generator = SystemRandomNumberGenerator()
            let cid = ClientID.make(at: home.clock.now, using: &generator)
            _ = try await bob(engine).call(.sendMessage, Message(channel: ChannelKey("tea"), cid: cid, text: "hello"))
        }
        try await say(engine)
        engine.close()
        engine = try home.engine()
        #expect(await refusal { try await say(engine) }?.code == .rateLimited)
        _ = try await home.root(engine).call(.timeOut, SanctionDraft(account: "bob", scope: "tea", forMs: 600_000))
        engine.close()
        engine = try home.engine()
        #expect(await refusal { try await say(engine) }?.code == .muted)
        engine.close()
        // It ends while the daemon is down.
        home.clock.advance(by: .seconds(3_600))
        engine = try home.engine()
        try await engine.timers.fireDue()
        try await say(engine)
        #expect(try await home.root(engine).call(.listSanctions, SanctionQuery(scope: "tea")).items.isEmpty)
        #expect(try await home.root(engine).call(.listEmergencies).items.isEmpty)
        engine.close()
    }
}
