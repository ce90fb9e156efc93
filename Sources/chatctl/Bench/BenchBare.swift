import ChatAPI
import Transport

/// The other side of the comparison: a loop that coalesces and sends, without accounts, storage or decoding.
///
/// Whatever text frame arrives is answered and sent to everyone as a push of the same size as the daemon's, one blob per
/// tick. What the daemon reaches beside this is what its work costs.
final class BenchBare: @unchecked Sendable {
    private let loop: EventLoop
    private var peers: [BarePeer] = []
    private var pending: [UInt8] = []
    private var seq: Int64 = 0
    private var isFlushing = false
    private let channel = ChannelID(high: 1, low: 1)
    private let text = String(repeating: "m", count: 120)

    init(loop: EventLoop) {
        self.loop = loop
    }

    /// Listens until the process is stopped.
    func listen(on port: UInt16, group: EventLoopGroup) throws -> Listener {
        let listener = try Listener(.tcp(host: "127.0.0.1", port: port), on: group)
        try listener.start { [self] connection in
            let peer = BarePeer(bare: self, connection: connection)
            connection.handler = peer
        }
        return listener
    }

    fileprivate func joined(_ peer: BarePeer) { peers.append(peer) }

    fileprivate func left(_ peer: BarePeer) { peers.removeAll { $0 === peer } }

    fileprivate func received(_ payload: UnsafeRawBufferPointer, from peer: BarePeer) {
        seq += 1
        var json = JSONWriter(reserving: 400)
        json.openObject()
        json.key("push")
        json.value("message")
        json.key("channel")
        json.value(channel)
        json.key("seq")
        json.value(seq)
        json.key("by")
        json.value(channel)
        json.key("at")
        json.value(1_777_636_800_000)
        json.key("cid")
        json.value(channel)
        json.key("text")
        json.value(text)
        json.key("messagesSoFar")
        json.value(seq)
        json.key("broadcastsSoFar")
        json.value(0)
        json.closeObject()
        WebSocketFrame.append(.text, json.finish(), to: &pending)
        guard !isFlushing else { return }
        isFlushing = true
        loop.atTickEnd { [self] in
            isFlushing = false
            let blob = Bytes(pending)
            pending = []
            for peer in peers { peer.connection.send(blob) }
        }
    }
}

/// A connection of the bare loop.
final class BarePeer: ConnectionHandler, @unchecked Sendable {
    private let bare: BenchBare
    let connection: Connection
    private var request = HTTPRequestDecoder()
    private var frames = WebSocketDecoder(role: .server, messageLimit: 65_536)
    private var isUpgraded = false
    private var isGreeted = false

    init(bare: BenchBare, connection: Connection) {
        self.bare = bare
        self.connection = connection
    }

    func connection(_ connection: Connection, received bytes: UnsafeMutableRawBufferPointer) {
        var input = bytes
        do {
            if !isUpgraded {
                guard case .head(let head)? = try request.next(&input) else { return }
                let answer = try WebSocketHandshake.answer(head, subprotocols: [Version.subprotocol], date: 0)
                connection.send(answer.response)
                isUpgraded = true
            }
            while let event = try frames.next(&input) {
                guard case .text(let payload) = event else { continue }
                if isGreeted {
                    bare.received(payload, from: self)
                } else {
                    isGreeted = true
                    connection.send(WebSocketFrame.text("{\"id\":1,\"ok\":{}}"))
                    bare.joined(self)
                }
            }
        } catch {
            connection.abort()
        }
    }

    func connectionClosed(_ connection: Connection, reason: CloseReason) { bare.left(self) }
}
