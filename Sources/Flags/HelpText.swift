/// Help: what it does in one sentence, examples, then usage, arguments, options and commands.
enum HelpText {
    static func command<Action>(_ chain: [Command<Action>], in program: Program<Action>, width: Int) -> String {
        guard let command = chain.last else { return "" }
        let path = chain.map(\.name).joined(separator: " ")
        var parts = [Wrapping.indented(command.summary, by: 0, width: width)]
        if !command.examples.isEmpty { parts.append("Examples:\n" + examples(command.examples, width)) }
        parts.append(usage(command, path, hasOptions: chain.contains { !$0.options.isEmpty }, width))
        if !command.discussion.isEmpty { parts.append(Wrapping.indented(command.discussion, by: 0, width: width)) }
        if !command.arguments.isEmpty {
            let rows = command.arguments.map { Definition($0.name, description($0)) }
            parts.append("Arguments:\n" + Wrapping.columns(rows, width: width))
        }
        parts += commands(command, width)
        parts += options(chain, width)
        if chain.count == 1 { parts += topics(program, width) }
        if !command.aliases.isEmpty { parts.append("Also called: \(command.aliases.joined(separator: ", "))\n") }
        return parts.joined(separator: "\n")
    }

    /// `help`, `help COMMAND…`, `help TOPIC`.
    static func about<Action>(
        _ words: [String],
        in program: Program<Action>,
        width: Int
    ) throws(UsageError) -> String {
        if words.count == 1, let topic = program.topics().first(where: { $0.name == words[0] }) {
            return topic.summary + "\n\n" + blocks(topic.blocks, width)
        }
        var chain = [program.root]
        for word in words {
            guard let child = chain[chain.count - 1].child(word) else {
                var names = chain[chain.count - 1].children().filter { !$0.isHidden }.map(\.name)
                if chain.count == 1 { names += program.topics().map(\.name) }
                throw UsageError(
                    .unknownTopic(words.joined(separator: " ")),
                    path: [program.name],
                    suggestions: Suggestion.nearest(to: word, among: names)
                )
            }
            chain.append(child)
        }
        return command(chain, in: program, width: width)
    }

    static func completion(of program: String) -> String {
        """
        Print a script that teaches a shell to complete the words of \(program).

        Examples:
          source <(\(program) completion bash)
              For this shell only.
          \(program) completion bash > ~/.local/share/bash-completion/completions/\(program)
              For every bash from now on.
          \(program) completion zsh > "${fpath[1]}/_\(program)"
          \(program) completion fish > ~/.config/fish/completions/\(program).fish

        Usage: \(program) completion bash|zsh|fish

        """
    }

