import ChatAPI
import ChatTestKit
import Engine
import Synchronization
import Testing

/// One commit group becomes one frame per log, and subscription changes keep their place in the order.
@Suite("Hub")
struct HubTests {
    /// Notes what it is told, in order.
    private final class Listening: Subscriber {
        var notes: [String] = []

        func entries(of log: LogID, first: Int64, last: Int64, _ frame: Frame) {
            notes.append("\(first)-\(last) \(String(decoding: frame.bytes, as: UTF8.self))")
        }

        func changed(_ news: News) {
            if case .left = news { notes.append("left") } else { notes.append("changed") }
        }

        func ephemeral(_ news: Ephemeral, _ frame: Frame) { notes.append("ephemeral") }
    }

    private let general = ChannelID(high: 1, low: 1)
    private let help = ChannelID(high: 2, low: 2)
    private let ana = AccountID(high: 3, low: 3)

    private func hub(_ subscriptions: HubShard<Listening>) -> Hub {
        let hub = Hub(sealing: Sealing { Frame(Array($0.joined(separator: [0x2B]))) })
        hub.add(Hub.Shard(subscriptions: subscriptions) { $0() })
        return hub
    }

    @Test func `entries of one log in one group are one frame`() {
        let shard = HubShard<Listening>()
        let listening = Listening()
        shard.subscribe(listening, to: .channel(general))
        hub(shard).publish([
            .entry(.channel(general), 1, [0x61]), .entry(.channel(help), 7, [0x78]),
            .entry(.channel(general), 2, [0x62]),
        ])
        #expect(listening.notes == ["1-2 a+b"])
    }

    @Test func `a leave comes after the entries before it and before those after it`() {
        let shard = HubShard<Listening>()
        let listening = Listening()
        shard.attach(listening, to: ana)
        shard.subscribe(listening, to: .channel(general))
        hub(shard).publish([
            .entry(.channel(general), 1, [0x61]), .left(ana, general), .entry(.channel(general), 2, [0x62]),
        ])
        #expect(listening.notes == ["1-1 a", "left", "2-2 b"])
    }

    @Test func `ephemeral news is one frame for all who look, and none if nobody does`() {
        let sealed = Mutex(0)
        let hub = Hub(
            sealing: Sealing {
                sealed.withLock { $0 += 1 }
                return Frame(Array($0.joined()))
            }
        )
        let shards = [HubShard<Listening>(), HubShard<Listening>()]
        for shard in shards { hub.add(Hub.Shard(subscriptions: shard) { $0() }) }
        let board = PresenceBoard()
        let connection = Listening()
        board.opened(ObjectIdentifier(connection), by: ana, statusText: nil, in: [general, help])
        hub.publish(board, now: 0)
        #expect(sealed.withLock { $0 } == 0)
        let looking = [Listening(), Listening(), Listening()]
        for (index, listener) in looking.enumerated() {
            shards[index % 2].view(listener, View(channels: [help]))
        }
        board.set(.away, on: ObjectIdentifier(connection), of: ana)
        hub.publish(board, now: 1_000)
        #expect(sealed.withLock { $0 } == 1)
        for listener in looking { #expect(listener.notes == ["ephemeral"]) }
    }

    @Test func `who is detached hears nothing more`() {
        let shard = HubShard<Listening>()
        let listening = Listening()
        shard.attach(listening, to: ana)
        shard.subscribe(listening, to: .channel(general))
        shard.detach(listening, from: ana, logs: [.channel(general)])
        hub(shard).publish([.entry(.channel(general), 1, [0x61]), .capabilitiesChanged(ana)])
        #expect(listening.notes.isEmpty)
        #expect(shard.subscriberCount == 0)
    }
}
