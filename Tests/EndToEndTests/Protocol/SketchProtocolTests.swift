import ChatAPI
import ChatTestKit
import Testing

/// `docs/PROTOCOL.md` 21 over a real socket: following a sketch, ticks, pointers, gaps.
@Suite("Protocol: sketches")
struct SketchProtocolTests {
    /// A sketch in a channel with so many people; the first made both.
    private struct Scene {
        let world: World
        let channel: Channel
        let people: [World.Resident]
        let sketch: Sketch

        init(people count: Int) async throws {
            (world, channel, people) = try await SharedWorld.channel(of: count)
            let draft = SketchDraft(channel: channel.id.description, name: "plan", width: 60, height: 20)
            sketch = try await world.call(.createSketch, draft, as: people[0])
        }

        func look(_ index: Int, after seq: Int64? = nil) async throws -> LiveClient {
            let view = View(channels: [channel.id], sketch: sketch.id)
            let resume = seq.map { Resume(epoch: nil, seq: [sketch.id.logName: $0]) }
            return try await world.live(people[index], resume: resume, view: view)
        }

        /// The call that draws a text.
        func cells(_ text: String, x: Int = 0, y: Int = 0, stroke: StrokeID? = nil) -> JSON {
            [
                "sketch": .string(sketch.id.description), "cid": .string(World.cid().description), "op": "cells",
                "stroke": .string(stroke?.description ?? World.cid().description), "layer": 0,
                "runs": [[.integer(Int64(x)), .integer(Int64(y)), .string(text)]],
            ]
        }

        func fresh() async throws -> SketchCanvas {
            let snapshot = try await world.call(.sketchSnapshot, SketchRef(sketch.id), as: people[0])
            guard let canvas = snapshot.canvas() else { throw TestFailure("not a snapshot") }
            return canvas
        }
    }

    /// The entries of a push of operations.
    private static func entries(_ frame: JSON) throws -> [SketchEntry] {
        guard frame["push"] == "operations" else { return [] }
        return try Coding.decode(SketchPush.self, from: Coding.encode(frame)).operations
    }

    @Test
    func `21 the log follows from the position that hello names, then live, without a hole`() async throws {
        let scene = try await Scene(people: 2)
        let ana = try await scene.world.live(scene.people[0])
        for number in 0..<30 { _ = try await ana.call("sketches.draw", scene.cells("\(number)", y: number % 20)).get() }
        let bob = try await scene.look(1, after: 11)
        for number in 0..<30 {
            _ = try await ana.call("sketches.draw", scene.cells("x\(number)", y: number % 20)).get()
        }
        // At the seam between catch-up and live an entry may come twice: its number says so.
        var last: Int64 = 11
        while last < 61 {
            for entry in try Self.entries(try await bob.next()) where entry.seq > last {
                #expect(entry.seq == last + 1)
                last = entry.seq
            }
        }
        for client in [ana, bob] { client.close() }
    }

    @Test
    func `21 a view, a position and a pointer that are sent in one breath are all meant`() async throws {
        let scene = try await Scene(people: 1)
        let ana = try await scene.world.live(scene.people[0])
        for number in 0..<20 {
            _ = try await ana.call("sketches.draw", scene.cells("\(number)")).get()
            let empty: JSON = ["channels": [], "people": []]
            _ = try await ana.call("view.set", empty).get()
            let view: JSON = ["channels": [], "people": [], "sketch": .string(scene.sketch.id.description)]
            let looking = try await ana.post("view.set", view)
            let position: JSON = ["seq": [scene.sketch.id.logName: .integer(Int64(number) + 1)]]
            let following = try await ana.post("sync", position)
            let pointer: JSON = ["sketch": .string(scene.sketch.id.description), "x": 1, "y": 1]
            let pointing = try await ana.post("sketches.pointer", pointer)
            _ = try await ana.answer(to: looking).get()
            _ = try await ana.answer(to: pointing).get()
            let answer = try Coding.decode(
                SyncAnswer.self,
                from: Coding.encode(try await ana.answer(to: following).get())
            )
            #expect(answer.logs.map(\.state) == [.ok], "in round \(number)")
            while try Self.entries(try await ana.next()).last?.seq != Int64(number) + 2 {}
        }
        ana.close()
    }

    @Test
    func `21 a snapshot and the pushes after it are what a fresh snapshot is`() async throws {
        let scene = try await Scene(people: 4)
        var drawers: [LiveClient] = []
        for index in 0..<3 { drawers.append(try await scene.world.live(scene.people[index])) }
        _ = try await drawers[0].call("sketches.draw", scene.cells("before 世界")).get()
        var canvas = try await scene.fresh()
        let watcher = try await scene.look(3, after: canvas.seq)
        for round in 0..<20 {
            var ids: [(LiveClient, Int64)] = []
            for (index, drawer) in drawers.enumerated() {
                let stroke = scene.cells("\(index)世\(round)", x: (round * 7 + index * 2) % 50, y: (round + index) % 20)
                ids.append((drawer, try await drawer.post("sketches.draw", stroke)))
                if round % 4 == index {
                    let undo: JSON = [
                        "sketch": .string(scene.sketch.id.description), "cid": .string(World.cid().description),
                        "op": "undo",
                    ]
                    ids.append((drawer, try await drawer.post("sketches.draw", undo)))
                }
            }
            for (drawer, id) in ids { _ = try await drawer.answer(to: id).get() }
        }
        let fresh = try await scene.fresh()
        while canvas.seq < fresh.seq {
            for entry in try Self.entries(try await watcher.next()) where entry.seq > canvas.seq {
                #expect(entry.seq == canvas.seq + 1)
                canvas.apply(entry)
            }
        }
        #expect(canvas == fresh)
        for client in drawers + [watcher] { client.close() }
    }

