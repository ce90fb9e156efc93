import TerminalUI

/// Which key does what, where: the one table behind the program, its help, its hints, its man page and the conflict test.
package struct KeyBinding: Sendable, Hashable {
    package let place: Place
    package let command: KeyCommand
    /// Names as `Key` reads them; the first is shown in hints.
    package let keys: [String]
    package let sentence: String
    /// When the key means this although the editor knows it, too.
    package let condition: Condition

    /// Where keys have a meaning of their own.
    package enum Place: String, Sendable, CaseIterable {
        case anywhere = "Anywhere"
        case chat = "In a channel"
        case selection = "With a message selected (Up in an empty line)"
        case list = "In lists, search and the switcher"
        case chord = "After Ctrl+X"
        case page = "In tables: the queue, chats, events, people"
        case canvas = "On a drawing"
        case replay = "While a drawing is replayed"
    }

    package enum Condition: String, Sendable {
        case always
        /// The composer is empty.
        case empty = "in an empty line"
        /// The cursor stands at the end, where cutting or going forward would do nothing.
        case atEnd = "at the end of the line"
        /// The composer has text.
        case text = "with text"
    }

    init(
        _ place: Place,
        _ command: KeyCommand,
        _ keys: [String],
        _ sentence: String,
        when condition: Condition = .always
    ) {
        self.place = place
        self.command = command
        self.keys = keys
        self.sentence = sentence
        self.condition = condition
    }
}

/// What a key asks for.
package enum KeyCommand: Hashable, Sendable {
    case help, quit, interrupt, redraw, suspend, cancel
    case switcher, nextUnread, nextRoom, previousRoom, lastRoom, nthRoom(Int)
    case sidebar, members, bare, inbox, search
    case send, complete, completeBack, chord, externalEditor
    case pageUp, pageDown, lineUp, lineDown, bottom, firstUnread, previousMention, nextMention
    case select
    case selectUp, selectDown, reply, edit, delete, react, pin, copy, open, context
    case listUp, listDown, listPageUp, listPageDown, choose, scope
    case queue, chats, page(PageAction)
    case toSketch, sketch(SketchCommand)
}

