import ChatAPI
import ChatTestKit
import Engine
import Storage
import Testing

/// Drawing together through the API: what is stored, what is answered, what comes back.
@Suite("Sketches")
struct SketchTests {
    @Test
    func `two people draw, and everyone sees both`() async throws {
        let scene = try await SketchScene()
        try await scene.draw("hello", by: scene.ana)
        try await scene.draw("HE", x: 2, by: scene.bob)
        #expect(try await scene.row() == "heHEo")
        let canvas = try await scene.canvas(as: scene.bob)
        #expect(canvas.seq == 3)
        #expect(canvas.author(of: canvas.cell(x: 0, y: 0)) == scene.ana.id)
        #expect(canvas.author(of: canvas.cell(x: 2, y: 0)) == scene.bob.id)
    }

    @Test
    func `who makes or tidies a sketch is not told to draw in it`() async throws {
        let scene = try await SketchScene()
        #expect(try await scene.ana.call(.sketch, SketchRef(scene.id)).drawing == [])
        try await scene.draw("hello", by: scene.bob)
        _ = try await scene.ana.call(.wipeSketch, SketchWipe(sketch: scene.id, by: "bob"))
        try await scene.apply(.layer(SketchLayerChange(layer: 1, name: "ink")), by: scene.ana)
        #expect(try await scene.ana.call(.sketch, SketchRef(scene.id)).drawing == [scene.bob.id])
    }

    @Test
    func `undo takes back one's own cells and leaves the others'`() async throws {
        let scene = try await SketchScene()
        let hello = try await scene.draw("hello", by: scene.ana)
        try await scene.draw("HE", x: 2, by: scene.bob)
        let undone = try await scene.apply(.undo(stroke: nil), by: scene.ana)
        #expect(undone.stroke == hello && undone.skipped == 2)
        #expect(try await scene.row() == "  HE")
        let redone = try await scene.apply(.redo(stroke: nil), by: scene.ana)
        #expect(redone.stroke == hello && redone.skipped == 2)
        #expect(try await scene.row() == "heHEo")
        try await scene.apply(.undo(stroke: nil), by: scene.bob)
        #expect(try await scene.row() == "hello")
    }

    @Test
    func `undo goes on after a restart of the daemon's memory`() async throws {
        let scene = try await SketchScene()
        try await scene.draw("one", by: scene.ana)
        try await scene.draw("two", x: 1, by: scene.bob)
        // Sixty-five other sketches push this one out.
        try await scene.tea.database.write(touching: []) { tx in tx.forgetSketches() }
        try await scene.apply(.undo(stroke: nil), by: scene.bob)
        #expect(try await scene.row() == "one")
        try await scene.tea.database.write(touching: []) { tx in tx.forgetSketches() }
        try await scene.apply(.redo(stroke: nil), by: scene.bob)
        #expect(try await scene.row() == "otwo")
    }

    @Test
    func `a repeat under the same cid is answered with the first answer`() async throws {
        let scene = try await SketchScene()
        let cid = scene.tea.cid()
        let cells = SketchOperation.cells(
            stroke: scene.stroke(),
            layer: 0,
            runs: [SketchRun(x: 0, y: 0, text: "a")]
        )
        let first = try await scene.apply(cells, by: scene.ana, cid: cid)
        #expect(try await scene.apply(cells, by: scene.ana, cid: cid) == first)
        // Even where it would be refused today.
        try await scene.apply(.lock(SketchRegion(x: 0, y: 0, width: 4, height: 1)), by: scene.bob)
        #expect(try await scene.apply(cells, by: scene.ana, cid: cid) == first)
        let other = SketchOperation.cells(stroke: scene.stroke(), layer: 0, runs: [SketchRun(x: 9, y: 0, text: "b")])
        let refused = await refusal { try await scene.apply(other, by: scene.ana, cid: cid) }
        #expect(refused?.code == .cidReused)
        try await scene.apply(.unlock(SketchRegion(x: 0, y: 0, width: 4, height: 1)), by: scene.bob)
        let undo = scene.tea.cid()
        let answer = try await scene.apply(.undo(stroke: nil), by: scene.ana, cid: undo)
        #expect(try await scene.apply(.undo(stroke: nil), by: scene.ana, cid: undo) == answer)
        #expect(try await scene.operations().count == 5)
    }

