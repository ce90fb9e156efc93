/// What is wrong with a tree itself. Every program has a test that this list is empty.
extension Program {
    package func flaws() -> [String] {
        var flaws: [String] = []
        Self.examine([root], &flaws)
        let names = topics().map(\.name)
        let children = root.children().flatMap { [$0.name] + $0.aliases }
        for name in Self.twice(names + children) {
            flaws.append("\(name): a topic or command of this name is there twice")
        }
        return flaws
    }

    private static func examine(_ chain: [Command<Action>], _ flaws: inout [String]) {
        let command = chain[chain.count - 1]
        let path = chain.map(\.name).joined(separator: " ")
        let children = command.children()
        func check(_ isFine: Bool, _ sentence: String) {
            if !isFine { flaws.append("\(path): \(sentence)") }
        }
        check(command.summary.hasSuffix("."), "the summary does not end with a full stop")
        check(command.action != nil || !children.isEmpty, "does nothing and has no commands")
        check(command.arguments.isEmpty || command.action != nil, "has arguments but does nothing")
        let above = Set(chain.dropLast().flatMap(\.options).flatMap(\.spellings))
        let own = command.options.flatMap(\.spellings)
        for name in twice(own) + own.filter(above.contains) { check(false, "\(name) is there twice") }
        for name in twice(command.arguments.map(\.name)) { check(false, "\(name) is there twice") }
        for name in twice(children.flatMap { [$0.name] + $0.aliases }) { check(false, "\(name) is there twice") }
        for heading in command.headings {
            check(
                children.contains { $0.name == heading.child },
                "a heading begins with \(heading.child), which it has not"
            )
        }
        for option in command.options { examine(option, check) }
        for (argument, next) in zip(command.arguments, command.arguments.dropFirst()) {
            if case .rest = argument.arity { check(false, "\(argument.name) leaves nothing for \(next.name)") }
            check(
                argument.arity == .required || next.arity == .optional || isOpen(next),
                "\(next.name) is required behind an optional one"
            )
        }
        for argument in command.arguments {
            check(argument.name == argument.name.uppercased(), "\(argument.name) is not in upper case")
            check(argument.summary.hasSuffix("."), "the summary of \(argument.name) does not end with a full stop")
        }
        for child in children { examine(chain + [child], &flaws) }
    }

    private static func examine(_ option: Option, _ check: (Bool, String) -> Void) {
        let name = "--\(option.name)"
        check(option.name == option.name.lowercased() && !option.name.isEmpty, "\(name) is not in lower case")
        check(option.short != "h" && option.name != "help", "\(name) takes the place of --help")
        check(option.short.map { $0.isASCII && $0.isLetter } != false, "the letter of \(name) is no letter")
        check(option.summary.hasSuffix("."), "the summary of \(name) does not end with a full stop")
        if let fallback = option.fallback, option.takesValue, let complaint = option.value.complaint(about: fallback) {
            check(false, "the default of \(name) \(complaint)")
        }
        if option.takesValue {
            check(
                option.valueName == option.valueName.uppercased() && !option.valueName.isEmpty,
                "\(name) has no value name"
            )
        }
    }

    private static func isOpen(_ argument: Argument) -> Bool { argument.arity == .rest(minimum: 0) }

    private static func twice(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { !seen.insert($0).inserted }
    }
}
