import ChatAPI
import Transport

/// One live connection of the load generator: as little work per push as counting allows.
///
/// The generator shares a machine with the daemon, so it must not be the slower side: it hops from frame to frame and reads
/// no more of a push than its `seq`.
final class BenchSocket: ConnectionHandler {
    /// What happened, by connection; all closures run on the loop. `push` gets the `seq` of each message in order.
    struct Events: @unchecked Sendable {
        var ready: (BenchSocket) -> Void = { _ in }
        var push: (BenchSocket, Int64) -> Void = { _, _ in }
        var answer: (BenchSocket, Int64, Bool) -> Void = { _, _, _ in }
        /// The beginning of an answer, at least as much as `prefixBytes`.
        var answered: (BenchSocket, UnsafeRawBufferPointer) -> Void = { _, _ in }
        /// The same with the whole answer, for those who want it: frames are then read to their ends.
        var body: ((BenchSocket, Int64, Bool, UnsafeRawBufferPointer) -> Void)?
        var closed: (BenchSocket, String) -> Void = { _, _ in }
    }

    let index: Int
    private(set) var connection: Connection?
    private let events: Events
    private let hello: [UInt8]
    private var response = HTTPResponseDecoder()
    private var offer: WebSocketOffer
    private var isUpgraded = false
    private var isReady = false
    /// The beginning of a frame that did not arrive whole.
    private var carry: [UInt8] = []
    /// Bytes of the current frame still to be hopped over.
    private var skip = 0
    private var nextID: Int64 = 1
    private(set) var welcome: [UInt8] = []
    private(set) var pushCount = 0
    private(set) var receivedBytes = 0

    /// Of a push no more is looked at than its beginning: kind, channel or sketch, and 19 digits of `seq`.
    private static let prefixBytes = 112

    init(index: Int, token: String, resume: Resume? = nil, view: View? = nil, events: Events) {
        self.index = index
        self.events = events
        let frame = ["hello": Hello(token: token, device: "bench", resume: resume, view: view)]
        var json = Coding.encode(frame)
        json.replaceSubrange(0..<1, with: Array("{\"id\":1,".utf8))
        hello = json
        offer = WebSocketOffer(host: "localhost", target: "/v1/live", subprotocols: [Version.subprotocol])
        response.expect(method: "GET")
    }

    /// Begins the upgrade; `hello` follows the answer.
    func begin(on connection: Connection) {
        self.connection = connection
        connection.send(offer.request)
        connection.handler = self
    }

    func close() { connection?.abort() }

    /// Calls `messages.send`; the answer comes with the returned id.
    @discardableResult
    func send(_ text: [UInt8], to channel: ChannelID, cid: ClientID) -> Int64 {
        nextID += 1
        var json = JSONWriter(reserving: 256)
        json.openObject()
        json.key("id")
        json.value(nextID)
        json.key("call")
        json.value("messages.send")
        json.key("in")
        json.openObject()
        json.key("channel")
        json.value(channel)
        json.key("cid")
        json.value(cid)
        json.key("text")
        json.raw(text)
        json.closeObject()
        json.closeObject()
        connection?.send(WebSocketFrame.masked(.text, json.finish()))
        return nextID
    }

    /// Calls any operation; `input` is JSON.
    @discardableResult
    func call(_ name: String, _ input: [UInt8]) -> Int64 {
        nextID += 1
        var json = JSONWriter(reserving: input.count + 64)
        json.openObject()
        json.key("id")
        json.value(nextID)
        json.key("call")
        json.value(name)
        json.key("in")
        json.raw(input)
        json.closeObject()
        connection?.send(WebSocketFrame.masked(.text, json.finish()))
        return nextID
    }

    // MARK: - In

    func connection(_ connection: Connection, received bytes: UnsafeMutableRawBufferPointer) {
        receivedBytes += bytes.count
        guard isUpgraded else { return upgrade(connection, bytes) }
        receive(UnsafeRawBufferPointer(bytes))
    }

    func connectionClosed(_ connection: Connection, reason: CloseReason) {
        self.connection = nil
        events.closed(self, reason.description)
    }

