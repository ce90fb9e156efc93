import ChatAPI
import Flags

/// `user grants|grant|revoke`: roles on the platform.
enum GrantCommands {
    static let shape = Shape(
        "grant",
        Grant.self,
        name: { $0.at("role").text ?? "" },
        [
            Column("role"), Column("scope"), Column("grantedAt", "GRANTED", .time),
            Column("grantedBy", "BY", wide: true),
            Column("account", wide: true),
        ]
    )

    private static let role = Argument.required(
        "ROLE",
        .choice(Role.words.map(\.rawValue)),
        "superAdmin may everything, auditor reads the audit log, member is what everyone is."
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
            examples: [Example("chatctl user grant ana auditor")],
            arguments: [Arguments.account, role],
            options: Options.change,
            action: Action("grants.give") { run in
                let draft = try draft(run)
                let grant = try await run.call(.giveGrant, draft)
                try run.changed(
                    Node(grant),
                    shape,
                    "granted \(draft.role.rawValue) to \(VisibleText.line(draft.account))"
                )
            }
        )
    }

    static var revoke: Command<Action> {
        Command(
            "revoke",
            "Takes a role from an account; the last super admin stays.",
            examples: [Example("chatctl user revoke ana auditor")],
            arguments: [Arguments.account, role],
            options: [Options.yes] + Options.change,
            action: Action("grants.take") { run in
                let draft = try draft(run)
                try run.confirm("Take \(draft.role.rawValue) from \(VisibleText.line(draft.account))?")
                _ = try await run.call(.takeGrant, draft)
                try run.done(
                    "revoked",
                    "\(draft.account)/\(draft.role.rawValue)",
                    "took \(draft.role.rawValue) from \(VisibleText.line(draft.account))"
                )
            }
        )
    }

    private static func draft(_ run: Run) throws -> GrantDraft {
        guard let role = Role(rawValue: run.values.required("ROLE")) else {
            throw Failure.usage("ROLE is not one of \(Role.words.map(\.rawValue).joined(separator: ", "))")
        }
        return GrantDraft(account: run.values.required("NAME"), role: role)
    }
}
