/// The tree flattened for the completion scripts: one row per command, the same for every shell.
struct CompletionTable {
    struct Row {
        /// `chatctl channel ls`, names, not aliases.
        let path: String
        /// How a child is called → its name.
        var names: [(word: String, name: String)] = []
        var children: [(name: String, summary: String)] = []
        /// Options of this command, without those it inherits.
        var options: [(spelling: String, summary: String)] = []
        /// Options that take a value → what it looks like.
        var values: [(spelling: String, kind: String)] = []
        var arguments: [String] = []
        /// What all further arguments look like.
        var rest = ""
    }

    private(set) var rows: [Row] = []

    init<Action>(_ program: Program<Action>) {
        visit(program.root, path: program.name)
        rows[0].options += [("--help", "Help."), ("-h", "Help."), ("--version", "Version and commit.")]
        if Builtin.Name.help.serves(program.root) {
            let commands = rows[0].children.map(\.name)
            let topics = program.topics().map(\.name)
            rows[0].children += [("help", "Help on a command or a topic."), ("completion", "A script for the shell.")]
            rows[0].names += [("help", "help"), ("completion", "completion")]
            var help = Row(path: "\(program.name) help")
            help.arguments = ["choice " + (commands + topics).joined(separator: " ")]
            var completion = Row(path: "\(program.name) completion")
            completion.arguments = ["choice " + Shell.allCases.map(\.rawValue).joined(separator: " ")]
            rows += [help, completion]
        }
    }

    private mutating func visit<Action>(_ command: Command<Action>, path: String) {
        var row = Row(path: path)
        for option in command.options where !option.isHidden {
            for spelling in option.spellings {
                row.options.append((spelling, option.summary))
                if option.takesValue { row.values.append((spelling, Self.kind(option.value))) }
            }
        }
        for argument in command.arguments {
            if case .rest = argument.arity {
                row.rest = Self.kind(argument.value)
            } else {
                row.arguments.append(Self.kind(argument.value))
            }
        }
        let children = command.children()
        for child in children {
            // Hidden commands are not offered, but what follows them is.
            for word in [child.name] + child.aliases { row.names.append((word, child.name)) }
            if !child.isHidden { row.children.append((child.name, child.summary)) }
        }
        rows.append(row)
        for child in children { visit(child, path: "\(path) \(child.name)") }
    }

    /// `text`, `file`, `directory`, `choice A B C`, `dynamic channels`.
    private static func kind(_ value: ValueKind) -> String {
        switch value {
        case .text, .integer, .duration: "text"
        case .file: "file"
        case .directory: "directory"
        case .choice(let words): "choice " + words.joined(separator: " ")
        case .dynamic(let list): "dynamic " + list
        }
    }

    /// The program's name as part of a shell function's name.
    static func identifier(_ program: String) -> String {
        String(program.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    /// A word in single quotes, as bash and zsh read it.
    static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}

/// The shells that completion speaks.
package enum Shell: String, Sendable, CaseIterable {
    case bash
    case zsh
    case fish
}

extension Program {
    /// The completion script for a shell. What only the running program knows it asks for with `__complete LIST
    /// PREFIX WORD…`.
    package func completion(for shell: Shell) -> String {
        let table = CompletionTable(self)
        return switch shell {
        case .bash: BashCompletion.script(name, table)
        case .zsh: ZshCompletion.script(name, table)
        case .fish: FishCompletion.script(name, table)
        }
    }
}
