import ChatAPI
import ChatKit
import Flags
import YAML

/// Reads a YAML file as a wire value, strictly: what the type does not know is refused with its line and what was meant.
///
/// The type's own schema is what is checked against, so a member that the API gains is understood at once.
package struct DocumentReader {
    /// Where it came from, for complaints: `event.yaml`.
    private let name: String
    private var complaints: [FieldError] = []

    /// More of them are rather another kind of file.
    private static let most = 20

    package static func read<Value: Decodable & SendableMetatype>(
        _ type: Value.Type,
        from bytes: [UInt8],
        named name: String
    ) throws(Failure) -> Value {
        let value: YAMLValue
        do throws(YAMLError) {
            value = try YAMLValue(yaml: bytes)
        } catch {
            throw .usage("\(name): \(error.message)")
        }
        var reader = DocumentReader(name: name)
        let json = reader.json(value, Schema(type), at: "")
        try reader.finish()
        do throws(APIError) {
            return try Coding.decode(type, from: Coding.encode(json))
        } catch {
            throw .usage("\(name): \(error.detail)")
        }
    }

    private init(name: String) { self.name = name }

    private func finish() throws(Failure) {
        guard let first = complaints.first else { return }
        let more = complaints.count > 1 ? ", and \(complaints.count - 1) more" : ""
        let problem = APIError(.badRequest, "\(name): \(first.message)\(more)", errors: complaints)
        throw Failure(problem, exit: .usage)
    }

    private mutating func complain(_ mark: YAMLMark?, _ path: String, _ sentence: String) {
        guard complaints.count < Self.most else { return }
        complaints.append(FieldError(pointer: path, message: YAMLError(mark, sentence).message))
    }

    private mutating func json(_ value: YAMLValue, _ schema: Schema, at path: String) -> JSON {
        switch schema {
        case .object(let members): return object(value, members, at: path)
        case .array(let item):
            guard let values = value.sequence else { return mismatch(value, "a list", path) }
            return .array(values.enumerated().map { json($1, item, at: "\(path)/\($0)") })
        case .map(let item):
            guard let entries = value.entries else { return mismatch(value, "a mapping", path) }
            var result: [String: JSON] = [:]
            for entry in entries { result[entry.key] = json(entry.value, item, at: "\(path)/\(entry.key)") }
            return .object(result)
        case .string:
            guard let text = value.string else { return mismatch(value, "a text", path, hint: "; put it in quotes") }
            return .string(text)
        case .integer:
            guard let number = value.int else { return mismatch(value, "a whole number", path) }
            return .integer(number)
        case .number:
            guard let number = value.double else { return mismatch(value, "a number", path) }
            // YAML has words for what is infinite and for what is no number; JSON has not.
            guard number.isFinite else {
                complain(value.mark, path, "\(Self.key(path)) must be a number that has an end")
                return .null
            }
            return .number(number)
        case .boolean:
            guard let flag = value.bool else { return mismatch(value, "true or false", path) }
            return .bool(flag)
        case .names(let names): return word(value, names, at: path)
        case .any: return .null
        }
    }

    private mutating func word(_ value: YAMLValue, _ names: [String], at path: String) -> JSON {
        guard let text = value.string, names.contains(text) else {
            let near = value.string.map { Suggestion.nearest(to: $0, among: names) } ?? []
            let meant = near.isEmpty ? "one of \(names.joined(separator: ", "))" : near.joined(separator: " or ")
            complain(value.mark, path, "\(Self.key(path)) must be \(meant)")
            return .null
        }
        return .string(text)
    }

    private mutating func object(_ value: YAMLValue, _ members: [Schema.Member], at path: String) -> JSON {
        guard let entries = value.entries else { return mismatch(value, "a mapping of keys to values", path) }
        let known = members.map(\.name)
        var result: [String: JSON] = [:]
        for entry in entries {
            let place = "\(path)/\(entry.key)"
            guard let member = members.first(where: { $0.name == entry.key }) else {
                let near = Suggestion.nearest(to: entry.key, among: known)
                let meant =
                    near.isEmpty
                    ? "; there are \(known.joined(separator: ", "))"
                    : "; did you mean \(near.joined(separator: " or "))?"
                complain(entry.keyMark, place, "there is no key \"\(VisibleText.line(entry.key))\" here\(meant)")
                continue
            }
            // A key without a value says nothing.
            if entry.value.isNull {
                if member.isRequired { complain(entry.keyMark, place, "\(entry.key) is empty") }
                continue
            }
            result[entry.key] = json(entry.value, member.schema, at: place)
        }
        for member in members where member.isRequired && !entries.contains(where: { $0.key == member.name }) {
            let whose = path.isEmpty ? "" : " in \(path.dropFirst())"
            complain(value.mark, "\(path)/\(member.name)", "\(member.name) is missing\(whose)")
        }
        return .object(result)
    }

    private mutating func mismatch(_ value: YAMLValue, _ wanted: String, _ path: String, hint: String = "") -> JSON {
        let isScalar = value.entries == nil && value.sequence == nil && !value.isNull
        complain(value.mark, path, "\(Self.key(path)) must be \(wanted), not \(value.kind)\(isScalar ? hint : "")")
        return .null
    }

    private static func key(_ path: String) -> String { path.isEmpty ? "the file" : String(path.dropFirst()) }
}

extension Run {
    /// The bytes of a file, or of standard input for `-`.
    func bytes(of path: String) throws -> [UInt8] {
        path == "-" ? try console.readAll(limit: 1_048_576) : try Files.read(path)
    }
}
