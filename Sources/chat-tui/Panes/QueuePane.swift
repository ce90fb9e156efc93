import ChatAPI
import TerminalUI

/// The table of a queue: who waits for how long, what was promised, who holds it.
extension Model {
    func queueTable(_ id: QueueID) -> PageTable {
        guard let board = help.boards[id] else {
            return PageTable("Queue", columns: [], rows: [], empty: "this queue is not known here")
        }
        let queue = board.queue
        let waiting = board.requests.count { $0.state == .queued }
        let present = board.organizers.count { $0.isPresent && !$0.isAway }
        let state = queue.isOpen ? "" : " · closed"
        var table = PageTable(
            "Queue " + title(of: queue) + state,
            detail: "\(waiting) waiting · \(present) there",
            columns: [
                .init("#", width: 3, isNumber: true), .init("Wait", width: 6, isNumber: true),
                .init("Due", width: 7, isNumber: true, from: 48),
                .init("P", name: "priority", width: 2, isNumber: true, from: 72), .init("Topic", width: 8),
                .init("Who", width: 12), .init("What", from: 50),
            ],
            rows: board.requests.enumerated().map { index, request in row(index + 1, request) },
            empty: "Nobody waits. New requests appear here by themselves; /accept on takes the next one for you."
        )
        let requests = Dictionary(board.requests.map { ($0.id.description, $0) }) { first, _ in first }
        table.about = { [self] id in requests[id].map { about($0) } ?? [] }
        return table
    }

    private func row(_ number: Int, _ request: ChatRequest) -> PageTable.Row {
        let due = dueText(request.firstAnswerDueAt)
        let holder = holderText(request)
        let isMine = request.claim?.by == me?.id
        return PageTable.Row(
            request.id.description,
            [
                .init("\(number)"), .init(Span.wait(now - request.createdAt), due.isLate ? .trouble : nil),
                .init(due.short, due.isLate ? .trouble : due.isSoon ? .away : nil), .init("\(request.priority)"),
                .init(request.topic ?? "–"), .init(name(of: request.participant, called: request.participantName)),
                holder.isEmpty ? .init(request.texts.first ?? "") : .init(holder, isMine ? .ownReaction : nil),
            ],
            role: holder.isEmpty || isMine ? .text : .faint
        )
    }

    /// A promise as a sentence, `in 3 min` or `2 min late`, and as a number that is negative once it is late.
    func dueText(_ due: Milliseconds?) -> (text: String, short: String, isLate: Bool, isSoon: Bool) {
        guard let due else { return ("–", "–", false, false) }
        let left = due - now
        if left < 0 { return (Span.wait(-left) + " late", "-" + Span.wait(-left), true, false) }
        return ("in " + Span.wait(left), Span.wait(left), false, left < 60_000)
    }

    /// Who has a request: `offered to you`, `bob till 09:05`.
    func holderText(_ request: ChatRequest) -> String {
        guard let claim = request.claim, request.state == .claimed else { return "" }
        let isMine = claim.by == me?.id
        if claim.isOffer { return isMine ? "offered to you" : "offered: \(claim.name)" }
        return (isMine ? "you" : claim.name) + " till " + zone.moment(claim.until).clock
    }

    private func about(_ request: ChatRequest) -> [String] {
        let who = name(of: request.participant, called: request.participantName)
        let head =
            "\(who) asked at \(zone.moment(request.createdAt).clock)" + (request.topic.map { " about \($0)" } ?? "")
            + (request.location.map { ", at \($0.text)" } ?? "")
        let texts = request.texts.map { "“" + MessageText.oneLine($0) + "”" }
        // In a small window one line is all there is, and it should say what it is about.
        return size.height < 16 ? texts + [head] : [head] + texts
    }
}

extension Span {
    /// How long something waits, in at most six cells: `42 s`, `7 min`, `3 h 5`, `2 d`.
    static func wait(_ milliseconds: Int64) -> String {
        let seconds = max(0, milliseconds) / 1_000
        if seconds < 60 { return "\(seconds) s" }
        let minutes = seconds / 60
        if minutes < 100 { return "\(minutes) min" }
        let hours = minutes / 60
        if hours < 24 { return minutes % 60 == 0 ? "\(hours) h" : "\(hours) h \(minutes % 60)" }
        return "\(hours / 24) d"
    }
}
