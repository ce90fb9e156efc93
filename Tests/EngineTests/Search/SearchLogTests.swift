import ChatAPI
import ChatTestKit
import Engine
import Glibc
import Storage
import Testing

/// The index's own log: it is moved into the file when it is long, and whatever a crash leaves of the two is gone on with.
@Suite("The log of the search index")
struct SearchLogTests {
    /// What is left of the two files.
    enum Remains: CaseIterable {
        /// `kill -9`: all that was written.
        case everything
        /// A power loss: nothing of the log, or its beginning.
        case file, halfTheLog
    }

    @Test(arguments: Remains.allCases)
    func `after a crash the index goes on from what is left, and nothing is lost`(_ remains: Remains) async throws {
        let tea = try await Community()
        let folder = try ScratchFolder()
        let (path, copy) = (tea.world.engine.settings.searchPath, folder.path + "/left.db")
        let search = tea.world.engine.search
        for number in 1...40 {
            try await tea.send("durable words, number \(number)", by: tea.ana)
            try await search.catchUp()
        }
        let log = try Self.bytes(of: path + "-wal")
        try Self.write(try Self.bytes(of: path), to: copy)
        switch remains {
        case .everything: try Self.write(log, to: copy + "-wal")
        case .halfTheLog: try Self.write(Array(log.prefix(log.count / 2)), to: copy + "-wal")
        case .file: break
        }
        try await tea.send("durable words after the crash", by: tea.ana)
        let reopened = try Search(database: tea.database, path: copy, clock: tea.world.clock, pause: .zero)
        defer { reopened.close() }
        try await reopened.catchUp()
        #expect(reopened.lag == 0)
        let call = Call(
            caller: try await tea.world.caller(tea.ana.tokens.accessToken),
            operation: "messages.search",
            now: tea.world.clock.now
        )
        let hits = try await reopened.find(SearchQuery(q: "durable", limit: 100), call).hits
        #expect(Set(hits.map(\.entry.seq)).count == 41)
        #expect(hits.count == 41)
    }

    @Test func `a short log stays where it is, a long one is moved`() async throws {
        let tea = try await Community()
        let path = tea.world.engine.settings.searchPath
        let search = tea.world.engine.search
        for number in 1...5 {
            try await tea.send("a little more, number \(number)", by: tea.ana)
            try await search.catchUp()
        }
        let small = try Self.bytes(of: path).count
        #expect(small < 16_384, "five short messages were moved one after the other")
        #expect(try Self.bytes(of: path + "-wal").count > 0)
        // Each transaction writes its pages anew: some hundred of them are four mebibytes.
        var moved = small
        for number in 1...1_000 where moved == small {
            try await tea.send("and one more, number \(number)", by: tea.ana)
            try await search.catchUp()
            if number % 20 == 0 { moved = try Self.bytes(of: path).count }
        }
        #expect(moved > small, "a long log was not moved")
    }

    private static func bytes(of path: String) throws -> [UInt8] {
        let file = try #require(fopen(path, "rb"), "\(path)")
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return bytes
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        let file = try #require(fopen(path, "wb"))
        defer { fclose(file) }
        #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    }
}
