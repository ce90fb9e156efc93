/// Bytes of a terminal to events, in whatever pieces the bytes come.
///
/// Pure: no terminal, no clock. A byte-wise state machine, so that every chunking gives the same events; its memory is
/// bounded by `pasteLimitBytes` whatever comes. A lone ESC cannot be told from the start of a sequence: while
/// `isPending`, the owner calls `flush()` after each 25–50 ms without input.
package struct InputDecoder: Sendable {
    /// Pastes above this come in pieces. Larger than any message, so that a sensible paste is one event.
    package static let pasteLimitBytes = 65_536
    /// CSI parameters above this are swallowed; the longest real ones (kitty with text) stay below 64 bytes.
    static let sequenceLimitBytes = 128
    /// Replies above this are swallowed: none that is asked for is longer than 200 bytes.
    static let stringLimitBytes = 4096
    /// So many calls of `flush` without a byte end an unfinished sequence: one second of 50 ms.
    static let sequenceStalls = 20
    /// An unfinished paste is given up much later: what follows would be typed, line breaks included.
    static let pasteStalls = 200

    private enum State: Sendable {
        case ground
        /// Inside a UTF-8 character: bytes still to come, the value so far, the smallest value of this length.
        case utf8(rest: Int, value: UInt32, least: UInt32)
        case escape
        case csi
        /// CSI beyond its limit, or with bytes in a forbidden order: swallowed up to its final byte.
        case csiIgnored
        case ss3
        /// `ESC [ [`, the function keys of the Linux console.
        case console
        /// `ESC [ M` and three bytes.
        case x10
        /// OSC, DCS, APC, PM or SOS, and whether ESC, perhaps of its terminator, was the last byte.
        case string(kind: UInt8, sawEscape: Bool)
        case paste
    }

    private var state = State.ground
    /// ESC stood before the sequence: Alt in rxvt and with "meta sends escape".
    private var hasAltPrefix = false
    private var buffer: [UInt8] = []
    private var paste = PasteBuffer()
    private var stalls = 0
    var heldButton = MouseEvent.Button.left
    private var events: [InputEvent] = []

    package init() {}

    /// Whether bytes wait for more to come, or for `flush`.
    package var isPending: Bool {
        if case .ground = state { return false }
        return true
    }

    package mutating func feed(_ bytes: some Sequence<UInt8>) -> [InputEvent] {
        for byte in bytes {
            stalls = 0
            take(byte)
        }
        defer { events = [] }
        return events
    }

    /// Time has passed without input: a lone ESC was the Escape key, `ESC [` was Alt+[. Longer beginnings are given
    /// `sequenceStalls` of these calls, since a slow line must not turn a sequence into typed text.
    package mutating func flush() -> [InputEvent] {
        stalls += 1
        switch state {
        case .ground: break
        case .escape:
            emit(Key(.escape, hasAltPrefix ? .alt : []))
            reset()
        case .csi where buffer.isEmpty: flushIntroducer("[")
        case .ss3 where buffer.isEmpty: flushIntroducer("O")
        case .string(let kind, false) where buffer.isEmpty: flushIntroducer(Unicode.Scalar(kind))
        case .paste:
            guard stalls >= Self.pasteStalls else { break }
            emitPaste(isLast: true)
            reset()
        default:
            if stalls >= Self.sequenceStalls { reset() }
        }
        defer { events = [] }
        return events
    }

    // MARK: - One byte

    private mutating func take(_ byte: UInt8) {
        switch state {
        case .ground: takeGround(byte)
        case .utf8(let rest, let value, let least): takeContinuation(byte, rest: rest, value: value, least: least)
        case .escape: takeEscape(byte)
        case .csi: takeCSI(byte)
        case .csiIgnored:
            if byte == 0x1B {
                beginEscape()
            } else if byte == 0x18 || byte == 0x1A || (0x40...0x7E).contains(byte) {
                reset()
            }
        case .ss3: takeSS3(byte)
        case .console: takeConsole(byte)
        case .x10: takeX10(byte)
        case .string(let kind, let sawEscape): takeString(byte, kind: kind, sawEscape: sawEscape)
        case .paste: takePaste(byte)
        }
    }

    private mutating func takeGround(_ byte: UInt8) {
        switch byte {
        case 0x1B: beginEscape()
        case 0x00...0x1F, 0x7F: emit(InputKeys.control(byte))
        case 0x20...0x7E: emit(.character(Unicode.Scalar(byte)))
        case 0xC2...0xDF: state = .utf8(rest: 1, value: UInt32(byte & 0x1F), least: 0x80)
        case 0xE0...0xEF: state = .utf8(rest: 2, value: UInt32(byte & 0x0F), least: 0x800)
        case 0xF0...0xF4: state = .utf8(rest: 3, value: UInt32(byte & 0x07), least: 0x10000)
        default: emit(.character("\u{FFFD}"))
        }
    }

    private mutating func takeContinuation(_ byte: UInt8, rest: Int, value: UInt32, least: UInt32) {
        guard byte & 0xC0 == 0x80 else {
            emitWithPrefix(.character("\u{FFFD}"))
            reset()
            return take(byte)
        }
        let value = value << 6 | UInt32(byte & 0x3F)
        if rest > 1 {
            state = .utf8(rest: rest - 1, value: value, least: least)
            return
        }
        let scalar = value >= least ? Unicode.Scalar(value) : nil
        // A C1 control in UTF-8 is nothing that a key types.
        if !(0x80..<0xA0).contains(value) { emitWithPrefix(.character(scalar ?? "\u{FFFD}")) }
        reset()
    }

    private mutating func takeEscape(_ byte: UInt8) {
        switch byte {
        case 0x1B:
            if hasAltPrefix { emit(Key(.escape)) }
            hasAltPrefix = true
        case 0x5B: state = .csi
        case 0x4F: state = .ss3
        case 0x5D, 0x50, 0x58, 0x5E, 0x5F: state = .string(kind: byte, sawEscape: false)
        case 0x00...0x1F, 0x7F:
            emit(InputKeys.control(byte).adding(.alt))
            reset()
        case 0x20...0x7E:
            emit(.character(Unicode.Scalar(byte), .alt))
            reset()
        default:
            hasAltPrefix = true
            state = .ground
            takeGround(byte)
            if case .ground = state { reset() }
        }
    }

    private mutating func takeCSI(_ byte: UInt8) {
        switch byte {
        case 0x1B:
            if buffer.isEmpty { emit(.character("[", .alt)) }
            beginEscape()
        case 0x18, 0x1A: reset()
        case 0x00...0x1F, 0x7F...0xFF:
            // Not part of any sequence: Alt+[ was typed, and this is the next key.
            if buffer.isEmpty { emit(.character("[", .alt)) }
            reset()
            take(byte)
        case 0x5B where buffer.isEmpty: state = .console
        case 0x4D where buffer.isEmpty: state = .x10
        case 0x24 where !buffer.isEmpty && buffer.allSatisfy({ (0x30...0x39).contains($0) }):
            finishCSI(final: byte)  // rxvt ends Shift+Delete so
        case 0x20...0x3F:
            buffer.append(byte)
            if buffer.count > Self.sequenceLimitBytes {
                buffer = []
                state = .csiIgnored
            }
        default: finishCSI(final: byte)
        }
    }

    private mutating func finishCSI(final: UInt8) {
        let sequence = ControlSequence(parameters: buffer, final: final)
        let alt = hasAltPrefix
        reset()
        switch sequence.meaning(heldButton: heldButton) {
        case .pasteBegins: state = .paste
        case .event(.key(let key)): emit(alt ? key.adding(.alt) : key)
        case .event(let event):
            if case .mouse(let mouse) = event, case .press(let button) = mouse.kind { heldButton = button }
            events.append(event)
        case .nothing: break
        }
    }

    private mutating func takeSS3(_ byte: UInt8) {
        switch byte {
        case 0x30...0x39 where buffer.count < 2: buffer.append(byte)
        case 0x40...0x7E, 0x20, 0x30...0x39:
            let modifiers = ControlSequence(parameters: buffer, final: byte).modifiers(at: 0)
            let alt: Key.Modifiers = hasAltPrefix ? .alt : []
            if let key = InputKeys.ss3[byte] {
                emit(key.adding(modifiers.union(alt)))
            } else if buffer.isEmpty {
                // Alt+O was typed, and this is the next key.
                emit(.character("O", .alt))
                reset()
                return take(byte)
            }
            reset()
        default:
            if buffer.isEmpty { emit(.character("O", .alt)) }
            reset()
            take(byte)
        }
    }

    private mutating func takeConsole(_ byte: UInt8) {
        let alt = hasAltPrefix
        reset()
        guard (0x41...0x45).contains(byte) else {
            if byte < 0x20 { take(byte) }
            return
        }
        emit(Key(.function(Int(byte) - 0x40), alt ? .alt : []))
    }

    private mutating func takeX10(_ byte: UInt8) {
        buffer.append(byte)
        guard buffer.count == 3 else { return }
        let report = buffer
        reset()
        guard report.allSatisfy({ $0 >= 0x20 }) else { return }
        let code = Int(report[0]) - 32
        let mouse = MouseReport(code: code, x: Int(report[1]) - 32, y: Int(report[2]) - 32)
        guard let event = mouse.event(isRelease: code & 0x63 == 3, heldButton: heldButton) else { return }
        if case .press(let button) = event.kind { heldButton = button }
        events.append(.mouse(event))
    }

    private mutating func takeString(_ byte: UInt8, kind: UInt8, sawEscape: Bool) {
        if sawEscape {
            if byte == 0x5C { return finishString(kind: kind) }
            beginEscape()
            return take(byte)
        }
        switch byte {
        case 0x1B: state = .string(kind: kind, sawEscape: true)
        case 0x07 where kind == 0x5D: finishString(kind: kind)
        case 0x18, 0x1A: reset()
        default:
            // The beginning of a reply that is too long is kept, its rest swallowed.
            if buffer.count < Self.stringLimitBytes { buffer.append(byte) }
        }
    }

    private mutating func finishString(kind: UInt8) {
        let content = buffer
        reset()
        guard content.count < Self.stringLimitBytes, let reply = ControlString(kind: kind, content: content).reply
        else {
            return
        }
        events.append(.reply(reply))
    }

    private mutating func takePaste(_ byte: UInt8) {
        switch paste.take(byte) {
        case .more: break
        case .full: emitPaste(isLast: false)
        case .ended:
            emitPaste(isLast: true)
            reset()
        }
    }

    // MARK: - State

    private mutating func beginEscape() {
        reset()
        state = .escape
    }

    private mutating func reset() {
        state = .ground
        hasAltPrefix = false
        buffer.removeAll(keepingCapacity: true)
        stalls = 0
    }

    private mutating func flushIntroducer(_ scalar: Unicode.Scalar) {
        emit(.character(scalar, .alt))
        reset()
    }

    private mutating func emitPaste(isLast: Bool) {
        events.append(.paste(paste.removeText(isLast: isLast), isLast: isLast))
    }

    private mutating func emitWithPrefix(_ key: Key) { emit(hasAltPrefix ? key.adding(.alt) : key) }

    private mutating func emit(_ key: Key) { events.append(.key(key)) }
}
