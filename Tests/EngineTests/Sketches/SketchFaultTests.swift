import ChatAPI
import ChatTestKit
import Engine
import Storage
import Synchronization
import Testing

/// Storage errors under drawing: whoever drew is told, nothing is seen that is not stored, and the canvas beside the
/// writer agrees with the disk.
@Suite("Sketches: when storage fails")
struct SketchFaultTests {
    /// One error at one point of the next group.
    private final class Trap: Sendable {
        private struct State {
            var point: Faults.Point?
            var fault: Faults.Fault?
            var statements = 0
        }

        private let state = Mutex(State())
        let wasSprung = Atomic<Bool>(false)

        /// - Parameter point: of a statement, the n-th from now on.
        func arm(_ point: Faults.Point, _ fault: Faults.Fault) {
            wasSprung.store(false, ordering: .relaxed)
            state.withLock { $0 = State(point: point, fault: fault) }
        }

        func disarm() { state.withLock { $0 = State() } }

        var faults: Faults {
            Faults { reached in
                let fault = self.state.withLock { state -> Faults.Fault? in
                    guard let point = state.point else { return nil }
                    var here = reached
                    if case .statement = reached {
                        state.statements += 1
                        here = .statement(state.statements)
                    }
                    guard here == point else { return nil }
                    defer { state = State() }
                    return state.fault
                }
                if fault != nil { self.wasSprung.store(true, ordering: .relaxed) }
                return fault
            }
        }
    }

    /// What is drawn when the error comes; ana's text and bob's are there before.
    enum Act: String, CaseIterable, Sendable {
        case cells, undo, redo, clear, clearRegion, wipe, resize, layer, lock, version, restore

        func perform(_ scene: SketchScene, cid: ClientID, stroke: StrokeID) async throws {
            switch self {
            case .cells:
                let runs = [SketchRun(x: 2, y: 2, text: "new")]
                try await scene.apply(.cells(stroke: stroke, layer: 0, runs: runs), by: scene.ana, cid: cid)
            case .undo: try await scene.apply(.undo(stroke: nil), by: scene.ana, cid: cid)
            case .redo: try await scene.apply(.redo(stroke: nil), by: scene.ana, cid: cid)
            case .clear: try await scene.apply(.clear(stroke: stroke, region: nil, layer: nil), by: scene.ana, cid: cid)
            case .clearRegion:
                let region = SketchRegion(x: 0, y: 0, width: 3, height: 1)
                try await scene.apply(.clear(stroke: stroke, region: region, layer: 0), by: scene.ana, cid: cid)
            case .wipe: _ = try await scene.ana.call(.wipeSketch, SketchWipe(sketch: scene.id, by: "bob"))
            case .resize: try await scene.apply(.resize(width: 20, height: 8), by: scene.ana, cid: cid)
            case .layer:
                try await scene.apply(.layer(SketchLayerChange(layer: 0, hidden: true)), by: scene.ana, cid: cid)
            case .lock:
                let region = SketchRegion(x: 0, y: 0, width: 4, height: 4)
                try await scene.apply(.lock(region), by: scene.ana, cid: cid)
            case .version:
                _ = try await scene.ana.call(.nameSketchVersion, SketchVersionDraft(sketch: scene.id, name: "now"))
            case .restore:
                _ = try await scene.ana.call(.restoreSketchVersion, SketchVersionRef(sketch: scene.id, version: 1))
            }
        }

        /// Has no cid: it is not repeated but called again.
        var isRepeatable: Bool {
            switch self {
            case .wipe, .version, .restore: false
            default: true
            }
        }
    }

    private func scene(_ trap: Trap) async throws -> SketchScene {
        let scene = try await SketchScene { $0.storage.faults = trap.faults }
        try await scene.draw("mine", by: scene.ana)
        try await scene.draw("theirs", y: 1, by: scene.bob)
        _ = try await scene.ana.call(.nameSketchVersion, SketchVersionDraft(sketch: scene.id, name: "first"))
        // Something to do again, and something to take back.
        try await scene.draw("gone", y: 3, by: scene.ana)
        try await scene.apply(.undo(stroke: nil), by: scene.ana)
        return scene
    }