    @Test
    func `clearing is a stroke, and the channel's log says that everything was cleared`() async throws {
        let scene = try await SketchScene()
        try await scene.draw("hello", by: scene.ana)
        try await scene.apply(
            .clear(stroke: scene.stroke(), region: SketchRegion(x: 0, y: 0, width: 2, height: 1), layer: 0),
            by: scene.bob
        )
        #expect(try await scene.row() == "  llo")
        try await scene.apply(.clear(stroke: scene.stroke(), region: nil, layer: nil), by: scene.bob)
        #expect(try await scene.row() == "")
        try await scene.apply(.undo(stroke: nil), by: scene.bob)
        #expect(try await scene.row() == "  llo")
        #expect(try await scene.life() == ["sketchCreated plan", "sketchCleared plan"])
    }

    @Test
    func `a wipe removes what someone drew, and they cannot bring it back`() async throws {
        let scene = try await SketchScene()
        try await scene.draw("aaaa", by: scene.ana)
        try await scene.draw("bbbb", x: 2, by: scene.bob)
        let refused = await refusal {
            try await scene.bob.call(.wipeSketch, SketchWipe(sketch: scene.id, by: "ana"))
        }
        #expect(refused?.code == .forbidden)
        _ = try await scene.ana.call(.wipeSketch, SketchWipe(sketch: scene.id, by: "bob"))
        #expect(try await scene.row() == "aaaa")
        let redo = await refusal { try await scene.apply(.redo(stroke: nil), by: scene.bob) }
        #expect(redo?.code == .conflict)
        #expect(try await scene.tea.world.audit("sketches.wipe").count == 1)
    }

    @Test
    func `whoever wiped the wrong person's work brings it back as it was`() async throws {
        let scene = try await SketchScene()
        try await scene.draw("aaaaaa", by: scene.ana)
        try await scene.draw("bbbb", x: 1, by: scene.bob)
        try await scene.draw("kept back", y: 3, by: scene.bob)
        try await scene.apply(.undo(stroke: nil), by: scene.bob)
        try await scene.draw("c", x: 2, by: scene.ana)
        let before = try await scene.row()
        #expect(before == "abcbba")
        _ = try await scene.ana.call(.wipeSketch, SketchWipe(sketch: scene.id, by: "bob"))
        #expect(try await scene.row() == "aacaaa")
        let back = SketchWipe(sketch: scene.id, by: "bob", undo: true)
        #expect(await refusal { try await scene.bob.call(.wipeSketch, back) }?.code == .forbidden)
        // Also after the daemon has read the sketch from its log again.
        try await scene.tea.database.write(touching: []) { tx in tx.forgetSketches() }
        let drawn = try await scene.ana.call(.wipeSketch, back)
        #expect(drawn.skipped == 1)
        #expect(try await scene.row() == before)
        #expect(try await scene.row(3) == "", "what he had taken back himself stays so")
        let origin = try await scene.ana.call(.sketchOrigin, SketchCellQuery(sketch: scene.id, x: 1, y: 0))
        #expect(origin.by == scene.bob.id)
        let again = await refusal { try await scene.ana.call(.wipeSketch, back) }
        #expect(again?.code == .conflict && again?.detail == "nothing that this person drew here was wiped")
        // His own undo works on it again.
        try await scene.apply(.undo(stroke: nil), by: scene.bob)
        #expect(try await scene.row() == "aacaaa")
        #expect(try await scene.tea.world.audit("sketches.wipe").count == 2)
    }

    @Test
    func `eight writers of a cell are remembered, also after the paper was cut`() async throws {
        let scene = try await SketchScene()
        let people = [scene.ana, scene.bob]
        var strokes: [(stroke: StrokeID, by: Person)] = []
        for number in 0..<8 {
            let person = people[number % 2]
            strokes.append((try await scene.draw("\(number)", x: 3, y: 2, by: person), person))
        }
        try await scene.apply(.resize(width: 20, height: 6), by: scene.ana)
        for number in (1..<8).reversed() {
            #expect(try await scene.row(2) == "   \(number)")
            try await scene.apply(.undo(stroke: strokes[number].stroke), by: strokes[number].by)
        }
        #expect(try await scene.row(2) == "   0")
    }

