package import ChatAPI
import Storage

/// Named versions of a sketch, and bringing one back.
extension Sketches {
    package func nameVersion(_ draft: SketchVersionDraft, _ call: Call) async throws -> SketchVersion {
        let caller = call.caller
        let account = try caller.signedIn()
        try SketchRules.check(name: draft.name)
        return try await database.perform(call, touching: [.sketch(draft.sketch)]) { tx in
            let (board, channel, _) = try tx.sketch(draft.sketch, for: caller, account, now: call.now)
            guard let version = try tx.keep(board, as: draft.name, channel, by: account, now: call.now) else {
                throw APIError(
                    .conflict,
                    "the sketch has \(Limits.versionsPerSketch) versions, the most there can be"
                )
            }
            return version
        }
    }

    package func listVersions(_ ref: SketchRef, _ call: Call) async throws -> Page<SketchVersion> {
        try await database.read { tx in
            Page(try SketchVersionStore.list(of: Self.readable(ref.sketch, for: call.caller, tx).id, tx))
        }
    }

    package func version(_ ref: SketchVersionRef, _ call: Call) async throws -> SketchSnapshot {
        throw ReadyAnswer(
            json: try await database.read { tx in
                let sketch = try Self.readable(ref.sketch, for: call.caller, tx)
                return try SketchVersionStore.find(ref.version, of: sketch.id, tx).json
            }
        )
    }

    /// Draws a version again over what is there: a stroke like any other, which undo takes back.
    package func restore(_ ref: SketchVersionRef, _ call: Call) async throws -> SketchDrawn {
        let caller = call.caller
        let account = try caller.signedIn()
        let rates = rates
        return try await database.perform(call, touching: [.sketch(ref.sketch)]) { tx in
            let (board, channel, actor) = try tx.sketch(ref.sketch, for: caller, account, now: call.now)
            let found = try SketchVersionStore.find(ref.version, of: board.id, tx)
            guard let canvas = try Coding.decode(SketchSnapshot.self, from: found.json).canvas() else {
                throw APIError(.internal, "the version \(ref.version) cannot be read")
            }
            try Self.checkRestore(canvas, by: actor, board.canvas)
            let cost = min(canvas.width * canvas.height, Limits.sketchCellsAtOnce)
            if let refusal = rates.refusal(ofCells: cost, for: caller, now: call.now) { throw refusal }
            let stroke = StrokeID.fresh(at: call.now)
            let operation = SketchOperation.restore(
                stroke: stroke,
                version: ref.version,
                width: canvas.width,
                height: canvas.height,
                layers: canvas.layers
            )
            var entry = board.next(operation, cid: nil, by: account, now: call.now)
            var history = board.history
            entry.patches = history.restore(
                canvas,
                ref.version,
                stroke: stroke,
                by: account,
                seq: entry.seq,
                at: entry.at
            )
            try SketchRules.check(entry.patches, by: actor, board.canvas)
            try tx.keepWhatGoes(by: operation, board, channel, by: account, now: call.now)
            try tx.append(entry, history, to: board)
            try SketchStore.setShape(of: board.id, history.canvas, tx)
            try tx.note(.sketchRestored, found.version.name, of: board, channel, by: account, now: call.now)
            return SketchDrawn(entry)
        }
    }

    /// Losing cells or layers that the version does not have takes someone who manages the sketch.
    private static func checkRestore(
        _ version: SketchCanvas,
        by actor: SketchRules.Actor,
        _ canvas: SketchCanvas
    ) throws(APIError) {
        let isSmaller = version.width < canvas.width || version.height < canvas.height
        let losesLayer = canvas.layers.contains { version.layer($0.id) == nil }
        if isSmaller || losesLayer {
            try SketchRules.checkManages(actor, "brings back a version that is smaller or has fewer layers")
        }
    }
}

extension Transaction {
    /// Keeps a sketch as it is under a name. Nil, and nothing is kept, if it has as many versions as there can be.
    fileprivate func keep(
        _ board: SketchBoard,
        as name: String,
        _ channel: ChannelFacts,
        by account: AccountID,
        now: Milliseconds
    ) throws -> SketchVersion? {
        let known = try SketchVersionStore.counts(of: board.id, self)
        guard known.count < Limits.versionsPerSketch else { return nil }
        let version = SketchVersion(
            sketch: board.id,
            version: known.newest + 1,
            name: name,
            seq: board.seq,
            by: account,
            at: now
        )
        let snapshot = SketchSnapshot(board.canvas, of: board.sketch)
        try SketchVersionStore.insert(version, Coding.encode(snapshot), self)
        try note(.sketchVersion, version.name, of: board, channel, by: account, now: now)
        return version
    }

    /// Undo brings back cells, not paper and not layers: before drawn cells go with these, they are kept as a version.
    func keepWhatGoes(
        by operation: SketchOperation,
        _ board: SketchBoard,
        _ channel: ChannelFacts,
        by account: AccountID,
        now: Milliseconds
    ) throws {
        guard let name = SketchRules.nameOfLoss(by: operation, board.canvas) else { return }
        _ = try keep(board, as: name, channel, by: account, now: now)
    }
}
