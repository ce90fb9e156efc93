import Flags

/// What chatctl(1) says beyond the command tree: files, and where to read on.
enum CtlManual {
    static var page: Manual {
        Manual(
            "chatctl",
            section: 1,
            date: "November 21, 2026",
            summary: "administers and scripts Plaza",
            sections: [Manual.Section("files", [.definitions(files)])],
            seeAlso: [("chatd", 8), ("chatd.yaml", 5), ("chat-tui", 1)]
        )
    }

    private static let files = [
        Definition("/run/chatd/chatd.sock", "The daemon's socket, looked for first."),
        Definition("$XDG_RUNTIME_DIR/plaza/chatd.sock", "The socket of a daemon of one's own."),
        Definition("$XDG_CONFIG_HOME/plaza/contexts.json", "Contexts, mode 0600."),
        Definition("$XDG_CONFIG_HOME/plaza/credentials/", "Sessions, mode 0600, shared with chat-tui."),
    ]
}
