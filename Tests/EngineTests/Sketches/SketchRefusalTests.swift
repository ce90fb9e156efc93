import ChatAPI
import ChatTestKit
import Engine
import Testing

/// What is not drawn, and what is said about it: every refusal by its code and its words, and nothing half done.
@Suite("Refusals of sketches")
struct SketchRefusalTests {
    private func cells(_ runs: [SketchRun], layer: Int = 0, _ scene: SketchScene) -> SketchOperation {
        .cells(stroke: scene.stroke(), layer: layer, runs: runs)
    }

    private func refused(
        _ operation: SketchOperation,
        by person: Person,
        _ scene: SketchScene,
        _ code: APIError.Code,
        _ words: String,
        at location: SourceLocation = #_sourceLocation
    ) async throws {
        let before = try await scene.canvas()
        let error = await refusal({ try await scene.apply(operation, by: person) }, at: location)
        #expect(error?.code == code, sourceLocation: location)
        #expect(error?.detail.contains(words) == true, "\(error?.detail ?? "")", sourceLocation: location)
        #expect(try await scene.canvas() == before, "something was drawn", sourceLocation: location)
    }

    @Test
    func `a wipe of somebody who drew nothing says so and leaves no trace`() async throws {
        let scene = try await SketchScene()
        try await scene.draw("ana", by: scene.ana)
        let wipe = SketchWipe(sketch: scene.id, by: "bob")
        let refused = await refusal { try await scene.ana.call(.wipeSketch, wipe) }
        #expect(refused?.code == .conflict)
        #expect(refused?.detail == "this person drew nothing here: there is nothing to wipe")
        scene.tea.world.clock.advance(by: .seconds(5))
        try await scene.draw("bob", x: 10, by: scene.bob)
        let later = SketchWipe(sketch: scene.id, by: "bob", since: scene.tea.world.clock.now + 1)
        let late = await refusal { try await scene.ana.call(.wipeSketch, later) }
        #expect(late?.detail == "this person drew nothing here since then: there is nothing to wipe")
        #expect(try await scene.tea.world.audit("sketches.wipe").isEmpty)
        #expect(try await scene.row() == "ana       bob")
    }

    @Test(arguments: ["\u{1B}[2J", "a\u{202E}b", "\u{301}", "👩\u{200D}🚀", "❤\u{FE0F}", "🇩🇪", "\u{200B}"])
    func `hostile glyphs`(_ text: String) async throws {
        let scene = try await SketchScene()
        try await refused(
            cells([SketchRun(x: 0, y: 0, text: "ok"), SketchRun(x: 0, y: 1, text: text)], scene),
            by: scene.ana,
            scene,
            .invalid,
            "runs/1/2 holds"
        )
    }

    @Test
    func `runs outside the canvas, without anything to draw, and too many of them`() async throws {
        let scene = try await SketchScene()
        for run in [
            SketchRun(x: 39, y: 0, text: "ab"), SketchRun(x: -1, y: 0, text: "a"), SketchRun(x: 0, y: 10, text: "a"),
            SketchRun(x: 39, y: 0, text: "世"), SketchRun(x: 0, y: -1, text: "a"),
        ] {
            try await refused(cells([run], scene), by: scene.ana, scene, .invalid, "lies outside")
        }
        try await refused(cells([], scene), by: scene.ana, scene, .invalid, "nothing to draw")
        try await refused(cells([SketchRun(x: 0, y: 0, text: "")], scene), by: scene.ana, scene, .invalid, "is empty")
        let many = [SketchRun](repeating: SketchRun(x: 0, y: 0, text: "a"), count: Limits.runsPerOperation + 1)
        try await refused(cells(many, scene), by: scene.ana, scene, .invalid, "the limit is 2048")
        let long = SketchRun(x: 0, y: 0, text: String(repeating: "a", count: 400))
        try await refused(
            cells([SketchRun](repeating: long, count: 82), scene),
            by: scene.ana,
            scene,
            .invalid,
            "draw 32800 cells; the limit of one operation is 32768"
        )
        try await refused(
            cells([SketchRun(x: 0, y: 0, text: "a")], layer: 3, scene),
            by: scene.ana,
            scene,
            .invalid,
            "layer is 3"
        )
    }

