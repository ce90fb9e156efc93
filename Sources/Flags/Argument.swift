/// A word that a command takes by its position.
package struct Argument: Sendable, Equatable {
    package enum Arity: Sendable, Equatable {
        case required
        case optional
        /// All words that are left, at least `minimum` of them. Only the last argument may be this.
        case rest(minimum: Int)
    }

    /// Upper case, as the help shows it, and the name under which `Values` answers: `CHANNEL`.
    package let name: String
    package let arity: Arity
    package let value: ValueKind
    package let summary: String

    package static func required(_ name: String, _ value: ValueKind, _ summary: String) -> Argument {
        Argument(name: name, arity: .required, value: value, summary: summary)
    }

    package static func optional(_ name: String, _ value: ValueKind, _ summary: String) -> Argument {
        Argument(name: name, arity: .optional, value: value, summary: summary)
    }

    package static func rest(
        _ name: String,
        _ value: ValueKind,
        minimum: Int = 0,
        _ summary: String
    ) -> Argument {
        Argument(name: name, arity: .rest(minimum: minimum), value: value, summary: summary)
    }

    /// The same for any text.
    package static func required(_ name: String, _ summary: String) -> Argument { .required(name, .text, summary) }

    package static func optional(_ name: String, _ summary: String) -> Argument { .optional(name, .text, summary) }

    package static func rest(_ name: String, minimum: Int = 0, _ summary: String) -> Argument {
        .rest(name, .text, minimum: minimum, summary)
    }

    /// `CHANNEL`, `[CHANNEL]`, `CHANNEL...`, `[CHANNEL...]`.
    package var usage: String {
        switch arity {
        case .required: name
        case .optional: "[\(name)]"
        case .rest(let minimum): minimum > 0 ? "\(name)..." : "[\(name)...]"
        }
    }
}