    @Test
    func `21 what comes within a tick comes in one frame, and the answer means that it is stored`() async throws {
        let scene = try await Scene(people: 2)
        let ana = try await scene.world.live(scene.people[0])
        let bob = try await scene.look(1, after: 1)
        var ids: [Int64] = []
        for number in 0..<60 {
            ids.append(try await ana.post("sketches.draw", scene.cells("\(number)", y: number % 20)))
        }
        var seqs: [Int64] = []
        for id in ids { seqs.append(try await ana.answer(to: id).get()["seq"]?.integer ?? 0) }
        #expect(seqs == Array(2...61))
        var frames = 0
        var received = 0
        while received < 60 {
            let count = try Self.entries(try await bob.next()).count
            if count > 0 { frames += 1 }
            received += count
        }
        #expect(frames < 30, "\(frames) frames for 60 operations sent at once")
        for client in [ana, bob] { client.close() }
    }

    @Test
    func `21 only those who look hear of it, and of one sketch at a time`() async throws {
        let scene = try await Scene(people: 3)
        let draft = SketchDraft(channel: scene.channel.id.description, name: "other")
        let other = try await scene.world.call(.createSketch, draft, as: scene.people[0])
        let ana = try await scene.world.live(scene.people[0])
        let elsewhere = try await scene.world.live(scene.people[1])
        let leaving = try await scene.look(2, after: 1)
        _ = try await leaving.call("view.set", ["channels": [], "people": [], "sketch": .string(other.id.description)])
            .get()
        let denied = try await leaving.call("sync", ["seq": [scene.sketch.id.logName: 1]] as JSON).get()
        #expect(denied["logs"]?.array?.first?["state"] == "denied")
        let followed = try await leaving.call("sync", ["seq": [other.id.logName: 1]] as JSON).get()
        #expect(followed["logs"]?.array?.first?["state"] == "ok")
        _ = try await ana.call("sketches.draw", scene.cells("hello")).get()
        for client in [elsewhere, leaving] {
            #expect(try await client.roundtrip().filter { $0["push"] == "operations" }.isEmpty)
            client.close()
        }
        ana.close()
    }

    @Test
    func `21 a position far behind is a gap, and a snapshot is its cure`() async throws {
        let scene = try await Scene(people: 2)
        let ana = try await scene.world.live(scene.people[0])
        let stroke: StrokeID = World.cid().retyped()
        for start in stride(from: 0, to: Limits.sketchCatchUpEntries + 50, by: 50) {
            var ids: [Int64] = []
            for number in start..<start + 50 {
                ids.append(
                    try await ana.post(
                        "sketches.draw",
                        scene.cells("x", x: number % 60, y: number % 20, stroke: stroke)
                    )
                )
            }
            for id in ids { _ = try await ana.answer(to: id).get() }
        }
        let view = View(channels: [], sketch: scene.sketch.id)
        let resume = Resume(epoch: nil, seq: [scene.sketch.id.logName: 1])
        let (bob, welcome) = try await LiveClient.hello(
            scene.world.daemon.tcp,
            token: scene.people[1].token,
            resume: resume,
            view: view
        )
        let state = welcome.logs.first { $0.log == scene.sketch.id.logName }
        #expect(state?.state == .gap)
        let canvas = try await scene.fresh()
        #expect(canvas.seq == state?.head)
        let synced = try await bob.call("sync", ["seq": [scene.sketch.id.logName: .integer(canvas.seq)]] as JSON).get()
        #expect(synced["logs"]?.array?.first?["state"] == "ok")
        _ = try await ana.call("sketches.draw", scene.cells("new")).get()
        // At the seam a tick may bring again what the snapshot has: the numbers say so.
        let arrived = try Self.entries(try await bob.push("operations")).map(\.seq)
        #expect(arrived.filter { $0 > canvas.seq } == [canvas.seq + 1])
        for client in [ana, bob] { client.close() }
    }

