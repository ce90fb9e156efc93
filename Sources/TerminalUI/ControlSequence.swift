/// One finished CSI sequence and what it means as input.
struct ControlSequence {
    enum Meaning { case event(InputEvent), pasteBegins, nothing }

    private let marker: UInt8?
    private let numbers: [[Int]]
    private let hasIntermediate: Bool
    private let final: UInt8

    /// `parameters` are the bytes between `CSI` and the final byte.
    init(parameters: [UInt8], final: UInt8) {
        self.final = final
        marker = parameters.first.flatMap { (0x3C...0x3F).contains($0) ? $0 : nil }
        hasIntermediate = parameters.contains { $0 < 0x30 }
        let digits = parameters.filter { (0x30...0x3B).contains($0) }
        // Fields are separated by `;`, parts of a field by `:`; a missing number is -1.
        numbers = digits.split(separator: 0x3B, omittingEmptySubsequences: false).map { field in
            field.split(separator: 0x3A, omittingEmptySubsequences: false).map { part in
                part.isEmpty ? -1 : part.reduce(0) { min($0 * 10 + Int($1 & 0x0F), 9_999_999) }
            }
        }
    }

    private func number(_ field: Int, part: Int = 0, default value: Int = 0) -> Int {
        guard field < numbers.count, part < numbers[field].count, numbers[field][part] >= 0 else { return value }
        return numbers[field][part]
    }

    /// xterm's and kitty's modifiers: one more than the sum of shift 1, alt 2, ctrl 4, super 8, meta 32.
    func modifiers(at field: Int) -> Key.Modifiers {
        let bits = max(0, number(field, default: 1) - 1)
        var modifiers = Key.Modifiers(rawValue: UInt8(bits & 0x0F))
        if bits & 32 != 0 { modifiers.insert(.alt) }
        return modifiers
    }

    func meaning(heldButton: MouseEvent.Button) -> Meaning {
        switch (marker, final) {
        case (0x3C, 0x4D), (0x3C, 0x6D): return mouse(isRelease: final == 0x6D, heldButton: heldButton)
        case (0x3F, 0x63): return .event(.reply(.attributes(numbers.map { $0[0] }.filter { $0 >= 0 })))
        case (0x3F, 0x75): return .event(.reply(.keyboardFlags(number(0))))
        case (0x3F, 0x79) where hasIntermediate: return .event(.reply(.mode(number(0), state: number(1))))
        case (.some, _): return .nothing
        case (nil, 0x4D) where numbers.count == 3:
            // urxvt's 1015: the X10 codes in decimal.
            let report = MouseReport(code: number(0) - 32, x: number(1), y: number(2))
            let isRelease = (number(0) - 32) & 0x63 == 3
            return report.event(isRelease: isRelease, heldButton: heldButton).map { .event(.mouse($0)) } ?? .nothing
        case (nil, 0x49) where numbers.count <= 1 && number(0) == 0: return .event(.focus(true))
        case (nil, 0x4F) where numbers.count <= 1 && number(0) == 0: return .event(.focus(false))
        default: return key()
        }
    }

    private func mouse(isRelease: Bool, heldButton: MouseEvent.Button) -> Meaning {
        guard numbers.count == 3 else { return .nothing }
        let report = MouseReport(code: number(0), x: number(1), y: number(2))
        return report.event(isRelease: isRelease, heldButton: heldButton).map { .event(.mouse($0)) } ?? .nothing
    }

    private func key() -> Meaning {
        guard !hasIntermediate else { return .nothing }
        switch final {
        case 0x7E:
            switch number(0) {
            case 200: return .pasteBegins
            case 201: return .nothing
            case 27: return unicodeKey(number(2), modifiers: modifiers(at: 1))
            default: return numberedKey(modifiers(at: 1))
            }
        case 0x24: return numberedKey(.shift)
        case 0x5E: return numberedKey(.ctrl)
        case 0x40: return numberedKey([.ctrl, .shift])
        case 0x75:
            // Kitty: part 1 of the modifiers field says press, repeat or release.
            guard number(1, part: 1, default: 1) != 3 else { return .nothing }
            return unicodeKey(number(0), modifiers: modifiers(at: 1))
        // `CSI 1 ; 5 R` is Ctrl+F3; other numbers are a cursor position that nobody asked for.
        case 0x52 where number(0, default: 1) != 1: return .nothing
        default:
            guard let key = InputKeys.csiLetters[final], number(1, part: 1, default: 1) != 3 else { return .nothing }
            return .event(.key(key.adding(modifiers(at: 1))))
        }
    }

    private func numberedKey(_ modifiers: Key.Modifiers) -> Meaning {
        guard let code = InputKeys.csiNumbers[number(0)], number(1, part: 1, default: 1) != 3 else { return .nothing }
        return .event(.key(Key(code, modifiers)))
    }

    private func unicodeKey(_ code: Int, modifiers: Key.Modifiers) -> Meaning {
        guard let code = InputKeys.kitty(code) else { return .nothing }
        return .event(.key(Key(code, modifiers)))
    }
}

/// A mouse report in any of its encodings: the code of button and modifiers, and the cell from 1.
struct MouseReport {
    let code: Int
    let x: Int
    let y: Int

    /// Nil for reports that make no sense: cells below 1, unknown buttons.
    func event(isRelease: Bool, heldButton: MouseEvent.Button) -> MouseEvent? {
        guard code >= 0, code < 256, x >= 1, y >= 1 else { return nil }
        var modifiers: Key.Modifiers = []
        if code & 4 != 0 { modifiers.insert(.shift) }
        if code & 8 != 0 { modifiers.insert(.alt) }
        if code & 16 != 0 { modifiers.insert(.ctrl) }
        guard let kind = kind(isRelease: isRelease, heldButton: heldButton) else { return nil }
        return MouseEvent(kind, x: x - 1, y: y - 1, modifiers: modifiers)
    }

    private func kind(isRelease: Bool, heldButton: MouseEvent.Button) -> MouseEvent.Kind? {
        let low = code & 3
        if code & 64 != 0 {
            let wheels: [MouseEvent.Wheel] = [.up, .down, .left, .right]
            return isRelease || code & 128 != 0 ? nil : .wheel(wheels[low])
        }
        let button: MouseEvent.Button?
        if code & 128 != 0 {
            button = low == 0 ? .back : low == 1 ? .forward : nil
        } else {
            button = low == 0 ? .left : low == 1 ? .middle : low == 2 ? .right : nil
        }
        if code & 32 != 0 {
            if low == 3 { return .move }
            return button.map { .drag($0) }
        }
        // The older encodings do not say which button was released.
        if isRelease { return .release(button ?? heldButton) }
        return button.map { .press($0) }
    }
}
