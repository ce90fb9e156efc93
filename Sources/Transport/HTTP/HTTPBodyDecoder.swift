/// How a body is delimited, and the machine that cuts it out of the stream.
package enum HTTPBodyFraming: Sendable, Hashable {
    case none
    /// `Content-Length`, in bytes.
    case length(Int)
    case chunked
    /// A response without either: it ends with the connection.
    case untilClose

    /// RFC 9112 §6.3, with every ambiguity refused: those are how requests are smuggled.
    static func of(_ headers: HTTPHeaders, _ version: HTTPVersion) throws(HTTPError) -> HTTPBodyFraming? {
        let lengths = headers.values("content-length")
        let codings = headers.values("transfer-encoding")
        if !codings.isEmpty {
            guard lengths.isEmpty else { throw HTTPError(400, "Content-Length and Transfer-Encoding stand together") }
            guard version == .http11 else { throw HTTPError(400, "Transfer-Encoding in HTTP/1.0") }
            let names = headers.tokens("transfer-encoding")
            guard names.last == "chunked", names.filter({ $0 == "chunked" }).count == 1 else {
                throw HTTPError(400, "Transfer-Encoding must end with chunked, once")
            }
            // `chunked` over two lines, or beside empty members, is one that parsers disagree about.
            guard names.count == 1, codings.count == 1, codings[0].utf8.count == 7 else {
                throw HTTPError(501, "of the transfer codings only chunked is spoken here")
            }
            return .chunked
        }
        guard let length = lengths.first else { return nil }
        guard lengths.count == 1 else { throw HTTPError(400, "Content-Length stands more than once") }
        guard !length.isEmpty, length.utf8.count <= 18, length.utf8.allSatisfy(HTTPBytes.isDigit),
            let count = Int(length)
        else { throw HTTPError(400, "Content-Length \(HTTPBytes.shown(length.utf8)) is not a number") }
        return count == 0 ? HTTPBodyFraming.none : .length(count)
    }
}

/// Cuts one body out of the stream. Fresh for every message.
struct HTTPBodyDecoder {
    enum Piece {
        case data(UnsafeRawBufferPointer)
        case end
    }

    private enum State {
        case plain(Int)
        case untilClose
        case chunkSize
        case chunkData(Int)
        case chunkEnd
        case trailer
        case done
    }

    private var state: State
    private var line: [UInt8] = []
    private var hasCarriageReturn = false
    private var total = 0
    private var extensionBytes = 0
    private var trailerBytes = 0

    init(_ framing: HTTPBodyFraming) {
        switch framing {
        case .none: state = .done
        case .length(let count): state = .plain(count)
        case .chunked: state = .chunkSize
        case .untilClose: state = .untilClose
        }
    }

    /// Whether the connection may end here.
    var endsWithConnection: Bool { if case .untilClose = state { true } else { false } }

    /// The next piece, or nil when more input is needed. Data points into `input` and is valid as long as it.
    mutating func next(
        _ input: inout UnsafeMutableRawBufferPointer,
        limit: Int,
        _ limits: HTTPLimits
    ) throws(HTTPError) -> Piece? {
        while true {
            switch state {
            case .done: return .end
            case .plain(let left):
                guard let piece = take(left, from: &input) else { return nil }
                state = left == piece.count ? .done : .plain(left - piece.count)
                return .data(piece)
            case .untilClose:
                guard let piece = take(Int.max, from: &input) else { return nil }
                total += piece.count
                try check(limit)
                return .data(piece)
            case .chunkSize:
                guard try scanLine(&input, limit: limits.chunkLineBytes, "a chunk's size line") else { return nil }
                let size = try chunkSize(limits)
                line.removeAll(keepingCapacity: true)
                guard size <= limit - total else { throw HTTPError(413, "the body is longer than \(limit) bytes") }
                total += size
                state = size == 0 ? .trailer : .chunkData(size)
            case .chunkData(let left):
                guard let piece = take(left, from: &input) else { return nil }
                state = left == piece.count ? .chunkEnd : .chunkData(left - piece.count)
                return .data(piece)
            case .chunkEnd:
                guard let byte = input.first else { return nil }
                guard byte == (hasCarriageReturn ? 0x0a : 0x0d) else {
                    throw HTTPError(400, "a chunk is longer than its size says")
                }
                input.consume(1)
                if hasCarriageReturn { state = .chunkSize }
                hasCarriageReturn.toggle()
            case .trailer:
                guard try scanLine(&input, limit: limits.trailerBytes, "the trailer section") else { return nil }
                if line.isEmpty {
                    state = .done
                } else {
                    _ = try HTTPHeadScanner.field(line[...])
                    trailerBytes += line.count + 2
                    if trailerBytes > limits.trailerBytes {
                        throw HTTPError(431, "the trailer section is longer than \(limits.trailerBytes) bytes")
                    }
                    line.removeAll(keepingCapacity: true)
                }
            }
        }
    }

    private func check(_ limit: Int) throws(HTTPError) {
        if total > limit { throw HTTPError(413, "the body is longer than \(limit) bytes") }
    }

    private func take(_ count: Int, from input: inout UnsafeMutableRawBufferPointer) -> UnsafeRawBufferPointer? {
        if input.isEmpty { return nil }
        let size = min(count, input.count)
        let piece = UnsafeRawBufferPointer(rebasing: input[..<size])
        input.consume(size)
        return piece
    }

    /// True when `line` holds a whole line, without its end.
    private mutating func scanLine(
        _ input: inout UnsafeMutableRawBufferPointer,
        limit: Int,
        _ what: String
    ) throws(HTTPError) -> Bool {
        var taken = 0
        for byte in input {
            taken += 1
            if hasCarriageReturn {
                guard byte == 0x0a else { throw HTTPError(400, "a carriage return stands alone in \(what)") }
                hasCarriageReturn = false
                input.consume(taken)
                return true
            }
            switch byte {
            case 0x0d: hasCarriageReturn = true
            case 0x0a: throw HTTPError(400, "a line feed stands alone in \(what)")
            default:
                line.append(byte)
                if line.count > limit { throw HTTPError(400, "\(what) is longer than \(limit) bytes") }
            }
        }
        input.consume(taken)
        return false
    }

    private mutating func chunkSize(_ limits: HTTPLimits) throws(HTTPError) -> Int {
        let digits = line.prefix(while: HTTPBytes.isHex)
        // 15 hexadecimal digits fit an Int with room to spare; longer sizes wrap around in careless parsers.
        guard !digits.isEmpty, digits.count <= 15 else { throw HTTPError(400, "a chunk's size is not a number") }
        let rest = line[digits.endIndex...]
        if let first = rest.first {
            guard first == UInt8(ascii: ";"), rest.allSatisfy(HTTPBytes.isFieldValue) else {
                throw HTTPError(400, "a chunk's size is followed by \(HTTPBytes.shown(rest))")
            }
            extensionBytes += rest.count
            if extensionBytes > limits.chunkExtensionBytes {
                throw HTTPError(400, "the chunk extensions are longer than \(limits.chunkExtensionBytes) bytes")
            }
        }
        return digits.reduce(0) { $0 << 4 | Int(HTTPBytes.hexValue($1) ?? 0) }
    }
}
