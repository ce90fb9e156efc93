import ChatAPI
package import TerminalUI

/// Ctrl+K: one line that finds channels, people, commands and messages.
package struct Switcher: Sendable {
    package var editor = LineEditor()
    package var selected = 0

    package init() {}

    package struct Item: Sendable, Equatable {
        package var text: String
        package var detail: String
        package var choice: ListPane.Choice
        var score: Int
    }

    package static let limit = 50

    /// What fits the text, best first. `#`, `@` and `/` narrow to channels, people and commands; `?` searches messages.
    package func items(_ model: Model) -> [Item] {
        var text = editor.text.trimmingBlanks()
        let prefix = text.first.flatMap { "#@/?".contains($0) ? $0 : nil }
        if prefix != nil { text.removeFirst() }
        if prefix == "?" {
            return [Item(text: "search \(text)", detail: "messages", choice: .command("/search \(text)"), score: 0)]
        }
        var items: [Item] = []
        for (index, room) in model.orderedRooms.enumerated()
        where prefix == nil || prefix == (room.isDirect ? "@" : "#") {
            let title = model.title(of: room)
            guard let score = Self.score(text, in: String(title.dropFirst())) else { continue }
            // With nothing typed: mentions, unread, the room before, then the list's order.
            var rank = score * 1_000 + index
            if text.isEmpty {
                if room.unread.mentions > 0 { rank -= 400_000 } else if room.unread.unread > 0 { rank -= 200_000 }
                if room.id == model.previous { rank -= 100_000 }
                if room.id == model.current { rank += 900_000 }
            }
            let count = room.unread.unread > 0 ? "\(room.unread.unread) unread" : ""
            items.append(Item(text: title, detail: count, choice: .open(room.id), score: rank))
        }
        if prefix == nil || prefix == "@" {
            let talking = Set(model.rooms.values.compactMap { $0.isDirect ? model.partner(of: $0) : nil })
            for account in model.accounts.values
            where account.deletedAt == nil && account.id != model.me?.id && !talking.contains(account.id) {
                let names = account.name + " " + (account.displayName ?? "")
                guard let score = Self.score(text, in: names) else { continue }
                items.append(
                    Item(
                        text: "@" + account.name,
                        detail: account.displayName ?? "person",
                        choice: .command("/msg \(account.name)"),
                        // With nothing typed, people come after all channels.
                        score: text.isEmpty ? 950_000 : score * 1_000 + 200
                    )
                )
            }
        }
        if prefix == nil && text.utf8.count > 1 || prefix == "/" {
            for (index, command) in SlashCommand.table.enumerated() {
                guard let score = Self.score(text, in: command.name) else { continue }
                items.append(
                    Item(
                        text: command.line,
                        detail: command.summary,
                        choice: .command("/" + command.name),
                        score: score * 1_000 + 400 + index
                    )
                )
            }
        }
        items.sort { ($0.score, $0.text) < ($1.score, $1.text) }
        return Array(items.prefix(Self.limit))
    }

    /// How well a text fits what was typed; lower is better, nil not at all. All characters must come in order.
    static func score(_ typed: String, in candidate: String) -> Int? {
        if typed.isEmpty { return 0 }
        let typed = Names.fold(typed)
        let candidate = Names.fold(candidate)
        if candidate == typed { return 0 }
        if candidate.hasPrefix(typed) { return 1 }
        if candidate.split(whereSeparator: { " -_.".contains($0) }).contains(where: { $0.hasPrefix(typed) }) {
            return 2
        }
        if candidate.contains(typed) { return 3 }
        var rest = candidate[...]
        var gaps = 0
        for character in typed {
            guard let place = rest.firstIndex(of: character) else { return nil }
            gaps += rest.distance(from: rest.startIndex, to: place)
            rest = rest[rest.index(after: place)...]
        }
        return 4 + gaps
    }
}
