/// How much a log line matters, from what only a developer wants to what somebody must act on.
package enum LogLevel: UInt8, Sendable, Comparable, CaseIterable {
    case debug
    case info
    /// Normal, but worth a second look: a start, a stop, a reload.
    case notice
    case warning
    case error

    package var name: String {
        switch self {
        case .debug: "debug"
        case .info: "info"
        case .notice: "notice"
        case .warning: "warning"
        case .error: "error"
        }
    }

    package init?(name: String) {
        guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = level
    }

    package static func < (a: LogLevel, b: LogLevel) -> Bool { a.rawValue < b.rawValue }
}

/// Levels as configuration says them: `info`, or `info,transport=debug,storage=warning`.
package struct LogLevels: Sendable, Equatable {
    package var general: LogLevel
    package var subsystems: [String: LogLevel]

    package init(_ general: LogLevel = .info, subsystems: [String: LogLevel] = [:]) {
        self.general = general
        self.subsystems = subsystems
    }

    /// What is wrong with a text of levels.
    package struct Refusal: Error, Sendable, Equatable, CustomStringConvertible {
        package let sentence: String
        package var description: String { sentence }
    }

    package init(_ text: String) throws(Refusal) {
        self.init()
        for part in text.split(separator: ",") {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map { String($0.filter { $0 != " " }) }
            guard let level = LogLevel(name: sides[sides.count - 1]) else {
                let names = LogLevel.allCases.map(\.name).joined(separator: ", ")
                throw Refusal(sentence: "\"\(sides[sides.count - 1])\" is no log level; levels are \(names)")
            }
            if sides.count == 1 { general = level } else { subsystems[sides[0]] = level }
        }
    }
}
