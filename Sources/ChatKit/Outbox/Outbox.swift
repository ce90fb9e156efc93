package import ChatAPI
package import Storage
import Synchronization

/// The outbox on disk: what was typed survives the program, and reaches the daemon exactly once.
///
/// It lives beside the profile's state, not in the cache, which anybody may delete. Whether something is on its way is only
/// in memory: after a crash it is pending again, and its cid or key makes the repeat harmless.
package final class Outbox: Sendable {
    private struct State {
        let connection: Connection
        var queue: OutboxQueue
        var random: Randomness

        /// Writes what changed. A disk that fails here costs a repeat under the same cid or key, which the daemon
        /// recognises.
        func settle(_ changed: [OutboxItem]) -> [OutboxItem] {
            for item in changed { try? OutboxStore.update(item, connection) }
            return changed
        }
    }

    /// Tier: leaf. Held for one small transaction; without waiting for the disk, because durability is `normal`: what must
    /// survive a power loss is what the daemon acknowledged.
    private let state: Mutex<State>
    private let time: TimeSource

    /// Opens the file, or makes it.
    package init(path: String, time: TimeSource = .system, random: Randomness = .system) throws(StorageError) {
        self.time = time
        let connection = try Connection(path: path, options: .init(durability: .normal, cacheKiB: 256))
        try connection.claim(applicationID: OutboxStore.applicationID)
        try connection.migrate(OutboxStore.migrations)
        // The log does not move by itself; at the start it is short.
        _ = try? connection.checkpoint(truncating: true)
        let items = try OutboxStore.load(connection)
        state = Mutex(State(connection: connection, queue: OutboxQueue(items), random: random))
    }

    /// Everything that waits or failed, in order.
    package var items: [OutboxItem] { state.withLock { $0.queue.items } }

    /// Queues a change. Returns what changed: the new item last, older values that it replaces before it.
    package func add(_ call: OutboxCall) throws(APIError) -> [OutboxItem] {
        try OutboxRules.check(call)
        let now = time.wall()
        return try state.withLock { (state) throws(APIError) in
            let open = state.queue.items.count
            guard open < OutboxRules.itemLimit else {
                throw APIError(
                    .overloaded,
                    "\(open) changes wait to be sent already; the limit is \(OutboxRules.itemLimit)"
                )
            }
            let key: String =
                if case .message(let message) = call {
                    message.cid.description
                } else {
                    ClientID.make(at: now, using: &state.random).description
                }
            do {
                let id = try OutboxStore.insert(call, key: key, at: now, state.connection)
                return state.settle(state.queue.add(OutboxItem(id: id, call: call, key: key, queuedAt: now)))
            } catch {
                throw APIError(.storageFull, "what you typed could not be kept on disk: \(error)")
            }
        }
    }

    /// Takes what can be sent now.
    package func ready() -> [OutboxItem] {
        let now = time.wall()
        return state.withLock { $0.queue.ready(at: now) }
    }

    package func sent(_ id: Int64, seq: Int64?) -> [OutboxItem] {
        change { queue, _, _ in queue.sent(id, seq: seq) }
    }

    package func acknowledge(_ cid: ClientID, seq: Int64) -> [OutboxItem] {
        change { queue, _, _ in queue.acknowledge(cid, seq: seq) }
    }

    package func refused(_ id: Int64, _ error: APIError) -> [OutboxItem] {
        change { queue, now, random in queue.refused(id, error, at: now, using: &random) }
    }

    package func expire() -> [OutboxItem] { change { queue, now, _ in queue.expire(at: now) } }
    package func interrupted() -> [OutboxItem] { change { queue, _, _ in queue.interrupted() } }
    package func retry(_ id: Int64) -> [OutboxItem] { change { queue, now, _ in queue.retry(id, at: now) } }
    package func discard(_ id: Int64) -> [OutboxItem] { change { queue, _, _ in queue.discard(id) } }

    /// In how many milliseconds something may be sent that has to wait now.
    package var nextDueMilliseconds: Int64? {
        let now = time.wall()
        return state.withLock { $0.queue.nextDue(at: now) }.map { max($0 - now, 0) }
    }

    package func close() {
        state.withLock { state in
            _ = try? state.connection.checkpoint(truncating: true)
            state.connection.close()
        }
    }

    private func change(_ body: (inout OutboxQueue, Milliseconds, inout Randomness) -> [OutboxItem]) -> [OutboxItem] {
        let now = time.wall()
        return state.withLock { state in
            state.settle(body(&state.queue, now, &state.random))
        }
    }
}
