package import ChatAPI
import Storage

/// Reading sketches: lists, snapshots, the log, who drew a cell. Whoever reads the channel reads its sketches.
extension Sketches {
    package func list(_ ref: ChannelRef, _ call: Call) async throws -> Page<Sketch> {
        let sketches = try await database.read { tx in
            let access = try ChannelStore.access(ref.channel, for: call.caller, tx)
            return try SketchStore.sketches(of: access.id, tx)
        }
        return Page(
            sketches.map { sketch in
                var sketch = sketch
                sketch.drawing = fan.drawing(in: sketch.id)
                return sketch
            }
        )
    }

    package func get(_ ref: SketchRef, _ call: Call) async throws -> Sketch {
        var sketch = try await database.read { tx in try Self.readable(ref.sketch, for: call.caller, tx) }
        sketch.drawing = fan.drawing(in: sketch.id)
        return sketch
    }

    /// A whole sketch, as of the newest entry that is durable.
    ///
    /// The writer hands its canvas over, which costs nothing; it becomes JSON on a reader's thread, once for each position
    /// of the log that somebody asks for.
    package func snapshot(_ ref: SketchRef, _ call: Call) async throws -> SketchSnapshot {
        let (canvas, sketch) = try await open(ref.sketch, for: call.caller)
        if let ready = snapshots.json(of: sketch.id, at: canvas.seq, version: sketch.version) {
            throw ReadyAnswer(json: ready)
        }
        let json = try await database.read { _ in Coding.encode(SketchSnapshot(canvas, of: sketch)) }
        snapshots.keep(json, of: sketch.id, at: canvas.seq, version: sketch.version)
        throw ReadyAnswer(json: json)
    }

    /// The canvas of someone who may read it.
    func open(_ id: SketchID, for caller: Caller) async throws -> (canvas: SketchCanvas, sketch: Sketch) {
        _ = try await database.read { tx in try Self.readable(id, for: caller, tx) }
        return try await database.write(touching: []) { tx in
            let board = try tx.facts.sketches.open(id, in: tx)
            return (board.canvas, board.sketch)
        }
    }

    /// Entries for a replay, as they are stored.
    package func operations(_ query: SketchOperationQuery, _ call: Call) async throws -> SketchOperationPage {
        let limit = try PageRules.limit(query.limit)
        if let after = query.after, after < 0 { throw APIError.invalid("after", "is \(after); positions begin at 0") }
        throw ReadyAnswer(
            json: try await database.read { tx in
                let sketch = try Self.readable(query.sketch, for: call.caller, tx)
                let ends = try SketchLog.ends(of: sketch.id, tx)
                let after = query.after ?? ends.first - 1
                guard after >= ends.first - 1 else {
                    throw APIError.invalid(
                        "after",
                        "is older than what is kept: entries before \(ends.first) are gone, ask without it"
                    )
                }
                let bodies = try SketchLog.bodies(
                    of: sketch.id,
                    after: after,
                    through: ends.head,
                    limit: limit,
                    bytes: Self.pageBytes,
                    tx
                )
                var json = JSONWriter(reserving: 128 + bodies.reduce(0) { $0 + $1.count + 1 })
                json.openObject()
                json.key("operations")
                json.openArray()
                for body in bodies { json.raw(body) }
                json.closeArray()
                json.key("head")
                json.value(ends.head)
                json.key("first")
                json.value(ends.first)
                json.key("hasLater")
                json.value(after + Int64(bodies.count) < ends.head)
                if query.after == nil, let base = try SketchTrimming.base(of: sketch.id, tx) {
                    json.key("base")
                    json.raw(base.json)
                }
                json.closeObject()
                return json.finish()
            }
        )
    }

    /// A page is at most about this long, whatever is in it.
    private static let pageBytes = 1 << 20

    package func origin(_ query: SketchCellQuery, _ call: Call) async throws -> SketchOrigin {
        _ = try await database.read { tx in try Self.readable(query.sketch, for: call.caller, tx) }
        return try await database.write(touching: []) { tx in
            let history = try tx.facts.sketches.open(query.sketch, in: tx).history
            let canvas = history.canvas
            guard canvas.region.contains(x: query.x, y: query.y) else {
                throw APIError.invalid("x", "and y are not on the sketch, which is \(canvas.width) by \(canvas.height)")
            }
            if let layer = query.layer, canvas.layer(layer) == nil {
                throw APIError.invalid("layer", "is \(layer), which the sketch does not have")
            }
            guard let layer = query.layer ?? canvas.visibleLayer(x: query.x, y: query.y),
                let origin = history.origin(x: query.x, y: query.y, layer: layer)
            else { return SketchOrigin() }
            return SketchOrigin(
                by: origin.stroke.by,
                stroke: origin.stroke.id,
                layer: layer,
                seq: origin.seq,
                at: try SketchLog.time(of: origin.seq, in: query.sketch, tx) ?? origin.stroke.at
            )
        }
    }

    /// The sketch, for someone who may read its channel; who may not is told the same as if there were none.
    static func readable(
        _ id: SketchID,
        for caller: Caller,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Sketch {
        guard let sketch = try SketchStore.sketch(id, tx) else { throw SketchStore.unknown(id) }
        do {
            _ = try ChannelStore.access(sketch.channel.description, for: caller, tx)
        } catch let refusal as APIError where refusal.code == .notFound {
            throw SketchStore.unknown(id)
        }
        return sketch
    }
}
