/// A command tree as data: parsing, help, man pages and completions all come out of these values.
///
/// `Action` is the program's own way of saying what a command does: an enum, or a one-field struct around a closure
/// (a typed-throws closure literal put straight into an array crashes the 6.3.1 compiler). Children are a closure, so
/// that a line builds only the commands on its own path; a tree of 120 commands costs a start-up nothing.
package struct Command<Action: Sendable>: Sendable {
    package let name: String
    /// One sentence, with a full stop.
    package let summary: String
    /// Paragraphs, an empty line between them; a line that starts with a space is kept as it is.
    package let discussion: String
    /// Other names that are understood, but shown only in the help.
    package let aliases: [String]
    package let examples: [Example]
    package let arguments: [Argument]
    /// Options of this command and of every command below it.
    package let options: [Option]
    /// Understood, but shown nowhere.
    package let isHidden: Bool
    /// What happens; nil for a noun that only groups verbs.
    package let action: Action?
    package let children: @Sendable () -> [Command]
    /// Parts in which help lists the children, in their order; none for a list in one piece.
    package let headings: [Heading]

    /// A part of the list of commands: it begins with this child.
    package struct Heading: Sendable {
        let title: String
        let child: String

        package init(_ title: String, from child: String) {
            self.title = title
            self.child = child
        }
    }

    package init(
        _ name: String,
        _ summary: String,
        discussion: String = "",
        aliases: [String] = [],
        examples: [Example] = [],
        arguments: [Argument] = [],
        options: [Option] = [],
        isHidden: Bool = false,
        action: Action? = nil,
        headings: [Heading] = [],
        children: @escaping @Sendable () -> [Command] = { [] }
    ) {
        self.name = name
        self.summary = summary
        self.discussion = discussion
        self.aliases = aliases
        self.examples = examples
        self.arguments = arguments
        self.options = options
        self.isHidden = isHidden
        self.action = action
        self.headings = headings
        self.children = children
    }

    /// The child that `word` names, by its name or by an alias.
    package func child(_ word: String) -> Command? {
        children().first { $0.name == word || $0.aliases.contains(word) }
    }
}

/// A line that somebody can paste, and what it does.
package struct Example: Sendable, Equatable {
    package let line: String
    package let purpose: String

    package init(_ line: String, _ purpose: String = "") {
        self.line = line
        self.purpose = purpose
    }
}
