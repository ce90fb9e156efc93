import ChatAPI
import ChatTestKit
import Engine
import Testing

/// Reading a private conversation of others: with a reason, seen by both sides, for an hour.
@Suite("Breaking the glass")
struct BreakGlassTests {
    private func conversation(_ world: AccountWorld) async throws -> (bob: Person, ana: Person, channel: Channel) {
        let ana = try await world.register("ana")
        let bob = try await world.register("bob")
        let channel = try await bob.call(.openDirect, DirectDraft(people: ["ana"]))
        _ = try await bob.call(.sendMessage, Message(channel: channel.id, cid: .make(1), text: "between us"))
        return (bob, ana, channel)
    }

    @Test func `it takes a reason, tells both sides and ends by itself`() async throws {
        let world = try AccountWorld()
        let (bob, ana, channel) = try await conversation(world)
        let olga = try await world.superAdmin()
        let query = EntryQuery(channel: channel.id.description)
        #expect(await refusal { try await olga.call(.entries, query) }?.code == .notFound)
        #expect(await refusal { try await olga.call(.channel, ChannelRef(channel.id)) }?.code == .notFound)
        let short = GlassDraft(channel: query.channel, reason: "because")
        #expect(await refusal { try await olga.call(.breakGlass, short) }?.errors.first?.pointer == "/reason")
        let draft = GlassDraft(channel: query.channel, reason: "a threat was reported")
        let glass = try await olga.call(.breakGlass, draft)
        #expect(glass.until == world.clock.now + 3_600_000)
        #expect(try await olga.call(.entries, query).entries.contains { $0.text == "between us" })
        // Clients ask for the channel before they ask for what stands in it.
        #expect(try await olga.call(.channel, ChannelRef(channel.id)).people?.contains(ana.id) == true)
        for person in [bob, ana] {
            let last = try await person.call(.entries, query).entries.last
            #expect(last?.kind == .glassBroken)
            #expect(last?.by == olga.id)
            #expect(last?.text == "a threat was reported")
        }
        let entry = try #require(try await world.audit("channels.breakGlass").first)
        #expect(entry.severity == .critical)
        #expect(entry.after?["reason"] == "a threat was reported")
        // Reading is all.
        let message = Message(channel: channel.id, cid: .make(2), text: "hello")
        #expect(await refusal { try await olga.call(.sendMessage, message) }?.code == .notFound)
        world.clock.advance(by: .seconds(3_600))
        try await world.engine.timers.fireDue()
        let again = try await world.signIn("olga")
        #expect(await refusal { try await again.call(.entries, query) }?.code == .notFound)
    }

    @Test func `nobody else breaks it, and it is not for what is no private conversation`() async throws {
        var world = try await EventWorld()
        try await world.enter("ana", "bob")
        _ = try await world.publish("devconf")
        let channel = try await world.call("bob", .openDirect, DirectDraft(people: ["ana"]))
        let draft = GlassDraft(channel: channel.id.description, reason: "I would like to know")
        for name in ["odin", "mona", "sam", "ana"] {
            let refused = await world.refusal(name, .breakGlass, draft)
            #expect(refused?.code == .forbidden || refused?.code == .notFound, "\(name)")
        }
        let staff = GlassDraft(channel: "devconf/staff", reason: "I would like to know")
        #expect(await world.refusal("odin", .breakGlass, staff)?.code == .conflict)
    }

    @Test func `the glass is whole again when the role is gone`() async throws {
        let world = try AccountWorld()
        let (_, _, channel) = try await conversation(world)
        let olga = try await world.superAdmin()
        _ = try await world.superAdmin("oleg")
        let draft = GlassDraft(channel: channel.id.description, reason: "a threat was reported")
        _ = try await olga.call(.breakGlass, draft)
        let query = EntryQuery(channel: channel.id.description)
        _ = try await olga.call(.entries, query)
        _ = try await world.root().call(.takeGrant, GrantDraft(account: "olga", role: .superAdmin))
        #expect(await refusal { try await olga.call(.entries, query) }?.code == .notFound)
    }
}
