import ChatAPI
import Flags

/// `sketch post|who|point`: a sketch as a message, who drew a cell, and showing where one is.
enum SketchPosting {
    static var post: Command<Action> {
        Command(
            "post",
            "Sends a sketch, or a region of it, as a message that shows it.",
            examples: [
                Example("chatctl sketch post general/plan"),
                Example("chatctl sketch post general/plan --region 0,0,40,10 'The entrance, as of today'"),
            ],
            arguments: [
                SketchOptions.sketch, .rest("TEXT", "What is said with it; - reads it from standard input."),
            ],
            options: [SketchOptions.region("Only this part; everything drawn if nothing is said")] + Options.change,
            action: Action("sketches.post", "sketches.get", "sketches.list", "channels.get") { run in
                let named = try await run.sketch()
                let text = run.values.strings("TEXT").isEmpty ? nil : try run.text(limit: Limits.messageBytes)
                let cid: ClientID = run.newID()
                let post = SketchPost(sketch: named.sketch.id, cid: cid, region: try run.region(), text: text)
                let sent = try await run.call(.postSketch, post)
                let channel = String(named.title.dropLast(named.sketch.name.count + 1))
                let view = ChannelTalk.SentView(
                    message: "\(channel)/\(sent.seq)",
                    channel: named.sketch.channel,
                    seq: sent.seq,
                    at: sent.at,
                    cid: cid
                )
                try run.changed(Node(view), ChannelTalk.sentShape, "sent \(VisibleText.line(view.message))")
            }
        )
    }

    private static let originShape = Shape(
        "cell",
        SketchOrigin.self,
        name: { $0.at("name").text ?? "" },
        [
            Column("name", "BY"), Column("at", "TIME", .time), Column("layer", "LAYER", .number),
            Column("seq", "SEQ", .number), Column("stroke", wide: true), Column("by", "ACCOUNT", wide: true),
        ]
    )

    static var who: Command<Action> {
        Command(
            "who",
            "Shows who drew a cell, when and with which stroke.",
            examples: [Example("chatctl sketch who general/plan 10 4")],
            arguments: [
                SketchOptions.sketch, .required("X", .integer(0...511), "The column, counted from 0."),
                .required("Y", .integer(0...255), "The row, counted from 0."),
            ],
            options: [SketchOptions.layer],
            action: Action("sketches.origin", "sketches.get", "sketches.list", "channels.get") { run in
                let named = try await run.sketch()
                let query = SketchCellQuery(
                    sketch: named.sketch.id,
                    x: run.values.int("X") ?? 0,
                    y: run.values.int("Y") ?? 0,
                    layer: run.values.int("layer")
                )
                let origin = try await run.call(.sketchOrigin, query)
                if let by = origin.by { await run.people.meet([by], run) }
                let name = origin.by.map { Node.text(run.people.name($0)) } ?? .null
                try run.output.one(Node(origin).adding("name", name), originShape)
            }
        )
    }

    static var point: Command<Action> {
        Command(
            "point",
            "Shows a pointer to those who look at a sketch, for a while.",
            examples: [
                Example("chatctl sketch point general/plan 10 4 --for 10s"),
                Example("chatctl sketch point general/plan 10 4 --tool 'here it leaks'"),
            ],
            arguments: [
                SketchOptions.sketch, .required("X", .integer(0...511), "The column, counted from 0."),
                .required("Y", .integer(0...255), "The row, counted from 0."),
            ],
            options: [
                .value("tool", "TEXT", "What stands beside it: at most \(Limits.pointerToolBytes) bytes."),
                .value(
                    "for",
                    "DURATION",
                    .duration(.milliseconds(1)...(.seconds(60))),
                    "How long; it goes with the connection.",
                    default: "5s"
                ),
            ] + Options.change,
            action: Action("sketches.pointer", "sketches.get", "sketches.list", "channels.get") { run in
                let named = try await run.sketch()
                let pointer = SketchPointer(
                    sketch: named.sketch.id,
                    x: run.values.int("X"),
                    y: run.values.int("Y"),
                    tool: run.values.string("tool")
                )
                if !run.isDryRun {
                    let live = try run.daemon().live(View(sketch: named.sketch.id))
                    _ = try await live.call(.pointSketch, pointer, try run.callOptions(changes: false))
                    try await Task.sleep(for: run.values.duration("for") ?? .seconds(5))
                }
                try run.done("pointed", run.values.required("SKETCH"), "pointed into \(VisibleText.line(named.title))")
            }
        )
    }
}
