import ChatAPI
import ChatTestKit
import Engine
import Testing

/// Lists of channels and members, page by page.
@Suite struct ChannelPagingTests {
    @Test(arguments: [1, 3, 7, 500])
    func `paging channels shows each once, whatever is made and deleted meanwhile`(limit: Int) async throws {
        let seed: UInt64 = 20_260_501 + UInt64(limit)
        var generator = SeededGenerator(seed: seed)
        let scene = try ChannelScene()
        let ana = try await scene.neighbour("ana")
        var stays: Set<ChannelID> = [try await scene.channels.get(ChannelRef("general"), scene.call(ana)).id]
        var goes: [ChannelID] = []
        for number in 0..<40 {
            let draft = ChannelDraft(name: "c\(Int.random(in: 0..<1_000_000, using: &generator))-\(number)")
            let id = try await scene.channels.create(draft, scene.call(ana)).id
            if number % 4 == 0 { goes.append(id) } else { stays.insert(id) }
        }
        for number in 0..<10 {
            _ = try await scene.neighbour("guest\(number)")
            stays.insert(
                try await scene.channels.openDirect(DirectDraft(people: ["guest\(number)"]), scene.call(ana)).id
            )
        }
        var seen: [ChannelID] = []
        var cursor: String?
        repeat {
            let page = try await scene.channels.list(ChannelQuery(limit: limit, cursor: cursor), scene.call(ana))
            #expect(page.items.count <= limit)
            seen += page.items.map(\.id)
            cursor = page.nextCursor
            _ = try await scene.channels.create(
                ChannelDraft(name: "new-\(UInt64.random(in: 0...UInt64.max, using: &generator))"),
                scene.call(ana)
            )
            if let id = goes.popLast() { _ = try await scene.channels.delete(ChannelRef(id), scene.call(ana)) }
        } while cursor != nil
        #expect(Set(seen).count == seen.count, "twice, seed \(seed)")
        #expect(stays.isSubset(of: seen), "skipped, seed \(seed)")
    }

    @Test(arguments: [1, 4, 100])
    func `paging members shows each once, in the order of their names`(limit: Int) async throws {
        let scene = try ChannelScene()
        let ana = try await scene.neighbour("ana")
        var names: Set<String> = ["ana"]
        for number in 1...23 {
            let name = "g\(number * 7919 % 1_000)x"
            names.insert(name)
            _ = try await scene.neighbour(name)
        }
        var seen: [String] = []
        var cursor: String?
        var extra = 0
        repeat {
            let query = MemberQuery(channel: "general", limit: limit, cursor: cursor)
            let page = try await scene.channels.members(query, scene.call(ana))
            seen += page.items.map(\.name)
            cursor = page.nextCursor
            extra += 1
            _ = try await scene.neighbour("extra\(extra)")
        } while cursor != nil
        #expect(seen == seen.sorted())
        #expect(Set(seen).count == seen.count)
        #expect(names.isSubset(of: seen))
        let found = try await scene.channels.members(MemberQuery(channel: "general", query: "ANA"), scene.call(ana))
        #expect(found.items.map(\.name) == ["ana"])
        _ = try await scene.neighbour("jürgen")
        for spelling in ["jü", "JU\u{308}RG"] {
            let query = MemberQuery(channel: "general", query: spelling)
            #expect(try await scene.channels.members(query, scene.call(ana)).items.map(\.name) == ["jürgen"])
        }
    }

    @Test func `a list is narrowed by text and by membership`() async throws {
        let scene = try ChannelScene()
        let (ana, bo) = (try await scene.neighbour("ana"), try await scene.neighbour("bo"))
        _ = try await scene.channels.create(ChannelDraft(name: "fika", topic: "Kaffe und GRÜSSE"), scene.call(ana))
        _ = try await scene.channels.create(ChannelDraft(name: "den", topic: "kaffe too", secret: "s"), scene.call(ana))
        _ = try await scene.channels.openDirect(DirectDraft(people: ["bo"]), scene.call(ana))
        func names(_ caller: Caller, _ query: ChannelQuery) async throws -> [String?] {
            try await scene.channels.list(query, scene.call(caller)).items.map(\.name)
        }
        #expect(try await names(bo, ChannelQuery()) == ["den", "fika", "general", nil])
        #expect(try await names(bo, ChannelQuery(joined: true)) == ["general", nil])
        #expect(try await names(bo, ChannelQuery(query: "KAFFE")) == ["fika"], "the topic of #den is not shown to bo")
        #expect(try await names(ana, ChannelQuery(query: "kaffe")) == ["den", "fika"])
        #expect(try await names(bo, ChannelQuery(query: "grüsse")) == ["fika"])
        #expect(try await names(bo, ChannelQuery(query: "den")) == ["den"])
        #expect(try await names(bo, ChannelQuery(query: "an")) == [nil], "ana is in the conversation")
        let den = try await scene.channels.list(ChannelQuery(query: "den"), scene.call(bo)).items[0]
        #expect(den.topic == nil && den.head == nil && den.hasSecret && den.role == nil)
    }

    @Test(arguments: [
        (ChannelQuery(limit: 0), "/limit"), (ChannelQuery(limit: 501), "/limit"), (ChannelQuery(limit: -1), "/limit"),
        (ChannelQuery(cursor: ""), "/cursor"), (ChannelQuery(cursor: "x"), "/cursor"),
        (ChannelQuery(cursor: "d:12"), "/cursor"), (ChannelQuery(query: String(repeating: "q", count: 257)), "/query"),
        (ChannelQuery(query: "a\nb"), "/query"),
    ])
    func `a page that cannot be is refused`(query: ChannelQuery, pointer: String) async throws {
        let scene = try ChannelScene()
        let ana = try await scene.person("ana")
        do {
            _ = try await scene.channels.list(query, scene.call(ana))
            Issue.record("it was not refused")
        } catch let error as APIError {
            #expect(error.errors.first?.pointer == pointer)
        }
    }
}
