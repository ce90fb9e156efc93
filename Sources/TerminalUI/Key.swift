/// One key press, and its name in key tables: "Ctrl+K", "Alt+Enter", "F1", "?".
///
/// There is one form of each key. With Ctrl, Alt or Super a letter is lower case and Shift is a modifier; without them
/// the case is in the letter and Shift is not mentioned. Terminals cannot tell Ctrl+I from Tab, Ctrl+M from Enter and
/// Ctrl+[ from Escape unless they speak a newer keyboard protocol.
package struct Key: Hashable, Sendable {
    package let code: Code
    package let modifiers: Modifiers

    package enum Code: Hashable, Sendable {
        case character(Unicode.Scalar)
        case enter, tab, backspace, delete, escape, insert
        case up, down, left, right, home, end, pageUp, pageDown
        /// F1 is 1.
        case function(Int)
    }

    package struct Modifiers: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        package static let shift = Modifiers(rawValue: 1)
        package static let alt = Modifiers(rawValue: 2)
        package static let ctrl = Modifiers(rawValue: 4)
        package static let `super` = Modifiers(rawValue: 8)
    }

    /// Brings the key into its one form.
    package init(_ code: Code, _ modifiers: Modifiers = []) {
        var code = code
        var modifiers = modifiers
        if case .character(let scalar) = code {
            let isChord = !modifiers.isDisjoint(with: [.ctrl, .alt, .super])
            if isChord, scalar.properties.isUppercase, let lower = Self.single(scalar.properties.lowercaseMapping) {
                code = .character(lower)
                // Ctrl+K is written so although the letter is the small one; only Alt+K needs Shift to be typed.
                if !modifiers.contains(.ctrl) { modifiers.insert(.shift) }
            } else if !isChord, modifiers.contains(.shift) {
                if let upper = Self.single(scalar.properties.uppercaseMapping) { code = .character(upper) }
                modifiers.remove(.shift)
            }
        }
        self.code = code
        self.modifiers = modifiers
    }

    package static func character(_ scalar: Unicode.Scalar, _ modifiers: Modifiers = []) -> Key {
        Key(.character(scalar), modifiers)
    }

    package static func ctrl(_ scalar: Unicode.Scalar) -> Key { Key(.character(scalar), .ctrl) }
    package static func alt(_ scalar: Unicode.Scalar) -> Key { Key(.character(scalar), .alt) }

    /// The text that this key types; nil for keys that type nothing.
    package var typed: Unicode.Scalar? {
        guard modifiers.isEmpty, case .character(let scalar) = code else { return nil }
        return scalar
    }

    private static func single(_ text: String) -> Unicode.Scalar? {
        text.unicodeScalars.count == 1 ? text.unicodeScalars.first : nil
    }
}

// MARK: - Names

extension Key: CustomStringConvertible {
    package var description: String {
        var parts: [String] = []
        if modifiers.contains(.ctrl) { parts.append("Ctrl") }
        if modifiers.contains(.alt) { parts.append("Alt") }
        if modifiers.contains(.super) { parts.append("Super") }
        if modifiers.contains(.shift) { parts.append("Shift") }
        switch code {
        case .character(" "): parts.append("Space")
        case .character(let scalar) where modifiers.isEmpty: parts.append(String(scalar))
        case .character(let scalar):
            parts.append(Self.single(scalar.properties.uppercaseMapping).map(String.init) ?? String(scalar))
        case .function(let number): parts.append("F\(number)")
        default: parts.append(Self.names.first { $0.code == code }?.name ?? "?")
        }
        return parts.joined(separator: "+")
    }

    /// Reads a name as `description` writes it, modifiers and names in any case: "ctrl+k", "Alt+PageUp", "A", "+".
    /// Nil when it names no key.
    package init?(_ name: String) {
        var rest = Substring(name)
        var modifiers: Modifiers = []
        while let plus = rest.dropFirst().firstIndex(of: "+"), rest.index(after: plus) < rest.endIndex {
            switch rest[..<plus].lowercased() {
            case "ctrl", "control": modifiers.insert(.ctrl)
            case "alt", "meta": modifiers.insert(.alt)
            case "super", "cmd": modifiers.insert(.super)
            case "shift": modifiers.insert(.shift)
            default: return nil
            }
            rest = rest[rest.index(after: plus)...]
        }
        let lower = rest.lowercased()
        if rest.unicodeScalars.count == 1, let scalar = rest.unicodeScalars.first {
            // In a chord the capital letter is only the way it is printed.
            let isChord = !modifiers.isDisjoint(with: [.ctrl, .alt, .super])
            let letter = isChord ? Self.single(scalar.properties.lowercaseMapping) ?? scalar : scalar
            guard letter.value > 0x20, letter.value != 0x7F else { return nil }
            self.init(.character(letter), modifiers)
        } else if lower == "space" {
            self.init(.character(" "), modifiers)
        } else if lower.hasPrefix("f"), let number = Int(lower.dropFirst()), (1...35).contains(number) {
            self.init(.function(number), modifiers)
        } else if let named = Self.names.first(where: { $0.name.lowercased() == lower || $0.short == lower }) {
            self.init(named.code, modifiers)
        } else {
            return nil
        }
    }

    private static let names: [(code: Code, name: String, short: String)] = [
        (.enter, "Enter", "return"), (.tab, "Tab", "tab"), (.backspace, "Backspace", "bs"),
        (.delete, "Delete", "del"), (.escape, "Esc", "escape"), (.insert, "Insert", "ins"),
        (.up, "Up", "up"), (.down, "Down", "down"), (.left, "Left", "left"), (.right, "Right", "right"),
        (.home, "Home", "home"), (.end, "End", "end"), (.pageUp, "PageUp", "pgup"), (.pageDown, "PageDown", "pgdn"),
    ]
}
