import ChatAPI
import ChatTestKit
import Engine
import Testing
import Transport

/// An engine in this process with one loop, a channel `tea`, and people with live sessions in it.
///
/// The sessions' tasks run behind a gate: a test that shuts it decides what happens before them.
final class LoopRoom: Sendable {
    let tea: ChannelID
    let executor: GatedExecutor
    private let temporary: TemporaryEngine
    private let group: EventLoopGroup
    private let services: LiveServices
    private let bob: LocalService

    /// Somebody's connection, and the answers that came over it.
    final class Person {
        let service: LocalService
        let peer: LoopPeer
        private var nextID: Int64 = 2
        private var answers: [Int64: JSON] = [:]

        fileprivate init(_ service: LocalService, _ peer: LoopPeer) {
            self.service = service
            self.peer = peer
        }

        func frame(_ operation: String, _ input: JSON = .object([:])) -> JSON {
            defer { nextID += 1 }
            return ["id": .integer(nextID), "call": .string(operation), "in": input]
        }

        /// Makes a call and waits until it is answered well.
        func call(_ operation: String, _ input: JSON = .object([:])) async throws {
            let frame = frame(operation, input)
            await peer.send(frame)
            let answer = try await answer(to: frame)
            guard answer["ok"] != nil else { throw TestFailure("\(operation): \(JSONPattern.text(answer))") }
        }

        func answer(to frame: JSON) async throws -> JSON {
            guard case .integer(let id)? = frame["id"] else { throw TestFailure("a frame without an id") }
            let end = ContinuousClock.now + .seconds(20)
            while ContinuousClock.now < end {
                if let answer = answers.removeValue(forKey: id) { return answer }
                let closing = try await listen()
                if let closing, answers[id] == nil { throw TestFailure("the connection was closed: \(closing)") }
                if answers[id] == nil { await Task.yield() }
            }
            throw TestFailure("no answer to \(JSONPattern.text(frame))")
        }

        /// The answers that have come and nobody has asked for.
        func answersSoFar() async throws -> [JSON] {
            _ = try await listen()
            return answers.values.sorted { JSONPattern.text($0) < JSONPattern.text($1) }
        }

        private func listen() async throws -> CloseCode? {
            let (frames, closing) = try await peer.take()
            for case (.integer(let id)?, let frame) in frames.map({ ($0["id"], $0) }) { answers[id] = frame }
            return closing
        }
    }

    init() async throws {
        temporary = try TemporaryEngine {
            $0.rates = .unlimited
            $0.passwordCost = .least
        }
        group = try EventLoopGroup(count: 1, name: "test")
        let loop = group.first
        let shard = HubShard<LiveSession>()
        temporary.engine.hub.add(Hub.Shard(subscriptions: shard) { body in loop.post { body() } })
        executor = GatedExecutor(loop)
        services = LiveServices(
            engine: temporary.engine,
            shard: shard,
            executor: executor,
            post: { body in loop.post { body() } },
            atTickEnd: { loop.atTickEnd($0) }
        )
        bob = try await Self.register("bob", temporary.engine).service
        tea = try await bob.call(.createChannel, ChannelDraft(name: "tea")).id
    }

    private static func register(_ name: String, _ engine: Engine) async throws -> (
        service: LocalService, token: String
    ) {
        let anonymous = LocalService(engine, as: .anonymous(address: "192.0.2.1"))
        let signedIn = try await anonymous.call(.register, Registration(name: name, password: World.password))
        let token = signedIn.tokens.accessToken
        let caller = try await engine.authenticator.caller(token: token, address: "192.0.2.7")
        return (LocalService(engine, as: caller), token)
    }

    func close() { group.stopAndWait() }

    /// Somebody registers, joins the channel and connects.
    func enter(_ name: String) async throws -> Person {
        let (service, token) = try await Self.register(name, temporary.engine)
        _ = try await service.call(.joinChannel, ChannelJoin(channel: "tea"))
        let peer = await LoopPeer.connect(services, on: group.first, Hello(token: token))
        let person = Person(service, peer)
        guard try await person.answer(to: ["id": 1])["ok"] != nil else { throw TestFailure("hello was refused") }
        return person
    }

    func say(_ text: String) async throws {
        _ = try await bob.call(.sendMessage, Message(channel: tea, cid: World.cid(), text: text))
    }

    /// The messages of the channel, in its order.
    func texts() async throws -> [String] {
        var texts: [String] = []
        var after: Int64 = 0
        while true {
            let query = EntryQuery(channel: tea.description, after: after, limit: 500)
            let page = try await bob.call(.entries, query)
            texts += page.entries.filter { $0.kind == .message }.compactMap(\.text)
            guard let last = page.entries.last?.seq, last < page.head else { return texts }
            after = last
        }
    }

    func administer(_ endpoint: Endpoint<GrantDraft, some Codable & Sendable>, _ draft: GrantDraft) async throws {
        let root = try await temporary.engine.authenticator.localCaller(LocalIdentity(uid: 0, name: "root"))
        _ = try await LocalService(temporary.engine, as: root).call(endpoint, draft)
    }

    /// Gives and takes a role, again and again.
    func changeRights(of name: String, times: Int) async throws {
        let auditor = GrantDraft(account: name, role: .auditor)
        for _ in 0..<times {
            try await administer(.giveGrant, auditor)
            try await administer(.takeGrant, auditor)
        }
    }
}
