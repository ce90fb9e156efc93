/// What a line said: the values of all options and arguments, already checked against the tree.
///
/// Names are those of the tree: `output` for an option, `CHANNEL` for an argument. Asking for a name that the command
/// does not declare, or for the wrong type, is a mistake in the program and stops it.
package struct Values: Sendable, Equatable {
    /// Where a value came from. Programs with a configuration file put it between `environment` and `fallback`.
    package enum Origin: Sendable, Equatable {
        case line
        case environment
        case fallback
        case absent
    }

    struct Entry: Sendable, Equatable {
        var texts: [String] = []
        var count = 0
        var origin = Origin.absent
        let value: ValueKind
    }

    var entries: [String: Entry] = [:]

    package func origin(_ name: String) -> Origin { entry(name).origin }

    /// True when the command declares `name`.
    package func declares(_ name: String) -> Bool { entries[name] != nil }

    package func flag(_ name: String) -> Bool { entry(name).texts.last == "true" }

    /// How often a counting option was given.
    package func count(_ name: String) -> Int { entry(name).count }

    package func string(_ name: String) -> String? { entry(name).texts.last }

    /// A required argument, a required option, or an option with a default.
    package func required(_ name: String) -> String {
        guard let text = string(name) else { preconditionFailure("\(name) may be absent: ask with string(_:)") }
        return text
    }

    /// Every value of a repeated option or of the rest of the line.
    package func strings(_ name: String) -> [String] { entry(name).texts }

    /// Every value, split at commas: `--fields a,b --fields c`. Empty parts are dropped.
    package func list(_ name: String) -> [String] {
        entry(name).texts.flatMap { $0.split(separator: ",").map(String.init) }
    }

    package func int(_ name: String) -> Int? {
        let entry = entry(name)
        guard case .integer = entry.value else { preconditionFailure("\(name) is not declared as an integer") }
        return entry.texts.last.flatMap { Int($0) }
    }

    package func duration(_ name: String) -> Duration? {
        let entry = entry(name)
        guard case .duration = entry.value else { preconditionFailure("\(name) is not declared as a duration") }
        return entry.texts.last.flatMap { Duration(text: $0) }
    }

    private func entry(_ name: String) -> Entry {
        guard let entry = entries[name] else { preconditionFailure("no option or argument is called \(name)") }
        return entry
    }
}
