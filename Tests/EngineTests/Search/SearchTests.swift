import ChatAPI
import ChatTestKit
import Engine
import Glibc
import Storage
import Testing

/// Search: what is found, by whom, with which marks; and that the index follows, forgets and heals.
@Suite("Search")
struct SearchTests {
    private func find(_ tea: Community, _ query: SearchQuery, as person: Person? = nil) async throws -> SearchPage {
        try await tea.world.engine.search.catchUp()
        return try await (person ?? tea.bob).call(.search, query)
    }

    private func texts(_ tea: Community, _ q: String) async throws -> [String] {
        try await find(tea, SearchQuery(q: q)).hits.compactMap(\.entry.text)
    }

    @Test(arguments: [
        ("Tea", ["hot tea", "Tea, please"]), ("tea hot", ["hot tea"]), ("\"hot tea\"", ["hot tea"]),
        ("\"tea hot\"", []),
        ("plea*", ["Tea, please"]), ("plea", []), ("tea -hot", ["Tea, please"]), ("tea -\"hot tea\"", ["Tea, please"]),
        ("CAFE", ["café au lait"]), ("café", ["café au lait"]), ("lait OR tea", []), ("NOT", ["why not and near"]),
        ("near", ["why not and near"]), ("東京", ["私は東京に住んでいます"]), ("京東", []), ("住んで", ["私は東京に住んでいます"]),
        ("東京 tea", []), ("서울", ["오늘 서울에서 만나요"]), ("กิน", ["ฉันกินข้าว"]), ("🎉", ["party🎉time"]),
        ("party", ["party🎉time"]), ("❤", ["I ❤️ you"]), ("❤️", ["I ❤️ you"]), ("example.org", ["see example.org/x_y"]),
        ("x_y", ["see example.org/x_y"]), ("привет", ["Привет, мир"]), ("tea :)", ["hot tea", "Tea, please"]),
    ])
    func `words, phrases, beginnings and scripts`(_ q: String, _ expected: [String]) async throws {
        let tea = try await Community()
        for text in [
            "Tea, please", "hot tea", "café au lait", "why not and near", "私は東京に住んでいます", "오늘 서울에서 만나요", "ฉันกินข้าว",
            "party🎉time", "I ❤️ you", "see example.org/x_y", "Привет, мир",
        ] {
            tea.world.clock.advance(by: .seconds(1))
            try await tea.send(text, by: tea.ana)
        }
        #expect(try await texts(tea, q) == expected)
    }

    @Test(arguments: [
        "", "   ", "\"", "tea \"open", "-tea", "-\"a b\" -c", ":)", "*", "\"\"", "a\nb",
        String(repeating: "x", count: 257),
        Array(repeating: "w", count: 17).joined(separator: " "),
    ])
    func `questions without an answer say what is wrong`(_ q: String) async throws {
        let tea = try await Community()
        let refused = await refusal { try await find(tea, SearchQuery(q: q)) }
        #expect(refused?.code == .invalid)
        #expect(refused?.errors.first?.pointer == "/q")
    }

    @Test(arguments: [
        "text : x", "tags : c1", "{text tags} : x", "^tea", "a NEAR b", "NEAR(a b, 2)", "a AND", "(a", "a)", "a + b",
        "a^2",
        "\"a\" \"b\"*", "rank:1", "%' OR 1=1 --", "c1", "a1", "a\u{0}b", "\u{1}x\u{2}", "\\\"", "x*y*z", "'", "''",
        "-- a", "a-b",
    ])
    func `the index's own syntax is nothing but words`(_ q: String) async throws {
        let tea = try await Community()
        try await tea.send("hello", by: tea.ana)
        do {
            let page = try await find(tea, SearchQuery(q: q))
            #expect(page.hits.isEmpty)
        } catch let error as APIError {
            #expect(error.code == .invalid)
        }
    }

    @Test func `marks are byte ranges of the text`() async throws {
        let tea = try await Community()
        let text = "Café für 東京 und party🎉 — cafe"
        try await tea.send(text, by: tea.ana)
        func marked(_ q: String) async throws -> [String] {
            let hit = try #require(try await find(tea, SearchQuery(q: q)).hits.first)
            let bytes = Array(text.utf8)
            return hit.highlights.map { String(decoding: bytes[$0[0]..<$0[1]], as: UTF8.self) }
        }
        #expect(try await marked("cafe") == ["Café", "cafe"])
        #expect(try await marked("東京").joined() == "東京")
        #expect(try await marked("🎉") == ["🎉"])
        #expect(try await marked("für und") == ["für", "und"])
    }

