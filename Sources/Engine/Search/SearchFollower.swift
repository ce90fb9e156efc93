import ChatAPI
import Glibc
import Storage
import Synchronization

/// Follows the channels' logs into `search.db`, on a thread of its own and in large batches.
///
/// It learns which channels moved from the news of each commit group, and at the start by comparing every channel's head
/// with its own position. The positions are in `search.db`, in the transaction of what they cover: after a crash it reads
/// on from there. A quarter of a second passes between the first news and reading: at 40,000 messages a second a batch of
/// 10,000 costs a fifth less per message than one of 4,000.
final class SearchFollower: @unchecked Sendable {
    private struct State {
        /// Channels that have entries above the position, with their heads.
        var heads: [ChannelID: Int64] = [:]
        var positions: [ChannelID: Int64] = [:]
        var deleted: Set<ChannelID> = []
        var isScheduled = false
        /// Somebody waits: the pause is over.
        var isHurried = false
        /// False until the heads of all channels are known.
        var isScanned = false
        var isClosed = false
        /// When nothing was waiting last.
        var indexedTo: Milliseconds = 0
        var failures = 0
        var waiters = SearchWaiters()
    }

    /// Lock tier 3: held for dictionary operations only.
    private let state = Mutex(State())
    private let worker: Worker
    private let reader: SearchReader
    private let databasePath: String
    private let searchPath: String
    private let epoch: String
    private let clock: any Clock
    private let pauseMilliseconds: Int64

    // On the worker's thread only.
    private var index: SearchIndex?
    private var database: Connection?
    private var mergedAt: Milliseconds = 0

    private static let batch: Int64 = 16_384
    /// Erased words are merged away at most this often: a merge reads and writes the whole index.
    static let mergeEveryMilliseconds: Int64 = 3_600_000

    init(
        databasePath: String,
        searchPath: String,
        epoch: String,
        reader: SearchReader,
        clock: any Clock,
        pause: Duration = .milliseconds(250)
    ) throws(StorageError) {
        self.databasePath = databasePath
        self.searchPath = searchPath
        self.epoch = epoch
        self.reader = reader
        self.clock = clock
        pauseMilliseconds = pause.components.attoseconds / 1_000_000_000_000_000
        worker = try Worker(name: "search")
        // What was stored before the start does not wait.
        hurry()
        schedule()
    }

    // MARK: - News

    /// On the writer thread, once per commit group, before anyone is answered.
    func note(_ news: [News]) {
        var isNew = false
        state.withLock { state in
            for item in news {
                switch item {
                case .entry(.channel(let channel), let seq, _), .maskedEntry(.channel(let channel), let seq, _, _, _):
                    state.heads[channel] = seq
                case .channelDeleted(let channel): state.deleted.insert(channel)
                default: continue
                }
                isNew = true
            }
        }
        if isNew { schedule() }
    }

    /// Entries that the index has not read.
    var lag: Int64 {
        state.withLock { state in
            state.heads.reduce(0) { $0 + max($1.value - (state.positions[$1.key] ?? 0), 0) }
        }
    }

    /// Everything stored up to this time is in the index.
    var indexedTo: Milliseconds {
        let now = clock.now
        return state.withLock { $0.isScanned && $0.heads.isEmpty ? now : $0.indexedTo }
    }

    private func schedule() {
        let mayRun = state.withLock { state in
            guard !state.isScheduled, !state.isClosed else { return false }
            state.isScheduled = true
            return true
        }
        guard mayRun else { return }
        worker.perform { [self] in
            pause()
            state.withLock { $0.isScheduled = false }
            follow()
        }
    }

    /// Sleeps in slices, so that nobody who closes or asks to catch up waits for it.
    private func pause() {
        var left = pauseMilliseconds
        while left > 0, state.withLock({ !$0.isClosed && !$0.isHurried }) {
            usleep(10_000)
            left -= 10
        }
        state.withLock { $0.isHurried = false }
    }

    private func hurry() { state.withLock { $0.isHurried = true } }

    /// Reads on until nothing waits; for tests and for whoever needs what was just written.
    func catchUp() async throws {
        hurry()
        try await worker.run { [self] in
            follow()
            if let failure = failure { throw failure }
        }
    }

    /// Waits, at most for a second, until everything that was stored before this call can be found.
    func reach() async {
        let isBehind = state.withLock { state in
            !state.isClosed && state.isScanned && SearchWaiters.isWorthwhile(state.heads, state.positions)
        }
        guard isBehind else { return }
        hurry()
        await withCheckedContinuation { wake in
            let isServed = state.withLock { state in
                guard !state.isClosed, !state.heads.isEmpty else { return true }
                state.waiters.add(state.heads, now: clock.steady, wake)
                return false
            }
            if isServed { wake.resume() }
            // After a full disk nothing is scheduled: it is tried again now.
            schedule()
        }
    }

