import ChatAPI
import Storage

/// Who has come to the head of a line, or lost it to something more urgent, hears of it: two people for each change, however
/// long the line is. Everybody else's place is news to everybody behind them, and asked for.
///
/// Told together with the counters of the work lists, a second or so after the change, and only to those who are connected:
/// whoever comes back asks.
extension Transaction {
    func tellHead(of queue: QueueID, now: Milliseconds) throws {
        let head = try RequestStore.next(in: queue, self)
        let told = facts.desk.toldFirst[queue] ?? []
        for id in told where id != head?.id {
            guard let request = try RequestStore.request(id, self), request.state == .queued, request.queue == queue
            else { continue }
            try tellPlace(of: request, facts.desk.board.nextPosition(in: queue, request.key), now: now)
        }
        guard let head, facts.desk.attendance.isConnected(head.participant) else {
            return setToldFirst([], in: queue)
        }
        if !told.contains(head.id) { try tellPlace(of: head, 1, now: now) }
        setToldFirst([head.id], in: queue)
    }

    /// Whoever is told the first place with the answer to what they did need not be told again.
    func noteToldFirst(_ request: RequestRow) {
        setToldFirst((facts.desk.toldFirst[request.queue] ?? []).union([request.id]), in: request.queue)
    }

    private func setToldFirst(_ requests: Set<RequestID>, in queue: QueueID) {
        let desk = facts.desk
        let before = desk.toldFirst[queue]
        facts.change {
            desk.toldFirst[queue] = requests.isEmpty ? nil : requests
        } undo: {
            desk.toldFirst[queue] = before
        }
    }

    private func tellPlace(of request: RequestRow, _ position: Int, now: Milliseconds) throws {
        guard facts.desk.attendance.isConnected(request.participant) else { return }
        var entry = Entry(kind: .request, channel: nil, seq: 0, by: request.participant, at: 0)
        entry.request = RequestNews(
            id: request.id,
            queue: request.queue,
            action: "place",
            state: request.state,
            participant: request.participant,
            topic: request.topic,
            priority: request.priority,
            createdAt: request.createdAt
        )
        entry.request?.position = position
        _ = try appendToMe(entry, of: request.participant, now: now)
    }
}
