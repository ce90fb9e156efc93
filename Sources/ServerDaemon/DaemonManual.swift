import Flags

/// What the manual pages of `chatd` say beyond the command tree: files, signals, and every key of the configuration.
enum DaemonManual {
    static let date = "November 21, 2026"

    static var chatd: Manual {
        Manual(
            "chatd",
            section: 8,
            date: date,
            summary: "daemon for chat, live sketches and event operations",
            sections: [
                Manual.Section("signals", [.definitions(signals)]),
                Manual.Section("environment", [.definitions(environment)]),
                Manual.Section("files", [.definitions(files)]),
                Manual.Section("exit status", [.definitions(exits)]),
            ],
            seeAlso: [("chatd.yaml", 5), ("chat-tui", 1), ("chatctl", 1)]
        )
    }

    static var configuration: Manual {
        Manual(
            "chatd.yaml",
            section: 5,
            date: date,
            summary: "configuration of chatd",
            sections: [
                Manual.Section(
                    "description",
                    [
                        .paragraph(
                            """
                            The file is YAML. A key with a dot may be written as a mapping. An unknown key is an error. Flags win over \
                            the environment, the environment over the file, the file over the defaults. \
                            `chatd check-config` prints the effective result with secrets masked.
                            """
                        ),
                        .definitions(Setting.all.map { Definition($0.key, $0.manualText) }),
                    ]
                ),
                Manual.Section(
                    "examples",
                    [
                        .code(
                            "listen: 0.0.0.0:7878\ntls:\n  cert: /etc/chatd/cert.pem\n  key: /etc/chatd/key.pem\nregistration: closed"
                        )
                    ]
                ),
            ],
            seeAlso: [("chatd", 8)]
        )
    }

    private static let signals = [
        Definition(
            "SIGTERM, SIGINT",
            "Drain: accept nothing new, let live clients go, finish what was accepted, exit 0. A second one ends it at once, with 1."
        ),
        Definition("SIGHUP", "Read the configuration and the certificates again; no connection is dropped."),
    ]

    private static let environment = [
        Definition("CHATD_…", "Each key of the configuration: CHATD_LISTEN, CHATD_TLS_CERT; see chatd.yaml(5)."),
        Definition(
            "STATE_DIRECTORY, XDG_STATE_HOME",
            "Where the database is, if --data names no folder; else ~/.local/state."
        ),
        Definition("XDG_RUNTIME_DIR", "Where plaza/chatd.sock is, for a daemon that may not write to /run/chatd."),
        Definition(
            "LISTEN_FDS, NOTIFY_SOCKET, WATCHDOG_USEC",
            "Set by systemd: the sockets that it holds, where readiness is told, how often a sign of life is due."
        ),
    ]

    private static let files = [
        Definition("/etc/chatd/chatd.yaml", "The configuration, if --config names no other."),
        Definition(
            "/run/chatd/chatd.sock",
            "The Unix socket under systemd and for root, else $XDG_RUNTIME_DIR/plaza/chatd.sock."
        ),
        Definition(
            "$STATE_DIRECTORY, $XDG_STATE_HOME/plaza",
            """
            The database plaza.db; its log plaza.db-wal, which takes up to 256 MiB under load and by and by 64 MiB after it; search.db, \
            which can be rebuilt; audit.heads, and audit.key, which signs them.
            """
        ),
    ]

    private static let exits = [
        Definition("0", "Stopped by a signal, drained."),
        Definition("1", "Could not start, or storage failed in a way that only a restart can clear."),
        Definition("2", "The command line or the configuration is wrong."),
    ]
}

extension Setting {
    /// The paragraph of chatd.yaml(5).
    fileprivate var manualText: String {
        var text = sentence
        if !fallback.isEmpty { text += " Default: `\(fallback)`." }
        if case .choice(let words) = kind { text += " One of \(words.joined(separator: ", "))." }
        text += " Environment: `\(environment)`."
        if isReloadable { text += " A reload takes a new value." }
        return text
    }
}
