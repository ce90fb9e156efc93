import ChatAPI
import ChatKit

/// A client's machine and outbox, a daemon, and a network between them that drops, repeats and cuts; time moves by hand.
struct ModelWorld {
    var daemon: ModelDaemon
    var machine: LiveMachine
    var queue = OutboxQueue()
    var now: Int64 = 0
    var random: Randomness
    /// Chances in a hundred, per frame from the daemon.
    var dropping = 0
    var repeating = 0
    var cutting = 0

    private var isConnected = false
    private var isOpening = false
    private var carried: [Int64: Int64] = [:]
    private(set) var delivered: [String: [Int64]] = [:]
    /// What a client is missing and knows it.
    private(set) var explained: [String: SeqRanges] = [:]
    private(set) var violations: [String] = []
    private(set) var states: [LiveState] = []
    private(set) var last: [String: Int64] = [:]

    init(seed: UInt64, channels: [ChannelID]) {
        random = Randomness(seed: seed)
        daemon = ModelDaemon(channels: channels)
        machine = LiveMachine(random: Randomness(seed: seed &+ 1))
    }

    mutating func start() { run(machine.start(at: now)) }

    mutating func post(_ call: OutboxCall, key: String) {
        let id = Int64(nextItem)
        nextItem += 1
        _ = queue.add(OutboxItem(id: id, call: call, key: key, queuedAt: now))
        pump()
    }
    private var nextItem = 1

    /// The connection ends now, with what is on its way.
    mutating func cut(_ loss: LiveLoss = .failed(APIError(.unavailable, "cut"))) {
        guard isConnected else { return }
        isConnected = false
        daemon.connect()
        run(machine.lost(loss, at: now))
    }

    /// Opens what is to be opened and carries one frame, if there is one.
    mutating func step() {
        if isOpening {
            isOpening = false
            isConnected = true
            daemon.connect()
            run(machine.opened(token: nil, at: now))
            return
        }
        guard isConnected, !daemon.outgoing.isEmpty else { return }
        if Int.random(in: 0..<100, using: &random) < cutting { return cut() }
        let frame = daemon.outgoing.removeFirst()
        if Int.random(in: 0..<100, using: &random) < dropping { return }
        run(machine.received(frame, at: now))
        if Int.random(in: 0..<100, using: &random) < repeating { run(machine.received(frame, at: now)) }
    }

    mutating func advance(_ milliseconds: Int64) {
        now += milliseconds
        run(machine.tick(at: now))
        pump()
    }

    /// Everything is carried, and time passes until nothing is due soon.
    mutating func settle() {
        (dropping, repeating, cutting) = (0, 0, 0)
        for _ in 0..<400 {
            while isOpening || (isConnected && !daemon.outgoing.isEmpty) { step() }
            if machine.isLive && queue.items.allSatisfy({ $0.state != .pending }) && carried.isEmpty { break }
            advance(1_000)
        }
        // A last resume shows what a lost push hid.
        cut()
        for _ in 0..<100 where !machine.isLive || !daemon.outgoing.isEmpty {
            while isOpening || (isConnected && !daemon.outgoing.isEmpty) { step() }
            if !machine.isLive { advance(1_000) }
        }
    }

    private mutating func run(_ actions: [LiveAction]) {
        for action in actions {
            switch action {
            case .open: isOpening = true
            case .send(let frame): if isConnected { daemon.receive(frame) }
            case .close:
                isConnected = false
                isOpening = false
                daemon.connect()
            case .refresh: violations.append("asked for a token")
            case .deliver(let event): take(event)
            case .answer(let id, let result): answered(id, result)
            }
        }
    }

    private mutating func take(_ event: LiveEvent) {
        switch event {
        case .state(let state):
            states.append(state)
            if state == .live { pump() }
        case .epochChanged:
            delivered = [:]
            explained = [:]
            last = [:]
        case .welcome(let welcome):
            for log in welcome.logs where last[log.log] == nil && log.state == .ok { last[log.log] = log.head }
        case .entries(let log, let entries):
            for entry in entries {
                if let last = last[log], entry.seq != last + 1 {
                    violations.append("\(log): \(entry.seq) after \(last)")
                }
                last[log] = entry.seq
                delivered[log, default: []].append(entry.seq)
                if let cid = entry.cid { acknowledge(cid, entry.seq) }
            }
        case .gap(let gap):
            if let last = last[gap.log], gap.from != last + 1 { violations.append("\(gap) after \(last)") }
            last[gap.log] = gap.head
            explained[gap.log, default: SeqRanges()].insert(gap.from...gap.head)
        default: break
        }
    }

    // MARK: - Outbox, as the driver does it

    private mutating func pump() {
        guard machine.isLive else { return }
        for item in queue.ready(at: now) {
            var options = CallOptions()
            if item.cid == nil { options.key = item.key }
            let call = LiveCall(
                name: item.call.operation,
                input: item.call.input,
                options: options,
                repeats: true,
                waits: true,
                timeoutMilliseconds: 60_000
            )
            let (id, actions) = machine.call(call, at: now)
            carried[id] = item.id
            run(actions)
        }
    }

    private mutating func answered(_ id: Int64, _ result: Result<[UInt8], APIError>) {
        guard let item = carried.removeValue(forKey: id) else { return }
        switch result {
        case .success: _ = queue.sent(item, seq: nil)
        case .failure(let error): _ = queue.refused(item, error, at: now, using: &random)
        }
        pump()
    }

    private mutating func acknowledge(_ cid: ClientID, _ seq: Int64) {
        for item in queue.acknowledge(cid, seq: seq) {
            guard let id = carried.first(where: { $0.value == item.id })?.key else { continue }
            carried[id] = nil
            run(machine.cancel(id))
        }
        pump()
    }
}
