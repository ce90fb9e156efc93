/// The target of a request, taken apart and decoded: strict percent-encoding, strict UTF-8.
package struct RequestTarget: Sendable, Equatable {
    package struct Parameter: Sendable, Equatable {
        package let name: String
        package let value: String
    }

    /// As it was sent, without scheme and authority.
    package let raw: String
    /// The segments of the path, each decoded on its own: an encoded slash stays inside its segment. `/` has one empty segment,
    /// `*` (OPTIONS) none.
    package let segments: [String]
    /// The parameters of the query in order, decoded; `+` is a space.
    package let query: [Parameter]
    /// `host[:port]` of an absolute-form target.
    package let authority: String?

    /// The decoded path, for logs and for comparing with fixed paths.
    package var path: String { segments.isEmpty ? "*" : "/" + segments.joined(separator: "/") }

    /// The first parameter of that name.
    package subscript(_ name: String) -> String? { query.first { $0.name == name }?.value }

    /// Parses the target of a request line (RFC 9112 §3.2).
    package init(_ target: some Collection<UInt8>, method: String) throws(HTTPError) {
        var rest = Array(target)[...]
        guard !rest.isEmpty else { throw HTTPError(400, "the request target is empty") }
        if method == "CONNECT" { throw HTTPError(501, "CONNECT is not spoken here") }
        if rest.elementsEqual("*".utf8) {
            guard method == "OPTIONS" else { throw HTTPError(400, "the target * belongs to OPTIONS") }
            (raw, segments, query, authority) = ("*", [], [], nil)
            return
        }
        var authority: String?
        if rest.first != UInt8(ascii: "/") {
            let lowered = rest.prefix(8).map(HTTPBytes.lowercased)
            let prefix = ["http://", "https://"].first { lowered.starts(with: $0.utf8) }
            guard let prefix else { throw HTTPError(400, "the request target must begin with /") }
            rest = rest.dropFirst(prefix.utf8.count)
            let host = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
            guard !host.isEmpty, Self.isAuthority(host) else {
                throw HTTPError(400, "the request target has no valid host")
            }
            authority = String(decoding: host, as: UTF8.self)
            rest = rest[host.endIndex...]
        }
        guard rest.allSatisfy(HTTPBytes.isTarget) else {
            throw HTTPError(400, "the request target holds a character that must be percent-encoded")
        }
        self.authority = authority
        let mark = rest.firstIndex(of: UInt8(ascii: "?"))
        var path = rest[..<(mark ?? rest.endIndex)]
        if path.isEmpty { path = [UInt8(ascii: "/")] }
        raw = String(decoding: Array(path) + rest[(mark ?? rest.endIndex)...], as: UTF8.self)

        var segments: [String] = []
        for part in path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            let segment = try PercentEncoding.decode(part, "path")
            // Clients resolve these before they send; what arrives is an attempt to walk out.
            if segment == "." || segment == ".." { throw HTTPError(400, "the path holds a dot segment") }
            segments.append(segment)
        }
        self.segments = segments

        var query: [Parameter] = []
        if let mark {
            for part in rest[(mark + 1)...].split(separator: UInt8(ascii: "&")) {
                let spaced = part.map { $0 == UInt8(ascii: "+") ? 0x20 : $0 }
                let sign = spaced.firstIndex(of: UInt8(ascii: "=")) ?? spaced.endIndex
                let name = try PercentEncoding.decode(spaced[..<sign], "query")
                let value = try PercentEncoding.decode(spaced[sign...].dropFirst(), "query")
                query.append(Parameter(name: name, value: value))
            }
        }
        self.query = query
    }

    /// `host`, `host:port`, `[v6]:port`: no user information, no path, no list.
    static func isAuthority(_ bytes: ArraySlice<UInt8>) -> Bool {
        var host = bytes
        if host.first == UInt8(ascii: "[") {
            guard let end = host.firstIndex(of: UInt8(ascii: "]")) else { return false }
            let inside = host[(host.startIndex + 1)..<end]
            guard inside.allSatisfy({ HTTPBytes.isHex($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }),
                inside.contains(UInt8(ascii: ":"))
            else { return false }
            host = host[(end + 1)...]
            if host.isEmpty { return true }
            guard host.first == UInt8(ascii: ":") else { return false }
            return isPort(host.dropFirst())
        }
        if let colon = host.firstIndex(of: UInt8(ascii: ":")) {
            guard isPort(host[(colon + 1)...]) else { return false }
            host = host[..<colon]
        }
        return !host.isEmpty && host.allSatisfy { HTTPBytes.isUnreserved($0) || $0 == UInt8(ascii: "%") }
    }

    private static func isPort(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.count <= 5 && bytes.allSatisfy(HTTPBytes.isDigit)
            && (bytes.isEmpty || bytes.reduce(0) { $0 * 10 + Int($1 - 0x30) } <= 65_535)
    }
}

/// Percent-encoding both ways (RFC 3986 §2.1).
package enum PercentEncoding {
    /// A text as one path segment or one query name or value: everything but unreserved characters is encoded.
    package static func encode(_ text: String) -> String {
        var bytes: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text.utf8 {
            if HTTPBytes.isUnreserved(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `name=value&…`, encoded; empty for no parameters.
    package static func query(_ parameters: [(name: String, value: String)]) -> String {
        parameters.map { encode($0.name) + "=" + encode($0.value) }.joined(separator: "&")
    }

    static func decode(_ bytes: some Collection<UInt8>, _ place: String) throws(HTTPError) -> String {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var iterator = bytes.makeIterator()
        while let byte = iterator.next() {
            var byte = byte
            if byte == UInt8(ascii: "%") {
                guard let high = iterator.next().flatMap(HTTPBytes.hexValue),
                    let low = iterator.next().flatMap(HTTPBytes.hexValue)
                else { throw HTTPError(400, "the \(place) holds a broken percent-encoding") }
                byte = high << 4 | low
            }
            if byte < 0x20 || byte == 0x7f { throw HTTPError(400, "the \(place) holds a control character") }
            decoded.append(byte)
        }
        guard let text = String(validating: decoded, as: UTF8.self) else {
            throw HTTPError(400, "the \(place) is not UTF-8")
        }
        return text
    }
}
