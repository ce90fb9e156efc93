package import ChatAPI
import Storage
import Synchronization

/// The lines as readers see them: who waits where, how long the lines are, how fast they move.
///
/// The writer applies its news after a commit is durable and before anyone is answered or told. It is made anew from the
/// database at a start; nothing is decided by it but what is shown.
package final class QueueBoard: Sendable {
    private struct Line {
        var queue: QueueFacts?
        var waiting = QueueLine()
        /// When those were made who wait: the oldest is shown.
        var created: [QueueLine.Key: Milliseconds] = [:]
        /// The newest takes, ascending.
        var takes: [Milliseconds] = []
    }

    /// Lock tier 2. Held for a lookup or for one commit's changes; nothing is called while it is held.
    private let lines = Mutex<[QueueID: Line]>([:])
    /// Lock tier 2. Accounts that work the desk: only their coming and going is looked after.
    private let organizers = Mutex<Set<AccountID>>([])

    /// Takes that the estimate is made from.
    private static let takesKept = 20

    init() {}

    /// Everything that waits, read once at a start.
    func load(_ tx: borrowing some Reading & ~Copyable) throws {
        var loaded: [QueueID: Line] = [:]
        for queue in try QueueStore.all(tx) {
            var line = Line(queue: queue)
            line.takes = try RequestStore.takes(of: queue.id, limit: Self.takesKept, tx).reversed()
            loaded[queue.id] = line
        }
        var keys: [QueueID: [QueueLine.Key]] = [:]
        try RequestStore.eachWaiting(tx) { _, queue, key, createdAt in
            keys[queue, default: []].append(key)
            loaded[queue]?.created[key] = createdAt
        }
        for (queue, keys) in keys { loaded[queue]?.waiting = QueueLine(sorted: keys) }
        lines.withLock { $0 = loaded }
        let known = Set(try OrganizerStore.all(tx).map(\.account)).union(try OrganizerStore.busy(tx))
        organizers.withLock { $0 = known }
    }

    func isOrganizer(_ account: AccountID) -> Bool { organizers.withLock { $0.contains(account) } }

    /// Runs on the writer thread, once per commit group, in commit order.
    func apply(_ news: [News]) {
        lines.withLock { lines in
            for case .desk(let change) in news { Self.apply(change, &lines) }
        }
        for case .desk(.organizer(let account)) in news { organizers.withLock { _ = $0.insert(account) } }
    }

    private static func apply(_ change: DeskChange, _ lines: inout [QueueID: Line]) {
        switch change {
        case .organizer: break
        case .gone(let queue): lines[queue] = nil
        case .queue(let queue):
            lines[queue.id, default: Line()].queue = queue
        case .waits(let queue, let key, let createdAt):
            lines[queue, default: Line()].waiting.insert(key)
            lines[queue]?.created[key] = createdAt
        case .left(let queue, let key, let taken):
            lines[queue]?.waiting.remove(key)
            lines[queue]?.created[key] = nil
            if let taken { note(taken, in: queue, &lines) }
        case .taken(let queue, let taken):
            note(taken, in: queue, &lines)
        case .reordered(let queue, let keys):
            lines[queue]?.waiting = QueueLine(sorted: keys.map(\.key))
            lines[queue]?.created = Dictionary(keys.map { ($0.key, $0.createdAt) }, uniquingKeysWith: { $1 })
        }
    }

    private static func note(_ taken: Milliseconds, in queue: QueueID, _ lines: inout [QueueID: Line]) {
        lines[queue]?.takes.append(taken)
        if let count = lines[queue]?.takes.count, count > takesKept { lines[queue]?.takes.removeFirst() }
    }

    // MARK: - Asking

    package func queue(_ id: QueueID) -> QueueFacts? { lines.withLock { $0[id]?.queue } }

    /// All queues, for the lists of those who may see them.
    func queues() -> [QueueFacts] { lines.withLock { $0.values.compactMap(\.queue) } }

    func counts(of queue: QueueID) -> (waiting: Int, oldestAt: Milliseconds?) {
        lines.withLock { lines in
            guard let line = lines[queue] else { return (0, nil) }
            // Nearly always the first in line; priorities may hide somebody older behind it, which is not worth a scan.
            return (line.waiting.count, line.waiting.first.flatMap { line.created[$0] })
        }
    }

    /// 1 is next; nil if it does not wait, as far as the newest commit says.
    func position(of key: QueueLine.Key, in queue: QueueID) -> Int? {
        lines.withLock { $0[queue]?.waiting.position(of: key) }
    }

    /// Where one would stand who comes now.
    func nextPosition(in queue: QueueID, _ key: QueueLine.Key) -> Int {
        lines.withLock { ($0[queue]?.waiting.countBelow(key) ?? 0) + 1 }
    }

    /// An estimate from how fast the line moved: the mean pause between the newest takes, once per place before.
    /// Nil if too few were taken to say anything.
    func estimate(position: Int, in queue: QueueID, now: Milliseconds) -> Int64? {
        lines.withLock { lines in
            guard let takes = lines[queue]?.takes else { return nil }
            return WaitEstimate.milliseconds(position: position, takes: takes, now: now)
        }
    }
}

/// What the board learns of a commit.
package enum DeskChange: Sendable {
    /// Somebody works the desk, or did.
    case organizer(AccountID)
    case queue(QueueFacts)
    case gone(QueueID)
    case waits(QueueID, QueueLine.Key, createdAt: Milliseconds)
    case left(QueueID, QueueLine.Key, taken: Milliseconds?)
    /// Taken after a claim: it had left the line before.
    case taken(QueueID, Milliseconds)
    /// The ageing of a queue changed: everybody's place is new.
    case reordered(QueueID, [(key: QueueLine.Key, createdAt: Milliseconds)])
}

/// How long it will take, about. Pure.
enum WaitEstimate {
    static let leastTakes = 3
    /// What is not known to the second is not said to the second.
    static let step: Int64 = 10_000

    /// - Parameter takes: when the newest ones were taken, ascending.
    static func milliseconds(position: Int, takes: [Milliseconds], now: Milliseconds) -> Int64? {
        guard takes.count >= leastTakes, let first = takes.first, let last = takes.last else { return nil }
        // A line that stands still since the last take has become slower: the time since then counts as a pause too.
        let span = max(last - first, 0) + max(now - last, 0)
        let wait = span / Int64(takes.count) * Int64(position)
        return max((wait + step - 1) / step * step, step)
    }
}
