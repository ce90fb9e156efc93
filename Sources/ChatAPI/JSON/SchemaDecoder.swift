/// A decoder that has no data: it hands out harmless values and notes what it was asked for.
struct SchemaDecoder: Decoder {
    let notes: SchemaNotes
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        notes.isObject = true
        return KeyedDecodingContainer(SchemaKeyedContainer<Key>(notes: notes))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw Unreadable() }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { SchemaSingleContainer(notes: notes) }

    struct Unreadable: Error {}
}

/// What a type asked of its decoder.
final class SchemaNotes {
    var members: [Schema.Member] = []
    var isObject = false
    var scalar: Schema?

    var schema: Schema { isObject ? .object(members) : scalar ?? .any }

    func add(_ name: String, _ schema: Schema, isRequired: Bool) {
        guard !members.contains(where: { $0.name == name }) else { return }
        members.append(Schema.Member(name: name, schema: schema, isRequired: isRequired))
    }
}

private struct SchemaKeyedContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let notes: SchemaNotes
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }

    func contains(_ key: Key) -> Bool { true }
    func decodeNil(forKey key: Key) throws -> Bool { false }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        notes.add(key.stringValue, SchemaSample.schema(type), isRequired: true)
        return try SchemaSample.value(type)
    }

    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
        notes.add(key.stringValue, SchemaSample.schema(type), isRequired: false)
        return nil
    }

    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { optional(key, .boolean) }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? { optional(key, .string(format: nil)) }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { optional(key, .integer) }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? { optional(key, .integer) }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? { optional(key, .number) }

    private func optional<Value>(_ key: Key, _ schema: Schema) -> Value? {
        notes.add(key.stringValue, schema, isRequired: false)
        return nil
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type,
        forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> { throw SchemaDecoder.Unreadable() }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw SchemaDecoder.Unreadable()
    }

    func superDecoder() throws -> any Decoder { throw SchemaDecoder.Unreadable() }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw SchemaDecoder.Unreadable() }
}

private struct SchemaSingleContainer: SingleValueDecodingContainer {
    let notes: SchemaNotes
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { false }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        notes.scalar = SchemaSample.schema(type)
        return try SchemaSample.value(type)
    }
}

/// A harmless value of a type, so that its decoding goes on to the next member.
private enum SchemaSample {
    static func schema<Value: Decodable>(_ type: Value.Type) -> Schema {
        switch type {
        case is String.Type: .string(format: nil)
        case is Bool.Type: .boolean
        case is Double.Type, is Float.Type: .number
        case is any FixedWidthInteger.Type: .integer
        default: Schema.of(type)
        }
    }

    static func value<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let sample: Any? =
            switch type {
            case is String.Type: ""
            case is Bool.Type: false
            case is Double.Type: 0.0
            case let integer as any FixedWidthInteger.Type: integer.init(0)
            case let names as any WireEnum.Type: first(names)
            case let sample as any SchemaSampled.Type: sample.sample
            default: nil
            }
        if let sample = sample as? Value { return sample }
        return try Value(from: SchemaDecoder(notes: SchemaNotes()))
    }

    private static func first<Names: WireEnum>(_: Names.Type) -> Any? { Names.words.first }
}

/// A type that cannot be decoded from nothing and says what to take instead.
private protocol SchemaSampled {
    static var sample: Any { get }
}

extension ID: SchemaSampled { fileprivate static var sample: Any { Self(high: 0, low: 0) } }
extension JSON: SchemaSampled { fileprivate static var sample: Any { JSON.null } }
extension Scope: SchemaSampled { fileprivate static var sample: Any { Scope.platform } }
extension SketchRegion: SchemaSampled {
    fileprivate static var sample: Any { SketchRegion(x: 0, y: 0, width: 0, height: 0) }
}
extension Array: SchemaSampled where Element: Decodable { fileprivate static var sample: Any { [Element]() } }
extension Dictionary: SchemaSampled where Key == String, Value: Decodable {
    fileprivate static var sample: Any { [String: Value]() }
}
