import ChatAPI
import ChatKit
import ChatTestKit
import Engine
import Flags
import Testing
import YAML
import chatctl

/// The contract of `chatctl`: every command in every format, when it works and when it does not.
@Suite struct ContractTests {
    @Test(arguments: Case.all)
    func `every command prints what it did in every format`(_ example: Case) async throws {
        let stage = try await Stage()
        for (number, format) in Format.allCases.enumerated() {
            let words = try await stage.prepare(example, number)
            stage.plaza.forgetOperations()
            // Rate limits refill.
            stage.plaza.temporary.clock.advance(by: .seconds(20))
            let answer = await stage.run(example, words + ["-o", format.rawValue])
            #expect(answer.code == example.code, "\(format): \(answer.error)")
            try Reading.check(answer.output, format, of: example)
            let shows = stage.scene.filled(stage.filled(example.shows, number))
            let text = format == .table || format == .wide ? answer.output + answer.error : answer.output
            // A name may be another member than the one that is looked for.
            if format != .name, !shows.isEmpty { #expect(text.contains(shows), "\(format): \(text)") }
            if format != .table, format != .wide, example.code == .ok {
                #expect(answer.error.isEmpty, "programs get nothing but data: \(answer.error)")
            }
            let declared = try #require(stage.operations(of: example))
            let called = stage.plaza.operations.subtracting(Self.lookups)
            #expect(called.isSubset(of: declared), "calls what it does not declare")
        }
    }

    /// What any command may ask to show names instead of ids.
    private static let lookups: Set<String> = ["accounts.list", "me.get", "channels.get", "directs.open"]

    @Test(arguments: Case.all.filter { !$0.path.hasPrefix("context") })
    func `a failure is a problem on standard error in every format`(_ example: Case) async throws {
        let stage = try await Stage()
        let refusal = APIError(.overloaded, "the daemon has too much to do", retryAfterMilliseconds: 1_500)
        for (number, format) in Format.allCases.enumerated() {
            let words = try await stage.prepare(example, number)
            let answer = await stage.run(example, words + ["-o", format.rawValue], refusing: refusal)
            #expect(answer.code == .unavailable, "\(format): \(answer.error)")
            guard format == .json || format == .jsonl else {
                #expect(answer.error.contains("chatctl: the daemon has too much to do"), "\(answer.error)")
                continue
            }
            let problem = try Coding.decode(JSON.self, from: Array(answer.error.utf8))
            #expect(problem["code"] == "overloaded")
            #expect(problem["status"] == 503)
            #expect(problem["exitCode"] == 8)
            #expect(problem["retryAfterMs"] == 1_500)
        }
    }

    /// An older program at a newer daemon: words that it does not know are shown as unknown, and nothing is refused.
    @Test(arguments: Case.all.filter { !$0.path.hasPrefix("context") })
    func `what a newer daemon says is shown all the same`(_ example: Case) async throws {
        let stage = try await Stage()
        for (number, format) in [Format.wide, .json].enumerated() {
            let words = try await stage.prepare(example, number)
            stage.plaza.temporary.clock.advance(by: .seconds(20))
            let answer = await stage.run(example, words + ["-o", format.rawValue], isOfTomorrow: true)
            #expect(answer.code == example.code, "\(format): \(answer.error)")
            try Reading.check(answer.output, format, of: example)
        }
    }

    @Test func `every command has a case here`() {
        let tried = Set(Case.all.map(\.path))
        #expect(CommandList.runnable.map(\.path).filter { !tried.contains($0) && !$0.hasPrefix("bench") } == [])
    }

    @Test func `every operation of the API has a command`() throws {
        let reachable = Set(CommandList.runnable.flatMap { $0.command.action?.operations ?? [] })
        let operations = Set(try Plaza().temporary.engine.api.rows.map(\.name))
        #expect(operations.subtracting(reachable) == [])
        #expect(reachable.subtracting(operations) == [], "a command names an operation that there is not")
    }

    @Test func `everything that changes something has a dry run`() throws {
        let rows = try Plaza().temporary.engine.api.rows
        let changing = Set(rows.filter(\.changes).map(\.name))
        // Opening a direct conversation to read it is done without a trace; tokens cannot be renewed on trial.
        let exempt: Set<String> = [
            "session refresh", "session tail", "profile log", "dm tail", "channel tail", "audit tail", "event diff",
        ]
        for (path, command) in CommandList.runnable where !exempt.contains(path) {
            let calls = Set(command.action?.operations ?? []).subtracting(["view.set", "sync"])
            guard !calls.isDisjoint(with: changing) else { continue }
            #expect(command.options.contains { $0.name == "dry-run" }, "\(path) has no --dry-run")
        }
    }

    @Test(
        arguments: Case.all.filter { example in
            CommandList.runnable.first { $0.path == example.path }?.command.options.contains { $0.name == "dry-run" }
                == true
                // What drains a daemon has nothing of the engine's to look at.
                && example.path != "server drain" && !example.path.hasPrefix("context")
        }
    )
    func `a dry run leaves no trace`(_ example: Case) async throws {
        let stage = try await Stage()
        let words = try await stage.prepare(example, 0)
        let before = try await stage.trace()
        let dry = words.contains("--dry-run") ? words : words + ["--dry-run"]
        let answer = await stage.run(example, dry)
        #expect(answer.code == .ok, "\(answer.error)")
        #expect(try await stage.trace() == before)
    }
}

/// All commands that do something, with the words that name them.
enum CommandList {
    static let runnable: [(path: String, command: Command<Action>)] = {
        var found: [(String, Command<Action>)] = []
        func visit(_ command: Command<Action>, _ path: [String]) {
            if command.action != nil { found.append((path.joined(separator: " "), command)) }
            for child in command.children() { visit(child, path + [child.name]) }
        }
        for child in CommandTree.program.root.children() { visit(child, [child.name]) }
        return found
    }()
}

/// Reads an output as a program would.
enum Reading {
    static func check(_ text: String, _ format: Format, of example: Case) throws {
        switch format {
        case .json where example.code == .ok: _ = try Coding.decode(JSON.self, from: Array(text.utf8))
        case .json, .jsonl:
            for line in text.split(separator: "\n") { _ = try Coding.decode(JSON.self, from: Array(line.utf8)) }
        case .yaml: if !text.isEmpty { _ = try YAMLValue(yaml: text) }
        case .csv:
            if !text.isEmpty {
                #expect(text.hasSuffix("\r\n"))
                let rows = rows(of: text)
                #expect(Set(rows.map(\.count)).count == 1, "the rows have different widths: \(rows)")
            }
        case .name: #expect(!text.contains("  "), "more than a name: \(text)")
        case .table, .wide: #expect(!text.contains("\u{1B}"), "not a terminal, and coloured")
        }
    }

    /// RFC 4180, enough to count cells.
    static func rows(of text: String) -> [[String]] {
        var rows: [[String]] = []
        var row: [String] = []
        var cell = ""
        var isQuoted = false
        var scalars = Array(text.unicodeScalars)[...]
        while let scalar = scalars.popFirst() {
            switch (scalar, isQuoted) {
            case ("\"", true):
                if scalars.first == "\"" { cell.unicodeScalars.append(scalars.removeFirst()) } else { isQuoted = false }
            case ("\"", false): isQuoted = true
            case (",", false): (row, cell) = (row + [cell], "")
            case ("\r", false): break
            case ("\n", false):
                rows.append(row + [cell])
                (row, cell) = ([], "")
            default: cell.unicodeScalars.append(scalar)
            }
        }
        return rows
    }
}
