import ChatAPI
import ChatTestKit
import Synchronization

/// One daemon that many tests share: each brings people of its own, so that none sees another.
enum SharedWorld {
    private static let started = Task {
        try await World.start(["--live-origins", "https://plaza.example,https://other.example"])
    }
    private static let counter = Atomic<Int>(0)

    static func get() async throws -> World { try await started.value }

    /// A name that nobody has.
    static func name(_ kind: String = "person") -> String {
        "\(kind)\(counter.add(1, ordering: .relaxed).newValue)"
    }

    /// A channel with these many people in it; the first made it. Bots, so that none waits for a rate limit.
    static func channel(of count: Int) async throws -> (world: World, channel: Channel, people: [World.Resident]) {
        let world = try await get()
        var people: [World.Resident] = []
        for _ in 0..<count { people.append(try await world.bot(name("bot"))) }
        return (world, try await world.channel(name("channel"), people), people)
    }
}

extension LiveClient {
    /// Sends a message and returns its number.
    @discardableResult
    func say(_ text: String, in channel: ChannelID, cid: ClientID = World.cid()) async throws -> Int64 {
        let sent = try await call("messages.send", World.message(channel, text, cid: cid)).get()
        guard let seq = sent["seq"]?.integer else { throw TestFailure("no seq in \(sent)") }
        return seq
    }

    /// Sends many, with no more in flight than one connection may have.
    func say(_ texts: [String], in channel: ChannelID) async throws {
        for start in stride(from: 0, to: texts.count, by: 50) {
            var ids: [Int64] = []
            for text in texts[start..<min(start + 50, texts.count)] {
                ids.append(try await post("messages.send", World.message(channel, text)))
            }
            for id in ids { _ = try await answer(to: id).get() }
        }
    }

    /// Which log a push belongs to; nil for other frames. Entries of `@me` may name a channel: their kind tells.
    static func log(of frame: JSON) -> String? {
        guard let kind = frame["push"]?.string, frame["messagesSoFar"] != nil else { return nil }
        return EntryKind(rawValue: kind)?.isOfMe == true ? "@me" : frame["channel"]?.string
    }

    /// Everything up to an entry of a log. A catch-up is read beside the calls: an answer says nothing of how far it is.
    func frames(through seq: Int64, of log: String) async throws -> [JSON] {
        var frames: [JSON] = []
        while frames.last.map({ Self.log(of: $0) == log && $0["seq"] == .integer(seq) }) != true {
            frames.append(try await next())
        }
        return frames
    }

    /// The numbers of a log's entries among frames, in the order of arrival.
    static func seqs(of channel: ChannelID, in frames: [JSON]) -> [Int64] {
        frames.filter { log(of: $0) == channel.description }.compactMap { $0["seq"]?.integer }
    }
}

extension Resume {
    init(_ channel: ChannelID, _ seq: Int64, epoch: String? = nil) {
        self.init(epoch: epoch, seq: [channel.description: seq])
    }
}

extension Welcome {
    func state(of channel: ChannelID) -> LogState? { logs.first { $0.log == channel.description } }
}
