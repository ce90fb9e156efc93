import ChatAPI
import Flags

/// `event issue comment …`: what was said about an issue.
enum CommentCommands {
    private static let shape = Shape(
        "comment",
        IssueComment.self,
        name: { $0.at("id").text ?? "" },
        [
            Column("at", "TIME", .time), Column("byName", "BY"), Column("text"), Column("id"),
            Column("editedAt", "EDITED", .time, wide: true), Column("by", "BY-ID", wide: true),
            Column("issue", wide: true),
        ]
    )

    static var noun: Command<Action> {
        Command(
            "comment",
            "What was said about an issue.",
            aliases: ["comments"],
            examples: [
                Example("chatctl event issue comment ls devconf/3"),
                Example("chatctl event issue comment add devconf/3 'A new lamp is on its way'"),
            ],
            children: { [list, add, edit, delete] }
        )
    }

    private static func node(_ comment: IssueComment, _ run: Run) -> Node {
        Node(comment).adding("byName", .text(run.people.name(comment.by)), after: "by")
    }

    private static var list: Command<Action> {
        Command(
            "ls",
            "Lists an issue's comments, newest first.",
            aliases: ["list"],
            examples: [Example("chatctl event issue comment ls devconf/3")],
            arguments: [IssueCommands.issue],
            options: [Options.limit],
            action: Action("comments.list", "issues.list") { run in
                let issue = try await run.issue(run.values.required("ISSUE"))
                try await run.list(shape, node: { node($0, run) }) { limit, cursor in
                    let page = try await run.call(
                        .listComments,
                        CommentQuery(issue: issue, limit: limit, cursor: cursor)
                    )
                    await run.people.meet(page.items.map(\.by), run)
                    return page
                }
            }
        )
    }

    private static var add: Command<Action> {
        Command(
            "add",
            "Comments on an issue.",
            examples: [Example("chatctl event issue comment add devconf/3 'A new lamp is on its way'")],
            arguments: [IssueCommands.issue, Arguments.text],
            options: Options.change,
            action: Action("comments.add", "issues.list") { run in
                let issue = try await run.issue(run.values.required("ISSUE"))
                let text = try run.text(limit: Limits.messageBytes)
                let comment = try await run.call(.addComment, CommentDraft(issue: issue, text: text))
                await run.people.meet([comment.by], run)
                try run.changed(
                    node(comment, run),
                    shape,
                    "commented on \(VisibleText.line(run.values.required("ISSUE")))"
                )
            }
        )
    }

    private static var edit: Command<Action> {
        Command(
            "edit",
            "Changes one's own comment.",
            examples: [
                Example("chatctl event issue comment edit 01975c3e-7a00-7000-8000-000000000001 'It came'")
            ],
            arguments: [.required("COMMENT", "A comment, by id."), Arguments.text],
            options: Options.change,
            action: Action("comments.update") { run in
                let change = CommentChange(
                    comment: try run.id("COMMENT"),
                    text: try run.text(limit: Limits.messageBytes)
                )
                let comment = try await run.call(.changeComment, change)
                await run.people.meet([comment.by], run)
                try run.changed(node(comment, run), shape, "changed the comment")
            }
        )
    }

    private static var delete: Command<Action> {
        Command(
            "delete",
            "Deletes one's own comment.",
            aliases: ["rm"],
            examples: [Example("chatctl event issue comment delete 01975c3e-7a00-7000-8000-000000000001 --yes")],
            arguments: [.required("COMMENT", "A comment, by id.")],
            options: [Options.yes] + Options.change,
            action: Action("comments.delete") { run in
                let text = run.values.required("COMMENT")
                try run.confirm("Delete the comment \(VisibleText.line(text))?")
                _ = try await run.call(.deleteComment, CommentRef(try run.id("COMMENT")))
                try run.done("deleted", text)
            }
        )
    }
}