    @Test func `only what one may read is found`() async throws {
        let tea = try await Community()
        let carla = try await tea.world.register("carla")
        let secret = try await tea.ana.call(.createChannel, ChannelDraft(name: "vault", secret: "s"))
        let direct = try await tea.ana.call(.openDirect, DirectDraft(people: ["bob", "carla"]))
        try await tea.send("needle in the open", by: tea.ana)
        try await tea.send("needle in the vault", by: tea.ana, in: secret.id)
        let early = try await tea.send("needle early", by: tea.ana, in: direct.id)
        let dan = try await tea.world.register("dan")
        _ = try await tea.ana.call(.addMember, MemberRef(channel: direct.id.description, account: "dan"))
        try await tea.send("needle late", by: tea.ana, in: direct.id)
        func found(_ person: Person) async throws -> Set<String> {
            Set(try await find(tea, SearchQuery(q: "needle"), as: person).hits.compactMap(\.entry.text))
        }
        #expect(try await found(tea.ana).count == 4)
        #expect(try await found(carla) == ["needle in the open", "needle early", "needle late"])
        #expect(try await found(dan) == ["needle in the open", "needle late"])
        #expect(early.seq > 0)
        let refused = await refusal { try await find(tea, SearchQuery(q: "needle", channel: "vault"), as: carla) }
        #expect(refused?.code == .notMember)
    }

    @Test func `what was acknowledged before the question is found, without waiting for the index's pause`()
        async throws
    {
        let tea = try await Community()
        try await tea.world.engine.search.catchUp()
        for number in 1...20 {
            let sent = try await tea.send("freshly said, number \(number)", by: tea.ana)
            let page = try await tea.bob.call(.search, SearchQuery(q: "freshly", limit: 1))
            #expect(page.hits.first?.entry.seq == sent.seq, "number \(number)")
        }
        let seq = try await tea.send("worth a second thought", by: tea.ana).seq
        _ = try await tea.ana.call(.editMessage, MessageEdit(channel: tea.id, seq: seq, text: "rewritten at once"))
        let rewritten = try await tea.bob.call(.search, SearchQuery(q: "rewritten")).hits
        #expect(rewritten.map(\.highlights.count) == [1])
        #expect(try await tea.bob.call(.search, SearchQuery(q: "worth")).hits.isEmpty)
    }

    @Test func `a question does not wait for an index that cannot be written, and tries it again`() async throws {
        let tea = try await Community()
        let search = tea.world.engine.search
        try await search.catchUp()
        let blocker = try Connection(path: tea.world.engine.settings.searchPath)
        // A writer's lock held by somebody else stands for a disk that takes nothing.
        try blocker.execute("BEGIN IMMEDIATE")
        try await tea.send("said meanwhile", by: tea.ana)
        #expect(try await tea.bob.call(.search, SearchQuery(q: "meanwhile")).hits.isEmpty)
        #expect(search.lag == 1)
        try blocker.execute("COMMIT")
        blocker.close()
        #expect(try await tea.bob.call(.search, SearchQuery(q: "meanwhile")).hits.count == 1)
    }

    @Test func `filters and pages lead through everything once, newest first`() async throws {
        let tea = try await Community()
        let other = try await tea.bob.call(.createChannel, ChannelDraft(name: "other"))
        var stored: [(text: String, at: Milliseconds, isOther: Bool, byAna: Bool)] = []
        _ = try await tea.ana.call(.joinChannel, ChannelJoin(channel: "other"))
        for number in 0..<40 {
            if number % 3 == 0 { tea.world.clock.advance(by: .milliseconds(1)) }
            let (isOther, byAna) = (number % 2 == 0, number % 5 < 2)
            let text = "word \(number)"
            let sent = try await tea.send(text, by: byAna ? tea.ana : tea.bob, in: isOther ? other.id : tea.id)
            stored.append((text, sent.at, isOther, byAna))
        }
        func all(_ query: SearchQuery) async throws -> [SearchHit] {
            var query = query
            var hits: [SearchHit] = []
            repeat {
                let page = try await find(tea, query)
                hits += page.hits
                query.cursor = page.nextCursor
            } while query.cursor != nil
            return hits
        }
        let everything = try await all(SearchQuery(q: "word", limit: 7))
        #expect(Set(everything.compactMap(\.entry.text)) == Set(stored.map(\.text)))
        #expect(everything.count == stored.count)
        #expect(everything.map(\.entry.at) == everything.map(\.entry.at).sorted(by: >))
        let inOther = try await all(SearchQuery(q: "word", channel: "other", by: "ana", limit: 3))
        #expect(Set(inOther.compactMap(\.entry.text)) == Set(stored.filter { $0.isOther && $0.byAna }.map(\.text)))
        let (since, until) = (stored[10].at, stored[30].at)
        let period = try await all(SearchQuery(q: "word", since: since, until: until, limit: 4))
        let expected = stored.filter { $0.at >= since && $0.at <= until }.map(\.text)
        #expect(Set(period.compactMap(\.entry.text)) == Set(expected))
    }