    /// What a new engine would make of the disk, beside what this one remembers.
    private func check(_ scene: SketchScene, _ about: String) async throws {
        let entries = try await scene.operations()
        #expect(entries.map(\.seq) == Array(1...Int64(entries.count)), "\(about)")
        var replayed = SketchCanvas.first
        for entry in entries { replayed.apply(entry) }
        #expect(try await scene.canvas() == replayed, "\(about)")
    }

    @Test(arguments: Act.allCases)
    func `whichever statement fails, nothing of it happened, and again is once`(_ act: Act) async throws {
        let trap = Trap()
        let scene = try await scene(trap)
        let (cid, stroke) = (scene.tea.cid(), scene.stroke())
        var statement = 1
        while true {
            let before = (
                canvas: try await scene.canvas(), entries: try await scene.operations(), life: try await scene.life()
            )
            trap.arm(.statement(statement), Faults.Fault(.io(code: 10)))
            let refused: APIError?
            do {
                try await act.perform(scene, cid: cid, stroke: stroke)
                refused = nil
            } catch { refused = error as? APIError }
            trap.disarm()
            guard trap.wasSprung.load(ordering: .relaxed) else {
                #expect(refused == nil)
                break
            }
            #expect(refused?.code == .unavailable, "\(act), statement \(statement)")
            #expect(try await scene.canvas() == before.canvas, "\(act), statement \(statement)")
            #expect(try await scene.operations() == before.entries, "\(act), statement \(statement)")
            #expect(try await scene.life() == before.life, "\(act), statement \(statement)")
            // Somebody else goes on where the log really ends.
            try await scene.draw("\(statement)", x: 30, y: 5, by: scene.bob)
            try await check(scene, "\(act), statement \(statement)")
            statement += 1
        }
        #expect(statement > 1)
        let count = try await scene.operations().count
        if act.isRepeatable { try await act.perform(scene, cid: cid, stroke: stroke) }
        #expect(try await scene.operations().count == count, "\(act) was done twice")
        try await check(scene, "\(act)")
    }

    @Test(arguments: [Act.cells, .undo, .clear], [true, false])
    func `a commit of which nobody knows is asked for again under its cid, and is there once`(
        _ act: Act,
        _ isStored: Bool
    ) async throws {
        let trap = Trap()
        let scene = try await scene(trap)
        let before = try await scene.operations().count
        let (cid, stroke) = (scene.tea.cid(), scene.stroke())
        trap.arm(isStored ? .afterCommit : .beforeCommit, Faults.Fault(.io(code: 1034)))
        let refused = await refusal { try await act.perform(scene, cid: cid, stroke: stroke) }
        #expect(refused?.code == .outcomeUnknown)
        // The daemon starts again from disk.
        let settings = scene.tea.world.engine.settings
        scene.tea.world.engine.close()
        let again = try Engine(settings: settings, clock: scene.tea.world.clock, hub: Hub(sealing: .lines))
        defer { again.close() }
        let caller = try await again.authenticator.caller(token: scene.ana.tokens.accessToken, address: "192.0.2.1")
        let ana = LocalService(again, as: caller)
        func entries() async throws -> [SketchEntry] {
            try await ana.call(.sketchOperations, SketchOperationQuery(sketch: scene.id, limit: 500)).operations
        }
        #expect(try await entries().count == before + (isStored ? 1 : 0))
        let operation: SketchOperation =
            switch act {
            case .cells: .cells(stroke: stroke, layer: 0, runs: [SketchRun(x: 2, y: 2, text: "new")])
            case .undo: .undo(stroke: nil)
            default: .clear(stroke: stroke, region: nil, layer: nil)
            }
        for _ in 0..<2 {
            let drawn = try await ana.call(.draw, SketchDraw(sketch: scene.id, cid: cid, operation: operation))
            #expect(drawn.seq == Int64(before) + 1)
        }
        #expect(try await entries().count == before + 1)
    }

    @Test func `a full disk refuses a stroke by name and takes the next one`() async throws {
        let trap = Trap()
        let scene = try await scene(trap)
        let before = try await scene.canvas()
        for act in [Act.cells, .undo, .clear] {
            trap.arm(.statement(1), Faults.Fault(.full, losesTransaction: true))
            let refused = await refusal {
                try await act.perform(scene, cid: scene.tea.cid(), stroke: scene.stroke())
            }
            #expect(refused?.code == .storageFull, "\(act)")
            #expect(try await scene.canvas() == before)
        }
        try await scene.draw("on", y: 4, by: scene.bob)
        try await check(scene, "after a full disk")
    }
}
