/// What the terminal can do beside showing a frame: clipboard, notifications, bell, title.
extension Terminal {
    /// Terminals refuse longer clipboard commands (xterm and tmux keep 1 MB, others 100,000 bytes of base64).
    package static let clipboardLimitBytes = 74_000

    /// Puts text into the clipboard of the machine in front of the person, also over SSH (OSC 52). False when the terminal
    /// has no such command or the text is above `clipboardLimitBytes`. The terminal does not say whether it obeyed.
    package func copy(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard family.hasCommands, bytes.count <= Self.clipboardLimitBytes else { return false }
        send(TerminalSequences.copy(String(decoding: Base64.encode(bytes), as: UTF8.self)))
        return true
    }

    /// Asks for a desktop notification, by the way that this terminal is known to understand unless one is given.
    package func notify(title: String, body: String, by kind: NotificationKind? = nil) {
        let kind = family.hasCommands ? kind ?? likelyNotification : .bell
        let sequence = TerminalSequences.notification(kind, title: title, body: body)
        send(family == .tmux && kind != .bell ? TerminalSequences.passedThrough(sequence) : sequence)
    }

    package func bell() { send("\u{07}") }

    /// The title of the window, taken back by the terminal's own title stack when the screen is left.
    package func setTitle(_ text: String) {
        if family.hasCommands { send(TerminalSequences.title(text)) }
    }

    private var likelyNotification: NotificationKind {
        let term = variables("TERM") ?? ""
        let program = (variables("TERM_PROGRAM") ?? "").lowercased()
        let version = version.lowercased()
        if term.hasPrefix("xterm-kitty") || version.hasPrefix("kitty") || variables("KITTY_WINDOW_ID") != nil {
            return .osc99
        }
        let uses777 = ["foot", "rxvt", "ghostty", "wezterm", "vte"]
        if uses777.contains(where: { term.hasPrefix($0) || program.hasPrefix($0) || version.hasPrefix($0) }) {
            return .osc777
        }
        if term.contains("ghostty") || variables("VTE_VERSION") != nil { return .osc777 }
        return .osc9
    }
}
