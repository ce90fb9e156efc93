import ChatAPI
import Transport

/// Fan-out: publishers send into one channel, everyone in it gets every message; a message is complete when all have it.
///
/// Closed: `inFlight` messages under way at any time. Open: a fixed rate, latency counted from the moment a message was due.
final class BenchFanout: @unchecked Sendable {
    struct Result: Sendable {
        var deliveries = 0
        var seconds = 0.0
        var cpuSeconds = 0.0
        /// From sending (or due time) to the last delivery, in milliseconds.
        var p50 = 0.0
        var p99 = 0.0
    }

    private let swarm: BenchSwarm
    private let channel: ChannelID
    private let subscribers: Int
    private let publishers: Int
    private let pid: Int
    private let text: [UInt8]

    // Confined to the loop.
    private var delivered: [Int64: Int] = [:]
    private var sentAt: [Int64: Int64] = [:]
    private var order: [Int64] = []
    private var sent = 0
    private var nextPublisher = 0
    private var deliveries = 0
    private var latencies: [Int64] = []
    private var isMeasuring = false
    private var isRunning = false
    private var inFlight = 0
    private var head: Int64 = 0
    private var completed = 0

    /// - Parameter textBytes: length of each message.
    init(
        swarm: BenchSwarm,
        channel: ChannelID,
        subscribers: Int,
        publishers: Int,
        pid: Int,
        textBytes: Int = 120
    ) {
        self.swarm = swarm
        self.channel = channel
        self.subscribers = subscribers
        self.publishers = publishers
        self.pid = pid
        text = Array("\"".utf8) + [UInt8](repeating: UInt8(ascii: "m"), count: textBytes) + Array("\"".utf8)
    }

    var events: BenchSocket.Events {
        var events = BenchSocket.Events()
        events.push = { [self] _, seq in arrived(seq) }
        return events
    }

    /// Sockets 0…subscribers-1 listen, the rest publish; all are members, so a message goes to all of them.
    private var everyone: Int { subscribers + publishers }

    func closedLoop(inFlight wanted: Int, warmUp: Duration, duration: Duration) async throws -> Result {
        try await measure(warmUp: warmUp, duration: duration) { [self] in
            inFlight = wanted
            for _ in 0..<wanted { publish(dueAt: BenchMeasures.nanoseconds) }
        }
    }

    func openLoop(perSecond rate: Int, warmUp: Duration, duration: Duration) async throws -> Result {
        try await measure(warmUp: warmUp, duration: duration) { [self] in
            inFlight = 0
            let interval = 1_000_000_000 / Int64(rate)
            schedule(due: BenchMeasures.nanoseconds + interval, interval)
        }
    }

    private func schedule(due: Int64, _ interval: Int64) {
        let wait = max(0, due - BenchMeasures.nanoseconds)
        swarm.loop.schedule(after: .nanoseconds(wait)) { [self] in
            guard isRunning else { return }
            publish(dueAt: due)
            schedule(due: due + interval, interval)
        }
    }

    private func measure(
        warmUp: Duration,
        duration: Duration,
        _ begin: @escaping @Sendable () -> Void
    ) async throws -> Result {
        try await swarm.loop.run { [self] in
            isRunning = true
            begin()
        }
        try await Task.sleep(for: warmUp)
        let start = try await swarm.loop.run { [self] () -> (at: Int64, cpu: Double) in
            deliveries = 0
            latencies = []
            isMeasuring = true
            return (BenchMeasures.nanoseconds, BenchMeasures.cpuSeconds(of: pid))
        }
        try await Task.sleep(for: duration)
        return try await swarm.loop.run { [self] in
            isMeasuring = false
            isRunning = false
            var result = Result()
            result.deliveries = deliveries
            result.seconds = Double(BenchMeasures.nanoseconds - start.at) / 1e9
            result.cpuSeconds = BenchMeasures.cpuSeconds(of: pid) - start.cpu
            result.p50 = BenchMeasures.percentile(0.5, of: latencies) / 1e6
            result.p99 = BenchMeasures.percentile(0.99, of: latencies) / 1e6
            return result
        }
    }

    // MARK: - On the loop

    private func publish(dueAt: Int64) {
        let publisher = swarm.sockets[subscribers + nextPublisher]
        nextPublisher = (nextPublisher + 1) % publishers
        var random = SystemRandomNumberGenerator()
        publisher.send(text, to: channel, cid: ClientID.make(at: dueAt / 1_000_000, using: &random))
        // Messages get their numbers in the order of arrival; which is which matters only for the time.
        order.append(dueAt)
    }

    private func arrived(_ seq: Int64) {
        deliveries += 1
        let count = (delivered[seq] ?? 0) + 1
        if count == 1 {
            if completed < order.count { sentAt[seq] = order[completed] }
            completed += 1
        }
        guard count == everyone else {
            delivered[seq] = count
            return
        }
        delivered[seq] = nil
        if let at = sentAt.removeValue(forKey: seq), isMeasuring {
            latencies.append(BenchMeasures.nanoseconds - at)
        }
        if completed > 4_096 {
            order.removeFirst(completed)
            completed = 0
        }
        if isRunning && inFlight > 0 { publish(dueAt: BenchMeasures.nanoseconds) }
    }
}
