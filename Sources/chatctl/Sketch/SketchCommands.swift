import ChatAPI
import Flags

/// `sketch …`: sketches themselves. What is drawn in them is in `SketchDrawing.swift`, how they become files and films in
/// `SketchFiles.swift` and `SketchReplay.swift`.
enum SketchCommands {
    static let shape = Shape(
        "sketch",
        Sketch.self,
        name: { $0.at("title").text ?? $0.at("id").text ?? "" },
        [
            Column("title", "SKETCH"), Column("width", "WIDTH", .number), Column("height", "HEIGHT", .number),
            Column("drawing"), Column("changedAt", "CHANGED", .time), Column("seq", "SEQ", .number, wide: true),
            Column("createdBy", wide: true), Column("createdAt", "CREATED", .time, wide: true),
            Column("version", "VERSION", .number, wide: true), Column("id", wide: true), Column("name", wide: true),
        ]
    )

    /// One sketch: also the layers, by the numbers that `sketch layer` takes, and the regions that are locked.
    private static let wholeShape = Shape(
        shape.noun,
        Sketch.self,
        name: shape.name,
        shape.columns + [Column("layerNames", "LAYERS"), Column("lockedRegions", "LOCKED")]
    )

    static var noun: Command<Action> {
        Command(
            "sketch",
            "Live sketches: drawings that a channel's people make together.",
            aliases: ["sketches"],
            examples: [
                Example("chatctl sketch ls general"), Example("chatctl sketch export general/plan --to plan.png"),
                Example("chatctl sketch import general/logo logo.png --columns 60"),
                Example("chatctl sketch replay general/plan --speed 20"),
            ],
            children: {
                [
                    list, show, create, rename, delete, SketchFiles.export, SketchFiles.import, SketchReplay.command,
                    SketchDrawing.draw, SketchDrawing.undo, SketchDrawing.redo, SketchDrawing.clear,
                    SketchDrawing.wipe, SketchLayout.resize, SketchLayout.layer, SketchLayout.lock,
                    SketchLayout.unlock, SketchPosting.post, SketchPosting.who, SketchPosting.point,
                    SketchVersions.noun,
                ]
            }
        )
    }

    /// With its title, `general/plan`, and the names of people.
    static func node(_ sketch: Sketch, _ title: String, _ run: Run) async -> Node {
        await run.people.meet([sketch.createdBy] + sketch.drawing, run)
        return Node(sketch).adding("title", .text(title), after: "channel")
            .adding("drawing", .list(sketch.drawing.map { .text(run.people.name($0)) }))
            .adding("createdBy", .text(run.people.name(sketch.createdBy)))
    }

    private static var list: Command<Action> {
        Command(
            "ls",
            "Lists sketches: of channels, or of all channels one is in.",
            aliases: ["list"],
            examples: [Example("chatctl sketch ls"), Example("chatctl sketch ls general -o wide")],
            arguments: [Arguments.channels(0)],
            action: Action("sketches.list", "channels.list", "channels.get") { run in
                let list = try run.output.list(shape)
                for channel in try await channels(run) {
                    let title = await run.title(channel)
                    for sketch in try await run.call(.listSketches, ChannelRef(channel.id)).items {
                        list.add(await node(sketch, "\(title)/\(sketch.name)", run))
                    }
                }
                list.end()
            }
        )
    }

    private static func channels(_ run: Run) async throws -> [Channel] {
        var found: [Channel] = []
        for name in run.values.strings("CHANNEL") { found.append(try await run.channel(name)) }
        guard found.isEmpty else { return found }
        var cursor: String?
        repeat {
            let query = ChannelQuery(joined: true, limit: Limits.pageItems, cursor: cursor)
            let page = try await run.call(.listChannels, query)
            found += page.items
            cursor = page.nextCursor
        } while cursor != nil
        return found
    }

