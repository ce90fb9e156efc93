import ChatAPI
import Flags

/// `user grants|grant|revoke`: roles, on the platform and below it.
enum GrantCommands {
    static let shape = Shape(
        "grant",
        Grant.self,
        name: { $0.at("role").text ?? "" },
        [
            Column("role"), Column("scopeName", "WHERE"), Column("scope"), Column("grantedAt", "GRANTED", .time),
            Column("offeredUntil", "OFFERED-UNTIL", .time), Column("grantedBy", "BY", wide: true),
            Column("account", wide: true),
        ]
    )

    private static let role = Argument.required(
        "ROLE",
        .choice(Role.words.map(\.rawValue)),
        "Which one; \"chatctl help roles\" says where each is held, and what it may."
    )

    static var grants: Command<Action> {
        Command(
            "grants",
            "Lists the roles of an account.",
            examples: [Example("chatctl user grants ana")],
            arguments: [Arguments.account],
            action: Action("grants.list") { run in
                try await run.list(shape) { _, _ in
                    try await run.call(.listGrants, AccountRef(run.values.required("NAME")))
                }
            }
        )
    }

    static var grant: Command<Action> {
        Command(
            "grant",
            "Gives an account a role that is strictly junior to one's own.",
            discussion: """
                A staff role of an agency is offered to somebody who is not of it, and holds once they have accepted it.
                """,
            examples: [
                Example("chatctl user grant ana auditor"),
                Example("chatctl user grant bo organizer --scope devconf"),
                Example("chatctl user grant mia moderator --scope devconf/general"),
            ],
            arguments: [Arguments.account, role],
            options: [scope] + Options.change,
            action: Action("grants.give", "events.get", "agencies.get", "channels.get", "queues.list") { run in
                let draft = try await draft(run)
                let grant = try await run.call(.giveGrant, draft)
                let (name, role) = (VisibleText.line(draft.account), draft.role.rawValue)
                let place = grant.scopeName.map { " in \(VisibleText.line($0))" } ?? ""
                let sentence =
                    grant.offeredUntil == nil
                    ? "granted \(role)\(place) to \(name)"
                    : "offered \(role)\(place) to \(name); it holds once they accept"
                try run.changed(Node(grant), shape, sentence)
            }
        )
    }

    static var revoke: Command<Action> {
        Command(
            "revoke",
            "Takes a role from an account; the last super admin stays.",
            examples: [
                Example("chatctl user revoke ana auditor"), Example("chatctl user revoke bo organizer --scope devconf"),
            ],
            arguments: [Arguments.account, role],
            options: [scope, Options.yes] + Options.change,
            action: Action("grants.take", "events.get", "agencies.get", "channels.get", "queues.list") { run in
                let draft = try await draft(run)
                let place = run.values.string("scope").map { " in \(VisibleText.line($0))" } ?? ""
                try run.confirm("Take \(draft.role.rawValue)\(place) from \(VisibleText.line(draft.account))?")
                _ = try await run.call(.takeGrant, draft)
                try run.done(
                    "revoked",
                    "\(draft.account)/\(draft.role.rawValue)",
                    "took \(draft.role.rawValue) from \(VisibleText.line(draft.account))"
                )
            }
        )
    }

    private static let scope = Option.value(
        "scope",
        "SCOPE",
        .dynamic("scopes"),
        "Where: devconf, devconf/general, agency/nordlys, queue/devconf/help; on the platform if nothing is said."
    )

    private static func draft(_ run: Run) async throws -> GrantDraft {
        guard let role = Role(word: run.values.required("ROLE")) else {
            throw Failure.usage("ROLE is not one of \(Role.words.map(\.rawValue).joined(separator: ", "))")
        }
        var draft = GrantDraft(account: run.values.required("NAME"), role: role)
        if let text = run.values.string("scope") { draft.scope = try await run.scope(text, for: role) }
        return draft
    }
}
