import ChatAPI
import Storage

/// Counters of work lists: in `@me` of the organizers who are there, once a second at most; and whose turn is next.
extension Transaction {
    /// Tells some of what changed. When there is more to tell; nil if there is not.
    func tellCounters(now: Milliseconds) throws -> Milliseconds? {
        let (changed, again) = takeChangedQueues(now: now)
        for id in changed { try tellHead(of: id, now: now) }
        let hands = try presentHands(now: now)
        guard !hands.isEmpty else { return again }
        for id in changed {
            guard let queue = try findQueue(id) else { continue }
            let (counters, place) = (try counters(of: queue), place(of: queue))
            for account in hands.working(in: place) {
                // A grant may have ended since it was looked who is there.
                guard let standing = try facts.standing(of: account, in: self),
                    standing.reach.capabilities(in: place).contains(.handleRequests)
                else { continue }
                var entry = Entry(kind: .counters, channel: nil, seq: 0, by: account, at: 0)
                entry.counters = counters
                _ = try appendToMe(entry, of: account, now: now)
            }
        }
        return again
    }

    private func presentHands(now: Milliseconds) throws -> Hands {
        let desk = facts.desk
        let changes = desk.attendance.changes
        if let known = desk.hands, known.isCurrent(changes, now) { return known }
        var hands = Hands(changes: changes, at: now)
        for organizer in try OrganizerStore.all(self) where desk.attendance.isConnected(organizer.account) {
            if let standing = try facts.standing(of: organizer.account, in: self) {
                hands.add(organizer.account, standing.reach)
            }
        }
        desk.hands = hands
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

/// Who is there to work, and where: looked at once for many queues.
struct Hands {
    private var byScope: [Scope: [AccountID]] = [:]
    private let changes: Int
    private let at: Milliseconds

    /// - Parameter changes: `Attendance.changes` before it was looked.
    init(changes: Int, at: Milliseconds) {
        self.changes = changes
        self.at = at
    }

    var isEmpty: Bool { byScope.isEmpty }

    /// Nobody came or went since, and grants are looked at again every second.
    func isCurrent(_ changes: Int, _ now: Milliseconds) -> Bool {
        self.changes == changes && (0..<DeskFacts.countersPauseMilliseconds).contains(now - at)
    }

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
