import ChatTestKit
import Glibc

/// One terminal of a `TerminalServer` with a program in it: types, reads the screen, keeps every byte that the program wrote.
final class TerminalPane {
    /// A wait that takes longer is hopeless; a busy machine is slow, not wrong.
    static let deadlineMilliseconds: Int64 = 30_000

    let server: TerminalServer
    let name: String
    /// What has to live as long as the terminal: the daemon that the program talks to.
    private let owner: AnyObject
    private let bytes: Int32
    private let pidFile: String
    /// Everything that was written to the terminal and read so far.
    private(set) var written: [UInt8] = []

    /// What a program is given.
    struct Program {
        var words: [String]
        /// `NAME=value`, TERM among them; nothing else.
        var environment: [String]
    }

    static func open(
        _ program: Program,
        width: Int = 100,
        height: Int = 30,
        in server: TerminalServer,
        of owner: AnyObject
    ) async throws -> TerminalPane {
        let pane = try TerminalPane(server, owner)
        // The pipe is there before tmux reads the first byte: its commands run in one go.
        let script = "\"$@\"; printf '\\n[ended %s]\\n' \"$?\"; exec cat"
        let start = ["/usr/bin/env", "-i"] + program.environment + ["/bin/sh", "-c", "echo $$ >\"$0\"; exec \"$@\""]
        try await server.run(
            [
                "new-session", "-d", "-s", pane.name, "-x", "\(width)", "-y", "\(height)", "--", "/bin/sh", "-c",
                script, "sh",
            ]
                + start + [pane.pidFile] + program.words
                + [";", "pipe-pane", "-O", "-t", pane.target, "exec cat >'\(pane.pipe)'"]
        )
        return pane
    }

    private init(_ server: TerminalServer, _ owner: AnyObject) throws {
        self.server = server
        self.owner = owner
        name = server.next()
        pidFile = server.folder.path + "/" + name + ".pid"
        let pipe = server.folder.path + "/" + name + ".bytes"
        guard mkfifo(pipe, 0o600) == 0 else { throw TestFailure("mkfifo: errno \(errno)") }
        // Open for writing as well: the pipe does not end with the program.
        bytes = Glibc.open(pipe, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        guard bytes >= 0 else { throw TestFailure("no pipe: errno \(errno)") }
    }

    deinit { Glibc.close(bytes) }

    private var pipe: String { server.folder.path + "/" + name + ".bytes" }
    private var target: String { "=" + name + ":" }

    // MARK: - Reading

    /// The screen as a person sees it, once `isTrue` of it.
    @discardableResult
    func wait(_ what: String, _ isTrue: (TerminalScreen) -> Bool) async throws -> TerminalScreen {
        let deadline = DescriptorWatch.now + Self.deadlineMilliseconds
        while true {
            // Read first, look then: what is drawn while one looks, wakes again.
            drain()
            let screen = try await screen()
            if isTrue(screen) { return screen }
            let left = deadline - DescriptorWatch.now
            guard left > 0, await DescriptorWatch.shared.wait(bytes, for: Int32(POLLIN), within: left) else {
                throw TestFailure("\(name) does not show \(what):\n\(screen.framed)")
            }
        }
    }

    /// Waits until all of these are on the screen.
    @discardableResult
    func see(_ texts: String...) async throws -> TerminalScreen {
        try await wait(texts.joined(separator: " | ")) { screen in texts.allSatisfy { screen.text.contains($0) } }
    }

    /// Waits until a text is not on the screen any more.
    @discardableResult
    func lose(_ text: String) async throws -> TerminalScreen {
        try await wait("the screen without '\(text)'") { !$0.text.contains(text) }
    }

    /// Waits until the raw output has something.
    func receive(_ what: String, _ isTrue: ([UInt8]) -> Bool) async throws {
        let deadline = DescriptorWatch.now + Self.deadlineMilliseconds
        while true {
            drain()
            if isTrue(written) { return }
            let left = deadline - DescriptorWatch.now
            guard left > 0, await DescriptorWatch.shared.wait(bytes, for: Int32(POLLIN), within: left) else {
                throw TestFailure("\(name) was not sent \(what)")
            }
        }
    }

    func screen() async throws -> TerminalScreen {
        TerminalScreen(try await server.run(["capture-pane", "-p", "-t", target]))
    }

    /// The screen with its colours and attributes.
    func styledScreen() async throws -> String { try await server.run(["capture-pane", "-p", "-e", "-t", target]) }

    /// A variable of tmux: `alternate_on`, `mouse_any_flag`.
    func variable(_ name: String) async throws -> String {
        let text = try await server.run(["display-message", "-p", "-t", target, "#{\(name)}"])
        return String(text.prefix { $0 != "\n" })
    }

    /// Waits until a variable of tmux has this value: tmux learns of it when it reads what was written.
    func wait(_ what: String, _ name: String, _ value: String) async throws {
        let deadline = DescriptorWatch.now + Self.deadlineMilliseconds
        while try await variable(name) != value {
            guard DescriptorWatch.now < deadline else {
                throw TestFailure("\(self.name) has no \(what): \(name) is not \(value)")
            }
            _ = await DescriptorWatch.shared.wait(bytes, for: Int32(POLLIN), within: 50)
            drain()
        }
    }

    /// The output so far, taken apart.
    var output: TerminalOutput {
        drain()
        return TerminalOutput(written)
    }

    private func drain() {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(bytes, &buffer, buffer.count)
            if count > 0 {
                written += buffer[..<count]
            } else if errno != EINTR {
                return
            }
        }
    }