    private func release(all: Bool = false) {
        let now = clock.steady
        let wakes = state.withLock { state in
            all
                ? state.waiters.releaseAll()
                : state.waiters.released(heads: state.heads, positions: state.positions, now: now)
        }
        for wake in wakes { wake.resume() }
    }

    /// Merges erased words away now.
    func mergeErased() async throws {
        hurry()
        try await worker.run { [self] in
            follow()
            try index?.mergeErased()
        }
    }

    /// A reader found the index damaged: it is made again.
    func distrust(_ error: StorageError) {
        worker.perform { [self] in recover(from: error) }
    }

    /// Ends after the batch that is under way.
    func close() {
        state.withLock { $0.isClosed = true }
        release(all: true)
        worker.perform { [self] in
            index?.close()
            index = nil
            database?.close()
            database = nil
        }
        worker.close()
        reader.closeAll()
    }

    // MARK: - On the worker's thread

    private var failure: (any Error)?

    private var isClosed: Bool { state.withLock { $0.isClosed } }

    private func follow() {
        guard !isClosed else { return }
        do {
            let index = try opened()
            while !isClosed, try step(index) { release() }
            release()
            failure = nil
            state.withLock { $0.failures = 0 }
            if !isClosed { try mergeIfDue(index) }
            index.checkpointIfLong()
        } catch {
            failure = error
            recover(from: error)
        }
    }

    private func opened() throws -> SearchIndex {
        if let index { return index }
        database = try Connection(path: databasePath, mode: .readOnly, options: .init(cacheKiB: 2 << 10))
        let opened = try SearchIndex(path: searchPath, epoch: epoch)
        index = opened
        let positions = try opened.positions()
        let heads = try SearchSource.heads(database!)
        state.withLock { state in
            state.positions = positions
            for (channel, head) in heads where head > positions[channel] ?? 0 {
                state.heads[channel] = max(state.heads[channel] ?? 0, head)
            }
            for channel in positions.keys where heads[channel] == nil { state.deleted.insert(channel) }
            state.isScanned = true
        }
        reader.open()
        return opened
    }

    /// One batch, of as many channels as it takes to fill it.
    ///
    /// - Returns: whether something is left.
    private func step(_ index: SearchIndex) throws -> Bool {
        let (heads, deleted, known) = state.withLock { ($0.heads, $0.deleted, $0.positions) }
        if let channel = deleted.first {
            if try !index.forget(channel) {
                _ = state.withLock { state in
                    state.heads[channel] = nil
                    state.positions[channel] = nil
                    return state.deleted.remove(channel)
                }
            }
            return true
        }
        guard !heads.isEmpty, let database else {
            let now = clock.now
            state.withLock { if $0.heads.isEmpty { $0.indexedTo = now } }
            return false
        }
        var room = Self.batch
        var changes: [SearchIndex.Change] = []
        var positions: [ChannelID: Int64] = [:]
        for (channel, head) in heads {
            let position = known[channel] ?? 0
            let read = try SearchSource.changes(of: channel, after: position, limit: room, database)
            changes += read.changes
            // Nothing there although the head says so: the channel was deleted meanwhile, and purged.
            positions[channel] = read.last ?? head
            room -= read.count
            if room <= 0 { break }
        }
        try index.apply(changes, positions: positions)
        state.withLock { state in
            for (channel, position) in positions {
                state.positions[channel] = position
                if let head = state.heads[channel], head <= position { state.heads[channel] = nil }
            }
        }
        return true
    }

    private func mergeIfDue(_ index: SearchIndex) throws {
        let now = clock.now
        guard now - mergedAt >= Self.mergeEveryMilliseconds || now < mergedAt, index.isMergeDue else { return }
        try index.mergeErased { state.withLock { !$0.isClosed && $0.heads.isEmpty } }
        if !index.isMergeDue { mergedAt = now }
    }

    /// A damaged index is thrown away; anything else (a full disk) is tried again with the next news.
    private func recover(from error: any Error) {
        release(all: true)
        index?.close()
        index = nil
        database?.close()
        database = nil
        guard case StorageError.corrupt = error else { return }
        reader.closeAll()
        for suffix in ["", "-wal", "-shm"] { unlink(searchPath + suffix) }
        let mayRetry = state.withLock { state in
            state.positions = [:]
            state.isScanned = false
            state.failures += 1
            return state.failures < 3
        }
        if mayRetry { schedule() }
    }
}
