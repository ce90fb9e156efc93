import ChatAPI
import Transport

/// The help desk under load: requests asked as fast as they are answered, the next one taken at a steady rate, and
/// organizers who race for the same request.
final class BenchQueue: @unchecked Sendable {
    struct Shape: Sendable {
        var queues = 1_000
        var requests = 100_000
        var takesPerSecond = 200
        var seconds = 10
        /// Queues that two organizers share: who races whom. Few, because a chat that ended is among its people's channels
        /// for an hour, and these have a limit.
        var queuesPerPair = 5
        /// Unanswered calls of one participant.
        var inFlight = 8

        /// As many as shall wait, and those that are taken before the races.
        var total: Int { requests + takesPerSecond * seconds }
        /// One asks once in a queue, and in no more queues than one can have chats.
        var perParticipant: Int { min(queues, 400) }
        var participants: Int { (total + perParticipant - 1) / perParticipant }
        var pairs: Int { (queues + queuesPerPair - 1) / queuesPerPair }
    }

    struct Result: Sendable {
        var asked = 0
        var refused = 0
        var askSeconds = 0.0
        var takes = 0
        var takeP50 = 0.0
        var takeP99 = 0.0
        var races = 0
        var doubleTakes = 0
        var lostRaces = 0
        var cpuSeconds = 0.0
        var seconds = 0.0
    }

    private let participants: BenchSwarm
    private let organizers: BenchSwarm
    private let queues: [QueueID]
    private let shape: Shape
    private let pid: Int
    private var result = Result()
    /// What to do with an answer, by connection and id.
    private var waiting: [ObjectIdentifier: [Int64: (Bool, UnsafeRawBufferPointer) -> Void]] = [:]
    private var requests: [[RequestID]]
    private var latencies: [Int64] = []
    private var finished: CheckedContinuation<Void, Never>?
    private var underWay = 0
    /// Takes at the steady rate.
    private var pace: PreciseTimer?

    init(participants: BenchSwarm, organizers: BenchSwarm, queues: [QueueID], shape: Shape, pid: Int) {
        self.participants = participants
        self.organizers = organizers
        self.queues = queues
        self.shape = shape
        self.pid = pid
        requests = Array(repeating: [], count: queues.count)
    }

    var events: BenchSocket.Events {
        var events = BenchSocket.Events()
        events.body = { [self] socket, id, isOK, body in
            waiting[ObjectIdentifier(socket)]?.removeValue(forKey: id)?(isOK, body)
        }
        return events
    }

    func run() async throws -> Result {
        let loop = participants.loop
        let start = (at: BenchMeasures.nanoseconds, cpu: BenchMeasures.cpuSeconds(of: pid))
        await stage(loop) { self.askAll() }
        result.askSeconds = Double(BenchMeasures.nanoseconds - start.at) / 1e9
        try await loop.run { [self] in
            pace = loop.schedule(every: .nanoseconds(1_000_000_000 / shape.takesPerSecond)) { self.takeNext() }
        }
        try await Task.sleep(for: .seconds(shape.seconds))
        try await loop.run { [self] in
            pace?.cancel()
            pace = nil
        }
        result.takes = latencies.count
        result.takeP50 = BenchMeasures.percentile(0.5, of: latencies) / 1e6
        result.takeP99 = BenchMeasures.percentile(0.99, of: latencies) / 1e6
        await stage(loop) { self.raceAll() }
        result.seconds = Double(BenchMeasures.nanoseconds - start.at) / 1e9
        result.cpuSeconds = BenchMeasures.cpuSeconds(of: pid) - start.cpu
        return result
    }

