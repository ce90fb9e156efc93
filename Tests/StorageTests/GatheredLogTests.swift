import ChatTestKit
import Glibc
import Storage
import Testing

/// The log is written in one piece per commit, and is SQLite's own log to everybody who reads it.
struct GatheredLogTests {
    private static let create = "CREATE TABLE page (number INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT"
    private static let put: SQL = "INSERT OR REPLACE INTO page (number, text) VALUES (:number, :text)"
    private static let drop: SQL = "DELETE FROM page WHERE number = :number"
    private static let all: SQL = "SELECT number, text FROM page ORDER BY number"

    @Test func `a commit of fifty pages is one write and a sync`() throws {
        let folder = try ScratchFolder()
        let connection = try Connection(path: folder.path + "/pages.db")
        try connection.execute(Self.create)
        // The file has its length from here on.
        try fill(connection, 1...50)
        try connection.checkpoint()
        let before = try Self.writes()
        try fill(connection, 1...50)
        #expect(try Self.writes() - before <= 3)
        let logged = try connection.checkpoint().logged
        #expect(logged >= 50)
    }

    @Test func `the log's file grows by whole steps, and starts anew when it is emptied`() throws {
        let folder = try ScratchFolder()
        let path = folder.path + "/pages.db"
        let connection = try Connection(path: path)
        try connection.execute(Self.create)
        try fill(connection, 1...3)
        #expect(Self.length(path + "-wal") == 256 << 10)
        try fill(connection, 1...100)
        #expect(Self.length(path + "-wal") == 512 << 10)
        try connection.checkpoint(truncating: true)
        #expect(Self.length(path + "-wal") == 0)
        try fill(connection, 1...3)
        #expect(Self.length(path + "-wal") == 256 << 10)
        connection.close()
        #expect(Self.length(path + "-wal") == nil)
    }

    @Test func `a log that starts over gives its length back by and by, down to the limit`() throws {
        let folder = try ScratchFolder()
        let path = folder.path + "/pages.db"
        let connection = try Connection(path: path)
        try connection.execute("PRAGMA journal_size_limit = \(1 << 20)")
        try connection.execute(Self.create)
        try fill(connection, 1...1_400)
        let mebibytes = try (0..<5).map { _ in
            try connection.checkpoint()
            try fill(connection, 1...3)
            return Double(Self.length(path + "-wal") ?? 0) / Double(1 << 20)
        }
        #expect(mebibytes == [3.75, 1.75, 1, 1, 1])
    }

    /// A cache of four pages makes SQLite write into the log in the middle of a transaction, read that again, and write over
    /// what a revert has left there.
    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func `any mix of commits, reverts and checkpoints is what a reader of the files finds`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let folder = try ScratchFolder()
        let path = folder.path + "/pages.db"
        var connection = try Connection(path: path, options: .init(cacheKiB: 16))
        try connection.execute(Self.create)
        var copying = Connection.Options(cacheKiB: 64)
        copying.copiesLog = true
        let copier = try Connection(path: path, options: copying)
        var model: [Int: String] = [:]
        for round in 1...40 {
            var changed = model
            let isKept = Int.random(in: 0..<4, using: &generator) > 0
            do {
                try connection.transaction {
                    for _ in 0..<Int.random(in: 1...60, using: &generator) {
                        let number = Int.random(in: 1...80, using: &generator)
                        if Int.random(in: 0..<5, using: &generator) == 0 {
                            changed[number] = nil
                            try connection.run(Self.drop) { $0.bind("number", number) }
                        } else {
                            let text = String(
                                repeating: "\(round) ",
                                count: Int.random(in: 1...2_000, using: &generator)
                            )
                            changed[number] = text
                            try put(connection, number, text)
                        }
                    }
                    if !isKept { throw Reverted() }
                }
                model = changed
            } catch is Reverted {}
            switch Int.random(in: 0..<7, using: &generator) {
            case 0: try connection.checkpoint()
            case 4: try copier.checkpoint()
            case 1: try connection.checkpoint(truncating: true)
            case 2:
                // What is on disk now, as after a power loss.
                let copy = "\(folder.path)/copy\(round).db"
                ScratchFolder.copy(path, to: copy)
                ScratchFolder.copy(path + "-wal", to: copy + "-wal")
                let found = try Connection(path: copy)
                try expect(found, model, seed, round)
                #expect(try Self.check(found) == "ok")
            case 3:
                connection.close()
                connection = try Connection(path: path, options: .init(cacheKiB: 16))
            default: break
            }
            let reader = try Connection(path: path, mode: .readOnly)
            try expect(reader, model, seed, round)
        }
    }

    // MARK: - Helpers

    private struct Reverted: Error {}

    private func put(_ connection: Connection, _ number: Int, _ text: String) throws {
        try connection.run(Self.put) {
            $0.bind("number", number)
            $0.bind("text", text)
        }
    }

    /// Each row takes a page of its own.
    private func fill(_ connection: Connection, _ numbers: ClosedRange<Int>) throws {
        try connection.transaction {
            for number in numbers { try put(connection, number, String(repeating: "x", count: 3_000)) }
        }
    }

    private func expect(_ connection: Connection, _ model: [Int: String], _ seed: UInt64, _ round: Int) throws {
        var found: [Int: String] = [:]
        try connection.each(Self.all) { row in
            found[row.int(0)] = row.string(1)
            return true
        }
        #expect(found == model, "seed \(seed), round \(round)")
    }

    private static let integrity: SQL = "PRAGMA integrity_check"

    private static func check(_ connection: Connection) throws -> String? {
        try connection.first(integrity) { $0.string(0) }
    }

    private static func length(_ path: String) -> Int? {
        var facts = stat()
        return stat(path, &facts) == 0 ? Int(facts.st_size) : nil
    }

    /// Calls of this thread that write, by the system's count (proc(5), `io`).
    private static func writes() throws -> Int {
        guard let file = fopen("/proc/thread-self/io", "r") else { throw Reverted() }
        defer { fclose(file) }
        var text = [UInt8](repeating: 0, count: 512)
        let count = fread(&text, 1, text.count, file)
        for line in String(decoding: text[..<count], as: UTF8.self).split(separator: "\n")
        where line.hasPrefix("syscw: ") {
            return Int(line.dropFirst(7)) ?? 0
        }
        throw Reverted()
    }
}