    @Test
    func `a layer that is moved to the bottom is drawn over`() async throws {
        let scene = try await SketchScene()
        try await scene.draw("below", by: scene.ana)
        try await scene.apply(.layer(SketchLayerChange(layer: 1, name: "ink")), by: scene.ana)
        try await scene.draw("AB", by: scene.bob, layer: 1)
        #expect(try await scene.row() == "ABlow")
        try await scene.apply(.layer(SketchLayerChange(layer: 1, position: 0)), by: scene.ana)
        #expect(try await scene.row() == "below")
    }

    @Test
    func `a wipe takes what was undone as well, and a clear takes all layers`() async throws {
        let scene = try await SketchScene()
        try await scene.draw("undone", by: scene.bob)
        try await scene.apply(.undo(stroke: nil), by: scene.bob)
        _ = try await scene.ana.call(.wipeSketch, SketchWipe(sketch: scene.id, by: "bob"))
        let redo = await refusal { try await scene.apply(.redo(stroke: nil), by: scene.bob) }
        #expect(redo?.code == .conflict)
        #expect(try await scene.row() == "")
        try await scene.apply(.layer(SketchLayerChange(layer: 1, name: "ink")), by: scene.ana)
        try await scene.draw("above", by: scene.ana, layer: 1)
        try await scene.draw("beneath", y: 1, by: scene.ana)
        try await scene.apply(.clear(stroke: scene.stroke(), region: nil, layer: nil), by: scene.bob)
        try await scene.tea.database.write(touching: []) { tx in tx.forgetSketches() }
        #expect(try await scene.canvas().drawnRegion == nil)
        try await scene.apply(.undo(stroke: nil), by: scene.bob)
        #expect(try await scene.row() == "above")
        #expect(try await scene.row(1) == "beneath")
    }

    @Test
    func `a wipe since a time leaves what is older`() async throws {
        let scene = try await SketchScene()
        try await scene.draw("old", by: scene.bob)
        scene.tea.world.clock.advance(by: .seconds(5))
        let between = scene.tea.world.clock.now
        try await scene.draw("new", x: 10, by: scene.bob)
        _ = try await scene.ana.call(.wipeSketch, SketchWipe(sketch: scene.id, by: "bob", since: between))
        #expect(try await scene.row() == "old")
    }

