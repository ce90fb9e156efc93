/// What a plain scalar means: the core schema of YAML 1.2.2 (§10.3.2). `no` is a text, and so are dates and `12:30`.
enum CoreSchema {
    enum Resolution {
        case value(YAMLValue.Content)
        /// A whole number that does not fit into 64 bits. It is refused, because a double would change it silently.
        case tooLarge
    }

    static func resolve(_ text: String) -> Resolution {
        switch text {
        case "", "~", "null", "Null", "NULL": return .value(.null)
        case "true", "True", "TRUE": return .value(.bool(true))
        case "false", "False", "FALSE": return .value(.bool(false))
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .value(.double(.infinity))
        case "-.inf", "-.Inf", "-.INF": return .value(.double(-.infinity))
        case ".nan", ".NaN", ".NAN": return .value(.double(.nan))
        default: break
        }
        guard let first = text.utf8.first, first.isDigit || [0x2B, 0x2D, 0x2E].contains(first) else {
            return .value(.string(text))
        }
        return number(text) ?? .value(.string(text))
    }

    private static func number(_ text: String) -> Resolution? {
        let bytes = Array(text.utf8)
        for (prefix, radix) in [("0o", 8), ("0x", 16)] where text.hasPrefix(prefix) {
            let digits = text.dropFirst(2)
            guard !digits.isEmpty, digits.utf8.allSatisfy({ $0.isHex && (radix == 16 || $0 < 0x38) }) else {
                return nil
            }
            return Int64(digits, radix: radix).map { .value(.int($0)) } ?? .tooLarge
        }
        var rest = bytes[...]
        if rest.first == 0x2B || rest.first == 0x2D { rest.removeFirst() }
        let whole = rest.prefix { $0.isDigit }
        rest = rest.dropFirst(whole.count)
        if rest.isEmpty {
            guard !whole.isEmpty else { return nil }
            return Int64(text).map { .value(.int($0)) } ?? .tooLarge
        }
        var fraction = whole[whole.endIndex...]
        if rest.first == 0x2E {
            rest.removeFirst()
            fraction = rest.prefix { $0.isDigit }
            rest = rest.dropFirst(fraction.count)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        var exponent = ""
        if rest.first == 0x65 || rest.first == 0x45 {
            rest.removeFirst()
            if let sign = rest.first, sign == 0x2B || sign == 0x2D { exponent = sign == 0x2D ? "-" : "" }
            if rest.first == 0x2B || rest.first == 0x2D { rest.removeFirst() }
            guard !rest.isEmpty, rest.allSatisfy({ $0.isDigit }) else { return nil }
            exponent = "e" + exponent + String(decoding: rest, as: UTF8.self)
            rest = []
        }
        guard rest.isEmpty else { return nil }
        // Swift reads neither ".5" nor "1.": both sides of the point get a digit.
        let sign = bytes.first == 0x2D ? "-" : ""
        let canonical =
            sign + "0" + String(decoding: whole, as: UTF8.self) + "." + String(decoding: fraction, as: UTF8.self) + "0"
            + exponent
        return Double(canonical).map { .value(.double($0)) }
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
    fileprivate var isHex: Bool { isDigit || (0x41...0x46).contains(self) || (0x61...0x66).contains(self) }
}
