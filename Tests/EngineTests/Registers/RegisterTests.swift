import ChatAPI
import ChatTestKit
import Engine
import Testing

/// Registers: versions, limits, and markers that only move forward.
@Suite struct RegisterTests {
    private static let id = "0190a0b0-c0d0-7000-8000-000000000001"

    @Test(
        arguments: [
            ("", JSON.bool(true), "/key"), (String(repeating: "k", count: 97), true, "/key"), ("other", true, "/key"),
            ("client", true, "/key"), ("client/", true, "/key"), ("client/a b", true, "/key"),
            ("client/é", true, "/key"),
            ("mute/general", true, "/key"), ("marker/\(id)", ["seq": 1], "/key"),
            ("draft/\(id)", ["text": "x"], "/key"),
            ("mute/\(id)", "yes", "/value"), ("mute/\(id)", false, "/value"),
            ("mute/\(id)", ["until": "noon"], "/value/until"),
            ("mute/\(id)", ["for": 1], "/value/for"), ("sidebar", ["pins": []], "/value"),
            ("client/x", .string(String(repeating: "v", count: 32_768)), "/value"),
        ] as [(String, JSON, String)]
    )
    func `a key or a value that cannot be is refused with its place`(key: String, value: JSON, pointer: String)
        async throws
    {
        let scene = try ChannelScene()
        let ana = try await scene.person("ana")
        do {
            _ = try await scene.registers.set(RegisterDraft(key: key, value: value), scene.call(ana))
            Issue.record("it was not refused")
        } catch let error as APIError {
            #expect(error.code == .invalid)
            #expect(error.errors.first?.pointer == pointer, "\(error.detail)")
        }
    }

    @Test func `only members keep registers about a channel`() async throws {
        let scene = try ChannelScene()
        let (ana, bo, cy) = (
            try await scene.neighbour("ana"), try await scene.neighbour("bo"), try await scene.neighbour("cy")
        )
        let open = try await scene.channels.create(ChannelDraft(name: "fika"), scene.call(ana)).id
        let direct = try await scene.channels.openDirect(DirectDraft(people: ["bo"]), scene.call(ana)).id
        for (channel, code) in [
            (open, APIError.Code.notMember), (direct, .notFound), (ChannelID(high: 1, low: 1), .notFound),
        ] {
            let mute = RegisterDraft(key: "mute/\(channel)", value: true)
            await refused(code) { _ = try await scene.registers.set(mute, scene.call(cy)) }
            let draft = DraftChange(channel: channel, text: "x")
            await refused(code) { _ = try await scene.registers.setDraft(draft, scene.call(cy)) }
            let marker = MarkerDraft(channel: channel, seq: 0)
            await refused(code) { _ = try await scene.registers.setMarker(marker, scene.call(cy)) }
        }
        _ = try await scene.registers.setDraft(DraftChange(channel: direct, text: "x"), scene.call(bo))
    }

    @Test func `versions grow with every change of any register, and an unchanged value is no change`() async throws {
        let scene = try ChannelScene()
        let ana = try await scene.neighbour("ana")
        let general = try await scene.channels.get(ChannelRef("general"), scene.call(ana)).id
        try await scene.say("hello", in: general, ana)
        func set(_ key: String, _ value: JSON?) async throws -> Register {
            try await scene.registers.set(RegisterDraft(key: key, value: value), scene.call(ana))
        }
        #expect(try await set("client/theme", nil) == Register(key: "client/theme", value: nil, version: 0))
        #expect(try await set("client/theme", "dark").version == 1)
        #expect(try await set("client/theme", "dark").version == 1)
        #expect(try await set("sidebar", [.string(general.description)]).version == 2)
        let upper = "mute/" + general.description.uppercased()
        let mute = try await set(upper, ["until": 5])
        #expect(mute == Register(key: "mute/\(general)", value: ["until": 5], version: 3))
        _ = try await scene.registers.setMarker(MarkerDraft(channel: general, seq: 1, force: true), scene.call(ana))
        #expect(try await set("client/theme", .null) == Register(key: "client/theme", value: nil, version: 5))
        let draft = try await scene.registers.setDraft(
            DraftChange(channel: general, text: "so", replyTo: 2),
            scene.call(ana)
        )
        #expect(draft == Register(key: "draft/\(general)", value: ["text": "so", "replyTo": 2], version: 6))
        let all = try await scene.registers.list(RegisterQuery(), scene.call(ana))
        #expect(all.items.map(\.version) == [2, 3, 4, 5, 6])
        #expect(all.items[2] == Register(key: "marker/\(general)", value: ["seq": 1], version: 4))
        #expect(all.items[3].value == nil)
        let later = try await scene.registers.list(RegisterQuery(after: 4), scene.call(ana))
        #expect(later.items.map(\.version) == [5, 6])
        let drafts = try await scene.registers.list(RegisterQuery(prefix: "draft/"), scene.call(ana))
        #expect(drafts.items == [draft])
        let me = try await scene.registers.me(scene.call(ana))
        #expect(me.registers.map(\.version) == [2, 3, 6], "cleared ones are not there, markers are in the channels")
        #expect(me.channels.map(\.unread.marker) == [1])
        #expect(me.account.name == "ana" && me.epoch == scene.engine.epoch)
        #expect(try await scene.log(.me(ana.account!)).last?.seq == me.head)
    }

