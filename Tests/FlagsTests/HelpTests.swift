import Flags
import Testing

/// Help as people see it, word for word.
struct HelpTests {
    private func text(_ line: String, width: Int = 80) throws -> String {
        guard
            case .text(let text) = try sampleProgram().parse(line.split(separator: " ").map(String.init), width: width)
        else {
            return "no text"
        }
        return text
    }

    @Test func `help of the program`() throws {
        #expect(
            try text("--help") == """
                Administers a plaza.

                Examples:
                  plazactl channel ls
                      All channels, one per line.
                  plazactl channel post general 'Doors open at ten'

                Usage: plazactl COMMAND [...]

                Talks to the daemon over its socket.

                Commands:
                  channel  Channels.
                  user     People.
                  wait     Waits.
                  login    Signs in.

                Options:
                  -o, --output FORMAT  How to print. One of table, json, csv. [default: table;
                                       environment: PLAZA_OUTPUT]
                      --socket PATH    Where the daemon listens. [environment: PLAZA_SOCKET]
                  -v, --verbose        Says more; twice, even more.
                      --[no-]color     Colours the output. [default: on; environment:
                                       PLAZA_COLOR]
                  -h, --help           This text.
                      --version        Version and commit.

                Topics (plazactl help TOPIC):
                  exit-codes  What the exit code says.

                """
        )
    }

    @Test func `many commands are listed under headings, in the same columns`() throws {
        let root = Command<Sample>(
            "many",
            "Does much.",
            headings: [.init("First", from: "aa"), .init("Second", from: "longest"), .init("Third", from: "gone")],
            children: {
                [
                    Command("aa", "One.", action: .wait), Command("b", "Two.", action: .wait),
                    Command("longest", "Three.", action: .wait),
                ]
            }
        )
        let program = Program(root: root, version: "1", manual: sampleProgram().manual)
        guard case .text(let text) = try program.parse(["--help"]) else { return #expect(Bool(false), "no text") }
        #expect(
            text.contains("First:\n  aa       One.\n  b        Two.\n\nSecond:\n  longest  Three.\n\nOptions:"),
            "\(text)"
        )
        #expect(program.flaws() == ["many: a heading begins with gone, which it has not"])
    }

    @Test func `help of a command, narrow`() throws {
        #expect(
            try text("channel ls -h", width: 60) == """
                Lists channels.

                Examples:
                  plazactl channel ls --limit 5
                      The first five.

                Usage: plazactl channel ls [OPTION...] [PATTERN]

                Arguments:
                  PATTERN  Only names like this.

                Options:
                  -n, --limit N      How many at most. A number from 1 to
                                     1000. [default: 50]
                  -a, --all          Archived ones too.
                  -l, --label LABEL  Only with this label. [repeatable]

                Global options:
                  -o, --output FORMAT  How to print. One of table, json,
                                       csv. [default: table; environment:
                                       PLAZA_OUTPUT]
                      --socket PATH    Where the daemon listens.
                                       [environment: PLAZA_SOCKET]
                  -v, --verbose        Says more; twice, even more.
                      --[no-]color     Colours the output. [default: on;
                                       environment: PLAZA_COLOR]
                  -h, --help           This text.

                Also called: list

                """
        )
    }

    @Test func `help on a topic`() throws {
        #expect(
            try text("help exit-codes") == """
                What the exit code says.

                Scripts rely on these codes.

                  0  Everything is fine.
                  2  The line was wrong.

                """
        )
    }

    @Test(arguments: [
        "channel ls --help", "-h channel ls", "channel -h ls", "help channel ls", "help ch list",
        "channel ls x y z --help",
        "channel ls -n nonsense -h", "channel ls --nonsense --help", "channel ls -ah", "--help -o json channel ls",
    ])
    func `help is found wherever it is asked for`(line: String) throws {
        #expect(try text(line).hasPrefix("Lists channels.\n"))
    }

    @Test func `the version is one line`() throws {
        #expect(try text("--version") == "plaza 1.0 (abc1234)\n")
        #expect(try text("completion").contains("source <(plazactl completion bash)"))
    }

    @Test(arguments: [40, 60, 80, 100, 200])
    func `no line is longer than the width`(width: Int) throws {
        for line in ["", "channel", "channel ls", "channel post", "user create", "wait"] {
            for row in try text("help \(line)", width: width).split(separator: "\n") where !row.contains("Usage:") {
                // Examples and terms are never broken.
                #expect(row.count <= max(width, 51), "\(row)")
            }
        }
    }

    @Test func `a tree without flaws has none, and flaws are found`() {
        #expect(sampleProgram().flaws() == [])
        let broken = Program<Sample>(
            root: Command(
                "x",
                "No full stop",
                arguments: [.optional("A", "A."), .required("b", "B.")],
                options: [
                    .value("limit", short: "h", "N", .integer(1...5), "Limit.", default: "9"), .flag("all", "All"),
                    .flag("all", "All."),
                ]
            ) { [Command("help", "Empty.")] },
            version: "",
            manual: { Manual("x", section: 1, date: "", summary: "") },
            topics: { [Topic("help", "Twice.", [])] }
        )
        #expect(
            broken.flaws() == [
                "x: the summary does not end with a full stop", "x: has arguments but does nothing",
                "x: --all is there twice",
                "x: --limit takes the place of --help", "x: the default of --limit must be a whole number from 1 to 5",
                "x: the summary of --all does not end with a full stop", "x: b is required behind an optional one",
                "x: b is not in upper case", "x help: does nothing and has no commands",
                "help: a topic or command of this name is there twice",
            ]
        )
    }
}
