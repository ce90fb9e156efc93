import Glibc
import Synchronization

/// Where log lines go: one descriptor, one format, the levels of all subsystems.
///
/// Each line is one `write(2)` of at most 4,096 bytes. That is PIPE_BUF: POSIX promises that lines of this size from
/// several threads or processes never mix in a pipe, so no lock is needed.
package final class LogSink: Sendable {
    package enum Format: Sendable {
        /// `level=info msg="listening" port=7878`: for a terminal.
        case logfmt
        /// One JSON object per line: for the journal and for pipes.
        case json
    }

    private let descriptor: Int32
    private let format: Format
    /// Milliseconds since 1970.
    private let now: @Sendable () -> Int64
    /// Lock tier: leaf, nothing else is locked while it is held.
    private let levels: Mutex<(configured: LogLevels, thresholds: [String: LogThreshold])>
    private let lost = Atomic<Int>(0)

    package init(
        descriptor: Int32 = STDERR_FILENO,
        format: Format,
        levels: LogLevels = LogLevels(),
        now: @escaping @Sendable () -> Int64 = LogSink.wallClock
    ) {
        self.descriptor = descriptor
        self.format = format
        self.levels = Mutex((levels, [:]))
        self.now = now
    }

    /// The format that fits: logfmt for a person at a terminal, JSON for everything else.
    package static func format(for descriptor: Int32) -> Format { isatty(descriptor) == 1 ? .logfmt : .json }

    /// Lines that could not be written, because the reader was gone or too slow. They are counted, never waited for.
    package var lostLines: Int { lost.load(ordering: .relaxed) }

    package func log(_ subsystem: String) -> Log {
        let threshold = levels.withLock { state in
            if let threshold = state.thresholds[subsystem] { return threshold }
            let threshold = LogThreshold(state.configured.subsystems[subsystem] ?? state.configured.general)
            state.thresholds[subsystem] = threshold
            return threshold
        }
        return Log(subsystem: subsystem, sink: self, threshold: threshold)
    }

    /// Changes the levels of everything that logs, at once.
    package func apply(_ new: LogLevels) {
        levels.withLock { state in
            state.configured = new
            for (subsystem, threshold) in state.thresholds {
                threshold.level.store((new.subsystems[subsystem] ?? new.general).rawValue, ordering: .relaxed)
            }
        }
    }

    package var currentLevels: LogLevels { levels.withLock { $0.configured } }

    func write(_ level: LogLevel, _ subsystem: String, _ message: String, _ fields: [(key: String, value: LogValue)]) {
        var line = LogLine(format)
        line.begin(Timestamp.text(milliseconds: now()), level.name, subsystem, Masking.masked(message))
        for (key, value) in fields { line.add(key, Masking.masked(value, key: key)) }
        put(line.finish())
    }

    private func put(_ line: [UInt8]) {
        var rest = line[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if written < 0, errno == EINTR {
                continue
            } else {
                lost.add(1, ordering: .relaxed)
                return
            }
        }
    }

    package static func wallClock() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
