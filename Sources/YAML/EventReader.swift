import CYAML

/// libyaml's parser as a source of Swift events.
final class EventReader {
    // On the heap: libyaml keeps pointers into its own parser.
    private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    private let input: UnsafeMutableBufferPointer<UInt8>

    init(_ bytes: [UInt8]) {
        input = .allocate(capacity: bytes.count)
        _ = input.initialize(from: bytes)
        guard yaml_parser_initialize(parser) == 1 else { preconditionFailure("no memory for a YAML parser") }
        // Otherwise a byte order mark would switch to UTF-16.
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    func next() throws(YAMLError) -> Event {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw error }
        defer { yaml_event_delete(&event) }
        let mark = YAMLMark(line: event.start_mark.line + 1, column: event.start_mark.column + 1)
        switch event.type {
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            if let anchor = Self.text(scalar.anchor) { return Event(kind: .anchor(anchor), mark: mark) }
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            return Event(
                kind: .scalar(
                    String(decoding: bytes, as: UTF8.self),
                    isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE,
                    tag: Self.text(scalar.tag)
                ),
                mark: mark
            )
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            if let anchor = Self.text(start.anchor) { return Event(kind: .anchor(anchor), mark: mark) }
            return Event(kind: .sequenceStart(tag: Self.text(start.tag)), mark: mark)
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            if let anchor = Self.text(start.anchor) { return Event(kind: .anchor(anchor), mark: mark) }
            return Event(kind: .mappingStart(tag: Self.text(start.tag)), mark: mark)
        case YAML_ALIAS_EVENT:
            return Event(kind: .alias(Self.text(event.data.alias.anchor) ?? ""), mark: mark)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
            return Event(kind: .end, mark: mark)
        case YAML_DOCUMENT_START_EVENT:
            return Event(kind: .documentStart, mark: mark)
        case YAML_STREAM_END_EVENT, YAML_NO_EVENT:
            return Event(kind: .streamEnd, mark: mark)
        default:
            return Event(kind: .other, mark: mark)
        }
    }

    private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        pointer.map { String(decoding: UnsafeBufferPointer(start: $0, count: strlen($0)), as: UTF8.self) }
    }

    private static func strlen(_ pointer: UnsafeMutablePointer<yaml_char_t>) -> Int {
        var count = 0
        while pointer[count] != 0 { count += 1 }
        return count
    }

    /// What libyaml complains about, in its words, which are good.
    private var error: YAMLError {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "this is no YAML"
        switch parser.pointee.error {
        case YAML_MEMORY_ERROR:
            return YAMLError(nil, "no memory for the document")
        case YAML_READER_ERROR:
            return YAMLError(place(of: parser.pointee.problem_offset), problem)
        default:
            let mark = parser.pointee.problem_mark
            let context = parser.pointee.context.map { String(cString: $0) + ": " } ?? ""
            return YAMLError(YAMLMark(line: mark.line + 1, column: mark.column + 1), context + problem)
        }
    }

    /// The reader knows only how many bytes it has seen.
    private func place(of offset: Int) -> YAMLMark {
        let before = input.prefix(offset)
        let line = before.count { $0 == 0x0A } + 1
        let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        // Bytes that continue a character are no columns.
        return YAMLMark(line: line, column: before[start...].count { $0 & 0xC0 != 0x80 } + 1)
    }
}

/// What the parser found, with its place.
struct Event {
    enum Kind {
        case scalar(String, isPlain: Bool, tag: String?)
        case sequenceStart(tag: String?)
        case mappingStart(tag: String?)
        case alias(String)
        /// A value of any kind with an anchor.
        case anchor(String)
        case end
        case streamEnd
        case documentStart
        /// The start of the stream, the end of a document.
        case other
    }

    let kind: Kind
    let mark: YAMLMark
}
