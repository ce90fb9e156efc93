import ChatAPI
import Flags

/// `user token …`: what scripts and bots sign in with.
enum TokenCommands {
    static let shape = Shape(
        "token",
        Token.self,
        name: { $0.at("id").text ?? "" },
        [
            Column("id"), Column("label"), Column("scopes"), Column("createdAt", "CREATED", .time),
            Column("lastUsedAt", "LAST-USED", .time), Column("expiresAt", "EXPIRES", .time),
            Column("account", wide: true),
        ]
    )

    static let createdShape = Shape(
        "token",
        CreatedToken.self,
        name: { $0.at("secret").text ?? "" },
        [
            Column("token.id", "ID"), Column("token.label", "LABEL"), Column("token.scopes", "SCOPES"),
            Column("token.expiresAt", "EXPIRES", .time), Column("secret"),
            Column("token.account", "ACCOUNT", wide: true),
        ]
    )

    private static let whose = Argument.optional(
        "NAME",
        .dynamic("users"),
        "The account that acts; one's own if nothing is said."
    )

    static var noun: Command<Action> {
        Command(
            "token",
            "Tokens of scripts and bots.",
            aliases: ["tokens"],
            examples: [Example("chatctl user token create newsbot --label cron --scope read,post")],
            children: { [create, list, revoke] }
        )
    }

    private static var create: Command<Action> {
        Command(
            "create",
            "Makes a token. Its secret is shown once.",
            examples: [
                Example("chatctl user token create newsbot --label cron --scope read,post --days 90"),
                Example("umask 077; chatctl user token create newsbot --label cron --scope read -o name > token"),
            ],
            arguments: [whose],
            options: [
                .value("label", "TEXT", "What it is for.", isRequired: true),
                .repeated(
                    "scope",
                    "CAPABILITY,...",
                    "What it may do at most: \(Capability.words.map(\.rawValue).joined(separator: ", ")).",
                    isRequired: true
                ),
                .value("days", "N", .integer(1...3_650), "When it ends; never if nothing is said."),
            ] + Options.change,
            action: Action("tokens.create") { run in
                var scopes: [Capability] = []
                for name in run.values.list("scope") {
                    guard let scope = Capability(word: name) else {
                        let known = Capability.words.map(\.rawValue)
                        let near = Suggestion.nearest(to: name, among: known)
                        throw Failure.usage(
                            "--scope: there is no capability \"\(VisibleText.line(name))\""
                                + (near.isEmpty ? "" : "; did you mean \(near.joined(separator: " or "))?"),
                            hint: "there are: \(known.joined(separator: ", "))"
                        )
                    }
                    if !scopes.contains(scope) { scopes.append(scope) }
                }
                let draft = TokenDraft(
                    account: run.values.string("NAME"),
                    label: run.values.required("label"),
                    scopes: scopes,
                    days: run.values.int("days")
                )
                let created = try await run.call(.createToken, draft)
                try run.changed(Node(created), createdShape, "made a token; keep the secret, it is not shown again")
            }
        )
    }

    private static var list: Command<Action> {
        Command(
            "ls",
            "Lists tokens, without their secrets.",
            aliases: ["list"],
            examples: [Example("chatctl user token ls newsbot")],
            arguments: [whose],
            action: Action("tokens.list") { run in
                try await run.list(shape) { _, _ in
                    try await run.call(.listTokens, SessionQuery(account: run.values.string("NAME")))
                }
            }
        )
    }

    private static var revoke: Command<Action> {
        Command(
            "revoke",
            "Ends tokens at once.",
            aliases: ["rm"],
            examples: [Example("chatctl user token revoke 01975c3e-7a00-7000-8000-000000000001 --yes")],
            arguments: [.rest("TOKEN", minimum: 1, "Tokens, by id.")],
            options: [Options.yes] + Options.change,
            action: Action("tokens.revoke") { run in
                let tokens = run.values.strings("TOKEN")
                try run.confirm("End \(UserCommands.shown(tokens))?")
                try await run.each(tokens, shape, verb: "revoked") { text, part in
                    guard let id = TokenID(text) else { throw Failure.usage("\"\(VisibleText.line(text))\" is no id") }
                    _ = try await run.call(.revokeToken, TokenRef(id), part: part)
                    return nil
                }
            }
        )
    }
}
