import ChatAPI
import Transport

/// One WebSocket to the daemon on its loop: the upgrade, frames in and out, and how it ended.
final class LiveSocket: ConnectionHandler {
    /// What comes from the daemon may be a page of the longest messages.
    static let messageLimit = 16 << 20
    static let target = "/v1/live"

    struct Callbacks {
        /// The WebSocket stands.
        let opened: () -> Void
        /// A text frame.
        let received: ([UInt8]) -> Void
        /// Bytes of any kind.
        let heard: () -> Void
        /// The end; nothing is called after it.
        let lost: (LiveLoss) -> Void
    }

    private var callbacks: Callbacks?
    private let address: ServerAddress
    private let offer: WebSocketOffer
    private var connector: Connector?
    private var connection: Connection?
    private var hasHeard = false
    private var upgrade: HTTPResponseDecoder?
    private var refusal: HTTPResponseHead?
    private var refusalBody: [UInt8] = []
    private var decoder = WebSocketDecoder(role: .client, messageLimit: LiveSocket.messageLimit)

    init(
        _ address: ServerAddress,
        tls: TLSClientContext?,
        agent: String,
        timeout: Duration,
        on loop: EventLoop,
        callbacks: Callbacks
    ) {
        self.callbacks = callbacks
        self.address = address
        offer = WebSocketOffer(
            host: address.hostHeader,
            target: Self.target,
            subprotocols: [Version.subprotocol],
            headers: ["User-Agent": agent]
        )
        connector = Connector.connect(to: address.connectAddress, tls: tls, timeout: timeout, on: loop) {
            [weak self] result in
            guard let self, self.callbacks != nil else {
                if case .success(let connection) = result { connection.abort() }
                return
            }
            connector = nil
            switch result {
            case .failure(let failure): lose(.failed(APIError(failure, address)))
            case .success(let connection):
                self.connection = connection
                var decoder = HTTPResponseDecoder()
                decoder.bodyLimit = Limits.bodyBytes
                decoder.expect(method: "GET")
                upgrade = decoder
                connection.handler = self
                connection.send(offer.request)
            }
        }
    }

    /// Sends a text frame.
    func send(_ frame: [UInt8]) { connection?.send(WebSocketFrame.masked(.text, frame)) }

    /// Says goodbye and forgets; nothing is called any more.
    func close(code: Int) {
        callbacks = nil
        connector?.cancel()
        connector = nil
        guard let connection else { return }
        if upgrade == nil { connection.send(WebSocketFrame.masked(.close, WebSocketFrame.closePayload(UInt16(code)))) }
        connection.close(afterFlush: true)
    }

    // MARK: - Bytes

    func connection(_ connection: Connection, received bytes: UnsafeMutableRawBufferPointer) {
        callbacks?.heard()
        hasHeard = true
        var input = bytes
        if upgrade != nil {
            do throws(HTTPError) {
                guard try takeUpgrade(&input) else { return }
            } catch {
                return fail(APIError(.unavailable, error.sentence))
            }
        }
        do throws(WebSocketError) {
            while callbacks != nil, let event = try decoder.next(&input) { take(event) }
        } catch {
            connection.send(WebSocketFrame.masked(.close, WebSocketFrame.closePayload(error.code)))
            fail(APIError(.unavailable, "the server breaks the WebSocket protocol: \(error.sentence)"))
        }
    }

    /// Whether the WebSocket stands.
    private func takeUpgrade(_ input: inout UnsafeMutableRawBufferPointer) throws(HTTPError) -> Bool {
        while let event = try upgrade?.next(&input) {
            switch event {
            case .informational: break
            case .head(let head) where head.status == 101:
                _ = try offer.check(head)
                upgrade = nil
                callbacks?.opened()
                return true
            case .head(let head): refusal = head
            case .body(let part): refusalBody += part
            case .end: refused()
            }
        }
        return false
    }

    /// The upgrade was answered by an error, which says more than the loss.
    private func refused() {
        guard let head = refusal else { return }
        let answer = RESTAnswer(status: head.status, reason: head.reason, headers: head.headers, body: refusalBody)
        if answer.isSuccess || (300..<400).contains(head.status) {
            return fail(
                APIError(.unavailable, "the server answered the live connection with \(head.status): is it chatd?")
            )
        }
        fail(answer.error)
    }

    private func take(_ event: WebSocketDecoder.Event) {
        switch event {
        case .text(let payload): callbacks?.received(Array(payload))
        case .binary: fail(APIError(.unavailable, "the server sent a binary frame, which plaza.v1 does not have"))
        case .ping(let payload): connection?.send(WebSocketFrame.masked(.pong, Array(payload)))
        case .pong: break
        case .close(let code, let reason):
            // The answer ends the closing handshake (RFC 6455 §5.5.1); 1005 was not sent and is not answered.
            let payload = code == 1005 ? [] : WebSocketFrame.closePayload(code)
            connection?.send(WebSocketFrame.masked(.close, payload))
            connection?.close(afterFlush: true)
            lose(.closed(code: Int(code), reason: reason))
        }
    }

    func connectionReceivedEnd(_ connection: Connection) {
        if refusal != nil { refused() }
        connection.close(afterFlush: true)
    }

    func connectionClosed(_ connection: Connection, reason: CloseReason) {
        let error = APIError(.unavailable, "the connection was lost: \(reason)")
        lose(.failed(hasHeard ? error : error.suspectingTLS(at: address)))
    }

    private func fail(_ error: APIError) {
        lose(.failed(error))
        connection?.close(afterFlush: true)
    }

    private func lose(_ loss: LiveLoss) {
        let callbacks = callbacks
        self.callbacks = nil
        callbacks?.lost(loss)
    }
}
