import ChatTestKit
import Glibc
import Testing

/// docs/EVENTS.md on a real daemon: every line of its shell blocks is typed by whoever it is for, in the order of the page.
@Suite struct DocumentedEventTests {
    private static let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

    /// Who types a line, by its words, and how it has to end; the first that fits. Whatever fits nothing is the owner's.
    private static let typists: [(line: String, who: String, exit: Int32)] = [
        ("chatctl agency create", "root", 0), ("chatctl agency approve", "root", 0), ("chatctl audit", "root", 0),
        ("chatctl session", "root", 0), ("chatctl join CODE --guest", "guest", 0), ("chatctl join", "bo", 0),
        ("chatctl request ask", "bo", 0), ("chatctl request show", "bo", 0), ("chatctl chat rate", "bo", 0),
        ("chatctl request take ", "arne", 0),
        // One line is enough: nobody else waits by then.
        ("chatctl request take-next", "arne", 3),
        ("chatctl chat say", "arne", 0), ("chatctl chat tail", "arne", 0), ("chatctl chat note", "arne", 0),
        ("chatctl chat end", "arne", 0), ("chatctl chat transcript", "arne", 0), ("chatctl reply", "arne", 0),
        // The page's event takes everybody at once: there is nothing to say yes to.
        ("chatctl event approve", "olga", 6),
        // That chat has ended by then.
        ("chatctl chat reply", "arne", 6),
        // Nobody asks: there is nothing on standard input, and no next request.
        ("chatctl event attendees devconf --state requested -o name |", "olga", 2),
        ("while chat=", "arne", 0),
    ]

    /// Lines that go on until Ctrl-C are given half a second: 124 is how `timeout` says that they were still at it.
    private static func isEndless(_ line: String) -> Bool { line.contains("watch") || line.contains("tail") }

    private static func lines() throws -> [String] {
        guard let page = RunningDaemon.read(root + "/docs/EVENTS.md") else { throw TestFailure("no docs/EVENTS.md") }
        var isCode = false
        var lines: [String] = []
        for line in page.split(separator: "\n") {
            if line.hasPrefix("```") { isCode = line == "```sh" } else if isCode { lines.append(String(line)) }
        }
        return lines
    }

    @Test(.timeLimit(.minutes(3)))
    func `every line of the page does what it says`() async throws {
        let daemon = try await RunningDaemon.start()
        let folder = try ScratchFolder()
        let chatctl = try DaemonBinary.path(of: "chatctl")
        symlink(chatctl, folder.path + "/chatctl")
        mkdir(folder.path + "/work", 0o700)
        for person in ["root", "olga", "arne", "bo", "guest"] { mkdir("\(folder.path)/\(person)", 0o700) }

        func type(_ line: String, as person: String) async throws -> FinishedProgram {
            try await FinishedProgram.run(
                path: "/bin/bash",
                ["-c", "cd '\(folder.path)/work'; " + line],
                environment: [
                    "PATH=\(folder.path):/usr/local/bin:/usr/bin:/bin", "HOME=\(folder.path)/\(person)",
                    "XDG_CONFIG_HOME=\(folder.path)/\(person)", "PLAZA_SOCKET=\(daemon.socketPath)", "LANG=C.UTF-8",
                ],
                within: 30_000
            )
        }
        func insist(_ line: String, as person: String, _ exit: Int32 = 0) async throws -> String {
            let end = try await type(line, as: person)
            #expect(end.status == exit, "\(person)$ \(line)\n\(end.output)")
            return end.output
        }

        // What the page takes for granted: its example file, and accounts for those who come in.
        _ = try await insist("cp '\(Self.root)/docs/examples/devconf.yaml' .", as: "olga")
        _ = try await insist(
            "echo 'bo is a very long password' > bo.pw; chatctl register bo --password-file bo.pw",
            as: "bo"
        )
        var code = ""
        var session = ""
        for shown in try Self.lines() {
            var line = shown
            if line.contains("SESSION") {
                if session.isEmpty { session = try await insist("chatctl session ls -o name | head -1", as: "bo") }
                line = line.replacing("SESSION", with: session.filter { !$0.isWhitespace })
            }
            line = line.replacing("DEVC-7K2M", with: "CODE")
            let typist = Self.typists.first { line.hasPrefix($0.line) }
            line = line.replacing("CODE", with: code)
            if Self.isEndless(line) {
                let end = try await type(
                    line.replacing("chatctl", with: "timeout 0.5 chatctl"),
                    as: typist?.who ?? "olga"
                )
                #expect([0, 124].contains(end.status), "\(line)\n\(end.output)")
                continue
            }
            let output = try await insist(line, as: typist?.who ?? "olga", typist?.exit ?? 0)
            if line.contains("agency staff create") {
                // The code that was printed sets the password, as the new colleague does it.
                let words = output.split(whereSeparator: \.isWhitespace)
                let index = try #require(words.firstIndex(of: "CODE"))
                _ = try await insist(
                    "echo 'arne is a very long password' > arne.pw; "
                        + "chatctl password --code-file <(echo \(words[index + 1])) --password-file arne.pw; "
                        + "chatctl login arne --password-file arne.pw",
                    as: "arne"
                )
            }
            if line.hasPrefix("chatctl event apply"), code.isEmpty {
                code = try await insist("chatctl event code ls devconf -o name", as: "olga").filter { !$0.isWhitespace }
            }
        }
    }
}
