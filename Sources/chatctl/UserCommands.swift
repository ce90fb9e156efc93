import ChatAPI
import Flags

/// `user …`: everybody's accounts.
enum UserCommands {
    static let shape = Shape(
        "user",
        Account.self,
        name: { $0.at("name").text ?? "" },
        [
            Column("name"), Column("kind"), Column("displayName"), Column("createdAt", "CREATED", .time),
            Column("disabledAt", "DISABLED", .time), Column("id", wide: true),
            Column("statusText", "STATUS", wide: true, ofOne: true),
            Column("about", wide: true, ofOne: true), Column("deletedAt", "DELETED", .time, wide: true),
        ]
    )

    static let createdShape = Shape(
        "user",
        CreatedAccount.self,
        name: { $0.at("account.name").text ?? "" },
        [
            Column("account.name", "NAME"), Column("account.kind", "KIND"), Column("account.id", "ID"),
            Column("code.code", "CODE"), Column("code.expiresAt", "EXPIRES", .time),
        ]
    )

    static let codeShape = Shape(
        "code",
        Code.self,
        name: { $0.at("code").text ?? "" },
        [
            Column("code"), Column("expiresAt", "EXPIRES", .time),
        ]
    )

    static var noun: Command<Action> {
        Command(
            "user",
            "Accounts: people and bots.",
            aliases: ["users", "account"],
            examples: [
                Example("chatctl user ls"), Example("chatctl user create ana --super"),
                Example("chatctl user reset ana"),
            ],
            children: {
                [
                    list, show, create, invite, reset, disable, enable, delete, GrantCommands.grants,
                    GrantCommands.grant, GrantCommands.revoke, TokenCommands.noun, PersonalDataCommands.account,
                ]
            }
        )
    }

    private static var list: Command<Action> {
        Command(
            "ls",
            "Lists accounts: administrators see all, others those they share a channel with.",
            aliases: ["list"],
            examples: [
                Example("chatctl user ls"), Example("chatctl user ls --query ana -o wide"),
                Example("chatctl user ls -o csv > users.csv"),
            ],
            options: [.value("query", "TEXT", "Only names or display names that contain this."), Options.limit],
            action: Action("accounts.list") { run in
                let query = run.values.string("query")
                try await run.list(shape) { limit, cursor in
                    try await run.call(.listAccounts, AccountQuery(query: query, limit: limit, cursor: cursor))
                }
            }
        )
    }

    private static var show: Command<Action> {
        Command(
            "show",
            "Shows an account.",
            aliases: ["get"],
            examples: [Example("chatctl user show ana")],
            arguments: [Arguments.account],
            action: Action("accounts.get") { run in
                let account = try await run.call(.account, AccountRef(run.values.required("NAME")))
                try run.output.one(Node(account), shape)
            }
        )
    }

    private static var create: Command<Action> {
        Command(
            "create",
            "Makes accounts for others. Without a password the answer holds a code that sets one.",
            discussion: """
                Give the code to its person: "chatctl password --code" or the sign-in screen of chat-tui takes it, once. \
                With --super the account gets the role superAdmin; the first one is made over the socket, as root or as the \
                daemon's user.
                """,
            examples: [
                Example("chatctl user create ana --super"),
                Example("chatctl user create newsbot --kind bot"),
                Example("chatctl user create -f names.txt -o csv > codes.csv", "One name a line, a result for each."),
            ],
            arguments: [.rest("NAME", "2 to 32 letters, digits, _ - and . of one script.")],
            options: [
                Options.file("names"),
                .flag("super", "Gives the role superAdmin."),
                .value("kind", "KIND", .choice(["person", "bot"]), "What it is.", default: "person"),
                .value("display-name", "TEXT", "How others see it beside the name."),
                Options.password("the password, of one account"),
            ] + Options.change,
            action: Action("accounts.create") { run in
                let names = try run.inputs("NAME")
                let hasPassword = run.values.string("password-file") != nil
                if hasPassword, names.count > 1 {
                    throw Failure.usage("--password-file is for one account; without it each gets a code of its own")
                }
                let password = hasPassword ? try run.secret("password-file", "Password") : nil
                try await run.each(names, createdShape, verb: "created") { name, part in
                    let draft = AccountCreation(
                        name: name,
                        password: password,
                        displayName: run.values.string("display-name"),
                        kind: run.values.string("kind").flatMap(AccountKind.init(rawValue:)),
                        superAdmin: run.values.flag("super") ? true : nil
                    )
                    return Node(try await run.call(.createAccount, draft, part: part))
                }
            }
        )
    }

