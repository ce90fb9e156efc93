import Flags
import YAML

/// One key of the configuration as data: its name, what it takes, its default, and what it is for.
///
/// The file, the environment (`CHATD_…`), the flags, `check-config`, the example and `chatd.yaml(5)` come out of this.
struct Setting: Sendable {
    enum Kind: Sendable {
        case text
        case flag
        case integer(ClosedRange<Int>)
        case choice([String])
        case texts

        var isFlag: Bool { if case .flag = self { true } else { false } }
    }

    /// `live.origins`.
    let key: String
    let kind: Kind
    /// As it would be written in the file.
    let fallback: String
    let summary: String
    /// Whether a reload takes a new value without dropping a connection.
    let isReloadable: Bool
    /// Shown as `***` by `check-config`.
    let isSecret: Bool

    init(
        _ key: String,
        _ kind: Kind,
        default fallback: String,
        reloadable: Bool = false,
        secret: Bool = false,
        _ summary: String
    ) {
        self.key = key
        self.kind = kind
        self.fallback = fallback
        self.summary = summary
        isReloadable = reloadable
        isSecret = secret
    }

    /// `CHATD_LIVE_ORIGINS`.
    var environment: String {
        "CHATD_" + key.uppercased().map { $0 == "." || $0 == "-" ? "_" : String($0) }.joined()
    }

    /// What is wrong with a text for this key; nil if it is right.
    func complaint(about text: String) -> String? {
        switch kind {
        case .text, .texts: nil
        case .flag: text == "true" || text == "false" ? nil : "must be true or false"
        case .integer(let range):
            Int(text).map(range.contains) == true
                ? nil : "must be a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .choice(let words): words.contains(text) ? nil : "must be \(words.joined(separator: " or "))"
        }
    }

    static let all: [Setting] = [
        Setting(
            "data",
            .text,
            default: "",
            "folder of the database, made if missing, mode 0700; $STATE_DIRECTORY or $XDG_STATE_HOME/plaza if none is named"
        ),
        Setting("listen", .text, default: "127.0.0.1:7878", "HOST:PORT of the TCP listener, or none"),
        Setting(
            "socket",
            .text,
            default: "",
            "path of the Unix socket, or none; /run/chatd/chatd.sock or $XDG_RUNTIME_DIR/plaza/chatd.sock if nothing is said"
        ),
        Setting("socket-mode", .choice(["0600", "0660", "0666"]), default: "0660", "who may connect to the socket"),
        Setting("tls.cert", .text, default: "", "certificate chain, PEM; read again on reload"),
        Setting("tls.key", .text, default: "", "private key, PEM"),
        Setting(
            "insecure-plain",
            .flag,
            default: "false",
            "allow a listener without TLS on an address that is not loopback"
        ),
        Setting("loops", .integer(0...64), default: "0", "event loops; 0 is one per core"),
        Setting(
            "registration",
            .choice(["open", "closed"]),
            default: "open",
            reloadable: true,
            "whether anyone may register; an invitation registers all the same"
        ),
        Setting(
            "channels.create",
            .choice(["everyone", "admins"]),
            default: "everyone",
            reloadable: true,
            "who makes channels"
        ),
        Setting("channels.first", .text, default: "general", "the channel joined at registration"),
        Setting("live.origins", .texts, default: "", "exact origins of browsers that may open a live connection"),
        Setting(
            "metrics.listen",
            .text,
            default: "none",
            "HOST:PORT on loopback for /metrics, /readyz and /healthz alone, without signing in, or none"
        ),
        Setting("connections", .integer(10...1_000_000), default: "10000", "open connections at a time"),
        Setting(
            "limits.bot-rate",
            .integer(1...100_000),
            default: "1",
            reloadable: true,
            "how many times the ordinary rate limits bots with a token have"
        ),
        Setting(
            "audit.keep-days",
            .integer(0...36_500),
            default: "0",
            reloadable: true,
            "days the audit log is kept; the rest is cut off behind a signed head; 0 keeps everything"
        ),
        Setting(
            "log.level",
            .text,
            default: "info",
            reloadable: true,
            "the least that is logged: debug, info, notice, warning or error; subsystem=level after commas"
        ),
        Setting(
            "log.format",
            .choice(["auto", "logfmt", "json"]),
            default: "auto",
            "how log lines look; auto is logfmt on a terminal, JSON elsewhere"
        ),
        Setting(
            "drain-seconds",
            .integer(0...3_600),
            default: "10",
            reloadable: true,
            "over how long live clients are let go before the daemon exits"
        ),
    ]
}
