import ChatAPI
import ChatTestKit
import Engine
import Glibc
import Storage
import Synchronization
import Testing

/// Storage errors under the whole engine: every caller of a commit group gets the named error, nothing is published, and what
/// is remembered beside the disk agrees with it.
@Suite("Storage errors")
struct CrashFaultTests {
    /// Where in the group of three messages the error strikes.
    enum Place: Sendable, Equatable {
        case begin
        /// At the n-th statement of the group that writes; each message has one.
        case write(Int)
        case beforeCommit
        case afterCommit
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let place: Place
        let fault: Faults.Fault
        /// What the three callers are told; nil is an acknowledgement.
        let answers: [APIError.Code?]
        /// How many of the three are in the log afterwards, for a daemon that went on or that started again.
        let stored: Int
        var isFatal = false

        var testDescription: String { "\(fault.error) at \(place)" }
    }

    static let cases: [Case] = [
        Case(place: .begin, fault: .init(.busy), answers: [.unavailable, .unavailable, .unavailable], stored: 0),
        Case(
            place: .begin,
            fault: .init(.io(code: 10)),
            answers: [.unavailable, .unavailable, .unavailable],
            stored: 0
        ),
        Case(place: .write(2), fault: .init(.io(code: 266)), answers: [nil, .unavailable, nil], stored: 2),
        Case(
            place: .write(2),
            fault: .init(.full, losesTransaction: true),
            answers: [.storageFull, .storageFull, .storageFull],
            stored: 0
        ),
        Case(
            place: .write(3),
            fault: .init(.io(code: 778), losesTransaction: true),
            answers: [.unavailable, .unavailable, .unavailable],
            stored: 0
        ),
        Case(
            place: .beforeCommit,
            fault: .init(.full),
            answers: [.storageFull, .storageFull, .storageFull],
            stored: 0
        ),
        Case(
            place: .beforeCommit,
            fault: .init(.io(code: 1034)),
            answers: [.outcomeUnknown, .outcomeUnknown, .outcomeUnknown],
            stored: 0,
            isFatal: true
        ),
        Case(
            place: .afterCommit,
            fault: .init(.io(code: 1034)),
            answers: [.outcomeUnknown, .outcomeUnknown, .outcomeUnknown],
            stored: 3,
            isFatal: true
        ),
    ]

    @Test(arguments: cases) func `every caller is told, and nothing is published that is not stored`(_ expected: Case)
        async throws
    {
        let bench = try await FaultBench()
        let cids = bench.cids(3)
        let answers = await bench.sendTogether(cids, expected.place, expected.fault)
        #expect(answers.map { $0.refusal?.code } == expected.answers)
        let acknowledged = zip(cids, answers).filter { $0.1.refusal == nil }.map(\.0)
        #expect(
            bench.published == (expected.isFatal ? [] : acknowledged),
            "what was published is what was acknowledged"
        )
        // The daemon is told after its callers are.
        let deadline = DescriptorWatch.now + 10_000
        while expected.isFatal, !bench.isFatal, DescriptorWatch.now < deadline { await Task.yield() }
        #expect(bench.isFatal == expected.isFatal)
        if expected.isFatal { try bench.restart() }
        // The next message continues where the log really ends: the facts beside the writer forgot what was lost.
        let before = try await bench.log()
        #expect(before.filter { $0.cid.map(cids.contains) == true }.count == expected.stored)
        let next = try await bench.send(bench.cids(1)[0])
        #expect(next.seq == (before.last?.seq ?? 0) + 1)
        // "Repeat with the same key": whoever repeats is answered with what is there, and it is there once.
        for cid in cids { _ = try await bench.send(cid) }
        let log = try await bench.log()
        #expect(log.map(\.seq) == Array(1...Int64(log.count)))
        for cid in cids { #expect(log.filter { $0.cid == cid }.count == 1) }
    }
}

/// An engine with a bot in a channel, a listener on its hub, and a switch for errors.
private final class FaultBench: Sendable {
    private let scratch: ScratchFolder
    private let armed: Armed
    private let ear = Ear()
    private let state: Mutex<(engine: Engine, bot: Caller, channel: ChannelID)>

    /// Counts groups and statements since it was armed.
    private final class Armed: Sendable {
        struct State {
            var place: CrashFaultTests.Place?
            var fault: Faults.Fault?
            var begun = 0
            var statements = 0
            var fatal = false
        }
        let state = Mutex(State())

        /// The first group after arming is the one that holds the writer; the second is meant.
        func strike(_ point: Faults.Point) -> Faults.Fault? {
            state.withLock { state in
                guard let place = state.place else { return nil }
                var isHere = false
                switch point {
                case .begin:
                    state.begun += 1
                    isHere = place == .begin
                case .statement:
                    if state.begun == 1 { state.statements += 1 }
                    isHere = place == .write(state.statements)
                case .beforeCommit: isHere = place == .beforeCommit
                case .afterCommit: isHere = place == .afterCommit
                }
                guard state.begun == 1, isHere else { return nil }
                state.place = nil
                return state.fault
            }
        }
    }

