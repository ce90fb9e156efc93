import ChatAPI
import ChatTestKit
import Engine
import Storage
import Testing

/// What keeps sketches small and quick to open: checkpoints, trimmed logs, purged rows; and storage that fails.
@Suite("Keeping sketches")
struct SketchKeepingTests {
    /// Draws many operations at once, as a busy sketch gets them.
    private func draw(_ count: Int, _ scene: SketchScene) async throws {
        let caller = try await scene.tea.world.caller(scene.ana.tokens.accessToken)
        let engine = scene.tea.world.engine
        var generator = SeededGenerator(seed: 1)
        for start in stride(from: 0, to: count, by: 256) {
            let answers = AsyncStream<Result<SketchDrawn, APIError>>.makeStream()
            let batch = WriteBatch<Facts>()
            let part = min(256, count - start)
            for number in start..<start + part {
                let run = SketchRun(
                    x: Int.random(in: 0..<30, using: &generator),
                    y: Int.random(in: 0..<10, using: &generator),
                    text: ["ab", "世", "###"][number % 3]
                )
                let operation = SketchOperation.cells(
                    stroke: StrokeID(high: 7, low: UInt64(number / 4)),
                    layer: 0,
                    runs: [run]
                )
                engine.domains.sketches.draw(
                    SketchDraw(sketch: scene.id, cid: scene.tea.cid(), operation: operation),
                    by: caller,
                    in: batch
                ) { answers.continuation.yield($0) }
            }
            engine.database.submit(batch)
            var left = part
            for await answer in answers.stream {
                _ = try answer.get()
                left -= 1
                if left == 0 { break }
            }
        }
    }

    private func count(_ sql: SQL, _ scene: SketchScene) async throws -> Int {
        try await scene.tea.database.read { tx in try tx.first(sql) { $0.int(0) } ?? 0 }
    }

    @Test
    func `of nine writers of a cell the first is forgotten`() async throws {
        let scene = try await SketchScene()
        var strokes: [(stroke: StrokeID, by: Person)] = []
        for number in 0...SketchHistory.depth {
            let person = number % 2 == 0 ? scene.ana : scene.bob
            strokes.append((try await scene.draw("\(number)", x: 3, y: 2, by: person), person))
        }
        for (number, drawn) in strokes.enumerated().reversed().dropLast() {
            #expect(try await scene.row(2) == "   \(number)")
            try await scene.apply(.undo(stroke: drawn.stroke), by: drawn.by)
        }
        #expect(try await scene.row(2) == "")
    }

    @Test
    func `every few thousand operations a checkpoint is written, and a sketch opens from it`() async throws {
        let scene = try await SketchScene()
        try await draw(4_200, scene)
        while try await count("SELECT COUNT(*) FROM sketch_checkpoint", scene) == 0 { await Task.yield() }
        let before = try await scene.canvas()
        try await scene.tea.database.write(touching: []) { tx in tx.forgetSketches() }
        #expect(try await scene.canvas() == before)
        var replayed = SketchCanvas.first
        var after: Int64 = 0
        while after < before.seq {
            let query = SketchOperationQuery(sketch: scene.id, after: after, limit: 500)
            for entry in try await scene.ana.call(.sketchOperations, query).operations { replayed.apply(entry) }
            after = replayed.seq
        }
        #expect(replayed == before)
        let seq = try await count("SELECT seq FROM sketch_checkpoint", scene)
        #expect(seq >= 4_000)
    }

