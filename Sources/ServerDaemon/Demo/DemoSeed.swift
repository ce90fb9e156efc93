import ChatAPI
import Engine
import Glibc
import Storage
import Synchronization

/// Fills an empty database with the demo's community: the real engine, the real rules, on a clock that is set to each moment.
struct DemoSeed {
    let engine: Engine
    let clock: DemoClock
    let now: Milliseconds

    /// Time that the story sets.
    final class DemoClock: Clock {
        private let milliseconds: Mutex<Milliseconds>

        init(_ start: Milliseconds) { milliseconds = Mutex(start) }

        var now: Milliseconds { milliseconds.withLock { $0 } }
        func set(_ time: Milliseconds) { milliseconds.withLock { $0 = max($0, time) } }
    }

    init(_ places: Places) throws {
        now = SystemClock().now
        let story = DemoScene.read(DemoStory.story, now: now)
        // The community is an hour older than its first word.
        clock = DemoClock((story.first?.at ?? now) - 3_600_000)
        var settings = EngineSettings(databasePath: places.database, searchPath: places.search)
        settings.rates = .unlimited
        engine = try Engine(settings: settings, clock: clock, hub: Hub(sealing: .webSocket))
    }

    /// - Parameter password: of the visitor's account; nobody else can sign in with one.
    /// - Returns: what was made, as a sentence.
    func run(password: String) async throws -> String {
        defer { engine.close() }
        let local = LocalIdentity(uid: geteuid(), name: "demo")
        let root = try await engine.authenticator.localCaller(local)
        let status = try await call(.serverStatus, Empty(), as: root)
        guard status.accounts == 0 else {
            throw StartError("\(engine.settings.databasePath) has accounts already; the demo wants an empty one")
        }
        let callers = try await people(root, password)
        let channels = try await channels(callers)
        try await openEvent(callers, root)
        let scenes = DemoScene.read(DemoStory.story, now: now)
        try await play(scenes, callers, channels)
        clock.set(now)
        return
            "\(callers.count) accounts, \(channels.count) channels, \(scenes.count) messages, an event with \(DemoEvent.asks.count) people who wait for help"
    }

    // MARK: - People and channels

    private func people(_ root: Caller, _ password: String) async throws -> [String: Caller] {
        var callers: [String: Caller] = [:]
        for person in DemoStory.people {
            let creation = AccountCreation(name: person.name, displayName: person.displayName)
            let caller = caller(try await call(.createAccount, creation, as: root).account)
            let profile = ProfileChange(about: person.about, statusText: person.status)
            _ = try await call(.changeProfile, profile, as: caller)
            callers[person.name] = caller
        }
        let visitor = AccountCreation(name: DemoStory.visitor, password: password)
        callers[DemoStory.visitor] = caller(try await call(.createAccount, visitor, as: root).account)
        let bot = AccountCreation(name: DemoStory.bot, displayName: "Lamp, the house bot", kind: .bot)
        callers[DemoStory.bot] = caller(try await call(.createAccount, bot, as: root).account)
        return callers
    }

    private func channels(_ callers: [String: Caller]) async throws -> [String: Channel] {
        guard let someone = callers[DemoStory.people[0].name], let visitor = callers[DemoStory.visitor],
            let bot = callers[DemoStory.bot]
        else { preconditionFailure("the demo has nobody in it") }
        let first = engine.settings.firstChannel
        var channels = [first: try await call(.channel, ChannelRef(first), as: someone)]
        _ = try await call(.joinChannel, ChannelJoin(channel: first), as: bot)
        for channel in DemoStory.channels {
            clock.set(clock.now + 60_000)
            let founder = known(channel.founder, callers)
            let draft = ChannelDraft(name: channel.name, topic: channel.topic)
            channels[channel.name] = try await call(.createChannel, draft, as: founder)
            for (_, caller) in callers.sorted(by: { $0.key < $1.key }) where caller.account != founder.account {
                clock.set(clock.now + 20_000)
                _ = try await call(.joinChannel, ChannelJoin(channel: channel.name), as: caller)
            }
        }
        let direct = DirectDraft(people: [DemoStory.visitor])
        channels["@ana"] = try await call(.openDirect, direct, as: known("ana", callers))
        // What happened before the visitor's first message is no news to the visitor.
        for (_, channel) in channels { try await markRead(channel.id, by: visitor) }
        return channels
    }

    /// What somebody who is signed in as this account may do.
    private func caller(_ account: Account) -> Caller {
        let capabilities = CapabilitySet(Array(Role.member.capabilities) + [.createChannels])
        return Caller(account: account.id, name: account.name, capabilities: capabilities, address: "demo")
    }

    func known<Value>(_ name: String, _ table: [String: Value]) -> Value {
        guard let value = table[name] else { preconditionFailure("the story has no '\(name)'") }
        return value
    }

    // MARK: - The story

    private func play(_ scenes: [DemoScene], _ callers: [String: Caller], _ channels: [String: Channel]) async throws {
        var generator = SystemRandomNumberGenerator()
        var labels: [String: Int64] = [:]
        var asks = DemoEvent.asks[...]
        for scene in scenes {
            try await ask(&asks, until: scene.at, callers)
            clock.set(scene.at)
            let (channel, author) = (known(scene.channel, channels).id, known(scene.who, callers))
            let message = Message(
                channel: channel,
                cid: .make(at: scene.at, using: &generator),
                text: scene.text,
                replyTo: scene.answers.map { known($0, labels) }
            )
            let sent = try await call(.sendMessage, message, as: author)
            if let label = scene.label { labels[label] = sent.seq }
            for reaction in scene.reactions {
                for name in reaction.by {
                    clock.set(clock.now + 2_000)
                    let ref = ReactionRef(channel: channel, seq: sent.seq, emoji: reaction.emoji)
                    _ = try await call(.react, ref, as: known(name, callers))
                }
            }
            if scene.isPinned {
                _ = try await call(.pinMessage, MessageRef(channel: channel, seq: sent.seq), as: author)
            }
            if let text = scene.edited {
                _ = try await call(.editMessage, MessageEdit(channel: channel, seq: sent.seq, text: text), as: author)
            }
            for name in scene.readBy { try await markRead(channel, by: known(name, callers)) }
        }
        try await ask(&asks, until: now, callers)
    }

    private func markRead(_ channel: ChannelID, by caller: Caller) async throws {
        let head = try await call(.channel, ChannelRef(channel), as: caller).head ?? 0
        _ = try await call(.setMarker, MarkerDraft(channel: channel, seq: head), as: caller)
    }

    /// A call through the API table, as any client makes it.
    func call<Input, Output>(
        _ endpoint: Endpoint<Input, Output>,
        _ input: Input,
        as caller: Caller
    ) async throws -> Output {
        let raw = RawCall(caller: caller, body: Coding.encode(input))
        return try Coding.decode(Output.self, from: try await engine.api.perform(endpoint.name, raw))
    }
}
