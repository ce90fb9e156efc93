import ChatAPI
import Flags

/// `sketch draw|undo|redo|clear|wipe`: what changes cells.
enum SketchDrawing {
    /// Draws one operation and says what became of it.
    static func draw(_ operation: SketchOperation, in named: Run.NamedSketch, _ run: Run, _ sentence: String)
        async throws
    {
        let draw = SketchDraw(sketch: named.sketch.id, cid: run.newID(), operation: operation)
        try show(try await run.call(.draw, draw), of: named, run, sentence)
    }

    static func show(_ drawn: SketchDrawn, of named: Run.NamedSketch, _ run: Run, _ sentence: String) throws {
        var text = sentence
        if let skipped = drawn.skipped, skipped > 0 {
            text += "; \(skipped) \(skipped == 1 ? "cell stays" : "cells stay"), drawn over by others since"
        }
        let view = SketchOptions.DrawnView(drawn, of: named.title)
        try run.changed(Node(view), SketchOptions.drawnShape, text)
    }

    static var draw: Command<Action> {
        Command(
            "draw",
            "Writes text into a sketch: its lines below each other, one stroke.",
            discussion: """
                Colours are written as ff8700, as a number of the 256 of terminals, or as red, green, yellow, blue, magenta, cyan, \
                white, black, grey. What does not fit into the sketch is refused. For a whole file see "chatctl sketch import".
                """,
            examples: [
                Example("chatctl sketch draw general/plan --at 10,4 'Entrance'"),
                Example("date | chatctl sketch draw general/board --at 0,0 --foreground yellow --bold -"),
            ],
            arguments: [SketchOptions.sketch, Arguments.text],
            options: [
                .value("at", "X,Y", "The first cell, counted from 0 at the upper left.", default: "0,0"),
                SketchOptions.layer,
                .value("foreground", "COLOR", "The colour of the glyphs."),
                .value("background", "COLOR", "The colour behind them."), .flag("bold", "Bold."),
                .flag("underline", "Underlined."),
            ] + Options.change,
            action: Action("sketches.draw", "sketches.get", "sketches.list", "channels.get") { run in
                let named = try await run.sketch()
                let (x, y) = try run.place("at") ?? (0, 0)
                let foreground = try color("foreground", run)
                let background = try color("background", run)
                var attributes: SketchAttributes = []
                if run.values.flag("bold") { attributes.insert(.bold) }
                if run.values.flag("underline") { attributes.insert(.underline) }
                let lines = try run.text(limit: Limits.bodyBytes).split(
                    separator: "\n",
                    omittingEmptySubsequences: false
                )
                let runs = lines.enumerated().filter { !$1.isEmpty }.map { number, line in
                    SketchRun(
                        x: x,
                        y: y + number,
                        text: String(line),
                        foreground: foreground,
                        background: background,
                        attributes: attributes
                    )
                }
                guard !runs.isEmpty else { throw Failure.usage("there is nothing to draw") }
                let layer = run.values.int("layer") ?? named.sketch.layers.last?.id ?? 0
                let operation = SketchOperation.cells(stroke: run.newID(), layer: layer, runs: runs)
                try await draw(operation, in: named, run, "drew in \(VisibleText.line(named.title))")
            }
        )
    }

    private static let names = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white", "grey"]

    /// None if the option was not given.
    private static func color(_ option: String, _ run: Run) throws(Failure) -> SketchColor {
        guard let text = run.values.string(option) else { return .none }
        if let index = names.firstIndex(of: text.lowercased()) { return .palette(UInt8(index)) }
        let digits = text.hasPrefix("#") ? text.dropFirst() : text[...]
        if digits.utf8.count == 6, digits.allSatisfy(\.isHexDigit), let rgb = UInt32(digits, radix: 16) {
            return .rgb(rgb)
        }
        if let index = UInt8(text) { return .palette(index) }
        throw .usage("--\(option) must be a colour such as ff8700, 208 or red, not \"\(VisibleText.line(text))\"")
    }

