/// A message that breaks RFC 9112 or a limit. The status is what a server answers before it closes; a client only shows the sentence.
package struct HTTPError: Error, Sendable, Equatable, CustomStringConvertible {
    package let status: Int
    package let sentence: String
    /// What the answer must carry besides, such as `Sec-WebSocket-Version` with 426.
    package var headers: HTTPHeaders

    package init(_ status: Int, _ sentence: String, headers: HTTPHeaders = HTTPHeaders()) {
        self.status = status
        self.sentence = sentence
        self.headers = headers
    }

    package var description: String { sentence }
}

/// What a decoder takes before it refuses.
package struct HTTPLimits: Sendable {
    /// Request line or status line, in bytes; above it 414. Half of the head, so that a long target is told apart from long headers.
    package var firstLineBytes = 8_192
    /// The whole head, in bytes; above it 431. 16 KiB holds every head that browsers and proxies send.
    package var headBytes = 16_384
    /// Header fields; above it 431. Proxies add a dozen, people thirty.
    package var headerCount = 100
    /// A chunk's size line with its extensions.
    package var chunkLineBytes = 256
    /// All chunk extensions of a body together: they are ignored, so nobody needs more.
    package var chunkExtensionBytes = 4_096
    /// The trailer section, which is checked and ignored.
    package var trailerBytes = 4_096

    package init() {}
}

/// The two versions there are on this wire.
package enum HTTPVersion: Sendable, Hashable {
    case http10
    case http11
}
