import ChatKit
import Flags

/// Where secrets come from: a file, standard input, or a prompt without echo. Never the line, which `ps` shows.
enum SecretSource {
    /// The lines of a file that are not blank, without blanks around them.
    static func lines(of path: String) throws -> [String] {
        // A list of a million names.
        let bytes = try Files.read(path, limit: 64 << 20)
        return bytes.split(separator: 0x0A).map { trimmed(Array($0)) }.filter { !$0.isEmpty }
    }

    static func trimmed(_ line: [UInt8]) -> String {
        let blanks: Set<UInt8> = [0x20, 0x09, 0x0D]
        let kept = line.drop { blanks.contains($0) }
        let end = kept.lastIndex { !blanks.contains($0) }.map { $0 + 1 } ?? kept.startIndex
        return String(decoding: kept[kept.startIndex..<end], as: UTF8.self)
    }
}

extension Run {
    /// Whether somebody can be asked: a terminal on both sides, and not forbidden.
    var canAsk: Bool {
        console.isTerminal(.input) && console.isTerminal(.error) && !values.flag("no-input")
    }

    /// A secret: from the file that `option` names, else typed.
    func secret(_ option: String, _ prompt: String, twice: Bool = false) throws -> String {
        if let source = values.string(option) { return try secret(in: source, option) }
        guard canAsk else {
            throw Failure.usage(
                "the \(prompt.lowercased()) is needed: give --\(option) FILE, or - for standard input; there is no terminal to ask on"
            )
        }
        guard let first = console.ask("\(prompt): ", isSecret: true), !first.isEmpty else {
            throw Failure.usage("nothing was typed")
        }
        guard twice else { return first }
        guard console.ask("\(prompt), again: ", isSecret: true) == first else {
            throw Failure.usage("the two do not match")
        }
        return first
    }

    /// The first line of a file or of standard input.
    private func secret(in source: String, _ option: String) throws -> String {
        let line: [UInt8]?
        if source == "-" {
            line = console.readLine()
        } else {
            line = try Files.read(source).split(separator: 0x0A, omittingEmptySubsequences: false).first.map(Array.init)
        }
        guard let line, let text = String(validating: line.last == 0x0D ? line.dropLast() : line[...], as: UTF8.self),
            !text.isEmpty
        else {
            throw Failure.usage(
                "--\(option): there is no text in the first line of \(source == "-" ? "standard input" : source)"
            )
        }
        return text
    }

    // MARK: - Confirming

    /// Asks before what cannot be taken back easily. A dry run needs no answer.
    func confirm(_ question: String) throws {
        if isDryRun || values.flag("yes") { return }
        guard canAsk else {
            throw Failure.usage("\(question) There is no terminal to ask on: repeat with --yes")
        }
        let answer = console.ask("\(question) [y/N] ", isSecret: false)?.lowercased()
        guard answer == "y" || answer == "yes" else { throw Failure.usage("nothing was done") }
    }

    /// Asks for the name of what is going to be gone for good.
    func confirm(_ question: String, name: String) throws {
        if isDryRun { return }
        let typed: String?
        if let given = values.string("confirm") {
            typed = given
        } else if canAsk {
            typed = console.ask("\(question) Type \(VisibleText.line(name)) to go on: ", isSecret: false)
        } else {
            throw Failure.usage(
                "\(question) There is no terminal to ask on: repeat with --confirm \(VisibleText.line(name))"
            )
        }
        guard typed == name else {
            throw Failure.usage(
                "\"\(VisibleText.line(typed ?? ""))\" is not \(VisibleText.line(name)): nothing was done"
            )
        }
    }
}
