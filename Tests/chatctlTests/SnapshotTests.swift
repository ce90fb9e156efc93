import ChatKit
import Flags
import Glibc
import Testing
import chatctl

/// The help of every command and the man page as files in `Snapshots`: `RECORD=1` writes them anew.
@Suite struct SnapshotTests {
    @Test func `the tree has no flaws`() {
        #expect(CommandTree.program.flaws() == [])
    }

    @Test func `every help begins with an example that its own command understands`() throws {
        for (path, command) in CommandList.runnable {
            #expect(!command.examples.isEmpty, "\(path) has no example")
            for example in command.examples {
                for line in Self.ownLines(example.line) {
                    #expect(throws: Never.self, "\(line)") { _ = try CommandTree.program.parse(line) }
                }
            }
        }
    }

    /// The words behind each `chatctl` of a shell line, as a shell would split them.
    private static func ownLines(_ line: String) -> [[String]] {
        var lines: [[String]] = []
        for part in line.split(whereSeparator: { "|;".contains($0) }) {
            var words: [String] = []
            var word = ""
            var quote: Character?
            var isWord = false
            for character in part {
                if character == quote {
                    quote = nil
                } else if quote == nil, character == "'" || character == "\"" {
                    quote = character
                    isWord = true
                } else if quote == nil, character == " " {
                    if isWord { words.append(word) }
                    (word, isWord) = ("", false)
                } else {
                    word.append(character)
                    isWord = true
                }
            }
            if isWord { words.append(word) }
            guard let start = words.firstIndex(of: "chatctl") else { continue }
            let end = words.firstIndex { $0 == ">" || $0 == ">>" || $0 == "<" } ?? words.count
            // `xargs` adds the last word.
            let added = words[..<start].contains("xargs") ? ["x"] : []
            lines.append(Array(words[(start + 1)..<end]) + added)
        }
        return lines
    }

    @Test func `help is as recorded`() throws {
        var text = ""
        func visit(_ command: Command<Action>, _ path: [String]) throws {
            guard case .text(let help) = try CommandTree.program.parse(path + ["--help"]) else { return }
            // What is the same everywhere is recorded once.
            let own = path.isEmpty ? help : help.components(before: "\nGlobal options:")
            text += "$ chatctl \((path + ["--help"]).joined(separator: " "))\n\(own)\n"
            for child in command.children() { try visit(child, path + [child.name]) }
        }
        try visit(CommandTree.program.root, [])
        for topic in CommandTree.program.topics() {
            guard case .text(let help) = try CommandTree.program.parse(["help", topic.name]) else { continue }
            text += "$ chatctl help \(topic.name)\n\(help)\n"
        }
        try Snapshot.check(text, "help.txt")
    }

    @Test func `the man page is as recorded`() throws {
        guard case .text(let page) = try CommandTree.program.parse(["__manual"]) else { return }
        try Snapshot.check(page, "chatctl.1")
    }
}

extension String {
    fileprivate func components(before mark: String) -> String {
        guard let range = firstRange(of: mark) else { return self }
        return String(self[..<range.lowerBound])
    }

    private func firstRange(of mark: String) -> Range<Index>? {
        var index = startIndex
        while index < endIndex {
            if self[index...].hasPrefix(mark) { return index..<self.index(index, offsetBy: mark.count) }
            index = self.index(after: index)
        }
        return nil
    }
}

/// Texts that are compared with a file, or written to it.
enum Snapshot {
    static func check(_ text: String, _ name: String, file: String = #filePath) throws {
        let folder = file[..<(file.lastIndex(of: "/") ?? file.startIndex)] + "/Snapshots"
        let path = "\(folder)/\(name)"
        if getenv("RECORD").map({ String(cString: $0) }) == "1" {
            return try Files.write(Array(text.utf8), to: path, mode: 0o644)
        }
        let recorded = String(decoding: try Files.read(path), as: UTF8.self)
        let (new, old) = (text.split(separator: "\n"), recorded.split(separator: "\n"))
        let difference = zip(new, old).first { $0 != $1 }
        #expect(
            text == recorded,
            "\(name) differs: now \"\(difference?.0 ?? "")\", recorded \"\(difference?.1 ?? "")\"; RECORD=1 writes it anew"
        )
    }
}
