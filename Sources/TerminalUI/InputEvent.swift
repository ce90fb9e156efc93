/// What a person or the terminal did.
package enum InputEvent: Hashable, Sendable {
    /// A key; letters come one scalar at a time, an input method's composed text as several keys.
    case key(Key)
    case mouse(MouseEvent)
    /// Pasted text: line breaks are `\n`, other control characters than tab are gone. A paste above
    /// `InputDecoder.pasteLimitBytes` comes in pieces, of which only the final one is `isLast`.
    case paste(String, isLast: Bool)
    /// The terminal window gained or lost the keyboard.
    case focus(Bool)
    case resize(Size)
    /// The terminal answered a question.
    case reply(TerminalReply)
    /// The process was stopped or continued, or is asked to end, from outside.
    case signal(TerminalSignal)
}

package struct MouseEvent: Hashable, Sendable {
    package let kind: Kind
    /// From zero.
    package let x: Int
    package let y: Int
    package let modifiers: Key.Modifiers

    package enum Kind: Hashable, Sendable {
        case press(Button)
        case release(Button)
        /// Motion with that button held.
        case drag(Button)
        /// Motion without a button. A stroke that sees this has lost its release (outside the window) and must end.
        case move
        case wheel(Wheel)
    }

    package enum Button: Hashable, Sendable {
        case left, middle, right, back, forward
    }

    package enum Wheel: Hashable, Sendable {
        case up, down, left, right
    }

    package init(_ kind: Kind, x: Int, y: Int, modifiers: Key.Modifiers = []) {
        self.kind = kind
        self.x = x
        self.y = y
        self.modifiers = modifiers
    }

    package var point: Point { Point(x: x, y: y) }
}

/// Answers to queries (ctlseqs.txt of xterm; kitty's keyboard protocol).
package enum TerminalReply: Hashable, Sendable {
    /// DA1. Every terminal answers it, so it ends a list of questions that some do not answer.
    case attributes([Int])
    /// XTVERSION: "tmux 3.3a".
    case version(String)
    /// DECRPM: 0 unknown, 1 set, 2 reset, 3 permanently set, 4 permanently reset.
    case mode(Int, state: Int)
    /// OSC 10 and 11, 0xRRGGBB.
    case foreground(UInt32)
    case background(UInt32)
    /// OSC 4.
    case palette(index: Int, UInt32)
    /// The terminal speaks kitty's keyboard protocol; these flags are on.
    case keyboardFlags(Int)
}

package enum TerminalSignal: Hashable, Sendable {
    /// SIGTSTP: give the terminal back and stop (`Terminal.suspend`).
    case suspend
    /// SIGCONT: the screen was somebody else's in between; paint again.
    case resume
    /// SIGHUP: the terminal is gone. Save and end.
    case hangUp
    /// SIGTERM or SIGINT from outside. Save and end.
    case terminate
}
