import ChatAPI
import Transport

/// Coming to a sketch in which much has been drawn: what it costs the daemon, and how many bytes it takes.
final class BenchSketchJoin: @unchecked Sendable {
    struct Result: Sendable {
        var operations: Int64 = 0
        var bytes = 0.0
        /// From connecting to the beginning of the drawing, in milliseconds.
        var p50 = 0.0
        var p99 = 0.0
        /// The daemon's CPU time for one join, in milliseconds.
        var cpuMilliseconds = 0.0
    }

    private let loop: EventLoop
    private let address: ConnectAddress
    private let pid: Int
    private let sketch: Sketch

    init(loop: EventLoop, address: ConnectAddress, pid: Int, sketch: Sketch) {
        self.loop = loop
        self.address = address
        self.pid = pid
        self.sketch = sketch
    }

    // MARK: - Drawing

    /// Draws so many operations as one hand, some of them under way at any time.
    func fill(_ operations: Int, token: String) async throws {
        let swarm = BenchSwarm(loop: loop, address: address)
        let hand = Hand(BenchHand(number: 0, in: sketch), left: operations)
        var events = BenchSocket.Events()
        events.answer = { socket, _, isOK in hand.answered(socket, isOK) }
        events.closed = { _, reason in hand.finish(.failure(BenchFailure("closed while drawing: \(reason)"))) }
        try await swarm.open([token], events: events)
        try await withCheckedThrowingContinuation { continuation in
            loop.post {
                hand.waiter = continuation
                for _ in 0..<32 { hand.draw(swarm.sockets[0]) }
            }
        }
        try await swarm.close()
    }

    /// Confined to the loop.
    private final class Hand: @unchecked Sendable {
        private var hand: BenchHand
        private var left: Int
        private var underWay = 0
        var waiter: CheckedContinuation<Void, any Error>?

        init(_ hand: BenchHand, left: Int) {
            self.hand = hand
            self.left = left
        }

        func draw(_ socket: BenchSocket) {
            guard left > 0 else { return }
            left -= 1
            underWay += 1
            socket.call("sketches.draw", hand.next())
        }

        func answered(_ socket: BenchSocket, _ isOK: Bool) {
            guard isOK else { return finish(.failure(BenchFailure("the daemon refused to draw"))) }
            underWay -= 1
            draw(socket)
            if left == 0, underWay == 0 { finish(.success(())) }
        }

        func finish(_ result: Swift.Result<Void, any Error>) {
            waiter?.resume(with: result)
            waiter = nil
        }
    }

    // MARK: - Joining

    func run(token: String, rounds: Int) async throws -> Result {
        var result = Result()
        result.operations = sketch.seq
        var times: [Int64] = []
        var bytes = 0
        let cpu = BenchMeasures.cpuSeconds(of: pid)
        for _ in 0..<rounds {
            let round = try await once(token: token)
            times.append(round.time)
            bytes += round.bytes
        }
        result.cpuMilliseconds = (BenchMeasures.cpuSeconds(of: pid) - cpu) * 1_000 / Double(max(rounds, 1))
        result.bytes = Double(bytes) / Double(max(rounds, 1))
        result.p50 = BenchMeasures.percentile(0.5, of: times) / 1e6
        result.p99 = BenchMeasures.percentile(0.99, of: times) / 1e6
        return result
    }

    /// Confined to the loop.
    private final class Round: @unchecked Sendable {
        var waiter: CheckedContinuation<Int64, any Error>?

        func finish(_ result: Swift.Result<Int64, any Error>) {
            waiter?.resume(with: result)
            waiter = nil
        }
    }

    /// Connects, looks at the sketch, asks for all of it, and follows its log from there.
    private func once(token: String) async throws -> (time: Int64, bytes: Int) {
        let swarm = BenchSwarm(loop: loop, address: address)
        let round = Round()
        var events = BenchSocket.Events()
        events.answered = { socket, payload in
            // The first answer is the drawing; the second says that its log is followed.
            if BenchSocket.number(payload, after: 6) == 2 { round.finish(.success(BenchMeasures.nanoseconds)) }
        }
        events.closed = { _, reason in round.finish(.failure(BenchFailure("closed while joining: \(reason)"))) }
        let start = BenchMeasures.nanoseconds
        try await swarm.open([token], view: View(sketch: sketch.id), events: events)
        let snapshot = Coding.encode(SketchRef(sketch.id))
        let sync = Coding.encode(Resume(epoch: nil, seq: [sketch.id.logName: sketch.seq]))
        let end: Int64 = try await withCheckedThrowingContinuation { continuation in
            loop.post {
                round.waiter = continuation
                swarm.sockets[0].call("sketches.snapshot", snapshot)
                swarm.sockets[0].call("sync", sync)
            }
        }
        // The rest of the drawing is on its way.
        try await Task.sleep(for: .milliseconds(30))
        let bytes = try await loop.run { swarm.sockets[0].receivedBytes }
        try await swarm.close()
        return (end - start, bytes)
    }
}
