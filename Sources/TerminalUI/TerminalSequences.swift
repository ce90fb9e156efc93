/// The private sequences around ncurses (ctlseqs.txt of xterm, kitty's protocols, the OSC 8 specification).
enum TerminalSequences {
    static let beginFrame = "\u{1B}[?2026h"
    static let endFrame = "\u{1B}[?2026l"

    /// Bracketed paste and focus reports.
    static let enterModes = "\u{1B}[?2004h\u{1B}[?1004h"
    /// Buttons, drags, wheel, in decimal. One command, since some terminals take the encoding of the first (martanne/vis#666).
    static let enterMouse = "\u{1B}[?1002;1006h"
    static let leaveMouse = "\u{1B}[?1003l\u{1B}[?1002;1006l"
    /// Motion without a button as well: where one draws, what a click will do is shown before it.
    static let enterHover = "\u{1B}[?1003;1006h"
    /// Some terminals have one state for all three ways of tracking: the narrower one is asked for again.
    static let leaveHover = "\u{1B}[?1003l\u{1B}[?1002;1006h"
    /// Kitty's keyboard protocol: disambiguate escape codes. Sent only after the terminal said that it has it.
    static let enterKeyboard = "\u{1B}[>1u"
    static let leaveKeyboard = "\u{1B}[<1u"
    /// Grapheme clustering (mode 2027), where the terminal has said that it can.
    static let enterClusters = "\u{1B}[?2027h"
    static let leaveClusters = "\u{1B}[?2027l"
    static let leaveModes = "\u{1B}[?2026l\u{1B}[?1003l\u{1B}[?1002;1006l\u{1B}[?1004l\u{1B}[?2004l"

    /// Kitty flags, synchronized output, clusters, colours, name; DA1 last, because everything answers it.
    static let questions =
        "\u{1B}[?u\u{1B}[?2026$p\u{1B}[?2027$p\u{1B}]10;?\u{1B}\\\u{1B}]11;?\u{1B}\\\u{1B}[>0q\u{1B}[c"

    static func title(_ text: String) -> String { "\u{1B}]2;\(harmless(text, limit: 200))\u{1B}\\" }

    static func shape(_ shape: CursorShape) -> String {
        switch shape {
        case .block: "\u{1B}[2 q"
        case .underline: "\u{1B}[4 q"
        case .bar: "\u{1B}[6 q"
        }
    }

    static let defaultShape = "\u{1B}[0 q"

    static func copy(_ base64: String) -> String { "\u{1B}]52;c;\(base64)\u{1B}\\" }

    static func notification(_ kind: NotificationKind, title: String, body: String) -> String {
        let title = harmless(title, limit: 100).filter { $0 != ";" }
        let body = harmless(body, limit: 300)
        switch kind {
        case .osc9: return "\u{1B}]9;\(title): \(body)\u{1B}\\"
        case .osc777: return "\u{1B}]777;notify;\(title);\(body)\u{1B}\\"
        case .osc99:
            return "\u{1B}]99;i=plaza:d=0;\(title)\u{1B}\\\u{1B}]99;i=plaza:d=1:p=body;\(body)\u{1B}\\"
        case .bell: return "\u{07}"
        }
    }

    /// tmux hands on what is wrapped so, if `allow-passthrough` is on.
    static func passedThrough(_ sequence: String) -> String {
        "\u{1B}Ptmux;"
            + sequence.split(separator: "\u{1B}", omittingEmptySubsequences: false)
            .joined(separator: "\u{1B}\u{1B}") + "\u{1B}\\"
    }

    /// Text inside a command: nothing that could end the command.
    private static func harmless(_ text: String, limit: Int) -> String { Text.truncated(text, width: limit) }
}

/// How a desktop notification is asked for.
package enum NotificationKind: Hashable, Sendable, CaseIterable {
    /// iTerm2, Windows Terminal, ConEmu, WezTerm.
    case osc9
    /// urxvt, foot, Ghostty, VTE.
    case osc777
    /// kitty.
    case osc99
    case bell
}
