/// One operation of the product as a value: its name, its place in REST, its two types, and what it takes to call it.
///
/// The server's table, the client call, the OpenAPI document and the coverage test of `chatctl` are all made from this.
package struct Endpoint<Input: Codable & Sendable, Output: Codable & Sendable>: Sendable {
    /// The operation's name on the live connection: `messages.send`.
    package let name: String
    package let method: Method
    package let path: PathPattern
    /// What a caller needs before the handler looks at the input; the rest is decided by facts.
    package let needs: Capability
    /// A client with an account calls as that account. What makes or renews an account is called without one.
    package let isSigned: Bool
    /// One sentence for the reference and for `chatctl api`.
    package let summary: String

    package init(
        _ name: String,
        _ method: Method,
        _ path: PathPattern,
        needs: Capability,
        isSigned: Bool? = nil,
        _ summary: String
    ) {
        self.name = name
        self.method = method
        self.path = path
        self.needs = needs
        self.isSigned = isSigned ?? (needs != .anyone)
        self.summary = summary
    }

    /// Whether a call may change something. Only these take a key and `dryRun`.
    package var changes: Bool { method != .get }
}

/// The five methods of REST that the API uses.
package enum Method: String, Sendable, CaseIterable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
}

/// A path with parameters in braces: `/v1/channels/{channel}/messages/{seq}`.
package struct PathPattern: Sendable, Equatable, ExpressibleByStringLiteral, CustomStringConvertible {
    package enum Segment: Sendable, Equatable {
        case literal(String)
        case parameter(String)
    }

    package let segments: [Segment]
    package let description: String

    package init(stringLiteral text: String) {
        description = text
        segments = text.split(separator: "/").map { part in
            part.hasPrefix("{") && part.hasSuffix("}")
                ? .parameter(String(part.dropFirst().dropLast()))
                : .literal(String(part))
        }
    }

    package var parameters: [String] {
        segments.compactMap { if case .parameter(let name) = $0 { name } else { nil } }
    }
}

/// An input or output without members.
package struct Empty: Codable, Sendable, Equatable {
    package init() {}
}

/// A page of a list, and where the next one starts. Nil at the end: never a silent cut.
package struct Page<Item: Codable & Sendable>: Codable, Sendable {
    package var items: [Item]
    package var nextCursor: String?

    package init(_ items: [Item], nextCursor: String? = nil) {
        self.items = items
        self.nextCursor = nextCursor
    }
}

extension Page: Equatable where Item: Equatable {}

/// What may accompany any call that changes something.
package struct CallOptions: Sendable, Equatable {
    /// Repeats of one call are answered with the first answer. At most 128 bytes.
    package var key: String?
    /// Says what would happen and leaves no trace.
    package var dryRun: Bool
    /// The version the caller saw: refused with `precondition_failed` if it is not the newest.
    package var ifMatch: String?
    /// Named by the caller or made by the daemon; stands in every log line.
    package var requestID: String?

    package init(key: String? = nil, dryRun: Bool = false, ifMatch: String? = nil, requestID: String? = nil) {
        self.key = key
        self.dryRun = dryRun
        self.ifMatch = ifMatch
        self.requestID = requestID
    }
}
