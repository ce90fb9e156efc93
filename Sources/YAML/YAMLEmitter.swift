import CYAML

/// Writes a value as a YAML document: block style, keys in their order, texts over several lines as literal blocks,
/// texts that look like something else in quotes. Reading the document gives the same value again.
extension YAMLValue {
    package func yaml() -> String {
        let emitter = Emitter(StandIns(for: self))
        emitter.write(self)
        return emitter.finish()
    }
}

private final class Emitter {
    // On the heap: libyaml keeps pointers into its own emitter.
    private let emitter = UnsafeMutablePointer<yaml_emitter_t>.allocate(capacity: 1)
    private var output: [UInt8] = []
    private let standIns: StandIns

    init(_ standIns: StandIns) {
        self.standIns = standIns
        guard yaml_emitter_initialize(emitter) == 1 else { preconditionFailure("no memory for a YAML emitter") }
        yaml_emitter_set_unicode(emitter, 1)
        // Lines are never folded: a folded text is hard to edit and to compare.
        yaml_emitter_set_width(emitter, -1)
        yaml_emitter_set_output(
            emitter,
            { context, bytes, count in
                let emitter = Unmanaged<Emitter>.fromOpaque(context!).takeUnretainedValue()
                emitter.output += UnsafeBufferPointer(start: bytes, count: count)
                return 1
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
        emit { yaml_stream_start_event_initialize($0, YAML_UTF8_ENCODING) }
        emit { yaml_document_start_event_initialize($0, nil, nil, nil, 1) }
    }

    deinit {
        yaml_emitter_delete(emitter)
        emitter.deallocate()
    }

    func finish() -> String {
        emit { yaml_document_end_event_initialize($0, 1) }
        emit { yaml_stream_end_event_initialize($0) }
        return standIns.undo(String(decoding: output, as: UTF8.self))
    }

    func write(_ value: YAMLValue) {
        switch value.content {
        case .null: scalar("null", YAML_PLAIN_SCALAR_STYLE)
        case .bool(let value): scalar(value ? "true" : "false", YAML_PLAIN_SCALAR_STYLE)
        case .int(let value): scalar(String(value), YAML_PLAIN_SCALAR_STYLE)
        case .double(let value): scalar(Self.text(value), YAML_PLAIN_SCALAR_STYLE)
        case .string(let text): scalar(text, Self.style(text, isKey: false))
        case .sequence(let values):
            emit { yaml_sequence_start_event_initialize($0, nil, nil, 1, YAML_BLOCK_SEQUENCE_STYLE) }
            for value in values { write(value) }
            emit { yaml_sequence_end_event_initialize($0) }
        case .mapping(let entries):
            emit { yaml_mapping_start_event_initialize($0, nil, nil, 1, YAML_BLOCK_MAPPING_STYLE) }
            for entry in entries {
                scalar(entry.key, Self.style(entry.key, isKey: true))
                write(entry.value)
            }
            emit { yaml_mapping_end_event_initialize($0) }
        }
    }

    private func scalar(_ text: String, _ style: yaml_scalar_style_t) {
        var bytes = Array(standIns.apply(text).utf8)
        let count = Int32(bytes.count)
        // A pointer even for an empty text.
        bytes.append(0)
        bytes.withUnsafeBufferPointer { buffer in
            emit { yaml_scalar_event_initialize($0, nil, nil, buffer.baseAddress, count, 1, 1, style) }
        }
    }

    /// libyaml fails here only without memory or when events come in a wrong order.
    private func emit(_ initialize: (UnsafeMutablePointer<yaml_event_t>) -> Int32) {
        var event = yaml_event_t()
        guard initialize(&event) == 1, yaml_emitter_emit(emitter, &event) == 1 else {
            preconditionFailure(
                "libyaml cannot emit: \(emitter.pointee.problem.map { String(cString: $0) } ?? "no memory")"
            )
        }
    }

    private static func text(_ value: Double) -> String {
        if value.isNaN { return ".nan" }
        if value.isInfinite { return value < 0 ? "-.inf" : ".inf" }
        return value.description
    }

    private static func style(_ text: String, isKey: Bool) -> yaml_scalar_style_t {
        if !isKey, isLiteral(text) { return YAML_LITERAL_SCALAR_STYLE }
        if looksLikeSomethingElse(text) || text.contains("\n") { return YAML_DOUBLE_QUOTED_SCALAR_STYLE }
        return YAML_PLAIN_SCALAR_STYLE
    }

    /// Several lines of which every one survives as it stands: no blanks that a reader would take for indentation or
    /// an editor would cut off, nothing that has to be escaped.
    private static func isLiteral(_ text: String) -> Bool {
        let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
        guard lines.count > 1, let first = lines.first?.first, first != 0x20 else { return false }
        guard lines.allSatisfy({ $0.last != 0x20 }) else { return false }
        // Behind blank lines at the end libyaml closes the document (`...`), also where more of it is to follow.
        guard !text.utf8.reversed().starts(with: [0x0A, 0x0A]) else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0x0A, 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...: true
            default: false
            }
        }
    }

    /// Anything but a text for us, or for the many readers of YAML 1.1: `no`, `1_000`, `12:30:45`, dates.
    private static func looksLikeSomethingElse(_ text: String) -> Bool {
        guard case .value(.string) = CoreSchema.resolve(text) else { return true }
        if old.contains(text.lowercased()) { return true }
        guard let first = text.utf8.first else { return true }
        let isNumeric = { (byte: UInt8) in (0x30...0x39).contains(byte) }
        guard isNumeric(first) || [0x2B, 0x2D, 0x2E].contains(first) else { return false }
        return text.utf8.contains(where: isNumeric)
            && text.utf8.allSatisfy { isNumeric($0) || "+-.:_eExXoObBaAcCdDfFtTzZ ".utf8.contains($0) }
    }

    private static let old: Set<String> = ["y", "n", "yes", "no", "on", "off", "=", "<<"]
}