    // MARK: - Typing

    /// Letters as they come from a keyboard.
    func type(_ text: String) async throws {
        // A semicolon at the end would begin another command of tmux.
        let safe = text.hasSuffix(";") ? text.dropLast() + "\\;" : text
        try await server.run(["send-keys", "-t", target, "-l", "--", safe])
    }

    /// Keys by tmux's names: Enter, C-k, M-a, Up, F3.
    func press(_ keys: String...) async throws { try await server.run(["send-keys", "-t", target] + keys) }

    func line(_ text: String) async throws {
        try await type(text)
        try await press("Enter")
    }

    /// Bytes as the terminal itself would send them: reports of the mouse and of the focus.
    func report(_ text: String) async throws {
        try await server.run(["send-keys", "-t", target, "-H"] + text.utf8.map { String($0, radix: 16) })
    }

    func click(x: Int, y: Int) async throws {
        try await report("\u{1B}[<0;\(x + 1);\(y + 1)M\u{1B}[<0;\(x + 1);\(y + 1)m")
    }

    func wheelUp(x: Int, y: Int) async throws { try await report("\u{1B}[<64;\(x + 1);\(y + 1)M") }
    func wheelDown(x: Int, y: Int) async throws { try await report("\u{1B}[<65;\(x + 1);\(y + 1)M") }

    func focus(_ hasFocus: Bool) async throws { try await report(hasFocus ? "\u{1B}[I" : "\u{1B}[O") }

    /// As the terminal pastes: bracketed, if the program asked for that.
    func paste(_ text: String) async throws {
        try await server.run([
            "set-buffer", "-b", name, "--", text, ";", "paste-buffer", "-p", "-d", "-b", name, "-t", target,
        ])
    }

    func resize(width: Int, height: Int) async throws {
        try await server.run(["resize-window", "-t", target, "-x", "\(width)", "-y", "\(height)"])
    }

    // MARK: - The program

    /// The process itself; the file is written before the program begins.
    func pid() throws -> pid_t {
        guard let text = RunningDaemon.read(pidFile), let pid = pid_t(text.prefix { $0.isNumber }) else {
            throw TestFailure("\(name) has no process")
        }
        return pid
    }

    func signal(_ number: Int32) throws { Glibc.kill(try pid(), number) }

    /// Waits for the end of the program: what the shell around it saw.
    func end(_ status: Int) async throws { try await see("[ended \(status)]") }

    /// Writes a message and waits until it is sent.
    func say(_ text: String) async throws {
        try await line(text)
        try await wait("'\(text)', sent") { $0.isSent(text) }
    }
}

/// Rows of a screen, without blanks at their ends.
struct TerminalScreen: Equatable {
    let rows: [String]

    init(_ text: String) {
        var rows = text.split(separator: "\n", omittingEmptySubsequences: false).map { row in
            var row = Substring(row)
            while row.last == " " { row.removeLast() }
            return String(row)
        }
        if rows.last == "" { rows.removeLast() }
        self.rows = rows
    }

    var text: String { rows.joined(separator: "\n") }

    /// The first row with a text in it, and its number.
    func row(with text: String) -> (index: Int, text: String)? {
        rows.firstIndex { $0.contains(text) }.map { ($0, rows[$0]) }
    }

    func count(of text: String) -> Int { rows.count { $0.contains(text) } }

    /// Whether a message stands in the conversation without the mark of what is not sent yet; the line that one writes in
    /// does not count.
    func isSent(_ text: String) -> Bool { message(text).map { !$0.contains(/\d\d:\d\d…/) } ?? false }

    /// The row of a message that stands in the conversation.
    func message(_ text: String) -> String? { rows.first { $0.contains(text) && !$0.contains("› ") } }

    /// Whether rows with these texts stand in this order.
    func isInOrder(_ texts: [String]) -> Bool {
        let places = texts.map { row(with: $0)?.index }
        return !places.contains(nil) && places.compactMap { $0 } == places.compactMap { $0 }.sorted()
    }

    var framed: String { rows.map { "│" + $0 }.joined(separator: "\n") }
}
