import ChatAPI
import ChatTestKit
import Glibc
import Storage
import Synchronization
import Testing

/// Acknowledged means durable for strokes as well: a real daemon is killed in mid-stroke, again and again.
@Suite("Crash proof of sketches", .serialized)
struct SketchCrashTests {
    private static let seed = CrashProofTests.seed &+ 20
    private static let kills = 20

    /// What drawers did and what they were told.
    private struct Ledger {
        struct Stroke {
            let cid: ClientID
            let by: AccountID
            let input: JSON
        }

        var generator: SeededGenerator
        var sent: [ClientID: Stroke] = [:]
        /// By drawer: sent and without an answer, in order.
        var pending: [AccountID: [Stroke]] = [:]
        var acknowledged: [ClientID: Int64] = [:]
        var acknowledgedNow = 0
        var isKilled = false
        var failures: [String] = []
    }

    private final class Drawers: Sendable {
        let world: World
        let people: [World.Resident]
        let sketch: Sketch
        let ledger: Mutex<Ledger>

        init(seed: UInt64) async throws {
            world = try await World.start()
            var people: [World.Resident] = []
            for number in 1...3 { people.append(try await world.bot("drawer-\(number)")) }
            self.people = people
            let channel = try await world.channel("crash", people)
            let draft = SketchDraft(channel: channel.id.description, name: "plan", width: 60, height: 20)
            sketch = try await world.call(.createSketch, draft, as: people[0])
            ledger = Mutex(Ledger(generator: SeededGenerator(seed: seed)))
        }

        func live(until acknowledgements: Int, end: @escaping @Sendable () -> Void) async throws {
            ledger.withLock { ledger in
                ledger.acknowledgedNow = 0
                ledger.isKilled = false
            }
            let gate = Gate(at: acknowledgements)
            let executioner = try Worker(name: "executioner")
            async let ended: Void = executioner.run {
                gate.wait()
                self.ledger.withLock { $0.isKilled = true }
                end()
            }
            await withTaskGroup(of: Void.self) { group in
                for (index, person) in people.enumerated() {
                    group.addTask { await self.draw(as: person, [1, 8, 24][index], gate) }
                }
            }
            try await ended
        }

        private func draw(as person: World.Resident, _ window: Int, _ gate: Gate) async {
            do {
                let (live, _) = try await LiveClient.hello(world.daemon.unix, token: person.token)
                var flying: [Int64: ClientID] = [:]
                // What has no answer from the last life goes first, under its old names.
                for stroke in ledger.withLock({ $0.pending[person.id] ?? [] }) {
                    flying[try await live.post("sketches.draw", stroke.input)] = stroke.cid
                }
                while true {
                    while flying.count < window {
                        let stroke = next(of: person)
                        flying[try await live.post("sketches.draw", stroke.input)] = stroke.cid
                    }
                    let frame = try await live.next()
                    guard let id = frame["id"]?.integer, let cid = flying.removeValue(forKey: id) else { continue }
                    switch try LiveClient.result(frame) {
                    case .success(let answer):
                        gate.reached(acknowledge(cid, answer["seq"]?.integer ?? 0, by: person))
                    case .failure(let error): try refused(cid, error, by: person)
                    }
                }
            } catch {
                ledger.withLock { ledger in
                    if !ledger.isKilled { ledger.failures.append("\(person.name) before the kill: \(error)") }
                }
                gate.open()
            }
        }

        private func acknowledge(_ cid: ClientID, _ seq: Int64, by person: World.Resident) -> Int {
            ledger.withLock { ledger in
                if let first = ledger.acknowledged.updateValue(seq, forKey: cid), first != seq {
                    ledger.failures.append("\(cid) was acknowledged as \(first) and as \(seq)")
                }
                ledger.acknowledgedNow += 1
                ledger.pending[person.id]?.removeAll { $0.cid == cid }
                return ledger.acknowledgedNow
            }
        }

        /// A stroke that was taken back, or of which nothing is left to take back: an answer like any other. Anything else
        /// ends the proof.
        private func refused(_ cid: ClientID, _ error: APIError, by person: World.Resident) throws {
            guard error.code == .conflict || error.code == .notFound else { throw error }
            ledger.withLock { $0.pending[person.id]?.removeAll { $0.cid == cid } }
        }

        /// Mostly cells of a stroke that goes on; sometimes an undo or a redo of it, or a clear.
        private func next(of person: World.Resident) -> Ledger.Stroke {
            ledger.withLock { ledger in
                let number = ledger.sent.count
                let cid = ClientID.make(at: 1_777_636_800_000 + Int64(number), using: &ledger.generator)
                // Ten operations make a stroke.
                let stroke = StrokeID(high: person.id.high ^ UInt64(number / 30), low: person.id.low)
                var input: [String: JSON] = [
                    "sketch": .string(sketch.id.description), "cid": .string(cid.description), "op": "cells",
                    "stroke": .string(stroke.description), "layer": 0,
                    "runs": [[.integer(Int64(number % 50)), .integer(Int64(number % 20)), .string("\(number)世")]],
                ]
                if number % 11 == 10 {
                    input = [
                        "sketch": .string(sketch.id.description), "cid": .string(cid.description),
                        "op": number % 22 == 10 ? "undo" : "redo", "stroke": .string(stroke.description),
                    ]
                } else if number % 17 == 16 {
                    input = [
                        "sketch": .string(sketch.id.description), "cid": .string(cid.description), "op": "clear",
                        "stroke": .string(stroke.description), "region": [.integer(Int64(number % 40)), 0, 10, 5],
                    ]
                }
                let made = Ledger.Stroke(cid: cid, by: person.id, input: .object(input))
                ledger.sent[cid] = made
                ledger.pending[person.id, default: []].append(made)
                return made
            }
        }

