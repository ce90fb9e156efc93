/// Writing WebSocket frames (RFC 6455 §5). Servers write without a mask, so that one frame is the same bytes for everyone.
package enum WebSocketFrame {
    package enum Opcode: UInt8, Sendable {
        case continuation = 0
        case text = 1
        case binary = 2
        case close = 8
        case ping = 9
        case pong = 10

        var isControl: Bool { rawValue & 8 != 0 }
    }

    /// What a control frame may carry, in bytes.
    package static let controlLimit = 125
    /// A header has at most this many bytes: 2, 8 of length, 4 of mask.
    static let headerLimit = 14

    /// A server's text frame: encode once, send the `Bytes` to everyone.
    package static func text(_ payload: [UInt8]) -> Bytes { frame(.text, payload) }

    package static func text(_ payload: String) -> Bytes { frame(.text, Array(payload.utf8)) }

    /// A server's frame, unmasked and final.
    package static func frame(_ opcode: Opcode, _ payload: [UInt8]) -> Bytes {
        var output: [UInt8] = []
        output.reserveCapacity(payload.count + 10)
        append(opcode, payload, to: &output)
        return Bytes(output)
    }

    /// Appends a server's frame to a buffer that several frames share, so that a tick's pushes of a channel become one blob.
    package static func append(_ opcode: Opcode, _ payload: [UInt8], to output: inout [UInt8]) {
        appendHeader(opcode, count: payload.count, to: &output)
        output += payload
    }

    /// The header of an unmasked final frame; the caller appends exactly `count` bytes after it.
    package static func appendHeader(_ opcode: Opcode, count: Int, to output: inout [UInt8]) {
        header(opcode, count: count, maskBit: 0, &output)
    }

    /// A client's frame. The mask is fresh and random: it keeps a hostile page from writing chosen bytes through old proxies
    /// (RFC 6455 §10.3). Only tests give one, as its four bytes lie in memory.
    package static func masked(_ opcode: Opcode, _ payload: [UInt8], mask: UInt32 = .random(in: 0 ... .max)) -> Bytes {
        var output: [UInt8] = []
        output.reserveCapacity(payload.count + headerLimit)
        header(opcode, count: payload.count, maskBit: 0x80, &output)
        withUnsafeBytes(of: mask) { output.append(contentsOf: $0) }
        let start = output.count
        output += payload
        output.withUnsafeMutableBytes {
            WebSocketMask.apply(mask, to: UnsafeMutableRawBufferPointer(rebasing: $0[start...]))
        }
        return Bytes(output)
    }

    /// The payload of a close frame. The reason is cut at 123 bytes, between characters.
    package static func closePayload(_ code: UInt16, _ reason: String = "") -> [UInt8] {
        var payload = [UInt8(code >> 8), UInt8(code & 255)]
        for scalar in reason.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if payload.count + bytes.count > controlLimit { break }
            payload += bytes
        }
        return payload
    }

    /// A server's close frame.
    package static func close(_ code: UInt16, _ reason: String = "") -> Bytes {
        frame(.close, closePayload(code, reason))
    }

    private static func header(_ opcode: Opcode, count: Int, maskBit: UInt8, _ output: inout [UInt8]) {
        precondition(!opcode.isControl || count <= controlLimit, "a control frame carries at most 125 bytes")
        output.append(0x80 | opcode.rawValue)
        switch count {
        case ...125: output.append(maskBit | UInt8(count))
        case ...0xffff: output += [maskBit | 126, UInt8(count >> 8), UInt8(count & 255)]
        default:
            output.append(maskBit | 127)
            for shift in stride(from: 56, through: 0, by: -8) {
                output.append(UInt8(truncatingIfNeeded: count >> shift))
            }
        }
    }
}

/// A frame or message that breaks RFC 6455, with the close code to answer.
package struct WebSocketError: Error, Sendable, Equatable, CustomStringConvertible {
    /// 1002 protocol, 1007 text is not UTF-8, 1009 too big.
    package let code: UInt16
    package let sentence: String

    package init(_ code: UInt16, _ sentence: String) {
        self.code = code
        self.sentence = sentence
    }

    package var description: String { sentence }
}
