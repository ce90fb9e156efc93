import ChatAPI
import Flags

/// `event apply|diff|export`: events as files, made so, compared, and written back.
enum EventFileCommands {
    /// What applying did, for people and for programs.
    struct AppliedView: Codable {
        var event: String
        /// `created`, `changed` or `unchanged`; with `--dry-run` the same in the future tense.
        var result: String
        var state: EventState
        var id: EventID
        var changes: [DocumentChange]
    }

    static let appliedShape = Shape(
        "result",
        AppliedView.self,
        name: { $0.at("event").text ?? "" },
        [
            Column("event"), Column("result"), Column("state"), Column("changes", wide: true), Column("id", wide: true),
        ]
    )

    private static let changeShape = Shape(
        "difference",
        DocumentChange.self,
        name: { $0.at("path").text ?? "" },
        [Column("path"), Column("before", "IS"), Column("after", "WILL-BE")]
    )

    private static let files = Option.repeated(
        "file",
        short: "f",
        "FILE",
        .file,
        "A file in YAML; - is standard input. Given again, another one.",
        isRequired: true
    )

    static var apply: Command<Action> {
        Command(
            "apply",
            "Makes events what files say; a second time changes nothing.",
            discussion: """
                A member that the file does not have stays as it is. Channels are made and changed, never deleted. A key that \
                there is not is an error with its line. "state: published" publishes a draft; other states have their own \
                commands. "chatctl event export" writes such a file, "chatctl help event-file" explains it.
                """,
            examples: [
                Example("chatctl event apply -f event.yaml"),
                Example("chatctl event apply -f event.yaml --dry-run", "Says what would change."),
                Example("chatctl event export devconf | sed s/2026/2027/g | chatctl event apply -f -"),
            ],
            options: [files] + Options.change,
            action: Action("events.apply") { run in
                let names = run.values.strings("file")
                guard names.count > 1 else {
                    let view = try await apply(names[0], part: nil, run)
                    tell(view, run)
                    return try run.output.one(Node(view), appliedShape)
                }
                try await run.each(names, appliedShape, verb: "applied") { name, part in
                    Node(try await apply(name, part: part, run))
                }
            }
        )
    }

    private static func document(_ name: String, _ run: Run) throws -> EventDocument {
        try DocumentReader.read(
            EventDocument.self,
            from: try run.bytes(of: name),
            named: name == "-" ? "standard input" : VisibleText.line(name)
        )
    }

    private static func apply(_ name: String, part: String?, _ run: Run) async throws -> AppliedView {
        let applied = try await run.call(.applyEvent, try document(name, run), part: part)
        let result = applied.isNew ? "created" : applied.changes.isEmpty ? "unchanged" : "changed"
        return AppliedView(
            event: applied.event.slug,
            result: result,
            state: applied.event.state,
            id: applied.event.id,
            changes: applied.changes.flatMap(\.parts)
        )
    }

    /// A line per difference: what is there, what comes.
    private static func tell(_ view: AppliedView, _ run: Run) {
        for change in view.changes {
            let name = VisibleText.line(String(change.path.drop { $0 == "/" }))
            switch (change.before, change.after) {
            case (let before?, let after?): run.say("~ \(name): \(text(before)) -> \(text(after))")
            case (nil, let after?): run.say("+ \(name): \(text(after))")
            case (let before?, nil): run.say("- \(name): \(text(before))")
            case (nil, nil): break
            }
        }
    }

    /// A text as it is, a mapping as its members: `name First aid, phone 113`; a list as its elements.
    private static func text(_ json: JSON) -> String {
        if let array = json.array { return array.isEmpty ? "none" : array.map(text).joined(separator: "; ") }
        if let members = json.members {
            return members.sorted { $0.key < $1.key }.map { "\($0.key) \(text($0.value))" }.joined(separator: ", ")
        }
        return VisibleText.line(json.string ?? JSONText.line(Node(json: json)))
    }

