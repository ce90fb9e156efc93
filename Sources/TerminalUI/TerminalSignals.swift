import CLinux
import Glibc

/// Signals while the terminal is ours: it is given back whatever happens, and the rest becomes input.
///
/// Handlers only use async-signal-safe calls (signal-safety(7)) on memory that is allocated before they are installed.
enum TerminalSignals {
    private struct State {
        /// Where the reader thread hears of signals.
        var pipe: Int32 = -1
        var output: Int32 = -1
        /// What leaves all modes and the alternate screen.
        var restore: UnsafeMutablePointer<UInt8>?
        var restoreCount = 0
        var lineDiscipline: LineDiscipline?
        var isActive = false
        var askedToEnd = false
        var capture = StandardErrorCapture()
    }

    // Written before the handlers are installed and by the UI thread; the handlers interrupt or outlive that thread.
    nonisolated(unsafe) private static let state: UnsafeMutablePointer<State> = {
        let pointer = UnsafeMutablePointer<State>.allocate(capacity: 1)
        pointer.initialize(to: State())
        return pointer
    }()
    nonisolated(unsafe) private static let previous: UnsafeMutablePointer<sigaction> = {
        let pointer = UnsafeMutablePointer<sigaction>.allocate(capacity: 65)
        pointer.initialize(repeating: sigaction(), count: 65)
        return pointer
    }()

    private static let fatal = [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGQUIT, SIGSYS]
    private static let reported = [SIGWINCH, SIGTSTP, SIGCONT, SIGHUP, SIGTERM, SIGINT]

    /// One byte per signal in the pipe.
    enum Notice {
        static let resize: UInt8 = 1
        static let suspend: UInt8 = 2
        static let resume: UInt8 = 3
        static let hangUp: UInt8 = 4
        static let terminate: UInt8 = 5
        static let pause: UInt8 = 6
        static let go: UInt8 = 7
        static let end: UInt8 = 8
    }

    /// Remembers how to give the terminal back. `lineDiscipline` is what it had before curses.
    static func prepare(pipe: Int32, output: Int32, restore: String, lineDiscipline: LineDiscipline) {
        let bytes = Array(restore.utf8)
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: bytes.count)
        memory.initialize(from: bytes, count: bytes.count)
        state.pointee.restore?.deallocate()
        state.pointee.restore = memory
        state.pointee.restoreCount = bytes.count
        state.pointee.pipe = pipe
        state.pointee.output = output
        state.pointee.lineDiscipline = lineDiscipline
        state.pointee.askedToEnd = false
    }

    static func setActive(_ isActive: Bool) {
        if isActive { state.pointee.capture.begin() }
        state.pointee.isActive = isActive
        if !isActive { state.pointee.capture.end() }
    }

    static func install() {
        _ = alternateStack
        var action = sigaction()
        action.__sigaction_handler.sa_handler = terminalNotice
        action.sa_flags = SA_RESTART
        for signal in reported { sigaction(signal, &action, previous + Int(signal)) }
        action.__sigaction_handler.sa_handler = terminalFatality
        action.sa_flags = Int32(SA_ONSTACK)
        for signal in fatal { sigaction(signal, &action, previous + Int(signal)) }
        _ = exitHook
    }

    static func uninstall() {
        for signal in reported + fatal { sigaction(signal, previous + Int(signal), nil) }
    }

    /// A stack overflow has no stack left to run the handler on. Of the thread that installs, which is the UI's.
    private static let alternateStack: Void = {
        let bytes = 65_536
        var stack = stack_t(
            ss_sp: UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 16),
            ss_flags: 0,
            ss_size: bytes
        )
        sigaltstack(&stack, nil)
    }()

    private static let exitHook: Void = { atexit { TerminalSignals.giveBack() } }()

    /// Async-signal-safe: leaves all modes and the alternate screen, restores the line discipline.
    fileprivate static func giveBack() {
        guard state.pointee.isActive else { return }
        state.pointee.isActive = false
        if let bytes = state.pointee.restore { _ = write(state.pointee.output, bytes, state.pointee.restoreCount) }
        state.pointee.lineDiscipline?.apply(to: state.pointee.output)
        state.pointee.capture.end()
    }

    fileprivate static func note(_ signal: Int32) {
        let saved = errno
        defer { errno = saved }
        var notice: UInt8
        switch signal {
        case SIGWINCH: notice = Notice.resize
        case SIGTSTP: notice = Notice.suspend
        case SIGCONT: notice = Notice.resume
        default:
            // Asked a second time, the program does not wait for its own good manners.
            if state.pointee.askedToEnd {
                giveBack()
                _exit(128 + signal)
            }
            state.pointee.askedToEnd = true
            notice = signal == SIGHUP ? Notice.hangUp : Notice.terminate
        }
        _ = write(state.pointee.pipe, &notice, 1)
    }

    fileprivate static func die(of signal: Int32) {
        giveBack()
        // What was there before (a backtrace, or the default) comes when this handler returns.
        sigaction(signal, previous + Int(signal), nil)
        raise(signal)
    }
}

private func terminalNotice(_ signal: Int32) { TerminalSignals.note(signal) }
private func terminalFatality(_ signal: Int32) { TerminalSignals.die(of: signal) }

/// While curses has the screen, what anything writes to standard error would be lost on it or spoil it: the last words of a
/// crash most of all. It goes to a nameless file and is shown when the terminal is given back.
struct StandardErrorCapture {
    private var original: Int32 = -1
    private var file: Int32 = -1

    mutating func begin() {
        guard original < 0, isatty(2) == 1 else { return }
        file = clinux_nameless_file("stderr")
        guard file >= 0 else { return }
        original = dup(2)
        dup2(file, 2)
    }

    /// Async-signal-safe. Shows at most the first 64 KiB.
    mutating func end() {
        guard original >= 0, file >= 0 else { return }
        dup2(original, 2)
        lseek(file, 0, SEEK_SET)
        var shown = 0
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1024) { buffer in
            while shown < 65_536 {
                let count = read(file, buffer.baseAddress, buffer.count)
                guard count > 0 else { break }
                _ = write(2, buffer.baseAddress, count)
                shown += count
            }
        }
        close(file)
        close(original)
        file = -1
        original = -1
    }
}
