import ChatAPI
import Storage

/// Counters of work lists: in `@me` of the organizers who are there, once a second at most.
extension Transaction {
    /// Tells some of what changed. True if there is more.
    func tellCounters(now: Milliseconds) throws -> Bool {
        let (changed, hasMore) = takeChangedQueues(limit: 50)
        let present = try OrganizerStore.all(self).filter {
            facts.desk.attendance.isConnected($0.account)
        }
        guard !present.isEmpty else { return hasMore }
        for id in changed {
            guard let queue = try QueueStore.queue(id, self) else { continue }
            let counters = try counters(of: queue)
            let place = place(of: queue)
            for organizer in present {
                guard let standing = try facts.standing(of: organizer.account, in: self),
                    standing.reach.capabilities(in: place).contains(.handleRequests)
                else { continue }
                var entry = Entry(kind: .counters, channel: nil, seq: 0, by: organizer.account, at: 0)
                entry.counters = counters
                _ = try appendToMe(entry, of: organizer.account, now: now)
            }
        }
        return hasMore
    }

    private func counters(of queue: QueueFacts) throws -> QueueCounters {
        let counts = facts.desk.board.counts(of: queue.id)
        return QueueCounters(
            queue: queue.id,
            name: queue.name,
            waiting: counts.waiting,
            unattended: try ChatStore.countUnattended(in: queue.id, self),
            oldestAt: counts.oldestAt
        )
    }
}
