import ChatAPI
import ChatKit
import Flags

/// `audit …`: who did what, and whether the record is intact.
enum AuditCommands {
    static let shape = Shape(
        "audit entry",
        AuditEntry.self,
        name: { String($0.at("seq").integer ?? 0) },
        [
            Column("seq", "SEQ", .number, usual: 5), Column("at", "TIME", .time), Column("severity", usual: 8),
            Column("actorName", "ACTOR", usual: 8), Column("action", usual: 18), Column("objectName", "WHAT", usual: 8),
            Column("object"),
            Column("address", wide: true), Column("requestId", wide: true),
            Column("before", wide: true), Column("after", wide: true), Column("isErased", "ERASED", wide: true),
            Column("actor", "ACTOR-ID", wide: true), Column("session", wide: true), Column("hash", wide: true),
        ]
    )

    static var noun: Command<Action> {
        Command(
            "audit",
            "The audit log: who did what, and whether the record is intact.",
            examples: [Example("chatctl audit tail -f"), Example("chatctl audit verify")],
            children: {
                [
                    tail, search, AuditHeadCommands.verify, AuditHeadCommands.head, AuditHeadCommands.heads, export,
                    AuditHeadCommands.trim,
                ]
            }
        )
    }

    private static let severity = Option.value(
        "severity",
        "LEVEL",
        .choice(AuditEntry.Severity.words.map(\.rawValue)),
        "At least this severe."
    )

    private static var tail: Command<Action> {
        Command(
            "tail",
            "Shows the last audit entries, and goes on with -f.",
            discussion: """
                With -f it comes back by itself after a lost connection and goes on exactly where it was; standard error says \
                whether it is connected. Filters choose from what happens; --scope is for looking back, without -f.
                """,
            examples: [
                Example("chatctl audit tail"), Example("chatctl audit tail -f --severity warning"),
                Example("chatctl audit tail -f --actor ana --action sessions."),
                Example("chatctl audit tail -f --after 4711 -o jsonl >> audit.jsonl"),
            ],
            options: [
                Options.follow, Options.since,
                .value("after", "SEQ", .integer(0...Int.max), "From the entry behind this number on."),
                .value(
                    "limit",
                    short: "n",
                    "N",
                    .integer(0...1_000_000),
                    "How many of the last; 20 if nothing is said."
                ),
            ] + filters,
            action: Action("audit.list", "sync") { run in
                let isFollowing = run.values.flag("follow")
                if isFollowing, run.values.string("scope") != nil {
                    throw Failure.usage("--scope and -f exclude each other: the live log is the whole one")
                }
                var query = try query(run)
                // A name that is nobody's is said at once, not when something happens.
                let start = try await start(run, query)
                query.since = nil
                let list = try run.output.list(shape, isEndless: isFollowing)
                guard isFollowing else {
                    query.after = start
                    try await pages(run, query) { list.add(Node($0)) }
                    return list.end()
                }
                // The live log says that something was added; what of it is wanted, and what its objects are called, is asked.
                try await run.follow(.audit, after: start, named: "the audit log") { event in
                    guard case .audit(let entries) = event, let first = entries.first, let last = entries.last else {
                        return
                    }
                    query.after = first.seq - 1
                    query.before = last.seq + 1
                    var wanted: [Node] = []
                    try await pages(run, query) { wanted.append(Node($0)) }
                    list.add(wanted)
                }
            }
        )
    }

    /// Behind which entry to begin.
    private static func start(_ run: Run, _ query: AuditQuery) async throws -> Int64 {
        if run.values.string("after") != nil, run.values.string("since") != nil {
            throw Failure.usage("--after and --since exclude each other")
        }
        if let after = run.values.int("after") { return Int64(after) }
        var query = query
        if query.since != nil {
            (query.after, query.limit) = (0, 1)
            let page = try await run.call(.audit, query)
            return page.entries.first.map { $0.seq - 1 } ?? page.head
        }
        // The last so many of those that match: pages go backwards until there are enough.
        let wanted = run.values.int("limit") ?? 20
        query.limit = max(1, min(wanted, Limits.pageItems))
        var page = try await run.call(.audit, query)
        guard wanted > 0, var first = page.entries.first?.seq else { return page.head }
        var count = page.entries.count
        while count < wanted, page.hasEarlier {
            query.before = first
            query.limit = min(wanted - count, Limits.pageItems)
            page = try await run.call(.audit, query)
            guard let earlier = page.entries.first else { break }
            first = earlier.seq
            count += page.entries.count
        }
        return first - 1
    }

