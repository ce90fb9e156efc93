/// The man page of a program: its tree, its topics and what `Program.manual` adds.
extension Program {
    package func mdoc() -> String {
        var synopsis = Roff()
        synopsis.macro("Nm", name)
        synopsis.raw(".Op Ar OPTION...")
        for argument in root.arguments { synopsis.raw(Self.placeholder(argument)) }
        if !root.children().isEmpty {
            synopsis.macro("Nm", name)
            synopsis.raw(".Ar COMMAND")
            synopsis.raw(".Op Ar OPTION...")
        }
        var description = Roff()
        description.prose(root.summary)
        if !root.discussion.isEmpty { description.prose(root.discussion) }
        let arguments = root.arguments.map { (Roff.arguments("Ar", $0.name), HelpText.description($0)) }
        description.definitions(arguments)
        var options = Roff()
        options.definitions(
            Self.rows(root.options)
                + [
                    ("Fl h , Fl \\-help", "Help on the command that the line names."),
                    ("Fl \\-version", "Version and commit."),
                ]
        )
        var commands = Roff()
        for child in root.children() where !child.isHidden { Self.describe(child, [name], in: &commands) }
        var environment = Roff()
        environment.definitions(Self.variables(of: root, name))
        var examples = Roff()
        for example in root.examples {
            if !example.purpose.isEmpty { examples.prose(example.purpose) }
            examples.literal([example.line])
        }
        var generated: [(title: String, body: Roff)] = [
            ("SYNOPSIS", synopsis), ("DESCRIPTION", description), ("OPTIONS", options), ("COMMANDS", commands),
            ("ENVIRONMENT", environment), ("EXAMPLES", examples),
        ]
        for topic in topics() {
            guard let title = topic.section?.uppercased() else { continue }
            if let index = generated.firstIndex(where: { $0.title == title }) {
                generated[index].body.blocks(topic.blocks)
            } else {
                var body = Roff()
                body.blocks(topic.blocks)
                generated.append((title, body))
            }
        }
        return manual().mdoc(generated: generated)
    }

    private static func describe(_ command: Command<Action>, _ above: [String], in roff: inout Roff) {
        let path = above + [command.name]
        let children = command.children().filter { !$0.isHidden }
        if command.action != nil || children.isEmpty {
            let words = path.dropFirst() + command.arguments.map(\.usage)
            roff.subsection(words.joined(separator: " "))
            roff.prose(command.summary)
            if !command.discussion.isEmpty { roff.prose(command.discussion) }
            roff.definitions(
                command.arguments.map { (Roff.arguments("Ar", $0.name), HelpText.description($0)) }
                    + rows(command.options)
            )
            if !command.examples.isEmpty {
                roff.literal(command.examples.flatMap { ($0.purpose.isEmpty ? [] : ["# \($0.purpose)"]) + [$0.line] })
            }
        } else if !command.options.isEmpty {
            roff.subsection(path.dropFirst().joined(separator: " "))
            roff.prose(command.summary)
            roff.definitions(rows(command.options))
        }
        for child in children { describe(child, path, in: &roff) }
    }

    private static func rows(_ options: [Option]) -> [(term: String, text: String)] {
        options.filter { !$0.isHidden }.map { option in
            var term = option.short.map { "Fl \($0) , " } ?? ""
            term += "Fl \\-\(Roff.escaped(option.name, literal: true))"
            if option.kind == .flag(negatable: true) {
                term += " , Fl \\-no\\-\(Roff.escaped(option.name, literal: true))"
            }
            if option.takesValue { term += " Ar \(Roff.argument(option.valueName))" }
            return (term, HelpText.description(option))
        }
    }

    private static func placeholder(_ argument: Argument) -> String {
        switch argument.arity {
        case .required: ".Ar \(Roff.argument(argument.name))"
        case .optional: ".Op Ar \(Roff.argument(argument.name))"
        case .rest(let minimum):
            minimum > 0
                ? ".Ar \(Roff.argument(argument.name + "..."))" : ".Op Ar \(Roff.argument(argument.name + "..."))"
        }
    }

    /// Every variable that an option of the tree reads, once, in the order of the tree.
    private static func variables(of root: Command<Action>, _ name: String) -> [(term: String, text: String)] {
        var seen: Set<String> = []
        var rows: [(term: String, text: String)] = []
        func visit(_ command: Command<Action>) {
            for option in command.options where !option.isHidden {
                guard let variable = option.environment, seen.insert(variable).inserted else { continue }
                rows.append(
                    (Roff.arguments("Ev", variable), "Stands for `--\(option.name)` where the line does not say it.")
                )
            }
            for child in command.children() where !child.isHidden { visit(child) }
        }
        visit(root)
        return rows
    }
}
