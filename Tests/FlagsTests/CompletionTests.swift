import Flags
import Testing

/// Completion scripts, asked in the shells that they are for.
struct CompletionTests {
    private func script(_ shell: String) throws -> String {
        guard case .text(let text) = try sampleProgram().parse(["completion", shell]) else { return "no text" }
        return text
    }

    /// Stands in for the program where it is asked for names; one answer echoes its arguments.
    private static let standIn = """
        #!/bin/sh
        printf '%s\\n' 'general\ta description' 'gen;touch /tmp/x' 'random' '@ana' "args-$(echo "$*" | tr ' ' '_')"
        """

    /// Completes the last word of each line in one bash.
    private func complete(_ lines: [[String]], breaks: String = " \t\n\"'><=;|&(:") throws -> [[String]] {
        var driver = "COMP_WORDBREAKS=$1\n. \"$2/script\"\n"
        for line in lines {
            driver += "COMP_LINE='\(Self.typed(["plazactl"] + line))'\n"
            driver +=
                "COMP_WORDS=(plazactl \(line.map { "'\($0)'" }.joined(separator: " "))); COMP_CWORD=\(line.count)\n"
            driver += "_plazactl; echo \"status=$?\"; printf '%s\\n' \"${COMPREPLY[@]}\"; echo ---\n"
        }
        let files = ["script": try script("bash"), "plazactl": Self.standIn, "driver": driver]
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

    @Test func `fish offers commands, options, values and what the program knows`() throws {
        let cases: [(line: String, expected: [String])] = [
            ("ch", ["channel"]), ("channel ", ["ls", "post"]), ("ch l", ["ls"]), ("-o csv channel p", ["post"]),
            ("-o j", ["json"]), ("channel ls --output=j", ["--output=json"]),
            ("channel ls --l", ["--label", "--limit"]),
            ("channel post gen", ["gen;touch /tmp/x", "general"]), ("channel post general ran", []),
            ("channel post @a", ["@ana"]), ("--socket /etc/passw", ["/etc/passwd", "/etc/passwd-"]),
            ("help exit", ["exit-codes"]), ("completion ", ["bash", "fish", "zsh"]), ("nonsense ch", []),
            ("-v channel post args", ["args-__complete_channels_args_-v_channel_post"]),
        ]
        var driver = "source $argv[1]/script\n"
        for one in cases { driver += "complete -C 'plazactl \(one.line)'; echo ---\n" }
        let files = ["script": try script("fish"), "plazactl": Self.standIn, "driver": driver]
        let output = Machine.withFiles(files) { folder in
            Machine.run("PATH=\(folder):$PATH HOME=\(folder) fish --no-config \(folder)/driver \(folder)").output
        }
        let answers = output.split(separator: "---\n", omittingEmptySubsequences: false).dropLast().map { part in
            part.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }
        }
        try #require(answers.count == cases.count, "\(output)")
        for (one, answer) in zip(cases, answers) { #expect(answer == one.expected, "\(one.line)") }
    }

    /// A zsh at a terminal of its own: Tab is pressed behind each line, and what stands there then is looked at.
    @Test func `zsh completes commands, options, values and what the program knows`() throws {
        let cases: [(line: String, expected: String)] = [
            ("ch", "channel"), ("channel p", "channel post"), ("ch l", "ch ls"),
            ("-o csv channel p", "-o csv channel post"), ("-o j", "-o json"),
            ("channel ls --output=j", "channel ls --output=json"), ("channel ls --li", "channel ls --limit"),
            ("channel post ran", "channel post random"), ("channel post 'gen;", "channel post 'gen;touch /tmp/x'"),
            ("channel post @a", "channel post @ana"), ("channel post general ran", "channel post general ran"),
            ("--socket /etc/host.c", "--socket /etc/host.conf"), ("help exit", "help exit-codes"),
            ("completion f", "completion fish"), ("nonsense ch", "nonsense ch"),
            ("-v channel post args", "-v channel post args-__complete_channels_args_-v_channel_post"),
        ]
        let driver = #"""
            zmodload zsh/zpty
            zpty z "TERM=vt100 zsh -f -i"
            zpty -w z "PATH=$1:\$PATH; fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -D"
            zpty -w z "shown() { zle -I; print -r -- '<<'\$BUFFER'>>'; BUFFER=; }; zle -N shown; bindkey '^X' shown"
            zpty -w z "print -r -- 'is rea''dy'"
            zpty -r z out '*is ready*'
            while IFS= read -r line; do
                zpty -w -n z "plazactl $line"$'\t\x18'
                zpty -r z out '*<<*>>*'
                print -r -- "${${out##*<<}%%>>*}"
            done < $1/lines
            zpty -d z
            """#
        let files = [
            "_plazactl": try script("zsh"), "plazactl": Self.standIn, "driver": driver,
            "lines": cases.map { $0.line + "\n" }.joined(),
        ]
        let output = Machine.withFiles(files) { folder in
            Machine.run("HOME=\(folder) timeout 60 zsh -f \(folder)/driver \(folder)").output
        }
        let answers = output.split(separator: "\n").map(String.init)
        try #require(answers.count == cases.count, "\(output)")
        for (one, answer) in zip(cases, answers) {
            // zsh puts a blank behind a whole word, and takes it back when the line goes on.
            let shown = answer.hasSuffix(" ") ? String(answer.dropLast()) : answer
            #expect(shown == "plazactl " + one.expected, "\(one.line)")
        }
    }

    @Test func `every shell accepts its script`() throws {
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
