import Flags

/// A small tree that has one of everything; the tests of this target parse, print and complete it.
enum Sample: Sendable, Equatable {
    case channelList, channelPost, userCreate, wait, login
}

func sampleProgram(calls: (@Sendable () -> Void)? = nil) -> Program<Sample> {
    let root = Command<Sample>(
        "plazactl",
        "Administers a plaza.",
        discussion: "Talks to the daemon over its socket.",
        examples: [
            Example("plazactl channel ls", "All channels, one per line."),
            Example("plazactl channel post general 'Doors open at ten'"),
        ],
        options: [
            .value(
                "output",
                short: "o",
                "FORMAT",
                .choice(["table", "json", "csv"]),
                "How to print.",
                default: "table",
                environment: "PLAZA_OUTPUT"
            ),
            .value("socket", "PATH", .file, "Where the daemon listens.", environment: "PLAZA_SOCKET"),
            .count("verbose", short: "v", "Says more; twice, even more."),
            .flag("color", "Colours the output.", negatable: true, default: true, environment: "PLAZA_COLOR"),
            .flag("trace", "For developers.", isHidden: true),
        ]
    ) {
        [channelCommands(calls), userCommands, waitCommand, Command("login", "Signs in.", action: .login)]
    }
    return Program(
        root: root,
        version: "plaza 1.0 (abc1234)",
        manual: {
            Manual(
                "plazactl",
                section: 1,
                date: "November 21, 2026",
                summary: "administers a plaza",
                sections: [
                    .init("files", [.definitions([Definition("/run/chatd/chatd.sock", "The daemon's socket.")])])
                ],
                seeAlso: [("chatd", 8), ("chat-tui", 1)]
            )
        },
        pages: {
            [
                Manual(
                    "plaza.yaml",
                    section: 5,
                    date: "November 21, 2026",
                    summary: "configuration",
                    sections: [
                        .init(
                            "description",
                            [
                                .paragraph("Reads `plaza.yaml`. Unknown keys are errors; a naïve guess is refused."),
                                .definitions([Definition("listen.tcp", "Address."), Definition("No", "A word.")]),
                                .code(".dots at the start\n'quotes' too\n\\backslash"),
                                .paragraph("The end."),
                            ]
                        )
                    ]
                )
            ]
        },
        topics: {
            [
                Topic(
                    "exit-codes",
                    "What the exit code says.",
                    section: "exit status",
                    [
                        .paragraph("Scripts rely on these codes."),
                        .definitions([Definition("0", "Everything is fine."), Definition("2", "The line was wrong.")]),
                    ]
                )
            ]
        }
    )
}

private func channelCommands(_ calls: (@Sendable () -> Void)?) -> Command<Sample> {
    Command("channel", "Channels.", aliases: ["ch"]) {
        calls?()
        return [
            Command(
                "ls",
                "Lists channels.",
                aliases: ["list"],
                examples: [Example("plazactl channel ls --limit 5", "The first five.")],
                arguments: [.optional("PATTERN", "Only names like this.")],
                options: [
                    .value("limit", short: "n", "N", .integer(1...1000), "How many at most.", default: "50"),
                    .flag("all", short: "a", "Archived ones too."),
                    .repeated("label", short: "l", "LABEL", "Only with this label."),
                ],
                action: .channelList
            ),
            Command(
                "post",
                "Posts a message.",
                arguments: [
                    .required("CHANNEL", .dynamic("channels"), "Where."),
                    .rest("TEXT", minimum: 1, "What; - reads standard input."),
                ],
                action: .channelPost
            ),
        ]
    }
}

private let userCommands = Command<Sample>("user", "People.") {
    [
        Command(
            "create",
            "Makes an account.",
            arguments: [.required("NAME", "Its name.")],
            options: [.value("password-file", "FILE", .file, "Holds the password.", isRequired: true)],
            action: .userCreate
        ),
        Command("secret", "For developers.", isHidden: true, action: .login),
    ]
}

private let waitCommand = Command<Sample>(
    "wait",
    "Waits.",
    arguments: [.required("FOR", .duration(.seconds(1) ... .seconds(3600)), "How long.")],
    options: [.value("offset", "N", .integer(-10...10), "Moves the start.")],
    action: .wait
)
