/// Reads the frame that arrives a million times, `{"id":7,"call":"messages.send","in":{…}}`, without a decoder.
///
/// Members come in any order and with escapes. Whatever else there is (an unknown or repeated member, another call, an
/// option, anything that is not valid) is not this scanner's: nil, and the general path decides. It never guesses.
package enum SendScanner {
    package struct Frame: Sendable, Equatable {
        package let id: Int64
        package let message: Message
    }

    package static func scan(_ bytes: UnsafeRawBufferPointer) -> Frame? {
        var cursor = JSONCursor(bytes)
        guard cursor.take(UInt8(ascii: "{")) else { return nil }
        var id: Int64?
        var isSend = false
        var message: Message?
        while true {
            guard let name = cursor.string(), !name.hasEscapes, cursor.take(UInt8(ascii: ":")) else { return nil }
            let key = cursor.raw(name.range)
            if key == "id" {
                guard id == nil, let value = cursor.integer() else { return nil }
                id = value
            } else if key == "call" {
                guard !isSend, let value = cursor.string(), cursor.raw(value.range) == "messages.send" else {
                    return nil
                }
                isSend = true
            } else if key == "in" {
                guard message == nil, let value = input(&cursor) else { return nil }
                message = value
            } else {
                return nil
            }
            guard let follows = cursor.next(orEnd: UInt8(ascii: "}")) else { return nil }
            if !follows { break }
        }
        guard cursor.isAtEnd, isSend, let id, let message else { return nil }
        return Frame(id: id, message: message)
    }

    private static func input(_ cursor: inout JSONCursor) -> Message? {
        guard cursor.take(UInt8(ascii: "{")) else { return nil }
        var channel: ChannelID?
        var cid: ClientID?
        var text: String?
        var replyTo: Int64?
        while true {
            guard let name = cursor.string(), !name.hasEscapes, cursor.take(UInt8(ascii: ":")) else { return nil }
            let key = cursor.raw(name.range)
            if key == "text" {
                guard text == nil, let value = cursor.string(), let decoded = cursor.text(value) else { return nil }
                text = decoded
            } else if key == "cid" {
                guard cid == nil, let value = cursor.string() else { return nil }
                cid = ClientID(utf8: cursor.raw(value.range))
                if cid == nil { return nil }
            } else if key == "channel" {
                guard channel == nil, let value = cursor.string() else { return nil }
                channel = ChannelID(utf8: cursor.raw(value.range))
                if channel == nil { return nil }
            } else if key == "replyTo" {
                guard replyTo == nil, let value = cursor.integer() else { return nil }
                replyTo = value
            } else {
                return nil
            }
            guard let follows = cursor.next(orEnd: UInt8(ascii: "}")) else { return nil }
            if !follows { break }
        }
        guard let channel, let cid, let text else { return nil }
        return Message(channel: channel, cid: cid, text: text, replyTo: replyTo)
    }
}

extension UnsafeRawBufferPointer {
    /// Compares with a literal, byte by byte.
    static func == (bytes: UnsafeRawBufferPointer, literal: StaticString) -> Bool {
        guard bytes.count == literal.utf8CodeUnitCount else { return false }
        for index in 0..<bytes.count where bytes[index] != literal.utf8Start[index] { return false }
        return true
    }
}
