package import ChatAPI
import Synchronization

/// One loop's subscriptions. Confined to that loop: every method is called on it.
///
/// Generic over its listeners, so that a list of five thousand is as many pointers and a delivery is a direct call.
package final class HubShard<Listener: Subscriber>: @unchecked Sendable {
    private var byLog: [LogID: [Listener]] = [:]
    private var byAccount: [AccountID: [Listener]] = [:]

    private var viewersOfChannel: [ChannelID: [Listener]] = [:]
    private var viewersOfPerson: [AccountID: [Listener]] = [:]
    private var viewersOfSketch: [SketchID: [Listener]] = [:]

    package init() {}

    package var subscriberCount: Int { byAccount.values.reduce(0) { $0 + $1.count } }

    package func subscribers(of account: AccountID) -> [Listener] { byAccount[account] ?? [] }
    package func subscribers(to log: LogID) -> [Listener] { byLog[log] ?? [] }

    /// The subscriber hears of its account from now on, and of nothing else yet.
    package func attach(_ subscriber: Listener, to account: AccountID) {
        byAccount[account, default: []].append(subscriber)
    }

    package func detach(_ subscriber: Listener, from account: AccountID, logs: some Sequence<LogID>) {
        remove(subscriber, from: &byAccount, account)
        for log in logs { unsubscribe(subscriber, from: log) }
    }

    package func subscribe(_ subscriber: Listener, to log: LogID) {
        byLog[log, default: []].append(subscriber)
    }

    package func unsubscribe(_ subscriber: Listener, from log: LogID) {
        remove(subscriber, from: &byLog, log)
    }

    // MARK: - Views

    package func view(_ subscriber: Listener, _ view: View) {
        for channel in view.channels { viewersOfChannel[channel, default: []].append(subscriber) }
        for person in view.people { viewersOfPerson[person, default: []].append(subscriber) }
        if let sketch = view.sketch { viewersOfSketch[sketch, default: []].append(subscriber) }
    }

    func unview(_ subscriber: Listener, _ view: View) {
        for channel in view.channels { remove(subscriber, from: &viewersOfChannel, channel) }
        for person in view.people { remove(subscriber, from: &viewersOfPerson, person) }
        if let sketch = view.sketch { remove(subscriber, from: &viewersOfSketch, sketch) }
    }

    /// One shared frame per channel, sketch and person, only to those who look there.
    package func deliver(_ news: [SealedEphemeral]) {
        for item in news {
            let viewers =
                item.news.sketch.map { viewersOfSketch[$0] ?? [] }
                ?? item.news.channel.map { viewersOfChannel[$0] ?? [] }
                ?? item.news.presence?.first.map { viewersOfPerson[$0.account] ?? [] } ?? []
            guard !viewers.isEmpty else { continue }
            let frame = item.frame
            for viewer in viewers { viewer.ephemeral(item.news, frame) }
        }
    }

    // MARK: - Deliveries

    func deliver(_ batch: [Delivery]) {
        for delivery in batch {
            switch delivery {
            case .entries(let log, let first, let last, let frame):
                guard let subscribers = byLog[log] else { continue }
                for subscriber in subscribers { subscriber.entries(of: log, first: first, last: last, frame) }
            case .maskedEntry(let log, let seq, let frame, let mask, let accounts):
                let blind = accounts.flatMap { byAccount[$0] ?? [] }
                for subscriber in byLog[log] ?? [] {
                    let isBlind = blind.contains { $0 === subscriber }
                    subscriber.entries(of: log, first: seq, last: seq, isBlind ? mask : frame)
                }
            case .change(let news):
                deliver(news)
            }
        }
    }

    private func deliver(_ news: News) {
        switch news {
        case .entry, .maskedEntry, .operation, .silenced, .desk, .timerSet: break
        case .sketchDeleted(let sketch):
            for viewer in viewersOfSketch[sketch] ?? [] { viewer.changed(news) }
        case .placeChanged:
            // An agency that was suspended takes its queues' logs with it.
            for (log, subscribers) in byLog {
                guard case .queue = log else { continue }
                for subscriber in subscribers { subscriber.changed(news) }
            }
        case .joined(let account, _, _), .veiled(let account, _), .left(let account, _),
            .capabilitiesChanged(let account),
            .statusChanged(let account, _), .blocksChanged(let account, _):
            for subscriber in subscribers(of: account) { subscriber.changed(news) }
        case .channelDeleted(let channel):
            for subscriber in subscribers(to: .channel(channel)) { subscriber.changed(news) }
        case .sessionEnded, .tokenEnded, .standingsChanged:
            for subscribers in byAccount.values {
                for subscriber in subscribers { subscriber.changed(news) }
            }
        }
    }

    private func remove<Key: Hashable>(_ subscriber: Listener, from table: inout [Key: [Listener]], _ key: Key) {
        guard var subscribers = table.removeValue(forKey: key) else { return }
        if let index = subscribers.firstIndex(where: { $0 === subscriber }) {
            subscribers.swapAt(index, subscribers.count - 1)
            subscribers.removeLast()
        }
        if !subscribers.isEmpty { table[key] = subscribers }
    }
}

/// A live session, as the hub sees it.
package protocol Subscriber: AnyObject, SendableMetatype {
    /// Entries of a log that it subscribed to: one shared frame.
    func entries(of log: LogID, first: Int64, last: Int64, _ frame: Frame)
    /// Something that concerns its account or one of its channels.
    func changed(_ news: News)
    /// News without a number, of a channel or a person that it looks at.
    func ephemeral(_ news: Ephemeral, _ frame: Frame)
}

/// Ephemeral news and the frame that everyone gets of it, made once and only if somebody looks: most of it nobody does.
package final class SealedEphemeral: Sendable {
    package let news: Ephemeral
    private let sealing: Sealing
    /// Lock tier: leaf. Of the loops that one comes first which makes it.
    private let made: Mutex<Frame?> = Mutex(nil)

    package init(_ news: Ephemeral, _ sealing: Sealing) {
        self.news = news
        self.sealing = sealing
    }

    package var frame: Frame {
        made.withLock { made in
            if let made { return made }
            let frame = sealing.seal([LiveFrames.ephemeral(news)])
            made = frame
            return frame
        }
    }
}
