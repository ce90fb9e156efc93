import FoundationEssentials

/// Values to JSON bytes and back. The only file that knows how JSON is read in general; the hot frames have their own
/// writer and scanner (`JSONWriter`, `SendScanner`), 30 and 48 times as fast.
package enum Coding {
    /// The bytes of a value. Members in a stable order, so that the same value is the same bytes.
    package static func encode(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else {
            preconditionFailure("a wire value could not be encoded: \(type(of: value))")
        }
        return [UInt8](data)
    }

    /// A value out of its bytes. Unknown members are ignored; a wrong one is named.
    package static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws(APIError) -> Value {
        try decode(type, from: bytes, JSONDecoder())
    }

    /// The same for what a daemon says: it may be newer and say words that this program does not know (`WireEnum`).
    package static func decode<Value: Decodable>(
        _ type: Value.Type,
        fromAnswer bytes: [UInt8]
    ) throws(APIError) -> Value {
        let decoder = JSONDecoder()
        decoder.userInfo[.isAnswer] = true
        return try decode(type, from: bytes, decoder)
    }

    private static func decode<Value: Decodable>(
        _ type: Value.Type,
        from bytes: [UInt8],
        _ decoder: JSONDecoder
    ) throws(APIError) -> Value {
        try checkShape(bytes)
        do {
            return try decoder.decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            // The decoder says of a number that does not fit neither which it is nor that the rest was JSON.
            if case .dataCorrupted(let context) = error, context.codingPath.isEmpty, isJSON(bytes) {
                throw APIError(.invalid, "a number is not a whole number, or is out of range")
            }
            throw APIError(decoding: error)
        } catch {
            throw APIError(.badRequest, "the body is not JSON")
        }
    }

    /// How many brackets inside each other are read at all. The decoder goes down with each of them, and takes 512; what was read once
    /// must always be written again, a few levels further down.
    private static let depthLimit = 256

    /// The decoder takes UTF-16 too, where brackets cannot be told from letters. It has a zero byte in each of them, and JSON in
    /// UTF-8 has none (RFC 8259 §7, §8.1).
    private static func checkShape(_ bytes: [UInt8], depthLimit: Int = depthLimit) throws(APIError) {
        var (depth, isText, isEscaped) = (0, false, false)
        for byte in bytes {
            switch byte {
            case 0: throw APIError(.badRequest, "the JSON is not in UTF-8")
            case _ where isEscaped: isEscaped = false
            case UInt8(ascii: "\\") where isText: isEscaped = true
            case UInt8(ascii: "\""): isText.toggle()
            case _ where isText: break
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                guard depth <= depthLimit else {
                    throw APIError(.badRequest, "the JSON has more than \(depthLimit) brackets in each other")
                }
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default: break
            }
        }
    }

    private static func isJSON(_ bytes: [UInt8]) -> Bool {
        (try? JSONDecoder().decode(JSON.self, from: Data(bytes))) != nil
    }

    /// An input made of a path's parameters, a query and a body, which are members of one object in the live form.
    ///
    /// Members of the path win over the query, the query over the body. Numbers and booleans of a query are known by the
    /// input's schema. No input has more than 64 brackets in each other: what it becomes part of is read by every client.
    package static func decode<Value: Decodable>(
        _ type: Value.Type,
        schema: Schema,
        path: [(name: String, value: String)],
        query: [(name: String, value: String)],
        body: [UInt8]
    ) throws(APIError) -> Value {
        try checkShape(body, depthLimit: JSONCursor.depthLimit)
        if path.isEmpty && query.isEmpty {
            return try decode(type, from: body.isEmpty ? Array("{}".utf8) : body)
        }
        var members: [String: JSON] = [:]
        if !body.isEmpty {
            guard case .object(let object) = try decode(JSON.self, from: body) else {
                throw APIError(.badRequest, "the body is not a JSON object")
            }
            members = object
        }
        for (name, value) in query + path {
            members[name] = try schema.member(name).json(fromText: value, named: name)
        }
        return try decode(type, from: encode(JSON.object(members)))
    }
}

extension APIError {
    /// Says which member was wrong, and how.
    package init(decoding error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context):
            let pointer = Self.pointer(context.codingPath + [key])
            self.init(.invalid, "\(pointer.dropFirst()) is missing")
            errors = [FieldError(pointer: pointer, message: "is missing")]
        case .typeMismatch(let type, let context):
            let pointer = Self.pointer(context.codingPath)
            self.init(.invalid, "\(pointer.dropFirst()) is not \(Self.name(of: type))")
            errors = [FieldError(pointer: pointer, message: "is not \(Self.name(of: type))")]
        case .valueNotFound(_, let context):
            let pointer = Self.pointer(context.codingPath)
            self.init(.invalid, "\(pointer.dropFirst()) is null")
            errors = [FieldError(pointer: pointer, message: "is null")]
        case .dataCorrupted(let context):
            guard !context.codingPath.isEmpty else {
                self.init(.badRequest, "the body is not JSON")
                return
            }
            let pointer = Self.pointer(context.codingPath)
            self.init(.invalid, "\(pointer.dropFirst()) \(context.debugDescription)")
            errors = [FieldError(pointer: pointer, message: context.debugDescription)]
        @unknown default:
            self.init(.badRequest, "the body could not be read")
        }
    }

    private static func pointer(_ path: [any CodingKey]) -> String {
        path.reduce(into: "") { text, key in
            text += "/" + (key.intValue.map(String.init) ?? key.stringValue)
        }
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Int.Type, is Int64.Type, is Int32.Type: "a whole number"
        case is Bool.Type: "true or false"
        case is Double.Type: "a number"
        case is [String: Any].Type: "an object"
        case is [Any].Type: "a list"
        default: "of the right type"
        }
    }
}
