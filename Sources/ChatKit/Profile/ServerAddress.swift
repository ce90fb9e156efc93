package import ChatAPI

/// Where a daemon is: a URL, or the path of its Unix socket.
package enum ServerAddress: Sendable, Hashable, CustomStringConvertible {
    case url(isSecure: Bool, host: String, port: UInt16)
    case unix(path: String)

    /// Reads `https://host[:port]`, or `http://` of a loopback host: a token must not cross a network unencrypted.
    package init(url text: String) throws(ProfileError) {
        func wrong(_ why: String) -> ProfileError { ProfileError(.usage, "the server '\(text)' \(why)") }
        let isSecure: Bool
        var rest: Substring
        if text.lowercased().hasPrefix("https://") {
            isSecure = true
            rest = text.dropFirst(8)
        } else if text.lowercased().hasPrefix("http://") {
            isSecure = false
            rest = text.dropFirst(7)
        } else {
            throw wrong("is not a URL: write https://host[:port]")
        }
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        guard !rest.isEmpty else { throw wrong("names no host") }
        guard !rest.contains(where: { "/?#@".contains($0) }) else {
            throw wrong("has more than a host and a port: write https://host[:port]")
        }
        let host: String
        var port: UInt16 = isSecure ? 443 : 80
        var portText: Substring?
        if rest.hasPrefix("[") {
            guard let end = rest.firstIndex(of: "]") else { throw wrong("has a [ without a ]") }
            host = String(rest[rest.index(after: rest.startIndex)..<end])
            let tail = rest[rest.index(after: end)...]
            guard tail.isEmpty || tail.hasPrefix(":") else { throw wrong("has something after the ]") }
            portText = tail.isEmpty ? nil : tail.dropFirst()
        } else {
            let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count <= 2 else { throw wrong("holds an IPv6 address, which is written in [ ]") }
            host = String(parts[0])
            portText = parts.count == 2 ? parts[1] : nil
        }
        if let portText {
            guard let number = UInt16(portText), number > 0 else { throw wrong("has a port that is not 1 to 65535") }
            port = number
        }
        let isHost = !host.isEmpty && host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
        guard isHost else { throw wrong("names no host that can be looked up") }
        guard isSecure || Self.isLoopback(host) else {
            throw wrong("is not encrypted: http:// is only for this machine, write https://")
        }
        self = .url(isSecure: isSecure, host: host, port: port)
    }

    /// The path of a socket; it is not looked at yet. It becomes an absolute one: sessions are kept by address, and
    /// `./chatd.sock` of another folder is another daemon.
    package init(socket text: String) throws(ProfileError) {
        guard !text.isEmpty else { throw ProfileError(.usage, "the socket's path is empty") }
        let path = Files.absolute(text)
        // The kernel's field has 108 bytes with the closing zero.
        guard path.utf8.count <= 107 else {
            throw ProfileError(
                .usage,
                "the socket's path is \(path.utf8.count) bytes; the system takes at most 107: \(path)"
            )
        }
        self = .unix(path: path)
    }

    /// The same place over TLS; nil where that is no question.
    var withTLS: ServerAddress? {
        if case .url(false, let host, let port) = self { .url(isSecure: true, host: host, port: port) } else { nil }
    }

    /// The same place in the clear, if it may be spoken to like that.
    var withoutTLS: ServerAddress? {
        guard case .url(true, let host, let port) = self, Self.isLoopback(host) else { return nil }
        return .url(isSecure: false, host: host, port: port)
    }

    static func isLoopback(_ host: String) -> Bool {
        if host.lowercased() == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// As it is written in a context: the URL, or `unix:` and the path.
    package var description: String {
        switch self {
        case .url(let isSecure, _, _): "\(isSecure ? "https" : "http")://\(hostHeader)"
        case .unix(let path): "unix:\(path)"
        }
    }

    /// `Host` of HTTP; the default port is not written.
    package var hostHeader: String {
        guard case .url(let isSecure, let host, let port) = self else { return "" }
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }
}

/// Why no profile could be made of flags, environment and files.
package struct ProfileError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Kind: Sendable, Equatable {
        /// Something given makes no sense: exit code 2.
        case usage
        /// Nothing says where a daemon is, and none is at the default places.
        case noServer
        /// A file is missing, unreadable or damaged.
        case file
    }

    package let kind: Kind
    package let sentence: String

    package init(_ kind: Kind, _ sentence: String) {
        self.kind = kind
        self.sentence = sentence
    }

    package var description: String { sentence }

    /// The same as an API error, for output that knows only these.
    package var apiError: APIError {
        switch kind {
        case .usage: APIError(.badRequest, sentence)
        case .noServer: APIError(.unavailable, sentence)
        case .file: APIError(.internal, sentence)
        }
    }
}
