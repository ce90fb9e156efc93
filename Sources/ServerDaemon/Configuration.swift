import Flags
import Glibc
import YAML

/// The effective configuration: every key with its value and where that came from.
///
/// Precedence: flags, environment, file, default. An unknown key is an error with a suggestion.
struct Configuration: Sendable, Equatable {
    enum Origin: Sendable, Equatable {
        case line
        case environment
        case file
        case fallback
    }

    private(set) var values: [String: String]
    private(set) var origins: [String: Origin]

    /// Something in the configuration is wrong: where, and what.
    struct Refusal: Error, Equatable, CustomStringConvertible {
        let description: String
    }

    init(
        file: [UInt8]?,
        named name: String = "chatd.yaml",
        environment: (String) -> String?,
        line: [String: String]
    ) throws(Refusal) {
        values = [:]
        origins = [:]
        for setting in Setting.all {
            values[setting.key] = setting.fallback
            origins[setting.key] = .fallback
        }
        if let file {
            do throws(YAMLError) {
                try read(YAMLValue(yaml: file), prefix: "")
            } catch {
                throw Refusal(description: "\(name): \(error.message)")
            }
        }
        for setting in Setting.all {
            guard let text = environment(setting.environment) else { continue }
            if let complaint = setting.complaint(about: text) {
                throw Refusal(description: "\(setting.environment): '\(text)' \(complaint)")
            }
            values[setting.key] = text
            origins[setting.key] = .environment
        }
        for (key, text) in line {
            guard let setting = Setting.all.first(where: { $0.key == key }) else {
                preconditionFailure("no setting is called \(key)")
            }
            if let complaint = setting.complaint(about: text) {
                throw Refusal(description: "--\(key): '\(text)' \(complaint)")
            }
            values[key] = text
            origins[key] = .line
        }
    }

    private mutating func read(_ value: YAMLValue, prefix: String) throws(YAMLError) {
        if value.isNull && prefix.isEmpty { return }
        guard let entries = value.entries else { throw value.error("'\(prefix)' must be a mapping of keys") }
        for entry in entries {
            let key = prefix + entry.key
            if let setting = Setting.all.first(where: { $0.key == key }) {
                let text = try Self.text(entry.value, of: setting)
                if let complaint = setting.complaint(about: text) {
                    throw entry.value.error("\(key): '\(text)' \(complaint)")
                }
                values[key] = text
                origins[key] = .file
            } else if Setting.all.contains(where: { $0.key.hasPrefix(key + ".") }) {
                try read(entry.value, prefix: key + ".")
            } else {
                let nearest = Suggestion.nearest(to: key, among: Setting.all.map(\.key))
                let hint = nearest.first.map { "; did you mean '\($0)'?" } ?? ""
                throw YAMLError(entry.keyMark, "there is no key '\(key)'\(hint)")
            }
        }
    }

    private static func text(_ value: YAMLValue, of setting: Setting) throws(YAMLError) -> String {
        if case .texts = setting.kind, let items = value.sequence {
            var texts: [String] = []
            for item in items {
                guard let text = item.string else { throw item.error("\(setting.key) takes a list of texts") }
                texts.append(text)
            }
            return texts.joined(separator: ",")
        }
        switch value.content {
        case .string(let text): return text
        case .int(let number):
            // `socket-mode: 0660` reads as a number.
            if case .choice(let words) = setting.kind, let word = words.first(where: { Int64($0) == number }) {
                return word
            }
            return String(number)
        case .bool(let flag): return flag ? "true" : "false"
        case .null: return setting.fallback
        default: throw value.error("\(setting.key) must be one value, not \(value.kind)")
        }
    }

    // MARK: - Reading

    func text(_ key: String) -> String {
        guard let value = values[key] else { preconditionFailure("no setting is called \(key)") }
        return value
    }

    func flag(_ key: String) -> Bool { text(key) == "true" }
    func integer(_ key: String) -> Int { Int(text(key)) ?? 0 }
    func texts(_ key: String) -> [String] { text(key).split(separator: ",").map(String.init) }

    mutating func take(_ key: String, from other: Configuration) {
        values[key] = other.values[key]
        origins[key] = other.origins[key]
    }

    /// Keys whose value differs, in the order of the table.
    func changes(to other: Configuration) -> [Setting] {
        Setting.all.filter { values[$0.key] != other.values[$0.key] }
    }

    /// The effective result as a file, secrets masked; where each value came from as a comment.
    var report: String {
        Setting.all.map { setting in
            let value = setting.isSecret && !text(setting.key).isEmpty ? "***" : text(setting.key)
            let origin =
                switch origins[setting.key] {
                case .line: "flag"
                case .environment: setting.environment
                case .file: "file"
                default: "default"
                }
            return "\(setting.key): \(value.isEmpty ? "\"\"" : value)  # \(origin)\n"
        }.joined()
    }
}
