import ChatAPI
import Flags

/// The command line of `chatd` as data.
enum DaemonCommand {
    enum Action: Sendable {
        case serve
        case checkConfig
        case seedDemo
        case benchAuthority
    }

    static let program = Program<Action>(
        root: Command<Action>(
            "chatd",
            "The Plaza daemon: chat, live sketches and event operations over REST and WebSocket.",
            discussion: """
                Started without options it keeps its data under $STATE_DIRECTORY or $XDG_STATE_HOME/plaza, listens on \
                127.0.0.1:7878 and on a Unix socket, and says so.
                """,
            examples: [
                Example("chatd", "start with the defaults"),
                Example("chatd --data ./data --listen none --socket ./chatd.sock", "everything in this folder"),
                Example("chatd --listen 0.0.0.0:7878 --tls-cert cert.pem --tls-key key.pem", "serve other machines"),
                Example("chatd check-config --config /etc/chatd/chatd.yaml", "show what would be used"),
            ],
            options: options,
            action: .serve,
            children: {
                [
                    Command<Action>(
                        "check-config",
                        "Prints the effective configuration with secrets masked, and says what the daemon could not start with.",
                        options: [.flag("example", "Prints a file with every key, its default and what it is for.")],
                        action: .checkConfig
                    ),
                    Command<Action>(
                        "seed-demo",
                        "Fills an empty database with the community of the demonstration, and exits.",
                        options: [
                            .value("password-file", "FILE", .file, "A file whose first line is the visitor's password.")
                        ],
                        isHidden: true,
                        action: .seedDemo
                    ),
                    Command<Action>(
                        "bench-authority",
                        "Measures how long a permission check takes from the cache, and exits.",
                        isHidden: true,
                        action: .benchAuthority
                    ),
                ]
            }
        ),
        version: "chatd \(Version.number) (\(ServerDaemon.commit))",
        manual: { DaemonManual.chatd },
        pages: { [DaemonManual.configuration] }
    )

    /// Each key of the configuration is an option: `tls.cert` is `--tls-cert`.
    private static var options: [Option] {
        [.value("config", "FILE", .file, "The configuration file.", environment: "CHATD_CONFIG")]
            + Setting.all.map { setting in
                switch setting.kind {
                case .flag: .flag(setting.option, setting.optionText)
                case .choice(let words):
                    .value(setting.option, "WORD", .choice(words), setting.optionText)
                case .integer(let range):
                    .value(setting.option, "N", .integer(range), setting.optionText)
                case .text, .texts:
                    .value(setting.option, setting.valueName, setting.isFile ? .file : .text, setting.optionText)
                }
            }
    }
}

extension Setting {
    /// `tls-cert`.
    var option: String { key.map { $0 == "." ? "-" : String($0) }.joined() }

    /// The summary as a sentence.
    var sentence: String { summary.prefix(1).uppercased() + summary.dropFirst() + "." }

    /// The option's own default is none: the line would win over the environment and the file.
    var optionText: String {
        fallback.isEmpty || kind.isFlag ? sentence : sentence + " Default: \(fallback)."
    }

    var isFile: Bool { key == "data" || key == "socket" || key.hasPrefix("tls.") }

    var valueName: String {
        switch key {
        case "data": "DIR"
        case "listen": "HOST:PORT"
        case "socket": "PATH"
        default: isFile ? "FILE" : "TEXT"
        }
    }
}