    private static var show: Command<Action> {
        Command(
            "show",
            "Shows what is known of a sketch.",
            aliases: ["get"],
            examples: [Example("chatctl sketch show general/plan"), Example("chatctl sketch export general/plan")],
            arguments: [SketchOptions.sketch],
            action: Action("sketches.get", "sketches.list", "channels.get") { run in
                let named = try await run.sketch()
                let sketch = named.sketch
                await run.people.meet(sketch.layers.compactMap(\.lockedBy) + sketch.locks.map(\.by), run)
                let whole = await node(sketch, named.title, run)
                    .adding("layerNames", .text(sketch.layers.map { text($0, run) }.joined(separator: " · ")))
                    .adding("lockedRegions", .text(sketch.locks.map { text($0, run) }.joined(separator: " · ")))
                try run.output.one(whole, wholeShape)
            }
        )
    }

    /// `1 ink (hidden, locked by ana)`.
    private static func text(_ layer: SketchLayer, _ run: Run) -> String {
        var notes = layer.hidden ? ["hidden"] : []
        if let by = layer.lockedBy { notes.append("locked by \(run.people.name(by))") }
        return "\(layer.id) \(layer.name)" + (notes.isEmpty ? "" : " (\(notes.joined(separator: ", ")))")
    }

    /// `0,0,20,5 by ana`: as `sketch unlock --region` takes it.
    private static func text(_ lock: SketchLock, _ run: Run) -> String {
        let region = lock.region
        return "\(region.x),\(region.y),\(region.width),\(region.height) by \(run.people.name(lock.by))"
    }

    private static var create: Command<Action> {
        Command(
            "create",
            "Makes empty sketches.",
            aliases: ["new"],
            examples: [
                Example("chatctl sketch create general/plan"),
                Example("chatctl sketch create general/map --width 200 --height 80"),
            ],
            arguments: [.rest("SKETCH", minimum: 1, "Sketches: general/plan, the channel and a name.")],
            options: [
                .value("width", "CELLS", .integer(Limits.sketchWidth), "How wide.", default: "80"),
                .value("height", "CELLS", .integer(Limits.sketchHeight), "How high.", default: "24"),
            ] + Options.change,
            action: Action("sketches.create", "channels.get") { run in
                try await run.each(run.values.strings("SKETCH"), shape, verb: "created") { text, part in
                    let (channel, name) = try await run.sketchPlace(text)
                    let draft = SketchDraft(
                        channel: channel.id.description,
                        name: name,
                        width: run.values.int("width"),
                        height: run.values.int("height")
                    )
                    let sketch = try await run.call(.createSketch, draft, part: part)
                    return await node(sketch, "\(await run.title(channel))/\(sketch.name)", run)
                }
            }
        )
    }

    private static var rename: Command<Action> {
        Command(
            "rename",
            "Gives a sketch another name.",
            examples: [Example("chatctl sketch rename general/plan 'Ground floor'")],
            arguments: [SketchOptions.sketch, .required("NAME", "The new name: 1 to 48 characters.")],
            options: [Options.ifMatch] + Options.change,
            action: Action("sketches.update", "sketches.get", "sketches.list", "channels.get") { run in
                let named = try await run.sketch()
                let change = SketchChange(sketch: named.sketch.id, name: run.values.required("NAME"))
                let sketch = try await run.call(.renameSketch, change)
                let title = named.title.dropLast(named.sketch.name.count) + sketch.name
                let sentence = "renamed \(VisibleText.line(named.title)) to \(VisibleText.line(sketch.name))"
                try run.changed(await node(sketch, String(title), run), shape, sentence)
            }
        )
    }

    private static var delete: Command<Action> {
        Command(
            "delete",
            "Deletes a sketch with everything drawn in it.",
            aliases: ["rm"],
            examples: [Example("chatctl sketch delete general/plan --confirm general/plan")],
            arguments: [SketchOptions.sketch],
            options: [Options.confirm("sketch")] + Options.change,
            action: Action("sketches.delete", "sketches.get", "sketches.list", "channels.get") { run in
                let named = try await run.sketch()
                let text = run.values.required("SKETCH")
                try run.confirm("This deletes \(VisibleText.line(named.title)) and everything drawn in it.", name: text)
                _ = try await run.call(.deleteSketch, SketchRef(named.sketch.id))
                try run.done("deleted", text)
            }
        )
    }
}