    @Test
    func `21 pointers are merged with the newest of each person, and end with the view`() async throws {
        let scene = try await Scene(people: 3)
        let ana = try await scene.look(0)
        let bob = try await scene.look(1)
        let watching = try await scene.look(2)
        for number in 0..<20 {
            for client in [ana, bob] {
                let pointer: JSON = [
                    "sketch": .string(scene.sketch.id.description), "x": .integer(Int64(number)), "y": 1,
                    "tool": "line",
                ]
                _ = try await client.call("sketches.pointer", pointer).get()
            }
        }
        var latest: [String: Int64] = [:]
        let people = [scene.people[0].id.description, scene.people[1].id.description]
        while latest[people[0]] != 19 || latest[people[1]] != 19 {
            let frame = try await watching.next()
            let pointers = frame["ephemeral"]?["pointers"]?.array ?? []
            #expect(Set(pointers.compactMap { $0["by"]?.string }).count == pointers.count)
            for item in pointers { latest[item["by"]?.string ?? ""] = item["pointer"]?["x"]?.integer }
        }
        bob.close()
        let gone = try await watching.next(where: { frame in
            frame["ephemeral"]?["pointers"]?.array?.contains { $0["by"]?.string == people[1] } == true
        })
        #expect(gone["ephemeral"]?["pointers"]?.array?.first?["pointer"] == nil)
        // Whoever begins to look is told where the others are.
        let late = try await scene.look(1)
        let told = try await late.next(where: { $0["ephemeral"]?["pointers"] != nil })
        #expect(told["ephemeral"]?["pointers"]?.array?.first?["by"]?.string == people[0])
        for client in [ana, watching, late] { client.close() }
    }

    @Test
    func `21 who is timed out neither draws nor points, and what they pointed at is taken back`() async throws {
        let scene = try await Scene(people: 2)
        let (admin, world) = (scene.people[0], scene.world)
        let watching = try await scene.look(0)
        let bob = try await scene.look(1)
        let preview: JSON = [
            "sketch": .string(scene.sketch.id.description), "x": 3, "y": 1, "tool": "text",
            "preview": [[3, 1, "an insult"]],
        ]
        _ = try await bob.call("sketches.pointer", preview).get()
        _ = try await watching.next(where: { $0["ephemeral"]?["pointers"] != nil })
        let scope = scene.channel.id.description
        let timeOut = SanctionDraft(account: scene.people[1].name, scope: scope, forMs: 600_000)
        _ = try await world.call(.timeOut, timeOut, as: admin)
        let gone = try await watching.next(where: { $0["ephemeral"]?["pointers"] != nil })
        let taken = try #require(gone["ephemeral"]?["pointers"]?.array?.first)
        #expect(taken["by"] == .string(scene.people[1].id.description))
        #expect(taken["pointer"] == nil)
        // Both ways in: the frame that is read without a decoder, and the general one.
        let general: JSON = [
            "sketch": .string(scene.sketch.id.description), "cid": .string(World.cid().description), "op": "undo",
        ]
        for (call, input) in [
            ("sketches.pointer", preview), ("sketches.draw", scene.cells("no")), ("sketches.draw", general),
        ] {
            let refused = try await bob.call(call, input).refusal
            #expect(refused?.code == .muted, "\(call): \(refused?.detail ?? "done")")
        }
        #expect(try await watching.roundtrip().allSatisfy { $0["ephemeral"]?["pointers"] == nil })
        #expect(try await scene.fresh().seq == 1)
        let lifted = Reinstatement(account: scene.people[1].name, scope: scope)
        _ = try await world.call(.reinstate, lifted, as: admin)
        _ = try await bob.call("sketches.pointer", preview).get()
        _ = try await bob.call("sketches.draw", scene.cells("yes")).get()
        for client in [watching, bob] { client.close() }
    }

    @Test
    func `21 the log ends when the sketch is deleted, and when its channel is left`() async throws {
        let scene = try await Scene(people: 3)
        let leaving = try await scene.look(1, after: 1)
        let staying = try await scene.look(2, after: 1)
        _ = try await scene.world.call(.leaveChannel, ChannelRef(scene.channel.id), as: scene.people[1])
        let left = try await leaving.next(where: { $0["ended"] != nil })
        #expect(left["ended"]?["log"]?.string == scene.sketch.id.logName)
        _ = try await scene.world.call(.deleteSketch, SketchRef(scene.sketch.id), as: scene.people[0])
        let ended = try await staying.next(where: { $0["ended"] != nil })
        #expect(ended["ended"]?["log"]?.string == scene.sketch.id.logName)
        for client in [leaving, staying] { client.close() }
    }

    @Test
    func `21 a frame that is not the hot form gets the general answer`() async throws {
        let scene = try await Scene(people: 1)
        let ana = try await scene.world.live(scene.people[0])
        for (input, words) in [
            (["sketch": .string(scene.sketch.id.description)] as JSON, "cid is missing"),
            (["sketch": "x", "cid": "y"], "sketch is not an id"),
            (scene.cells("a", x: 999_999_999), "which is in no drawing"),
            (scene.cells("\u{1B}[31m"), "U+001B"),
        ] {
            guard case .failure(let error) = try await ana.call("sketches.draw", input) else {
                throw TestFailure("was taken: \(input)")
            }
            #expect(error.code == .invalid)
            #expect(error.detail.contains(words), "\(error.detail)")
        }
        #expect(try await scene.fresh().seq == 1)
        ana.close()
    }
}
