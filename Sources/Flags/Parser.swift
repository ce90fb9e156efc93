/// Reads the options and arguments of a line whose command is known.
struct Parser<Action: Sendable> {
    private let chain: [Command<Action>]
    /// All options that the command understands; its own win over those it inherits.
    private let options: [Option]
    private var values = Values()
    private var words: [String] = []

    init(chain: [Command<Action>]) {
        self.chain = chain
        var options: [Option] = []
        for command in chain.reversed() {
            for option in command.options where !options.contains(where: { $0.name == option.name }) {
                options.append(option)
            }
        }
        self.options = options
        for option in options { values.entries[option.name] = Values.Entry(value: option.value) }
        for argument in chain[chain.count - 1].arguments {
            values.entries[argument.name] = Values.Entry(value: argument.value)
        }
    }

    /// Everything the line says, or what is wrong with it.
    consuming func values(
        _ line: [String],
        _ resolution: Resolution<Action>,
        _ environment: (String) -> String?
    ) throws(UsageError) -> Values {
        var parser = self
        let isCommand = parser.chain[parser.chain.count - 1].action != nil
        // A command that is missing is a more useful complaint than the options it would have, or need.
        do throws(UsageError) {
            try parser.read(line, resolution) { error throws(UsageError) in throw error }
        } catch {
            guard !isCommand, let word = parser.words.first else { throw error }
            throw parser.unknownCommand(word, in: parser.chain)
        }
        guard isCommand else {
            if let word = parser.words.first { throw parser.unknownCommand(word, in: parser.chain) }
            return parser.values
        }
        try parser.bindArguments()
        try parser.fill(environment)
        try parser.check()
        return parser.values
    }

    /// What can be understood of a line that is still being typed.
    consuming func understoodValues(_ line: [String], _ resolution: Resolution<Action>) -> Values {
        var parser = self
        try? parser.read(line, resolution) { _ in }
        try? parser.bindArguments()
        try? parser.fill { _ in nil }
        return parser.values
    }

    /// What stands where a command should on a line that asks for help: the page of another one answers nobody.
    consuming func unknownCommand(_ line: [String], _ resolution: Resolution<Action>) -> UsageError? {
        var parser = self
        // No further than what is understood: a word behind an unknown option may be that option's value.
        try? parser.read(line, resolution) { error throws(UsageError) in throw error }
        guard parser.chain[parser.chain.count - 1].action == nil, let word = parser.words.first else { return nil }
        return parser.unknownCommand(word, in: parser.chain)
    }

    private var path: [String] { chain.map(\.name) }

    private mutating func read(
        _ line: [String],
        _ resolution: Resolution<Action>,
        refuse: (UsageError) throws(UsageError) -> Void
    ) throws(UsageError) {
        var index = 0
        let lastOfPath = resolution.path.last ?? -1
        while index < line.count {
            let word = line[index]
            index += 1
            if resolution.path.contains(index - 1) { continue }
            if word == "--" {
                words += line[index...]
                break
            }
            do throws(UsageError) {
                let next = index < line.count && !resolution.path.contains(index) ? line[index] : nil
                if word.hasPrefix("--") {
                    if try long(word.dropFirst(2), next) { index += 1 }
                } else if word.isOption {
                    if try cluster(word.dropFirst(), next) { index += 1 }
                } else if index - 1 < lastOfPath {
                    throw unknownCommand(word, in: Array(chain.prefix(1 + resolution.path.count { $0 < index - 1 })))
                } else {
                    words.append(word)
                }
            } catch {
                try refuse(error)
            }
        }
    }

    /// Reads `--name`, `--name=value`, `--no-name`; true when it took the next word.
    private mutating func long(_ text: Substring, _ next: String?) throws(UsageError) -> Bool {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let (name, value) = (parts[0], parts.count > 1 ? String(parts[1]) : nil)
        if let option = options.first(where: { $0.name == name }) {
            return try set(option, "--\(name)", value, next)
        }
        if let option = options.first(where: { $0.isNegated(by: name) }) {
            if let value { throw error(.unexpectedValue(option: "--\(name)", value: value)) }
            put("false", in: option)
            return false
        }
        let names = options.filter { !$0.isHidden }.flatMap { $0.spellings.filter { $0.hasPrefix("--") } }
        throw error(.unknownOption("--\(name)"), Suggestion.nearest(to: "--\(name)", among: names + ["--help"]))
    }

