import Glibc

/// A bar on standard error while something takes long: only on a terminal, only after half a second, gone at the end.
final class Progress {
    private let console: any Console
    private let isShown: Bool
    private let what: String
    private let total: Int?
    private var done = 0
    private let started = Progress.milliseconds()
    private var drawn: Int64 = 0
    private var isOnScreen = false

    /// Shorter work needs no bar; one that appears and vanishes only flickers.
    private static let patience: Int64 = 500
    private static let interval: Int64 = 100

    /// - Parameter sharesOutput: Whether results go to standard output meanwhile; on a terminal they are progress enough.
    init(_ what: String, total: Int?, sharesOutput: Bool, _ console: any Console) {
        self.what = what
        self.total = total
        self.console = console
        isShown =
            console.isTerminal(.error) && console.environment("TERM") != "dumb"
            && !(sharesOutput && console.isTerminal(.output))
    }

    func advance(by count: Int = 1) {
        done += count
        guard isShown else { return }
        let now = Self.milliseconds()
        guard now - started >= Self.patience, now - drawn >= Self.interval else { return }
        drawn = now
        isOnScreen = true
        console.print("\r\u{1B}[K" + line(now), to: .error)
    }

    /// Takes the bar away, so that something else can be said.
    func clear() {
        if isOnScreen { console.print("\r\u{1B}[K", to: .error) }
        isOnScreen = false
    }

    private func line(_ now: Int64) -> String {
        guard let total, total > 0 else { return "\(what) \(done)" }
        let share = min(1, Double(done) / Double(total))
        let filled = Int(share * 24)
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 24 - filled)
        var text = "\(what) [\(bar)] \(done)/\(total)"
        if done > 0, done < total {
            let left = Int64(Double(now - started) / Double(done) * Double(total - done) / 1_000)
            text += "  \(left / 60):\(left % 60 < 10 ? "0" : "")\(left % 60) left"
        }
        return text
    }

    private static func milliseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
