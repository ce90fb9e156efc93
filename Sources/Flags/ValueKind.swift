/// What a value must look like, and what completion offers for it.
package enum ValueKind: Sendable, Equatable {
    case text
    case file
    case directory
    /// One of these words.
    case choice([String])
    /// A whole number within limits.
    case integer(ClosedRange<Int>)
    /// `250ms`, `30s`, `5m`, `2h`, `7d` within limits.
    case duration(ClosedRange<Duration>)
    /// Any word; completion asks the running program for this list: `channels`.
    case dynamic(String)

    /// What is wrong with `text`, as the end of a sentence: "must be …". Nil when it is fine.
    package func complaint(about text: String) -> String? {
        switch self {
        case .text, .file, .directory, .dynamic:
            nil
        case .choice(let words):
            words.contains(text) ? nil : "must be \(Self.either(words))"
        case .integer(let range):
            Int(text).map(range.contains) == true ? nil : "must be a whole number\(Self.limits(range))"
        case .duration(let range):
            Duration(text: text).map(range.contains) == true
                ? nil
                : "must be a duration such as 30s, 5m or 2h, from \(range.lowerBound.text) to \(range.upperBound.text)"
        }
    }

    /// The limits of a number, in the words of the help and of the errors.
    static func limits(_ range: ClosedRange<Int>) -> String {
        switch (range.lowerBound, range.upperBound) {
        case (.min, .max): ""
        case (let low, .max): ", \(low) or more"
        case (.min, let high): ", \(high) or less"
        case (let low, let high): " from \(low) to \(high)"
        }
    }

    private static func either(_ words: [String]) -> String {
        switch words.count {
        case 0: "nothing"
        case 1: words[0]
        default: words.dropLast().joined(separator: ", ") + " or " + words[words.count - 1]
        }
    }
}
