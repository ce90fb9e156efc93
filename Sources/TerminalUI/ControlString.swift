/// One finished OSC or DCS string and the answer in it, if it is one that was asked for.
struct ControlString {
    let kind: UInt8
    let content: [UInt8]

    var reply: TerminalReply? {
        let text = String(decoding: content, as: UTF8.self)
        switch kind {
        case 0x5D: return operatingSystemCommand(text)
        // XTVERSION: DCS > | text ST.
        case 0x50 where text.hasPrefix(">|"): return .version(Text.neutralised(String(text.dropFirst(2).prefix(100))))
        default: return nil
        }
    }

    private func operatingSystemCommand(_ text: String) -> TerminalReply? {
        let fields = text.split(separator: ";", omittingEmptySubsequences: false)
        switch fields.first {
        case "10" where fields.count == 2: return Self.color(fields[1]).map { .foreground($0) }
        case "11" where fields.count == 2: return Self.color(fields[1]).map { .background($0) }
        case "4" where fields.count == 3:
            guard let index = Int(fields[1]), (0..<256).contains(index) else { return nil }
            return Self.color(fields[2]).map { .palette(index: index, $0) }
        default: return nil
        }
    }

    /// `rgb:hhhh/hhhh/hhhh` with one to four digits each (XParseColor), perhaps `rgba:` with a fourth.
    private static func color(_ text: Substring) -> UInt32? {
        let isAlpha = text.hasPrefix("rgba:")
        guard isAlpha || text.hasPrefix("rgb:") else { return nil }
        let channels = text.drop { $0 != ":" }.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        guard channels.count == (isAlpha ? 4 : 3) else { return nil }
        var result: UInt32 = 0
        for channel in channels.prefix(3) {
            guard (1...4).contains(channel.utf8.count), channel.allSatisfy(\.isHexDigit),
                let value = UInt32(channel, radix: 16)
            else { return nil }
            let largest = UInt32(1) << (4 * UInt32(channel.utf8.count)) - 1
            result = result << 8 | (value * 255 + largest / 2) / largest
        }
        return result
    }
}
