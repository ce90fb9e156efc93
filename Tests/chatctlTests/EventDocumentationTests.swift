import ChatAPI
import ChatTestKit
import Testing
import YAML
import chatctl

/// What docs/EVENTS.md shows can be typed, and its example file is read without a complaint.
@Suite struct EventDocumentationTests {
    private static let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

    private static func read(_ path: String) throws -> String {
        guard let text = RunningDaemon.read("\(root)/\(path)") else { throw TestFailure("cannot read \(path)") }
        return text
    }

    /// The lines of the shell blocks, each `chatctl …` of them as its words.
    private static func lines(of page: String) -> [[String]] {
        var isCode = false
        var lines: [[String]] = []
        for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                isCode = line == "```sh"
                continue
            }
            guard isCode else { continue }
            var rest = line[...]
            while let found = rest.firstRange(of: "chatctl ") {
                rest = rest[found.lowerBound...]
                let words = words(of: rest)
                lines.append(Array(words.dropFirst()))
                rest = rest[found.upperBound...]
            }
        }
        return lines
    }

    /// Up to what ends a command: a comment, a pipe, a redirection, a second command.
    private static func words(of line: Substring) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        for character in line {
            if let open = quote {
                if character == open { quote = nil } else { word?.append(character) }
            } else if character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if character == " " {
                if let word { words.append(word) }
                word = nil
            } else if word == nil, "#|>&;<)".contains(character) {
                return words
            } else if character == ";" || character == ")" {
                break
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let word { words.append(word) }
        return words
    }

    @Test(arguments: ["docs/EVENTS.md", "README.md"])
    func `every line of chatctl on the page is understood`(_ page: String) throws {
        let lines = Self.lines(of: try Self.read(page))
        #expect(lines.count > 5)
        for line in lines {
            let console = RecordedConsole(input: [], answers: nil, isTerminal: false, environment: [:], now: 0)
            guard case .run = Chatctl.understand(line, console) else {
                Issue.record("chatctl \(line.joined(separator: " ")): \(console.error)")
                continue
            }
        }
    }

    @Test func `the example file is an event`() throws {
        let text = try Self.read("docs/examples/devconf.yaml")
        let document = try DocumentReader.read(EventDocument.self, from: Array(text.utf8), named: "devconf.yaml")
        #expect(document.event == "devconf")
        #expect(document.state == .published)
        #expect(document.channels?.count == 2)
    }

    /// A file, what is wrong with it, and where.
    private static let mistakes: [(file: String, complaint: String)] = [
        ("event: a\ncapcity: 3", "line 2, column 1: there is no key \"capcity\" here; did you mean capacity?"),
        ("event: a\nplace:\n  nmae: hall", "line 3, column 3: there is no key \"nmae\" here; did you mean name?"),
        ("event: a\ncapacity: many", "line 2, column 11: capacity must be a whole number, not a text"),
        ("event: a\nplace: {latitude: .nan}", "line 2, column 19: place/latitude must be a number that has an end"),
        ("event: a\nplace: {latitude: -.inf}", "line 2, column 19: place/latitude must be a number that has an end"),
        ("event: a\nplace: {latitude: 1e999}", "line 2, column 19: place/latitude must be a number that has an end"),
        ("event: 2027", "line 1, column 8: event must be a text, not a whole number; put it in quotes"),
        ("event: a\nregistration: opne", "line 2, column 15: registration must be open"),
        ("event: a\ncontacts: Kari", "line 2, column 11: contacts must be a list, not a text"),
        ("- event: a", "line 1, column 1: the file must be a mapping of keys to values, not a list"),
        ("event: a\nevent: b", "line 2, column 1: the key \"event\" is already there in line 1"),
        ("event: a", "line 1, column 1: agency is missing"),
    ]

    @Test func `what a file has wrong is said with its line and what was meant`() {
        for (file, complaint) in Self.mistakes {
            do {
                _ = try DocumentReader.read(EventDocument.self, from: Array(file.utf8), named: "event.yaml")
                Issue.record("\(file) is read")
            } catch {
                #expect(error.exit == .usage)
                #expect(error.problem.detail.contains(complaint), "\(error.problem.detail)")
            }
        }
    }

    @Test func `every mistake of a file is told, not only the first`() {
        do {
            let file = "event: a\ncapcity: 3\nzoen: UTC"
            _ = try DocumentReader.read(EventDocument.self, from: Array(file.utf8), named: "event.yaml")
            Issue.record("it is read")
        } catch {
            #expect(error.problem.errors.map(\.pointer).prefix(2) == ["/capcity", "/zoen"])
        }
    }
}
