import CLinux
import Glibc

/// The thread that reads the terminal: poll(2) and read(2), decoder, batches of events.
///
/// The descriptor stays blocking: it is often one file description with standard output, and ncurses spins on EAGAIN.
final class InputReader: Sendable {
    /// How long a lone ESC waits for the rest of a sequence. Longer is felt with Escape, shorter breaks slow lines.
    static let escapeMilliseconds: Int32 = 40

    private let input: Int32
    private let notices: (reading: Int32, writing: Int32)
    private let answers: (reading: Int32, writing: Int32)
    private let deliver: @Sendable ([InputEvent]) -> Void

    /// Nil when the process has no descriptors left.
    init?(input: Int32, deliver: @escaping @Sendable ([InputEvent]) -> Void) {
        guard let notices = Self.makePipe(), let answers = Self.makePipe() else { return nil }
        self.input = input
        self.notices = notices
        self.answers = answers
        self.deliver = deliver
    }

    deinit {
        for file in [notices.reading, notices.writing, answers.reading, answers.writing] { close(file) }
    }

    /// Where signal handlers write. Does not block: a full pipe already holds more notices than anybody needs.
    var noticeDescriptor: Int32 { notices.writing }

    private static func makePipe() -> (reading: Int32, writing: Int32)? {
        var files: [Int32] = [-1, -1]
        guard pipe(&files) == 0 else { return nil }
        for file in files { _ = fcntl(file, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(files[1], F_SETFL, O_NONBLOCK)
        return (files[0], files[1])
    }

    /// False when the process may have no more threads.
    func start() -> Bool {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        // Signals belong to the UI thread: this one must not be the one that is interrupted.
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        let outcome = pthread_create(&thread, nil, Self.threadMain, context)
        pthread_sigmask(SIG_SETMASK, &before, nil)
        guard outcome == 0 else {
            Unmanaged<InputReader>.fromOpaque(context).release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    private static let threadMain: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
        guard let context else { return nil }
        Unmanaged<InputReader>.fromOpaque(context).takeRetainedValue().run()
        return nil
    }

    /// Stops reading the terminal and returns when the thread has stopped, so that another program can have it.
    func pause() { ask(TerminalSignals.Notice.pause) }

    func resume() { ask(TerminalSignals.Notice.go) }

    /// Ends the thread and returns when it no longer reads.
    func end() { ask(TerminalSignals.Notice.end) }

    private func ask(_ notice: UInt8) {
        var notice = notice
        while write(notices.writing, &notice, 1) < 0 && (errno == EAGAIN || errno == EINTR) {
            var wait = pollfd(fd: notices.writing, events: Int16(POLLOUT), revents: 0)
            poll(&wait, 1, -1)
        }
        var answer: UInt8 = 0
        while read(answers.reading, &answer, 1) < 0 && errno == EINTR {}
    }

    /// The size that the kernel knows for a terminal; nil when it knows none.
    static func size(of terminal: Int32) -> Size? {
        var window = winsize()
        guard ioctl(terminal, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0 else { return nil }
        return Size(width: Int(window.ws_col), height: Int(window.ws_row))
    }

    // MARK: - The thread

    private func run() {
        var decoder = InputDecoder()
        var isPaused = false
        var isOpen = true
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            var files = [
                pollfd(fd: notices.reading, events: Int16(POLLIN), revents: 0),
                pollfd(fd: isPaused || !isOpen ? -1 : input, events: Int16(POLLIN), revents: 0),
            ]
            let ready = poll(&files, 2, decoder.isPending && !isPaused ? Self.escapeMilliseconds : -1)
            if ready < 0 { continue }
            var events: [InputEvent] = []
            if ready == 0 { events += decoder.flush() }
            if files[0].revents != 0 {
                var notice: UInt8 = 0
                guard read(notices.reading, &notice, 1) == 1 else { return }
                switch notice {
                case TerminalSignals.Notice.pause, TerminalSignals.Notice.go, TerminalSignals.Notice.end:
                    isPaused = notice == TerminalSignals.Notice.pause
                    _ = write(answers.writing, &notice, 1)
                    if notice == TerminalSignals.Notice.end { return }
                case TerminalSignals.Notice.resize:
                    if let size = Self.size(of: input) { events.append(.resize(size)) }
                case TerminalSignals.Notice.suspend: events.append(.signal(.suspend))
                case TerminalSignals.Notice.resume: events.append(.signal(.resume))
                case TerminalSignals.Notice.hangUp: events.append(.signal(.hangUp))
                default: events.append(.signal(.terminate))
                }
            }
            if files[1].revents != 0 && !isPaused {
                let count = read(input, &buffer, buffer.count)
                if count > 0 {
                    events += decoder.feed(buffer[..<count])
                } else if count == 0 || errno != EINTR {
                    // The terminal is gone: its window was closed, or the line was cut.
                    isOpen = false
                    events.append(.signal(.hangUp))
                }
            }
            if !events.isEmpty { deliver(events) }
        }
    }
}
