import ChatTestKit
import Glibc

/// A tmux of its own, in which real terminals run: no configuration, its own socket and folder, gone with its owner or with
/// the test process.
final class TerminalServer {
    let folder: ScratchFolder
    private let guardian: pid_t
    private let guardPipe: Int32
    private var count = 0

    static func start() async throws -> TerminalServer {
        let server = try TerminalServer()
        try await server.begin()
        return server
    }

    /// A shell holds the server: it ends it when the pipe from here ends, however that comes.
    private init() throws {
        folder = try ScratchFolder()
        let script = "tmux -L plaza -f /dev/null -D </dev/null >/dev/null 2>&1 & read -r nothing; kill $!; wait"
        let ends = Spawn.pair()
        let started = Spawn.start(
            "/bin/sh",
            ["-c", script],
            environment: Self.environment(folder.path),
            descriptors: [0: ends.theirs, 1: ends.theirs, 2: ends.theirs]
        )
        close(ends.theirs)
        guardPipe = ends.ours
        guardian = try started.get()
    }

    deinit {
        close(guardPipe)
        var status: Int32 = 0
        while waitpid(guardian, &status, 0) < 0 && errno == EINTR {}
    }

    /// The socket is there as soon as the server is; until then its clients are refused.
    private func begin() async throws {
        let deadline = DescriptorWatch.now + TerminalPane.deadlineMilliseconds
        while true {
            let answer = try await command(["start-server", ";", "display-message", "-p", "#{pid}"])
            if answer.status == 0 { break }
            guard DescriptorWatch.now < deadline else {
                throw TestFailure("tmux does not start: \(answer.output)\(answer.errors)")
            }
        }
        try await run([
            "set", "-g", "status", "off", ";", "set", "-s", "escape-time", "0",
            ";", "set", "-g", "history-limit", "1000", ";", "set", "-s", "set-clipboard", "on", ";", "set", "-g",
            "allow-passthrough", "on",
        ])
    }

    /// tmux itself gets a UTF-8 locale: what a program under test gets is said for each pane.
    private static func environment(_ folder: String) -> [String] {
        [
            "PATH=/usr/local/bin:/usr/bin:/bin", "TMUX_TMPDIR=" + folder, "LC_ALL=C.UTF-8", "SHELL=/bin/sh",
            "HOME=" + folder,
        ]
    }

    private func command(_ words: [String]) async throws -> FinishedCommand {
        try await FinishedCommand.run(
            "/usr/bin/env",
            ["tmux", "-u", "-N", "-L", "plaza"] + words,
            environment: Self.environment(folder.path)
        )
    }

    /// Commands of tmux, separated by words that are `;`.
    @discardableResult
    func run(_ words: [String]) async throws -> String {
        let answer = try await command(words)
        guard answer.status == 0 else {
            throw TestFailure("tmux \(words.joined(separator: " ")): \(answer.output)\(answer.errors)")
        }
        return answer.output
    }

    /// A name for the next pane.
    func next() -> String {
        count += 1
        return "pane\(count)"
    }
}

/// A command that was given its input and ran to its end.
struct FinishedCommand {
    let status: Int32
    let output: String
    let errors: String

    /// - Parameter environment: `NAME=value`; nothing else is passed on.
    static func run(
        _ path: String,
        _ arguments: [String],
        environment: [String],
        input: String = ""
    ) async throws -> FinishedCommand {
        let program = try PipedProgram(path, arguments, environment: environment)
        try await program.write(input)
        program.endInput()
        return try await program.finish()
    }
}
