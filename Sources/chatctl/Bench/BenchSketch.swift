import ChatAPI
import Transport

/// Drawing together: some draw at a steady rate, everybody looks; how far behind is each of them with each operation?
///
/// The log has no gaps, so an operation has arrived with the push whose first number is the last one not above its own.
final class BenchSketch: @unchecked Sendable {
    struct Result: Sendable {
        var acknowledged = 0
        var refused = 0
        var seconds = 0.0
        var cpuSeconds = 0.0
        /// From sending an operation until a watcher has it, in milliseconds.
        var behind50 = 0.0
        var behind99 = 0.0
        var behindMost = 0.0
        var answer50 = 0.0
        var answer99 = 0.0
        var pushesPerSecond = 0.0
    }

    private let swarm: BenchSwarm
    private let sketch: Sketch
    private let drawers: Int
    private let rate: Int
    private let pid: Int

    // Confined to the loop.
    private var hands: [BenchHand] = []
    private var sentAt: [[Int64: Int64]] = []
    /// What was drawn while it was measured: number and time.
    private var drawn: [(seq: Int64, at: Int64)] = []
    private var answerTimes: [Int64] = []
    /// For each connection, the first number of each push and when it came.
    private var arrivals: [[(first: Int64, at: Int64)]] = []
    private var refused = 0
    private var isRunning = false
    private var isMeasuring = false

    /// - Parameter rate: operations a second of each drawer.
    init(swarm: BenchSwarm, sketch: Sketch, drawers: Int, rate: Int, pid: Int) {
        self.swarm = swarm
        self.sketch = sketch
        self.drawers = drawers
        self.rate = rate
        self.pid = pid
    }

    var events: BenchSocket.Events {
        var events = BenchSocket.Events()
        events.push = { [self] socket, first in
            if isMeasuring { arrivals[socket.index].append((first, BenchMeasures.nanoseconds)) }
        }
        events.answer = { [self] socket, id, isOK in
            if !isOK, sentAt[socket.index].removeValue(forKey: id) != nil { refused += 1 }
        }
        events.answered = { [self] socket, payload in answered(socket, payload) }
        return events
    }

    /// The first sockets of the swarm draw, and look as all others do.
    func run(warmUp: Duration, duration: Duration) async throws -> Result {
        try await swarm.loop.run { [self] in
            sentAt = Array(repeating: [:], count: swarm.sockets.count)
            arrivals = Array(repeating: [], count: swarm.sockets.count)
            hands = (0..<drawers).map { BenchHand(number: $0, in: sketch) }
            isRunning = true
            let interval = 1_000_000_000 / Int64(rate)
            for number in 0..<drawers {
                // Hands move when they like.
                let first = BenchMeasures.nanoseconds + interval * Int64(number) / Int64(max(drawers, 1))
                schedule(number, due: first, interval)
            }
        }
        try await Task.sleep(for: warmUp)
        let start = try await swarm.loop.run { [self] () -> (at: Int64, cpu: Double) in
            isMeasuring = true
            return (BenchMeasures.nanoseconds, BenchMeasures.cpuSeconds(of: pid))
        }
        try await Task.sleep(for: duration)
        let end = try await swarm.loop.run { [self] () -> (at: Int64, cpu: Double) in
            isRunning = false
            return (BenchMeasures.nanoseconds, BenchMeasures.cpuSeconds(of: pid))
        }
        // What is under way arrives.
        try await Task.sleep(for: .milliseconds(500))
        return try await swarm.loop.run { [self] in
            isMeasuring = false
            return result(seconds: Double(end.at - start.at) / 1e9, cpu: end.cpu - start.cpu)
        }
    }

    private func schedule(_ number: Int, due: Int64, _ interval: Int64) {
        swarm.loop.schedule(after: .nanoseconds(max(0, due - BenchMeasures.nanoseconds))) { [self] in
            guard isRunning else { return }
            let socket = swarm.sockets[number]
            let id = socket.call("sketches.draw", hands[number].next())
            sentAt[number][id] = BenchMeasures.nanoseconds
            schedule(number, due: due + interval, interval)
        }
    }

    private func answered(_ socket: BenchSocket, _ payload: UnsafeRawBufferPointer) {
        let id = BenchSocket.number(payload, after: 6)
        guard let at = sentAt[socket.index].removeValue(forKey: id), isMeasuring else { return }
        // {"id":7,"ok":{"seq":813,…
        let seq = BenchSocket.number(payload, after: 6 + String(id).utf8.count + 13)
        drawn.append((seq, at))
        answerTimes.append(BenchMeasures.nanoseconds - at)
    }

    private func result(seconds: Double, cpu: Double) -> Result {
        var result = Result()
        result.acknowledged = drawn.count
        result.refused = refused
        result.seconds = seconds
        result.cpuSeconds = cpu
        result.answer50 = BenchMeasures.percentile(0.5, of: answerTimes) / 1e6
        result.answer99 = BenchMeasures.percentile(0.99, of: answerTimes) / 1e6
        result.pushesPerSecond =
            Double(arrivals.reduce(0) { $0 + $1.count }) / Double(max(arrivals.count, 1)) / max(seconds, 0.001)
        var behind: [Int64] = []
        let inOrder = drawn.sorted { $0.seq < $1.seq }
        for pushes in arrivals where !pushes.isEmpty {
            var index = 0
            for operation in inOrder where operation.seq >= pushes[0].first {
                while index + 1 < pushes.count, pushes[index + 1].first <= operation.seq { index += 1 }
                behind.append(max(pushes[index].at - operation.at, 0))
            }
        }
        result.behind50 = BenchMeasures.percentile(0.5, of: behind) / 1e6
        result.behind99 = BenchMeasures.percentile(0.99, of: behind) / 1e6
        result.behindMost = Double(behind.max() ?? 0) / 1e6
        return result
    }
}

/// A hand that draws: short spans along a line that wanders over the sketch, a new stroke every half second.
struct BenchHand {
    private let sketch: Sketch
    private var x: Int
    private var y: Int
    private var step = 0
    private var stroke: StrokeID
    private let color: SketchColor
    private var random = SystemRandomNumberGenerator()

    init(number: Int, in sketch: Sketch) {
        self.sketch = sketch
        x = number * 7 % max(sketch.width - 4, 1)
        y = number * 3 % sketch.height
        stroke = Self.newID(&random)
        color = .palette(UInt8(16 + number * 11 % 200))
    }

    private static func newID<Kind>(_ random: inout SystemRandomNumberGenerator) -> ID<Kind> {
        .make(at: BenchMeasures.nanoseconds / 1_000_000, using: &random)
    }

    /// The input of the next `sketches.draw`.
    mutating func next() -> [UInt8] {
        step += 1
        if step % 15 == 0 { stroke = Self.newID(&random) }
        x += 1
        if x + 4 > sketch.width { x = 0 }
        if step % 3 == 0 { y = (y + 1) % sketch.height }
        let run = SketchRun(x: x, y: y, text: step % 2 == 0 ? "▀▄▀" : "███", foreground: color)
        let draw = SketchDraw(
            sketch: sketch.id,
            cid: Self.newID(&random),
            operation: .cells(stroke: stroke, layer: 0, runs: [run])
        )
        return Coding.encode(draw)
    }
}
