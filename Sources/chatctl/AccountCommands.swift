import ChatAPI
import ChatKit
import Flags

/// Getting in and out: login, logout, whoami, register, password.
enum AccountCommands {
    static let signedInShape = Shape(
        "session",
        SignedInView.self,
        name: { $0.at("account").text ?? "" },
        [
            Column("account"), Column("server"), Column("context"), Column("session"), Column("needsLongerPassword"),
        ]
    )

    /// What signing in shows. The tokens are in a file and nowhere else.
    struct SignedInView: Codable {
        var account: String
        var id: AccountID
        var server: String
        var context: String
        var session: SessionID
        var needsLongerPassword: Bool?
    }

    static var login: Command<Action> {
        Command(
            "login",
            "Signs in and keeps the session for the commands to come.",
            discussion: """
                The session is kept in $XDG_CONFIG_HOME/plaza/credentials/, readable by nobody else. With --server a context is \
                made, named as --context says or after the host, so that the address need not be given again; the first \
                context is the one that is meant if nothing is said.
                """,
            examples: [
                Example("chatctl login ana"),
                Example("chatctl login ana --server https://chat.example.org --context work"),
                Example("pass show plaza | chatctl login ana --password-file -", "For scripts: never on the line."),
            ],
            arguments: [.optional("NAME", "The account's name; the context's, if it names one.")],
            options: [
                Options.password("the password"),
                .value("device", "NAME", "How this session is called in the list; default: chatctl on this machine."),
                .flag("dry-run", "Only tries whether name and password are right."),
            ],
            action: Action("sessions.signIn") { run in
                let profile = try named(run)
                var name = run.values.string("NAME") ?? profile.account
                if name == nil, run.canAsk { name = run.console.ask("Name: ", isSecret: false) }
                guard let name, !name.isEmpty else { throw Failure.usage("NAME is missing") }
                let password = try run.secret("password-file", "Password")
                let device = run.values.string("device") ?? "chatctl on \(HostName.current)"
                let input = SignIn(name: name, password: password, device: device)
                try await finish(run, try await run.call(.signIn, input), "signed in as")
            }
        )
    }

    static var register: Command<Action> {
        Command(
            "register",
            "Makes an account for yourself and signs in.",
            examples: [
                Example("chatctl register ana"),
                Example("chatctl register ana --code", "With an invitation, which is asked for."),
            ],
            arguments: [.required("NAME", "2 to 32 letters, digits, _ - and . of one script.")],
            options: [
                Options.password("the new password"),
                .flag("code", "Asks for an invitation's code."),
                .value("code-file", "FILE", .file, "A file whose first line is the code; - is standard input."),
                .value("display-name", "TEXT", "How others see you beside the name."),
                .value("device", "NAME", "How this session is called in the list; default: chatctl on this machine."),
            ] + Options.change,
            action: Action("accounts.register") { run in
                _ = try named(run)
                let needsCode = run.values.flag("code") || run.values.string("code-file") != nil
                let code = needsCode ? try run.secret("code-file", "Invitation code") : nil
                let password = try run.secret("password-file", "New password", twice: true)
                let input = Registration(
                    name: run.values.required("NAME"),
                    password: password,
                    displayName: run.values.string("display-name"),
                    code: code,
                    device: run.values.string("device") ?? "chatctl on \(HostName.current)"
                )
                try await finish(run, try await run.call(.register, input), "registered")
            }
        )
    }

    /// Keeps the session, and the context it was asked to be.
    static func finish(_ run: Run, _ signedIn: SignedIn, _ verb: String) async throws {
        let profile = try run.profile()
        if !run.isDryRun {
            try Credentials(profile).store(signedIn)
            try keepContext(run, profile, signedIn.account.name)
        }
        let view = SignedInView(
            account: signedIn.account.name,
            id: signedIn.account.id,
            server: "\(profile.address)",
            context: profile.name,
            session: signedIn.session,
            needsLongerPassword: signedIn.needsLongerPassword
        )
        try run.changed(Node(view), signedInShape, "\(verb) \(VisibleText.line(view.account)) at \(view.server)")
        if signedIn.needsLongerPassword == true {
            run.warn(
                "your staff role rests until your password has \(Limits.staffPasswordCharacters) characters: "
                    + "\"chatctl password\" sets a longer one"
            )
        }
    }

    /// The profile to sign in with: a daemon that --server names gets a context of its host's name, if it has none yet.
    static func named(_ run: Run) throws -> Profile {
        let profile = try run.profile()
        let isNamed = run.values.string("context") != nil || run.console.kit["PLAZA_CONTEXT"] != nil
        guard !isNamed, run.values.string("server") != nil, case .url(_, let host, let port) = profile.address else {
            return profile
        }
        let contexts = try Contexts.load(from: profile.folders)
        if contexts.contexts[profile.name] != nil { return profile }
        for name in [host, "\(host)-\(port)"] where Contexts.isName(name) && contexts.contexts[name] == nil {
            return try run.resolve(context: name)
        }
        return profile
    }

