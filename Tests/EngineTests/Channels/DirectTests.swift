import ChatAPI
import ChatTestKit
import Engine
import Storage
import Testing

@Suite struct DirectTests {
    @Test func `the same people find the same conversation, in whichever order they are named`() async throws {
        let scene = try ChannelScene()
        let people = try await neighbours(["ana", "bo", "cy"], scene)
        let (ana, bo, cy) = (people[0], people[1], people[2])
        let first = try await open(["bo", "cy"], ana, scene)
        #expect(try await open(["cy", "@bo"], ana, scene).id == first.id)
        #expect(try await open(["ana", "cy", "cy"], bo, scene).id == first.id)
        #expect(try await open([ana.account!.description, bo.account!.description, "cy"], cy, scene).id == first.id)
        #expect(first.people?.count == 3)
        #expect(first.kind == .direct)
        #expect(first.name == nil)
        #expect(first.role == .member)
        let pair = try await open(["bo"], ana, scene)
        #expect(pair.id != first.id)
        #expect(try await scene.kinds(.channel(pair.id)) == [.created])
        #expect(try await scene.log(.me(bo.account!)).suffix(2).map(\.channel) == [first.id, pair.id])
    }

    @Test func `it takes two to sixteen people who see each other`() async throws {
        let scene = try ChannelScene()
        let names = (1...17).map { "guest\($0)" }
        let people = try await neighbours(names, scene)
        await refused(.invalid) { _ = try await open([], people[0], scene) }
        await refused(.invalid) { _ = try await open(["guest1"], people[0], scene) }
        await refused(.invalid) { _ = try await open(Array(names.dropFirst()), people[0], scene) }
        await refused(.invalid) { _ = try await open(Array(repeating: "guest2", count: 1_000), people[0], scene) }
        await refused(.notFound) { _ = try await open(["nobody"], people[0], scene) }
        #expect(try await scene.number("SELECT COUNT(*) FROM channel WHERE kind = 'direct'") == 0)
        let most = try await open(Array(names[1..<16]), people[0], scene)
        #expect(most.memberCount == 16)
        await refused(.conflict) {
            _ = try await scene.channels.addMember(
                MemberRef(channel: most.id.description, account: "guest17"),
                scene.call(people[0])
            )
        }
    }

    @Test func `who is added later sees nothing earlier`() async throws {
        let scene = try ChannelScene()
        let people = try await neighbours(["ana", "bo", "cy"], scene)
        let (ana, bo, cy) = (people[0], people[1], people[2])
        let direct = try await open(["bo"], ana, scene)
        try await scene.say("only us, @cy", in: direct.id, ana)
        _ = try await scene.channels.addMember(MemberRef(channel: direct.id.description, account: "cy"), scene.call(bo))
        try await scene.say("welcome @cy", in: direct.id, ana)
        let access = try await scene.engine.database.read { tx in
            try ChannelStore.access(direct.id.description, for: cy, tx)
        }
        #expect(access.visibleFrom == 2)
        let seen = try await scene.engine.database.read { tx in
            try EntryStore.page(of: .channel(direct.id), .newest, limit: 100, visibleFrom: access.visibleFrom, tx)
        }
        #expect(seen.map(\.kind) == [.join, .message])
        #expect(seen[0].account == cy.account && seen[0].by == bo.account)
        let unread = Unread(channel: direct.id, marker: 2, unread: 1, mentions: 1)
        #expect(try await scene.unread(cy, direct.id) == unread)
        // Not even a marker that is forced back goes before it.
        let forced = try await scene.registers.setMarker(
            MarkerDraft(channel: direct.id, seq: 0, force: true),
            scene.call(cy)
        )
        #expect(forced == unread)
        // The two are no longer found by the two names: the conversation is one of three now.
        #expect(try await open(["bo"], ana, scene).id != direct.id)
        #expect(try await open(["bo", "cy"], ana, scene).id == direct.id)
    }

    @Test func `a conversation does not grow into one that exists`() async throws {
        let scene = try ChannelScene()
        let people = try await neighbours(["ana", "bo", "cy"], scene)
        let three = try await open(["bo", "cy"], people[0], scene)
        let two = try await open(["bo"], people[0], scene)
        await refused(.conflict) {
            _ = try await scene.channels.addMember(
                MemberRef(channel: two.id.description, account: "cy"),
                scene.call(people[0])
            )
        }
        // Leaving cannot be refused: the older one of the two people stays the one that is found.
        _ = try await scene.channels.leave(ChannelRef(three.id), scene.call(people[2]))
        #expect(try await open(["bo"], people[0], scene).id == two.id)
        #expect(try await scene.joined(people[0]).count == 3)
    }

    @Test func `the last one to leave takes the conversation along`() async throws {
        let scene = try ChannelScene()
        let people = try await neighbours(["ana", "bo"], scene)
        let direct = try await open(["bo"], people[0], scene)
        try await scene.say("bye", in: direct.id, people[0])
        await refused(.conflict) {
            _ = try await scene.channels.removeMember(
                MemberRef(channel: direct.id.description, account: "bo"),
                scene.call(people[0])
            )
        }
        for person in people { _ = try await scene.channels.leave(ChannelRef(direct.id), scene.call(person)) }
        await refused(.notFound) { _ = try await scene.channels.get(ChannelRef(direct.id), scene.call(people[0])) }
        try await purge(scene)
        #expect(try await scene.number("SELECT COUNT(*) FROM channel WHERE kind = 'direct'") == 0)
        #expect(try await scene.log(.channel(direct.id)).isEmpty)
        #expect(try await open(["bo"], people[0], scene).id != direct.id)
    }

    private func neighbours(_ names: [String], _ scene: ChannelScene) async throws -> [Caller] {
        var people: [Caller] = []
        for name in names { people.append(try await scene.neighbour(name)) }
        return people
    }

    private func open(_ people: [String], _ caller: Caller, _ scene: ChannelScene) async throws -> Channel {
        try await scene.channels.openDirect(DirectDraft(people: people), scene.call(caller))
    }
}

/// Waits until everything is gone that deleted channels left behind. The engine does that by itself.
func purge(_ scene: ChannelScene) async throws {
    while try await scene.number("SELECT COUNT(*) FROM channel WHERE deleted_at IS NOT NULL") > 0 { await Task.yield() }
}
