package import ChatAPI
import Synchronization

/// Who listens to which log, in shards: one per loop, confined to it. No list of sessions is shared between threads.
///
/// The writer hands over the news of a commit group once. It is grouped by log here, sealed into one immutable frame
/// per log, and posted to each loop as one batch: one wake per loop and commit, whatever the number of listeners.
package final class Hub: Sendable {
    private let sealing: Sealing
    /// Lock tier 1. Set once when the loops start; the writer copies it.
    private let shards: Mutex<[Shard]> = Mutex([])

    /// A loop's side of the hub, whatever listens there.
    package struct Shard: Sendable {
        /// Runs a closure on the loop, after everything posted before.
        fileprivate let post: @Sendable (@escaping @Sendable () -> Void) -> Void
        fileprivate let deliver: @Sendable ([Delivery]) -> Void
        fileprivate let deliverEphemeral: @Sendable ([SealedEphemeral]) -> Void

        package init<Listener>(
            subscriptions: HubShard<Listener>,
            post: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void
        ) {
            self.post = post
            deliver = { subscriptions.deliver($0) }
            deliverEphemeral = { subscriptions.deliver($0) }
        }
    }

    package init(sealing: Sealing) {
        self.sealing = sealing
    }

    package func add(_ shard: Shard) {
        shards.withLock { $0.append(shard) }
    }

    package func seal(_ payloads: [[UInt8]]) -> Frame { sealing.seal(payloads) }

    /// Runs on the writer thread, once per commit group, in commit order.
    package func publish(_ news: [News]) {
        let shards = shards.withLock { $0 }
        guard !shards.isEmpty else { return }
        let batch = Self.batch(news, sealing)
        for shard in shards {
            let deliver = shard.deliver
            shard.post { deliver(batch) }
        }
    }

    /// Sends what changed about presence and typing to those who look. Called about once a second, on any thread.
    package func publish(_ board: PresenceBoard, now: Int64) {
        let changes = board.takeChanges(now: now)
        let all = changes.channels + changes.people.map { Ephemeral(channel: nil, presence: [$0]) }
        if all.isEmpty { return }
        let sealed = all.map { SealedEphemeral($0, sealing) }
        for shard in shards.withLock({ $0 }) {
            let deliver = shard.deliverEphemeral
            shard.post { deliver(sealed) }
        }
    }

    /// What `SketchFan` has for those who look at sketches.
    func deliver(_ batch: [Delivery], _ news: [Ephemeral]) {
        let sealed = news.map { SealedEphemeral($0, sealing) }
        for shard in shards.withLock({ $0 }) {
            let (deliver, deliverEphemeral) = (shard.deliver, shard.deliverEphemeral)
            shard.post {
                if !batch.isEmpty { deliver(batch) }
                if !sealed.isEmpty { deliverEphemeral(sealed) }
            }
        }
    }

    /// Runs of entries of one log become one frame. A subscription change ends the runs before it: what came first in
    /// the commit order is delivered first.
    static func batch(_ news: [News], _ sealing: Sealing) -> [Delivery] {
        var deliveries: [Delivery] = []
        var runs: [LogID: Int] = [:]
        var open: [Run] = []
        func flush() {
            for run in open {
                deliveries.append(
                    .entries(run.log, first: run.first, last: run.last, frame: sealing.seal(run.payloads))
                )
            }
            open.removeAll(keepingCapacity: true)
            runs.removeAll(keepingCapacity: true)
        }
        for item in news {
            if case .operation = item { continue }
            if case .maskedEntry(let log, let seq, let payload, let mask, let accounts) = item {
                flush()
                let frames = (sealing.seal([payload]), sealing.seal([mask]))
                deliveries.append(.maskedEntry(log, seq, frames.0, mask: frames.1, for: accounts))
                continue
            }
            guard case .entry(let log, let seq, let payload) = item else {
                flush()
                deliveries.append(.change(item))
                continue
            }
            if let index = runs[log] {
                open[index].last = seq
                open[index].payloads.append(payload)
            } else {
                runs[log] = open.count
                open.append(Run(log: log, first: seq, last: seq, payloads: [payload]))
            }
        }
        flush()
        return deliveries
    }

    private struct Run {
        let log: LogID
        let first: Int64
        var last: Int64
        var payloads: [[UInt8]]
    }
}

/// What a loop gets of a commit group, in order.
package enum Delivery: Sendable {
    /// Entries `first` through `last` of a log, without a gap, as one frame.
    case entries(LogID, first: Int64, last: Int64, frame: Frame)
    /// One entry, and the frame that those accounts get instead.
    case maskedEntry(LogID, Int64, Frame, mask: Frame, for: Set<AccountID>)
    /// Anything else that happened between them.
    case change(News)
}
