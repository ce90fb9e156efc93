import ChatTestKit
import Glibc
import Testing

extension TerminalTests {
    /// Every way out gives the terminal back as it was.
    @Suite struct Exits {
        private struct Way: Sendable {
            let name: String
            let status: Int
            let leave: @Sendable (TerminalPane) async throws -> Void
        }

        private static let ways: [Way] = [
            Way(name: "/quit", status: 0) { try await $0.line("/quit") },
            Way(name: "Ctrl+Q", status: 0) { try await $0.press("C-q") },
            Way(name: "Ctrl+C twice", status: 0) { pane in
                try await pane.press("C-c")
                try await pane.see("Ctrl+C again")
                try await pane.press("C-c")
            },
            Way(name: "SIGTERM", status: 0) { try $0.signal(SIGTERM) },
            Way(name: "SIGHUP", status: 0) { try $0.signal(SIGHUP) },
            Way(name: "SIGINT", status: 0) { try $0.signal(SIGINT) },
            Way(name: "SIGSEGV", status: 139) { try $0.signal(SIGSEGV) },
            Way(name: "SIGABRT", status: 134) { try $0.signal(SIGABRT) },
        ]

        /// A shell with job control, as people have it. Its prompt ends each command.
        private func shell(_ stage: TerminalStage, term: String) async throws -> TerminalPane {
            // The shell's own modes would come and go with its prompt.
            let settings = try stage.server.folder.write("set enable-bracketed-paste off\n", to: "inputrc")
            let pane = try await TerminalPane.open(
                TerminalPane.Program(
                    words: ["/bin/bash", "--norc", "--noprofile", "-i"],
                    environment: stage.environment(
                        "ana",
                        term: term,
                        ["PS1=ready> ", "HISTFILE=", "INPUTRC=" + settings]
                    )
                ),
                width: 150,
                in: stage.server,
                of: stage
            )
            try await pane.see("ready>")
            return pane
        }

        private func settings(_ pane: TerminalPane, _ round: Int) async throws -> String {
            try await pane.line("clear; echo \"settings $(stty -g) end \(round)\"")
            let screen = try await pane.wait("the settings") {
                $0.rows.contains { $0.hasPrefix("settings ") && $0.hasSuffix(" end \(round)") }
            }
            return screen.rows.first { $0.hasPrefix("settings ") }.map { String($0.dropLast("\(round)".count)) } ?? ""
        }

        @Test(arguments: ["xterm-256color", "tmux-256color"])
        func `every way out restores the terminal`(term: String) async throws {
            let stage = try await TerminalStage.start()
            try await stage.register("ana")
            let pane = try await shell(stage, term: term)
            let before = try await settings(pane, 0)
            #expect(before.contains(":"))
            // The pid of the program is known, although a shell starts it.
            let pidFile = stage.server.folder.path + "/" + pane.name + ".pid"
            let start =
                "sh -c 'echo $$ >\(pidFile); exec \(try DaemonBinary.path(of: "chat-tui")) --socket \(stage.daemon.socketPath)'"
            for (index, way) in Self.ways.enumerated() {
                try await pane.line(start + "; echo \"left $?\"")
                try await pane.see("#general", "1/1 here")
                #expect(try await pane.variable("alternate_on") == "1")
                #expect(try await pane.variable("mouse_button_flag") == "1")
                try await way.leave(pane)
                try await pane.see("left \(way.status)", "ready>")
                #expect(try await settings(pane, index + 1) == before, "\(way.name)")
                #expect(pane.output.openModes == [], "\(way.name)")
                for flag in ["alternate_on", "mouse_any_flag", "mouse_sgr_flag", "keypad_flag", "keypad_cursor_flag"] {
                    #expect(try await pane.variable(flag) == "0", "\(way.name): \(flag)")
                }
                #expect(try await pane.variable("cursor_flag") == "1", "\(way.name)")
            }
            #expect(pane.output.violations == [])
        }

        @Test func `a terminal that has one screen only is left with nothing of the chat on it`() async throws {
            let stage = try await TerminalStage.start()
            try await stage.register("ana")
            let pane = try await shell(stage, term: "vt100")
            try await pane.line("\(try DaemonBinary.path(of: "chat-tui")) --socket \(stage.daemon.socketPath)")
            try await pane.see("message #general")
            try await pane.press("C-q")
            try await pane.see("ready>")
            try await pane.lose("#general")
            #expect(pane.output.openModes == [])
        }

        @Test func `suspended, the shell has its terminal; continued, the chat has it again`() async throws {
            let stage = try await TerminalStage.start()
            try await stage.register("ana", "bob")
            let pane = try await shell(stage, term: "xterm-256color")
            let before = try await settings(pane, 0)
            try await pane.line("\(try DaemonBinary.path(of: "chat-tui")) --socket \(stage.daemon.socketPath)")
            try await pane.see("#general", " here")
            try await pane.type("half a line")
            for round in 1...2 {
                try await pane.press("C-z")
                try await pane.see("Stopped", "ready>")
                #expect(try await pane.variable("alternate_on") == "0")
                #expect(try await settings(pane, round) == before)
                #expect(pane.output.openModes == [])
                // Meanwhile somebody speaks.
                let bob = try stage.pipe("bob", ["--socket", stage.daemon.socketPath, "--plain"])
                try await bob.line("while it slept \(round)")
                bob.endInput()
                #expect(try await bob.finish().status == 0)
                try await pane.line("fg")
                try await pane.see("› half a line", "while it slept \(round)")
                #expect(try await pane.variable("alternate_on") == "1")
                #expect(try await pane.variable("mouse_button_flag") == "1")
            }
            try await pane.press("C-q")
            try await pane.lose("half a line")
            #expect(try await settings(pane, 3) == before)
            #expect(pane.output.openModes == [])
        }
    }
}
