import ChatAPI
import Flags

/// `sketch resize|layer|lock|unlock`: the frame that is drawn in.
enum SketchLayout {
    static var resize: Command<Action> {
        Command(
            "resize",
            "Changes a sketch's size; what is cut off is kept as a version.",
            examples: [Example("chatctl sketch resize general/plan 120 40")],
            arguments: [
                SketchOptions.sketch, .required("WIDTH", .integer(Limits.sketchWidth), "Cells: 8 to 512."),
                .required("HEIGHT", .integer(Limits.sketchHeight), "Cells: 4 to 256."),
            ],
            options: [Options.yes] + Options.change,
            action: Action("sketches.draw", "sketches.get", "sketches.list", "channels.get") { run in
                let named = try await run.sketch()
                let (width, height) = (run.values.int("WIDTH") ?? 0, run.values.int("HEIGHT") ?? 0)
                let title = VisibleText.line(named.title)
                if width < named.sketch.width || height < named.sketch.height {
                    try run.confirm("This cuts \(title) to \(width) × \(height) cells.")
                }
                try await SketchDrawing.draw(
                    .resize(width: width, height: height),
                    in: named,
                    run,
                    "resized \(title) to \(width) × \(height)"
                )
            }
        )
    }

    static var layer: Command<Action> {
        Command(
            "layer",
            "Makes a layer or changes one: its name, its place, whether it is seen, whether others may draw in it.",
            examples: [
                Example("chatctl sketch layer general/plan 1 --name cables", "A new one, on top of the others."),
                Example("chatctl sketch layer general/plan 1 --hidden"),
                Example("chatctl sketch layer general/plan 1 --remove --yes"),
            ],
            arguments: [
                SketchOptions.sketch,
                .required("LAYER", .integer(0...(Limits.layersPerSketch - 1)), "The layer's number, 0 to 7."),
            ],
            options: [
                .value("name", "NAME", "A name."),
                .value("position", "N", .integer(0...(Limits.layersPerSketch - 1)), "Its place; 0 is the lowest."),
                .flag("hidden", "Hides it from everybody.", negatable: true),
                .flag("locked", "Only you draw in it from now on.", negatable: true),
                .flag("remove", "Deletes it with what is drawn in it."), Options.yes,
            ] + Options.change,
            action: Action("sketches.draw", "sketches.get", "sketches.list", "channels.get") { run in
                let named = try await run.sketch()
                let number = run.values.int("LAYER") ?? 0
                func flag(_ name: String) -> Bool? {
                    run.values.origin(name) == .absent ? nil : run.values.flag(name)
                }
                let removes = run.values.flag("remove")
                let change = SketchLayerChange(
                    layer: number,
                    name: run.values.string("name"),
                    hidden: flag("hidden"),
                    locked: flag("locked"),
                    position: run.values.int("position"),
                    removed: removes ? true : nil
                )
                let title = VisibleText.line(named.title)
                if removes { try run.confirm("This deletes layer \(number) of \(title) and what is drawn in it.") }
                let sentence = "\(removes ? "removed" : "changed") layer \(number) of \(title)"
                try await SketchDrawing.draw(.layer(change), in: named, run, sentence)
            }
        )
    }

    static var lock: Command<Action> {
        Command(
            "lock",
            "Keeps a region for oneself: nobody else draws in it.",
            examples: [Example("chatctl sketch lock general/plan --region 0,0,20,5")],
            arguments: [SketchOptions.sketch],
            options: [region] + Options.change,
            action: Action("sketches.draw", "sketches.get", "sketches.list", "channels.get") { run in
                let named = try await run.sketch()
                guard let region = try run.region() else { return }
                try await SketchDrawing.draw(.lock(region), in: named, run, "locked a region")
            }
        )
    }

    static var unlock: Command<Action> {
        Command(
            "unlock",
            "Opens a locked region to everybody again.",
            examples: [Example("chatctl sketch unlock general/plan --region 0,0,20,5")],
            arguments: [SketchOptions.sketch],
            options: [region] + Options.change,
            action: Action("sketches.draw", "sketches.get", "sketches.list", "channels.get") { run in
                let named = try await run.sketch()
                guard let region = try run.region() else { return }
                try await SketchDrawing.draw(.unlock(region), in: named, run, "unlocked a region")
            }
        )
    }

    private static let region = Option.value(
        "region",
        "X,Y,W,H",
        "Which: its upper left cell, counted from 0, its width and its height.",
        isRequired: true
    )
}
