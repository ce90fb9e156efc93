/// What kind of terminal TERM names, and with that which private sequences it may be sent.
package enum TerminalFamily: Hashable, Sendable {
    /// xterm and everything that follows it: mouse, paste, focus, OSC, queries.
    case xterm
    case tmux
    /// GNU screen: modes, but it shows or mangles some OSC.
    case screen
    /// The Linux console, VT100 and unknown ones: nothing beyond terminfo.
    case console

    package init(term: String) {
        if term.hasPrefix("tmux") {
            self = .tmux
        } else if term.hasPrefix("screen") {
            self = .screen
        } else if Self.xtermLike.contains(where: { term.hasPrefix($0) }) {
            self = .xterm
        } else {
            self = .console
        }
    }

    private static let xtermLike = [
        "xterm", "rxvt", "foot", "alacritty", "kitty", "wezterm", "ghostty", "st-", "konsole", "gnome", "vte", "putty",
        "contour", "mintty", "iterm", "ms-terminal", "rio",
    ]

    /// Bracketed paste, focus, mouse, synchronized output: ignored where not known.
    var hasModes: Bool { self != .console }
    /// OSC 8, 52, 2, notifications, and questions with answers.
    var hasCommands: Bool { self == .xterm || self == .tmux }
}
