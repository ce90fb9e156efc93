import ChatAPI
import ChatKit
import Flags

/// What a line of the composer is: a message, or a command; and what it does.
package enum ComposerLine: Equatable, Sendable {
    case message(String)
    case command(name: String, text: String)

    /// A line that begins with `/` and a letter is a command; `//` at the start is a message with one slash less.
    package init(_ line: String) {
        let trimmed = line.trimmingBlanks()
        if trimmed.hasPrefix("//") {
            self = .message(String(trimmed.dropFirst()))
        } else if trimmed.hasPrefix("/"), trimmed.dropFirst().first?.isLetter == true {
            let end = trimmed.firstIndex { $0.isWhitespace } ?? trimmed.endIndex
            self = .command(
                name: String(trimmed[trimmed.index(after: trimmed.startIndex)..<end]),
                text: String(trimmed[end...]).trimmingBlanks()
            )
        } else {
            self = .message(line)
        }
    }
}

extension Model {
    /// Carries out a line. Returns false when it was refused, so that the text stays.
    mutating func submit(_ line: String, _ effects: inout [Effect]) -> Bool {
        switch ComposerLine(line) {
        case .message(let text): return send(text, &effects)
        case .command(let name, let text): return run(name, text, &effects)
        }
    }

    mutating func run(_ name: String, _ text: String, _ effects: inout [Effect]) -> Bool {
        guard let command = SlashCommand.named(name) else {
            let near = Suggestion.nearest(to: name, among: SlashCommand.table.flatMap { [$0.name] + $0.aliases })
            let hint = near.isEmpty ? "see /help" : "did you mean /\(near.joined(separator: " or /"))?"
            tell("there is no command /\(name.prefix(40)); \(hint)", .trouble)
            return false
        }
        let line = "/\(command.name) \(text)"
        let isConfirmed = asked.map { $0.line == line && now - $0.at < AskedLine.milliseconds } ?? false
        asked = nil
        do throws(CommandProblem) {
            effects += try command.run.call(
                &self,
                Words(command: command.name, text: text, isConfirmed: isConfirmed)
            )
            return true
        } catch {
            if error.isQuestion { asked = AskedLine(line: line, at: now) }
            tell(error.sentence, .trouble)
            return false
        }
    }

    /// Sends a message, or the change of one. Queued at once; the network has its own time.
    mutating func send(_ text: String, _ effects: inout [Effect]) -> Bool {
        let text = Emoji.expanded(text.trimmingLineEnds())
        guard !TextRules.isBlank(text) else { return false }
        guard let room else {
            tell("there is no channel here: /join one, or open the switcher with Ctrl+K", .trouble)
            return false
        }
        do throws(APIError) {
            try OutboxRules.check(text: text)
        } catch {
            tell(error.detail, .trouble)
            return false
        }
        switch composing {
        case .edit(let seq):
            effects.append(.post(.edit(MessageEdit(channel: room.id, seq: seq, text: text))))
        case .new, .reply:
            guard room.isMember else {
                tell("you are not in \(title(of: room)): /join \(title(of: room)) first", .trouble)
                return false
            }
            let message = Message(channel: room.id, cid: nextClientID(), text: text, replyTo: composing.seq)
            effects.append(.post(.message(message)))
            changeRoom {
                $0.anchor = .bottom; $0.readLine = nil; $0.selected = nil
            }
        }
        composing = .new
        return true
    }

    /// The message `N` of the screen: 1 is the newest.
    func message(_ text: String) throws(CommandProblem) -> Entry {
        guard let room else { throw CommandProblem("there is no channel here") }
        if text.hasPrefix("#"), let seq = Int64(text.dropFirst()) {
            if let entry = room.timeline[seq: seq], entry.kind == .message { return entry }
            throw CommandProblem("message #\(seq) is not loaded here")
        }
        guard let number = Int(text), number >= 1 else {
            throw CommandProblem(
                "'\(text.prefix(40))' is no message: 1 is the newest, 2 the one before; #812 is its number"
            )
        }
        var left = number
        for index in stride(from: room.timeline.count - 1, through: 0, by: -1) {
            let entry = room.timeline[index]
            guard entry.kind == .message, entry.redactedAt == nil else { continue }
            left -= 1
            if left == 0 { return entry }
        }
        throw CommandProblem("there are only \(number - left) messages here")
    }

    /// How a message is called in commands; nil if it cannot be.
    func relativeNumber(of seq: Int64) -> Int? {
        guard let room else { return nil }
        var number = 0
        for index in stride(from: room.timeline.count - 1, through: 0, by: -1) {
            let entry = room.timeline[index]
            guard entry.kind == .message, entry.redactedAt == nil else { continue }
            number += 1
            if entry.seq == seq { return number }
            if entry.seq < seq { return nil }
        }
        return nil
    }

    /// UUIDv7s out of the clock and a counter that the runtime seeds.
    mutating func nextClientID() -> ClientID {
        ClientID.make(at: now, using: &random)
    }
}

extension StringProtocol {
    func trimmingBlanks() -> String {
        let start = self.drop { $0.isWhitespace }
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...end])
    }

    /// Without line breaks and blanks at the end; what stands at the beginning may be meant.
    func trimmingLineEnds() -> String {
        guard let end = lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(self[...end])
    }
}
