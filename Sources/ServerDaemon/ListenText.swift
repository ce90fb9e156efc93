import Transport

/// `HOST:PORT` as people write it: `127.0.0.1:7878`, `[::1]:7878`, `localhost:0`.
struct ListenText: Equatable {
    let host: String
    let port: UInt16

    static func parse(_ text: String) throws(StartError) -> ListenText {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw StartError("'\(text)' is not HOST:PORT with a port from 0 to 65535")
        }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        guard !host.isEmpty else { throw StartError("'\(text)' has no host; write 0.0.0.0 or [::] for all addresses") }
        return ListenText(host: host, port: port)
    }

    var isLoopback: Bool {
        host == "localhost" || SocketAddress(numeric: host, port: port)?.isLoopback == true
    }
}
