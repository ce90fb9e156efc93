import ChatAPI
import ChatKit
import Glibc
import Synchronization

/// `--plain` and `--json`: lines in, lines out, nothing drawn twice. For screen readers, pipes and tests.
final class LinearRuntime {
    private var model: Model
    private let world: World
    private let isJSON: Bool
    /// The channel that the command line names: nothing is said anywhere else instead.
    private let only: String?
    private var report: LinearReport
    private let recorder: Recorder?
    private let time = TimeSource.system
    private var isEnding = false
    /// Lines that wait until it is known where they go.
    private var lines: [String] = []
    private let input = Input()
    private var endsAt: Int64?
    private var isEchoOff = false

    /// Tier: leaf. Written by the reader's thread.
    private final class Input: Sendable {
        let lines = Mutex<[String?]>([])
    }

    /// How long what was typed may take to reach the daemon after the end of the input.
    static let endMilliseconds: Int64 = 10_000

    init(_ model: Model, _ world: World, isJSON: Bool, only: String?, recorder: Recorder?) {
        self.model = model
        self.world = world
        self.isJSON = isJSON
        self.only = only
        self.recorder = recorder
        report = LinearReport(only: only)
    }

    /// Returns the exit code: 0, 3 no such channel, 4 not signed in, 8 not everything reached the daemon.
    func run(_ first: [Action]) -> Int32 {
        let mailbox = world.mailbox
        signal(SIGPIPE, SIG_IGN)
        take([.clock(time.wall())] + first)
        let input = input
        let isReading = LineReader.start { line in
            input.lines.withLock { $0.append(line) }
            mailbox.post(.tick)
        }
        guard isReading else { return 1 }
        while !isEnding {
            let isWaiting = model.needsTicks || endsAt != nil || model.sketchWake != nil
            let actions = mailbox.take(waiting: isWaiting ? 250 : -1)
            take([.clock(time.wall())] + (actions.isEmpty ? [.tick] : actions))
            takeInput()
        }
        setEcho(true)
        let waiting = world.openItems.filter { $0.text != nil }.count
        let isSignedOut = model.question != nil
        recorder?.close()
        world.close(waitingMilliseconds: model.isLive ? 2_000 : 0)
        if isSignedOut { return 4 }
        if only != nil, model.isWantedRefused { return 3 }
        if waiting > 0 {
            complain("\(waiting) message\(waiting == 1 ? " waits" : "s wait") to be sent; the next start sends them")
            return 8
        }
        return 0
    }

    /// A line is taken when it is known where it goes; several are one after the other.
    private func takeInput() {
        for line in input.lines.withLock({ lines in
            defer { lines = [] }
            return lines
        }) {
            if let line {
                lines += isJSON ? Self.lines(of: line) : [line]
            } else {
                endsAt = time.uptime() + Self.endMilliseconds
            }
        }
        if only != nil, model.isWantedRefused { isEnding = true }
        while let next = lines.first, isReady, !isEnding, !next.hasPrefix("/") || isCaughtUp {
            let line = lines.removeFirst()
            take([.clock(time.wall()), .line(line)])
        }
        guard var endsAt, !isEnding else { return }
        // As long as something leaves the outbox, there is reason to wait.
        let open = world.openItems.count
        if open < lastOpen { endsAt = time.uptime() + Self.endMilliseconds }
        lastOpen = open
        self.endsAt = endsAt
        // The input has ended: as soon as everything is there, so has the program.
        let isDone = lines.isEmpty && world.openItems.isEmpty && pending == 0 && hasSeenSaid
        if model.question != nil, lines.isEmpty {
            if case .signIn(let form) = model.screen, case .working = form.step { return }
            complain("not signed in: start chat-tui in a terminal once, or give PLAZA_TOKEN_FILE")
            isEnding = true
        } else if isDone, isReady, model.isLive, hadLines, !hasHeardAll, time.uptime() < endsAt {
            // A reaction is answered before its entry is pushed; a question that is asked behind it is answered behind both.
            guard !hasAskedAll else { return }
            hasAskedAll = true
            take(world.perform(.ask(.me)))
        } else if isDone, isReady, model.isLive || !hadLines {
            isEnding = true
        } else if time.uptime() >= endsAt {
            if !isReady { complain("no connection to \(model.serverName)") }
            isEnding = true
        }
    }

    private var hadLines = false
    /// At the end of the input: the question behind everything that was said, and its answer.
    private var hasAskedAll = false
    private var hasHeardAll = false
    private var lastOpen = 0
    /// Requests without an answer.
    private var pending = 0
    /// Messages that were said here, until they are seen in the log or failed.
    private var said: [ClientID: ChannelID] = [:]

    private var hasSeenSaid: Bool {
        let failed = Set(model.failedItems.compactMap(\.cid))
        said = said.filter { cid, channel in
            guard let room = model.rooms[channel], !failed.contains(cid) else { return false }
            return room.timeline.seq(of: cid) == nil
        }
        return said.isEmpty
    }

    /// What was said is in the log: commands may name it.
    private var isCaughtUp: Bool {
        guard model.isLive else { return true }
        return hasSeenSaid && world.openItems.allSatisfy { $0.text == nil }
    }

