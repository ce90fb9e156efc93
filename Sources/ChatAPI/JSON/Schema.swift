/// The shape of a wire type, read off its `Codable` conformance: what OpenAPI shows and what tells a number in a query.
package indirect enum Schema: Sendable, Equatable {
    case string(format: String?)
    case integer
    case number
    case boolean
    case names([String])
    case array(Schema)
    case map(Schema)
    case object([Member])
    case any

    package struct Member: Sendable, Equatable {
        package let name: String
        package let schema: Schema
        package let isRequired: Bool
    }

    /// The shape of a type, found by letting it decode itself from a decoder that takes notes.
    package init<Value: Decodable>(_ type: Value.Type) {
        self = Schema.of(type)
    }

    static func of<Value: Decodable>(_ type: Value.Type) -> Schema {
        if let known = type as? any KnownSchema.Type { return known.schema }
        if let names = type as? any WireEnum.Type { return .names(wireNames(names)) }
        let notes = SchemaNotes()
        _ = try? Value(from: SchemaDecoder(notes: notes))
        return notes.schema
    }

    /// The schema of one member; anything if the type has no such member.
    package func member(_ name: String) -> Schema {
        if case .object(let members) = self, let member = members.first(where: { $0.name == name }) {
            return member.schema
        }
        return .any
    }

    /// A path's or a query's text as the JSON of this shape. A list is written with commas.
    func json(fromText text: String, named name: String) throws(APIError) -> JSON {
        switch self {
        case .integer:
            guard let value = Int64(text) else { throw .invalid(name, "is not a whole number") }
            return .integer(value)
        case .number:
            guard let value = Double(text) else { throw .invalid(name, "is not a number") }
            return .number(value)
        case .boolean:
            switch text {
            case "true", "1", "": return .bool(true)
            case "false", "0": return .bool(false)
            default: throw .invalid(name, "is not true or false")
            }
        case .array(let item):
            var items: [JSON] = []
            for part in text.split(separator: ",") {
                items.append(try item.json(fromText: String(part), named: name))
            }
            return .array(items)
        case .string, .names, .any, .object, .map:
            return .string(text)
        }
    }
}

private func wireNames<Names: WireEnum>(_: Names.Type) -> [String] { Names.words.map(\.rawValue) }

/// A type whose shape cannot be read off its decoding.
package protocol KnownSchema {
    static var schema: Schema { get }
}

extension ID: KnownSchema {
    package static var schema: Schema { .string(format: "uuid") }
}

extension JSON: KnownSchema {
    package static var schema: Schema { .any }
}

extension Array: KnownSchema where Element: Decodable {
    package static var schema: Schema { .array(Schema.of(Element.self)) }
}

extension Dictionary: KnownSchema where Key == String, Value: Decodable {
    package static var schema: Schema { .map(Schema.of(Value.self)) }
}
