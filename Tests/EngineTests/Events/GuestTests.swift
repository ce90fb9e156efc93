import ChatAPI
import ChatTestKit
import Engine
import Testing

/// Guests: in by a code and a name, in one event only, gone with it, or members by then.
@Suite("Guests")
struct GuestTests {
    private func guest(_ world: EventWorld, _ name: String = "Kim") async throws -> Person {
        let entry = GuestEntry(code: try await world.code(of: "devconf"), displayName: name)
        return Person(world.accounts, try await world.accounts.anonymous().call(.enterAsGuest, entry))
    }

    @Test func `a guest sees the event and nothing else`() async throws {
        let world = try await EventWorld()
        _ = try await world.publish("devconf") { $0.guests = true }
        _ = try await world.publish("fair") { $0.guests = true }
        let kim = try await guest(world)
        let me = try await kim.call(.me)
        #expect(me.account.kind == .guest)
        #expect(me.account.displayName == "Kim")
        #expect(Set(me.channels.compactMap(\.channel.name)) == ["announcements", "general", "help"])
        let general = try #require(me.channels.first { $0.channel.name == "general" }?.channel)
        _ = try await kim.call(.sendMessage, Message(channel: general.id, cid: .make(1), text: "hello"))
        #expect(await refusal { try await kim.call(.entries, EntryQuery(channel: "general")) }?.code == .notFound)
        #expect(await refusal { try await kim.call(.channel, ChannelRef("general")) }?.code == .notFound)
        #expect(try await kim.call(.listChannels, ChannelQuery()).items.count == 3)
        #expect(await refusal { try await kim.call(.joinChannel, ChannelJoin(channel: "general")) } != nil)
        #expect(await refusal { try await kim.call(.createChannel, ChannelDraft(name: "mine")) }?.code == .forbidden)
        #expect(await refusal { try await kim.call(.openDirect, DirectDraft(people: ["odin"])) }?.code == .forbidden)
        #expect(await refusal { try await kim.call(.event, EventRef("fair")) }?.code == .notFound)
        let fair = EventJoin(code: try await world.code(of: "fair"))
        #expect(await refusal { try await kim.call(.joinEvent, fair) }?.code == .forbidden)
        #expect(await refusal { try await kim.call(.registerAgency, AgencyRegistration(slug: "kims")) } != nil)
    }

    @Test func `the session ends with the event, and what was said stays`() async throws {
        let world = try await EventWorld()
        let event = try await world.publish("devconf") { $0.guests = true }
        let kim = try await guest(world)
        let channels = try await kim.call(.me).channels
        let general = try #require(channels.first { $0.channel.name == "general" }?.channel)
        _ = try await kim.call(.sendMessage, Message(channel: general.id, cid: .make(1), text: "hello"))
        world.clock.set(event.endsAt - 1)
        try await world.engine.timers.fireDue()
        let again = try await world.accounts.anonymous().call(.refresh, Refresh(refreshToken: kim.tokens.refreshToken))
        let service = try await world.accounts.service(again.accessToken)
        _ = try await service.call(.me)
        world.clock.set(event.endsAt)
        try await world.engine.timers.fireDue()
        #expect(await refusal { try await world.accounts.service(again.accessToken) }?.code == .notSignedIn)
        let page = try await world.call("odin", .entries, EntryQuery(channel: "devconf/general"))
        #expect(page.entries.contains { $0.text == "hello" })
    }

    @Test func `a later end keeps the guests`() async throws {
        let world = try await EventWorld()
        let event = try await world.publish("devconf") { $0.guests = true }
        let kim = try await guest(world)
        var change = EventChange(event: "devconf")
        change.ends = "2026-06-20T20:00"
        _ = try await world.call("mona", .changeEvent, change)
        world.clock.set(event.endsAt)
        try await world.engine.timers.fireDue()
        let refresh = Refresh(refreshToken: kim.tokens.refreshToken)
        _ = try await world.accounts.anonymous().call(.refresh, refresh)
    }

    @Test func `a guest becomes a member and stays where they are`() async throws {
        let world = try await EventWorld()
        let event = try await world.publish("devconf") { $0.guests = true }
        let kim = try await guest(world)
        let upgrade = GuestUpgrade(name: "kim", password: AccountWorld.password)
        let account = try await kim.call(.becomeMember, upgrade)
        #expect(account.id == kim.id)
        #expect(account.kind == .person)
        #expect(await refusal { try await kim.call(.becomeMember, upgrade) }?.code == .conflict)
        #expect(try await kim.call(.me).channels.count == 4)
        world.clock.set(event.endsAt + 1)
        try await world.engine.timers.fireDue()
        _ = try await world.accounts.signIn("kim").call(.channel, ChannelRef("devconf/general"))
    }

    @Test func `no guests where the event takes none, or no place is left`() async throws {
        var world = try await EventWorld()
        try await world.enter("ana")
        _ = try await world.publish("fair")
        let fair = GuestEntry(code: try await world.code(of: "fair"), displayName: "Kim")
        #expect(await refusal { try await world.accounts.anonymous().call(.enterAsGuest, fair) }?.code == .forbidden)
        _ = try await world.publish("devconf") {
            $0.guests = true
            $0.capacity = 1
        }
        _ = try await world.call("ana", .registerForEvent, EventRef("devconf"))
        let full = GuestEntry(code: try await world.code(of: "devconf"), displayName: "Kim")
        #expect(await refusal { try await world.accounts.anonymous().call(.enterAsGuest, full) }?.code == .conflict)
        #expect(try await world.call("mona", .event, EventRef("devconf")).waiting == 0)
        let blank = GuestEntry(code: full.code, displayName: "  ")
        #expect(await refusal { try await world.accounts.anonymous().call(.enterAsGuest, blank) }?.code == .invalid)
    }
}
