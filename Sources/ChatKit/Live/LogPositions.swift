import ChatAPI

/// Where a client stands in every log it follows, and whether the next entry continues from there.
package struct LogPositions: Sendable, Equatable {
    package private(set) var seq: [String: Int64]
    /// Logs that wait for what a `sync` brings; until then entries that do not follow are dropped without asking again.
    private var syncing: Set<String> = []
    /// Syncs of a log since it last moved.
    private var fruitless: [String: Int] = [:]

    /// A daemon that does not deliver after so many syncs is asked through a new connection.
    private static let syncLimit = 3

    package init(_ seq: [String: Int64] = [:]) { self.seq = seq }

    enum Verdict: Equatable {
        /// It continues: deliver it.
        case next
        case duplicate
        /// Something is missing before it: ask for `sync` from the position.
        case missing(after: Int64)
        /// Something is missing and has been asked for.
        case awaited
        /// Asking did not help.
        case hopeless
    }

    mutating func take(_ log: String, _ number: Int64) -> Verdict {
        guard let last = seq[log] else {
            // A log that was joined just now begins wherever the daemon begins it.
            seq[log] = number
            return .next
        }
        if number <= last { return .duplicate }
        if number == last + 1 {
            seq[log] = number
            fruitless[log] = nil
            return .next
        }
        if syncing.contains(log) { return .awaited }
        let count = fruitless[log, default: 0] + 1
        guard count <= Self.syncLimit else { return .hopeless }
        fruitless[log] = count
        syncing.insert(log)
        return .missing(after: last)
    }

    /// The daemon skips entries. The gap as it is for this client, or nil if it has them all.
    mutating func skip(_ gap: Gap) -> Gap? {
        let last = seq[gap.log]
        if let last, gap.head <= last { return nil }
        seq[gap.log] = gap.head
        fruitless[gap.log] = nil
        return Gap(log: gap.log, from: last.map { $0 + 1 } ?? gap.from, head: gap.head)
    }

    /// Takes where the daemon says a log stands, and says what is missing because of it.
    mutating func settle(_ state: LogState) -> Gap? {
        syncing.remove(state.log)
        switch state.state {
        case .denied:
            forget(state.log)
            return nil
        // A state of a newer daemon: what lies between is paged through, whatever it means.
        case .gap, .unknown:
            return skip(Gap(log: state.log, from: (seq[state.log] ?? 0) + 1, head: state.head))
        case .ok:
            guard let last = seq[state.log] else {
                seq[state.log] = state.head
                return nil
            }
            guard last > state.head else { return nil }
            // Ahead of the daemon, which it never says with the same epoch unless it lost entries: begin again.
            seq[state.log] = state.head
            // Of an empty log there is nothing to page; of an empty sketch there is a picture to fetch.
            return state.head > 0 || LogName.isSketch(state.log)
                ? Gap(log: state.log, from: 1, head: state.head) : nil
        }
    }

    mutating func follow(_ log: String, after position: Int64) {
        seq[log] = position
        syncing.remove(log)
        fruitless[log] = nil
    }

    mutating func forget(_ log: String) {
        seq[log] = nil
        syncing.remove(log)
        fruitless[log] = nil
    }

    /// Another database: no position means anything.
    mutating func removeAll() { self = LogPositions() }

    /// What was asked over a connection that is gone will not be answered.
    mutating func disconnected() {
        syncing = []
        fruitless = [:]
    }

    mutating func markSyncing(_ log: String) { syncing.insert(log) }
}
