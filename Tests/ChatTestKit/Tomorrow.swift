package import ChatAPI

/// A daemon of tomorrow, of which today's programs know half: answers hold members they have never heard of, and wherever
/// a word of an enumeration stands, one that is on no list.
package enum Tomorrow {
    package static let word: JSON = "from tomorrow"
    private static let added: [String: JSON] = ["added": ["later": [1]]]

    /// Whatever an answer of that shape may hold, in the words of tomorrow.
    package static func sample(_ schema: Schema) -> JSON {
        switch schema {
        case .string(format: "uuid"): id
        // Also what stands for a place: a scope of a kind that is not known.
        case .string: .string("galaxy/\(id.string ?? "")")
        case .integer: 1
        case .number: .number(1.5)
        case .boolean: true
        case .names: word
        // Forms that are lists of numbers are told whole, or not at all.
        case .array(.any), .array(.array(.any)): []
        // Four numbers are a place.
        case .array(.integer): [1, 1, 1, 1]
        case .array(let item): [sample(item)]
        case .map(let value): ["key": sample(value)]
        case .any: ["anything": true]
        case .object(let members): .object(members.reduce(into: added) { $0[$1.name] = sample($1.schema) })
        }
    }

    private static let id: JSON = "01900000-0000-7000-8000-000000000001"

    /// An answer of today as the daemon of tomorrow gives it.
    package static func retold(_ answer: JSON, _ schema: Schema) -> JSON {
        switch (schema, answer) {
        case (.names, .string): return word
        case (.array(let item), .array(let items)): return .array(items.map { retold($0, item) })
        case (.map(let value), .object(let members)): return .object(members.mapValues { retold($0, value) })
        case (.object(let known), .object(let members)):
            let schemas = Dictionary(known.map { ($0.name, $0.schema) }) { first, _ in first }
            return .object(
                added.merging(members.map { name, value in (name, retold(value, schemas[name] ?? .any)) }) { $1 }
            )
        default: return answer
        }
    }
}
