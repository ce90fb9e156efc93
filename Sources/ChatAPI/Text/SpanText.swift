/// Spans of time in sentences, as people write them: `30s`, `10m`, `90d`, `1h30m`.
package enum SpanText {
    private static let units: [(name: String, size: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]

    /// To the millisecond. What is no span is said as the number it is.
    package static func text(_ milliseconds: Int64) -> String {
        guard milliseconds > 0 else { return milliseconds == 0 ? "0" : "\(milliseconds)ms" }
        var left = milliseconds
        var text = ""
        for unit in units where left >= unit.size {
            text += "\(left / unit.size)\(unit.name)"
            left %= unit.size
        }
        return text
    }

    /// How long to wait: never less than it takes, to the second where that is more than one.
    package static func wait(_ milliseconds: Int64) -> String {
        milliseconds < 1_000 ? text(max(milliseconds, 1)) : text((milliseconds + 999) / 1_000 * 1_000)
    }

    /// `from 1m to 90d`.
    package static func range(_ range: ClosedRange<Int64>) -> String {
        "from \(text(range.lowerBound)) to \(text(range.upperBound))"
    }
}