    static func blocks(_ blocks: [Block], _ width: Int) -> String {
        blocks.map { block in
            switch block {
            case .paragraph(let text): Wrapping.indented(text.filter { $0 != "`" }, by: 0, width: width)
            case .definitions(let rows):
                Wrapping.columns(rows.map { Definition($0.term, $0.text.filter { $0 != "`" }) }, width: width)
            case .code(let text):
                text.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)\n" }.joined()
            }
        }
        .joined(separator: "\n")
    }

    /// Summary, limits, default and variable of an option in one paragraph.
    static func description(_ option: Option) -> String {
        var notes: [String] = []
        if let fallback = option.fallback, option.takesValue { notes.append("default: \(fallback)") }
        if option.kind == .flag(negatable: true), option.fallback == "true" { notes.append("default: on") }
        if option.kind == .repeated { notes.append("repeatable") }
        if option.isRequired { notes.append("required") }
        if let variable = option.environment { notes.append("environment: \(variable)") }
        let limits = description(option.value)
        return option.summary + (limits.isEmpty ? "" : " " + limits)
            + (notes.isEmpty ? "" : " [\(notes.joined(separator: "; "))]")
    }

    static func description(_ argument: Argument) -> String {
        let limits = description(argument.value)
        return argument.summary + (limits.isEmpty ? "" : " " + limits)
    }

    /// `-o, --output FORMAT`; options without a letter line up with those that have one.
    static func term(_ option: Option) -> String {
        let letter = option.short.map { "-\($0), " } ?? "    "
        let name = option.kind == .flag(negatable: true) ? "--[no-]\(option.name)" : "--\(option.name)"
        return letter + name + (option.takesValue ? " \(option.valueName)" : "")
    }

    private static func description(_ value: ValueKind) -> String {
        switch value {
        case .text, .file, .directory, .dynamic: ""
        case .choice(let words): "One of \(words.joined(separator: ", "))."
        case .integer(let range):
            range == .min ... .max ? "" : "A number" + ValueKind.limits(range) + "."
        case .duration(let range): "From \(range.lowerBound.text) to \(range.upperBound.text)."
        }
    }

    private static func examples(_ examples: [Example], _ width: Int) -> String {
        examples.map { example in
            "  \(example.line)\n"
                + (example.purpose.isEmpty ? "" : Wrapping.indented(example.purpose, by: 6, width: width))
        }
        .joined()
    }

    private static func usage<Action>(
        _ command: Command<Action>,
        _ path: String,
        hasOptions: Bool,
        _ width: Int
    ) -> String {
        var words = hasOptions ? ["[OPTION...]"] : []
        words += command.arguments.map(\.usage)
        let hasChildren = command.children().contains { !$0.isHidden }
        var forms: [String] = []
        if command.action != nil { forms.append(([path] + words).joined(separator: " ")) }
        if hasChildren { forms.append("\(path) COMMAND [...]") }
        return forms.enumerated().map { ($0 == 0 ? "Usage: " : "       ") + $1 + "\n" }.joined()
    }

    /// Under their headings; all of them in the same two columns.
    private static func commands<Action>(_ command: Command<Action>, _ width: Int) -> [String] {
        let rows = command.children().filter { !$0.isHidden }.map { Definition($0.name, $0.summary) }
        guard !rows.isEmpty else { return [] }
        let longest = rows.map { $0.term.count }.max() ?? 0
        var parts: [(title: String, rows: [Definition])] = []
        for row in rows {
            let heading = command.headings.first { $0.child == row.term }
            if parts.isEmpty || heading != nil { parts.append((heading?.title ?? "Commands", [])) }
            parts[parts.count - 1].rows.append(row)
        }
        return parts.map { "\($0.title):\n" + Wrapping.columns($0.rows, width: width, term: longest) }
    }

    private static func options<Action>(_ chain: [Command<Action>], _ width: Int) -> [String] {
        guard let command = chain.last else { return [] }
        let help = Definition("-h, --help", "This text.")
        let own = command.options.filter { !$0.isHidden }
        // What the line can also say, because a command above offers it.
        let inherited = chain.dropLast().reversed().flatMap(\.options)
            .filter { option in !option.isHidden && !command.options.contains { $0.name == option.name } }
        let rows = { (options: [Option]) in options.map { Definition(term($0), description($0)) } }
        var parts: [String] = []
        if chain.count == 1 {
            let version = Definition("    --version", "Version and commit.")
            parts.append("Options:\n" + Wrapping.columns(rows(own) + [help, version], width: width))
        } else {
            if !own.isEmpty { parts.append("Options:\n" + Wrapping.columns(rows(own), width: width)) }
            parts.append("Global options:\n" + Wrapping.columns(rows(inherited) + [help], width: width))
        }
        return parts
    }

    private static func topics<Action>(_ program: Program<Action>, _ width: Int) -> [String] {
        let topics = program.topics()
        guard !topics.isEmpty else { return [] }
        let rows = topics.map { Definition($0.name, $0.summary) }
        return ["Topics (\(program.name) help TOPIC):\n" + Wrapping.columns(rows, width: width)]
    }
}