        func log() async throws -> [SketchEntry] {
            var entries: [SketchEntry] = []
            while true {
                let query = SketchOperationQuery(sketch: sketch.id, after: entries.last?.seq ?? 0, limit: 500)
                let page = try await world.call(.sketchOperations, query, as: people[0])
                entries += page.operations
                if !page.hasLater { return entries }
            }
        }

        /// What is wrong with a log, in words.
        func violations(in log: [SketchEntry]) -> [String] {
            let ledger = ledger.withLock { $0 }
            var wrong = ledger.failures
            if log.map(\.seq) != Array(1...Int64(log.count)) { wrong.append("the log has gaps") }
            var places: [ClientID: Int64] = [:]
            for entry in log {
                guard let cid = entry.cid else { continue }
                if places.updateValue(entry.seq, forKey: cid) != nil { wrong.append("\(cid) is there twice") }
                guard let sent = ledger.sent[cid] else {
                    wrong.append("entry \(entry.seq) was never sent")
                    continue
                }
                let draw = try? Coding.decode(SketchDraw.self, from: Coding.encode(sent.input))
                if draw?.operation != entry.operation || sent.by != entry.by { wrong.append("\(cid) was altered") }
            }
            for (cid, seq) in ledger.acknowledged where places[cid] != seq {
                wrong.append("\(cid) was acknowledged as \(seq) and is at \(places[cid] ?? 0)")
            }
            return wrong
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `no acknowledged operation is lost to kill -9 in mid-stroke, and the canvas is its log`() async throws {
        print("crash proof of sketches: \(Self.kills) kills, PLAZA_CRASH_SEED=\(CrashProofTests.seed)")
        let drawers = try await Drawers(seed: Self.seed)
        var generator = SeededGenerator(seed: Self.seed)
        for kill in 1...Self.kills {
            let acknowledgements = Int.random(in: 0...150, using: &generator)
            let microseconds = UInt32.random(in: 0...3_000, using: &generator)
            try await drawers.live(until: acknowledgements) {
                usleep(microseconds)
                drawers.world.daemon.kill()
            }
            try await drawers.world.daemon.restart()
            let log = try await drawers.log()
            let wrong = drawers.violations(in: log)
            try #require(wrong.isEmpty, "after kill \(kill), seed \(Self.seed): \(wrong.prefix(5))")
            var replayed = SketchCanvas.first
            for entry in log { replayed.apply(entry) }
            let snapshot = try await drawers.world.call(
                .sketchSnapshot,
                SketchRef(drawers.sketch.id),
                as: drawers.people[1]
            )
            try #require(snapshot.canvas() == replayed, "after kill \(kill), seed \(Self.seed)")
        }
        let ledger = drawers.ledger.withLock { $0 }
        let acknowledged = ledger.acknowledged.count
        for op in ["cells", "undo", "redo", "clear"] {
            let count = ledger.acknowledged.keys.count { ledger.sent[$0]?.input["op"]?.string == op }
            #expect(count > 0, "no \(op) was acknowledged: it proves nothing about them")
        }
        #expect(acknowledged > Self.kills * 10, "too few acknowledgements to prove anything: \(acknowledged)")
        #expect(try await drawers.world.daemon.terminate() == 0)
    }

    @Test(.timeLimit(.minutes(2)))
    func `a full disk refuses strokes by name, nothing of them is seen, and drawing goes on after it`() async throws {
        let disk = try CrashDisk()
        let world = try await World.start(environment: disk.environment)
        let drawer = try await world.bot("drawer")
        let channel = try await world.channel("full", [drawer])
        let draft = SketchDraft(channel: channel.id.description, name: "plan")
        let sketch = try await world.call(.createSketch, draft, as: drawer)
        let live = try await world.live(
            drawer,
            resume: Resume(epoch: nil, seq: [sketch.id.logName: 1]),
            view: View(channels: [], sketch: sketch.id)
        )
        func cells(_ text: String) -> JSON {
            [
                "sketch": .string(sketch.id.description), "cid": .string(World.cid().description), "op": "cells",
                "stroke": .string(World.cid().description), "runs": [[0, 0, .string(text)]],
            ]
        }
        _ = try await live.call("sketches.draw", cells("before")).get()
        disk.fill()
        #expect(try await live.call("sketches.draw", cells("during")).refusal?.code == .storageFull)
        let undo: JSON = [
            "sketch": .string(sketch.id.description), "cid": .string(World.cid().description), "op": "undo",
        ]
        #expect(try await live.call("sketches.draw", undo).refusal?.code == .storageFull)
        let full = try await world.call(.sketchSnapshot, SketchRef(sketch.id), as: drawer)
        #expect(full.canvas()?.row(0).prefix(8).map(\.glyph.text).joined() == "before  ")
        disk.behave()
        #expect(try await live.call("sketches.draw", undo).get()["seq"] == 3)
        #expect(try await live.call("sketches.draw", cells("after")).get()["seq"] == 4)
        var seqs: [Int64] = []
        while seqs.last != 4 {
            let frame = try await live.next(where: { $0["push"] == "operations" })
            seqs += try Coding.decode(SketchPush.self, from: Coding.encode(frame)).operations.map(\.seq)
        }
        #expect(seqs == [2, 3, 4])
        live.close()
    }
}
