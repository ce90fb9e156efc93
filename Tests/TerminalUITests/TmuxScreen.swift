import Glibc
import Synchronization
import TerminalUI

/// A pseudo-terminal whose other side is copied into a pane of a private tmux, which serves as an independent emulator.
final class TmuxScreen: Sendable {
    /// The side that a program under test gets.
    let terminal: Int32
    /// A directory for this screen alone.
    let directory: String
    private let controller: Int32
    private let name: String
    private let server: String
    private let sent = Mutex<[UInt8]>([])

    init?(size: Size) {
        var template = Array("/tmp/plaza-screen-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { return nil }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        server = directory + "/tmux"
        // posix_openpt(3) and its company are not in Glibc's Swift module: what they do on devpts (ioctl_tty(2)).
        controller = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var isLocked: Int32 = 0
        var number: UInt32 = 0
        guard controller >= 0, ioctl(controller, 0x4004_5431, &isLocked) == 0,
            ioctl(controller, 0x8004_5430, &number) == 0
        else { return nil }
        name = "/dev/pts/\(number)"
        terminal = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard terminal >= 0 else { return nil }
        setSize(size)
        let fifo = directory + "/bytes"
        guard mkfifo(fifo, 0o600) == 0 else { return nil }
        let pane = "stty raw -echo; exec cat \(fifo)"
        run("-f /dev/null new-session -d -x \(size.width) -y \(size.height) '\(pane)' \\; set -g status off")
        let copy = open(fifo, O_WRONLY)
        guard copy >= 0 else { return nil }
        var thread = pthread_t()
        let context = Unmanaged.passRetained(Pump(controller: controller, copy: copy, screen: self)).toOpaque()
        pthread_create(
            &thread,
            nil,
            { context in
                guard let context else { return nil }
                Unmanaged<Pump>.fromOpaque(context).takeRetainedValue().run()
                return nil
            },
            context
        )
        pthread_detach(thread)
    }

    deinit {
        close(terminal)
        run("kill-server")
        _ = shell("rm -rf \(directory)")
    }

    /// What was written to the terminal so far.
    var everythingSent: String { String(decoding: sent.withLock { $0 }, as: UTF8.self) }

    /// What was written, as soon as it contains `end` or ten seconds have passed: the bytes arrive through a thread.
    func everythingSent(until end: String) -> String {
        let start = ContinuousClock.now
        while !everythingSent.contains(end), ContinuousClock.now - start < .seconds(10) { sched_yield() }
        return everythingSent
    }

    /// Looks until the screen is as wanted, or ten seconds have passed; then the first row that differs. Blanks at the ends of
    /// rows and empty rows at the end do not count.
    func difference(from wanted: String) -> String? {
        let wanted = Self.rows(wanted)
        let start = ContinuousClock.now
        var shown: [String] = []
        repeat {
            shown = Self.rows(run("capture-pane -p"))
            if shown == wanted { return nil }
        } while ContinuousClock.now - start < .seconds(10)
        for row in 0..<max(shown.count, wanted.count) {
            let left = row < shown.count ? shown[row] : ""
            let right = row < wanted.count ? wanted[row] : ""
            if left != right { return "row \(row) shows \(Self.scalars(left)), wanted \(Self.scalars(right))" }
        }
        return "row 0"
    }

    /// What a person types, byte for byte.
    func type(_ text: String) { _ = write(controller, text, text.utf8.count) }

    /// Writes past the terminal under test, as a program before it would.
    func show(_ text: String) {
        _ = write(terminal, text, text.utf8.count)
        _ = difference(from: text)
    }

    func resize(to size: Size) {
        setSize(size)
        run("resize-window -x \(size.width) -y \(size.height)")
    }

    /// The settings of the line discipline as `stty -g` prints them.
    func settings() -> String { shell("stty -g < \(name)") }

    private func setSize(_ size: Size) {
        // struct winsize: rows, columns, and pixels that nobody uses.
        var window: [UInt16] = [UInt16(size.height), UInt16(size.width), 0, 0]
        _ = ioctl(terminal, UInt(TIOCSWINSZ), &window)
    }

    private static func rows(_ text: String) -> [String] {
        var rows = text.split(separator: "\n", omittingEmptySubsequences: false).map { row in
            var scalars = Substring(row).unicodeScalars
            while scalars.last == " " { scalars.removeLast() }
            return String(scalars)
        }
        while rows.last == "" { rows.removeLast() }
        return rows
    }

    /// Beside letters, scalars say more than what they look like.
    private static func scalars(_ row: String) -> String {
        row.unicodeScalars.map {
            (0x21..<0x7F).contains($0.value) ? String($0) : $0 == " " ? "_" : String($0.value, radix: 16)
        }
        .joined(separator: " ")
    }

    @discardableResult
    private func run(_ command: String) -> String {
        shell("env -u TMUX LC_ALL=C.UTF-8 tmux -u -S \(server) \(command) 2>&1")
    }

    private func shell(_ command: String) -> String {
        guard let pipe = popen(command, "r") else { return "" }
        defer { pclose(pipe) }
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = fread(&buffer, 1, buffer.count, pipe)
            guard count > 0 else { return String(decoding: result, as: UTF8.self) }
            result += buffer[..<count]
        }
    }

    /// Copies the bytes until the terminal is closed by all. It then closes its own descriptors: closed by another thread, their
    /// numbers could already belong to the next screen while it still reads.
    private final class Pump: Sendable {
        let controller: Int32
        let copy: Int32
        nonisolated(unsafe) weak var screen: TmuxScreen?

        init(controller: Int32, copy: Int32, screen: TmuxScreen) {
            self.controller = controller
            self.copy = copy
            self.screen = screen
        }

        func run() {
            // tmux may go first: an error of write(2) is enough.
            var pipe = sigset_t()
            sigemptyset(&pipe)
            sigaddset(&pipe, SIGPIPE)
            pthread_sigmask(SIG_BLOCK, &pipe, nil)
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = read(controller, &buffer, buffer.count)
                guard count > 0 else { break }
                screen?.sent.withLock { $0 += buffer[..<count] }
                _ = write(copy, buffer, count)
            }
            close(copy)
            close(controller)
        }
    }
}
