/// Reads one YAML document with libyaml into a `YAMLValue`, within limits and without surprises.
///
/// Refused with their place: duplicate keys, aliases and anchors (a few lines of them expand to gigabytes), merge
/// keys, tags outside the core schema, keys that are no scalars, a second document.
extension YAMLValue {
    /// The value of a document; an empty one is `null`.
    package init(yaml bytes: [UInt8], limits: YAMLLimits = YAMLLimits()) throws(YAMLError) {
        guard bytes.count <= limits.bytes else {
            throw YAMLError(nil, "the document has \(bytes.count) bytes, the limit is \(limits.bytes)")
        }
        guard Self.tagDirectives(bytes) <= limits.tagDirectives else {
            throw YAMLError(nil, "the document has more than \(limits.tagDirectives) %TAG directives")
        }
        let reader = EventReader(bytes)
        var builder = TreeBuilder(reader: reader, limits: limits)
        self = try builder.document()
    }

    package init(yaml text: String, limits: YAMLLimits = YAMLLimits()) throws(YAMLError) {
        try self.init(yaml: Array(text.utf8), limits: limits)
    }
}

extension YAMLValue {
    /// How many lines begin with `%TAG`. Any byte that is no printable ASCII may end a line for libyaml.
    private static func tagDirectives(_ bytes: [UInt8]) -> Int {
        var count = 0
        var isLineStart = true
        for (index, byte) in bytes.enumerated() {
            if isLineStart, byte == UInt8(ascii: "%"), bytes[index...].starts(with: "%TAG".utf8) { count += 1 }
            isLineStart = byte < 0x20 || byte > 0x7E
        }
        return count
    }
}

/// What a document may cost.
package struct YAMLLimits: Sendable {
    /// Size of a document in bytes. A configuration or an event is a few KiB; 4 MiB hold an `apply` of 20,000 lines.
    package var bytes = 4 * 1024 * 1024
    /// How deep lists and mappings may be nested; no document of ours goes beyond 8.
    package var depth = 64
    /// libyaml compares each %TAG directive with all before it: 4 MiB of them take a minute and a half. They are of
    /// no use here.
    package var tagDirectives = 16

    package init() {}
}

/// Builds the tree out of libyaml's events.
private struct TreeBuilder {
    let reader: EventReader
    let limits: YAMLLimits

    mutating func document() throws(YAMLError) -> YAMLValue {
        var event = try reader.next()
        while case .other = event.kind { event = try reader.next() }
        if case .streamEnd = event.kind { return .null }
        let value = try value(try reader.next(), depth: 0)
        event = try reader.next()
        while case .other = event.kind { event = try reader.next() }
        guard case .streamEnd = event.kind else {
            throw YAMLError(event.mark, "a second document begins here, only one is read")
        }
        return value
    }

    private func value(_ event: Event, depth: Int) throws(YAMLError) -> YAMLValue {
        switch event.kind {
        case .scalar(let text, let isPlain, let tag):
            return YAMLValue(try scalar(text, isPlain, tag, event.mark), mark: event.mark)
        case .sequenceStart(let tag):
            try check(depth, tag, "seq", event.mark)
            return YAMLValue(.sequence(try elements(depth + 1)), mark: event.mark)
        case .mappingStart(let tag):
            try check(depth, tag, "map", event.mark)
            return YAMLValue(.mapping(try entries(depth + 1)), mark: event.mark)
        case .alias(let name):
            throw YAMLError(event.mark, "the alias *\(name) is not accepted, write the value out")
        case .anchor(let name):
            throw YAMLError(event.mark, "the anchor &\(name) is not accepted, because aliases are not")
        case .end, .streamEnd, .documentStart, .other:
            throw YAMLError(event.mark, "a value is missing")
        }
    }

    private func check(_ depth: Int, _ tag: String?, _ expected: String, _ mark: YAMLMark) throws(YAMLError) {
        guard depth < limits.depth else {
            throw YAMLError(mark, "lists and mappings are nested deeper than \(limits.depth) levels")
        }
        guard let tag, tag != "!", tag != Self.core + expected else { return }
        throw YAMLError(mark, "the tag \(tag) is not accepted here")
    }

    private func elements(_ depth: Int) throws(YAMLError) -> [YAMLValue] {
        var values: [YAMLValue] = []
        while true {
            let event = try reader.next()
            if case .end = event.kind { return values }
            values.append(try value(event, depth: depth))
        }
    }

    private func entries(_ depth: Int) throws(YAMLError) -> [YAMLEntry] {
        var entries: [YAMLEntry] = []
        var lines: [String: Int] = [:]
        while true {
            let event = try reader.next()
            if case .end = event.kind { return entries }
            let key: String
            switch event.kind {
            case .scalar(let text, let isPlain, _):
                if isPlain, text == "<<" {
                    throw YAMLError(event.mark, "the merge key << is not accepted, write the keys out")
                }
                if isPlain, text.isEmpty { throw YAMLError(event.mark, "a key is missing before the colon") }
                key = text
            case .anchor, .alias: _ = try value(event, depth: depth); continue
            default: throw YAMLError(event.mark, "a key must be a word, not a list or a mapping")
            }
            if let line = lines.updateValue(event.mark.line, forKey: key) {
                throw YAMLError(event.mark, "the key \"\(key.printable)\" is already there in line \(line)")
            }
            entries.append(YAMLEntry(key, try value(try reader.next(), depth: depth), keyMark: event.mark))
        }
    }

    private static let core = "tag:yaml.org,2002:"

    private func scalar(
        _ text: String,
        _ isPlain: Bool,
        _ tag: String?,
        _ mark: YAMLMark
    ) throws(YAMLError) -> YAMLValue.Content {
        guard let tag else {
            guard isPlain else { return .string(text) }
            return try plain(text, mark)
        }
        if tag == "!" || tag == Self.core + "str" { return .string(text) }
        let content = try plain(text, mark)
        switch (tag, content) {
        case (Self.core + "null", .null), (Self.core + "bool", .bool), (Self.core + "int", .int),
            (Self.core + "float", .double):
            return content
        case (Self.core + "float", .int(let number)):
            return .double(Double(number))
        default:
            throw YAMLError(mark, "the tag \(tag.printable) does not fit \"\(text.printable)\"")
        }
    }

    private func plain(_ text: String, _ mark: YAMLMark) throws(YAMLError) -> YAMLValue.Content {
        switch CoreSchema.resolve(text) {
        case .value(let content): return content
        case .tooLarge:
            throw YAMLError(
                mark,
                "the number \(text.printable) does not fit into 64 bits; put it in quotes if it is a text"
            )
        }
    }
}

extension String {
    /// At most 60 characters, and none that a terminal would obey.
    var printable: String {
        var result = ""
        for (count, scalar) in unicodeScalars.enumerated() {
            if count == 60 { return result + "…" }
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: result += scalar.escaped(asASCII: true)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
