import ChatAPI
import Storage

/// Counters of work lists: in `@me` of the organizers who are there, once a second at most.
extension Transaction {
    /// Queues of one write: so few that who takes a request meanwhile does not wait long for the writer.
    private static let queuesPerWrite = 20

    /// Tells some of what changed. True if there is more.
    func tellCounters(now: Milliseconds) throws -> Bool {
        let (changed, hasMore) = takeChangedQueues(limit: Self.queuesPerWrite)
        let hands = try presentHands()
        guard !hands.isEmpty else { return hasMore }
        for id in changed {
            guard let queue = try QueueStore.queue(id, self) else { continue }
            let counters = try counters(of: queue)
            for account in hands.working(in: place(of: queue)) {
                var entry = Entry(kind: .counters, channel: nil, seq: 0, by: account, at: 0)
                entry.counters = counters
                _ = try appendToMe(entry, of: account, now: now)
            }
        }
        return hasMore
    }

    private func presentHands() throws -> Hands {
        var hands = Hands()
        for organizer in try OrganizerStore.all(self) where facts.desk.attendance.isConnected(organizer.account) {
            if let standing = try facts.standing(of: organizer.account, in: self) {
                hands.add(organizer.account, standing.reach)
            }
        }
        return hands
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

/// Who may work where: asked of many queues, so that not everybody is looked at for each.
private struct Hands {
    private var byScope: [Scope: [AccountID]] = [:]

    var isEmpty: Bool { byScope.isEmpty }

    mutating func add(_ account: AccountID, _ reach: Reach) {
        if reach.platform.contains(.handleRequests) {
            byScope[.platform, default: []].append(account)
        } else {
            for scope in Set(reach.scopes(with: .handleRequests)) { byScope[scope, default: []].append(account) }
        }
    }

    /// Each once, in the order of their ids.
    func working(in place: Place) -> [AccountID] {
        var accounts = Set(byScope[.platform] ?? [])
        if place.isOpen {
            for scope in [place.agency.map(Scope.agency), place.event.map(Scope.event), place.inner] {
                if let scope { accounts.formUnion(byScope[scope] ?? []) }
            }
        }
        return accounts.sorted()
    }
}
