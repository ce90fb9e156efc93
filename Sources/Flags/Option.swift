/// One option of a command: how it is written, what it takes, where else its value may come from.
package struct Option: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// Present or not. A negatable flag is also written `--no-NAME`.
        case flag(negatable: Bool)
        /// One value; given twice, the last one counts, so that an alias of the shell can be overridden.
        case value
        /// A value each time it is given.
        case repeated
        /// Counts how often it is given: `-vv`.
        case count
    }

    /// The long name without dashes; the name under which `Values` answers.
    package let name: String
    package let short: Character?
    package let kind: Kind
    /// What the value is called in the help: `FILE`.
    package let valueName: String
    package let value: ValueKind
    package let summary: String
    /// The text that counts when neither the line nor the environment says anything.
    package let fallback: String?
    /// The environment variable that counts when the line says nothing.
    package let environment: String?
    package let isRequired: Bool
    package let isHidden: Bool

    package static func flag(
        _ name: String,
        short: Character? = nil,
        _ summary: String,
        negatable: Bool = false,
        default fallback: Bool = false,
        environment: String? = nil,
        isHidden: Bool = false
    ) -> Option {
        Option(
            name: name,
            short: short,
            kind: .flag(negatable: negatable),
            valueName: "",
            value: .text,
            summary: summary,
            fallback: fallback ? "true" : nil,
            environment: environment,
            isRequired: false,
            isHidden: isHidden
        )
    }

    package static func value(
        _ name: String,
        short: Character? = nil,
        _ valueName: String,
        _ value: ValueKind,
        _ summary: String,
        default fallback: String? = nil,
        environment: String? = nil,
        isRequired: Bool = false,
        isHidden: Bool = false
    ) -> Option {
        Option(
            name: name,
            short: short,
            kind: .value,
            valueName: valueName,
            value: value,
            summary: summary,
            fallback: fallback,
            environment: environment,
            isRequired: isRequired,
            isHidden: isHidden
        )
    }

    package static func repeated(
        _ name: String,
        short: Character? = nil,
        _ valueName: String,
        _ value: ValueKind,
        _ summary: String,
        environment: String? = nil,
        isRequired: Bool = false,
        isHidden: Bool = false
    ) -> Option {
        Option(
            name: name,
            short: short,
            kind: .repeated,
            valueName: valueName,
            value: value,
            summary: summary,
            fallback: nil,
            environment: environment,
            isRequired: isRequired,
            isHidden: isHidden
        )
    }

    package static func count(
        _ name: String,
        short: Character? = nil,
        _ summary: String,
        isHidden: Bool = false
    ) -> Option {
        Option(
            name: name,
            short: short,
            kind: .count,
            valueName: "",
            value: .text,
            summary: summary,
            fallback: nil,
            environment: nil,
            isRequired: false,
            isHidden: isHidden
        )
    }

    /// An option that takes any text.
    package static func value(
        _ name: String,
        short: Character? = nil,
        _ valueName: String,
        _ summary: String,
        default fallback: String? = nil,
        environment: String? = nil,
        isRequired: Bool = false,
        isHidden: Bool = false
    ) -> Option {
        .value(
            name,
            short: short,
            valueName,
            .text,
            summary,
            default: fallback,
            environment: environment,
            isRequired: isRequired,
            isHidden: isHidden
        )
    }

    /// A repeated option that takes any text.
    package static func repeated(
        _ name: String,
        short: Character? = nil,
        _ valueName: String,
        _ summary: String,
        environment: String? = nil,
        isRequired: Bool = false,
        isHidden: Bool = false
    ) -> Option {
        .repeated(
            name,
            short: short,
            valueName,
            .text,
            summary,
            environment: environment,
            isRequired: isRequired,
            isHidden: isHidden
        )
    }

    package var takesValue: Bool { kind == .value || kind == .repeated }

    /// `-o`, `--output`, `--no-color`: every way to write it.
    package var spellings: [String] {
        var all: [String] = []
        if let short { all.append("-\(short)") }
        all.append("--\(name)")
        if kind == .flag(negatable: true) { all.append("--no-\(name)") }
        return all
    }
}
