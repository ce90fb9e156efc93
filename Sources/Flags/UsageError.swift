/// A line that cannot be understood: what was wrong, where, and what was probably meant. Programs exit with 2.
package struct UsageError: Error, Sendable, Equatable {
    package enum Reason: Sendable, Equatable {
        case unknownCommand(String)
        case unknownOption(String)
        case unknownTopic(String)
        /// The command only groups others.
        case missingCommand([String])
        /// The option stands at the end of the line or before another option.
        case missingValue(option: String, valueName: String)
        /// A flag was given a value.
        case unexpectedValue(option: String, value: String)
        /// `complaint` starts with "must be".
        case badValue(place: String, value: String, complaint: String)
        case missingOption(String)
        case missingArgument(String)
        case unexpectedArgument(String, limit: Int)
    }

    package let reason: Reason
    /// The words of the command that was being read: `["chatctl", "channel", "ls"]`.
    package let path: [String]
    /// Names that were probably meant, the nearest first.
    package let suggestions: [String]

    package init(_ reason: Reason, path: [String], suggestions: [String] = []) {
        self.reason = reason
        self.path = path
        self.suggestions = suggestions
    }

    /// A sentence for people, without a full stop, safe to print whatever was typed.
    package var message: String {
        let command = "\"\(path.joined(separator: " "))\""
        let sentence =
            switch reason {
            case .unknownCommand(let word): "\(command) has no command \(Self.quoted(word))"
            case .unknownOption(let option): "\(command) has no option \(Self.visible(option))"
            case .unknownTopic(let word): "there is no help on \(Self.quoted(word))"
            case .missingCommand(let names): "\(command) needs a command: \(names.joined(separator: ", "))"
            case .missingValue(let option, let name): "\(option) needs a value: \(option) \(name)"
            case .unexpectedValue(let option, let value):
                "\(option) takes no value, but was given \(Self.quoted(value))"
            case .badValue(let place, let value, let complaint): "\(place) \(complaint), not \(Self.quoted(value))"
            case .missingOption(let option): "\(command) needs \(option)"
            case .missingArgument(let name): "\(command) needs \(name)"
            case .unexpectedArgument(let word, 0): "\(command) takes no arguments, but was given \(Self.quoted(word))"
            case .unexpectedArgument(let word, let limit):
                "\(command) takes \(limit == 1 ? "one argument" : "at most \(limit) arguments"); "
                    + "\(Self.quoted(word)) is one too many"
            }
        guard !suggestions.isEmpty else { return sentence }
        return sentence + "; did you mean \(suggestions.joined(separator: " or "))?"
    }

    /// Where to read on.
    package var hint: String { "see \"\(path.joined(separator: " ")) --help\"" }

    static func quoted(_ word: String) -> String { "\"\(visible(word))\"" }

    /// `word` with everything escaped that could move a cursor or hide text, at most 80 characters of it.
    private static func visible(_ word: String) -> String {
        var text = ""
        for (count, scalar) in word.unicodeScalars.enumerated() {
            if count == 80 { return text + "…" }
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
                text += scalar.escaped(asASCII: true)
            default:
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