    // MARK: - Taking back

    private static let stroke = Option.value("stroke", "ID", "Which stroke; the newest if nothing is said.")

    static var undo: Command<Action> {
        Command(
            "undo",
            "Takes back a stroke of one's own; what others drew over it stays.",
            examples: [Example("chatctl sketch undo general/plan")],
            arguments: [SketchOptions.sketch],
            options: [stroke] + Options.change,
            action: Action("sketches.draw", "sketches.get", "sketches.list", "channels.get") { run in
                let named = try await run.sketch()
                try await draw(.undo(stroke: strokeID(run)), in: named, run, "took a stroke back")
            }
        )
    }

    static var redo: Command<Action> {
        Command(
            "redo",
            "Draws again what was taken back last.",
            examples: [Example("chatctl sketch redo general/plan")],
            arguments: [SketchOptions.sketch],
            options: [stroke] + Options.change,
            action: Action("sketches.draw", "sketches.get", "sketches.list", "channels.get") { run in
                let named = try await run.sketch()
                try await draw(.redo(stroke: strokeID(run)), in: named, run, "drew a stroke again")
            }
        )
    }

    private static func strokeID(_ run: Run) throws(Failure) -> StrokeID? {
        guard let text = run.values.string("stroke") else { return nil }
        guard let id = StrokeID(text) else { throw .usage("--stroke: \"\(VisibleText.line(text))\" is no id") }
        return id
    }

    // MARK: - Clearing

    static var clear: Command<Action> {
        Command(
            "clear",
            "Erases a sketch, or a region of it; \"sketch undo\" brings it back.",
            examples: [
                Example("chatctl sketch clear general/plan"),
                Example("chatctl sketch clear general/plan --region 0,0,20,5 --yes"),
            ],
            arguments: [SketchOptions.sketch],
            options: [SketchOptions.region("Only this part"), SketchOptions.layer, Options.yes] + Options.change,
            action: Action("sketches.draw", "sketches.get", "sketches.list", "channels.get") { run in
                let named = try await run.sketch()
                let region = try run.region()
                let title = VisibleText.line(named.title)
                try run.confirm("This erases \(region == nil ? "everything" : "a part") of \(title).")
                let operation = SketchOperation.clear(
                    stroke: run.newID(),
                    region: region,
                    layer: run.values.int("layer")
                )
                try await draw(operation, in: named, run, "cleared \(title)")
            }
        )
    }

    static var wipe: Command<Action> {
        Command(
            "wipe",
            "Removes what one person drew, or brings it back; what was beneath appears again.",
            examples: [
                Example("chatctl sketch wipe general/plan --by mallory"),
                Example("chatctl sketch wipe general/plan --by mallory --since 1h --yes"),
                Example("chatctl sketch wipe general/plan --by alice --undo", "It was the wrong person."),
            ],
            arguments: [SketchOptions.sketch],
            options: [
                .value("by", "NAME", .dynamic("users"), "Whose: an account, by name or id.", isRequired: true),
                Options.since, .flag("undo", "Brings back what was wiped, as it was."), Options.yes,
            ] + Options.change,
            action: Action("sketches.wipe", "sketches.get", "sketches.list", "channels.get") { run in
                let named = try await run.sketch()
                let person = run.values.required("by")
                let since = try run.moment("since")
                let (shown, title) = (VisibleText.line(person), VisibleText.line(named.title))
                let part = since == nil ? "" : " since then"
                let undo = run.values.flag("undo")
                if !undo {
                    try run.confirm(
                        "This removes what \(shown) drew in \(title)\(part); their own undo does not reach it."
                    )
                }
                let wipe = SketchWipe(sketch: named.sketch.id, by: person, since: since, undo: undo ? true : nil)
                let drawn = try await run.call(.wipeSketch, wipe)
                let sentence =
                    undo ? "brought back what \(shown) drew in \(title)" : "wiped what \(shown) drew in \(title)"
                try show(drawn, of: named, run, sentence)
            }
        )
    }
}
