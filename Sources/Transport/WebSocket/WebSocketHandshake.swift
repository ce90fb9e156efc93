/// The upgrade from HTTP to WebSocket (RFC 6455 §4), both sides.
package enum WebSocketHandshake {
    /// The one version there is.
    package static let version = "13"

    /// The server's side. Checks the request and returns the 101 to send and the subprotocol that was agreed, the first of the
    /// client's that is in `subprotocols`; nil when the client offers none. Refuses a client whose offers we do not speak.
    ///
    /// `Origin` is the caller's to check, before this.
    package static func answer(
        _ head: HTTPRequestHead,
        subprotocols: [String],
        date: Int64
    ) throws(HTTPError) -> (response: Bytes, subprotocol: String?) {
        guard head.method == "GET", head.version == .http11, head.body == .none else {
            throw HTTPError(400, "a WebSocket begins with a GET of HTTP/1.1 without a body")
        }
        guard head.headers.tokens("upgrade").contains("websocket"),
            head.headers.tokens("connection").contains("upgrade")
        else {
            throw HTTPError(426, "this address speaks WebSocket only", headers: ["Upgrade": "websocket"])
        }
        guard head.headers.values("sec-websocket-version") == [version] else {
            throw HTTPError(
                426,
                "only version \(version) of WebSocket is spoken here",
                headers: ["Sec-WebSocket-Version": version]
            )
        }
        let keys = head.headers.values("sec-websocket-key")
        guard keys.count == 1, Base64.decodedCount(keys[0]) == 16 else {
            throw HTTPError(400, "Sec-WebSocket-Key must be 16 bytes in base64")
        }
        // Subprotocol names are case-sensitive, so not `tokens`.
        let offers = head.headers.values("sec-websocket-protocol").flatMap { value in
            value.utf8.split(separator: UInt8(ascii: ",")).map {
                String(decoding: HTTPBytes.trimmed(Array($0)[...]), as: UTF8.self)
            }
        }
        let agreed = offers.first(where: subprotocols.contains)
        if agreed == nil, !offers.isEmpty, !subprotocols.isEmpty {
            throw HTTPError(
                400,
                "none of the offered subprotocols is spoken here, only \(subprotocols.joined(separator: ", "))"
            )
        }
        var headers: HTTPHeaders = [
            "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": acceptKey(for: keys[0]),
        ]
        if let agreed { headers.add("Sec-WebSocket-Protocol", agreed) }
        var output = HTTPEncoder.head(101, headers, keepsAlive: true, date: date, capacity: 0)
        output += [0x0d, 0x0a]
        return (Bytes(output), agreed)
    }

    /// `base64(SHA1(key ‖ GUID))`.
    package static func acceptKey(for key: String) -> String {
        Base64.encode(SHA1.digest(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)))
    }
}

/// The client's side of the upgrade: makes the request and checks the answer.
package struct WebSocketOffer: Sendable {
    /// To be sent; tell the response decoder `expect(method: "GET")`.
    package let request: Bytes
    private let key: String
    private let subprotocols: [String]

    /// `target` is path and query, already encoded. `nonce` has 16 random bytes; only tests give one.
    package init(
        host: String,
        target: String,
        subprotocols: [String],
        headers: HTTPHeaders = HTTPHeaders(),
        nonce: [UInt8]? = nil
    ) {
        key = Base64.encode(nonce ?? (0..<16).map { _ in UInt8.random(in: 0...255) })
        self.subprotocols = subprotocols
        var all: HTTPHeaders = [
            "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": WebSocketHandshake.version,
            "Sec-WebSocket-Key": key,
        ]
        if !subprotocols.isEmpty { all.add("Sec-WebSocket-Protocol", subprotocols.joined(separator: ", ")) }
        for field in headers.fields { all.add(field.name, field.value) }
        request = HTTPEncoder.request("GET", target, host: host, headers: all)
    }

    /// Returns the agreed subprotocol. Refuses anything but the 101 that belongs to this request (RFC 6455 §4.1).
    package func check(_ head: HTTPResponseHead) throws(HTTPError) -> String? {
        guard head.status == 101 else {
            throw HTTPError(502, "the server refused the WebSocket: \(head.status) \(head.reason)")
        }
        guard head.headers.tokens("upgrade") == ["websocket"], head.headers.tokens("connection").contains("upgrade")
        else {
            throw HTTPError(502, "the server switched to something that is not WebSocket")
        }
        guard head.headers.values("sec-websocket-accept") == [WebSocketHandshake.acceptKey(for: key)] else {
            throw HTTPError(502, "the server's Sec-WebSocket-Accept does not belong to our key")
        }
        guard head.headers.values("sec-websocket-extensions").isEmpty else {
            throw HTTPError(502, "the server uses an extension that was not offered")
        }
        let agreed = head.headers.values("sec-websocket-protocol")
        guard agreed.count <= 1, agreed.allSatisfy(subprotocols.contains) else {
            throw HTTPError(502, "the server chose a subprotocol that was not offered")
        }
        if agreed.isEmpty, !subprotocols.isEmpty {
            throw HTTPError(502, "the server does not speak \(subprotocols.joined(separator: ", "))")
        }
        return agreed.first
    }
}
