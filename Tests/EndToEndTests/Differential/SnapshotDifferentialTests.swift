import ChatAPI
import ChatTestKit
import Engine
import Testing
import Transport

/// A snapshot and the pushes after it say the same as a fresh snapshot, whatever three people do and whatever their
/// connections do: they are dropped and resume, they stall and get gaps.
@Suite("Snapshot and pushes equal a fresh snapshot")
struct SnapshotDifferentialTests {
    @Test(arguments: [UInt64.random(in: 1...999_999), 1, 2, 62_080])
    func `after any sequence of operations, drops and stalls`(_ seed: UInt64) async throws {
        let temporary = try TemporaryEngine {
            $0.rates = .unlimited
            $0.passwordCost = .least
        }
        let group = try EventLoopGroup(count: 1, name: "test")
        defer { group.stopAndWait() }
        let loop = group.first
        let shard = HubShard<LiveSession>()
        temporary.engine.hub.add(Hub.Shard(subscriptions: shard) { body in loop.post { body() } })
        let services = LiveServices(
            engine: temporary.engine,
            shard: shard,
            executor: loop,
            post: { body in loop.post { body() } }
        )
        var followers: [Follower] = []
        for name in ["ana", "bob", "cleo"] {
            let anonymous = LocalService(temporary.engine, as: .anonymous(address: "192.0.2.1"))
            let signedIn = try await anonymous.call(.register, Registration(name: name, password: World.password))
            followers.append(try await Follower(name, signedIn, temporary.engine, services, on: loop))
        }
        for follower in followers { try await follower.connect() }
        var generator = SeededGenerator(seed: seed)
        for step in 1...1_500 {
            temporary.clock.advance(by: .milliseconds(7))
            let follower = followers[Int.random(in: 0..<3, using: &generator)]
            switch Int.random(in: 0..<100, using: &generator) {
            case 0...1:
                await follower.drop()
            case 2...4:
                if !follower.isConnected { try await follower.connect() }
            case 5 where follower.isConnected:
                // More than an outbox holds, while one does not read.
                await follower.stall()
                await Deeds.flood(follower, followers, &generator)
                await follower.resume()
            default:
                await Deeds.act(follower, followers, step, &generator)
            }
            if step % 100 == 0 {
                for follower in followers {
                    if !follower.isConnected { try await follower.connect() }
                    try await follower.settle()
                    try await follower.verify("seed \(seed), step \(step),")
                }
            }
        }
        #expect(followers.contains { $0.gaps > 0 }, "seed \(seed) made no gap")
        #expect(followers.allSatisfy { $0.resumes > 1 }, "seed \(seed)")
        for follower in followers { await follower.drop() }
    }
}

/// What people do, at random. Many of these are refused; refusals must leave no trace either.
enum Deeds {
    /// More than a mebibyte in a channel that somebody follows.
    static func flood(_ reader: Follower, _ all: [Follower], _ generator: inout SeededGenerator) async {
        let writer = all[Int.random(in: 0..<all.count, using: &generator)]
        let known = reader.replica.channels.keys.filter { writer.replica.channels[$0] != nil }.sorted()
        guard let channel = known.randomElement(using: &generator) else { return }
        let text = String(repeating: "x", count: 8_000)
        for _ in 0..<140 {
            let message = Message(channel: channel, cid: World.cid(), text: text)
            _ = try? await writer.service.call(.sendMessage, message)
        }
    }

    static func act(
        _ follower: Follower,
        _ all: [Follower],
        _ step: Int,
        _ generator: inout SeededGenerator
    ) async {
        let service = follower.service
        // Ids by their order, so that a seed repeats the choices although ids are random.
        let known = follower.replica.channels.values.sorted { ($0.name ?? "~", $0.id) < ($1.name ?? "~", $1.id) }
        guard let channel = known.randomElement(using: &generator) else {
            // Who is in no channel any more makes one, or everybody would sit and wait from then on.
            _ = try? await service.call(.createChannel, ChannelDraft(name: "room\(step)", topic: "made \(step)"))
            return
        }
        let (id, ref) = (channel.id, channel.id.description)
        let seq = Int64.random(in: max(1, channel.head - 30)...max(1, channel.head), using: &generator)
        let other = all[Int.random(in: 0..<all.count, using: &generator)].name
        let everybody = all.map(\.name)
        let emoji = ["👍", "🎉", "❤️"].randomElement(using: &generator) ?? "👍"
        let name = "room\(Int.random(in: 0..<6, using: &generator))"
        let kind = Int.random(in: 0..<44, using: &generator)
        _ = try? await {
            switch kind {
            case 0...9:
                let mention = ["", " @ana", " @bob", " @all", " @cleo @all"].randomElement(using: &generator) ?? ""
                let message = Message(
                    channel: id,
                    cid: World.cid(),
                    text: "message \(step)\(mention)",
                    replyTo: kind == 0 ? seq : nil
                )
                _ = try await service.call(.sendMessage, message)
            case 10...13:
                _ = try await service.call(.editMessage, MessageEdit(channel: id, seq: seq, text: "edit \(step)"))
            case 14...15: _ = try await service.call(.deleteMessage, MessageRef(channel: id, seq: seq))
            case 16...18: _ = try await service.call(.react, ReactionRef(channel: id, seq: seq, emoji: emoji))
            case 19...20: _ = try await service.call(.unreact, ReactionRef(channel: id, seq: seq, emoji: emoji))
            case 21...22: _ = try await service.call(.pinMessage, MessageRef(channel: id, seq: seq))
            case 23: _ = try await service.call(.unpinMessage, MessageRef(channel: id, seq: seq))
            case 24...25: _ = try await service.call(.createChannel, ChannelDraft(name: name, topic: "made \(step)"))
            case 26...28: _ = try await service.call(.joinChannel, ChannelJoin(channel: name))
            case 29: _ = try await service.call(.leaveChannel, ChannelRef(ref))
            case 30:
                let topic = step % 3 == 0 ? "" : "topic \(step)"
                _ = try await service.call(.changeChannel, ChannelChange(channel: ref, topic: topic))
            case 31: _ = try await service.call(.changeChannel, ChannelChange(channel: ref, name: name))
            case 32: _ = try await service.call(.addMember, MemberRef(channel: ref, account: other))
            case 33: _ = try await service.call(.removeMember, MemberRef(channel: ref, account: other))
            case 34:
                let role: MemberRole = step % 2 == 0 ? .admin : .member
                _ = try await service.call(.changeMember, MemberChange(channel: ref, account: other, role: role))
            case 35: _ = try await service.call(.openDirect, DirectDraft(people: [other]))
            case 36: _ = try await service.call(.openDirect, DirectDraft(people: everybody))
            case 37...39: _ = try await service.call(.setMarker, MarkerDraft(channel: id, seq: seq))
            case 40:
                _ = try await service.call(
                    .setDraft,
                    DraftChange(channel: id, text: step % 2 == 0 ? "" : "half \(step)")
                )
            case 41:
                _ = try await service.call(
                    .setRegister,
                    RegisterDraft(key: "mute/\(ref)", value: step % 2 == 0 ? nil : true)
                )
            case 42: _ = try await service.call(.setRegister, RegisterDraft(key: "sidebar", value: [.string(ref)]))
            default:
                if step % 3 == 0 { _ = try await service.call(.deleteChannel, ChannelRef(ref)) }
            }
        }()
    }
}