    @Test func `the own log holds each register's newest value once`() async throws {
        let scene = try ChannelScene()
        let ana = try await scene.neighbour("ana")
        let general = try await scene.channels.get(ChannelRef("general"), scene.call(ana)).id
        for number in 1...20 {
            _ = try await scene.registers.setDraft(
                DraftChange(channel: general, text: "draft \(number)"),
                scene.call(ana)
            )
            if number % 5 == 0 {
                let sent = try await scene.say("\(number)", in: general, ana)
                _ = try await scene.registers.setMarker(
                    MarkerDraft(channel: general, seq: sent.seq - 1, force: true),
                    scene.call(ana)
                )
            }
        }
        let log = try await scene.log(.me(ana.account!))
        #expect(log.map(\.seq) == Array(1...Int64(log.count)), "numbers have no gap")
        let carried = log.compactMap(\.registers).flatMap { $0 }
        #expect(carried.map(\.key).sorted() == ["draft/\(general)", "marker/\(general)"])
        #expect(carried.first { $0.key.hasPrefix("draft") }?.value == ["text": "draft 20"])
        #expect(log.filter { $0.kind == .registersChanged }.count == 24)
    }

    @Test func `registers have room for two thousand keys and one mebibyte`() async throws {
        let scene = try ChannelScene()
        let ana = try await scene.person("ana")
        let big = JSON.string(String(repeating: "v", count: 32_000))
        for number in 1...32 {
            _ = try await scene.registers.set(RegisterDraft(key: "client/\(number)", value: big), scene.call(ana))
        }
        await refused(.tooLarge) {
            _ = try await scene.registers.set(RegisterDraft(key: "client/33", value: big), scene.call(ana))
        }
        // What is cleared makes room.
        _ = try await scene.registers.set(RegisterDraft(key: "client/1", value: nil), scene.call(ana))
        _ = try await scene.registers.set(RegisterDraft(key: "client/33", value: big), scene.call(ana))
        for number in 34...Limits.registersPerAccount {
            _ = try await scene.registers.set(RegisterDraft(key: "client/\(number)", value: 1), scene.call(ana))
        }
        // One is cleared; its row goes, and then there is no room.
        _ = try await scene.registers.set(RegisterDraft(key: "client/more", value: 1), scene.call(ana))
        await refused(.conflict) {
            _ = try await scene.registers.set(RegisterDraft(key: "client/most", value: 1), scene.call(ana))
        }
        var seen: [Register] = []
        var after: Int64?
        repeat {
            let page = try await scene.registers.list(RegisterQuery(after: after), scene.call(ana))
            seen += page.items
            after = page.nextCursor.flatMap { Int64($0) }
        } while after != nil
        #expect(seen.count == Limits.registersPerAccount)
        #expect(Set(seen.map(\.key)).count == seen.count)
    }

    @Test func `a marker only moves forward unless it is forced, and never beyond the log`() async throws {
        let scene = try ChannelScene()
        let (ana, bo) = (try await scene.neighbour("ana"), try await scene.neighbour("bo"))
        let general = try await scene.channels.get(ChannelRef("general"), scene.call(ana)).id
        for number in 1...5 { try await scene.say("\(number) @bo", in: general, ana) }
        func mark(_ seq: Int64, force: Bool? = nil) async throws -> Unread {
            try await scene.registers.setMarker(MarkerDraft(channel: general, seq: seq, force: force), scene.call(bo))
        }
        // Two joins come first; bo joined with the second.
        #expect(try await scene.unread(bo, general) == Unread(channel: general, marker: 1, unread: 5, mentions: 5))
        #expect(try await mark(4) == Unread(channel: general, marker: 4, unread: 3, mentions: 3))
        #expect(try await mark(3) == Unread(channel: general, marker: 4, unread: 3, mentions: 3))
        #expect(try await mark(3, force: true) == Unread(channel: general, marker: 3, unread: 4, mentions: 4))
        #expect(try await mark(0, force: true) == Unread(channel: general, marker: 0, unread: 5, mentions: 5))
        #expect(try await mark(7) == Unread(channel: general, marker: 7, unread: 0, mentions: 0))
        await refused(.invalid) { _ = try await mark(8) }
        await refused(.invalid) { _ = try await mark(.max, force: true) }
        await refused(.invalid) { _ = try await mark(-1, force: true) }
        let told = try await scene.log(.me(bo.account!)).filter { $0.kind == .registersChanged }
        #expect(told.count == 4, "what did not move is not told")
        #expect(told.last?.registers == [Register(key: "marker/\(general)", value: ["seq": 7], version: 4)])
    }
}