    @Test
    func `a log that is too long gives its oldest entries to a base`() async throws {
        let scene = try await SketchScene()
        try await draw(5_000, scene)
        while try await count("SELECT COUNT(*) FROM sketch_checkpoint", scene) == 0 { await Task.yield() }
        let before = try await scene.canvas()
        let id = scene.id
        let base = try #require(
            try await scene.tea.database.read { tx in try SketchTrimming.nextBase(of: id, keeping: 1_000, tx) }
        )
        #expect(base.seq == 2_000)
        let isTrimmed = try await scene.tea.database.write(touching: []) { tx in
            try SketchTrimming.trim(id, to: base, tx)
        }
        #expect(isTrimmed)
        try await scene.tea.database.write(touching: []) { tx in tx.forgetSketches() }
        #expect(try await scene.canvas() == before)
        let gone = SketchOperationQuery(sketch: id, after: 1_000, limit: 500)
        #expect(await refusal { try await scene.ana.call(.sketchOperations, gone) }?.detail.contains("2001") == true)
        var page = try await scene.ana.call(.sketchOperations, SketchOperationQuery(sketch: id, limit: 500))
        #expect(page.first == 2_001)
        var replayed = try #require(page.base?.canvas())
        while true {
            for entry in page.operations { replayed.apply(entry) }
            guard page.hasLater else { break }
            let next = SketchOperationQuery(sketch: id, after: replayed.seq, limit: 500)
            page = try await scene.ana.call(.sketchOperations, next)
        }
        #expect(replayed == before)
        try await scene.apply(.undo(stroke: nil), by: scene.ana)
        // A checkpoint that has not seen the entries does not let them go.
        let far = SketchTrimming.NewBase(seq: 5_001, json: base.json)
        let refused = try await scene.tea.database.write(touching: []) { tx in try SketchTrimming.trim(id, to: far, tx)
        }
        #expect(!refused)
    }

    @Test
    func `of a deleted sketch and of a deleted channel nothing is left`() async throws {
        let scene = try await SketchScene()
        try await draw(600, scene)
        _ = try await scene.ana.call(
            .nameSketchVersion,
            SketchVersionDraft(sketch: scene.id, name: "first")
        )
        let other = try await scene.ana.call(.createSketch, SketchDraft(channel: "tea", name: "other"))
        _ = try await scene.ana.call(.deleteSketch, SketchRef(scene.id))
        _ = try await scene.ana.call(.deleteChannel, ChannelRef("tea"))
        #expect(await refusal { try await scene.ana.call(.sketch, SketchRef(other.id)) }?.code == .notFound)
        // The timers do this by themselves; here nobody waits for them.
        while try await scene.tea.database.write(
            touching: [],
            { tx in try ChannelPurge.step(now: 1, tx) }
        ) {}
        while try await scene.tea.database.write(touching: [], { tx in try SketchPurge.step(tx) }) {}
        for table in ["sketch", "sketch_operation", "sketch_version", "sketch_checkpoint", "sketch_base"] {
            let left = try await scene.tea.database.read { tx in
                try tx.first(SQL("SELECT COUNT(*) FROM \(table)")) { $0.int(0) } ?? 0
            }
            #expect(left == 0, "\(table)")
        }
    }

    @Test
    func `a checkpoint of a screen that was drawn over and over is small, and says the same`() throws {
        var history = SketchHistory(canvas: .first)
        let person = AccountID(high: 1, low: 1)
        history.resize(width: 200, height: 80, by: person, seq: 1)
        var generator = SeededGenerator(seed: 3)
        for number in 2...20_000 {
            let run = SketchRun(
                x: Int.random(in: 0..<180, using: &generator),
                y: Int.random(in: 0..<80, using: &generator),
                text: "######",
                foreground: .palette(UInt8(number % 16))
            )
            history.draw(
                [try SketchSpan(run)],
                layer: 0,
                stroke: StrokeID(high: 1, low: UInt64(number / 3)),
                by: AccountID(high: 1, low: UInt64(number / 3 % 20)),
                seq: Int64(number),
                at: 0
            )
        }
        history.prune()
        let state = history.encoded()
        // Eight writes for each of 16,000 cells, some nine bytes each.
        #expect(state.count < 1_500_000, "\(state.count) bytes")
        let opened = try #require(SketchHistory(encoded: state))
        #expect(opened.canvas == history.canvas)
    }
}
