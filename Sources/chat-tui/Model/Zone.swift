package import ChatAPI
import Glibc

/// Local time as people see it: TZ, else /etc/localtime, through libc. Foundation's essentials know neither.
package enum Zone: Hashable, Sendable {
    /// Of this process.
    case system
    /// So many seconds east of Greenwich, all year: golden frames.
    case fixed(Int)

    package func moment(_ at: Milliseconds) -> Moment {
        var seconds = time_t(at.floored(by: 1_000))
        var parts = tm()
        switch self {
        case .system: localtime_r(&seconds, &parts)
        case .fixed(let offset):
            seconds += offset
            gmtime_r(&seconds, &parts)
        }
        return Moment(
            year: Int(parts.tm_year) + 1_900,
            month: Int(parts.tm_mon) + 1,
            day: Int(parts.tm_mday),
            weekday: Int(parts.tm_wday),
            hour: Int(parts.tm_hour),
            minute: Int(parts.tm_min)
        )
    }

    /// Reads TZ anew. Once at the start is enough for a program.
    package static func readSystem() { tzset() }
}

/// A minute of a day, somewhere.
package struct Moment: Hashable, Sendable {
    package let year, month, day, weekday, hour, minute: Int

    /// `09:05`.
    package var clock: String { Self.two(hour) + ":" + Self.two(minute) }
    /// `2026-11-21`.
    package var date: String { "\(year)-\(Self.two(month))-\(Self.two(day))" }
    /// `Saturday, 21 November 2026`: nobody reads it as another order of numbers.
    package var longDate: String { "\(Self.weekdays[weekday]), \(day) \(Self.months[month - 1]) \(year)" }

    package func isSameDay(_ other: Moment) -> Bool {
        day == other.day && month == other.month && year == other.year
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    private static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
}

extension Int64 {
    /// Division that rounds down, for times before 1970.
    fileprivate func floored(by divisor: Int64) -> Int64 {
        let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? quotient - 1 : quotient
    }
}
