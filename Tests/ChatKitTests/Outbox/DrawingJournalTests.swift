import ChatAPI
import ChatKit
import ChatTestKit
import Glibc
import Synchronization
import Testing

/// Strokes without an answer on disk: found by the next program, whatever ended this one, and by none while this one lives.
@Suite struct DrawingJournalTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static func draw(_ number: Int, _ text: String = "x") -> SketchDraw {
        SketchDraw(
            sketch: SketchID(high: 1, low: 5),
            cid: cid(number),
            operation: .cells(
                stroke: StrokeID(high: 2, low: UInt64(number)),
                layer: 0,
                runs: [SketchRun(x: number, y: 0, text: text, foreground: .palette(9))]
            )
        )
    }

    private func file(_ number: Int = 1) -> String { folder.path + "/drawings-\(number).jsonl" }

    /// What a program that ends now leaves to the next: a copy of its file, as the kernel keeps it after `kill -9`.
    private func leftNow() throws -> [SketchDraw] {
        let after = try TemporaryFolder()
        for number in 1...3 {
            guard let bytes = try? Files.read(file(number)) else { continue }
            try Files.write(bytes, to: after.path + "/drawings-\(number).jsonl")
        }
        return try DrawingJournal(in: after.path).left
    }

    @Test func `a stroke is there after the end without a word, until it has its answer`() throws {
        let journal = try DrawingJournal(in: folder.path)
        #expect(journal.left.isEmpty)
        try journal.note(DrawingChange(kept: [Self.draw(1), Self.draw(2)]))
        #expect(try leftNow() == [Self.draw(1), Self.draw(2)])
        // It has grown: in its place, not at the end.
        try journal.note(DrawingChange(kept: [Self.draw(1, "xyz"), Self.draw(3)]))
        #expect(try leftNow() == [Self.draw(1, "xyz"), Self.draw(2), Self.draw(3)])
        try journal.note(DrawingChange(gone: [cid(1)]))
        try journal.note(DrawingChange(kept: [Self.draw(4)], gone: [cid(3)]))
        #expect(try leftNow() == [Self.draw(2), Self.draw(4)])
        try journal.note(DrawingChange(gone: [cid(2), cid(4)]))
        #expect(try leftNow().isEmpty)
        #expect(try Files.read(file()).isEmpty, "nothing waits: the file is empty")
    }

    @Test func `only its owner reads it, and at the end nothing of it is left`() throws {
        let journal = try DrawingJournal(in: folder.path)
        try journal.note(DrawingChange(kept: [Self.draw(1)]))
        #expect(try folder.mode(of: "drawings-1.jsonl") == 0o600)
        try journal.note(DrawingChange(gone: [cid(1)]))
        journal.close()
        #expect(access(file(), F_OK) != 0)
    }

    @Test func `two programs at once keep their own, and each start takes over what ended ones left`() throws {
        let first = try DrawingJournal(in: folder.path)
        try first.note(DrawingChange(kept: [Self.draw(1)]))
        var second: DrawingJournal? = try DrawingJournal(in: folder.path)
        #expect(second?.left.isEmpty == true, "the first lives and sends its own")
        try second?.note(DrawingChange(kept: [Self.draw(2)]))
        second = nil
        let third = try DrawingJournal(in: folder.path)
        #expect(third.left == [Self.draw(2)])
        try first.note(DrawingChange(gone: [cid(1)]))
        #expect(try leftNow() == [Self.draw(2)], "what was taken over is kept until it is answered")
        first.close()
        third.close()
        #expect(try DrawingJournal(in: folder.path).left == [Self.draw(2)])
    }

    @Test func `an orphan in another place is taken over once`() throws {
        let first = try DrawingJournal(in: folder.path)
        var second: DrawingJournal? = try DrawingJournal(in: folder.path)
        try second?.note(DrawingChange(kept: [Self.draw(2)]))
        second = nil
        first.close()
        let third = try DrawingJournal(in: folder.path)
        #expect(third.left == [Self.draw(2)])
        #expect(access(file(2), F_OK) != 0, "it is in the file of its new owner")
        third.clear()
        third.close()
        #expect(try DrawingJournal(in: folder.path).left.isEmpty)
    }

    @Test func `cut off at every byte, whatever was whole is found and nothing else`() throws {
        let journal = try DrawingJournal(in: folder.path)
        try journal.note(DrawingChange(kept: [Self.draw(1), Self.draw(2)]))
        let whole = try Files.read(file())
        let line = try #require(whole.firstIndex(of: 0x0A))
        for length in 0...whole.count {
            let cut = try TemporaryFolder()
            try Files.write(Array(whole[..<length]), to: cut.path + "/drawings-1.jsonl")
            let left = try DrawingJournal(in: cut.path).left
            // A line is whole without its end as well.
            let expected = length >= whole.count - 1 ? 2 : length >= line ? 1 : 0
            #expect(left.count == expected, "\(length) bytes")
        }
    }

    @Test func `what another program wrote there is passed over`() throws {
        let lines = ["nonsense", "[1]", #"{"draw":{"sketch":"x"}}"#, #"{"gone":7}"#, "\u{1B}[31m"]
        let good = #"{"gone":"\#(cid(9))"}"#
        try Files.write(Array((lines + [good]).joined(separator: "\n").utf8), to: file())
        #expect(try DrawingJournal(in: folder.path).left.isEmpty)
    }

    @Test func `the file of a long session stays short`() throws {
        let journal = try DrawingJournal(in: folder.path)
        try journal.note(DrawingChange(kept: [Self.draw(0)]))
        var longest = 0
        for number in 1...4_000 {
            try journal.note(
                DrawingChange(kept: [Self.draw(number)], gone: number > 1 ? [cid(number - 1)] : [])
            )
            longest = max(longest, try size())
        }
        #expect(longest < 300_000)
        #expect(try leftNow() == [Self.draw(0), Self.draw(4_000)])
    }

    @Test func `a disk that is full costs what it does not take, not what it has`() throws {
        let isFull = Mutex(false)
        let journal = try DrawingJournal(in: folder.path) { file, bytes, count in
            guard isFull.withLock({ $0 }) else { return write(file, bytes, count) }
            // Room for half a line.
            guard count > 20 else {
                errno = ENOSPC
                return -1
            }
            return write(file, bytes, count - 20)
        }
        try journal.note(DrawingChange(kept: [Self.draw(1)]))
        isFull.withLock { $0 = true }
        let failure = #expect(throws: Files.Failure.self) { try journal.note(DrawingChange(kept: [Self.draw(2)])) }
        isFull.withLock { $0 = false }
        #expect(failure?.sentence.contains("drawings-1.jsonl") == true)
        #expect(try leftNow() == [Self.draw(1)])
        // With room again, everything is there.
        try journal.note(DrawingChange(kept: [Self.draw(3)]))
        #expect(try leftNow() == [Self.draw(1), Self.draw(2), Self.draw(3)])
    }

    private func size() throws -> Int {
        var status = stat()
        guard stat(file(), &status) == 0 else { return 0 }
        return Int(status.st_size)
    }
}