    /// Every entry that matches, ascending.
    private static func pages(_ run: Run, _ query: AuditQuery, _ body: (AuditEntry) throws -> Void) async throws {
        var query = query
        query.after = query.after ?? 0
        query.limit = Limits.pageItems
        while true {
            let page = try await run.call(.audit, query)
            for entry in page.entries { try body(entry) }
            guard page.hasLater, let last = page.entries.last else { return }
            query.after = last.seq
        }
    }

    private static var search: Command<Action> {
        Command(
            "search",
            "Finds audit entries by who, what, when.",
            examples: [
                Example("chatctl audit search --actor ana --since 7d"),
                Example("chatctl audit search --action accounts. --severity warning"),
                Example("chatctl audit search --request 0kq3v7c1x9a2b", "Everything that one call did."),
            ],
            options: filters + period + [Options.limit],
            action: Action("audit.list") { run in
                let query = try query(run)
                let limit = run.values.int("limit")
                let list = try run.output.list(shape)
                var isCut = false
                do {
                    try await pages(run, query) { entry in
                        if list.count == limit {
                            isCut = true
                            throw Enough()
                        }
                        list.add(Node(entry))
                    }
                } catch is Enough {}
                list.end()
                if isCut, let limit {
                    run.warn("only the first \(limit) are shown; there are more, without --limit all of them")
                }
            }
        )
    }

    /// The limit is reached in the middle of a page.
    private struct Enough: Error {}

    private static let filters: [Option] = [
        .value("actor", "NAME", .dynamic("users"), "Only what this account did."),
        .value("action", "NAME", "Only this action, or those that begin so: accounts."),
        .value("object", "OBJECT", "Only what was done to this: account/bo, channel/devconf/stage, request/ID."),
        .value("session", "ID", "Only what came from this session."),
        .value(
            "scope",
            "SCOPE",
            "Only what concerns event/devconf or agency/nordlys; who may read the log only there needs it."
        ),
        .value("address", "ADDRESS", "Only what came from this address."),
        .value("request", "ID", "Only what this call did, by its request's id."), severity,
    ]

    private static let period: [Option] = [
        Options.since, .value("until", "WHEN", "Up to this time, in the same forms as --since."),
    ]

    private static func query(_ run: Run) throws -> AuditQuery {
        let session = run.values.string("session")
        if let session, SessionID(session) == nil {
            throw Failure.usage("--session takes a session's id, not \"\(VisibleText.line(session))\"")
        }
        return AuditQuery(
            since: try run.moment("since"),
            until: run.values.declares("until") ? try run.moment("until") : nil,
            actor: run.values.string("actor"),
            action: run.values.string("action"),
            object: run.values.string("object"),
            session: session.flatMap { SessionID($0) },
            address: run.values.string("address"),
            request: run.values.string("request"),
            severity: run.values.string("severity").flatMap(AuditEntry.Severity.init(rawValue:)),
            scope: run.values.string("scope")
        )
    }

    private static var export: Command<Action> {
        Command(
            "export",
            "Writes the audit log as jsonl, with hashes, so that it can be checked elsewhere.",
            examples: [
                Example("chatctl audit export > audit.jsonl"),
                Example("chatctl audit export --to audit.jsonl --since 30d"),
            ],
            options: filters + period + [
                .value("to", "FILE", .file, "Where to; standard output if nothing is said.", default: "-")
            ],
            action: Action("audit.list") { run in
                let query = try query(run)
                if run.values.origin("output") != .fallback {
                    let list = try run.output.list(shape)
                    try await pages(run, query) { list.add(Node($0)) }
                    return list.end()
                }
                let file = try ExportFile(run.values.required("to"), run.console)
                let progress = Progress("exporting", total: nil, sharesOutput: file.isStandardOutput, run.console)
                var count = 0
                try await pages(run, query) { entry in
                    file.write(JSONText.line(Node(entry)) + "\n")
                    count += 1
                    progress.advance()
                }
                progress.clear()
                try file.finish()
                if !file.isStandardOutput { run.say("wrote \(count) entries to \(file.path)") }
            }
        )
    }
}
