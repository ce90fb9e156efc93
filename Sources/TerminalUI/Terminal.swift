import Glibc
import Synchronization

/// The terminal while it is ours: takes it, paints frames, reads events, and always gives it back.
///
/// 1. One thread, the UI's, makes all calls; `start`'s closure alone runs on the reader's thread and must not call back.
/// 2. A slow terminal blocks `paint`: no lock may be held across it.
/// 3. After `init` the terminal is given back by `stop`, by a normal exit, and by every signal that can be caught.
package final class Terminal {
    package struct Options {
        /// What the person configured; nil takes NO_COLOR, COLORTERM and terminfo, in this order.
        package var colorDepth: ColorDepth?
        package var hasMouse = true
        package var environment: (String) -> String?
        package var input: Int32 = 0
        package var output: Int32 = 1
        /// Off in tests, where several terminals live in one process.
        package var handlesSignals = true

        package init(environment: @escaping (String) -> String? = Terminal.environment) {
            self.environment = environment
        }
    }

    package let family: TerminalFamily
    package let colorDepth: ColorDepth
    package private(set) var hasMouse: Bool
    /// Motion without a button is reported, too.
    package private(set) var hasHover = false
    /// True once the terminal said that it can (mode 2027).
    package var hasClusters: Bool { capabilities.withLock { $0.hasClusters } }

    private let curses: Curses
    private let painter: Painter
    private let options: Options
    private var reader: InputReader?
    private let lineDiscipline: LineDiscipline
    private var isOurs = true
    private var hasHandlers = false

    /// What the terminal answered, written by the reader's thread. Tier: leaf, nothing is called under it.
    private let capabilities = SharedCapabilities()

    package static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// Why no full screen is possible here, as a sentence; nil when it is.
    package static func check(_ options: Options = Options()) -> String? {
        guard isatty(options.input) == 1 else { return "standard input is not a terminal" }
        guard isatty(options.output) == 1 else { return "standard output is not a terminal" }
        guard let term = options.environment("TERM"), !term.isEmpty else { return "TERM is not set" }
        guard term != "dumb" else { return "TERM=dumb has no cursor movement" }
        switch Curses.canAddress(term: term, output: options.output) {
        case true?: return nil
        case false?: return "TERM=\(Text.truncated(term, width: 40)) has no cursor movement"
        case nil:
            // Newer than this system's terminfo, but an xterm by its name.
            return TerminalFamily(term: term) == .console
                ? "terminfo does not know TERM=\(Text.truncated(term, width: 40))" : nil
        }
    }

    /// Takes the terminal and clears it.
    package init(_ options: Options = Options()) throws(TerminalError) {
        if let problem = Self.check(options) { throw TerminalError(sentence: problem) }
        Curses.chooseLocale()
        let term = options.environment("TERM") ?? "xterm"
        family = TerminalFamily(term: term)
        self.options = options
        lineDiscipline = LineDiscipline(of: options.output)

        let wanted = options.colorDepth ?? ColorDepth.wanted(by: options.environment)
        var opened: Curses?
        var numbering = Painter.ColorNumbering.palette
        if wanted == .rgb || wanted == nil && term.hasSuffix("-direct"),
            let entry = PrivateTerminfo.install(for: family, environment: options.environment)
        {
            opened = Self.open(entry.name, in: entry.directory, options)
            if opened != nil { numbering = .extended }
        }
        if opened == nil { opened = Curses(term: term, input: options.input, output: options.output) }
        if opened == nil, family == .xterm {
            opened = Curses(term: "xterm-256color", input: options.input, output: options.output)
        }
        guard let opened else {
            throw TerminalError(sentence: "curses cannot start on TERM=\(Text.truncated(term, width: 40))")
        }
        curses = opened
        let possible = numbering == .extended ? .rgb : min(ColorDepth(terminfoColors: opened.colors), .ansi256)
        if numbering == .palette && opened.colors >= 0x8000 { numbering = .direct }
        colorDepth = min(wanted ?? possible, possible)
        painter = Painter(
            curses: opened,
            output: options.output,
            depth: colorDepth,
            numbering: numbering,
            canOverlay: family.hasCommands,
            hasFrames: family.hasModes
        )
        hasMouse = options.hasMouse && family.hasModes
        if let size = InputReader.size(of: options.output) { curses.resize(to: size) }
        curses.setCursor(nil)
        curses.refresh()
        enterModes()
    }

    /// The entry is looked up by name, so ncurses has to be told the place; children must not inherit it.
    private static func open(_ name: String, in directory: String, _ options: Options) -> Curses? {
        let before = environment("TERMINFO_DIRS")
        // An empty place at the end stands for the places compiled in.
        setenv("TERMINFO_DIRS", directory + ":" + (before ?? ""), 1)
        defer { if let before { setenv("TERMINFO_DIRS", before, 1) } else { unsetenv("TERMINFO_DIRS") } }
        return Curses(term: name, input: options.input, output: options.output)
    }

    /// Begins to read. `deliver` gets batches of events on the reader's thread.
    package func start(_ deliver: @escaping @Sendable ([InputEvent]) -> Void) throws(TerminalError) {
        let capabilities = capabilities
        let made = InputReader(input: options.input) { events in
            capabilities.learn(from: events)
            deliver(events)
        }
        guard let made else { throw TerminalError(sentence: "no descriptors are left for reading the terminal") }
        guard made.start() else { throw TerminalError(sentence: "no thread is left for reading the terminal") }
        reader = made
        if options.handlesSignals {
            hasHandlers = true
            TerminalSignals.prepare(
                pipe: made.noticeDescriptor,
                output: options.output,
                restore: restoreSequence,
                lineDiscipline: lineDiscipline
            )
            TerminalSignals.install()
            TerminalSignals.setActive(true)
        }
        if family.hasCommands {
            capabilities.withLock { $0.isAsking = true }
            send(TerminalSequences.questions)
        }
    }

    /// The size that the terminal has now.
    package var size: Size { InputReader.size(of: options.output) ?? curses.size }

    /// Shows the frame by sending what differs from the one before. A frame of another size than the terminal's is cut or
    /// stands in the upper left corner.
    package func paint(_ frame: Frame) {
        guard isOurs else { return }
        if size != curses.size {
            curses.resize(to: size)
            painter.forgetAll()
        }
        applyAnswers()
        painter.paint(frame, hasClusters: hasClusters)
    }

    /// Forgets what is on the screen; the next `paint` sends everything (Ctrl+L).
    package func redraw() { painter.forgetAll() }

    /// Reports of the mouse on or off. Off, the terminal's own selection works without Shift.
    package func setMouse(_ isOn: Bool) {
        guard family.hasModes, isOn != hasMouse else { return }
        hasMouse = isOn
        if isOurs { send(isOn ? mouseModes : TerminalSequences.leaveMouse) }
    }

    /// Reports of motion without a button, as long as the mouse is ours.
    package func setHover(_ isOn: Bool) {
        guard isOn != hasHover else { return }
        hasHover = isOn
        if hasMouse, isOurs { send(isOn ? TerminalSequences.enterHover : TerminalSequences.leaveHover) }
    }

    private var mouseModes: String {
        TerminalSequences.enterMouse + (hasHover ? TerminalSequences.enterHover : "")
    }

    // MARK: - Giving back

    /// Gives the terminal to another program (an editor) until `enter`.
    package func leave() {
        guard isOurs else { return }
        isOurs = false
        reader?.pause()
        leaveModes()
        curses.leave()
        send(curses.wipeSequence)
        if options.handlesSignals { TerminalSignals.setActive(false) }
    }

    package func enter() {
        guard !isOurs else { return }
        isOurs = true
        curses.enter()
        enterModes()
        painter.forgetAll()
        if options.handlesSignals { TerminalSignals.setActive(true) }
        reader?.resume()
    }

    /// Stops the whole job, as Ctrl+Z does, and comes back when it is continued.
    package func suspend() {
        leave()
        var action = sigaction()
        var before = sigaction()
        action.__sigaction_handler.sa_handler = SIG_DFL
        sigaction(SIGTSTP, &action, &before)
        // The group, so that a wrapper (make, a script) stops as well and the shell gets its prompt.
        kill(0, SIGTSTP)
        sigaction(SIGTSTP, &before, nil)
        enter()
    }

    /// Gives the terminal back for good.
    package func stop() {
        awaitAnswers()
        leave()
        reader?.end()
        reader = nil
        if hasHandlers { TerminalSignals.uninstall() }
        hasHandlers = false
    }

    /// Answers that are still on their way would be typed into the shell: they get 100 ms, what came and was not read goes.
    private func awaitAnswers() {
        guard isOurs, reader != nil else { return }
        for _ in 0..<20 where capabilities.withLock({ $0.isAsking }) { poll(nil, 0, 5) }
        tcflush(options.input, TCIFLUSH)
    }

    // MARK: - Modes

    private func enterModes() {
        guard family.hasModes else { return }
        var text = TerminalSequences.enterModes
        if hasMouse { text += mouseModes }
        let known = capabilities.withLock { $0 }
        if known.hasKeyboard { text += TerminalSequences.enterKeyboard }
        if known.hasClusters { text += TerminalSequences.enterClusters }
        send(text)
    }

    private var modesToLeave: String {
        guard family.hasModes else { return "" }
        let known = capabilities.withLock { $0 }
        return (known.hasKeyboard ? TerminalSequences.leaveKeyboard : "")
            + (known.hasClusters ? TerminalSequences.leaveClusters : "")
            + TerminalSequences.leaveModes + (family.hasCommands ? TerminalSequences.defaultShape : "")
    }

    private func leaveModes() { send(modesToLeave) }

    private var restoreSequence: String { modesToLeave + curses.restoreSequence }

    /// Turns on what the terminal has said that it can since the last paint.
    private func applyAnswers() {
        let news = capabilities.withLock { known in
            defer { known.isNews = false }
            return known.isNews ? known : nil
        }
        guard let news else { return }
        if news.hasKeyboard { send(TerminalSequences.enterKeyboard) }
        if news.hasClusters {
            send(TerminalSequences.enterClusters)
            painter.forgetAll()
        }
        if options.handlesSignals, let reader {
            TerminalSignals.prepare(
                pipe: reader.noticeDescriptor,
                output: options.output,
                restore: restoreSequence,
                lineDiscipline: lineDiscipline
            )
        }
    }

    /// Writes past ncurses, whose own buffer is empty between frames.
    func send(_ text: String) { Painter.write(Array(text.utf8), to: options.output) }

    var variables: (String) -> String? { options.environment }
    var version: String { capabilities.withLock { $0.version } }
}

/// Why the terminal cannot be taken.
package struct TerminalError: Error, Hashable {
    package let sentence: String
}
