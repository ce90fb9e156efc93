/// The rule that holds after a zone's last listed change, as TZif footers write it: `CET-1CEST,M3.5.0,M10.5.0/3`.
struct ZoneRule: Sendable {
    private let standard: Int32
    private let summer: Summer?

    private struct Summer: Sendable {
        let offset: Int32
        let begin: Change
        let end: Change
    }

    private enum Day: Sendable {
        /// Week 5 is the last; weekday 0 is Sunday.
        case week(month: Int, week: Int, weekday: Int)
        /// 1 to 365, without 29 February.
        case julian(Int)
        /// 0 to 365.
        case ordinal(Int)
    }

    private struct Change: Sendable {
        let day: Day
        /// Seconds on the clock; may be negative or beyond a day.
        let time: Int64
    }

    /// Nil for an empty footer or one that cannot be read.
    init?(_ text: String) {
        var scanner = Scanner(text)
        guard scanner.skipName(), let standard = scanner.clock() else { return nil }
        self.standard = Int32(-standard)
        if scanner.isAtEnd {
            summer = nil
            return
        }
        guard scanner.skipName() else { return nil }
        let offset = scanner.peek(",") ? Int64(self.standard) + 3_600 : scanner.clock().map { -$0 }
        guard let offset, scanner.take(","), let begin = scanner.change(), scanner.take(","), let end = scanner.change()
        else { return nil }
        summer = Summer(offset: Int32(offset), begin: begin, end: end)
    }

    func offset(at seconds: Int64) -> Int32 {
        guard let summer else { return standard }
        let year = CivilDate(days: Self.floor(seconds + Int64(standard), 86_400)).year
        let begin = Self.moment(summer.begin, year) - Int64(standard)
        let end = Self.moment(summer.end, year) - Int64(summer.offset)
        let isSummer = begin < end ? (begin..<end).contains(seconds) : !(end..<begin).contains(seconds)
        return isSummer ? summer.offset : standard
    }

    private static func moment(_ change: Change, _ year: Int) -> Int64 {
        let days: Int64
        switch change.day {
        case .ordinal(let day): days = CivilDate(year: year, month: 1, day: 1).days + Int64(day)
        case .julian(let day):
            let leap = CivilDate.isLeap(year) && day >= 60 ? 1 : 0
            days = CivilDate(year: year, month: 1, day: 1).days + Int64(day - 1 + leap)
        case .week(let month, let week, let weekday):
            let first = CivilDate(year: year, month: month, day: 1).days
            // 1 January 1970 was a Thursday.
            let firstWeekday = Int(((first + 4) % 7 + 7) % 7)
            var day = first + Int64((weekday - firstWeekday + 7) % 7 + (week - 1) * 7)
            let next =
                month == 12
                ? CivilDate(year: year + 1, month: 1, day: 1) : CivilDate(year: year, month: month + 1, day: 1)
            while day >= next.days { day -= 7 }
            days = day
        }
        return days * 86_400 + change.time
    }

    static func floor(_ value: Int64, _ unit: Int64) -> Int64 { (value >= 0 ? value : value - unit + 1) / unit }

    private struct Scanner {
        private var rest: Substring

        init(_ text: String) { rest = text[...] }

        var isAtEnd: Bool { rest.isEmpty }

        func peek(_ character: Character) -> Bool { rest.first == character }

        mutating func take(_ character: Character) -> Bool {
            guard peek(character) else { return false }
            rest.removeFirst()
            return true
        }

        /// Three letters or more, or anything in angle brackets.
        mutating func skipName() -> Bool {
            if take("<") {
                guard let end = rest.firstIndex(of: ">") else { return false }
                rest = rest[rest.index(after: end)...]
                return true
            }
            let name = rest.prefix(while: \.isLetter)
            rest = rest[name.endIndex...]
            return name.count >= 3
        }

        mutating func number() -> Int? {
            let digits = rest.prefix(while: \.isNumber)
            rest = rest[digits.endIndex...]
            return Int(digits)
        }

        /// `[+-]hh[:mm[:ss]]` in seconds.
        mutating func clock() -> Int64? {
            let sign: Int64 = take("-") ? -1 : 1
            if sign == 1 { _ = take("+") }
            guard let hours = number(), hours <= 167 else { return nil }
            var seconds = Int64(hours) * 3_600
            if take(":") {
                guard let minutes = number(), minutes < 60 else { return nil }
                seconds += Int64(minutes) * 60
                if take(":") {
                    guard let rest = number(), rest < 60 else { return nil }
                    seconds += Int64(rest)
                }
            }
            return sign * seconds
        }

        mutating func change() -> Change? {
            let day: Day
            if take("M") {
                guard let month = number(), (1...12).contains(month), take("."), let week = number(),
                    (1...5).contains(week), take("."), let weekday = number(), (0...6).contains(weekday)
                else { return nil }
                day = .week(month: month, week: week, weekday: weekday)
            } else if take("J") {
                guard let number = number(), (1...365).contains(number) else { return nil }
                day = .julian(number)
            } else {
                guard let number = number(), (0...365).contains(number) else { return nil }
                day = .ordinal(number)
            }
            guard take("/") else { return Change(day: day, time: 7_200) }
            return clock().map { Change(day: day, time: $0) }
        }
    }
}
