/// Which bytes mean which key: the tables of xterm, the Linux console, rxvt, VT keypads and kitty.
enum InputKeys {
    /// C0 and DEL as a key. 0x08 stays Ctrl+H: some terminals send it for Backspace, others for Ctrl+Backspace.
    static func control(_ byte: UInt8) -> Key {
        switch byte {
        case 0x00: .ctrl(" ")
        case 0x09: Key(.tab)
        case 0x0D: Key(.enter)
        case 0x1B: Key(.escape)
        case 0x7F: Key(.backspace)
        case 0x01...0x1A: .ctrl(Unicode.Scalar(byte + 0x60))
        default: .ctrl(Unicode.Scalar(byte + 0x40))
        }
    }

    /// `CSI … letter`, also with modifiers in the second parameter.
    static let csiLetters: [UInt8: Key] = [
        0x41: Key(.up), 0x42: Key(.down), 0x43: Key(.right), 0x44: Key(.left),
        0x46: Key(.end), 0x48: Key(.home), 0x5A: Key(.tab, .shift),
        0x50: Key(.function(1)), 0x51: Key(.function(2)), 0x52: Key(.function(3)), 0x53: Key(.function(4)),
        // rxvt with Shift.
        0x61: Key(.up, .shift), 0x62: Key(.down, .shift), 0x63: Key(.right, .shift), 0x64: Key(.left, .shift),
    ]

    /// `CSI number ~`.
    static let csiNumbers: [Int: Key.Code] = [
        1: .home, 2: .insert, 3: .delete, 4: .end, 5: .pageUp, 6: .pageDown, 7: .home, 8: .end,
        11: .function(1), 12: .function(2), 13: .function(3), 14: .function(4), 15: .function(5),
        17: .function(6), 18: .function(7), 19: .function(8), 20: .function(9), 21: .function(10),
        23: .function(11), 24: .function(12), 25: .function(13), 26: .function(14), 28: .function(15),
        29: .function(16), 31: .function(17), 32: .function(18), 33: .function(19), 34: .function(20),
    ]

    /// `ESC O letter`: application cursor keys, the keypad, F1–F4.
    static let ss3: [UInt8: Key] = {
        var table: [UInt8: Key] = [
            0x41: Key(.up), 0x42: Key(.down), 0x43: Key(.right), 0x44: Key(.left), 0x46: Key(.end), 0x48: Key(.home),
            0x50: Key(.function(1)), 0x51: Key(.function(2)), 0x52: Key(.function(3)), 0x53: Key(.function(4)),
            0x4D: Key(.enter), 0x49: Key(.tab), 0x58: .character("="), 0x20: .character(" "),
            // rxvt with Ctrl.
            0x61: Key(.up, .ctrl), 0x62: Key(.down, .ctrl), 0x63: Key(.right, .ctrl), 0x64: Key(.left, .ctrl),
        ]
        for (byte, scalar) in zip(UInt8(0x6A)...0x79, "*+,-./0123456789".unicodeScalars) {
            table[byte] = .character(scalar)
        }
        return table
    }()

    /// The private-use codes of kitty's `CSI u`. What is missing (lock and modifier keys) is no key press here.
    static func kitty(_ code: Int) -> Key.Code? {
        switch code {
        case 9: return .tab
        case 13, 57414: return .enter
        case 27: return .escape
        case 8, 127: return .backspace
        case 57376...57398: return .function(code - 57363)
        case 57399...57408: return Unicode.Scalar(UInt32(code - 57399 + 0x30)).map { .character($0) }
        case 57409...57416: return .character(Array("./*-+\u{0}=,".unicodeScalars)[code - 57409])
        case 57417...57426:
            let codes: [Key.Code] = [.left, .right, .up, .down, .pageUp, .pageDown, .home, .end, .insert, .delete]
            return codes[code - 57417]
        case 0..<0x20, 0x80..<0xA0, 57344...63743: return nil
        default: return Unicode.Scalar(UInt32(clamping: code)).map { .character($0) }
        }
    }
}

extension Key {
    /// The same key with more modifiers, in its one form.
    func adding(_ more: Modifiers) -> Key { Key(code, modifiers.union(more)) }
}
