import ChatAPI

/// Times as people write them: `2026-05-01T09:00` on a zone's clocks, or with an offset or `Z` (RFC 3339).
enum WallClock {
    /// Events begin in this century or the next.
    private static let years = 2000...2199

    /// The moment that a text names. A date without a time is midnight; seconds may be left out.
    static func moment(_ text: String, named member: String, in zone: Zone) throws(APIError) -> Milliseconds {
        guard let parsed = parse(text), years.contains(parsed.year) else {
            throw .invalid(member, "is '\(text.prefix(40))'; it takes a time like 2026-05-01T09:00")
        }
        let seconds = parsed.offset.map { parsed.local - $0 } ?? zone.seconds(ofLocal: parsed.local)
        return seconds * 1_000
    }

    /// The moment on the zone's clocks, to the minute, or to the second where there are any.
    static func text(_ moment: Milliseconds, in zone: Zone) -> String {
        let seconds = ZoneRule.floor(moment, 1_000)
        return text(local: seconds + Int64(zone.offset(at: seconds)))
    }

    static func text(local: Int64) -> String {
        let days = ZoneRule.floor(local, 86_400)
        let date = CivilDate(days: days)
        let time = local - days * 86_400
        var text = "\(padded(date.year, 4))-\(padded(date.month))-\(padded(date.day))T"
        text += "\(padded(Int(time / 3_600))):\(padded(Int(time / 60 % 60)))"
        if time % 60 != 0 { text += ":" + padded(Int(time % 60)) }
        return text
    }

    static func padded(_ number: Int, _ width: Int = 2) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    /// Seconds since 1970 as if the clock were in UTC, and the offset if one is written.
    private static func parse(_ text: String) -> (local: Int64, year: Int, offset: Int64?)? {
        var rest = Array(text.utf8)[...]
        func number(_ count: Int) -> Int? {
            guard rest.count >= count else { return nil }
            var value = 0
            for byte in rest.prefix(count) {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                value = value * 10 + Int(byte - UInt8(ascii: "0"))
            }
            rest = rest.dropFirst(count)
            return value
        }
        func take(_ characters: String) -> Bool {
            guard let first = rest.first, characters.utf8.contains(first) else { return false }
            rest = rest.dropFirst()
            return true
        }
        guard let year = number(4), take("-"), let month = number(2), take("-"), let day = number(2),
            CivilDate.isValid(year: year, month: month, day: day)
        else { return nil }
        var local = CivilDate(year: year, month: month, day: day).days * 86_400
        if rest.isEmpty { return (local, year, nil) }
        guard take("T "), let hour = number(2), hour < 24, take(":"), let minute = number(2), minute < 60 else {
            return nil
        }
        local += Int64(hour * 3_600 + minute * 60)
        if take(":") {
            guard let second = number(2), second < 60 else { return nil }
            local += Int64(second)
        }
        if rest.isEmpty { return (local, year, nil) }
        if take("Zz") { return rest.isEmpty ? (local, year, 0) : nil }
        let sign: Int64 = rest.first == UInt8(ascii: "-") ? -1 : 1
        guard take("+-"), let hours = number(2), hours < 24, take(":"), let minutes = number(2), minutes < 60,
            rest.isEmpty
        else { return nil }
        return (local, year, sign * Int64(hours * 3_600 + minutes * 60))
    }
}
