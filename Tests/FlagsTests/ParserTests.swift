import Flags
import Testing

/// Lines and what they mean.
struct ParserTests {
    private let program = sampleProgram()

    private func run(_ line: String, environment: [String: String] = [:]) throws -> Invocation<Sample> {
        let words = line.split(separator: " ").map(String.init)
        let outcome = try program.parse(words) { environment[$0] }
        guard case .run(let invocation) = outcome else {
            throw Unexpected(outcome: "\(outcome)")
        }
        return invocation
    }

    private struct Unexpected: Error { let outcome: String }

    private func message(_ line: String, environment: [String: String] = [:]) -> String {
        do {
            return "no error: \(try program.parse(line.split(separator: " ").map(String.init)) { environment[$0] })"
        } catch {
            return error.message
        }
    }

    @Test(arguments: [
        "-o json channel ls -n 5 -a gen*", "channel -o json ls -n 5 gen* -a", "channel ls gen* -an5 -ojson",
        "channel ls -a gen* -n=5 --output=json", "-n 5 channel ls gen* --output json --all",
        "--limit 5 -a --output json ch list gen*", "channel --limit=5 ls -o=json -a -- gen*",
        "-o csv channel ls gen* -n 3 -an 5 -o json",
    ])
    func `options mean the same wherever they stand and however they are written`(line: String) throws {
        let invocation = try run(line)
        #expect(invocation.action == .channelList)
        #expect(invocation.path == ["plazactl", "channel", "ls"])
        #expect(invocation.values.string("output") == "json")
        #expect(invocation.values.int("limit") == 5)
        #expect(invocation.values.flag("all"))
        #expect(invocation.values.string("PATTERN") == "gen*")
        #expect(invocation.values.origin("limit") == .line)
    }

    @Test func `what the line does not say has its default`() throws {
        let values = try run("channel ls").values
        #expect(values.string("output") == "table")
        #expect(values.origin("output") == .fallback)
        #expect(values.int("limit") == 50)
        #expect(values.flag("color"))
        #expect(!values.flag("all"))
        #expect(values.string("socket") == nil)
        #expect(values.origin("socket") == .absent)
        #expect(values.string("PATTERN") == nil)
        #expect(values.strings("label") == [])
        #expect(!values.declares("CHANNEL"))
    }

    @Test func `the line goes before the environment and the environment before the default`() throws {
        let environment = ["PLAZA_OUTPUT": "csv", "PLAZA_SOCKET": "/a", "PLAZA_COLOR": "no"]
        let outer = try run("channel ls", environment: environment).values
        #expect(outer.string("output") == "csv")
        #expect(outer.origin("output") == .environment)
        #expect(outer.string("socket") == "/a")
        #expect(!outer.flag("color"))
        let inner = try run("channel ls -o json --color --socket /b", environment: environment).values
        #expect(inner.string("output") == "json")
        #expect(inner.flag("color"))
        #expect(inner.string("socket") == "/b")
        #expect(try run("channel ls", environment: ["PLAZA_OUTPUT": ""]).values.string("output") == "table")
    }

    @Test func `flags are negated, counted and repeated`() throws {
        let values = try run("-vv channel ls --no-color -v -l a -lb --label=c,d").values
        #expect(values.count("verbose") == 3)
        #expect(!values.flag("color"))
        #expect(values.strings("label") == ["a", "b", "c,d"])
        #expect(values.list("label") == ["a", "b", "c", "d"])
        #expect(try run("channel ls --no-color --color").values.flag("color"))
    }

    @Test func `the rest of a line is taken as it stands`() throws {
        let values = try run("channel post general -- hello --all -x - world").values
        #expect(values.required("CHANNEL") == "general")
        #expect(values.strings("TEXT") == ["hello", "--all", "-x", "-", "world"])
        #expect(try run("channel post general -").values.strings("TEXT") == ["-"])
        #expect(try run("channel post ls channel post").values.strings("TEXT") == ["channel", "post"])
        #expect(try run("user create help --password-file=x").values.required("NAME") == "help")
    }

