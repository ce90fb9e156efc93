import Flags
import Testing

/// Did-you-mean, seen through errors.
struct SuggestionTests {
    private func suggestions(_ line: [String]) -> [String] {
        do {
            _ = try sampleProgram().parse(line)
            return ["no error"]
        } catch {
            return error.suggestions
        }
    }

    @Test(arguments: [
        ("chanel", ["channel"]), ("channle", ["channel"]), ("CHANNEL", ["channel"]), ("chan", ["channel"]),
        ("usr", ["user"]),
        ("suer", ["user"]), ("lgoin", ["login"]), ("xyzzy", []), ("hc", ["ch"]), ("waitt", ["wait"]),
        (String(repeating: "x", count: 100_000), []), ("日本", []),
    ])
    func `commands that are one slip away are suggested`(typed: String, expected: [String]) {
        #expect(suggestions([typed]) == expected)
    }

    @Test(arguments: [
        ("--outptu", ["--output"]), ("--out", ["--output"]), ("--nocolor", ["--no-color", "--color"]),
        ("--colour", ["--color"]),
        ("--hlep", ["--help"]), ("--zzzzzz", []),
    ])
    func `options are suggested with their dashes`(typed: String, expected: [String]) {
        #expect(suggestions(["login", typed]) == expected)
    }
}