    /// Begins something on the loop and waits until nothing of it is under way.
    private func stage(_ loop: EventLoop, _ begin: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            loop.post { [self] in
                finished = continuation
                begin()
                finishIfIdle()
            }
        }
    }

    private func finishIfIdle() {
        guard underWay == 0, let finished else { return }
        self.finished = nil
        finished.resume()
    }

    private func call(
        _ socket: BenchSocket,
        _ name: String,
        _ input: [UInt8],
        _ done: @escaping (Bool, UnsafeRawBufferPointer) -> Void
    ) {
        underWay += 1
        let id = socket.call(name, input)
        waiting[ObjectIdentifier(socket), default: [:]][id] = { [self] isOK, body in
            underWay -= 1
            done(isOK, body)
            finishIfIdle()
        }
    }

    // MARK: - Asking

    private func askAll() {
        for (index, socket) in participants.sockets.enumerated() {
            let first = index * shape.perParticipant
            let next = BenchCounter(first..<min(first + shape.perParticipant, shape.total))
            for _ in 0..<shape.inFlight { ask(socket, next) }
        }
    }

    private func ask(_ socket: BenchSocket, _ next: BenchCounter) {
        guard let number = next.take() else { return }
        let queue = number % queues.count
        let input = Coding.encode(RequestDraft(queue: queues[queue], text: "my badge does not open the door"))
        call(socket, "requests.ask", input) { [self] isOK, body in
            if isOK, let id = Self.id(in: body) {
                result.asked += 1
                requests[queue].append(id)
            } else {
                result.refused += 1
            }
            ask(socket, next)
        }
    }

    // MARK: - Taking

    private func takeNext() {
        let organizer = Int.random(in: 0..<organizers.sockets.count)
        let pair = organizer / 2
        let first = pair * shape.queuesPerPair
        let queue = queues[Int.random(in: first..<min(first + shape.queuesPerPair, queues.count))]
        let (socket, at) = (organizers.sockets[organizer], BenchMeasures.nanoseconds)
        call(socket, "requests.takeNext", Coding.encode(QueueRef(queue))) { [self] isOK, body in
            guard isOK else { return }
            latencies.append(BenchMeasures.nanoseconds - at)
            end(body, socket)
        }
    }

    private func end(_ body: UnsafeRawBufferPointer, _ socket: BenchSocket) {
        guard let chat = Self.id(in: body) else { return }
        call(socket, "chats.end", Coding.encode(ChatEnding(chat: chat.retyped()))) { [self] isOK, _ in
            if !isOK { result.refused += 1 }
        }
    }

    // MARK: - Racing

    private func raceAll() {
        for pair in 0..<shape.pairs {
            let queues = (pair * shape.queuesPerPair)..<min((pair + 1) * shape.queuesPerPair, self.queues.count)
            var lot: [RequestID] = []
            for queue in queues { lot += requests[queue] }
            let races = BenchLot(lot)
            for _ in 0..<8 { race(pair, races) }
        }
    }

    /// Both reach for one request at once; one has it, and one is told so.
    private func race(_ pair: Int, _ lot: BenchLot) {
        guard let request = lot.take() else { return }
        let input = Coding.encode(RequestRef(request))
        let heat = BenchHeat()
        for socket in [organizers.sockets[2 * pair], organizers.sockets[2 * pair + 1]] {
            call(socket, "requests.take", input) { [self] isOK, body in
                heat.answers += 1
                if isOK {
                    heat.wins += 1
                    end(body, socket)
                }
                guard heat.answers == 2 else { return }
                switch heat.wins {
                // Taken before, while the rate was measured.
                case 0: result.lostRaces += 1
                case 1: result.races += 1
                default: result.doubleTakes += 1
                }
                race(pair, lot)
            }
        }
    }

    /// The first member `id` of the answer's object: of a request, of a chat.
    private static func id(in body: UnsafeRawBufferPointer) -> RequestID? {
        let mark = Array("\"id\":\"".utf8)
        var index = 0
        while index + mark.count + 36 <= body.count {
            if body[index] == mark[0], (1..<mark.count).allSatisfy({ body[index + $0] == mark[$0] }) {
                let start = index + mark.count
                return RequestID(utf8: UnsafeRawBufferPointer(rebasing: body[start..<start + 36]))
            }
            index += 1
        }
        return nil
    }
}

/// Numbers that are handed out once.
private final class BenchCounter {
    private var rest: Range<Int>

    init(_ numbers: Range<Int>) { rest = numbers }

    func take() -> Int? { rest.popFirst() }
}

private final class BenchLot {
    private var rest: [RequestID]

    init(_ requests: [RequestID]) { rest = requests }

    func take() -> RequestID? { rest.popLast() }
}

private final class BenchHeat {
    var answers = 0
    var wins = 0
}