    private static var invite: Command<Action> {
        Command(
            "invite",
            "Makes single-use codes that register even while registration is closed.",
            examples: [
                Example("chatctl user invite"),
                Example("chatctl user invite --count 20 --hours 48 -o name > codes.txt"),
            ],
            options: [
                .value("hours", "N", .integer(1...720), "How long a code is good; a week if nothing is said."),
                .value("count", "N", .integer(1...10_000), "How many codes.", default: "1"),
            ] + Options.change,
            action: Action("accounts.invite") { run in
                let draft = InvitationDraft(hours: run.values.int("hours"))
                let count = run.values.int("count") ?? 1
                if count == 1 {
                    return try run.changed(Node(try await run.call(.invite, draft)), codeShape, "made an invitation")
                }
                try await run.each((1...count).map(String.init), codeShape, verb: "made") { _, part in
                    Node(try await run.call(.invite, draft, part: part))
                }
            }
        )
    }

    private static var reset: Command<Action> {
        Command(
            "reset",
            "Makes single-use codes, valid 24 h, that set a new password and end all sessions.",
            examples: [Example("chatctl user reset ana")],
            arguments: [Arguments.accounts(0)],
            options: [Options.file("names")] + Options.change,
            action: Action("accounts.reset") { run in
                try await run.each(try run.inputs("NAME"), codeShape, verb: "reset") { name, part in
                    Node(try await run.call(.resetPassword, AccountRef(name), part: part))
                }
            }
        )
    }

    private static var disable: Command<Action> {
        Command(
            "disable",
            "Keeps accounts from signing in and ends their sessions.",
            examples: [Example("chatctl user disable mallory --yes")],
            arguments: [Arguments.accounts(0)],
            options: [Options.file("names"), Options.yes] + Options.change,
            action: Action("accounts.disable") { run in
                let names = try run.inputs("NAME")
                try run.confirm("Disable \(Self.shown(names))?")
                try await run.each(names, shape, verb: "disabled") { name, part in
                    Node(try await run.call(.disableAccount, AccountRef(name), part: part))
                }
            }
        )
    }

    private static var enable: Command<Action> {
        Command(
            "enable",
            "Lets disabled accounts sign in again.",
            examples: [Example("chatctl user enable ana")],
            arguments: [Arguments.accounts(0)],
            options: [Options.file("names")] + Options.change,
            action: Action("accounts.enable") { run in
                try await run.each(try run.inputs("NAME"), shape, verb: "enabled") { name, part in
                    Node(try await run.call(.enableAccount, AccountRef(name), part: part))
                }
            }
        )
    }

    private static var delete: Command<Action> {
        Command(
            "delete",
            "Deletes an account: its messages stay, its name does not.",
            aliases: ["rm"],
            examples: [Example("chatctl user delete mallory --confirm mallory")],
            arguments: [Arguments.account],
            options: [Options.confirm("account")] + Options.change,
            action: Action("accounts.delete") { run in
                let name = run.values.required("NAME")
                try run.confirm("This deletes the account \(VisibleText.line(name)) for good.", name: name)
                _ = try await run.call(.removeAccount, AccountRef(name))
                try run.done("deleted", name)
            }
        )
    }

    /// Up to three names, or how many there are.
    static func shown(_ names: [String]) -> String {
        names.count > 3 ? "\(names.count) of them" : names.map(VisibleText.line).joined(separator: ", ")
    }
}
