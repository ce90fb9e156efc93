import ChatAPI
package import Flags

/// The command line of `chatctl` as data: one noun per file, each below one line of this one.
package enum CommandTree {
    package static let program = Program<Action>(
        root: root,
        version: "chatctl \(Version.number) (\(Chatctl.commit))",
        manual: { CtlManual.page },
        topics: { Topics.all }
    )

    private static let root = Command<Action>(
        "chatctl",
        "Administers and scripts Plaza: chat, live sketches and event operations.",
        discussion: """
            Results go to standard output, everything for people to standard error. Every command takes -o json and -h. On \
            the daemon's own machine root needs no password: it acts over the Unix socket, and is audited like everyone.
            """,
        examples: [
            Example("chatctl user create ana --super", "The first administrator, as root or the daemon's user."),
            Example("chatctl login ana --server https://chat.example.org", "Signs in from another machine."),
            Example("chatctl channel create general --topic 'Everything'"),
            Example("chatctl channel post general 'Doors open at ten'"),
            Example("chatctl channel tail -f general", "Reads along; comes back by itself."),
            Example("chatctl user ls -o csv > users.csv"),
        ],
        options: global,
        headings: [
            .init("Oneself", from: "login"), .init("Conversations", from: "channel"), .init("Events", from: "agency"),
            .init("Help desk", from: "queue"), .init("Keeping order", from: "block"), .init("Running it", from: "user"),
        ],
        children: {
            [
                AccountCommands.login, AccountCommands.logout, AccountCommands.whoami, AccountCommands.register,
                AccountCommands.password, ProfileCommands.noun, SessionCommands.noun, ContextCommands.noun,
                ChannelCommands.noun, MemberCommands.noun, InvitationCommands.noun, DirectCommands.noun,
                MessageCommands.noun, SketchCommands.noun, DraftCommands.noun, MarkerCommands.noun,
                RegisterCommands.noun, AgencyCommands.noun, EventCommands.noun, JoinCommands.join,
                EventStateCommands.announce, QueueCommands.noun, RequestCommands.noun, ChatCommands.noun,
                ReplyCommands.noun, AvailabilityCommands.noun, BlockCommands.noun, ReportCommands.noun,
                ModerationCommands.noun, PostingCommands.emergency, UserCommands.noun, AuditCommands.noun,
                ServerCommands.noun, APICommand.command,
            ] + more
        }
    )

    /// Commands that are no client of the API's nouns.
    private static var more: [Command<Action>] { [BenchCommands.noun] }

    private static let global: [Option] = [
        .value(
            "output",
            short: "o",
            "FORMAT",
            .choice(Format.allCases.map(\.rawValue)),
            "How to print; see \"chatctl help formatting\".",
            default: Format.table.rawValue,
            environment: "PLAZA_OUTPUT"
        ),
        .repeated("fields", "FIELD,...", "Only these fields, in this order."),
        .value("server", "URL", "The daemon: https://host[:port], or http:// on this machine."),
        .value("socket", "PATH", .file, "The daemon's Unix socket."),
        .value("context", "NAME", .dynamic("contexts"), "A daemon and an account by the name of their context."),
        .value("ca", "FILE", .file, "Authorities to trust instead of the system's, PEM."),
        .value("token-file", "FILE", .file, "A file that holds a token; see \"chatctl user token create\"."),
        .flag("local", "Acts as the local administrator of the socket, whoever is signed in there."),
        .value(
            "timeout",
            "DURATION",
            .duration(.milliseconds(1)...(.seconds(86_400))),
            "How long a call may take.",
            default: "30s",
            environment: "PLAZA_TIMEOUT"
        ),
        .value("request-id", "ID", "Stands in the daemon's log and audit log instead of a number of its own."),
        .count("verbose", short: "v", "Shows each call; twice, headers and bodies, with secrets masked."),
        .flag("no-input", "Never asks, even on a terminal."),
    ]
}