    private func upgrade(_ connection: Connection, _ bytes: UnsafeMutableRawBufferPointer) {
        var input = bytes
        do throws(HTTPError) {
            while let event = try response.next(&input) {
                guard case .head(let head) = event else { continue }
                _ = try offer.check(head)
                isUpgraded = true
                connection.send(WebSocketFrame.masked(.text, hello))
                if !input.isEmpty { receive(UnsafeRawBufferPointer(input)) }
                return
            }
        } catch {
            events.closed(self, error.sentence)
            connection.abort()
        }
    }

    private func receive(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes
        if !carry.isEmpty {
            carry.append(contentsOf: rest)
            var whole: [UInt8] = []
            swap(&whole, &carry)
            whole.withUnsafeBytes { hop($0) }
            return
        }
        if skip > 0 {
            let count = min(skip, rest.count)
            skip -= count
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        hop(rest)
    }

    /// From frame to frame. What is not a whole header and beginning is carried over.
    private func hop(_ bytes: UnsafeRawBufferPointer) {
        var position = 0
        while position < bytes.count {
            guard let (header, length) = Self.header(bytes, at: position) else { break }
            let start = position + header
            let opcode = bytes[position] & 15
            let isCut = opcode == 1 && isReady && events.body == nil
            let wanted = isCut ? min(length, Self.prefixBytes) : length
            guard start + wanted <= bytes.count else { break }
            take(opcode, UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + length, bytes.count)]))
            position = start + length
        }
        if position > bytes.count {
            skip = position - bytes.count
        } else if position < bytes.count {
            carry = Array(bytes[position...])
        }
    }

    private static func header(_ bytes: UnsafeRawBufferPointer, at position: Int) -> (header: Int, length: Int)? {
        guard position + 2 <= bytes.count else { return nil }
        let short = Int(bytes[position + 1] & 127)
        if short < 126 { return (2, short) }
        if short == 126 {
            guard position + 4 <= bytes.count else { return nil }
            return (4, Int(bytes[position + 2]) << 8 | Int(bytes[position + 3]))
        }
        guard position + 10 <= bytes.count else { return nil }
        return (10, (2..<10).reduce(0) { $0 << 8 | Int(bytes[position + $1]) })
    }

    private func take(_ opcode: UInt8, _ payload: UnsafeRawBufferPointer) {
        switch opcode {
        case 1: takeText(payload)
        case 9: connection?.send(WebSocketFrame.masked(.pong, Array(payload)))
        default: break
        }
    }

    private func takeText(_ payload: UnsafeRawBufferPointer) {
        guard payload.count > 2 else { return }
        // {"push":… or {"id":…
        if payload[2] == UInt8(ascii: "p") {
            pushCount += 1
            // Messages and operations of sketches have their first `seq` where their fixed beginning ends.
            switch payload.count > 9 ? payload[9] : 0 {
            case UInt8(ascii: "m"): events.push(self, Self.number(payload, after: 72))
            case UInt8(ascii: "o"): events.push(self, Self.number(payload, after: 90))
            default: break
            }
        } else if payload[2] == UInt8(ascii: "i") {
            let id = Self.number(payload, after: 6)
            if !isReady {
                isReady = true
                welcome = Array(payload)
                events.ready(self)
            } else {
                let digits = String(id).utf8.count
                // {"id":7,"ok"… or {"id":7,"error"…
                let isOK = payload.count > 8 + digits && payload[8 + digits] == UInt8(ascii: "o")
                if let body = events.body { body(self, id, isOK, payload) } else { events.answer(self, id, isOK) }
                events.answered(self, payload)
            }
        }
    }

    /// The digits at a place: pushes have `seq` behind the kind `message` and the channel's 36 characters.
    static func number(_ payload: UnsafeRawBufferPointer, after offset: Int) -> Int64 {
        var value: Int64 = 0
        var position = offset
        while position < payload.count {
            let digit = payload[position] &- UInt8(ascii: "0")
            if digit > 9 { break }
            value = value * 10 + Int64(digit)
            position += 1
        }
        return value
    }
}
