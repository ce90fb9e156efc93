package import ChatAPI
import Flags

/// Times as they are read and written: local in tables, UTC in ISO 8601 for spreadsheets, milliseconds everywhere else.
package enum TimeText {
    /// `2026-05-01 14:00:00`, so many seconds east of UTC.
    static func local(_ time: Milliseconds, offset: Int) -> String { text(time + Int64(offset) * 1_000, "-", " ") }

    /// `2026-05-01T12:00:00Z`.
    package static func utc(_ time: Milliseconds) -> String { text(time, "-", "T") + "Z" }

    private static func text(_ time: Milliseconds, _ dash: String, _ middle: String) -> String {
        let seconds = Int64((Double(time) / 1_000).rounded(.down))
        let days = Int64((Double(seconds) / 86_400).rounded(.down))
        let rest = seconds - days * 86_400
        let (year, month, day) = civil(days)
        return "\(year)\(dash)\(two(month))\(dash)\(two(day))\(middle)\(two(rest / 3_600)):\(two(rest / 60 % 60)):"
            + two(rest % 60)
    }

    private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// Day number since 1970-01-01 to year, month and day; H. Hinnant, "chrono-compatible low-level date algorithms".
    private static func civil(_ days: Int64) -> (Int64, Int64, Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let part = (5 * dayOfYear + 2) / 153
        let month = part < 10 ? part + 3 : part - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * part + 2) / 5 + 1)
    }

    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    // MARK: - Reading

    /// What `--since` takes: `2h` (ago), `2026-05-01`, `2026-05-01T12:00`, with `Z` or `+02:00` behind it or local.
    package static func moment(
        _ text: String,
        now: Milliseconds,
        offset: (Milliseconds) -> Int
    ) -> Milliseconds? {
        if let ago = Duration(text: text) {
            let (seconds, attoseconds) = ago.components
            return now - seconds * 1_000 - attoseconds / 1_000_000_000_000_000
        }
        var rest = Substring(text)
        guard let year = number(&rest, digits: 4), take(&rest, "-"), let month = number(&rest, digits: 2),
            take(&rest, "-"), let day = number(&rest, digits: 2), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        var seconds: Int64 = 0
        if let mark = rest.first, mark == "T" || mark == " " || mark == "t" {
            rest.removeFirst()
            guard let hour = number(&rest, digits: 2), take(&rest, ":"), let minute = number(&rest, digits: 2),
                hour < 24, minute < 60
            else { return nil }
            seconds = hour * 3_600 + minute * 60
            if take(&rest, ":") {
                guard let second = number(&rest, digits: 2), second < 61 else { return nil }
                seconds += second
            }
        }
        let plain = (days(year, month, day) * 86_400 + seconds) * 1_000
        if rest.isEmpty { return plain - Int64(offset(plain)) * 1_000 }
        if rest == "Z" || rest == "z" { return plain }
        guard let sign = rest.popFirst(), sign == "+" || sign == "-", let hours = number(&rest, digits: 2) else {
            return nil
        }
        _ = take(&rest, ":")
        guard let minutes = number(&rest, digits: 2), rest.isEmpty, hours < 24, minutes < 60 else { return nil }
        let shift = (hours * 3_600 + minutes * 60) * 1_000
        return sign == "+" ? plain - shift : plain + shift
    }

    private static func number(_ text: inout Substring, digits: Int) -> Int64? {
        let part = text.prefix(digits)
        guard part.utf8.count == digits, part.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        text = text.dropFirst(digits)
        return Int64(part)
    }

    private static func take(_ text: inout Substring, _ character: Character) -> Bool {
        guard text.first == character else { return false }
        text.removeFirst()
        return true
    }
}