    /// Hears what live connections would.
    private final class Ear: Subscriber, Sendable {
        let heard = Mutex<[String]>([])

        func entries(of log: LogID, first: Int64, last: Int64, _ frame: Frame) {
            heard.withLock {
                $0 += String(decoding: frame.bytes, as: UTF8.self).split(separator: "\n").map(String.init)
            }
        }
        func changed(_ news: News) {}
        func ephemeral(_ news: Ephemeral, _ frame: Frame) {}
    }

    init() async throws {
        scratch = try ScratchFolder()
        armed = Armed()
        let engine = try Self.engine(scratch.path, armed, ear)
        let admin = try await engine.authenticator.localCaller(LocalIdentity(uid: 0, name: "root"))
        let service = LocalService(engine, as: admin)
        _ = try await service.call(.createAccount, AccountCreation(name: "robot", kind: .bot))
        let draft = TokenDraft(account: "robot", label: "test", scopes: [.own, .read, .post, .join, .createChannels])
        let token = try await service.call(.createToken, draft)
        let bot = try await engine.authenticator.caller(token: token.secret, address: "test")
        let channel = try await LocalService(engine, as: bot).call(.createChannel, ChannelDraft(name: "faults"))
        state = Mutex((engine, bot, channel.id))
        listen(engine, channel.id)
    }

    deinit {
        let engine = state.withLock { $0.engine }
        engine.close()
    }

    private static func engine(_ folder: String, _ armed: Armed, _ ear: Ear) throws -> Engine {
        var settings = EngineSettings(databasePath: folder + "/plaza.db", searchPath: folder + "/search.db")
        settings.rates = .unlimited
        settings.storage.faults = Faults { armed.strike($0) }
        settings.storage.onFatal = { _ in armed.state.withLock { $0.fatal = true } }
        return try Engine(settings: settings, hub: Hub(sealing: .lines))
    }

    private func listen(_ engine: Engine, _ channel: ChannelID) {
        let shard = HubShard<Ear>()
        shard.subscribe(ear, to: .channel(channel))
        engine.hub.add(Hub.Shard(subscriptions: shard) { $0() })
    }

    /// As the daemon does after a fatal error: everything anew from disk.
    func restart() throws {
        try state.withLock { state in
            state.engine.close()
            state.engine = try Self.engine(scratch.path, armed, ear)
            listen(state.engine, state.channel)
        }
    }

    var isFatal: Bool { armed.state.withLock { $0.fatal } }

    /// The cids of what was published, in order.
    var published: [ClientID] {
        ear.heard.withLock { $0 }.compactMap { line in
            (try? Coding.decode(Entry.self, from: Array(line.utf8)))?.cid
        }
    }

    func cids(_ count: Int) -> [ClientID] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in .make(at: 1_777_636_800_000, using: &generator) }
    }

    /// Sends messages that become one commit group, in which an error strikes.
    func sendTogether(
        _ cids: [ClientID],
        _ place: CrashFaultTests.Place,
        _ fault: Faults.Fault
    ) async -> [Result<Sent, APIError>] {
        let (engine, bot, channel) = state.withLock { $0 }
        let (holds, release) = (Signal(), Signal())
        engine.database.enqueue(touching: []) { _ in
            holds.give()
            release.take()
        } completion: { _ in
        }
        holds.take()
        armed.state.withLock { state in
            state.place = place
            state.fault = fault
        }
        let answers = AsyncStream<(Int, Result<Sent, APIError>)>.makeStream()
        let batch = WriteBatch<Facts>()
        for (index, cid) in cids.enumerated() {
            engine.messages.send(Message(channel: channel, cid: cid, text: "text"), by: bot, in: batch) {
                answers.continuation.yield((index, $0))
            }
        }
        engine.database.submit(batch)
        release.give()
        var results: [Int: Result<Sent, APIError>] = [:]
        for await (index, result) in answers.stream {
            results[index] = result
            if results.count == cids.count { break }
        }
        return cids.indices.compactMap { results[$0] }
    }

    func send(_ cid: ClientID) async throws -> Sent {
        let (engine, bot, channel) = state.withLock { $0 }
        return try await LocalService(engine, as: bot).call(
            .sendMessage,
            Message(channel: channel, cid: cid, text: "text")
        )
    }

    func log() async throws -> [Entry] {
        let (engine, bot, channel) = state.withLock { $0 }
        let query = EntryQuery(channel: channel.description, after: 0, limit: Limits.pageItems)
        return try await LocalService(engine, as: bot).call(.entries, query).entries
    }
}

/// One thread waits for another.
private final class Signal: @unchecked Sendable {
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func give() { sem_post(semaphore) }
    func take() { while sem_wait(semaphore) != 0 && errno == EINTR {} }
}
