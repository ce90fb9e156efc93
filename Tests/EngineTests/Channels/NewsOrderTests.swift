import ChatAPI
import ChatTestKit
import Engine
import Synchronization
import Testing

/// Live sessions hear of joins and leaves in the order that lets them miss nothing and see nothing they should not.
@Suite struct NewsOrderTests {
    /// Follows what its news tell it to follow, and writes down what it hears.
    private final class Ear: Subscriber, Sendable {
        let shard: HubShard<Ear>
        let heard = Mutex<[String]>([])

        init(_ shard: HubShard<Ear>) { self.shard = shard }

        func entries(of log: LogID, first: Int64, last: Int64, _ frame: Frame) {
            heard.withLock { $0.append("\(log.wireName == "@me" ? "@me" : "channel") \(first)-\(last)") }
        }

        func ephemeral(_ news: Ephemeral, _ frame: Frame) {}

        func changed(_ news: News) {
            switch news {
            case .joined(_, let channel, let head):
                heard.withLock { $0.append("joined from \(head)") }
                shard.subscribe(self, to: .channel(channel))
            case .left(_, let channel):
                heard.withLock { $0.append("left") }
                shard.unsubscribe(self, from: .channel(channel))
            case .channelDeleted(let channel):
                heard.withLock { $0.append("deleted") }
                shard.unsubscribe(self, from: .channel(channel))
            default: break
            }
        }
    }

    @Test func `a session follows from its own join to its own leave`() async throws {
        let scene = try ChannelScene()
        let (ana, bo) = (try await scene.person("ana"), try await scene.person("bo"))
        let shard = HubShard<Ear>()
        let ear = Ear(shard)
        shard.attach(ear, to: bo.account!)
        shard.subscribe(ear, to: .me(bo.account!))
        // Publishing is on the writer thread; here it is the loop as well.
        scene.engine.hub.add(Hub.Shard(subscriptions: shard) { $0() })
        let channel = try await scene.channels.create(ChannelDraft(name: "fika"), scene.call(ana)).id
        try await scene.say("before", in: channel, ana)
        _ = try await scene.channels.join(ChannelJoin(channel: "fika"), scene.call(bo))
        try await scene.say("during", in: channel, ana)
        _ = try await scene.channels.leave(ChannelRef(channel), scene.call(bo))
        try await scene.say("after", in: channel, ana)
        _ = try await scene.channels.join(ChannelJoin(channel: "fika"), scene.call(bo))
        _ = try await scene.channels.delete(ChannelRef(channel), scene.call(ana))
        #expect(
            // The entry of `@me` that ends the deletion comes with its purge.
            Array(ear.heard.withLock { $0 }.prefix(12)) == [
                "@me 1-1", "joined from 2", "channel 3-3", "channel 4-4", "channel 5-5", "@me 2-2", "left",
                "@me 3-3", "joined from 6", "channel 7-7", "channel 8-8", "deleted",
            ]
        )
    }
}