    @Test func `edits are followed, deleted words are gone from the file`() async throws {
        let tea = try await Community()
        let sent = try await tea.send("quixotic plan", by: tea.ana)
        #expect(try await texts(tea, "quixotic") == ["quixotic plan"])
        _ = try await tea.ana.call(.editMessage, MessageEdit(channel: tea.id, seq: sent.seq, text: "zephyrous plan"))
        #expect(try await texts(tea, "quixotic").isEmpty)
        #expect(try await texts(tea, "zephyrous") == ["zephyrous plan"])
        _ = try await tea.ana.call(.deleteMessage, MessageRef(channel: tea.id, seq: sent.seq))
        #expect(try await texts(tea, "zephyrous").isEmpty)
        try await tea.world.engine.search.mergeErased()
        for suffix in ["", "-wal"] {
            let bytes = try Self.contents(of: tea.world.engine.settings.searchPath + suffix)
            #expect(!bytes.contains("quixotic") && !bytes.contains("zephyrous"), "search.db\(suffix)")
        }
        #expect(try await texts(tea, "plan").isEmpty)
        try await tea.send("another plan", by: tea.ana)
        #expect(try await texts(tea, "plan") == ["another plan"])
    }

    @Test func `a deleted channel is not found any more`() async throws {
        let tea = try await Community()
        try await tea.send("gone soon", by: tea.ana)
        #expect(try await texts(tea, "gone") == ["gone soon"])
        _ = try await tea.ana.call(.deleteChannel, ChannelRef("tea"))
        #expect(try await texts(tea, "gone").isEmpty)
        #expect(tea.world.engine.search.lag == 0)
    }

    @Test func `a missing, damaged or foreign index is made again`() async throws {
        let tea = try await Community()
        try await tea.send("durable words", by: tea.ana)
        let database = tea.database
        let path = tea.world.engine.settings.searchPath + "-second"
        let call = Call(
            caller: try await tea.world.caller(tea.ana.tokens.accessToken),
            operation: "messages.search",
            now: tea.world.clock.now
        )
        func found() async throws -> Int {
            let search = try Search(database: database, path: path, clock: tea.world.clock, pause: .zero)
            defer { search.close() }
            try await search.catchUp()
            #expect(search.lag == 0)
            return try await search.find(SearchQuery(q: "durable"), call).hits.count
        }
        #expect(try await found() == 1)
        #expect(try await found() == 1)
        for damage in ["not a database at all, but long enough to be read as one", ""] {
            try Self.write(damage, to: path)
            for suffix in ["-wal", "-shm"] { unlink(path + suffix) }
            #expect(try await found() == 1, "\(damage)")
        }
        try await tea.database.write(touching: []) { tx in
            _ = try tx.run("UPDATE database_identity SET epoch = epoch")
        }
        let connection = try Connection(path: path)
        try connection.execute("UPDATE mark SET value = 'another' WHERE name = 'epoch'; DELETE FROM document")
        connection.close()
        #expect(try await found() == 1)
        for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
    }

    @Test func `damage that a question meets is mended`() async throws {
        let tea = try await Community()
        for number in 1...300 { try await tea.send("durable words, many of them: \(number)", by: tea.ana) }
        #expect(try await find(tea, SearchQuery(q: "durable", limit: 500)).hits.count == 300)
        let path = tea.world.engine.settings.searchPath
        let connection = try Connection(path: path)
        try connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        let file = try #require(fopen(path, "r+b"))
        fseek(file, 4_096, SEEK_SET)
        let rubbish = [UInt8](repeating: 0xA5, count: 40_960)
        fwrite(rubbish, 1, rubbish.count, file)
        fclose(file)
        var hits = 0
        for _ in 0..<4 where hits != 300 {
            hits = (try? await find(tea, SearchQuery(q: "durable", limit: 500)).hits.count) ?? 0
        }
        #expect(hits == 300)
    }

    private static func contents(of path: String) throws -> String {
        guard let file = fopen(path, "rb") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        // As Latin-1, so that nothing of a binary file is left out.
        return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }

    private static func write(_ text: String, to path: String) throws {
        let file = try #require(fopen(path, "wb"))
        fputs(text, file)
        fclose(file)
    }
}