    private var isReady: Bool {
        switch model.screen {
        case .signIn: model.question != nil
        case .chat:
            !model.isSigningOut && model.connection != .connecting && model.wantedChannel == nil
                && model.help.wanted == nil && pending == 0
                && model.room?.isSettled(isLive: model.isLive) == true
        }
    }

    /// `{"channel":"#general","text":"…"}` is a message there; `{"line":"/join #x"}` a line; anything else itself.
    private static func lines(of line: String) -> [String] {
        guard line.hasPrefix("{"), let value = try? Coding.decode(JSON.self, from: Array(line.utf8)) else {
            return [line]
        }
        var lines: [String] = []
        if let channel = value["channel"]?.string {
            lines.append(channel.hasPrefix("@") ? "/msg \(channel)" : "/join \(channel)")
        }
        if let line = value["line"]?.string { lines.append(line) }
        // A text is a message, whatever it begins with.
        if let text = value["text"]?.string { lines.append(text.hasPrefix("/") ? "/" + text : text) }
        return lines
    }

    private func take(_ actions: [Action]) {
        var waiting = actions
        while !waiting.isEmpty {
            let batch = waiting
            waiting = []
            for action in batch {
                recorder?.record(action, &model)
                if case .answered(let request, _) = action, Self.blocks(request) { pending = max(0, pending - 1) }
                if case .line = action { hadLines = true }
                if case .answered(.me, _) = action, hasAskedAll { hasHeardAll = true }
                let effects = update(&model, action)
                if case .signedIn(let account, _, _) = action {
                    // Answers that were meant for the session before do not come any more.
                    pending = 0
                    waiting += world.arrive(account)
                }
                for effect in effects { waiting += perform(effect) }
                tell(report.lines(action, model))
            }
        }
        setEcho(model.question?.isSecret != true)
    }

    private func perform(_ effect: Effect) -> [Action] {
        switch effect {
        case .quit: isEnding = true
        case .copy(let text): tell([.notice(text, isTrouble: false)])
        case .openLink(let url): tell([.notice(url, isTrouble: false)])
        case .edit, .notify, .title, .mouse, .redraw, .suspend, .hover: break
        case .post(.message(let message)):
            if case .id(let channel) = message.channel { said[message.cid] = channel }
            return world.perform(effect)
        case .ask(let request):
            if Self.blocks(request) { pending += 1 }
            return world.perform(effect)
        default: return world.perform(effect)
        }
        return []
    }

    /// What a line asked for by hand is finished before the next line is taken.
    private static func blocks(_ request: Request) -> Bool {
        switch request {
        case .join, .leave, .create, .change, .delete, .direct, .add, .remove, .role, .search, .pins, .profile,
            .sessions,
            .revoke, .signOut, .signOutEverywhere, .whois, .invite, .channels, .help, .place, .order, .access:
            true
        case .sketch(let sketch): sketch.isByHand
        default: false
        }
    }

    // MARK: - Output

    private func tell(_ lines: [LinearLine]) {
        for line in lines { write(isJSON ? line.json(model) : line.plain(model), to: 1) }
        tellLists()
    }

    /// What stands in a box on the screen is a list of lines here.
    private func tellLists() {
        var rows: [String] = []
        switch model.overlay {
        case .list(let list) where !list.isLoading:
            rows =
                [list.title] + (list.rows.isEmpty ? [list.emptySentence] : list.rows.map { "\($0.text)  \($0.detail)" })
        // That was told already.
        case .search(let pane) where pane.problem != nil: rows = []
        case .search(let pane) where !pane.isLoading && pane.asked != nil:
            rows =
                pane.hits.isEmpty
                ? ["nothing found"]
                : pane.hits.map { hit in
                    let room = hit.entry.channel.flatMap { model.rooms[$0] }.map { model.title(of: $0) } ?? ""
                    return
                        "\(room)/\(hit.entry.seq) \(model.name(of: hit.entry.by)): \(MessageText.oneLine(hit.entry.text ?? ""))"
                }
        case .text(let pane): rows = [pane.title] + pane.lines
        case .help: rows = HelpView.lines.filter { $0.left.hasPrefix("/") }.map { "\($0.left) — \($0.right)" }
        case .form: rows = ["passwords are changed in the terminal: start chat-tui without --plain"]
        case .list, .search: return
        default: return
        }
        model.overlay = nil
        for row in rows {
            let line = LinearLine.notice(row, isTrouble: false)
            write(isJSON ? line.json(model) : line.plain(model), to: 1)
        }
    }

    private func complain(_ sentence: String) { write("chat-tui: " + sentence, to: 2) }

    private func write(_ line: String, to file: Int32) {
        var bytes = Array(line.utf8)[...]
        bytes.append(0x0A)
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                // Nobody reads any more.
                isEnding = true
                return
            }
            bytes = bytes.dropFirst(count)
        }
    }

    /// A password is not shown while it is typed.
    private func setEcho(_ isOn: Bool) {
        guard isOn == isEchoOff, isatty(0) == 1 else { return }
        isEchoOff = !isOn
        var mode = termios()
        guard tcgetattr(0, &mode) == 0 else { return }
        if isOn { mode.c_lflag |= tcflag_t(ECHO) } else { mode.c_lflag &= ~tcflag_t(ECHO) }
        tcsetattr(0, TCSANOW, &mode)
    }
}
