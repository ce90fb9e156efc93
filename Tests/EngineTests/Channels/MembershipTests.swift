import ChatAPI
import ChatTestKit
import Engine
import Storage
import Testing

/// Joining, leaving, and the last admin of a channel.
@Suite struct MembershipTests {
    @Test func `joining twice is joining once`() async throws {
        let scene = try ChannelScene()
        let (ana, bo) = (try await scene.person("ana"), try await scene.person("bo"))
        let channel = try await scene.channels.create(ChannelDraft(name: "fika"), scene.call(ana))
        let first = try await scene.channels.join(ChannelJoin(channel: "fika"), scene.call(bo))
        let again = try await scene.channels.join(ChannelJoin(channel: "#FIKA"), scene.call(bo))
        #expect(first == again)
        #expect(first.memberCount == 2)
        #expect(first.role == .member)
        let log = try await scene.log(.channel(channel.id))
        #expect(log.map(\.kind) == [.created, .join])
        #expect(log[1].by == bo.account)
        #expect(log[1].text == "bo")
        #expect(log[1].account == nil)
        #expect(try await scene.kinds(.me(bo.account!)) == [.channelJoined])
    }

    @Test func `leaving twice is leaving once, and what was kept about the channel goes`() async throws {
        let scene = try ChannelScene()
        let (ana, bo) = (try await scene.person("ana"), try await scene.person("bo"))
        let channel = try await scene.channels.create(ChannelDraft(name: "fika"), scene.call(ana))
        _ = try await scene.channels.join(ChannelJoin(channel: "fika"), scene.call(bo))
        _ = try await scene.registers.setDraft(DraftChange(channel: channel.id, text: "hm"), scene.call(bo))
        _ = try await scene.registers.set(
            RegisterDraft(key: "mute/\(channel.id)", value: true),
            scene.call(bo)
        )
        _ = try await scene.channels.leave(ChannelRef(channel.id), scene.call(bo))
        _ = try await scene.channels.leave(ChannelRef(channel.id), scene.call(bo))
        #expect(try await scene.kinds(.channel(channel.id)) == [.created, .join, .leave])
        #expect(
            try await scene.kinds(.me(bo.account!))
                == [
                    .channelJoined, .registersChanged, .registersChanged, .registersChanged, .registersChanged,
                    .channelLeft,
                ]
        )
        let me = try await scene.engine.database.read { tx in
            try JoinedChannels.list(for: bo.account!, tx)
        }
        #expect(me.isEmpty)
        #expect(try await scene.registers.list(RegisterQuery(), scene.call(bo)).items.allSatisfy { $0.value == nil })
    }

    @Test(
        arguments: [
            (nil, APIError.Code.wrongSecret), ("", .wrongSecret), ("wrong", .wrongSecret), ("open sesam", .wrongSecret),
            (String(repeating: "x", count: 60_000), .wrongSecret), ("open sesame", nil),
        ] as [(String?, APIError.Code?)]
    )
    func `a secret opens its channel and nothing else does`(secret: String?, code: APIError.Code?) async throws {
        let scene = try ChannelScene()
        let (ana, bo) = (try await scene.person("ana"), try await scene.person("bo"))
        _ = try await scene.channels.create(ChannelDraft(name: "den", secret: "open sesame"), scene.call(ana))
        let join = ChannelJoin(channel: "den", secret: secret)
        if let code {
            await refused(code) { _ = try await scene.channels.join(join, scene.call(bo)) }
        } else {
            #expect(try await scene.channels.join(join, scene.call(bo)).role == .member)
        }
        #expect(try await scene.number("SELECT COUNT(*) FROM channel WHERE instr(secret_hash, 'sesame') > 0") == 0)
    }

    @Test func `above two hundred members joins and leaves are counted, not logged`() async throws {
        let scene = try ChannelScene()
        let ana = try await scene.person("ana")
        let channel = try await scene.channels.create(ChannelDraft(name: "hall"), scene.call(ana))
        var people: [Caller] = []
        for number in 1...202 { people.append(try await scene.person("guest\(number)")) }
        for person in people { _ = try await scene.channels.join(ChannelJoin(channel: "hall"), scene.call(person)) }
        // `created` by the first member, then 199 joins: with the 201st member it is large.
        #expect(try await scene.log(.channel(channel.id)).count == 200)
        #expect(try await scene.channels.get(ChannelRef("hall"), scene.call(ana)).memberCount == 203)
        for person in people.suffix(5) { _ = try await scene.channels.leave(ChannelRef("hall"), scene.call(person)) }
        // 203, 202, 201 members: large. 200, 199: not any more.
        let kinds = try await scene.kinds(.channel(channel.id))
        #expect(kinds.filter { $0 == .leave }.count == 2)
        #expect(try await scene.channels.get(ChannelRef("hall"), scene.call(ana)).memberCount == 198)
        #expect(try await scene.kinds(.me(people[201].account!)) == [.channelJoined, .channelLeft])
    }

    @Test func `nobody is in more than five hundred channels`() async throws {
        let scene = try ChannelScene()
        let (ana, bo) = (try await scene.person("ana"), try await scene.person("bo"))
        let extra = try await scene.channels.create(ChannelDraft(name: "extra"), scene.call(bo))
        for number in 1...Limits.channelsPerAccount {
            _ = try await scene.channels.create(ChannelDraft(name: "channel-\(number)"), scene.call(ana))
        }
        await refused(.conflict) { _ = try await scene.channels.join(ChannelJoin(channel: "extra"), scene.call(ana)) }
        await refused(.conflict) { _ = try await scene.channels.create(ChannelDraft(name: "more"), scene.call(ana)) }
        #expect(try await scene.kinds(.channel(extra.id)) == [.created])
        #expect(try await scene.joined(ana).count == Limits.channelsPerAccount)
        _ = try await scene.channels.leave(ChannelRef("channel-1"), scene.call(ana))
        _ = try await scene.channels.join(ChannelJoin(channel: "extra"), scene.call(ana))
    }

    // MARK: - Admins

    @Test func `the last admin stays while there are others`() async throws {
        let scene = try ChannelScene()
        let (ana, bo) = (try await scene.neighbour("ana"), try await scene.neighbour("bo"))
        let channel = try await scene.channels.create(ChannelDraft(name: "fika"), scene.call(ana))
        _ = try await scene.channels.join(ChannelJoin(channel: "fika"), scene.call(bo))
        let demotion = MemberChange(channel: "fika", account: "ana", role: .member)
        await refused(.lastAdmin) { _ = try await scene.channels.leave(ChannelRef("fika"), scene.call(ana)) }
        await refused(.lastAdmin) { _ = try await scene.channels.setRole(demotion, scene.call(ana)) }
        await refused(.lastAdmin) {
            _ = try await scene.channels.removeMember(MemberRef(channel: "fika", account: "ana"), scene.call(ana))
        }
        let promoted = try await scene.channels.setRole(
            MemberChange(channel: "fika", account: "bo", role: .admin),
            scene.call(ana)
        )
        #expect(promoted.role == .admin)
        _ = try await scene.channels.setRole(demotion, scene.call(bo))
        _ = try await scene.channels.leave(ChannelRef("fika"), scene.call(ana))
        // Alone, the last admin may go.
        _ = try await scene.channels.leave(ChannelRef("fika"), scene.call(bo))
        let log = try await scene.log(.channel(channel.id))
        #expect(log.map(\.kind) == [.created, .join, .role, .role, .leave, .leave])
        #expect(log[2].account == bo.account && log[2].role == .admin && log[2].by == ana.account)
        #expect(try await scene.auditActions("test").count == 3, "making it, and two roles")
        // What everybody left belongs to whoever comes next.
        #expect(try await scene.channels.join(ChannelJoin(channel: "fika"), scene.call(bo)).role == .admin)
    }

    @Test func `an account that is deleted leaves everything, and the longest there inherits`() async throws {
        let scene = try ChannelScene()
        var people: [Caller] = []
        for name in ["ana", "bo", "cy"] { people.append(try await scene.neighbour(name)) }
        let (ana, bo, cy) = (people[0], people[1], people[2])
        let channel = try await scene.channels.create(ChannelDraft(name: "fika"), scene.call(ana))
        for person in [cy, bo] {
            scene.kit.clock.advance(by: .seconds(1))
            _ = try await scene.channels.join(ChannelJoin(channel: "fika"), scene.call(person))
        }
        let alone = try await scene.channels.create(ChannelDraft(name: "alone"), scene.call(ana))
        let direct = try await scene.channels.openDirect(DirectDraft(people: ["bo"]), scene.call(ana))
        try await scene.engine.database.write(touching: []) { tx in
            try tx.leaveEverything(ana.account!, now: scene.kit.clock.now)
        }
        #expect(try await scene.joined(ana).isEmpty)
        #expect(try await scene.channels.get(ChannelRef("fika"), scene.call(cy)).role == .admin)
        #expect(try await scene.channels.get(ChannelRef("fika"), scene.call(bo)).role == .member)
        #expect(try await scene.channels.get(ChannelRef("alone"), scene.call(bo)).memberCount == 0)
        #expect(try await scene.channels.get(ChannelRef(direct.id), scene.call(bo)).people == [bo.account!])
        #expect(try await scene.kinds(.channel(channel.id)).suffix(2) == [.role, .leave])
        #expect(try await scene.kinds(.channel(alone.id)).last == .leave)
    }

    @Test func `a refused write leaves no trace in the facts`() async throws {
        let scene = try ChannelScene()
        let (ana, bo) = (try await scene.person("ana"), try await scene.person("bo"))
        let channel = try await scene.channels.create(ChannelDraft(name: "fika"), scene.call(ana))
        let service = scene.service(bo)
        _ = try await service.call(.joinChannel, ChannelJoin(channel: "fika"), CallOptions(dryRun: true))
        await refused(.notMember) { try await scene.say("hello?", in: channel.id, bo) }
        _ = try await service.call(.joinChannel, ChannelJoin(channel: "fika"))
        _ = try await service.call(.leaveChannel, ChannelRef("fika"), CallOptions(dryRun: true))
        _ = try await service.call(.leaveChannel, ChannelRef("fika"), CallOptions(dryRun: true))
        #expect(try await scene.say("hello", in: channel.id, bo).seq == 3)
        let owner = scene.service(ana)
        _ = try await owner.call(.deleteChannel, ChannelRef("fika"), CallOptions(dryRun: true))
        _ = try await owner.call(.changeChannel, ChannelChange(channel: "fika", name: "tea"), CallOptions(dryRun: true))
        #expect(try await scene.say("still here", in: channel.id, bo).seq == 4)
        #expect(try await owner.call(.channel, ChannelRef("fika")).version == 1)
    }
}
