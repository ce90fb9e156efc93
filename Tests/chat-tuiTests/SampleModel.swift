import ChatAPI
import ChatKit
import TerminalUI
import chat_tui

/// A small community as a model: the same people, channels and messages in every test.
enum Sample {
    /// 21 November 2026, 09:00 UTC.
    static let now: Milliseconds = 1_795_251_600_000
    static let ana = id(1)
    static let bob = id(2)
    static let carol = id(3)
    static let general = channel(1)
    static let dev = channel(2)
    static let direct = channel(3)

    static func id(_ number: UInt64) -> AccountID {
        AccountID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0000 | number)
    }
    static func channel(_ number: UInt64) -> ChannelID {
        ChannelID(high: 0x0190_0000_0001_7000, low: 0x8000_0000_0000_0000 | number)
    }

    static func account(_ id: AccountID, _ name: String) -> Account {
        Account(id: id, name: name, createdAt: now - 86_400_000)
    }

    static func channel(
        _ id: ChannelID,
        _ name: String?,
        topic: String? = nil,
        people: [AccountID]? = nil,
        head: Int64 = 0,
        role: MemberRole? = .member
    ) -> Channel {
        Channel(
            id: id,
            kind: name == nil ? .direct : .text,
            name: name,
            topic: topic,
            hasSecret: false,
            memberCount: people?.count ?? 3,
            people: people,
            createdBy: ana,
            createdAt: now,
            head: head,
            version: 1,
            role: role
        )
    }

    static func message(
        _ seq: Int64,
        _ by: AccountID,
        _ text: String,
        in channel: ChannelID = general,
        minutesAgo: Int64 = 0
    )
        -> Entry
    {
        var entry = Entry(kind: .message, channel: channel, seq: seq, by: by, at: now - minutesAgo * 60_000)
        entry.text = text
        entry.messagesSoFar = seq
        return entry
    }

    static func entry(
        _ kind: EntryKind,
        _ seq: Int64,
        _ by: AccountID,
        target: Int64? = nil,
        in channel: ChannelID = general
    ) -> Entry {
        var entry = Entry(kind: kind, channel: channel, seq: seq, by: by, at: now)
        entry.target = target
        return entry
    }

    /// Signed in and connected, in #general, with some history.
    static func model(_ size: Size = Size(width: 80, height: 24)) -> Model {
        var model = Model(
            serverName: "unix:/run/chatd/chatd.sock",
            profileName: "default",
            size: size,
            now: now,
            zone: .fixed(0)
        )
        var opening = CachedOpening()
        opening.account = account(ana, "ana")
        opening.accounts = [account(ana, "ana"), account(bob, "bob"), account(carol, "carol")]
        opening.channels = [
            JoinedChannel(
                channel: channel(general, "general", topic: "Everything and nothing", head: 6),
                unread: Unread(channel: general, marker: 6, unread: 0, mentions: 0)
            ),
            JoinedChannel(
                channel: channel(dev, "dev", topic: "What we build", head: 40),
                unread: Unread(channel: dev, marker: 30, unread: 10, mentions: 1)
            ),
            JoinedChannel(
                channel: channel(direct, nil, people: [ana, bob], head: 2),
                unread: Unread(channel: direct, marker: 0, unread: 2, mentions: 0)
            ),
        ]
        _ = update(&model, .clock(now))
        _ = update(&model, .opened(opening, outbox: []))
        _ = update(&model, .loaded(general, timeline))
        _ = update(&model, .live([.state(.connecting), .state(.live)]))
        _ = update(&model, .answered(.presence(general), .success(.presence(presence))))
        return model
    }

    private static var presence: PresencePage {
        PresencePage(
            online: 2,
            people: [Presence(account: bob, state: .online), Presence(account: carol, state: .away)]
        )
    }

    static var timeline: Timeline {
        var timeline = Timeline(limit: Room.entryLimit)
        timeline.begin(at: 1)
        var reply = message(4, carol, "Does it work with 日本語テキスト, emoji 👩‍👩‍👧‍👦 and é?", minutesAgo: 30)
        reply.replyTo = 3
        var reacted = message(
            3,
            bob,
            "Good morning! The build is green: https://ci.example.org/builds/812",
            minutesAgo: 31
        )
        reacted.reactions = [Reaction(emoji: "🎉", by: [ana, carol]), Reaction(emoji: "👍", by: [bob])]
        var join = entry(.join, 1, ana)
        join.at = now - 1_501 * 60_000
        timeline.apply([
            join, message(2, ana, "Hello *everybody*, this is `plaza`.", minutesAgo: 1_500), reacted, reply,
            message(
                5,
                bob,
                "\u{1B}[31mred\u{1B}[0m \u{202E}evil\u{202C} z\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}algo",
                minutesAgo: 20
            ),
            message(
                6,
                bob,
                "@ana are you coming? It is a longer line that has to be wrapped because it does not fit.",
                minutesAgo: 19
            ),
        ])
        return timeline
    }

    /// Types a text key by key.
    @discardableResult
    static func type(_ text: String, into model: inout Model) -> [Effect] {
        text.unicodeScalars.flatMap { update(&model, .input(.key(.character($0)))) }
    }

    @discardableResult
    static func press(_ names: String..., in model: inout Model) -> [Effect] {
        names.flatMap { name -> [Effect] in
            guard let key = Key(name) else { preconditionFailure("\(name) is no key") }
            return update(&model, .input(.key(key)))
        }
    }
}

extension [Effect] {
    var posts: [OutboxCall] { compactMap { if case .post(let call) = $0 { call } else { nil } } }
    var requests: [Request] { compactMap { if case .ask(let request) = $0 { request } else { nil } } }

    var messages: [Message] { posts.compactMap { if case .message(let message) = $0 { message } else { nil } } }
}
