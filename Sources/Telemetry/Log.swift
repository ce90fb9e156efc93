import Synchronization

/// Structured log lines of one subsystem: `log.notice("listening", ["port": 7878])`.
///
/// Message and fields are not even evaluated when the level is off: that costs one relaxed load.
package struct Log: Sendable {
    package let subsystem: String
    private let sink: LogSink
    private let threshold: LogThreshold
    private let bound: [(key: String, value: LogValue)]

    init(subsystem: String, sink: LogSink, threshold: LogThreshold, bound: [(key: String, value: LogValue)] = []) {
        self.subsystem = subsystem
        self.sink = sink
        self.threshold = threshold
        self.bound = bound
    }

    package typealias Fields = KeyValuePairs<String, LogValue>

    /// The same log with fields that every line carries.
    package func with(_ fields: Fields) -> Log {
        Log(subsystem: subsystem, sink: sink, threshold: threshold, bound: bound + fields.map { ($0.key, $0.value) })
    }

    /// The same log for one request: every line carries `requestId`.
    package func with(requestID: String) -> Log { with(["requestId": .string(requestID)]) }

    package func isEnabled(_ level: LogLevel) -> Bool {
        level.rawValue >= threshold.level.load(ordering: .relaxed)
    }

    package func debug(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
        write(.debug, message, fields)
    }

    package func info(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
        write(.info, message, fields)
    }

    package func notice(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
        write(.notice, message, fields)
    }

    package func warning(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
        write(.warning, message, fields)
    }

    package func error(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
        write(.error, message, fields)
    }

    private func write(_ level: LogLevel, _ message: () -> String, _ fields: () -> Fields) {
        guard isEnabled(level) else { return }
        let all = bound + fields().map { ($0.key, $0.value) }
        sink.write(level, subsystem, message(), all)
    }
}

/// From which level on a subsystem speaks. Its own object, so that a change reaches every `Log` at once without a lock.
final class LogThreshold: Sendable {
    let level: Atomic<UInt8>

    init(_ level: LogLevel) { self.level = Atomic(level.rawValue) }
}

/// The value of a field.
package enum LogValue: Sendable, Equatable {
    case string(String)
    case int(Int64)
    case double(Double)
    case bool(Bool)
    /// Written as milliseconds.
    case duration(Duration)
}

extension LogValue: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .int(value) }
    package init(floatLiteral value: Double) { self = .double(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }

    /// Any whole number; what does not fit is written as text.
    package static func count(_ value: some BinaryInteger) -> LogValue {
        Int64(exactly: value).map { .int($0) } ?? .string("\(value)")
    }
}