    @Test
    func `foreign strokes are neither drawn on nor undone`() async throws {
        let scene = try await SketchScene()
        let stroke = try await scene.draw("ana", by: scene.ana)
        let run = [SketchRun(x: 9, y: 0, text: "b")]
        try await refused(
            .cells(stroke: stroke, layer: 0, runs: run),
            by: scene.bob,
            scene,
            .forbidden,
            "someone else's"
        )
        try await refused(.undo(stroke: stroke), by: scene.bob, scene, .forbidden, "someone else's")
        try await refused(.undo(stroke: nil), by: scene.bob, scene, .conflict, "nothing of yours to undo")
        try await refused(.undo(stroke: scene.stroke()), by: scene.bob, scene, .notFound, "no stroke")
        try await scene.apply(.undo(stroke: stroke), by: scene.ana)
        try await refused(.undo(stroke: stroke), by: scene.ana, scene, .conflict, "taken back already")
        try await refused(.redo(stroke: stroke), by: scene.bob, scene, .forbidden, "someone else's")
        try await refused(
            .cells(stroke: stroke, layer: 0, runs: run),
            by: scene.ana,
            scene,
            .conflict,
            "was taken back"
        )
        // A new stroke ends what could be redone, as everywhere.
        try await scene.draw("x", x: 20, by: scene.ana)
        try await refused(.redo(stroke: nil), by: scene.ana, scene, .conflict, "nothing of yours to redo")
    }

    @Test
    func `a locked region is drawn in by who locked it alone`() async throws {
        let scene = try await SketchScene()
        let region = SketchRegion(x: 2, y: 0, width: 3, height: 2)
        try await scene.draw("aaaaaaaa", by: scene.ana)
        let bobs = try await scene.draw("b", x: 3, by: scene.bob)
        try await scene.apply(.lock(region), by: scene.ana)
        let run = SketchRun(x: 0, y: 1, text: "bbb")
        try await refused(cells([run], scene), by: scene.bob, scene, .locked, "3 by 2 cells at 2, 0 is locked")
        try await refused(.undo(stroke: bobs), by: scene.bob, scene, .locked, "is locked")
        try await refused(
            .clear(stroke: scene.stroke(), region: nil, layer: nil),
            by: scene.bob,
            scene,
            .locked,
            "is locked"
        )
        try await refused(.lock(SketchRegion(x: 0, y: 0, width: 3, height: 1)), by: scene.bob, scene, .locked, "locked")
        try await refused(.unlock(region), by: scene.bob, scene, .forbidden, "only who locked")
        try await refused(
            .unlock(SketchRegion(x: 0, y: 0, width: 1, height: 1)),
            by: scene.ana,
            scene,
            .notFound,
            "not locked"
        )
        try await scene.draw("free", x: 20, by: scene.bob)
        try await scene.draw("mine", x: 2, by: scene.ana)
        try await scene.apply(.unlock(region), by: scene.ana)
        try await scene.draw("b", x: 3, by: scene.bob)
    }

    @Test
    func `a locked layer`() async throws {
        let scene = try await SketchScene()
        try await scene.apply(.layer(SketchLayerChange(layer: 1, name: "frame")), by: scene.bob)
        try await scene.apply(.layer(SketchLayerChange(layer: 1, locked: true)), by: scene.bob)
        let run = [SketchRun(x: 0, y: 0, text: "a")]
        try await refused(cells(run, layer: 1, scene), by: scene.ana, scene, .locked, "layer 'frame' is locked")
        try await scene.draw("b", by: scene.bob, layer: 1)
        try await refused(
            .layer(SketchLayerChange(layer: 8)),
            by: scene.bob,
            scene,
            .invalid,
            "layers are 0 to 7"
        )
        // Ana made the sketch: she may free it, and delete what is in it.
        try await scene.apply(.layer(SketchLayerChange(layer: 1, locked: false)), by: scene.ana)
        try await refused(
            .layer(SketchLayerChange(layer: 1, removed: true)),
            by: scene.bob,
            scene,
            .forbidden,
            "deletes a layer in which something is drawn"
        )
        try await scene.apply(.layer(SketchLayerChange(layer: 1, removed: true)), by: scene.ana)
        try await refused(
            .layer(SketchLayerChange(layer: 0, removed: true)),
            by: scene.ana,
            scene,
            .conflict,
            "the last layer stays"
        )
    }