    @Test
    func `versions come back as a stroke that can be undone`() async throws {
        let scene = try await SketchScene()
        try await scene.draw("first", by: scene.ana)
        let version = try await scene.bob.call(
            .nameSketchVersion,
            SketchVersionDraft(sketch: scene.id, name: "before lunch")
        )
        #expect(version.version == 1 && version.seq == 2)
        try await scene.draw("second", by: scene.bob)
        _ = try await scene.ana.call(.restoreSketchVersion, SketchVersionRef(sketch: scene.id, version: 1))
        #expect(try await scene.row() == "first")
        try await scene.apply(.undo(stroke: nil), by: scene.ana)
        #expect(try await scene.row() == "second")
        let kept = try await scene.ana.call(.sketchVersion, SketchVersionRef(sketch: scene.id, version: 1))
        #expect(kept.canvas()?.seq == 2)
        #expect(try await scene.ana.call(.listSketchVersions, SketchRef(scene.id)).items == [version])
        #expect(
            try await scene.life() == [
                "sketchCreated plan", "sketchVersion before lunch", "sketchRestored before lunch",
            ]
        )
    }

    @Test
    func `drawn cells that go with paper or a layer are kept as a version, empty ones are not`() async throws {
        let scene = try await SketchScene()
        try await scene.draw("left", by: scene.ana)
        try await scene.draw("right", x: 30, y: 8, by: scene.bob)
        try await scene.apply(.layer(SketchLayerChange(layer: 1, name: "ink")), by: scene.ana)
        try await scene.draw("ink", y: 2, by: scene.bob, layer: 1)
        let whole = try await scene.canvas()
        // Nothing is drawn outside of this, and nothing in the layer.
        try await scene.apply(.resize(width: 38, height: 10), by: scene.ana)
        try await scene.apply(.layer(SketchLayerChange(layer: 2)), by: scene.ana)
        try await scene.apply(.layer(SketchLayerChange(layer: 2, removed: true)), by: scene.ana)
        #expect(try await scene.ana.call(.listSketchVersions, SketchRef(scene.id)).items.isEmpty)

        try await scene.apply(.resize(width: 20, height: 10), by: scene.ana)
        try await scene.apply(.layer(SketchLayerChange(layer: 1, removed: true)), by: scene.ana)
        let kept = try await scene.ana.call(.listSketchVersions, SketchRef(scene.id)).items
        #expect(kept.map(\.name) == ["before layer 1 went", "before 20 by 10 cells"])
        // What slipped comes back, whoever drew it.
        _ = try await scene.ana.call(.restoreSketchVersion, SketchVersionRef(sketch: scene.id, version: 1))
        var back = try await scene.canvas()
        #expect(back.width == 38 && back.layers == whole.layers)
        #expect(back.cell(x: 30, y: 8).glyph.text == "r" && back.cell(x: 0, y: 2, layer: 1).glyph.text == "i")
        // And so does what the version took away.
        try await scene.draw("more", x: 5, by: scene.bob)
        try await scene.apply(.layer(SketchLayerChange(layer: 3, name: "new")), by: scene.ana)
        try await scene.draw("new", y: 4, by: scene.bob, layer: 3)
        _ = try await scene.ana.call(.restoreSketchVersion, SketchVersionRef(sketch: scene.id, version: 2))
        _ = try await scene.ana.call(.restoreSketchVersion, SketchVersionRef(sketch: scene.id, version: 3))
        back = try await scene.canvas()
        #expect(back.cell(x: 0, y: 4, layer: 3).glyph.text == "n" && back.cell(x: 5, y: 0, layer: 0).glyph.text == "m")
    }

    @Test
    func `a refused or dry loss keeps no version`() async throws {
        let scene = try await SketchScene()
        try await scene.draw("right", x: 30, y: 8, by: scene.bob)
        let smaller = SketchOperation.resize(width: 20, height: 10)
        #expect(await refusal { try await scene.apply(smaller, by: scene.bob) }?.code == .forbidden)
        let draw = SketchDraw(sketch: scene.id, cid: scene.tea.cid(), operation: smaller)
        _ = try await scene.ana.service().call(.draw, draw, CallOptions(dryRun: true))
        #expect(try await scene.ana.call(.listSketchVersions, SketchRef(scene.id)).items.isEmpty)
    }

    @Test
    func `a posting is a message that shows what was drawn`() async throws {
        let scene = try await SketchScene()
        try await scene.draw("hello", x: 3, y: 2, by: scene.ana)
        let post = SketchPost(sketch: scene.id, cid: scene.tea.cid())
        let sent = try await scene.bob.call(.postSketch, post)
        try await scene.draw("gone?", x: 3, y: 2, by: scene.ana)
        let entry = try await scene.tea.message(sent.seq, as: scene.ana)
        #expect(entry.text == "plan" && entry.sketch == scene.id)
        #expect(entry.picture?.region == SketchRegion(x: 3, y: 2, width: 5, height: 1))
        #expect(entry.picture?.runs == [SketchRun(x: 0, y: 0, text: "hello")])
        #expect(try await scene.bob.call(.postSketch, post) == sent)
        // A message whose text is gone shows no picture either.
        _ = try await scene.bob.call(.deleteMessage, MessageRef(channel: scene.tea.id, seq: sent.seq))
        let gone = try await scene.tea.message(sent.seq, as: scene.ana)
        #expect(gone.picture == nil && gone.sketch == nil && gone.redactedAt != nil)
        let empty = SketchPost(
            sketch: scene.id,
            cid: scene.tea.cid(),
            region: SketchRegion(x: 39, y: 9, width: 2, height: 1)
        )
        #expect(await refusal { try await scene.bob.call(.postSketch, empty) }?.code == .invalid)
    }

    @Test
    func `who drew a cell is asked of the daemon`() async throws {
        let scene = try await SketchScene()
        let stroke = try await scene.draw("hello", by: scene.bob)
        let origin = try await scene.ana.call(.sketchOrigin, SketchCellQuery(sketch: scene.id, x: 1, y: 0))
        #expect(origin.by == scene.bob.id && origin.stroke == stroke && origin.seq == 2 && origin.layer == 0)
        #expect(
            try await scene.ana.call(.sketchOrigin, SketchCellQuery(sketch: scene.id, x: 30, y: 0)) == SketchOrigin()
        )
    }

    @Test
    func `renaming takes who made it and the version that was seen`() async throws {
        let scene = try await SketchScene()
        let change = SketchChange(sketch: scene.id, name: "map")
        #expect(await refusal { try await scene.bob.call(.renameSketch, change) }?.code == .forbidden)
        let stale = await refusal {
            try await scene.ana.service().call(.renameSketch, change, CallOptions(ifMatch: "\"7\""))
        }
        #expect(stale?.code == .preconditionFailed)
        let renamed = try await scene.ana.service().call(.renameSketch, change, CallOptions(ifMatch: "\"1\""))
        #expect(renamed.name == "map" && renamed.version == 2)
        #expect(try await scene.operations().last?.operation == .rename("map"))
        #expect(try await scene.life() == ["sketchCreated plan", "sketchRenamed map"])
    }

    @Test
    func `a channel has eight sketches, and a deleted one makes room and gives its name free`() async throws {
        let scene = try await SketchScene()
        for number in 2...8 {
            _ = try await scene.bob.call(.createSketch, SketchDraft(channel: "tea", name: "s\(number)"))
        }
        let draft = SketchDraft(channel: "tea", name: "Plan")
        #expect(await refusal { try await scene.bob.call(.createSketch, draft) }?.code == .conflict)
        #expect(await refusal { try await scene.bob.call(.deleteSketch, SketchRef(scene.id)) }?.code == .forbidden)
        _ = try await scene.ana.call(.deleteSketch, SketchRef(scene.id))
        #expect(await refusal { try await scene.ana.call(.sketch, SketchRef(scene.id)) }?.code == .notFound)
        #expect(await refusal { try await scene.draw("a", by: scene.ana) }?.code == .notFound)
        _ = try await scene.bob.call(.createSketch, draft)
        #expect(try await scene.ana.call(.listSketches, ChannelRef("tea")).items.count == 8)
        #expect(await refusal { try await scene.bob.call(.createSketch, draft) }?.code == .conflict)
    }

    @Test
    func `a dry run draws nothing`() async throws {
        let scene = try await SketchScene()
        let cells = SketchOperation.cells(stroke: scene.stroke(), layer: 0, runs: [SketchRun(x: 0, y: 0, text: "a")])
        let draw = SketchDraw(sketch: scene.id, cid: scene.tea.cid(), operation: cells)
        let drawn = try await scene.ana.service().call(.draw, draw, CallOptions(dryRun: true))
        #expect(drawn.seq == 2)
        #expect(try await scene.row() == "")
        #expect(try await scene.ana.call(.draw, draw).seq == 2)
        #expect(try await scene.row() == "a")
    }

    @Test
    func `who is not in the channel does not draw, and who may not read it finds no sketch`() async throws {
        let scene = try await SketchScene()
        let cleo = try await scene.tea.world.register("cleo")
        #expect(try await scene.canvas(as: cleo).seq == 1)
        #expect(await refusal { try await scene.draw("a", by: cleo) }?.code == .notMember)
        let direct = try await scene.ana.call(.openDirect, DirectDraft(people: ["bob"]))
        let secret = try await scene.bob.call(
            .createSketch,
            SketchDraft(channel: direct.id.description, name: "secret")
        )
        let refused = await refusal { try await cleo.call(.sketchSnapshot, SketchRef(secret.id)) }
        #expect(refused?.code == .notFound)
        #expect(refused?.detail == "there is no sketch \(secret.id)")
    }

    @Test
    func `a sketch is replayed from its log, whoever asks`() async throws {
        let scene = try await SketchScene()
        try await scene.draw("one 世界", by: scene.ana)
        try await scene.draw("xx", x: 5, by: scene.bob)
        try await scene.apply(.undo(stroke: nil), by: scene.bob)
        try await scene.apply(.resize(width: 60, height: 12), by: scene.bob)
        try await scene.apply(.layer(SketchLayerChange(layer: 1, name: "ink")), by: scene.bob)
        try await scene.draw("ink", by: scene.ana, layer: 1)
        var canvas = SketchCanvas.first
        for entry in try await scene.operations() { canvas.apply(entry) }
        #expect(canvas == (try await scene.canvas()))
        let sketch = try await scene.ana.call(.sketch, SketchRef(scene.id))
        #expect(sketch.width == 60 && sketch.layers.map(\.name) == ["1", "ink"] && sketch.seq == 7)
        #expect(sketch.drawing == [scene.ana.id, scene.bob.id].sorted())
    }
}
