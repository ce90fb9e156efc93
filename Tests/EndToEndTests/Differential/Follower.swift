import ChatAPI
import ChatTestKit
import Engine
import Testing
import Transport

/// Somebody's client: a live session that is dropped, stalls and resumes, and the replica that it keeps.
final class Follower {
    let name: String
    let account: AccountID
    let service: LocalService
    private let token: String
    private let services: LiveServices
    private let loop: EventLoop
    private let epoch: String
    private(set) var replica: Replica
    private var peer: LoopPeer?
    private var nextID: Int64 = 2
    private(set) var gaps = 0
    private(set) var resumes = 0

    init(_ name: String, _ signedIn: SignedIn, _ engine: Engine, _ services: LiveServices, on loop: EventLoop)
        async throws
    {
        self.name = name
        account = signedIn.account.id
        token = signedIn.tokens.accessToken
        self.services = services
        self.loop = loop
        epoch = engine.epoch
        service = LocalService(engine, as: try await engine.authenticator.caller(token: token, address: "192.0.2.7"))
        replica = Replica(account)
        replica.take(try await service.call(.me))
        try await takeUnknown()
    }

    var isConnected: Bool { peer != nil }

    func connect() async throws {
        var positions: [String: Int64] = ["@me": replica.meHead]
        for channel in replica.channels.values { positions[channel.id.description] = channel.head }
        let hello = Hello(token: token, resume: Resume(epoch: epoch, seq: positions))
        peer = await LoopPeer.connect(services, on: loop, hello)
        nextID = 2
        resumes += 1
        try await settle()
    }

    func drop() async {
        await peer?.drop()
        peer = nil
    }

    func stall() async { await peer?.stall() }
    func resume() async { await peer?.resume() }

    /// Takes everything that was published before: a call's answer comes after it.
    func settle() async throws {
        guard let peer else { return }
        let id = nextID
        nextID += 1
        var isGreeted = id != 2
        var isAnswered = false
        if isGreeted { await peer.send(["id": .integer(id), "call": "registers.list", "in": ["prefix": "none/"]]) }
        while !isAnswered {
            let (frames, closing) = try await peer.take()
            if let closing { throw TestFailure("\(name)'s connection was closed: \(closing)") }
            for frame in frames {
                if frame["id"] == 1 {
                    try await welcome(frame)
                    isGreeted = true
                    await peer.send(["id": .integer(id), "call": "registers.list", "in": ["prefix": "none/"]])
                } else if frame["id"] == .integer(id) {
                    isAnswered = true
                } else {
                    try await take(frame)
                }
            }
            if frames.isEmpty { await Task.yield() }
        }
        try await takeUnknown()
        // Catch-up pages come after the answer to a call: wait for the heads that hello told.
        while try await !hasCaughtUp() {
            let (frames, closing) = try await peer.take()
            if let closing { throw TestFailure("\(name)'s connection was closed: \(closing)") }
            for frame in frames { try await take(frame) }
            if frames.isEmpty { await Task.yield() }
            try await takeUnknown()
        }
    }

    /// Nobody writes meanwhile: what the engine has is what must arrive.
    private func hasCaughtUp() async throws -> Bool {
        let me = try await service.call(.me)
        if replica.meHead < me.head { return false }
        return me.channels.allSatisfy { joined in
            (replica.channels[joined.channel.id]?.head ?? -1) >= joined.channel.head ?? 0
        }
    }

    private func welcome(_ frame: JSON) async throws {
        guard let ok = frame["ok"] else { throw TestFailure("hello was refused: \(JSONPattern.text(frame))") }
        let welcome = try Coding.decode(Welcome.self, from: Coding.encode(ok))
        for log in welcome.logs where log.state == .gap {
            try await fill(log.log, through: log.head)
        }
    }

    private func take(_ frame: JSON) async throws {
        if let gap = frame["gap"] {
            let gap = try Coding.decode(Gap.self, from: Coding.encode(gap))
            if let id = ChannelID(gap.log), let head = replica.channels[id]?.head, gap.from > head + 1 {
                throw TestFailure("\(name): a gap from \(gap.from) leaves out what follows \(head)")
            }
            return try await fill(gap.log, through: gap.head)
        }
        guard frame["push"] != nil else { return }
        let entry = try Coding.decode(Entry.self, from: Coding.encode(frame))
        guard replica.apply(entry) else {
            throw TestFailure(
                "\(name): \(entry.kind) \(entry.seq) of \(entry.channel?.description ?? "@me") does not follow"
            )
        }
    }

    /// What a gap names is paged, as the protocol says.
    private func fill(_ log: String, through head: Int64) async throws {
        gaps += 1
        guard let id = ChannelID(log) else { return replica.take(try await service.call(.me)) }
        while let channel = replica.channels[id], channel.head < head {
            let query = EntryQuery(channel: log, after: channel.head, limit: 500)
            let page: EntryPage
            do {
                page = try await service.call(.entries, query)
            } catch {
                // Not readable any more: `@me` says so.
                return replica.lose(id)
            }
            for entry in page.entries where !replica.apply(entry) {
                throw TestFailure("\(name): a page of history has a hole at \(entry.seq)")
            }
            if page.entries.isEmpty { return }
        }
    }

    /// A channel that is new to this client is read whole.
    private func takeUnknown() async throws {
        for id in replica.unknown {
            if let snapshot = try await snapshot(of: id) { replica.take(snapshot) }
        }
    }

    private func snapshot(of id: ChannelID) async throws -> ChannelReplica? {
        let me = try await service.call(.me)
        guard let joined = me.channels.first(where: { $0.channel.id == id }) else { return nil }
        var history: [Entry] = []
        while true {
            let page = try await service.call(
                .entries,
                EntryQuery(channel: id.description, after: history.last?.seq ?? 0, limit: 500)
            )
            history += page.entries
            if !page.hasLater { break }
        }
        let members = try await service.call(.listMembers, MemberQuery(channel: id.description, limit: 500)).items
        return ChannelReplica(joined.channel, marker: joined.unread.marker, members: members, history: history)
    }

    /// The replica says what a fresh snapshot says, in every member that both have.
    func verify(_ context: String) async throws {
        let me = try await service.call(.me)
        #expect(replica.meHead == me.head, "\(context) \(name)")
        #expect(replica.setRegisters == me.registers.sorted { $0.version < $1.version }, "\(context) \(name)")
        #expect(Set(replica.channels.keys) == Set(me.channels.map(\.channel.id)), "\(context) \(name)")
        for joined in me.channels {
            let where_ = "\(context) \(name) in \(joined.channel.name ?? "a conversation")"
            guard let mine = replica.channels[joined.channel.id], let fresh = try await snapshot(of: mine.id) else {
                continue
            }
            #expect(mine.head == joined.channel.head ?? 0, "\(where_)")
            #expect(mine.name == joined.channel.name, "\(where_)")
            #expect(mine.topic == joined.channel.topic, "\(where_)")
            #expect(mine.members == fresh.members, "\(where_)")
            #expect(mine.members.count == joined.channel.memberCount, "\(where_)")
            #expect(mine.unread(of: account) == joined.unread, "\(where_)")
            for (seq, message) in fresh.messages {
                #expect(mine.messages[seq] == message, "\(where_), message \(seq)")
            }
            #expect(mine.messages.count == fresh.messages.count, "\(where_)")
        }
    }
}
