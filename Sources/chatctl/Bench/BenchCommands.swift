import ChatAPI
import ChatKit
import Flags
import Glibc
import Transport

/// `bench …`: loads a daemon and says what came back. `make bench` runs these with the daemon on a core of its own.
enum BenchCommands {
    static let shape = Shape(
        "figure",
        BenchPlan.Figure.self,
        name: { $0.at("name").text ?? "" },
        [
            Column("name", "WHAT"), Column("value", "VALUE", .number), Column("unit"),
        ]
    )

    static var noun: Command<Action> {
        Command(
            "bench",
            "Loads a daemon and measures it.",
            discussion: """
                Makes bots and channels of its own, named bench-…, and leaves them. Bots are limited like everyone unless \
                limits.bot-rate says otherwise. Do not run it against a daemon that people use.
                """,
            examples: [
                Example("chatctl --socket ./chatd.sock bench fanout --target 127.0.0.1:7878 --pid 4711"),
                Example(
                    "chatctl --socket ./chatd.sock bench ingest --target 127.0.0.1:7878 --pid 4711 --seconds 60"
                ),
            ],
            children: { [fanout, ingest, idle, resume, sketch, sketchJoin, audit, queue, bare, syncs] }
        )
    }

    private static let target = Option.value(
        "target",
        "HOST:PORT",
        "The plain TCP listener that is loaded.",
        isRequired: true
    )
    private static let pid = Option.value(
        "pid",
        "PID",
        .integer(1...Int(Int32.max)),
        "The daemon's process, for its CPU time and memory.",
        isRequired: true
    )

    private static func seconds(_ fallback: Int) -> Option {
        .value("seconds", "N", .integer(1...3_600), "How long is measured.", default: String(fallback))
    }

    private static func count(_ name: String, _ what: String, _ fallback: Int, _ range: ClosedRange<Int>) -> Option {
        .value(name, "N", .integer(range), what, default: String(fallback))
    }

    private static let fanout = Command<Action>(
        "fanout",
        "Publishers send into one channel, subscribers all get it; a message is complete when everyone has it.",
        examples: [Example("chatctl --socket ./chatd.sock bench fanout --target 127.0.0.1:7878 --pid 4711")],
        options: [
            target, pid, seconds(5), count("subscribers", "Listening connections.", 1_000, 1...50_000),
            count("publishers", "Sending connections.", 8, 1...1_000),
            count("in-flight", "Messages under way at any time; 0 with --rate.", 64, 0...4_096),
            count("rate", "Messages a second, whatever comes back; 0 sends as messages complete.", 0, 0...100_000),
            .flag("bare", "The target is \"bench bare\", which knows no accounts."),
        ],
        action: Action { run in
            let values = run.values
            let shape = BenchPlan.FanoutShape(
                subscribers: values.int("subscribers") ?? 1_000,
                publishers: values.int("publishers") ?? 8,
                inFlight: (values.int("rate") ?? 0) > 0 ? 0 : values.int("in-flight") ?? 64,
                perSecond: values.int("rate") ?? 0,
                seconds: values.int("seconds") ?? 5
            )
            let plan = try plan(run)
            try show(values.flag("bare") ? await plan.bareFanout(shape) : await plan.fanout(shape), run)
        }
    )

    private static let ingest = Command<Action>(
        "ingest",
        "Publishers send as fast as they are answered; every answer is durable.",
        examples: [
            Example(
                "chatctl --socket ./chatd.sock bench ingest --target 127.0.0.1:7878 --pid 4711 --seconds 60"
            )
        ],
        options: [
            target, pid, seconds(60), count("publishers", "Sending connections.", 8, 1...1_000),
            count("in-flight", "Unanswered messages of each.", 64, 1...64),
        ],
        action: Action { run in
            let figures = try await plan(run).ingest(
                publishers: run.values.int("publishers") ?? 8,
                inFlight: run.values.int("in-flight") ?? 64,
                seconds: run.values.int("seconds") ?? 60
            )
            try show(figures, run)
        }
    )

    private static let idle = Command<Action>(
        "idle",
        "Opens connections that do nothing; says what each one costs in memory.",
        examples: [Example("chatctl --socket ./chatd.sock bench idle --target 127.0.0.1:7878 --pid 4711")],
        options: [
            target, pid, seconds(10), count("connections", "Connections.", 5_000, 1...100_000),
            count("channels", "Channels that each is in.", 8, 1...64),
        ],
        action: Action { run in
            let figures = try await plan(run).idle(
                connections: run.values.int("connections") ?? 5_000,
                channels: run.values.int("channels") ?? 8,
                seconds: run.values.int("seconds") ?? 10
            )
            try show(figures, run)
        }
    )

    private static let resume = Command<Action>(
        "resume",
        "Comes back again and again from a position that lies behind.",
        examples: [Example("chatctl --socket ./chatd.sock bench resume --target 127.0.0.1:7878 --pid 4711")],
        options: [
            target, pid, count("missed", "Entries between the position and the head.", 300, 1...500),
            count("rounds", "How often.", 100, 1...100_000),
        ],
        action: Action { run in
            let figures = try await plan(run).resume(
                missed: run.values.int("missed") ?? 300,
                rounds: run.values.int("rounds") ?? 100
            )
            try show(figures, run)
        }
    )

