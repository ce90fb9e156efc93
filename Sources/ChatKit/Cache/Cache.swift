package import ChatAPI
package import Storage
import Synchronization

/// What a client saw last, on disk, so that it opens at once: channels, entries, people, registers, positions.
///
/// It can be deleted at any time; what has not reached the daemon is in the `Outbox`. Reading is synchronous and takes
/// milliseconds; writing happens on a thread of the cache's own, in order, one transaction per batch, so that a position is
/// never newer than the entries before it.
package final class Cache: Sendable {
    /// Entries kept of a channel: ten screens of scrolling without asking.
    package static let entriesPerChannel = 1_000
    /// People loaded for the first screen; others are asked for by id.
    package static let openingAccounts = 2_000

    /// Tier: leaf. Held for one query or one transaction of a batch.
    private let store: Mutex<CacheStore>
    private let worker: Worker

    /// Opens the cache, or makes it. One that is damaged or of another version is thrown away and made anew.
    package init(path: String) throws(StorageError) {
        worker = try Worker(name: "cache")
        store = Mutex(try Self.open(path))
    }

    private static func open(_ path: String) throws(StorageError) -> sending CacheStore {
        do {
            return try CacheStore(path: path)
        } catch {
            switch error {
            case .corrupt, .newerSchema, .differentHistory, .foreignFile, .migration, .statement:
                for suffix in ["", "-wal", "-shm"] { try? Files.remove(path + suffix) }
                return try CacheStore(path: path)
            default: throw error
            }
        }
    }

    // MARK: - Reading

    /// Everything for the first screen but the entries.
    package func opening() -> CachedOpening {
        store.withLock { (try? $0.opening()) ?? CachedOpening() }
    }

    /// The newest entries of a channel as a timeline, messages in their current form, with the gaps there are.
    package func timeline(of channel: ChannelID, newest count: Int = 200, limit: Int = 4_096) -> Timeline {
        var timeline = Timeline(limit: limit)
        let run = store.withLock { try? $0.entries(of: channel, before: .max, count: count) }
        timeline.apply(run?.entries ?? [])
        if let start = run?.start { timeline.begin(at: start) }
        if let head = run?.head { timeline.extend(to: head) }
        return timeline
    }

    /// Cached entries before a number, ascending: what scrolling up shows before the daemon answers.
    package func entries(of channel: ChannelID, before seq: Int64, count: Int = 100) -> [Entry] {
        store.withLock { (try? $0.entries(of: channel, before: seq, count: count))?.entries ?? [] }
    }

    /// Where to go on.
    package func resume() -> Resume {
        let opening = opening()
        return Resume(epoch: opening.epoch, seq: opening.positions)
    }

    // MARK: - Writing

    /// Takes a batch of the live connection as it came.
    package func take(_ events: [LiveEvent]) { write { try $0.take(events) } }

    /// Takes a page of a channel's history.
    package func take(_ page: EntryPage, of channel: ChannelID) { write { try $0.take(page, of: channel) } }

    /// Takes the answer of `.me`: channels that are not in it are gone.
    package func take(_ me: Me) { write { try $0.take(me) } }

    package func take(_ accounts: [Account]) { write { try $0.take(accounts) } }
    package func take(_ unread: [Unread]) { write { try $0.take(unread) } }
    package func take(_ registers: [Register]) { write { try $0.take(registers) } }

    /// A channel that was joined, changed or left.
    package func take(_ channel: Channel) { write { try $0.take(channel, unread: nil) } }
    package func remove(_ channel: ChannelID) { write { try $0.remove(channel) } }

    /// Forgets everything, as after signing out.
    package func removeAll() { write { try $0.removeAll() } }

    /// Returns when everything given so far is stored.
    package func flush() async { try? await worker.run {} }

    /// Finishes what was given and closes the file. Blocks for that.
    package func close() {
        worker.perform { [self] in store.withLock { $0.close() } }
        worker.close()
    }

    private func write(_ body: @escaping @Sendable (inout CacheStore) throws -> Void) {
        worker.perform { [self] in
            // A cache that cannot be written is a slow start next time, nothing worse.
            store.withLock { store in try? store.transaction(body) }
        }
    }
}

/// What a client shows before it is connected.
package struct CachedOpening: Sendable, Equatable {
    package var account: Account?
    package var epoch: String?
    package var channels: [JoinedChannel] = []
    package var accounts: [Account] = []
    package var registers: [Register] = []
    /// The last `seq` of each log that was stored.
    package var positions: [String: Int64] = [:]

    package init() {}
}
