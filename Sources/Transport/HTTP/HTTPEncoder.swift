/// Writes requests and responses. What it is given comes from our own code; control characters in header values are still
/// replaced by spaces, so that no text of a user can end a header line.
package enum HTTPEncoder {
    /// A whole response with its body. `date` is Unix seconds for the `Date` header (RFC 9110 §6.6.1).
    ///
    /// `isHead` answers a HEAD: the length is told, the body is not sent. 204, 304 and 1xx carry neither.
    package static func response(
        _ status: Int,
        headers: HTTPHeaders = HTTPHeaders(),
        body: [UInt8] = [],
        keepsAlive: Bool,
        isHead: Bool = false,
        date: Int64
    ) -> Bytes {
        var output = head(status, headers, keepsAlive: keepsAlive, date: date, capacity: body.count)
        let isBodiless = status < 200 || status == 204 || status == 304
        if !isBodiless { field("content-length", String(body.count), &output) }
        output += [0x0d, 0x0a]
        if !isBodiless, !isHead { output += body }
        return Bytes(output)
    }

    /// The head of a response whose body follows in chunks, see `chunk` and `lastChunk`; HTTP/1.1 clients only.
    package static func chunkedResponse(
        _ status: Int,
        headers: HTTPHeaders = HTTPHeaders(),
        keepsAlive: Bool,
        date: Int64
    ) -> Bytes {
        var output = head(status, headers, keepsAlive: keepsAlive, date: date, capacity: 0)
        field("transfer-encoding", "chunked", &output)
        output += [0x0d, 0x0a]
        return Bytes(output)
    }

    /// One chunk. An empty one would end the body, so it is nothing.
    package static func chunk(_ bytes: [UInt8]) -> Bytes {
        if bytes.isEmpty { return .empty }
        var output = Array(String(bytes.count, radix: 16).utf8)
        output.reserveCapacity(bytes.count + 20)
        output += [0x0d, 0x0a]
        output += bytes
        output += [0x0d, 0x0a]
        return Bytes(output)
    }

    package static let lastChunk = Bytes("0\r\n\r\n")
    package static let continueResponse = Bytes("HTTP/1.1 100 Continue\r\n\r\n")

    /// A whole request. `target` is path and query, already encoded; `host` is `name[:port]`, empty over a Unix socket.
    package static func request(
        _ method: String,
        _ target: String,
        host: String,
        headers: HTTPHeaders = HTTPHeaders(),
        body: [UInt8]? = nil
    ) -> Bytes {
        var output: [UInt8] = []
        output.reserveCapacity(512 + (body?.count ?? 0))
        output += clean(method)
        output.append(0x20)
        output += clean(target)
        output += " HTTP/1.1\r\n".utf8
        field("host", host, &output)
        for entry in headers.fields { field(entry.name, entry.value, &output) }
        // A method that usually has a body says so when it has none (RFC 9110 §8.6).
        if let body {
            field("content-length", String(body.count), &output)
        } else if method == "POST" || method == "PUT" || method == "PATCH" {
            field("content-length", "0", &output)
        }
        output += [0x0d, 0x0a]
        if let body { output += body }
        return Bytes(output)
    }

    static func head(
        _ status: Int,
        _ headers: HTTPHeaders,
        keepsAlive: Bool,
        date: Int64,
        capacity: Int
    ) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(512 + capacity)
        output += "HTTP/1.1 \(status) \(HTTPStatus.reason(status))\r\n".utf8
        field("date", HTTPDate.text(date), &output)
        for entry in headers.fields { field(entry.name, entry.value, &output) }
        if status != 101 { field("connection", keepsAlive ? "keep-alive" : "close", &output) }
        return output
    }

    private static func field(_ name: String, _ value: String, _ output: inout [UInt8]) {
        output += clean(name)
        output += [0x3a, 0x20]
        output += clean(value)
        output += [0x0d, 0x0a]
    }

    private static func clean(_ text: String) -> some Collection<UInt8> {
        text.utf8.lazy.map { HTTPBytes.isFieldValue($0) ? $0 : 0x20 }
    }
}

/// The phrases of RFC 9110 §15.
package enum HTTPStatus {
    package static func reason(_ status: Int) -> String { phrases[status] ?? "Status" }

    private static let phrases: [Int: String] = [
        100: "Continue", 101: "Switching Protocols", 200: "OK", 201: "Created", 202: "Accepted", 204: "No Content",
        206: "Partial Content", 301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified",
        307: "Temporary Redirect", 308: "Permanent Redirect", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden",
        404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable", 408: "Request Timeout", 409: "Conflict",
        410: "Gone", 411: "Length Required", 412: "Precondition Failed", 413: "Content Too Large", 414: "URI Too Long",
        415: "Unsupported Media Type", 416: "Range Not Satisfiable", 417: "Expectation Failed",
        421: "Misdirected Request",
        422: "Unprocessable Content", 423: "Locked", 426: "Upgrade Required", 428: "Precondition Required",
        429: "Too Many Requests", 431: "Request Header Fields Too Large", 500: "Internal Server Error",
        501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
        505: "HTTP Version Not Supported", 507: "Insufficient Storage",
    ]
}

/// The date format of HTTP headers (RFC 9110 §5.6.7), independent of the locale.
package enum HTTPDate {
    /// `Sun, 06 Nov 1994 08:49:37 GMT`.
    package static func text(_ unixSeconds: Int64) -> String {
        let days = Int(unixSeconds >= 0 ? unixSeconds / 86_400 : (unixSeconds - 86_399) / 86_400)
        let second = Int(unixSeconds) - days * 86_400
        // Days since 0000-03-01, so that the leap day ends a year.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let weekday = ((days % 7) + 11) % 7
        let name = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][weekday]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let clock = "\(two(second / 3_600)):\(two(second / 60 % 60)):\(two(second % 60))"
        return "\(name), \(two(day)) \(months[month - 1]) \(year) \(clock) GMT"
    }
}
