import ChatAPI

/// An event as iCalendar text (RFC 5545): one VEVENT in UTC, lines of at most 75 octets that end with CRLF.
enum CalendarText {
    static func text(_ event: EventRow, now: Milliseconds) -> String {
        var lines = [
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Plaza//Events//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
            "X-WR-CALNAME:" + escaped(event.name),
            "BEGIN:VEVENT",
            // Stable over exports, whatever the event is called by then.
            "UID:\(event.id)@plaza",
            "DTSTAMP:" + stamp(now),
            "DTSTART:" + stamp(event.startsAt),
            "DTEND:" + stamp(event.endsAt),
            // Grows with each edit, so that a calendar takes the newer one.
            "SEQUENCE:\(event.version - 1)",
            "STATUS:" + status(event.state),
            "SUMMARY:" + escaped(event.name),
        ]
        if let description = event.description { lines.append("DESCRIPTION:" + escaped(description)) }
        let place = [event.place?.name, event.place?.address].compactMap(\.self)
        if !place.isEmpty { lines.append("LOCATION:" + escaped(place.joined(separator: ", "))) }
        if let latitude = event.place?.latitude, let longitude = event.place?.longitude {
            lines.append("GEO:\(degrees(latitude));\(degrees(longitude))")
        }
        lines += ["END:VEVENT", "END:VCALENDAR"]
        return lines.map { folded($0) + "\r\n" }.joined()
    }

    private static func status(_ state: EventState) -> String {
        switch state {
        case .draft, .unknown: "TENTATIVE"
        case .published, .archived: "CONFIRMED"
        case .cancelled: "CANCELLED"
        }
    }

    /// `20260501T070000Z` (§3.3.5, form 2).
    static func stamp(_ moment: Milliseconds) -> String {
        let seconds = ZoneRule.floor(moment, 1_000)
        let days = ZoneRule.floor(seconds, 86_400)
        let date = CivilDate(days: days)
        let time = Int(seconds - days * 86_400)
        let (hour, minute) = (WallClock.padded(time / 3_600), WallClock.padded(time / 60 % 60))
        return "\(WallClock.padded(date.year, 4))\(WallClock.padded(date.month))\(WallClock.padded(date.day))"
            + "T\(hour)\(minute)\(WallClock.padded(time % 60))Z"
    }

    /// Text values (§3.3.11): the backslash first. Control characters have no place in them.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case ";": escaped += "\\;"
            case ",": escaped += "\\,"
            case "\n": escaped += "\\n"
            case _ where scalar.value < 0x20 && scalar != "\t" || scalar.value == 0x7F: continue
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// A content line in pieces of at most 75 octets, the space before each further piece included (§3.1). No character is
    /// cut in two.
    static func folded(_ line: String) -> String {
        var folded = ""
        var width = 0
        for scalar in line.unicodeScalars {
            let size = UTF8.width(scalar)
            if width + size > 75 {
                folded += "\r\n "
                width = 1
            }
            folded.unicodeScalars.append(scalar)
            width += size
        }
        return folded
    }

    /// Six digits after the point: a tenth of a metre.
    private static func degrees(_ value: Double) -> String {
        let millionths = Int64((value * 1_000_000).rounded())
        let digits = WallClock.padded(Int(millionths.magnitude), 7)
        return "\(millionths < 0 ? "-" : "")\(digits.dropLast(6)).\(digits.suffix(6))"
    }
}
