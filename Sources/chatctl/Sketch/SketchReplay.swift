import ChatAPI
import ChatKit
import Flags
import Transport

/// `sketch replay`: how a sketch was drawn, as a film on the terminal or as frames.
enum SketchReplay {
    private static let shape = Shape(
        "frame",
        FrameView.self,
        name: { $0.at("seq").integer.map(String.init) ?? "" },
        [
            Column("frame", "FRAME", .number), Column("seq", "SEQ", .number), Column("at", "TIME", .time),
            Column("people", "DRAWING"), Column("operations", "OPERATIONS", .number), Column("text", wide: true),
        ]
    )

    private struct FrameView: Codable {
        var frame: Int
        /// The position of the log that it shows.
        var seq: Int64
        var at: Milliseconds
        /// Milliseconds of the film.
        var shownAt: Milliseconds
        var people: [String]
        var operations: Int
        var text: String
    }

    static var command: Command<Action> {
        Command(
            "replay",
            "Plays how a sketch was drawn: as a film on a terminal, as frames anywhere else.",
            discussion: """
                Pauses in which nobody drew are shortened. Where standard output is no terminal, the frames follow each other without \
                waiting, each as ANSI text that ends with a form feed; with -o json or jsonl each is an object.
                """,
            examples: [
                Example("chatctl sketch replay general/plan"), Example("chatctl sketch replay general/plan --speed 50"),
                Example("chatctl sketch replay general/plan --region 40,10,80,24"),
                Example("chatctl sketch replay general/plan --after 4000 --through 4800 --speed 1"),
                Example("chatctl sketch replay general/plan -o jsonl --fps 2 | jq -r .text"),
            ],
            arguments: [SketchOptions.sketch],
            options: [
                .value("speed", "TIMES", .integer(1...1_000), "How many times as fast as it was drawn.", default: "10"),
                .value("fps", "N", .integer(1...60), "At most so many frames a second.", default: "12"),
                .value(
                    "pause",
                    "DURATION",
                    .duration(.zero...(.seconds(3_600))),
                    "How long nothing may happen on the screen.",
                    default: "1s"
                ),
                .value("after", "SEQ", .integer(0...Int.max), "From the operation behind this number on."),
                .value("through", "SEQ", .integer(1...Int.max), "Up to and with this number."),
                SketchOptions.region("Only this part"), SketchFiles.depth,
            ],
            action: Action("sketches.operations", "sketches.get", "sketches.list", "channels.get") { run in
                let region = try run.region()
                let named = try await run.sketch()
                let (width, height) = (named.sketch.width, named.sketch.height)
                if let region, region.x >= width || region.y >= height {
                    throw Failure.usage("--region lies outside the sketch, which has \(width) × \(height) cells")
                }
                let film = try await film(of: named, run)
                if run.output.format == .table || run.output.format == .wide, run.values.list("fields").isEmpty {
                    return try await play(film, region, run)
                }
                await run.people.meet(film.people, run)
                let list = try run.output.list(shape)
                var projector = film.projector
                var count = 0
                while let frame = projector.next() {
                    count += 1
                    list.add(node(frame, projector.canvas, region, number: count, run))
                }
                list.end()
            }
        )
    }

    private static func node(
        _ frame: SketchFilm.Frame,
        _ canvas: SketchCanvas,
        _ region: SketchRegion?,
        number: Int,
        _ run: Run
    ) -> Node {
        Node(
            FrameView(
                frame: number,
                seq: canvas.seq,
                at: frame.at,
                shownAt: frame.shownAt,
                people: frame.people.map { run.people.name($0) },
                operations: frame.operations,
                text: SketchExport.text(SketchGrid(canvas, region: region))
            )
        )
    }

    // MARK: - Reading

    private static func film(of named: Run.NamedSketch, _ run: Run) async throws -> SketchFilm {
        var pace = SketchFilm.Pace()
        pace.speed = Int64(run.values.int("speed") ?? 10)
        pace.frameMilliseconds = Int64(1_000 / (run.values.int("fps") ?? 12))
        pace.pauseMilliseconds = run.values.duration("pause")?.wholeMilliseconds ?? 1_000
        let from = Int64(run.values.int("after") ?? 0)
        let through = run.values.int("through").map(Int64.init) ?? .max
        let progress = Progress("reading", total: Int(min(named.sketch.seq, through)), sharesOutput: false, run.console)
        var entries: [SketchEntry] = []
        // The first entry of a log gives the sketch its size.
        var canvas = SketchCanvas.first
        var after: Int64?
        while true {
            let query = SketchOperationQuery(sketch: named.sketch.id, after: after, limit: Limits.pageItems)
            let page = try await run.call(.sketchOperations, query)
            if let base = page.base {
                canvas = try SketchFiles.canvas(base)
                run.warn(
                    "operations before \(page.first) are not kept; the film begins with the drawing as it was then"
                )
            }
            entries += page.operations.prefix { $0.seq <= through }
            progress.advance(by: page.operations.count)
            guard page.hasLater, let last = page.operations.last, last.seq < through else { break }
            after = last.seq
        }
        progress.clear()
        guard entries.contains(where: { $0.seq > from }) else {
            throw Failure(APIError(.notFound, "nothing was drawn in \(VisibleText.line(named.title)) there"))
        }
        for entry in entries.prefix(while: { $0.seq <= from }) { canvas.apply(entry) }
        return SketchFilm(beginning: canvas, entries: Array(entries.drop { $0.seq <= from }), pace)
    }

    // MARK: - Playing

    /// On a terminal with the time that it takes, frame over frame; anywhere else all at once, one behind the other.
    private static func play(_ film: SketchFilm, _ region: SketchRegion?, _ run: Run) async throws {
        let depth = SketchDepth(rawValue: run.values.required("depth")) ?? .full
        let isFilm = run.console.isTerminal(.output)
        var projector = film.projector
        var lines = 0
        var shown: Milliseconds = 0
        while let frame = projector.next() {
            guard isFilm else {
                run.output.print(SketchExport.ansi(SketchGrid(projector.canvas, region: region), depth) + "\u{C}\n")
                continue
            }
            let part = screenful(region ?? projector.canvas.region, run)
            if lines == 0, part != region ?? projector.canvas.region {
                run.warn(
                    "this terminal shows \(part.width) × \(part.height) cells from \(part.x),\(part.y) on; --region shows others"
                )
            }
            let text = SketchExport.ansi(SketchGrid(projector.canvas, region: part), depth)
            try await Task.sleep(for: .milliseconds(frame.shownAt - shown))
            shown = frame.shownAt
            // Up to where the last frame began; each line is cleared behind what it shows.
            let back = lines == 0 ? "" : "\u{1B}[\(lines)A\r"
            let cleared = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            run.output.print(back + cleared.map { $0 + "\u{1B}[K\n" }.joined() + "\u{1B}[J")
            lines = cleared.count
        }
    }

    /// As much of a region as there is room for: a longer line would wrap, and a frame that scrolls cannot be drawn over. The
    /// last row is the cursor's.
    private static func screenful(_ region: SketchRegion, _ run: Run) -> SketchRegion {
        var part = region
        part.width = min(part.width, run.console.width)
        part.height = min(part.height, run.console.height - 1)
        return part
    }
}