    /// Reads `-abc`, `-ofoo`, `-o=foo`, `-o foo`; true when it took the next word.
    private mutating func cluster(_ letters: Substring, _ next: String?) throws(UsageError) -> Bool {
        // `-output` is a mistake that people make; read as `-o utput` it would only puzzle them.
        let word = letters.prefix { $0 != "=" }
        if word.utf8.count > 2, let long = options.first(where: { !$0.isHidden && $0.name == word }) {
            throw error(.unknownOption("-\(word)"), ["--\(long.name)"])
        }
        var rest = letters
        while let letter = rest.popFirst() {
            guard let option = options.first(where: { $0.short == letter }) else {
                throw error(.unknownOption("-\(letter)"))
            }
            guard option.takesValue else {
                if rest.first == "=" {
                    throw error(.unexpectedValue(option: "-\(letter)", value: String(rest.dropFirst())))
                }
                _ = try set(option, "-\(letter)", nil, nil)
                continue
            }
            let value = rest.first == "=" ? rest.dropFirst() : rest
            return try set(option, "-\(letter)", rest.isEmpty ? nil : String(value), next)
        }
        return false
    }

    private mutating func set(
        _ option: Option,
        _ spelling: String,
        _ value: String?,
        _ next: String?
    ) throws(UsageError) -> Bool {
        guard option.takesValue else {
            if let value { throw error(.unexpectedValue(option: spelling, value: value)) }
            put("true", in: option)
            return false
        }
        if let value {
            put(value, in: option)
            return false
        }
        // `--name --all` is a forgotten value far more often than the value "--all", which can be written
        // `--name=--all`.
        guard let next, !next.isOption, next != "--" else {
            throw error(.missingValue(option: spelling, valueName: option.valueName))
        }
        put(next, in: option)
        return true
    }

    private mutating func put(_ text: String, in option: Option) {
        var entry = values.entries[option.name] ?? Values.Entry(value: option.value)
        entry.origin = .line
        entry.count += 1
        if option.kind == .repeated { entry.texts.append(text) } else { entry.texts = [text] }
        values.entries[option.name] = entry
    }

    private mutating func bindArguments() throws(UsageError) {
        let command = chain[chain.count - 1]
        var rest = words[...]
        for argument in command.arguments {
            var texts: [String] = []
            switch argument.arity {
            case .required, .optional:
                if let word = rest.popFirst() { texts = [word] }
                if texts.isEmpty, argument.arity == .required { throw error(.missingArgument(argument.name)) }
            case .rest(let minimum):
                texts = Array(rest)
                rest = []
                if texts.count < minimum { throw error(.missingArgument(argument.usage)) }
            }
            guard !texts.isEmpty else { continue }
            values.entries[argument.name]?.texts = texts
            values.entries[argument.name]?.origin = .line
        }
        guard let word = rest.first else { return }
        if command.arguments.isEmpty, !command.children().isEmpty { throw unknownCommand(word, in: chain) }
        throw error(.unexpectedArgument(word, limit: command.arguments.count))
    }

    /// Precedence: the line, then the environment, then the default. An empty variable counts as none.
    private mutating func fill(_ environment: (String) -> String?) throws(UsageError) {
        for option in options where values.entries[option.name]?.origin == .absent {
            if let variable = option.environment, let text = environment(variable), !text.isEmpty {
                let meaning = try environmentText(text, variable, option)
                values.entries[option.name]?.texts = [meaning]
                values.entries[option.name]?.origin = .environment
            } else if let fallback = option.fallback {
                values.entries[option.name]?.texts = [fallback]
                values.entries[option.name]?.origin = .fallback
            } else if option.isRequired {
                throw error(.missingOption("--\(option.name) \(option.valueName)"))
            }
        }
    }

    private func environmentText(
        _ text: String,
        _ variable: String,
        _ option: Option
    ) throws(UsageError) -> String {
        guard !option.takesValue else { return text }
        switch text.lowercased() {
        case "1", "true", "yes", "on": return "true"
        case "0", "false", "no", "off": return "false"
        default:
            throw error(.badValue(place: variable, value: text, complaint: "must be true or false"))
        }
    }

    private func check() throws(UsageError) {
        for option in options where option.takesValue {
            guard let entry = values.entries[option.name], entry.origin != .fallback else { continue }
            try check(entry, entry.origin == .environment ? option.environment ?? "" : "--\(option.name)")
        }
        for argument in chain[chain.count - 1].arguments {
            if let entry = values.entries[argument.name] { try check(entry, argument.name) }
        }
    }

    private func check(_ entry: Values.Entry, _ place: String) throws(UsageError) {
        for text in entry.texts {
            guard let complaint = entry.value.complaint(about: text) else { continue }
            var near: [String] = []
            if case .choice(let words) = entry.value { near = Suggestion.nearest(to: text, among: words) }
            throw error(.badValue(place: place, value: text, complaint: complaint), near)
        }
    }

    private func error(_ reason: UsageError.Reason, _ suggestions: [String] = []) -> UsageError {
        UsageError(reason, path: path, suggestions: suggestions)
    }

    private func unknownCommand(_ word: String, in chain: [Command<Action>]) -> UsageError {
        let children = chain.last?.children() ?? []
        let names = children.filter { !$0.isHidden }.flatMap { [$0.name] + $0.aliases }
        return UsageError(
            .unknownCommand(word),
            path: chain.map(\.name),
            suggestions: Suggestion.nearest(to: word, among: names)
        )
    }
}
