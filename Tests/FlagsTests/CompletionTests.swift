import Flags
import Testing

/// Completion scripts: bash is really asked, the others are checked as far as this machine can.
struct CompletionTests {
    private func script(_ shell: String) throws -> String {
        guard case .text(let text) = try sampleProgram().parse(["completion", shell]) else { return "no text" }
        return text
    }

    /// Completes the last word of each line in one bash; the program's answers come from a stand-in that echoes its
    /// arguments.
    private func complete(_ lines: [[String]], breaks: String = " \t\n\"'><=;|&(:") throws -> [[String]] {
        let standIn = """
            #!/bin/sh
            printf '%s\\n' 'general\ta description' 'gen;touch /tmp/x' 'random' '@ana' "args-$(echo "$*" | tr ' ' '_')"
            """
        var driver = "COMP_WORDBREAKS=$1\n. \"$2/script\"\n"
        for line in lines {
            driver += "COMP_LINE='\(Self.typed(["plazactl"] + line))'\n"
            driver +=
                "COMP_WORDS=(plazactl \(line.map { "'\($0)'" }.joined(separator: " "))); COMP_CWORD=\(line.count)\n"
            driver += "_plazactl; echo \"status=$?\"; printf '%s\\n' \"${COMPREPLY[@]}\"; echo ---\n"
        }
        let files = ["script": try script("bash"), "plazactl": standIn, "driver": driver]
        let output = Machine.withFiles(files) { folder in
            Machine.run(
                "PATH=\(folder):$PATH bash --noprofile --norc -u \(folder)/driver \"$(printf '\(breaks == "" ? " " : " =@")')\" \(folder)"
            ).output
        }
        return output.split(separator: "---\n").map { part in
            let rows = part.split(separator: "\n").map(String.init)
            #expect(rows.first == "status=0", "\(output)")
            return rows.dropFirst().filter { !$0.isEmpty }
        }
    }

    /// The line as it was before bash split it: nothing stands between what belongs together.
    private static func typed(_ words: [String]) -> String {
        words.indices.dropFirst().reduce(words[0]) { line, index in
            let isGlued = words[index] == "=" || words[index - 1] == "=" || words[index - 1] == "@"
            return line + (isGlued ? "" : " ") + words[index]
        }
    }

    @Test func `bash completes commands, options, values and what the program knows`() throws {
        let cases: [(line: [String], expected: [String])] = [
            ([""], ["channel", "user", "wait", "login", "help", "completion"]),
            (["ch"], ["channel"]),
            (["channel", ""], ["ls", "post"]),
            (["ch", "l"], ["ls"]),
            (["-o", "csv", "channel", "p"], ["post"]),
            (["--no-color", "channel", "p"], ["post"]),
            (["-o", ""], ["table", "json", "csv"]),
            (["-vo", "j"], ["json"]),
            (["--output", "=", "j"], ["json"]),
            (["--output", "="], ["table", "json", "csv"]),
            (["--output", "=", "csv", "channel", "p"], ["post"]),
            (["channel", "ls", "--l"], ["--limit", "--label"]),
            (["channel", "ls", "--o"], ["--output"]),
            (["channel", "ls", "--n"], ["--no-color"]),
            (["user", "create", "--p"], ["--password-file"]),
            (["channel", "ls", "--limit", ""], []),
            (["channel", "post", "gen"], ["general", "gen\\;touch\\ /tmp/x"]),
            (["-v", "channel", "post", "args"], ["args-__complete_channels_args_-v_channel_post"]),
            (["channel", "post", "--", "ran"], ["random"]),
            // A name behind @ is split off by bash, and is one word all the same.
            (["channel", "post", "@", "an"], ["ana"]), (["channel", "post", "@"], ["ana"]),
            (["channel", "post", "@", "ana", "ran"], []),
            (["channel", "post", "general", "ran"], []),
            (["user", ""], ["create"]),
            (["--socket", "/etc/passw"], ["/etc/passwd", "/etc/passwd-"]),
            (["help", "exit"], ["exit-codes"]),
            (["completion", ""], ["bash", "zsh", "fish"]),
            (["nonsense", "ch"], []),
            ([#""""#, "ch"], []),
        ]
        let answers = try complete(cases.map(\.line))
        try #require(answers.count == cases.count)
        for (one, answer) in zip(cases, answers) {
            if one.line.first == "--socket" {
                #expect(Set(answer).isSuperset(of: ["/etc/passwd"]), "\(one.line)")
            } else {
                #expect(answer == one.expected, "\(one.line)")
            }
        }
    }

    @Test func `bash without = among its word breaks gets the whole word`() throws {
        #expect(try complete([["channel", "ls", "--output=j"]], breaks: "") == [["--output=json"]])
    }

    @Test func `every shell that is here accepts its script`() throws {
        for (shell, check) in [("bash", "bash -n"), ("zsh", "zsh -n"), ("fish", "fish --no-execute")] {
            let text = try script(shell)
            // The tree is in it, hidden things are not, and no mark of the template is left.
            for word in ["plazactl channel ls", "--password-file", "choice table json csv", "dynamic channels", "list"]
            {
                #expect(text.contains(word), "\(shell): \(word)")
            }
            #expect(!text.contains("--trace"))
            for mark in ["@f@", "@p@", "@enter@"] { #expect(!text.contains(mark)) }
            let opened = text.split(separator: "\n").count { $0.hasPrefix("function ") || $0.hasSuffix("() {") }
            let closed = text.split(separator: "\n").count { $0 == "end" || $0 == "}" }
            #expect(opened == closed, "\(shell)")
            guard Machine.has(shell) else { continue }
            let result = Machine.withFiles(["script": text]) { Machine.run("\(check) \($0)/script") }
            #expect(result.output == "" && result.status == 0)
        }
    }

    @Test func `the program is asked with what stood on the line`() throws {
        let line = ["__complete", "channels", "gen", "--socket", "/x", "-o", "nonsense", "channel", "post", "--wrong"]
        guard case .complete(let question) = try sampleProgram().parse(line) else {
            return #expect(Bool(false), "no question")
        }
        #expect(question.list == "channels")
        #expect(question.prefix == "gen")
        #expect(question.values.string("socket") == "/x")
        #expect(throws: UsageError.self) { try sampleProgram().parse(["__complete", "channels"]) }
    }
}