    static var diff: Command<Action> {
        Command(
            "diff",
            "Shows what applying a file would change, and changes nothing.",
            examples: [
                Example("chatctl event diff -f event.yaml"),
                Example("chatctl event diff -f event.yaml --exit-code", "For scripts: 1 if there is a difference."),
            ],
            options: [
                .value("file", short: "f", "FILE", .file, "A file in YAML; - is standard input.", isRequired: true),
                .flag("exit-code", "Ends with exit code 1 if there is a difference."),
            ],
            action: Action("events.apply") { run in
                let document = try document(run.values.required("file"), run)
                let options = CallOptions(dryRun: true, requestID: try run.callOptions(changes: false).requestID)
                let applied = try await run.daemon().service.call(.applyEvent, document, options)
                let list = try run.output.list(changeShape)
                if applied.isNew { run.say("\(VisibleText.line(document.event)) does not exist yet") }
                for change in applied.changes.flatMap(\.parts) { list.add(Node(change)) }
                list.end()
                let isDifferent = applied.isNew || !applied.changes.isEmpty
                if !isDifferent { run.say("no differences") }
                guard isDifferent, run.values.flag("exit-code") else { return }
                var failure = Failure(APIError(.conflict, "there are differences"), exit: .other)
                failure.isTold = true
                throw failure
            }
        )
    }

    // MARK: - Export

    private static let documentShape = Shape(
        "event",
        EventDocument.self,
        name: { $0.at("event").text ?? "" },
        [
            Column("event"), Column("agency"), Column("name"), Column("starts"), Column("ends"), Column("zone"),
            Column("state"),
        ]
    )

    static var export: Command<Action> {
        Command(
            "export",
            "Writes events as files that apply takes; applying them again changes nothing.",
            discussion: "YAML if nothing is said; -o json gives JSON, which apply reads as well.",
            examples: [
                Example("chatctl event export devconf > devconf.yaml"),
                Example("chatctl event export devconf --to devconf.yaml"),
            ],
            arguments: [EventCommands.event],
            options: [
                .value("to", "FILE", .file, "Where to; standard output if nothing is said.", default: "-")
            ],
            action: Action("events.export") { run in
                let document = try await run.call(.exportEvent, EventRef(run.values.required("EVENT")))
                let format = run.output.format
                if run.values.origin("output") != .fallback, format != .yaml {
                    return try run.output.one(Node(document), documentShape)
                }
                try run.output.check(documentShape)
                let file = try ExportFile(run.values.required("to"), run.console)
                let isShown = file.isStandardOutput && run.console.isTerminal(.output)
                file.write(YAMLText.text(run.output.picked(Node(document)), isShown: isShown))
                try file.finish()
                if !file.isStandardOutput { run.say("wrote \(file.path)") }
            }
        )
    }
}

extension DocumentChange {
    /// Where a mapping stands on both sides, one difference for each member that differs: a queue has twenty. A list of things
    /// that have keys, such as topics, is such a mapping; if only their order differs, the difference is the list.
    var parts: [DocumentChange] {
        let old = before?.named
        guard let new = after?.named, old != nil || path.isEmpty else { return [self] }
        let names = Set(new.keys).union(old?.keys.map { $0 } ?? []).sorted().filter { old?[$0] != new[$0] }
        guard !names.isEmpty else { return [self] }
        return names.flatMap { name in
            DocumentChange(path: "\(path)/\(name)", before: old?[name], after: new[name]).parts
        }
    }
}

extension JSON {
    fileprivate var members: [String: JSON]? { if case .object(let members) = self { members } else { nil } }

    /// The members of a mapping; the elements of a list by their keys, if each has one of its own.
    fileprivate var named: [String: JSON]? {
        guard let array, !array.isEmpty else { return members }
        let pairs = array.compactMap { element in element["key"]?.string.map { ($0, element) } }
        let named = Dictionary(pairs) { first, _ in first }
        return named.count == array.count ? named : nil
    }
}
