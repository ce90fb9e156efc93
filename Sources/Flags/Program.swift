/// A whole program: its command tree, its help topics, its man pages; and what a line asks it to do.
///
/// Built in, so that every program has them and none writes them: `-h`/`--help` anywhere, `--version`, `help COMMAND…`,
/// `help TOPIC`, `completion bash|zsh|fish`, and the hidden `__complete` (asked by the completion scripts) and
/// `__manual` (asked by the build, for `man/`).
package struct Program<Action: Sendable>: Sendable {
    package let root: Command<Action>
    /// What `--version` prints, without a newline.
    package let version: String
    package let topics: @Sendable () -> [Topic]
    /// The program's own page: what the tree cannot say (files, see also, longer sections).
    package let manual: @Sendable () -> Manual
    /// Further pages, for instance of its configuration file.
    package let pages: @Sendable () -> [Manual]

    package init(
        root: Command<Action>,
        version: String,
        manual: @escaping @Sendable () -> Manual,
        pages: @escaping @Sendable () -> [Manual] = { [] },
        topics: @escaping @Sendable () -> [Topic] = { [] }
    ) {
        self.root = root
        self.version = version
        self.topics = topics
        self.manual = manual
        self.pages = pages
    }

    package var name: String { root.name }

    /// Understands a line (without the program's name). `environment` is asked only for variables that options name.
    package func parse(
        _ line: [String],
        width: Int = 80,
        environment: (String) -> String? = { _ in nil }
    ) throws(UsageError) -> Outcome<Action> {
        let resolution = Resolution(line, root)
        if let builtin = resolution.builtin {
            return try answer(builtin, line, width)
        }
        if resolution.wantsHelp {
            if let error = Parser(chain: resolution.chain).unknownCommand(line, resolution) { throw error }
            return .text(HelpText.command(resolution.chain, in: self, width: width))
        }
        if resolution.wantsVersion { return .text(version + "\n") }
        let values = try Parser(chain: resolution.chain).values(line, resolution, environment)
        let path = resolution.chain.map(\.name)
        guard let command = resolution.chain.last, let action = command.action else {
            let names = (resolution.chain.last?.children() ?? []).filter { !$0.isHidden }.map(\.name)
            throw UsageError(.missingCommand(names), path: path)
        }
        return .run(Invocation(action: action, path: path, values: values))
    }

    private func answer(_ builtin: Builtin, _ line: [String], _ width: Int) throws(UsageError) -> Outcome<Action> {
        let words = Array(line[builtin.next...])
        switch builtin.name {
        case .help:
            return .text(try HelpText.about(words.filter { !$0.hasPrefix("-") }, in: self, width: width))
        case .completion:
            if words.contains("-h") || words.contains("--help") || words.isEmpty {
                return .text(HelpText.completion(of: name))
            }
            guard words.count == 1, let shell = Shell(rawValue: words[0]) else {
                let known = Shell.allCases.map(\.rawValue)
                throw UsageError(
                    .badValue(
                        place: "SHELL",
                        value: words.count == 1 ? words[0] : words.joined(separator: " "),
                        complaint: "must be bash, zsh or fish"
                    ),
                    path: [name, "completion"],
                    suggestions: Suggestion.nearest(to: words[0], among: known)
                )
            }
            return .text(completion(for: shell))
        case .complete:
            guard words.count >= 2 else {
                throw UsageError(.missingArgument("WORD PREFIX"), path: [name, builtin.name.rawValue])
            }
            let typed = Array(words[2...])
            let typedResolution = Resolution(typed, root)
            let values = Parser(chain: typedResolution.chain).understoodValues(typed, typedResolution)
            return .complete(CompletionQuestion(list: words[0], prefix: words[1], values: values))
        case .manual:
            let all = [mdoc()] + pages().map { $0.mdoc() }
            let names = [name] + pages().map(\.name)
            guard let wanted = words.first else { return .text(all[0]) }
            guard let index = names.firstIndex(of: wanted) else {
                throw UsageError(.unknownTopic(wanted), path: [name, builtin.name.rawValue], suggestions: names)
            }
            return .text(all[index])
        }
    }
}

/// What a line asks for.
package enum Outcome<Action: Sendable>: Sendable {
    case run(Invocation<Action>)
    /// To be printed on standard output; exit 0.
    case text(String)
    /// A completion script asks: print one candidate per line (`WORD` or `WORD<TAB>description`); exit 0 whatever
    /// happens.
    case complete(CompletionQuestion)
}

/// A command with its values.
package struct Invocation<Action: Sendable>: Sendable {
    package let action: Action
    /// `["chatctl", "channel", "ls"]`, names, never aliases.
    package let path: [String]
    package let values: Values
}

/// `channels`, what has been typed of the word, and the options that stood on the line so far.
package struct CompletionQuestion: Sendable, Equatable {
    package let list: String
    package let prefix: String
    package let values: Values
}
