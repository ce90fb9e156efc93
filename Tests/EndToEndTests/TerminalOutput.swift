import ChatTestKit

/// What a program wrote to its terminal, taken apart into text and commands, as a strict terminal would.
struct TerminalOutput {
    enum Piece: Equatable {
        case text(Unicode.Scalar)
        /// A control character that is no part of a command.
        case control(UInt8)
        /// `ESC [ parameters final`; intermediates stand with the parameters.
        case sequence(parameters: String, final: Character)
        /// `ESC ] … ST`.
        case command(String)
        /// `ESC P … ST`.
        case device(String)
        /// `ESC ( B` and other short ones.
        case escape(String)
        case broken(String)
    }

    let pieces: [Piece]

    init(_ bytes: [UInt8]) {
        var reader = Reader(scalars: Array(String(decoding: bytes, as: UTF8.self).unicodeScalars))
        var pieces: [Piece] = []
        while let piece = reader.next() { pieces.append(piece) }
        self.pieces = pieces
    }

    private struct Reader {
        let scalars: [Unicode.Scalar]
        var position = 0

        mutating func next() -> Piece? {
            guard let first = take() else { return nil }
            guard first.value == 0x1B else {
                if first.value < 0x20 || first.value == 0x7F { return .control(UInt8(first.value)) }
                return .text(first)
            }
            guard let second = take() else { return .broken("ESC at the end") }
            switch second {
            case "[":
                var parameters = ""
                while let next = take() {
                    if (0x40...0x7E).contains(next.value) {
                        return .sequence(parameters: parameters, final: Character(next))
                    }
                    guard (0x20...0x3F).contains(next.value) else { return .broken("CSI \(parameters) \(next.value)") }
                    parameters.unicodeScalars.append(next)
                }
                return .broken("CSI \(parameters)")
            case "]": return string().map(Piece.command) ?? .broken("OSC without an end")
            case "P": return string().map(Piece.device) ?? .broken("DCS without an end")
            case "(", ")":
                let set = take().map { String(Character($0)) } ?? ""
                return .escape(String(Character(second)) + set)
            default: return .escape(String(Character(second)))
            }
        }

        private mutating func take() -> Unicode.Scalar? {
            guard position < scalars.count else { return nil }
            defer { position += 1 }
            return scalars[position]
        }

        /// Up to ST; nothing that a terminal would take for an end, or for a command, is inside.
        private mutating func string() -> String? {
            var text = ""
            while let next = take() {
                if next.value == 0x1B { return take() == "\\" ? text : nil }
                guard next.value >= 0x20, next.value != 0x7F, !(0x80..<0xA0).contains(next.value) else { return nil }
                text.unicodeScalars.append(next)
            }
            return nil
        }
    }

    /// Modes that are on at the end: `?1049`, `?2004`. The cursor's, `?25`, counts when it is hidden.
    var openModes: Set<String> {
        var modes: Set<String> = []
        for case .sequence(let parameters, let final) in pieces
        where parameters.hasPrefix("?") && (final == "h" || final == "l") {
            for mode in parameters.dropFirst().split(separator: ";") {
                // The cursor is on by itself, and so are wrapping (7) and eight-bit meta (1034).
                let isNormallyOn = mode == "25" || mode == "7" || mode == "1034"
                if (final == "h") != isNormallyOn { modes.insert("?" + mode) } else { modes.remove("?" + mode) }
            }
        }
        // `CSI = 1 ; 2 c` and such are of the Linux console alone. 12 is the blinking of the cursor.
        return modes.subtracting(["?12", "?1034"])
    }

    /// Everything in it that a chat client has no business to send: each as a sentence.
    var violations: [String] {
        var found: [String] = []
        for piece in pieces {
            switch piece {
            case .text(let scalar): if Self.isForbidden(scalar) { found.append("U+\(String(scalar.value, radix: 16))") }
            case .control(let byte):
                // BS, HT, LF, CR; SO and SI change to line drawing and back; BEL is the notification.
                if ![0x07, 0x08, 0x09, 0x0A, 0x0D, 0x0E, 0x0F].contains(byte) { found.append("control \(byte)") }
            case .sequence(let parameters, let final):
                if !Self.isKnown(parameters, final) { found.append("CSI \(parameters)\(final)") }
            case .command(let text):
                let number = text.prefix { $0 != ";" }
                let isQuestion = text == "10;?" || text == "11;?"
                if !isQuestion && number != "2" && number != "8" { found.append("OSC \(text.prefix(40))") }
            case .device(let text): found.append("DCS \(text.prefix(40))")
            case .escape(let text):
                if !["(B", "(0", ")0", "7", "8", "=", ">", "M", "\\"].contains(text) { found.append("ESC \(text)") }
            case .broken(let text): found.append("broken: \(text)")
            }
        }
        return found
    }

    /// C1, bidirectional controls, and what has no width and no picture: not even as text.
    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x80..<0xA0, 0x200B, 0x200E, 0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xE0000...0xE0FFF: true
        default: false
        }
    }

    private static func isKnown(_ parameters: String, _ final: Character) -> Bool {
        let isPlain = parameters.allSatisfy { $0.isNumber || $0 == ";" || $0 == ":" }
        switch final {
        // Moving, erasing, inserting, attributes, margins, repetition.
        case "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "P", "S", "T", "X", "Z", "@", "b", "d",
            "m", "r":
            return isPlain
        case "h", "l": return ["4", "20", "34"].contains(parameters) || isMode(parameters)
        // The title stack.
        case "t": return parameters.hasPrefix("22") || parameters.hasPrefix("23")
        // The cursor's shape, the terminal's name.
        case "q": return parameters.hasSuffix(" ") || parameters == ">0" || parameters == ">"
        // The keyboard protocol: asked for, entered, left.
        case "u": return ["?", ">1", "<1", "<"].contains(parameters)
        case "p": return ["?2026$", "?2027$", "!"].contains(parameters)
        case "c": return parameters.isEmpty || parameters == "?0" || parameters == "?1"
        default: return false
        }
    }

    private static func isMode(_ parameters: String) -> Bool {
        let allowed: Set<Substring> = [
            "1", "3", "4", "7", "12", "25", "47", "1000", "1002", "1003", "1004", "1006", "1034", "1047", "1048",
            "1049", "2004",
            "2026", "2027",
        ]
        return parameters.hasPrefix("?") && parameters.dropFirst().split(separator: ";").allSatisfy(allowed.contains)
    }
}
