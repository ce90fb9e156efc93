import ChatAPI
import ChatTestKit
import Glibc

/// A daemon and a tmux, and people with a home each who open `chat-tui` in it.
final class TerminalStage {
    static let password = World.password

    let world: World
    let server: TerminalServer

    static func start(_ arguments: [String] = []) async throws -> TerminalStage {
        let stage = TerminalStage(try await World.start(arguments), try await TerminalServer.start())
        // Where clients look for the daemon of this machine.
        mkdir(stage.runtime, 0o700)
        symlink(stage.daemon.folder, stage.runtime + "/plaza")
        return stage
    }

    private init(_ world: World, _ server: TerminalServer) {
        self.world = world
        self.server = server
    }

    var daemon: RunningDaemon { world.daemon }
    private var runtime: String { server.folder.path + "/run" }

    /// The environment of somebody's programs.
    func environment(_ person: String, term: String = "xterm-256color", _ more: [String] = []) -> [String] {
        let home = server.folder.path + "/" + person
        mkdir(home, 0o700)
        let names = more.map { $0.prefix { $0 != "=" } }
        return [
            "PATH=/usr/bin:/bin", "HOME=" + home, "XDG_RUNTIME_DIR=" + runtime, "TERM=" + term, "LANG=C.UTF-8",
            "TZ=UTC",
            // What a crash would print, and how long it would look for it, is no part of these tests.
            "SWIFT_BACKTRACE=enable=no",
        ].filter { entry in !names.contains(entry.prefix { $0 != "=" }) } + more
    }

    /// Opens `chat-tui` in a terminal.
    func open(
        _ person: String,
        _ arguments: [String] = [],
        term: String = "xterm-256color",
        environment more: [String] = [],
        width: Int = 100,
        height: Int = 30
    ) async throws -> TerminalPane {
        let program = TerminalPane.Program(
            words: [try DaemonBinary.path(of: "chat-tui")] + arguments,
            environment: environment(person, term: term, more)
        )
        return try await TerminalPane.open(program, width: width, height: height, in: server, of: self)
    }

    /// Starts `chat-tui` with pipes.
    func pipe(_ person: String, _ arguments: [String], environment more: [String] = []) throws -> PipedProgram {
        try PipedProgram(try DaemonBinary.path(of: "chat-tui"), arguments, environment: environment(person, more))
    }

    /// Somebody who has an account and is signed in on this machine, with a profile that `chat-tui` opens.
    func register(_ people: String...) async throws {
        for person in people {
            let program = try pipe(person, ["--socket", daemon.socketPath, "--plain"])
            try await program.write("2\n\(person)\n\(Self.password)\n\(Self.password)\n")
            try await program.see("this is #general")
            try await program.line("/quit")
            let end = try await program.finish()
            guard end.status == 0 else { throw TestFailure("\(person) cannot register: \(end.output)\(end.errors)") }
        }
    }

    /// Registers and opens the chat in one terminal each.
    func enter(_ person: String, term: String = "xterm-256color", width: Int = 100, height: Int = 30) async throws
        -> TerminalPane
    {
        try await register(person)
        return try await chat(person, term: term, width: width, height: height)
    }

    /// Opens the chat of somebody who is registered and waits until it is live.
    func chat(
        _ person: String,
        _ arguments: [String] = [],
        term: String = "xterm-256color",
        environment more: [String] = [],
        width: Int = 100,
        height: Int = 30
    ) async throws -> TerminalPane {
        let all = ["--socket", daemon.socketPath] + arguments
        let pane = try await open(person, all, term: term, environment: more, width: width, height: height)
        try await pane.wait("a live connection") { screen in
            screen.text.contains("#general") && !screen.text.contains("connecting …") && screen.text.contains(" here")
        }
        return pane
    }

    /// `chatctl` as the local administrator.
    func administer(_ words: String...) async throws -> String { try await chatctl(words, as: "root") }

    /// `chatctl` as somebody who is registered, with the session of their `chat-tui`.
    func chatctl(_ words: [String], as person: String) async throws -> String {
        let answer = try await FinishedCommand.run(
            try DaemonBinary.path(of: "chatctl"),
            ["--socket", daemon.socketPath] + words,
            environment: environment(person)
        )
        guard answer.status == 0 else { throw TestFailure("chatctl \(words): \(answer.errors)") }
        return answer.output
    }
}
