import ChatAPI
import ChatKit
import ChatTestKit
import Glibc
import Storage
import Synchronization
import Transport

/// Writers and readers on live connections of one daemon that is going to be killed, and what they lived to see.
final class CrashSwarm: Sendable {
    let world: World
    let channel: Channel
    private let writers: [World.Resident]
    private let readers: [World.Resident]
    private let state: Mutex<State>
    private let kit: KitReader

    struct State {
        var history = CrashHistory()
        var generator: SeededGenerator
        /// By writer: sent and without an answer, in order.
        var pending: [String: [(cid: ClientID, text: String)]] = [:]
        var numbers: [String: Int] = [:]
        /// Since the last start.
        var acknowledgedNow = 0
        var isKilled = false
        var failures: [String] = []
    }

    /// Messages on their way per writer: a window of one waits for each fsync, a wide one fills commit groups.
    private static let windows = [1, 4, 16, 32]

    init(_ world: World, writers count: Int = 4, readers: Int = 2, seed: UInt64) async throws {
        self.world = world
        var people: [World.Resident] = []
        for number in 1...count { people.append(try await world.bot("writer-\(number)")) }
        writers = people
        var others: [World.Resident] = []
        for number in 1...readers + 1 { others.append(try await world.bot("reader-\(number)")) }
        self.readers = Array(others.dropLast())
        channel = try await world.channel("crash", people + others)
        let head = try await world.call(.channel, ChannelRef(channel.id), as: others[0]).head ?? 0
        var first = State(generator: SeededGenerator(seed: seed))
        for reader in others.dropLast() { first.history.begins(reader.name, after: head) }
        first.history.begins(KitReader.name, after: head)
        state = Mutex(first)
        kit = try KitReader(world, others[readers], channel.id, from: head)
        kit.start { [weak self] events in self?.take(events) }
    }

    var history: CrashHistory { state.withLock { $0.history } }
    var failures: [String] { state.withLock { $0.failures } }

    // MARK: - One life of the daemon

    /// Everybody connects and works until the daemon is gone; `end` ends it. Everything that had reached a socket before
    /// is read and counts.
    ///
    /// - Parameter end: runs on a thread of its own, so that busy tasks do not put the end off.
    func live(until acknowledgements: Int, end: @escaping @Sendable () -> Void) async throws {
        state.withLock { state in
            state.acknowledgedNow = 0
            state.isKilled = false
        }
        let gate = Gate(at: acknowledgements)
        kit.retry()
        let executioner = try Worker(name: "executioner")
        async let ended: Void = executioner.run {
            gate.wait()
            self.state.withLock { $0.isKilled = true }
            end()
        }
        await withTaskGroup(of: Void.self) { group in
            for (index, writer) in writers.enumerated() {
                group.addTask { await self.write(as: writer, Self.windows[index % Self.windows.count], gate) }
            }
            for reader in readers { group.addTask { await self.read(as: reader, gate) } }
        }
        try await ended
    }

    private func write(as writer: World.Resident, _ window: Int, _ gate: Gate) async {
        do {
            let live = try await CrashClient.hello(world.daemon, token: writer.token)
            var flying: [Int64: ClientID] = [:]
            // What has no answer from the last life goes first, in its order, under its old names.
            for message in state.withLock({ $0.pending[writer.name] ?? [] }) {
                flying[try await live.post(message.cid, message.text, to: channel.id)] = message.cid
            }
            let me = writer.id.description
            while true {
                while flying.count < window {
                    let message = next(of: writer)
                    flying[try await live.post(message.cid, message.text, to: channel.id)] = message.cid
                }
                switch try await live.next() {
                case .answer(let id, let seq):
                    guard let cid = flying.removeValue(forKey: id) else {
                        throw TestFailure("an answer to no call: \(id)")
                    }
                    acknowledged(cid, at: seq, by: writer, gate)
                case .push(let push):
                    // One's own push acknowledges as well.
                    if push.by == me, let cid = push.cid { acknowledged(cid, at: push.seq, by: writer, gate) }
                case .other(let frame):
                    if frame["error"] != nil { throw TestFailure("refused: \(frame)") }
                }
            }
        } catch { ended(writer.name, error, gate) }
    }

    private func next(of writer: World.Resident) -> (cid: ClientID, text: String) {
        state.withLock { state in
            let number = state.numbers[writer.name, default: 0]
            state.numbers[writer.name] = number + 1
            let cid = ClientID.make(at: 1_777_636_800_000 + Int64(number), using: &state.generator)
            let message = (cid: cid, text: "\(writer.name) says \(number)")
            state.pending[writer.name, default: []].append(message)
            state.history.sent(cid, by: writer.name, number: number, message.text)
            return message
        }
    }

    private func acknowledged(_ cid: ClientID, at seq: Int64, by writer: World.Resident, _ gate: Gate) {
        let count = state.withLock { state in
            if state.history.acknowledge(cid, at: seq) { state.acknowledgedNow += 1 }
            state.pending[writer.name]?.removeAll { $0.cid == cid }
            return state.acknowledgedNow
        }
        gate.reached(count)
    }

