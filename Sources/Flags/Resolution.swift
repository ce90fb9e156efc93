/// Finds the command that a line names, before its options can be read: options may stand anywhere, and what they
/// take depends on the command.
struct Resolution<Action: Sendable> {
    /// From the root to the command.
    private(set) var chain: [Command<Action>]
    /// The positions of the words that name it.
    private(set) var path: [Int] = []
    private(set) var wantsHelp = false
    private(set) var wantsVersion = false
    private(set) var builtin: Builtin?
    private let line: [String]
    private var index = 0

    init(_ line: [String], _ root: Command<Action>) {
        self.line = line
        chain = [root]
        var isDescending = true
        while index < line.count, line[index] != "--" {
            let word = line[index]
            index += 1
            if word.hasPrefix("--") {
                long(word.dropFirst(2))
            } else if word.isOption {
                cluster(word.dropFirst())
            } else if isDescending {
                if descend(word) { continue }
                if path.isEmpty, let name = Builtin.Name(rawValue: word), name.serves(root) {
                    builtin = Builtin(name: name, next: index)
                    return
                }
                isDescending = false
            }
        }
    }

    private mutating func descend(_ word: String) -> Bool {
        guard let child = chain[chain.count - 1].child(word) else { return false }
        chain.append(child)
        path.append(index - 1)
        return true
    }

    private mutating func long(_ name: Substring) {
        if name.contains("=") { return }
        if let option = option({ $0.name == name || $0.isNegated(by: name) }) {
            if option.takesValue { index += 1 }
        } else if name == "help" {
            wantsHelp = true
        } else if name == "version" {
            wantsVersion = true
        } else {
            guess()
        }
    }

    private mutating func cluster(_ letters: Substring) {
        var rest = letters
        while let letter = rest.popFirst() {
            if let option = option({ $0.short == letter }) {
                guard option.takesValue else { continue }
                if rest.isEmpty { index += 1 }
                return
            }
            if letter == "h" {
                wantsHelp = true
            } else {
                if rest.isEmpty { guess() }
                return
            }
        }
    }

    private func option(_ matches: (Option) -> Bool) -> Option? {
        for command in chain.reversed() {
            if let option = command.options.first(where: matches) { return option }
        }
        return nil
    }

    /// An option of a command that is still to come: the next word is its value, unless it leads on to a command.
    private mutating func guess() {
        guard index < line.count, !line[index].isOption, line[index] != "--" else { return }
        let here = chain[chain.count - 1]
        if !here.children().isEmpty, here.child(line[index]) == nil { index += 1 }
    }
}

/// A command that every program has.
struct Builtin {
    enum Name: String {
        case help
        case completion
        case complete = "__complete"
        case manual = "__manual"

        /// A program without commands takes `help` and `completion` for arguments of its own, if it has any.
        func serves<Action>(_ root: Command<Action>) -> Bool {
            switch self {
            case .complete, .manual: true
            case .help, .completion: root.arguments.isEmpty
            }
        }
    }

    let name: Name
    /// The position of the word behind it.
    let next: Int
}

extension String {
    /// `-x`, but neither `-` (standard input) nor a negative number.
    var isOption: Bool {
        guard utf8.first == UInt8(ascii: "-"), utf8.count > 1 else { return false }
        return !utf8.dropFirst().allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: ".")
        }
    }
}

extension Option {
    func isNegated(by name: Substring) -> Bool {
        kind == .flag(negatable: true) && name.hasPrefix("no-") && name.dropFirst(3) == self.name
    }
}
