import Flags

/// What a command does: the operations of the API that it makes reachable, and the closure that calls them.
package struct Action: Sendable {
    /// Names as in ChatAPI: `channels.list`. A test holds that every operation is named by some command.
    package let operations: [String]
    let body: @Sendable (Run) async throws -> Void

    init(_ operations: String..., body: @escaping @Sendable (Run) async throws -> Void) {
        self.operations = operations
        self.body = body
    }
}

/// Options that many commands share, each said in one place.
enum Options {
    /// On everything that changes something.
    static let change: [Option] = [
        .flag("dry-run", "Says what would happen and leaves no trace; the daemon checks everything."),
        .value(
            "idempotency-key",
            "KEY",
            "A repeat with the same key is answered with the first answer, for 24 hours."
        ),
    ]

    static let ifMatch = Option.value(
        "if-match",
        "VERSION",
        "Only if this is still the newest version (its field `version`); exit code 6 otherwise."
    )

    static let yes = Option.flag("yes", short: "y", "Does not ask.")

    static func confirm(_ what: String) -> Option {
        .value("confirm", "NAME", "The \(what)'s name again, instead of being asked for it.")
    }

    static let limit = Option.value(
        "limit",
        short: "n",
        "N",
        .integer(1...10_000_000),
        "At most so many; without it, all."
    )

    static func file(_ what: String) -> Option {
        .value("file", short: "f", "FILE", .file, "Reads \(what) from a file, one a line; - is standard input.")
    }

    static let follow = Option.flag("follow", short: "f", "Goes on with what happens from now on, until Ctrl-C.")

    static let since = Option.value(
        "since",
        "WHEN",
        "From this time on: 2h (ago), 2026-05-01, 2026-05-01T12:00, with Z or +02:00 if not local."
    )

    static func password(_ whose: String) -> Option {
        .value("password-file", "FILE", .file, "A file whose first line is \(whose); - is standard input.")
    }
}

enum Arguments {
    static let channel = Argument.required("CHANNEL", .dynamic("channels"), "A channel, by name or id.")
    static let account = Argument.required("NAME", .dynamic("users"), "An account, by name or id.")
    static let message = Argument.required("MESSAGE", "A message: general/812, its channel and its number.")

    static func accounts(_ minimum: Int) -> Argument {
        .rest("NAME", .dynamic("users"), minimum: minimum, "Accounts, by name or id.")
    }

    static func channels(_ minimum: Int) -> Argument {
        .rest("CHANNEL", .dynamic("channels"), minimum: minimum, "Channels, by name or id.")
    }

    static let text = Argument.rest("TEXT", minimum: 1, "The text; - reads it from standard input.")
}
