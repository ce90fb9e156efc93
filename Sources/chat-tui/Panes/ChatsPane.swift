import ChatAPI
import TerminalUI

/// The tables of chats: those that run, and the archive.
extension Model {
    var chatsTable: PageTable {
        let chats = runningChats
        var table = PageTable(
            "Chats",
            detail: "\(chats.count) open" + (help.availability.map { " of \($0.capacity)" } ?? ""),
            columns: [
                .init("#", width: 3, isNumber: true), .init("Who", width: 14), .init("Topic", width: 10, from: 50),
                .init("State", width: 12), .init("Last", width: 6, isNumber: true, from: 44),
                .init("Promise", width: 11, from: 68), .init("", name: "unread", from: 80),
            ],
            rows: chats.enumerated().map { index, chat in row(index + 1, chat) },
            empty: "No chat is open. /queue shows who waits."
        )
        let known = help.chats
        table.about = { [self] id in
            guard let chat = ChatID(id).flatMap({ known[$0] }) else { return [] }
            return about(chat)
        }
        return table
    }

    private func row(_ number: Int, _ chat: Chat) -> PageTable.Row {
        let unread = rooms[chat.channel]?.unread.unread ?? 0
        let clock = chat.clocks?.first { $0.state == .running } ?? chat.clocks?.last
        let due = dueText(clock?.state == .running && clock?.pausedAt == nil ? clock?.dueAt : nil)
        let promise = clock?.state == .missed ? "missed" : due.text
        return PageTable.Row(
            chat.id.description,
            [
                .init("\(number)"), .init(other(in: chat)), .init(chat.topic ?? "–"),
                .init(stateText(chat), chat.isUnattended || chat.isIdle ? .away : nil),
                .init(Span.wait(now - chat.lastMessageAt)),
                .init(promise, due.isLate || clock?.state == .missed ? .trouble : nil),
                .init(unread > 0 ? "\(unread) unread" : "", .mention),
            ],
            role: unread > 0 ? .unread : .text
        )
    }

    func archiveTable(_ participant: String?) -> PageTable {
        var table = PageTable(
            participant.map { "Chats with \($0) that ended" } ?? "Chats that ended",
            detail: "\(places.archive.count)",
            columns: [
                .init("Ended", width: 16), .init("Who", width: 14), .init("Topic", width: 10, from: 48),
                .init("Stars", width: 5), .init("Reason", from: 60),
            ],
            rows: places.archive.map { chat in
                let moment = zone.moment(chat.endedAt ?? chat.lastMessageAt)
                return PageTable.Row(
                    chat.id.description,
                    [
                        .init("\(moment.date) \(moment.clock)"), .init(other(in: chat)), .init(chat.topic ?? "–"),
                        .init(chat.rating.map { String(repeating: "★", count: $0.stars) } ?? "–"),
                        .init(chat.endReason ?? ""),
                    ]
                )
            },
            empty: "nothing is in the archive yet"
        )
        let known = Dictionary(places.archive.map { ($0.id.description, $0) }) { first, _ in first }
        table.about = { [self] id in known[id].map { about($0) } ?? [] }
        return table
    }

    /// The other side of a chat.
    func other(in chat: Chat) -> String {
        chat.participant == me?.id
            ? chat.organizerName ?? "nobody yet" : name(of: chat.participant, called: chat.participantName)
    }

    func stateText(_ chat: Chat) -> String {
        switch chat.state {
        case .open where chat.organizer == nil: "waits"
        case .open where chat.isUnattended: "unattended"
        case .open where chat.isIdle: "idle"
        case .open: "open"
        case .onHold: "on hold"
        case .ended: "ended"
        case .rated: "rated"
        case .unknown: "unknown"
        }
    }

    private func about(_ chat: Chat) -> [String] {
        let start = zone.moment(chat.startedAt)
        var lines = ["with \(other(in: chat)) since \(start.date) \(start.clock), \(stateText(chat))"]
        if let notes = chat.noteCount, notes > 0 { lines.append("\(notes) private note\(notes == 1 ? "" : "s")") }
        if let rating = chat.rating {
            lines.append(
                String(repeating: "★", count: rating.stars)
                    + (rating.comment.map { " “\(MessageText.oneLine($0))”" } ?? "")
            )
        }
        if let reason = chat.endReason { lines.append("it ended: " + MessageText.oneLine(reason)) }
        return lines
    }
}