    private static func keepContext(_ run: Run, _ profile: Profile, _ account: String) throws {
        var contexts = try Contexts.load(from: profile.folders)
        let isNew = run.values.string("server") != nil && Contexts.isName(profile.name) && !profile.name.contains("___")
        guard
            let name = run.values.string("context") ?? run.console.kit["PLAZA_CONTEXT"]
                ?? (isNew || contexts.contexts[profile.name] != nil ? profile.name : nil)
        else { return }
        var context = contexts.contexts[name] ?? Context()
        switch profile.address {
        case .url: (context.server, context.socket) = ("\(profile.address)", nil)
        case .unix(let path): (context.server, context.socket) = (nil, path)
        }
        context.account = account
        if let ca = run.values.string("ca") { context.ca = Files.absolute(ca) }
        guard contexts.contexts[name] != context || contexts.current == nil else { return }
        contexts.contexts[name] = context
        if contexts.current == nil { contexts.current = name }
        try contexts.save(to: profile.folders)
        if contexts.current != name {
            run.say("it is reached with --context \(name), or after \"chatctl context use \(name)\"")
        }
    }

    static var logout: Command<Action> {
        Command(
            "logout",
            "Signs out: here, or on every device.",
            examples: [Example("chatctl logout"), Example("chatctl logout --everywhere --yes")],
            options: [.flag("everywhere", "Ends every session of the account."), Options.yes] + Options.change,
            action: Action("sessions.signOut", "sessions.signOutEverywhere") { run in
                let isEverywhere = run.values.flag("everywhere")
                if isEverywhere { try run.confirm("End all your sessions?") }
                do {
                    _ = try await run.call(isEverywhere ? .signOutEverywhere : .signOut)
                } catch let error as APIError where error.code.status == 401 && !isEverywhere {
                    // The session is over already: what is left of it here goes too.
                }
                let profile = try run.profile()
                if !run.isDryRun { try Credentials(profile).remove() }
                let whom = profile.account ?? profile.name
                try run.done("signed out", whom, isEverywhere ? "signed out everywhere" : "signed out")
            }
        )
    }

    static let meShape = Shape(
        "account",
        MeView.self,
        name: { $0.at("account.name").text ?? "" },
        [
            Column("account.name", "ACCOUNT"), Column("account.displayName", "DISPLAY-NAME"),
            Column("account.id", "ID"),
            Column("server"), Column("context"), Column("session"), Column("capabilities"),
            Column("channelCount", "CHANNELS", .number), Column("unread", "UNREAD", .number),
            Column("mentions", "MENTIONS", .number), Column("epoch", wide: true), Column("head", wide: true),
        ]
    )

    struct MeView: Codable {
        var account: Account
        var session: SessionID?
        var server: String
        var context: String
        var capabilities: [Capability]
        var channelCount: Int
        var unread: Int64
        var mentions: Int64
        var head: Int64
        var epoch: String
    }

    static var whoami: Command<Action> {
        Command(
            "whoami",
            "Shows who one is, where, and what one may do.",
            examples: [
                Example("chatctl whoami"), Example("chatctl whoami -o json --fields account.name,capabilities"),
            ],
            action: Action("me.get") { run in
                let me = try await run.call(.me)
                let profile = try run.profile()
                let view = MeView(
                    account: me.account,
                    session: me.session,
                    server: "\(profile.address)",
                    context: profile.name,
                    capabilities: me.capabilities,
                    channelCount: me.channels.count,
                    unread: me.channels.reduce(0) { $0 + $1.unread.unread },
                    mentions: me.channels.reduce(0) { $0 + $1.unread.mentions },
                    head: me.head,
                    epoch: me.epoch
                )
                try run.output.one(Node(view), meShape)
            }
        )
    }

    static var password: Command<Action> {
        Command(
            "password",
            "Changes one's password; or sets a new one with a code from \"user reset\".",
            examples: [
                Example("chatctl password"),
                Example("chatctl password --code", "With a code, signed in or not; ends every session."),
            ],
            options: [
                .value(
                    "current-file",
                    "FILE",
                    .file,
                    "A file whose first line is the password so far; - is standard input."
                ),
                Options.password("the new password"),
                .flag("code", "Asks for a code instead of the password so far."),
                .value("code-file", "FILE", .file, "A file whose first line is the code; - is standard input."),
            ] + Options.change,
            action: Action("me.password", "accounts.redeemReset") { run in
                if run.values.flag("code") || run.values.string("code-file") != nil {
                    let code = try run.secret("code-file", "Code")
                    let new = try run.secret("password-file", "New password", twice: true)
                    _ = try await run.call(.redeemReset, PasswordReset(code: code, password: new))
                    return try run.done("set", "password", "the new password is set; every session was ended")
                }
                let current = try run.secret("current-file", "Password so far")
                let new = try run.secret("password-file", "New password", twice: true)
                _ = try await run.call(.changePassword, PasswordChange(current: current, new: new))
                try run.done("changed", "password", "the password is changed; the other sessions were ended")
            }
        )
    }
}
