package import ChatAPI
package import TerminalUI

/// What stands before the chat and takes the keys: one thing at a time, left with Esc.
package enum Overlay: Sendable {
    case switcher(Switcher)
    case search(SearchPane)
    case help(HelpPane)
    case list(ListPane)
    case paste(PasteGuard)
    case form(FormPane)
    case emoji(EmojiPane)
    case text(TextPane)
}

/// A list to choose from: pins, mentions, sessions, channels.
package struct ListPane: Sendable {
    package var title: String
    package var rows: [Row]
    package var selected = 0
    package var isLoading = false
    /// What Enter does, for the hint.
    package var verb: String
    package var emptySentence: String

    package struct Row: Sendable, Equatable {
        package var text: String
        package var detail: String
        package var choice: Choice

        package init(_ text: String, detail: String = "", _ choice: Choice) {
            self.text = text
            self.detail = detail
            self.choice = choice
        }
    }

    /// What choosing a row does.
    package enum Choice: Sendable, Equatable {
        case open(ChannelID)
        case message(ChannelID, Int64)
        case join(String)
        case revoke(SessionID)
        case command(String)
        case sketch(SketchID)
        /// A layer of the open drawing.
        case layer(Int)
        case nothing
    }

    package init(
        _ title: String,
        rows: [Row] = [],
        isLoading: Bool = false,
        verb: String = "open",
        empty: String = "nothing here"
    ) {
        self.title = title
        self.rows = rows
        self.isLoading = isLoading
        self.verb = verb
        emptySentence = empty
    }
}

/// Search on the daemon: the words, what was found, where the cursor is.
package struct SearchPane: Sendable {
    package var editor: LineEditor
    package var channel: ChannelID?
    /// What the hits are for; nil until something was asked.
    package var asked: String?
    package var hits: [SearchHit] = []
    package var nextCursor: String?
    package var indexedTo: Milliseconds = 0
    package var selected = 0
    package var isLoading = false
    /// Why there is no answer.
    package var problem: String?

    package init(_ text: String = "", channel: ChannelID? = nil) {
        editor = LineEditor(text)
        self.channel = channel
    }
}

/// Lines to read: the text alternative of a drawing.
package struct TextPane: Sendable, Equatable {
    package let title: String
    package let lines: [String]
    package var offset = 0

    package init(_ title: String, _ lines: [String]) {
        self.title = title
        self.lines = lines
    }
}

package struct HelpPane: Sendable {
    package var offset = 0

    package init() {}

    /// Begins with the keys of a place.
    init(at place: KeyBinding.Place) {
        offset = HelpView.lines.firstIndex { $0.isHeading && $0.left == place.rawValue } ?? 0
    }
}

/// Questions with typed answers: passwords.
package struct FormPane: Sendable {
    package var title: String
    package var fields: [FormField]
    package var focus = 0
    package var problem: String?
    package let purpose: Purpose

    /// What its last Enter does.
    package enum Purpose: Sendable { case password, account }

    package init(_ title: String, _ fields: [FormField], purpose: Purpose = .password) {
        self.title = title
        self.fields = fields
        self.purpose = purpose
    }
}

package struct FormField: Sendable {
    package let label: String
    package let isSecret: Bool
    package var editor: LineEditor
    /// Said under the fields while this one has the focus.
    package var hint: String

    package init(_ label: String, _ text: String = "", isSecret: Bool = false, hint: String = "") {
        self.label = label
        self.isSecret = isSecret
        self.hint = hint
        editor = LineEditor(text)
    }

    package var text: String { editor.text }
}

/// A paste of several lines, before it becomes a message or many.
package struct PasteGuard: Sendable, Equatable {
    package let text: String

    /// A paste of fewer lines goes into the composer without asking: two lines are typed by hand, too.
    package static let lineThreshold = 4

    package init(_ text: String) { self.text = text }

    package var lines: [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// What sending it line by line would be.
    package var messages: [String] { lines.filter { !TextRules.isBlank($0) } }
    package var bytes: Int { text.utf8.count }
    package var fitsOneMessage: Bool { bytes <= Limits.messageBytes }

    /// Whether a paste is asked about: many lines, or more than one message holds.
    package static func concerns(_ text: String) -> Bool {
        let breaks = text.utf8.count { $0 == 0x0A }
        return breaks + (text.hasSuffix("\n") ? 0 : 1) >= lineThreshold || text.utf8.count > Limits.messageBytes
    }

    package var sentence: String {
        let count = messages.count
        let size = bytes < 1_024 ? "\(bytes) bytes" : "\(bytes / 1_024) KiB"
        return "\(lines.count) lines, \(size): one message, or \(count) message\(count == 1 ? "" : "s") line by line"
    }
}

package struct EmojiPane: Sendable {
    package var editor = LineEditor()
    package var target: Int64
    package var selected = 0

    package init(target: Int64) { self.target = target }
}
