package import ChatAPI
package import ChatKit
import Glibc

/// The world a command sees besides the daemon: three streams, a terminal or none, the environment, the clock.
///
/// Tests bring their own, so that every command runs in process.
package protocol Console: Sendable {
    func write(_ bytes: [UInt8], to stream: Stream)
    func isTerminal(_ stream: Stream) -> Bool
    /// The next line of standard input without its end; nil at the end.
    func readLine() -> [UInt8]?
    /// A line typed on the terminal; without echo for secrets. Nil if the terminal hung up.
    func ask(_ prompt: String, isSecret: Bool) -> String?
    var width: Int { get }
    /// Rows of the terminal that standard output is.
    var height: Int { get }
    func environment(_ name: String) -> String?
    /// The same, as the profile wants it.
    var kit: Environment { get }
    var now: Milliseconds { get }
    /// Seconds east of UTC at a time, where the user is.
    func zoneOffset(at time: Milliseconds) -> Int
}

package enum Stream: Sendable, Equatable {
    case input
    case output
    case error
}

extension Console {
    package func print(_ text: String, to stream: Stream = .output) { write(Array(text.utf8), to: stream) }

    /// A line for people.
    package func say(_ text: String) { write(Array((text + "\n").utf8), to: .error) }

    /// Colours and bold: on a terminal that can, unless `NO_COLOR` says otherwise (no-color.org).
    func isColorful(_ stream: Stream) -> Bool {
        isTerminal(stream) && environment("NO_COLOR")?.isEmpty != false && environment("TERM") != "dumb"
    }

    /// Everything of standard input.
    func readAll(limit: Int) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        while let line = readLine() {
            bytes += line + [0x0A]
            guard bytes.count <= limit + 1 else {
                throw .usage("standard input is longer than \(limit) bytes")
            }
        }
        return bytes
    }
}

/// The real one.
package final class ProcessConsole: Console, @unchecked Sendable {
    /// What was read of standard input and not asked for yet. Commands read on one task only.
    private var pending: [UInt8] = []
    private var start = 0
    private var isAtEnd = false

    package init() {}

    package func write(_ bytes: [UInt8], to stream: Stream) {
        let descriptor = stream == .error ? STDERR_FILENO : STDOUT_FILENO
        var start = 0
        while start < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + start, bytes.count - start) }
            if count > 0 {
                start += count
            } else if errno == EAGAIN {
                var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = Glibc.poll(&poll, 1, -1)
            } else if errno != EINTR {
                if stream == .output { Self.outputFailed(errno) }
                return
            }
        }
    }

    /// `… | head` closed the pipe: end as a program without any handler would. A full disk is said and is a failure.
    private static func outputFailed(_ number: Int32) -> Never {
        if number == EPIPE {
            signal(SIGPIPE, SIG_DFL)
            raise(SIGPIPE)
        }
        let sentence = "chatctl: standard output: \(String(cString: strerror(number)))\n"
        _ = sentence.withCString { Glibc.write(STDERR_FILENO, $0, strlen($0)) }
        _exit(ExitCode.other.rawValue)
    }

    package func isTerminal(_ stream: Stream) -> Bool {
        switch stream {
        case .input: isatty(STDIN_FILENO) == 1
        case .output: isatty(STDOUT_FILENO) == 1
        case .error: isatty(STDERR_FILENO) == 1
        }
    }

    package func readLine() -> [UInt8]? {
        while true {
            if let end = pending[start...].firstIndex(of: 0x0A) {
                defer { start = end + 1 }
                return Array(pending[start..<end])
            }
            if isAtEnd {
                guard start < pending.count else { return nil }
                defer { start = pending.count }
                return Array(pending[start...])
            }
            pending.removeFirst(start)
            start = 0
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let count = read(STDIN_FILENO, &chunk, chunk.count)
            if count > 0 {
                pending += chunk[..<count]
                // A line nobody ends must not fill the memory: it is cut, and whoever reads it refuses its length.
                if pending.count > 1 << 24 { isAtEnd = true }
            } else if count == 0 || errno != EINTR {
                isAtEnd = true
            }
        }
    }

    package func ask(_ prompt: String, isSecret: Bool) -> String? {
        write(Array(prompt.utf8), to: .error)
        if isSecret { SecretEcho.off() }
        let line = readLine()
        if isSecret {
            SecretEcho.on()
            write([0x0A], to: .error)
        }
        return line.map { String(decoding: $0.last == 0x0D ? $0.dropLast() : $0[...], as: UTF8.self) }
    }

    package var width: Int {
        if let text = environment("COLUMNS"), let columns = Int(text), columns >= 20 { return min(columns, 500) }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 20 else { return 80 }
        return min(Int(size.ws_col), 500)
    }

    package var height: Int {
        if let text = environment("LINES"), let rows = Int(text), rows >= 2 { return min(rows, 500) }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row >= 2 else { return 24 }
        return min(Int(size.ws_row), 500)
    }

    package func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    package var kit: Environment { .process }

    package var now: Milliseconds { TimeSource.system.wall() }

    package func zoneOffset(at time: Milliseconds) -> Int {
        var seconds = time_t(time / 1_000)
        var parts = tm()
        return localtime_r(&seconds, &parts) == nil ? 0 : parts.tm_gmtoff
    }
}

/// Echo of the terminal while a secret is typed; comes back however the program ends.
enum SecretEcho {
    /// Written before the handler can see it, read by the handler of SIGINT: both on the one thread that prompts.
    nonisolated(unsafe) private static var saved = termios()
    nonisolated(unsafe) private static var isOff = false

    static func off() {
        guard tcgetattr(STDIN_FILENO, &saved) == 0 else { return }
        var quiet = saved
        quiet.c_lflag &= ~tcflag_t(ECHO)
        isOff = true
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet)
    }

    /// Async-signal-safe.
    static func on() {
        guard isOff else { return }
        isOff = false
        tcsetattr(STDIN_FILENO, TCSANOW, &saved)
    }
}