    private func read(as reader: World.Resident, _ gate: Gate) async {
        do {
            let live = try await connect(reader)
            while true { see(try await live.next(), by: reader) }
        } catch { ended(reader.name, error, gate) }
    }

    /// A reader comes back where it was.
    private func connect(_ reader: World.Resident) async throws -> CrashClient {
        let position = state.withLock { $0.history.position(of: reader.name) }
        let resume = Resume(epoch: nil, seq: [channel.id.description: position])
        return try await CrashClient.hello(world.daemon, token: reader.token, resume: resume)
    }

    private func see(_ frame: CrashClient.Frame, by reader: World.Resident) {
        switch frame {
        case .push(let push):
            guard push.channel == channel.id.description else { return }
            let sight = CrashHistory.Sight(seq: push.seq, cid: push.cid, text: push.text)
            state.withLock { $0.history.saw(sight, by: reader.name) }
        case .other(let frame):
            if let gap = frame["gap"] { state.withLock { $0.history.skipped("\(gap)", by: reader.name) } }
        case .answer: break
        }
    }

    /// A connection ends by the kill and by nothing else.
    private func ended(_ name: String, _ error: any Error, _ gate: Gate) {
        state.withLock { state in
            if !state.isKilled { state.failures.append("\(name) before the kill: \(error)") }
        }
        gate.open()
    }

    private func take(_ events: [LiveEvent]) {
        let log = channel.id.description
        state.withLock { state in
            for event in events {
                switch event {
                case .entries(log, let entries):
                    for entry in entries {
                        state.history.saw(.init(seq: entry.seq, cid: entry.cid, text: entry.text), by: KitReader.name)
                    }
                case .gap(let gap) where gap.log == log: state.history.skipped("\(gap)", by: KitReader.name)
                default: break
                }
            }
        }
    }

    // MARK: - The end

    /// Lets everybody who reads come to the head, and ends the last connections.
    func settle() async throws {
        let head = try await world.call(.channel, ChannelRef(channel.id), as: readers[0]).head ?? 0
        kit.retry()
        try await kit.wait(for: head)
        for reader in readers {
            let live = try await connect(reader)
            while state.withLock({ $0.history.position(of: reader.name) }) < head {
                see(try await live.next(), by: reader)
            }
            live.close()
        }
        await kit.close()
    }

    /// The channel's log as the daemon has it now, after an entry.
    func log(after seq: Int64 = 0) async throws -> [Entry] {
        var log: [Entry] = []
        while true {
            let query = EntryQuery(
                channel: channel.id.description,
                after: log.last?.seq ?? seq,
                limit: Limits.pageItems
            )
            let page = try await world.call(.entries, query, as: readers[0])
            log += page.entries
            if !page.hasLater { return log }
        }
    }
}

/// Lets one thread through when a count is reached, or when somebody opens it.
final class Gate: @unchecked Sendable {
    private let target: Int
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init(at target: Int) {
        self.target = target
        sem_init(semaphore, 0, target == 0 ? 1 : 0)
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func reached(_ count: Int) { if count >= target { open() } }
    func open() { sem_post(semaphore) }
    func wait() { while sem_wait(semaphore) != 0 && errno == EINTR {} }
}

/// A reader on the client kit: the connection that chat-tui and chatctl use, which comes back by itself.
final class KitReader: Sendable {
    static let name = "client kit"
    private let loop: EventLoop
    private let profile: Profile
    private let channel: ChannelID
    private let start: Int64
    private let connection = Mutex<LiveConnection?>(nil)
    private let seqs: AsyncStream<Int64>
    private let tell: AsyncStream<Int64>.Continuation

    init(_ world: World, _ reader: World.Resident, _ channel: ChannelID, from head: Int64) throws {
        let file = world.daemon.folder + "/reader.token"
        try RunningDaemon.write(reader.token, to: file)
        let flags = Profile.Flags(socket: world.daemon.socketPath, tokenFile: file)
        profile = try Profile.resolve(flags, environment: Environment(["HOME": world.daemon.folder]))
        loop = try EventLoop(name: "kit")
        self.channel = channel
        start = head
        (seqs, tell) = AsyncStream.makeStream(bufferingPolicy: .unbounded)
    }

    deinit { loop.stop() }

    func start(_ deliver: @escaping @Sendable ([LiveEvent]) -> Void) {
        var options = LiveConnection.Options()
        options.resume = Resume(epoch: nil, seq: [channel.description: start])
        let (tell, log) = (tell, channel.description)
        let made = LiveConnection(profile, credentials: Credentials(profile), options: options, on: loop) { events in
            deliver(events)
            for case .entries(log, let entries) in events { if let seq = entries.last?.seq { tell.yield(seq) } }
        }
        made.start()
        connection.withLock { $0 = made }
    }

    /// The daemon is there again: nobody has to wait for the next attempt.
    func retry() { connection.withLock { $0 }?.retryNow() }

    func wait(for head: Int64) async throws {
        for await seq in seqs where seq >= head { return }
        throw TestFailure("the client kit stopped telling before \(head)")
    }

    func close() async {
        await connection.withLock { $0 }?.close()
        tell.finish()
    }
}
