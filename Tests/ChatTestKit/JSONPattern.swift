package import ChatAPI

/// A JSON value with blanks: what a transcript expects.
///
/// An object in the pattern asks for its members and lets others be. `"$name"` is any value the first time and the same
/// value ever after; a bound `$name` may also stand inside a text. `"*"` is anything; `"!"` says that a member is absent.
package struct JSONPattern {
    /// What is known so far.
    package var bindings: [String: JSON]

    package init(_ bindings: [String: JSON] = [:]) { self.bindings = bindings }

    /// Nil if the value fits; else where it does not, and how.
    package mutating func mismatch(_ value: JSON?, _ pattern: JSON, at path: String = "") -> String? {
        if pattern == "*" { return value == nil ? "\(path) is absent" : nil }
        if pattern == "!" { return value == nil ? nil : "\(path) should be absent and is \(Self.text(value))" }
        guard let value else { return "\(path) is absent" }
        switch (pattern, value) {
        case (.object(let wanted), .object(let members)):
            for name in wanted.keys.sorted() {
                guard let inner = wanted[name] else { continue }
                if let mismatch = mismatch(members[name], inner, at: path + "/" + name) { return mismatch }
            }
            return nil
        case (.array(let wanted), .array(let items)):
            guard wanted.count == items.count else {
                return "\(path) has \(items.count) items instead of \(wanted.count): \(Self.text(value))"
            }
            for (index, pair) in zip(wanted, items).enumerated() {
                if let mismatch = mismatch(pair.1, pair.0, at: "\(path)/\(index)") { return mismatch }
            }
            return nil
        case (.string(let text), _):
            if text.hasPrefix("$"), bindings[String(text.dropFirst())] == nil {
                bindings[String(text.dropFirst())] = value
                return nil
            }
            let wanted = filled(pattern)
            return wanted == value ? nil : "\(path) is \(Self.text(value)) instead of \(Self.text(wanted))"
        default:
            return pattern == value ? nil : "\(path) is \(Self.text(value)) instead of \(Self.text(pattern))"
        }
    }

    /// The same with every known `$name` replaced by its value.
    package func filled(_ pattern: JSON) -> JSON {
        switch pattern {
        case .string(let text):
            if text.hasPrefix("$"), let bound = bindings[String(text.dropFirst())] { return bound }
            return .string(filled(text))
        case .array(let items): return .array(items.map(filled))
        case .object(let members):
            return .object(
                Dictionary(uniqueKeysWithValues: members.map { (filled($0.key), filled($0.value)) })
            )
        default: return pattern
        }
    }

    private func filled(_ text: String) -> String {
        guard text.contains("$") else { return text }
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            let start = rest.index(after: dollar)
            let end = rest[start...].firstIndex { !($0.isLetter || $0.isNumber) } ?? rest.endIndex
            if let bound = bindings[String(rest[start..<end])] {
                result += bound.string ?? Self.text(bound)
            } else {
                result += rest[dollar..<end]
            }
            rest = rest[end...]
        }
        return result + rest
    }

    /// Names that stand in it and are not known yet.
    package func unknown(in pattern: JSON) -> [String] {
        switch pattern {
        case .string(let text):
            guard text.hasPrefix("$") else { return [] }
            let name = String(text.dropFirst())
            return bindings[name] == nil ? [name] : []
        case .array(let items): return items.flatMap(unknown)
        case .object(let members): return members.values.flatMap(unknown)
        default: return []
        }
    }

    package static func text(_ value: JSON?) -> String {
        value.map { String(decoding: Coding.encode($0), as: UTF8.self) } ?? "absent"
    }
}
