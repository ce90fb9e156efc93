import ChatAPI
import ChatKit
import Flags

/// `sketch export`: a sketch as a file, the same bytes as any other client exports.
enum SketchFiles {
    private static let shape = Shape(
        "drawing",
        DrawingView.self,
        name: { $0.at("sketch").text ?? "" },
        [
            Column("sketch"), Column("seq", "SEQ", .number), Column("width", "WIDTH", .number),
            Column("height", "HEIGHT", .number), Column("text"),
        ]
    )

    private struct DrawingView: Codable {
        /// `general/plan`.
        var sketch: String
        var seq: Int64
        var width: Int
        var height: Int
        /// A line for every row.
        var text: String
        var runs: [SketchRun]
    }

    static var export: Command<Action> {
        Command(
            "export",
            "Writes a sketch as text, ANSI, SVG, PNG or Markdown.",
            discussion: """
                The form is that of --as, else of the file's name, else text. What is hidden is not exported. The same sketch is \
                the same bytes, whoever exports it. With -o instead of --as it is data: the text, and runs of cells with their \
                colours. A file is complete or not there: it is written beside its place and then renamed.
                """,
            examples: [
                Example("chatctl sketch export general/plan"),
                Example("chatctl sketch export general/plan --to plan.png"),
                Example("chatctl sketch export general/plan --as ansi", "With its colours, on this terminal."),
                Example("chatctl sketch export general/plan --as svg --crop --paper light > plan.svg"),
            ],
            arguments: [SketchOptions.sketch],
            options: [
                .value("as", "FORM", .choice(SketchExport.Form.allCases.map(\.rawValue)), "The form."),
                .value("to", "FILE", .file, "Where to; standard output if nothing is said.", default: "-"),
                SketchOptions.region("Only this part"), .flag("crop", "Only what is drawn, without empty margins."),
                .value("version", "N", .integer(1...Int.max), "As a version kept it, not as it is now."),
                depth, paper,
                .value(
                    "scale",
                    "N",
                    .integer(SketchExport.scales),
                    "PNG: a cell is N times 8 × 16 pixels.",
                    default: "2"
                ),
            ],
            action: Action(
                "sketches.snapshot",
                "sketches.versions.get",
                "sketches.get",
                "sketches.list",
                "channels.get"
            ) { run in
                let named = try await run.sketch()
                let canvas = try await canvas(of: named, run)
                let region = try region(of: canvas, run)
                guard let form = form(run) else { return try show(canvas, region, named, run) }
                let file = try ExportFile(run.values.required("to"), run.console)
                guard form != .png || !file.isStandardOutput || !run.console.isTerminal(.output) else {
                    throw Failure.usage("a PNG picture is nothing for a terminal: give --to FILE, or redirect it")
                }
                var options = SketchExport.Options()
                options.depth = SketchDepth(rawValue: run.values.required("depth")) ?? .full
                options.paper = SketchPaper(rawValue: run.values.required("paper")) ?? .dark
                options.scale = run.values.int("scale") ?? 2
                file.write(
                    SketchExport.bytes(canvas, named: named.sketch.name, region: region, as: form, options)
                )
                try file.finish()
                if !file.isStandardOutput {
                    run.say("wrote \(VisibleText.line(named.title)) to \(VisibleText.line(file.path))")
                }
            }
        )
    }

    static let depth = Option.value(
        "depth",
        "COLORS",
        .choice(SketchDepth.allCases.map(\.rawValue)),
        "How many colours: all, the nearest of 256, or of 16.",
        default: SketchDepth.full.rawValue
    )

    private static let paper = Option.value(
        "paper",
        "PAPER",
        .choice(SketchPaper.allCases.map(\.rawValue)),
        "SVG and PNG: what it is drawn on.",
        default: SketchPaper.dark.rawValue
    )

    /// Nil if it is to be printed as `-o` says.
    private static func form(_ run: Run) -> SketchExport.Form? {
        if let text = run.values.string("as") { return SketchExport.Form(rawValue: text) }
        let file = run.values.required("to")
        if file != "-" { return SketchExport.Form(fileName: file) ?? .text }
        return run.output.format.isForPrograms ? nil : .text
    }

    private static func canvas(of named: Run.NamedSketch, _ run: Run) async throws -> SketchCanvas {
        let snapshot: SketchSnapshot
        if let version = run.values.int("version") {
            let ref = SketchVersionRef(sketch: named.sketch.id, version: Int64(version))
            snapshot = try await run.call(.sketchVersion, ref)
        } else {
            snapshot = try await run.call(.sketchSnapshot, SketchRef(named.sketch.id))
        }
        return try Self.canvas(snapshot)
    }

    static func canvas(_ snapshot: SketchSnapshot) throws(Failure) -> SketchCanvas {
        guard let canvas = snapshot.canvas() else {
            throw Failure(APIError(.internal, "the daemon's answer is no drawing that this program understands"))
        }
        return canvas
    }

    private static func region(of canvas: SketchCanvas, _ run: Run) throws(Failure) -> SketchRegion? {
        var region = try run.region()
        if let wanted = region {
            guard let inside = wanted.intersection(canvas.region) else {
                throw .usage("--region lies outside the sketch, which has \(canvas.width) × \(canvas.height) cells")
            }
            region = inside
        }
        guard run.values.flag("crop") else { return region }
        let grid = SketchGrid(canvas, region: region)
        guard let drawn = grid.drawnRegion else { return region }
        return SketchRegion(
            x: drawn.x + (region?.x ?? 0),
            y: drawn.y + (region?.y ?? 0),
            width: drawn.width,
            height: drawn.height
        )
    }

    private static func show(
        _ canvas: SketchCanvas,
        _ region: SketchRegion?,
        _ named: Run.NamedSketch,
        _ run: Run
    ) throws {
        let grid = SketchGrid(canvas, region: region)
        let view = DrawingView(
            sketch: named.title,
            seq: canvas.seq,
            width: grid.width,
            height: grid.height,
            text: SketchExport.text(grid),
            runs: grid.runs()
        )
        try run.output.one(Node(view), shape)
    }
}
