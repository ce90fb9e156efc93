/// Collects the lines of a head until the empty one, whatever pieces they come in, and refuses what is not a line.
///
/// The bytes are copied: a head has at most 16 KiB, and one path for whole and split input is one path to get right.
struct HTTPHeadScanner {
    private var held: [UInt8] = []
    private var lineStart = 0
    private var lines: [Range<Int>] = []
    private var hasCarriageReturn = false
    private var hasSkippedEmptyLine = false

    /// Nothing of a head has come yet.
    var isEmpty: Bool { held.isEmpty && !hasSkippedEmptyLine && !hasCarriageReturn }

    struct Lines {
        let bytes: [UInt8]
        let ranges: [Range<Int>]

        var first: ArraySlice<UInt8> { bytes[ranges[0]] }
        var fields: some Sequence<ArraySlice<UInt8>> { ranges.dropFirst().lazy.map { bytes[$0] } }
    }

    /// Takes bytes up to the end of the head; nil when it has not come whole.
    mutating func scan(_ input: inout UnsafeMutableRawBufferPointer, _ limits: HTTPLimits) throws(HTTPError) -> Lines? {
        var taken = 0
        for byte in input {
            taken += 1
            if hasCarriageReturn {
                guard byte == 0x0a else { throw HTTPError(400, "a carriage return stands alone in the head") }
                hasCarriageReturn = false
                if held.count > lineStart {
                    lines.append(lineStart..<held.count)
                    lineStart = held.count
                    if lines.count > limits.headerCount + 1 {
                        throw HTTPError(431, "more than \(limits.headerCount) header fields")
                    }
                    continue
                }
                if lines.isEmpty {
                    // One empty line before the first is forgiven (RFC 9112 §2.2), a stream of them is not.
                    if hasSkippedEmptyLine { throw HTTPError(400, "empty lines stand before the head") }
                    hasSkippedEmptyLine = true
                    continue
                }
                input.consume(taken)
                let result = Lines(bytes: held, ranges: lines)
                self = HTTPHeadScanner()
                return result
            }
            switch byte {
            case 0x0d: hasCarriageReturn = true
            case 0x0a: throw HTTPError(400, "a line feed stands alone in the head")
            default:
                held.append(byte)
                if lines.isEmpty, held.count > limits.firstLineBytes {
                    throw HTTPError(414, "the first line is longer than \(limits.firstLineBytes) bytes")
                }
                // Two bytes of each line's end are not held.
                if held.count + 2 * (lines.count + 1) > limits.headBytes {
                    throw HTTPError(431, "the head is longer than \(limits.headBytes) bytes")
                }
            }
        }
        input.consume(taken)
        return nil
    }

    /// `name: value` lines to fields, names lower-cased.
    static func headers(_ lines: some Sequence<ArraySlice<UInt8>>) throws(HTTPError) -> HTTPHeaders {
        var headers = HTTPHeaders()
        for line in lines {
            let (name, value) = try field(line)
            headers.add(name, value)
        }
        return headers
    }

    static func field(_ line: ArraySlice<UInt8>) throws(HTTPError) -> (name: String, value: String) {
        if let first = line.first, first == 0x20 || first == 0x09 {
            throw HTTPError(400, "a header line begins with a space: folded lines are not accepted")
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
            throw HTTPError(400, "the header line \(HTTPBytes.shown(line)) has no colon")
        }
        let name = line[..<colon]
        guard !name.isEmpty, name.allSatisfy(HTTPBytes.isToken) else {
            throw HTTPError(400, "\(HTTPBytes.shown(name)) is not a header name")
        }
        let value = HTTPBytes.trimmed(line[(colon + 1)...])
        guard value.allSatisfy(HTTPBytes.isFieldValue) else {
            throw HTTPError(400, "the header \(HTTPBytes.shown(name)) holds a control character")
        }
        guard let text = String(validating: value, as: UTF8.self) else {
            throw HTTPError(400, "the header \(HTTPBytes.shown(name)) is not UTF-8")
        }
        return (String(decoding: name.map(HTTPBytes.lowercased), as: UTF8.self), text)
    }
}