    @Test
    func `sizes and names`() async throws {
        let scene = try await SketchScene()
        for (width, height, words) in [
            (7, 10, "width is 7; a sketch is 8 to 512"), (513, 10, "width is 513"), (10, 3, "height is 3"),
            (10, 257, "height is 257; a sketch is 4 to 256"),
        ] {
            try await refused(.resize(width: width, height: height), by: scene.ana, scene, .invalid, words)
            let draft = SketchDraft(channel: "tea", name: "x", width: width, height: height)
            #expect(await refusal { try await scene.ana.call(.createSketch, draft) }?.code == .invalid)
        }
        try await refused(.resize(width: 20, height: 10), by: scene.bob, scene, .forbidden, "makes it smaller")
        for name in ["", "   ", " x", String(repeating: "x", count: 49), "a\nb", "a\u{7}"] {
            let draft = SketchDraft(channel: "tea", name: name)
            #expect(await refusal { try await scene.ana.call(.createSketch, draft) }?.code == .invalid, "'\(name)'")
        }
    }

    @Test
    func `operations that come through calls of their own`() async throws {
        let scene = try await SketchScene()
        try await refused(.rename("x"), by: scene.ana, scene, .invalid, "call sketches.update")
        try await refused(.wipe(account: scene.bob.id, since: nil), by: scene.ana, scene, .invalid, "sketches.wipe")
        try await refused(.unknown, by: scene.ana, scene, .invalid, "none of cells")
    }

    @Test
    func `a flood of cells is refused with the time to wait, and that of others is not`() async throws {
        let scene = try await SketchScene(width: 200, height: 80) { $0.rates = RateSettings() }
        let row = String(repeating: "#", count: 200)
        let full = (0..<80).map { SketchRun(x: 0, y: $0, text: row) }
        try await scene.apply(cells(full, scene), by: scene.ana)
        try await scene.apply(cells(full, scene), by: scene.ana)
        let error = await refusal { try await scene.apply(cells(full, scene), by: scene.ana) }
        #expect(error?.code == .rateLimited)
        #expect(error?.detail.contains("too many cells drawn by this account: 4000 a second") == true)
        #expect((3_000...4_000).contains(error?.retryAfterMilliseconds ?? 0))
        try await scene.draw("b", by: scene.bob)
        scene.tea.world.clock.advance(by: .seconds(5))
        try await scene.apply(cells(full, scene), by: scene.ana)
        // An undo costs what the stroke cost: no cheap way to make everybody redraw the screen.
        let undo = await refusal { try await scene.apply(.undo(stroke: nil), by: scene.ana) }
        #expect(undo?.code == .rateLimited)
    }

    @Test func `whoever is timed out, banned, or kept from drawing by the channel's rules`() async throws {
        let scene = try await SketchScene()
        let mine = try await scene.draw("mine", by: scene.bob)
        let operations: [SketchOperation] = [
            cells([SketchRun(x: 0, y: 0, text: "no")], scene), .undo(stroke: nil), .undo(stroke: mine),
            .clear(stroke: scene.stroke(), region: nil, layer: nil),
            .clear(stroke: scene.stroke(), region: nil, layer: 0),
        ]
        let timeOut = SanctionDraft(account: "bob", scope: "tea", forMs: 600_000, reason: "enough")
        _ = try await scene.ana.call(.timeOut, timeOut)
        for operation in operations { try await refused(operation, by: scene.bob, scene, .muted, "muted in #tea") }
        let draft = SketchDraft(channel: "tea", name: "another")
        #expect(await refusal { try await scene.bob.call(.createSketch, draft) }?.code == .muted)
        _ = try await scene.ana.call(.reinstate, Reinstatement(account: "bob", scope: "tea"))
        let rules = PostingChange(channel: "tea", rules: [PostingRule(.everyone, deny: [.draw])])
        _ = try await scene.ana.call(.setPosting, rules)
        for operation in operations { try await refused(operation, by: scene.bob, scene, .forbidden, "let you draw") }
        _ = try await scene.ana.call(.setPosting, PostingChange(channel: "tea", rules: []))
        try await scene.apply(.undo(stroke: mine), by: scene.bob)
        _ = try await scene.ana.call(.ban, SanctionDraft(account: "bob", scope: "tea"))
        for operation in operations {
            let refused = await refusal { try await scene.apply(operation, by: scene.bob) }
            #expect(refused?.code == .notMember || refused?.code == .banned, "\(refused?.detail ?? "drawn")")
        }
    }
}