extension KeyBinding {
    package static let table: [KeyBinding] =
        [
            KeyBinding(.anywhere, .help, ["F1"], "help"),
            KeyBinding(.anywhere, .quit, ["Ctrl+Q"], "quit; what was typed is kept"),
            KeyBinding(.anywhere, .redraw, ["Ctrl+L"], "draw the screen again"),
            KeyBinding(.anywhere, .suspend, ["Ctrl+Z"], "stop, until the shell's fg"),
            KeyBinding(.anywhere, .cancel, ["Esc", "Ctrl+G", "Alt+Esc"], "close, go back, end what was begun"),

            KeyBinding(.chat, .switcher, ["Ctrl+K"], "switch: channels, people, commands, messages", when: .atEnd),
            KeyBinding(.chat, .switcher, ["Alt+K"], "the same, also inside text"),
            KeyBinding(.chat, .nextUnread, ["Alt+A"], "next unread, mentions first"),
            KeyBinding(.chat, .nextRoom, ["Alt+Down", "Ctrl+N"], "next channel"),
            KeyBinding(.chat, .previousRoom, ["Alt+Up", "Ctrl+P"], "previous channel"),
            KeyBinding(.chat, .lastRoom, ["Alt+S"], "the channel before this one"),
        ] + (1...9).map { KeyBinding(.chat, .nthRoom($0), ["Alt+\($0)"], "channel \($0) of the list") } + [
            KeyBinding(.chat, .sidebar, ["F2"], "sidebar on or off"),
            KeyBinding(.chat, .members, ["F3", "Alt+M"], "members on or off"),
            KeyBinding(.chat, .bare, ["Alt+L"], "text alone, to select and copy; again: back", when: .empty),
            KeyBinding(.chat, .inbox, ["F4", "Alt+I"], "mentions and unread conversations"),
            KeyBinding(.chat, .queue, ["F7", "Alt+Q"], "the queue, for those who answer"),
            KeyBinding(.chat, .chats, ["F8"], "the chats that run"),
            KeyBinding(.chat, .search, ["Ctrl+F"], "search", when: .atEnd),
            KeyBinding(.chat, .search, ["F5"], "the same, also inside text"),
            KeyBinding(.chat, .help, ["?"], "help", when: .empty),
            KeyBinding(.chat, .send, ["Enter"], "send"),
            KeyBinding(.chat, .complete, ["Tab"], "complete a name, a channel, a command, an emoji"),
            KeyBinding(.chat, .completeBack, ["Shift+Tab"], "the completion before"),
            KeyBinding(.chat, .toSketch, ["F6"], "to the open drawing"),
            KeyBinding(.chat, .select, ["Up"], "select a message", when: .empty),
            KeyBinding(.chat, .pageUp, ["PageUp"], "earlier messages"),
            KeyBinding(.chat, .pageDown, ["PageDown"], "later messages"),
            KeyBinding(.chat, .lineUp, ["Shift+Up"], "one line up"),
            KeyBinding(.chat, .lineDown, ["Shift+Down"], "one line down"),
            KeyBinding(.chat, .bottom, ["End"], "to the newest", when: .empty),
            KeyBinding(.chat, .bottom, ["Alt+End"], "to the newest, also inside text"),
            KeyBinding(.chat, .firstUnread, ["Alt+Home"], "to the first unread"),
            KeyBinding(.chat, .previousMention, ["Alt+P"], "to the mention before"),
            KeyBinding(.chat, .nextMention, ["Alt+N"], "to the next mention"),
            KeyBinding(.chat, .interrupt, ["Ctrl+C"], "empty the line; twice in an empty line: quit"),
            KeyBinding(.chat, .chord, ["Ctrl+X"], "begins Ctrl+X Ctrl+E"),
            KeyBinding(.chord, .externalEditor, ["Ctrl+E"], "write in $EDITOR"),

            KeyBinding(.selection, .selectUp, ["Up", "k"], "the message before"),
            KeyBinding(.selection, .selectDown, ["Down", "j"], "the message after; from the last back to the line"),
            KeyBinding(.selection, .reply, ["r", "Enter"], "reply"),
            KeyBinding(.selection, .edit, ["e"], "edit"),
            KeyBinding(.selection, .delete, ["d", "Delete"], "delete, asked twice"),
            KeyBinding(.selection, .react, ["+"], "react"),
            KeyBinding(.selection, .pin, ["p"], "pin or unpin"),
            KeyBinding(.selection, .copy, ["y"], "copy the text"),
            KeyBinding(.selection, .open, ["o"], "open its link"),
            KeyBinding(.selection, .context, ["g"], "go to the message that it answers"),
            KeyBinding(.selection, .pageUp, ["PageUp"], "earlier messages"),
            KeyBinding(.selection, .pageDown, ["PageDown"], "later messages"),
            KeyBinding(.selection, .bottom, ["End"], "back to the line"),

            KeyBinding(.list, .listUp, ["Up", "Ctrl+P"], "up"),
            KeyBinding(.list, .listDown, ["Down", "Ctrl+N"], "down"),
            KeyBinding(.list, .listPageUp, ["PageUp"], "a page up"),
            KeyBinding(.list, .listPageDown, ["PageDown"], "a page down"),
            KeyBinding(.list, .choose, ["Enter"], "choose"),
            KeyBinding(.list, .scope, ["Tab"], "search: here or everywhere; forms: the next field"),
        ] + pageTable + sketchTable

    /// Keys of a place, with those that hold anywhere.
    static let byKey: [Place: [Key: [KeyBinding]]] = {
        var result: [Place: [Key: [KeyBinding]]] = [:]
        for binding in table {
            for name in binding.keys {
                guard let key = Key(name) else { preconditionFailure("\(name) is no key") }
                result[binding.place, default: [:]][key, default: []].append(binding)
            }
        }
        return result
    }()

    /// What a key means in a place; nil leaves it to the editor.
    static func command(_ key: Key, in place: Place, editor: LineEditor) -> KeyCommand? {
        for binding in (byKey[place]?[key] ?? []) + (byKey[.anywhere]?[key] ?? []) where binding.condition.holds(editor)
        {
            return binding.command
        }
        return nil
    }
}

extension KeyBinding.Condition {
    func holds(_ editor: LineEditor) -> Bool {
        switch self {
        case .always: true
        case .empty: editor.isEmpty
        case .atEnd: editor.isAtEnd
        case .text: !editor.isEmpty
        }
    }
}
