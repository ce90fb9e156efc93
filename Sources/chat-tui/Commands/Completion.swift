import ChatAPI
import ChatKit
import TerminalUI

/// Completion at the cursor: what Tab goes through, and the small list that shows it.
package struct Completion: Sendable, Equatable {
    package let candidates: [Candidate]
    package var selected: Int
    /// The graphemes that a candidate replaces, as they were, and where they start.
    let start: Int
    var end: Int

    package struct Candidate: Sendable, Equatable {
        package let text: String
        package let detail: String
        /// A blank follows, because the word is whole.
        let isWhole: Bool
    }

    static let limit = 8
}

extension Model {
    /// Tab: the first candidate, or the next. A single one is taken at once.
    mutating func complete(backward: Bool) {
        if var now = completion {
            let count = now.candidates.count
            now.selected = (now.selected + (backward ? count - 1 : 1)) % count
            take(&now)
            return
        }
        let word = composer.wordBeforeCursor
        let candidates = candidates(for: word.text, isFirst: word.range.lowerBound == 0)
        guard !candidates.isEmpty else { return }
        var new = Completion(
            candidates: candidates,
            selected: backward ? candidates.count - 1 : 0,
            start: word.range.lowerBound,
            end: word.range.upperBound
        )
        take(&new)
        if candidates.count == 1 { completion = nil }
    }

    private mutating func take(_ new: inout Completion) {
        let candidate = new.candidates[new.selected]
        let text = candidate.text + (candidate.isWhole ? " " : "")
        composer.replace(new.start..<new.end, with: text)
        new.end = composer.cursor
        completion = new
    }

    func candidates(for word: String, isFirst: Bool) -> [Completion.Candidate] {
        if isFirst, word.hasPrefix("/"), !word.hasPrefix("//") { return commands(String(word.dropFirst())) }
        if word.hasPrefix(":"), word.utf8.count > 1 {
            return Emoji.matching(String(word.dropFirst()), limit: Completion.limit).map {
                Completion.Candidate(text: $0.emoji, detail: ":\($0.name):", isWhole: true)
            }
        }
        if word.hasPrefix("#"), case .command(let name, _) = ComposerLine(composer.text),
            SlashCommand.named(name)?.completes == .invitation
        {
            return deskCandidates(.invitation, word)
        }
        if word.hasPrefix("#") { return channels(String(word.dropFirst())) + invitations(word) }
        if word.hasPrefix("@") { return people(String(word.dropFirst()), before: "@", after: "") }
        if case .command(let name, let rest) = ComposerLine(composer.text), !isFirst,
            SlashCommand.named(name)?.completes == .sketchVerb, let found = sketchCandidates(rest, word)
        {
            return found
        }
        if case .command(let name, _) = ComposerLine(composer.text), !isFirst, let command = SlashCommand.named(name),
            composer.text.split(separator: " ").count <= (word.isEmpty ? 1 : 2)
        {
            switch command.completes {
            case .channel: return channels(word)
            case .person: return people(word, before: "", after: "")
            case .command:
                return commands(word).map { .init(text: String($0.text.dropFirst()), detail: $0.detail, isWhole: true) }
            case .theme:
                return themes.filter { $0.name.hasPrefix(word) }.map { .init(text: $0.name, detail: "", isWhole: true) }
            case .topic, .queue, .reply, .event, .agency, .group, .invitation:
                return deskCandidates(command.completes, word)
            case .sketchVerb:
                return SketchVerb.table.filter { $0.name.hasPrefix(word.lowercased()) }.prefix(Completion.limit).map {
                    .init(text: $0.name, detail: $0.summary, isWhole: true)
                }
            case .message, .nothing: return []
            }
        }
        guard !word.isEmpty else { return [] }
        // A name at the beginning of a line speaks to a person.
        return people(word, before: "@", after: isFirst ? ":" : "")
    }

    private func commands(_ part: String) -> [Completion.Candidate] {
        SlashCommand.table.filter { $0.name.hasPrefix(part.lowercased()) }.prefix(Completion.limit).map {
            Completion.Candidate(text: "/" + $0.name, detail: $0.summary, isWhole: true)
        }
    }

    /// Behind `/join` a channel that one is invited to is as good as one that is known.
    private func invitations(_ word: String) -> [Completion.Candidate] {
        guard case .command(let name, _) = ComposerLine(composer.text) else { return [] }
        return SlashCommand.named(name)?.name == "join" ? deskCandidates(.invitation, word) : []
    }

    private func channels(_ part: String) -> [Completion.Candidate] {
        let part = Names.fold(part)
        return orderedRooms.compactMap { room in
            guard let name = room.channel.name,
                Names.fold(name).hasPrefix(part) || Names.fold(String(title(of: room).dropFirst())).hasPrefix(part)
            else { return nil }
            return Completion.Candidate(text: title(of: room), detail: room.channel.topic ?? "", isWhole: true)
        }.prefix(Completion.limit).map { $0 }
    }

    /// People of this room who spoke last come first.
    private func people(_ part: String, before: String, after: String) -> [Completion.Candidate] {
        let part = Names.fold(part)
        var order: [AccountID] = []
        if let timeline = room?.timeline {
            for index in stride(from: timeline.count - 1, through: max(0, timeline.count - 200), by: -1)
            where !order.contains(timeline[index].by) { order.append(timeline[index].by) }
        }
        let known = accounts.values.filter {
            $0.deletedAt == nil && $0.id != me?.id
                && (Names.fold($0.name).hasPrefix(part) || Names.fold($0.displayName ?? "").hasPrefix(part))
        }
        let sorted = known.sorted { left, right in
            (order.firstIndex(of: left.id) ?? .max, left.name) < (order.firstIndex(of: right.id) ?? .max, right.name)
        }
        return sorted.prefix(Completion.limit).map {
            Completion.Candidate(text: before + $0.name + after, detail: $0.displayName ?? "", isWhole: true)
        }
    }
}
