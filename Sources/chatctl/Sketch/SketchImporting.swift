import ChatAPI
import ChatKit
import Flags

/// `sketch import`: a sketch from a text file, from terminal sequences, or from a picture.
extension SketchFiles {
    static var `import`: Command<Action> {
        Command(
            "import",
            "Makes a sketch from a text file, from ANSI art or from a PNG picture.",
            discussion: """
                The sketch is as large as what is read. A picture becomes half blocks, two colours in a cell. All of it is one \
                stroke: "sketch undo" takes it back. Large ones take their time, for a person draws at most \
                \(Limits.sketchCellsPerSecond) cells a second.
                """,
            examples: [
                Example("chatctl sketch import general/plan plan.txt"),
                Example("chatctl sketch import general/logo logo.png --columns 60"),
                Example("chatctl sketch import general/plan stamp.ans --into --at 40,10"),
                Example("ls -l | chatctl sketch import ops/listing -"),
            ],
            arguments: [
                .required(
                    "SKETCH",
                    .dynamic("sketches"),
                    "The new sketch: general/plan; with --into one that there is."
                ),
                .required("FILE", .file, "What is read; - is standard input."),
            ],
            options: [
                .value(
                    "as",
                    "FORM",
                    .choice(SketchImport.Form.allCases.map(\.rawValue)),
                    "The form, if it is not seen."
                ),
                .value(
                    "columns",
                    "N",
                    .integer(Limits.sketchWidth),
                    "How wide: of a picture, and where ANSI art wraps."
                ),
                depth, .flag("into", "Draws it into a sketch that there is."),
                .value("at", "X,Y", "With --into: where its upper left cell goes.", default: "0,0"),
                SketchOptions.layer,
            ] + Options.change,
            action: Action(
                "sketches.create",
                "sketches.draw",
                "sketches.delete",
                "sketches.get",
                "sketches.list",
                "channels.get"
            ) { run in
                let grid = try grid(run)
                guard run.values.flag("into") else { return try await make(grid, run) }
                let named = try await run.sketch()
                let (x, y) = try run.place("at") ?? (0, 0)
                guard x + grid.width <= named.sketch.width, y + grid.height <= named.sketch.height else {
                    throw Failure.usage(
                        "\(grid.width) × \(grid.height) cells at \(x),\(y) do not fit into \(VisibleText.line(named.title)), "
                            + "which has \(named.sketch.width) × \(named.sketch.height)"
                    )
                }
                let layer = run.values.int("layer") ?? named.sketch.layers.last?.id ?? 0
                let cells = try await draw(grid, in: named, layer: layer, x, y, run)
                let sketch = try await run.call(.sketch, SketchRef(named.sketch.id))
                try run.changed(
                    await SketchCommands.node(sketch, named.title, run),
                    SketchCommands.shape,
                    "drew \(cells) cells in \(VisibleText.line(named.title))"
                )
            }
        )
    }

    private static func grid(_ run: Run) throws -> SketchGrid {
        let path = run.values.required("FILE")
        let bytes: [UInt8]
        if path == "-" {
            bytes = try run.console.readAll(limit: PNG.fileBytes)
        } else {
            bytes = try Files.read(path, limit: PNG.fileBytes)
        }
        let form = run.values.string("as").flatMap(SketchImport.Form.init(rawValue:)) ?? SketchImport.Form(bytes)
        var options = SketchImport.Options()
        options.columns = run.values.int("columns")
        options.depth = SketchDepth(rawValue: run.values.required("depth")) ?? .full
        do throws(SketchImport.Refusal) {
            return try SketchImport.picture(bytes, as: form, options)
        } catch {
            throw Failure.usage("\(VisibleText.line(path)): \(VisibleText.line(error.description))")
        }
    }

    /// A new sketch with the drawing in it; none at all if it cannot be drawn to the end.
    private static func make(_ grid: SketchGrid, _ run: Run) async throws {
        let (channel, name) = try await run.sketchPlace(run.values.required("SKETCH"))
        let draft = SketchDraft(
            channel: channel.id.description,
            name: name,
            width: grid.width,
            height: grid.height
        )
        let title = "\(await run.title(channel))/\(name)"
        var sketch = try await run.call(.createSketch, draft, part: "create")
        var cells = 0
        if !run.isDryRun {
            do {
                let named = Run.NamedSketch(sketch: sketch, title: title)
                cells = try await draw(grid, in: named, layer: sketch.layers.first?.id ?? 0, 0, 0, run)
                sketch = try await run.call(.sketch, SketchRef(sketch.id))
            } catch {
                _ = try? await run.call(.deleteSketch, SketchRef(sketch.id), part: "delete")
                throw error
            }
        }
        try run.changed(
            await SketchCommands.node(sketch, title, run),
            SketchCommands.shape,
            "made \(VisibleText.line(title)), \(grid.width) × \(grid.height)"
                + (run.isDryRun ? "" : ", drew \(cells) cells")
        )
    }

    // MARK: - Drawing

    /// Draws the grid as one stroke in operations that the daemon takes, and waits where it asks for patience.
    private static func draw(
        _ grid: SketchGrid,
        in named: Run.NamedSketch,
        layer: Int,
        _ x: Int,
        _ y: Int,
        _ run: Run
    ) async throws -> Int {
        var parts = parts(grid.runs(cells: 1_024))
        for part in parts.indices {
            for index in parts[part].runs.indices {
                parts[part].runs[index].x += x
                parts[part].runs[index].y += y
            }
        }
        let total = parts.reduce(0) { $0 + $1.cells }
        let progress = Progress("drawing", total: total, sharesOutput: false, run.console)
        let stroke: StrokeID = run.newID()
        for (number, part) in parts.enumerated() {
            let operation = SketchOperation.cells(stroke: stroke, layer: layer, runs: part.runs)
            let draw = SketchDraw(sketch: named.sketch.id, cid: run.newID(), operation: operation)
            while true {
                do {
                    _ = try await run.call(.draw, draw, part: "draw \(number)")
                    break
                } catch let error as APIError where error.code == .rateLimited && part.cells <= Limits.sketchCellsAtOnce
                {
                    try await Task.sleep(for: .milliseconds(error.retryAfterMilliseconds ?? 1_000))
                }
            }
            progress.advance(by: part.cells)
        }
        progress.clear()
        return total
    }

    private struct Part {
        var runs: [SketchRun] = []
        var cells = 0
        var bytes = 0
    }

    /// A call's body has a limit, in bytes of JSON; a run is its text and some forty more.
    private static func parts(_ runs: [SketchRun]) -> [Part] {
        var parts: [Part] = []
        var part = Part()
        for run in runs {
            // Backslashes and quotes take two bytes.
            let bytes = run.text.utf8.reduce(48) { $0 + ($1 == 0x22 || $1 == 0x5C ? 2 : 1) }
            let isFull =
                part.runs.count == Limits.runsPerOperation || part.bytes + bytes > Limits.bodyBytes - 1_024
                || part.cells >= Limits.sketchCellsPerSecond
            if isFull {
                parts.append(part)
                part = Part()
            }
            part.runs.append(run)
            part.bytes += bytes
            part.cells += CellWidth.of(run.text)
        }
        if !part.runs.isEmpty { parts.append(part) }
        return parts
    }
}
