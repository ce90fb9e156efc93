import ChatAPI
import Flags

/// `sketch version …`: a sketch as it was when somebody gave it a name.
enum SketchVersions {
    static let shape = Shape(
        "version",
        SketchVersion.self,
        name: { $0.at("version").integer.map(String.init) ?? "" },
        [
            Column("version", "VERSION", .number), Column("name"), Column("by"), Column("at", "TIME", .time),
            Column("seq", "SEQ", .number), Column("sketch", wide: true),
        ]
    )

    static var noun: Command<Action> {
        Command(
            "version",
            "Versions: what a sketch looked like when it was given a name.",
            aliases: ["versions"],
            examples: [
                Example("chatctl sketch version create general/plan 'before the walls'"),
                Example("chatctl sketch version ls general/plan"),
                Example("chatctl sketch version restore general/plan 2"),
            ],
            children: { [list, create, show, restore] }
        )
    }

    private static let number = Argument.required("VERSION", .integer(1...Int.max), "The version's number.")

    private static func node(_ version: SketchVersion, _ run: Run) async -> Node {
        await run.people.meet([version.by], run)
        return Node(version).adding("by", .text(run.people.name(version.by)))
    }

    private static var list: Command<Action> {
        Command(
            "ls",
            "Lists versions, the newest first.",
            aliases: ["list"],
            examples: [Example("chatctl sketch version ls general/plan")],
            arguments: [SketchOptions.sketch],
            action: Action("sketches.versions.list", "sketches.get", "sketches.list", "channels.get") { run in
                let named = try await run.sketch()
                let list = try run.output.list(shape)
                for version in try await run.call(.listSketchVersions, SketchRef(named.sketch.id)).items {
                    list.add(await node(version, run))
                }
                list.end()
            }
        )
    }

    private static var create: Command<Action> {
        Command(
            "create",
            "Keeps a sketch as it is now under a name.",
            examples: [Example("chatctl sketch version create general/plan 'before the walls'")],
            arguments: [SketchOptions.sketch, .required("NAME", "What to call it.")],
            options: Options.change,
            action: Action("sketches.versions.create", "sketches.get", "sketches.list", "channels.get") { run in
                let named = try await run.sketch()
                let draft = SketchVersionDraft(sketch: named.sketch.id, name: run.values.required("NAME"))
                let version = try await run.call(.nameSketchVersion, draft)
                let sentence = "kept \(VisibleText.line(named.title)) as version \(version.version)"
                try run.changed(await node(version, run), shape, sentence)
            }
        )
    }

    private static var show: Command<Action> {
        Command(
            "show",
            "Shows a version; \"sketch export --version\" draws it.",
            aliases: ["get"],
            examples: [
                Example("chatctl sketch version show general/plan 2"),
                Example("chatctl sketch export general/plan --version 2"),
            ],
            arguments: [SketchOptions.sketch, number],
            action: Action(
                "sketches.versions.list",
                "sketches.get",
                "sketches.list",
                "channels.get"
            ) { run in
                let named = try await run.sketch()
                let wanted = Int64(run.values.int("VERSION") ?? 0)
                let versions = try await run.call(.listSketchVersions, SketchRef(named.sketch.id)).items
                guard let version = versions.first(where: { $0.version == wanted }) else {
                    throw Failure(APIError(.notFound, "\(named.title) has no version \(wanted)"))
                }
                try run.output.one(await node(version, run), shape)
            }
        )
    }

    private static var restore: Command<Action> {
        Command(
            "restore",
            "Draws a version again over what is there; \"sketch undo\" takes it back.",
            examples: [Example("chatctl sketch version restore general/plan 2 --yes")],
            arguments: [SketchOptions.sketch, number],
            options: [Options.yes] + Options.change,
            action: Action("sketches.versions.restore", "sketches.get", "sketches.list", "channels.get") { run in
                let named = try await run.sketch()
                let version = Int64(run.values.int("VERSION") ?? 0)
                let title = VisibleText.line(named.title)
                try run.confirm("This draws version \(version) over what is in \(title).")
                let ref = SketchVersionRef(sketch: named.sketch.id, version: version)
                let drawn = try await run.call(.restoreSketchVersion, ref)
                try SketchDrawing.show(drawn, of: named, run, "restored version \(version) of \(title)")
            }
        )
    }
}