    @Test func `negative numbers are values, not options`() throws {
        #expect(try run("wait 5s --offset -3").values.int("offset") == -3)
        #expect(try run("channel post general -5 -1.5").values.strings("TEXT") == ["-5", "-1.5"])
    }

    @Test(arguments: [
        ("250ms", 250), ("30s", 30_000), ("5m", 300_000), ("2h", 7_200_000), ("7d", 604_800_000), ("1h30m", 5_400_000),
        ("0s", 0),
    ])
    func `durations are read and written`(text: String, milliseconds: Int) {
        #expect(Duration(text: text) == .milliseconds(milliseconds))
        #expect(Duration.milliseconds(milliseconds).text == text)
    }

    @Test(arguments: ["", "5", "s", "-5s", "5 s", "5x", "1.5h", "99999999999999d", "9999999999d", "٣s", "5s5"])
    func `what is no duration is refused`(text: String) {
        #expect(Duration(text: text) == nil)
    }

    @Test(arguments: [
        ("chanel ls", #""plazactl" has no command "chanel"; did you mean channel?"#),
        ("channel sl", #""plazactl channel" has no command "sl"; did you mean ls?"#),
        ("foo channel ls", #""plazactl" has no command "foo""#),
        ("chanel ls --limti 5", #""plazactl" has no command "chanel"; did you mean channel?"#),
        ("user foo -x", #""plazactl user" has no command "foo""#),
        ("channel", #""plazactl channel" needs a command: ls, post"#),
        ("", #""plazactl" needs a command: channel, user, wait, login"#),
        ("user", #""plazactl user" needs a command: create"#),
        ("channel ls --limti 5", #""plazactl channel ls" has no option --limti; did you mean --limit?"#),
        ("channel ls -output json", #""plazactl channel ls" has no option -output; did you mean --output?"#),
        ("channel ls -x", #""plazactl channel ls" has no option -x"#),
        ("channel ls --trac", #""plazactl channel ls" has no option --trac"#),
        ("channel ls --limit", "--limit needs a value: --limit N"),
        ("channel ls --limit --all", "--limit needs a value: --limit N"),
        ("channel ls -n", "-n needs a value: -n N"),
        ("--limit channel ls", "--limit needs a value: --limit N"),
        ("channel ls --all=yes", #"--all takes no value, but was given "yes""#),
        ("channel ls -a=1", #"-a takes no value, but was given "1""#),
        ("channel ls --no-color=1", #"--no-color takes no value, but was given "1""#),
        ("channel ls -n 0", #"--limit must be a whole number from 1 to 1000, not "0""#),
        (
            "channel ls -n 99999999999999999999",
            #"--limit must be a whole number from 1 to 1000, not "99999999999999999999""#
        ),
        ("channel ls -o jsn", #"--output must be table, json or csv, not "jsn"; did you mean json?"#),
        ("wait soon", #"FOR must be a duration such as 30s, 5m or 2h, from 1s to 1h, not "soon""#),
        ("wait 2h", #"FOR must be a duration such as 30s, 5m or 2h, from 1s to 1h, not "2h""#),
        ("channel post", #""plazactl channel post" needs CHANNEL"#),
        ("channel post general", #""plazactl channel post" needs TEXT..."#),
        ("channel ls a b", #""plazactl channel ls" takes one argument; "b" is one too many"#),
        ("login now", #""plazactl login" takes no arguments, but was given "now""#),
        ("user create ann", #""plazactl user create" needs --password-file FILE"#),
        ("help nothing", #"there is no help on "nothing""#),
        ("channle --help", #""plazactl" has no command "channle"; did you mean channel?"#),
        ("channel lst -h", #""plazactl channel" has no command "lst"; did you mean list or ls?"#),
        ("help exit-code", #"there is no help on "exit-code"; did you mean exit-codes?"#),
        ("completion bahs", #"SHELL must be bash, zsh or fish, not "bahs"; did you mean bash?"#),
        ("completion tcsh", #"SHELL must be bash, zsh or fish, not "tcsh""#),
        ("channel ls \u{1B}[2Jx y", #""plazactl channel ls" takes one argument; "y" is one too many"#),
        ("\u{1B}[2J\u{202E}", #""plazactl" has no command "\u{1B}[2J\u{202E}""#),
    ])
    func `an error says what was wrong and what was probably meant`(line: String, expected: String) {
        #expect(message(line) == expected)
    }

    @Test func `wrong variables are named`() {
        #expect(
            message("channel ls", environment: ["PLAZA_OUTPUT": "xml"])
                == #"PLAZA_OUTPUT must be table, json or csv, not "xml""#
        )
        #expect(
            message("channel ls", environment: ["PLAZA_COLOR": "maybe"])
                == #"PLAZA_COLOR must be true or false, not "maybe""#
        )
    }

    @Test func `an error knows its command and where to read on`() {
        let error = #expect(throws: UsageError.self) { try program.parse(["channel", "ls", "-n", "x"]) }
        #expect(error?.path == ["plazactl", "channel", "ls"])
        #expect(error?.hint == #"see "plazactl channel ls --help""#)
        #expect(
            error?.reason == .badValue(place: "--limit", value: "x", complaint: "must be a whole number from 1 to 1000")
        )
    }

    @Test func `only the commands on the path are built`() throws {
        let calls = Calls()
        let program = sampleProgram { calls.count += 1 }
        _ = try program.parse(["login"])
        #expect(calls.count == 0)
        _ = try program.parse(["channel", "ls"])
        #expect(calls.count > 0)
    }

    private final class Calls: @unchecked Sendable { var count = 0 }

    /// Whatever is typed, there is an outcome or an error with a sentence; nothing traps and nothing hangs.
    @Test func `any line is answered`() {
        var random = SeededRandom(seed: 20_261_121)
        let words = [
            "channel", "ch", "ls", "post", "user", "create", "wait", "login", "help", "completion", "bash",
            "__complete", "-",
            "--", "-o", "--output", "--output=json", "-ojson", "-an5", "-n", "5", "-5", "--no-color", "--no-output",
            "--=", "-=",
            "--limit=", "x", "", "é", "-é", "--é=ü", "=", "---", "5s", "exit-codes", "--version", "-vvv",
            "--password-file",
        ]
        for round in 0..<20_000 {
            let line = (0..<Int.random(in: 0...6, using: &random)).map { _ in words.randomElement(using: &random)! }
            do {
                _ = try program.parse(line)
            } catch {
                #expect(!error.message.isEmpty, "seed 20261121, round \(round): \(line)")
            }
        }
    }

    /// An option before, between or behind the words of a command never changes what the line means.
    @Test func `moving options changes nothing`() throws {
        var random = SeededRandom(seed: 7)
        let options = [["-o", "csv"], ["--limit", "7"], ["-a"], ["--label=x"], ["-v"], ["--no-color"]]
        let reference = try program.parse(["channel", "ls", "gen"] + options.joined())
        guard case .run(let expected) = reference else { return #expect(Bool(false), "no command was found") }
        for round in 0..<2000 {
            var parts = [["channel"], ["ls"], ["gen"]]
            for option in options { parts.insert(option, at: Int.random(in: 0...parts.count, using: &random)) }
            let line = Array(parts.joined())
            guard case .run(let invocation) = try program.parse(line) else {
                #expect(Bool(false), "seed 7, round \(round): \(line)")
                continue
            }
            #expect(
                invocation.values.string("output") == expected.values.string("output"),
                "seed 7, round \(round): \(line)"
            )
            #expect(invocation.path == expected.path, "seed 7, round \(round): \(line)")
            #expect(invocation.values.string("PATTERN") == "gen", "seed 7, round \(round): \(line)")
        }
    }
}

/// SplitMix64: the same numbers for the same seed, everywhere.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
