/// WebSocket messages out of a stream of bytes, strict by RFC 6455, for either side.
///
///     while let event = try decoder.next(&input) { … }
///
/// `next` takes what it has understood off the front of `input` and unmasks in place; nil means that all was taken and more is
/// needed. A message that lies whole in `input` is handed out where it lies; others are collected. What an event points to is
/// valid until the next call, and no longer than `input`. An idle decoder holds no buffer.
package struct WebSocketDecoder {
    /// Which side we are: clients mask, servers do not.
    package enum Role: Sendable {
        case server
        case client
    }

    package enum Event {
        /// Valid UTF-8.
        case text(UnsafeRawBufferPointer)
        case binary(UnsafeRawBufferPointer)
        /// To be answered with a pong of the same bytes.
        case ping(UnsafeRawBufferPointer)
        case pong(UnsafeRawBufferPointer)
        /// The peer closes; 1005 when it gave no code. What follows on the stream is ignored.
        case close(code: UInt16, reason: String)
    }

    private enum State {
        case header
        case payload
        case ended
    }

    private let role: Role
    /// The longest message, over all its fragments, in bytes.
    private let messageLimit: Int

    private var state = State.header
    private var headerBytes: InlineArray<14, UInt8> = .init(repeating: 0)
    private var headerCount = 0
    private var frame = Frame()
    /// The fragments of a message and the beginning of its current frame.
    private var message: GrowingBuffer?
    /// The beginning of a control frame, which may come inside a message.
    private var control: GrowingBuffer?
    private var messageOpcode: WebSocketFrame.Opcode?
    private var utf8 = UTF8Validator()
    private var isHandedOut = false

    private struct Frame {
        var opcode = WebSocketFrame.Opcode.text
        var isFinal = true
        var mask: UInt32 = 0
        var count = 0
        var received = 0
    }

    package init(role: Role, messageLimit: Int) {
        self.role = role
        self.messageLimit = messageLimit
    }

    package mutating func next(_ input: inout UnsafeMutableRawBufferPointer) throws(WebSocketError) -> Event? {
        if isHandedOut {
            isHandedOut = false
            if frame.opcode.isControl { control = nil } else { message = nil }
        }
        do throws(WebSocketError) {
            while true {
                switch state {
                case .ended:
                    input.consume(input.count)
                    return nil
                case .header:
                    guard try readHeader(&input) else { return nil }
                    state = .payload
                case .payload:
                    guard frame.received < frame.count, input.isEmpty else {
                        if let event = try readPayload(&input) { return event }
                        continue
                    }
                    return nil
                }
            }
        } catch {
            state = .ended
            message = nil
            control = nil
            throw error
        }
    }

    // MARK: - Header

    private mutating func readHeader(_ input: inout UnsafeMutableRawBufferPointer) throws(WebSocketError) -> Bool {
        while true {
            let needed = headerLength
            let missing = needed - headerCount
            if missing == 0 { break }
            let taken = min(missing, input.count)
            if taken == 0 { return false }
            for index in 0..<taken { headerBytes[headerCount + index] = input[index] }
            headerCount += taken
            input.consume(taken)
            // What is wrong in the first two bytes is said at once: the rest may never come.
            if headerCount >= 2, headerCount - taken < 2 { try checkFirstBytes() }
        }
        headerCount = 0
        try openFrame()
        return true
    }

    private var headerLength: Int {
        guard headerCount >= 2 else { return 2 }
        let length = headerBytes[1] & 0x7f
        return 2 + (length == 127 ? 8 : length == 126 ? 2 : 0) + (headerBytes[1] & 0x80 != 0 ? 4 : 0)
    }

    private func checkFirstBytes() throws(WebSocketError) {
        let first = headerBytes[0]
        guard first & 0x70 == 0 else { throw WebSocketError(1002, "a reserved bit is set and no extension was agreed") }
        guard let opcode = WebSocketFrame.Opcode(rawValue: first & 0x0f) else {
            throw WebSocketError(1002, "the opcode \(first & 0x0f) is reserved")
        }
        let isMasked = headerBytes[1] & 0x80 != 0
        guard isMasked == (role == .server) else {
            let rule = role == .server ? "a client must mask its frames" : "a server must not mask its frames"
            throw WebSocketError(1002, rule)
        }
        let isFinal = first & 0x80 != 0
        if opcode.isControl {
            guard isFinal else { throw WebSocketError(1002, "a control frame is fragmented") }
            guard headerBytes[1] & 0x7f <= UInt8(WebSocketFrame.controlLimit) else {
                throw WebSocketError(1002, "a control frame is longer than \(WebSocketFrame.controlLimit) bytes")
            }
        } else if opcode == .continuation {
            guard messageOpcode != nil else { throw WebSocketError(1002, "a continuation without a message") }
        } else if messageOpcode != nil {
            throw WebSocketError(1002, "a new message begins inside another")
        }
    }

    private mutating func openFrame() throws(WebSocketError) {
        var count = Int(headerBytes[1] & 0x7f)
        var index = 2
        if count >= 126 {
            let size = count == 126 ? 2 : 8
            var length: UInt64 = 0
            for _ in 0..<size {
                length = length << 8 | UInt64(headerBytes[index])
                index += 1
            }
            guard length >> 63 == 0 else { throw WebSocketError(1002, "a frame's length has its highest bit set") }
            guard length > (size == 2 ? 125 : 0xffff) else {
                throw WebSocketError(1002, "a frame's length is not in its shortest form")
            }
            count = Int(length)
        }
        frame.opcode = WebSocketFrame.Opcode(rawValue: headerBytes[0] & 0x0f)!
        frame.isFinal = headerBytes[0] & 0x80 != 0
        frame.count = count
        frame.received = 0
        frame.mask = 0
        if headerBytes[1] & 0x80 != 0 {
            for position in 0..<4 { frame.mask |= UInt32(headerBytes[index + position]) << (8 * UInt32(position)) }
            frame.mask = frame.mask.littleEndian
        }
        if !frame.opcode.isControl, count > messageLimit - (message?.count ?? 0) {
            throw WebSocketError(1009, "a message may have at most \(messageLimit) bytes")
        }
        if !frame.opcode.isControl, frame.opcode != .continuation {
            messageOpcode = frame.opcode
            utf8 = UTF8Validator()
        }
    }

    // MARK: - Payload

    private mutating func readPayload(_ input: inout UnsafeMutableRawBufferPointer) throws(WebSocketError) -> Event? {
        let size = min(frame.count - frame.received, input.count)
        let part = UnsafeMutableRawBufferPointer(rebasing: input[..<size])
        input.consume(size)
        if role == .server { WebSocketMask.apply(frame.mask, to: part, offset: frame.received) }
        frame.received += size
        let isWhole = frame.received == frame.count
        return frame.opcode.isControl ? try takeControl(part, isWhole) : try takeData(part, isWhole)
    }

    private mutating func takeControl(
        _ part: UnsafeMutableRawBufferPointer,
        _ isWhole: Bool
    ) throws(WebSocketError) -> Event? {
        var payload = UnsafeRawBufferPointer(part)
        if !isWhole || control != nil {
            let buffer = control ?? GrowingBuffer()
            control = buffer
            buffer.append(payload)
            guard isWhole else { return nil }
            payload = buffer.bytes
        }
        state = .header
        isHandedOut = true
        switch frame.opcode {
        case .ping: return .ping(payload)
        case .pong: return .pong(payload)
        default:
            let event = try closing(payload)
            state = .ended
            return event
        }
    }

    private mutating func takeData(
        _ part: UnsafeMutableRawBufferPointer,
        _ isWhole: Bool
    ) throws(WebSocketError) -> Event? {
        var payload = UnsafeRawBufferPointer(part)
        if messageOpcode == .text, !utf8.feed(payload) { throw WebSocketError(1007, "a text message is not UTF-8") }
        if isWhole { state = .header }
        let isEnd = isWhole && frame.isFinal
        if !isEnd || message != nil {
            if !payload.isEmpty {
                let buffer = message ?? GrowingBuffer()
                message = buffer
                buffer.append(payload)
            }
            guard isEnd else { return nil }
            payload = message?.bytes ?? payload
        }
        let opcode = messageOpcode
        messageOpcode = nil
        isHandedOut = true
        guard opcode == .text else { return .binary(payload) }
        guard utf8.isComplete else { throw WebSocketError(1007, "a text message ends inside a character") }
        return .text(payload)
    }

    private func closing(_ payload: UnsafeRawBufferPointer) throws(WebSocketError) -> Event {
        if payload.isEmpty { return .close(code: 1005, reason: "") }
        guard payload.count >= 2 else { throw WebSocketError(1002, "a close frame has half a code") }
        let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
        switch code {
        // 1004 to 1006 and 1015 are never sent (RFC 6455 §7.4.1); 1012 to 1014 are registered with IANA.
        case 1000...1003, 1007...1014, 3000...4999: break
        default: throw WebSocketError(1002, "the close code \(code) may not be sent")
        }
        let reason = UnsafeRawBufferPointer(rebasing: payload[2...])
        guard UTF8Validator.isValid(reason) else {
            throw WebSocketError(1007, "the reason of a close frame is not UTF-8")
        }
        return .close(code: code, reason: String(decoding: reason, as: UTF8.self))
    }
}

/// Memory whose address stays while it is handed out. It grows with what arrives, not with what a header promises.
private final class GrowingBuffer {
    private var start = UnsafeMutableRawPointer.allocate(byteCount: 256, alignment: 8)
    private var capacity = 256
    private(set) var count = 0

    deinit { start.deallocate() }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

    func append(_ part: UnsafeRawBufferPointer) {
        guard let source = part.baseAddress, !part.isEmpty else { return }
        if count + part.count > capacity {
            let larger = max(capacity * 2, count + part.count)
            let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 8)
            moved.copyMemory(from: start, byteCount: count)
            start.deallocate()
            start = moved
            capacity = larger
        }
        (start + count).copyMemory(from: source, byteCount: part.count)
        count += part.count
    }
}
