package import ChatAPI
import Storage

/// How a queue is doing: counts from its indexes, over the last 24 hours where it is about a time.
extension Queues {
    package func stats(_ ref: QueueRef, _ call: Call) async throws -> QueueStats {
        let desk = desk
        let since = call.now - 24 * 3_600_000
        return try await desk.database.read { tx in
            guard let queue = try QueueStore.queue(ref.queue, tx), desk.isStaff(call.caller, of: queue) else {
                throw DeskRefusal.noQueue(ref.queue)
            }
            var stats = QueueStats(queue: queue.id)
            let counts = desk.board.counts(of: queue.id)
            stats.waiting = counts.waiting
            stats.oldestAt = counts.oldestAt
            stats.unattended = try ChatStore.countUnattended(in: queue.id, tx)
            stats.organizersPresent = try Self.organizers(of: queue, desk, tx).filter(\.isPresent).count
            try QueueCounts.fill(&stats, since: since, tx)
            return stats
        }
    }

    package func organizers(_ ref: QueueRef, _ call: Call) async throws -> Page<Organizer> {
        let desk = desk
        return try await desk.database.read { tx in
            guard let queue = try QueueStore.queue(ref.queue, tx), desk.isStaff(call.caller, of: queue) else {
                throw DeskRefusal.noQueue(ref.queue)
            }
            return Page(try Self.organizers(of: queue, desk, tx))
        }
    }

    /// Those who have worked the desk and may handle this queue's requests.
    static func organizers(
        of queue: QueueFacts,
        _ desk: Desk,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [Organizer] {
        let place = desk.place(of: queue)
        return try OrganizerStore.all(tx).compactMap { row in
            guard let account = try AccountStore.find(row.account, tx), account.isActive else { return nil }
            let standing = try account.standing(desk.settings, tx)
            guard standing.reach.capabilities(in: place).contains(.handleRequests) else { return nil }
            return Organizer(
                account: row.account,
                name: account.name,
                isPresent: desk.attendance.isPresent(row.account),
                isAway: row.isAway,
                accepts: row.accepts,
                openChats: try ChatStore.countRunning(of: row.account, tx),
                capacity: min(row.capacity, queue.policy.maxPerOrganizer),
                skills: row.skills
            )
        }
    }
}

/// The counting statements of `queues.stats`.
enum QueueCounts {
    private static let countAsked: SQL =
        "SELECT COUNT(*) FROM chat_request WHERE queue = :queue AND created_at >= :since"
    private static let countBusy: SQL = """
        SELECT COUNT(*) FROM chat_request
        WHERE queue = :queue AND state IN ('claimed', 'in_chat') AND state = :state
        """
    private static let countEnded: SQL = """
        SELECT COUNT(*) FROM chat_request
        WHERE queue = :queue AND state = :state AND ended_at IS NOT NULL AND ended_at >= :since
        """
    private static let selectWaits: SQL = """
        SELECT taken_at - created_at FROM chat_request
        WHERE queue = :queue AND taken_at IS NOT NULL AND taken_at >= :since ORDER BY taken_at DESC LIMIT 1000
        """
    private static let countTaken: SQL = """
        SELECT COUNT(*) FROM chat_request WHERE queue = :queue AND taken_at IS NOT NULL AND taken_at >= :since
        """
    private static let selectRatings: SQL = """
        SELECT COUNT(*), AVG(stars) FROM chat WHERE queue = :queue AND rated_at IS NOT NULL AND rated_at >= :since
        """

    static func fill(
        _ stats: inout QueueStats,
        since: Milliseconds,
        _ tx: borrowing some Reading & ~Copyable
    ) throws {
        let queue = stats.queue
        func count(_ sql: SQL, _ state: RequestState? = nil, since: Milliseconds? = nil) throws -> Int {
            try tx.first(sql) {
                $0.bind("queue", queue)
                if let state { $0.bind("state", state.rawValue) }
                if let since { $0.bind("since", since) }
            } row: {
                $0.int(0)
            } ?? 0
        }
        stats.claimed = try count(countBusy, .claimed)
        stats.inChat = try count(countBusy, .inChat)
        stats.asked = try count(countAsked, since: since)
        stats.taken = try count(countTaken, since: since)
        stats.cancelled = try count(countEnded, .cancelled, since: since)
        stats.expired = try count(countEnded, .expired, since: since)
        stats.rejected = try count(countEnded, .rejected, since: since)
        stats.breaches = try ClockStore.countMissed(of: queue, since: since, tx)
        let waits: [Int64] = try tx.all(selectWaits) {
            $0.bind("queue", queue)
            $0.bind("since", since)
        } row: {
            $0.int64(0)
        }
        stats.medianWaitMs = waits.percentile(50)
        stats.p90WaitMs = waits.percentile(90)
        let ratings = try tx.first(selectRatings) {
            $0.bind("queue", queue)
            $0.bind("since", since)
        } row: { row in
            (count: row.int(0), average: row.optionalDouble(1))
        }
        stats.ratings = ratings?.count ?? 0
        stats.averageStars = ratings?.average.map { ($0 * 100).rounded() / 100 }
    }
}

extension [Int64] {
    /// The value that so many of a hundred stay at or below; nil of nothing.
    func percentile(_ percent: Int) -> Int64? {
        guard !isEmpty else { return nil }
        return sorted()[Swift.min(count - 1, count * percent / 100)]
    }
}