    private static let sketch = Command<Action>(
        "sketch",
        "Some draw in one sketch and everybody looks: how far behind are those who look.",
        examples: [
            Example("chatctl --socket ./chatd.sock bench sketch --target 127.0.0.1:7878 --pid 4711"),
            Example(
                "chatctl --socket ./chatd.sock bench sketch --target 127.0.0.1:7878 --pid 4711 --watchers 0 --in general/plan",
                "Twenty people for a client that looks."
            ),
        ],
        options: [
            target, pid, seconds(10), count("drawers", "People who draw.", 20, 0...1_000),
            count("watchers", "People who only look.", 200, 0...10_000),
            count("rate", "Operations a second of each who draws.", 30, 1...1_000),
            .value(
                "in",
                "SKETCH",
                .dynamic("sketches"),
                "A sketch that there is; one of the bench's own if not given."
            ),
        ],
        action: Action { run in
            var shape = BenchPlan.SketchShape()
            shape.drawers = run.values.int("drawers") ?? 20
            shape.watchers = run.values.int("watchers") ?? 200
            shape.rate = run.values.int("rate") ?? 30
            shape.seconds = run.values.int("seconds") ?? 10
            var existing: Sketch?
            if let name = run.values.string("in") { existing = try await run.sketch(named: name).sketch }
            try show(try await plan(run).sketch(shape, in: existing), run)
        }
    )

    private static let sketchJoin = Command<Action>(
        "sketch-join",
        "Comes again and again to a sketch in which much has been drawn.",
        examples: [Example("chatctl --socket ./chatd.sock bench sketch-join --target 127.0.0.1:7878 --pid 4711")],
        options: [
            target, pid, count("operations", "Operations that were drawn.", 50_000, 1...1_000_000),
            count("rounds", "How often.", 100, 1...100_000),
        ],
        action: Action { run in
            let figures = try await plan(run).sketchJoin(
                operations: run.values.int("operations") ?? 50_000,
                rounds: run.values.int("rounds") ?? 100
            )
            try show(figures, run)
        }
    )

    private static let audit = Command<Action>(
        "audit",
        "Fills the audit log and lets the daemon verify the whole chain.",
        examples: [
            Example("chatctl --socket ./chatd.sock bench audit --target 127.0.0.1:7878 --pid 4711 --entries 200000")
        ],
        options: [
            target, pid, count("entries", "Entries there are at least.", 100_000, 1...10_000_000),
            count("rounds", "How often it is verified; the fastest counts.", 5, 1...1_000),
        ],
        action: Action { run in
            let figures = try await plan(run).audit(
                entries: run.values.int("entries") ?? 100_000,
                rounds: run.values.int("rounds") ?? 5
            )
            try show(figures, run)
        }
    )

    private static let queue = Command<Action>(
        "queue",
        "Asks for help in many queues, takes the next request at a steady rate, races for the rest.",
        examples: [Example("chatctl --socket ./chatd.sock bench queue --target 127.0.0.1:7878 --pid 4711")],
        options: [
            target, pid, seconds(10), count("queues", "Queues, each of an agency of its own.", 1_000, 1...10_000),
            count("requests", "Requests that wait in them, and are raced for at the end.", 100_000, 1...1_000_000),
            count("rate", "Takes a second.", 200, 1...10_000),
        ],
        action: Action { run in
            var shape = BenchQueue.Shape()
            shape.queues = run.values.int("queues") ?? shape.queues
            shape.requests = run.values.int("requests") ?? shape.requests
            shape.takesPerSecond = run.values.int("rate") ?? shape.takesPerSecond
            shape.seconds = run.values.int("seconds") ?? shape.seconds
            try show(try await plan(run).queue(shape), run)
        }
    )

    private static let bare = Command<Action>(
        "bare",
        "The other side of the comparison: a loop that coalesces and sends and does nothing else.",
        examples: [Example("chatctl bench bare --port 9999")],
        options: [.value("port", "PORT", .integer(1...65_535), "Where it listens on loopback.", isRequired: true)],
        isHidden: true,
        action: Action { run in
            let group = try EventLoopGroup(count: 1, name: "bare")
            let bare = BenchBare(loop: group.first)
            let listener = try bare.listen(on: UInt16(run.values.int("port") ?? 0), group: group)
            run.say("listening on \(listener.addresses[0])")
            while true { try await Task.sleep(for: .seconds(3_600)) }
        }
    )

    private static let syncs = Command<Action>(
        "syncs",
        "How many small synced writes a second this core and disk give.",
        examples: [Example("taskset -c 0 chatctl bench syncs --folder /var/tmp")],
        options: [.value("folder", "DIR", .directory, "Where the file is written.", default: ".")],
        isHidden: true,
        action: Action { run in
            let rate = BenchMeasures.syncsPerSecond(in: run.values.required("folder"))
            try show([BenchPlan.Figure(name: "synced writes", value: rate, unit: "1/s")], run)
        }
    )

    private static func plan(_ run: Run) throws -> BenchPlan {
        let text = run.values.required("target")
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw Failure.usage("--target must be HOST:PORT, not \"\(VisibleText.line(text))\"")
        }
        return BenchPlan(
            service: try run.daemon().service,
            address: .tcp(host: String(text[..<colon]), port: port),
            pid: run.values.int("pid") ?? 0,
            loop: try EventLoop(name: "bench")
        )
    }

    private static func show(_ figures: [BenchPlan.Figure], _ run: Run) throws {
        let list = try run.output.list(shape)
        for figure in figures { list.add(Node(figure)) }
        list.end()
    }
}
