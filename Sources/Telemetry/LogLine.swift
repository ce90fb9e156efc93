/// Builds one line in logfmt or JSON. Whatever the values hold, the result is one line without control bytes and
/// without characters that could hide or reorder text in a terminal.
struct LogLine {
    /// PIPE_BUF on Linux; see `LogSink`.
    static let limit = 4096
    /// A value beyond this is cut: a line has room for a few of them.
    static let valueLimit = 1024
    /// Room for `"truncated":true}` and the newline.
    private static let reserve = 24

    private let format: LogSink.Format
    private var bytes: [UInt8] = []
    private var isTruncated = false

    init(_ format: LogSink.Format) {
        self.format = format
        bytes.reserveCapacity(512)
    }

    mutating func begin(_ time: String, _ level: String, _ subsystem: String, _ message: String) {
        if format == .json { bytes.append(UInt8(ascii: "{")) }
        field("ts", .string(time))
        field("level", .string(level))
        field("subsystem", .string(subsystem))
        field("msg", .string(message))
    }

    /// A field of the caller; a name that the line uses itself gets an underscore.
    mutating func add(_ key: String, _ value: LogValue) {
        field(Self.reserved.contains(key) ? key + "_" : key, value)
    }

    mutating func finish() -> [UInt8] {
        if isTruncated { write("truncated", .bool(true)) }
        if format == .json { bytes.append(UInt8(ascii: "}")) }
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private static let reserved: Set<String> = ["ts", "level", "subsystem", "msg", "truncated"]

    private mutating func field(_ key: String, _ value: LogValue) {
        let before = bytes.count
        write(key, value)
        if bytes.count > Self.limit - Self.reserve {
            bytes.removeLast(bytes.count - before)
            isTruncated = true
        }
    }

    private mutating func write(_ key: String, _ value: LogValue) {
        switch format {
        case .json:
            if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(UInt8(ascii: "\""))
            name(key)
            bytes += "\":".utf8
        case .logfmt:
            if !bytes.isEmpty { bytes.append(UInt8(ascii: " ")) }
            name(key)
            bytes.append(UInt8(ascii: "="))
        }
        switch value {
        case .string(let text): string(text)
        case .int(let number): bytes += String(number).utf8
        // JSON knows neither NaN nor infinity.
        case .double(let number):
            if number.isFinite { bytes += number.description.utf8 } else { string(number.description) }
        case .bool(let flag): bytes += (flag ? "true" : "false").utf8
        case .duration(let duration):
            let (seconds, attoseconds) = duration.components
            let microseconds = attoseconds / 1_000_000_000_000
            bytes += (Double(seconds) * 1000 + Double(microseconds) / 1000).description.utf8
        }
    }

    /// Names are ours; this only makes sure that a mistake cannot break a line.
    private mutating func name(_ key: String) {
        for byte in key.utf8.prefix(64) {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
                bytes.append(byte)
            default: bytes.append(UInt8(ascii: "_"))
            }
        }
    }

    private mutating func string(_ text: String) {
        let isQuoted = format == .json || !Self.isPlain(text)
        if isQuoted { bytes.append(UInt8(ascii: "\"")) }
        let end = bytes.count + Self.valueLimit
        for scalar in text.unicodeScalars {
            if bytes.count >= end {
                bytes += "…".utf8
                break
            }
            switch scalar {
            case "\"": bytes += "\\\"".utf8
            case "\\": bytes += "\\\\".utf8
            case "\n": bytes += "\\n".utf8
            case "\r": bytes += "\\r".utf8
            case "\t": bytes += "\\t".utf8
            case " "..."~": bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            default:
                if Self.isSafe(scalar) { bytes += UTF8.encode(scalar)! } else { escape(scalar) }
            }
        }
        if isQuoted { bytes.append(UInt8(ascii: "\"")) }
    }

    /// `\u001b`, as JSON writes it; above U+FFFF as two surrogates.
    private mutating func escape(_ scalar: Unicode.Scalar) {
        for unit in UTF16.encode(scalar)! {
            let digits = String(unit, radix: 16)
            bytes += "\\u".utf8
            bytes += repeatElement(UInt8(ascii: "0"), count: 4 - digits.utf8.count)
            bytes += digits.utf8
        }
    }

    /// No controls (C0, DEL, C1), no format characters (bidi, zero width, tags), no line separators, nothing
    /// unassigned.
    private static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }

    private static func isPlain(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "=")
                    && byte != UInt8(ascii: "\\")
            }
    }
}
