/// Durations as people write them: `250ms`, `30s`, `5m`, `2h`, `7d`, and joined: `1h30m`.
extension Duration {
    /// Reads a duration. A bare number is refused, because nobody can tell what unit was meant; so is anything above
    /// 10,000 days.
    package init?(text: String) {
        var total: Int64 = 0
        var rest = Substring(text)
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            // Twelve digits hold every duration within the limit in every unit, and cannot overflow.
            guard !digits.isEmpty, digits.utf8.count <= 12, let number = Int64(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            let letters = rest.prefix { $0.isASCII && $0.isLetter }
            guard let unit = Self.milliseconds[String(letters)] else { return nil }
            rest = rest.dropFirst(letters.count)
            let (product, tooLarge) = number.multipliedReportingOverflow(by: unit)
            guard !tooLarge, product <= Self.longest - total else { return nil }
            total += product
        }
        self = .milliseconds(total)
    }

    /// The shortest text that reads back as this duration, to the millisecond.
    package var text: String {
        let (seconds, attoseconds) = components
        var left = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        guard left > 0 else { return "0s" }
        var text = ""
        for (unit, size) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)]
            as [(String, Int64)]
        where left >= size {
            text += "\(left / size)\(unit)"
            left %= size
        }
        return text
    }

    private static let longest: Int64 = 10_000 * 86_400_000
    private static let milliseconds: [String: Int64] = [
        "ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000,
    ]
}
