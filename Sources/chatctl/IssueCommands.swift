import ChatAPI
import Flags

/// `event issue …`: what happened or has to be done at an event.
enum IssueCommands {
    private static let shape = Shape(
        "issue",
        EventIssue.self,
        name: { $0.at("id").text ?? "" },
        [
            Column("number", "NO", .number), Column("title"), Column("status"), Column("priority"),
            Column("createdAt", "CREATED", .time), Column("closedAt", "CLOSED", .time),
            Column("comments", "COMMENTS", .number), Column("text", wide: true), Column("id", wide: true),
            Column("event", wide: true), Column("createdBy", wide: true),
            Column("version", "VERSION", .number, wide: true),
        ]
    )

    static let issue = Argument.required(
        "ISSUE",
        .dynamic("issues"),
        "An issue: devconf/3, its event and its number, or its id."
    )
    private static let status = ValueKind.choice(IssueStatus.words.map(\.rawValue))
    private static let priority = ValueKind.choice(IssuePriority.words.map(\.rawValue))

    static var noun: Command<Action> {
        Command(
            "issue",
            "What happened or has to be done at an event, until it is closed.",
            aliases: ["issues"],
            examples: [
                Example("chatctl event issue create devconf 'Beamer in hall 2 is dark' --priority high"),
                Example("chatctl event issue ls devconf --status open"),
                Example("chatctl event issue edit devconf/3 --status resolved"),
            ],
            children: { [list, show, create, edit, delete, CommentCommands.noun] }
        )
    }

    private static var list: Command<Action> {
        Command(
            "ls",
            "Lists an event's issues, newest first.",
            aliases: ["list"],
            examples: [
                Example("chatctl event issue ls devconf --status open --priority high"),
                Example("chatctl event issue ls devconf -o csv > issues.csv"),
            ],
            arguments: [EventCommands.event],
            options: [
                .value("status", "STATUS", status, "Only those of this status."),
                .value("priority", "PRIORITY", priority, "Only those of this priority."),
                .value("query", "TEXT", "Only those whose title contains this."), Options.limit,
            ],
            action: Action("issues.list") { run in
                var query = IssueQuery(
                    event: run.values.required("EVENT"),
                    status: run.values.string("status").flatMap(IssueStatus.init(rawValue:)),
                    priority: run.values.string("priority").flatMap(IssuePriority.init(rawValue:)),
                    query: run.values.string("query")
                )
                try await run.list(shape) { limit, cursor in
                    query.limit = limit
                    query.cursor = cursor
                    return try await run.call(.listIssues, query)
                }
            }
        )
    }

    private static var show: Command<Action> {
        Command(
            "show",
            "Shows an issue.",
            aliases: ["get"],
            examples: [Example("chatctl event issue show devconf/3")],
            arguments: [issue],
            action: Action("issues.get", "issues.list") { run in
                let id = try await run.issue(run.values.required("ISSUE"))
                try run.output.one(Node(try await run.call(.issue, IssueRef(id))), shape)
            }
        )
    }

    private static var create: Command<Action> {
        Command(
            "create",
            "Logs an issue.",
            examples: [
                Example("chatctl event issue create devconf 'Beamer in hall 2 is dark' --priority high"),
                Example("chatctl event issue create devconf 'Lost keys' --text 'A ring with a blue tag, at the desk'"),
            ],
            arguments: [EventCommands.event, .required("TITLE", "What it is, in a line.")],
            options: [
                .value("text", "TEXT", "More about it."), .value("priority", "PRIORITY", priority, "How bad it is."),
            ] + Options.change,
            action: Action("issues.create") { run in
                let draft = IssueDraft(
                    event: run.values.required("EVENT"),
                    title: run.values.required("TITLE"),
                    text: run.values.string("text"),
                    priority: run.values.string("priority").flatMap(IssuePriority.init(rawValue:))
                )
                let made = try await run.call(.createIssue, draft)
                try run.changed(Node(made), shape, "logged \(VisibleText.line(draft.event))/\(made.number)")
            }
        )
    }

    private static var edit: Command<Action> {
        Command(
            "edit",
            "Changes issues: resolved and cancelled ones get their closing time by themselves.",
            examples: [
                Example("chatctl event issue edit devconf/3 --status resolved"),
                Example("chatctl event issue edit devconf/3 devconf/4 --priority low"),
            ],
            arguments: [
                .rest("ISSUE", .dynamic("issues"), "Issues: devconf/3, or ids; - reads them from standard input.")
            ],
            options: [
                .value("title", "TEXT", "A new title."), .value("text", "TEXT", "A new text; an empty one removes it."),
                .value("status", "STATUS", status, "Its status."),
                .value("priority", "PRIORITY", priority, "Its priority."), Options.file("issues"), Options.ifMatch,
            ] + Options.change,
            action: Action("issues.update", "issues.list") { run in
                try run.needsOne(of: ["title", "text", "status", "priority"])
                try await run.each(try run.inputs("ISSUE"), shape, verb: "changed") { text, part in
                    let change = IssueChange(
                        issue: try await run.issue(text),
                        title: run.values.string("title"),
                        text: run.values.string("text"),
                        status: run.values.string("status").flatMap(IssueStatus.init(rawValue:)),
                        priority: run.values.string("priority").flatMap(IssuePriority.init(rawValue:))
                    )
                    return Node(try await run.call(.changeIssue, change, part: part))
                }
            }
        )
    }

    private static var delete: Command<Action> {
        Command(
            "delete",
            "Deletes issues with their comments.",
            aliases: ["rm"],
            examples: [Example("chatctl event issue delete devconf/3 --yes")],
            arguments: [
                .rest("ISSUE", .dynamic("issues"), "Issues: devconf/3, or ids; - reads them from standard input.")
            ],
            options: [Options.file("issues"), Options.yes] + Options.change,
            action: Action("issues.delete", "issues.list") { run in
                let issues = try run.inputs("ISSUE")
                try run.confirm("Delete \(UserCommands.shown(issues)) with all comments?")
                try await run.each(issues, shape, verb: "deleted") { text, part in
                    _ = try await run.call(.deleteIssue, IssueRef(try await run.issue(text)), part: part)
                    return nil
                }
            }
        )
    }
}

extension Run {
    /// An issue by its id, or as people name it: `devconf/3`.
    func issue(_ text: String) async throws -> IssueID {
        if let id = IssueID(text) { return id }
        guard let slash = text.lastIndex(of: "/"), slash > text.startIndex,
            let number = Int64(text[text.index(after: slash)...]), number > 0
        else {
            throw Failure.usage(
                "\"\(VisibleText.line(text))\" is no issue: write its event and its number, devconf/3, or its id"
            )
        }
        var query = IssueQuery(event: String(text[..<slash]), limit: Limits.pageItems)
        repeat {
            let page = try await call(.listIssues, query)
            if let found = page.items.first(where: { $0.number == number }) { return found.id }
            query.cursor = page.nextCursor
        } while query.cursor != nil
        throw Failure(APIError(.notFound, "\(VisibleText.line(query.event)) has no issue \(number)"))
    }
}
