import ChatAPI
import Transport

/// Durable sends: publishers, each with its own channel's worth of messages in flight; what counts is the answer.
final class BenchIngest: @unchecked Sendable {
    struct Result: Sendable {
        var acknowledged = 0
        var refused = 0
        var seconds = 0.0
        var cpuSeconds = 0.0
        var p50 = 0.0
        var p99 = 0.0
    }

    private let swarm: BenchSwarm
    private let channel: ChannelID
    private let inFlight: Int
    private let pid: Int
    private let text: [UInt8]
    private var sentAt: [[Int64: Int64]] = []
    private var latencies: [Int64] = []
    private var acknowledged = 0
    private var refused = 0
    private var isRunning = false

    init(swarm: BenchSwarm, channel: ChannelID, inFlight: Int, pid: Int, textBytes: Int = 120) {
        self.swarm = swarm
        self.channel = channel
        self.inFlight = inFlight
        self.pid = pid
        text = Array("\"".utf8) + [UInt8](repeating: UInt8(ascii: "m"), count: textBytes) + Array("\"".utf8)
    }

    var events: BenchSocket.Events {
        var events = BenchSocket.Events()
        events.answer = { [self] socket, id, isOK in answered(socket, id, isOK) }
        return events
    }

    func run(for duration: Duration) async throws -> Result {
        let start = try await swarm.loop.run { [self] () -> (at: Int64, cpu: Double) in
            sentAt = Array(repeating: [:], count: swarm.sockets.count)
            isRunning = true
            for socket in swarm.sockets { for _ in 0..<inFlight { send(socket) } }
            return (BenchMeasures.nanoseconds, BenchMeasures.cpuSeconds(of: pid))
        }
        try await Task.sleep(for: duration)
        return try await swarm.loop.run { [self] in
            isRunning = false
            var result = Result()
            result.acknowledged = acknowledged
            result.refused = refused
            result.seconds = Double(BenchMeasures.nanoseconds - start.at) / 1e9
            result.cpuSeconds = BenchMeasures.cpuSeconds(of: pid) - start.cpu
            result.p50 = BenchMeasures.percentile(0.5, of: latencies) / 1e6
            result.p99 = BenchMeasures.percentile(0.99, of: latencies) / 1e6
            return result
        }
    }

    private func send(_ socket: BenchSocket) {
        var random = SystemRandomNumberGenerator()
        let now = BenchMeasures.nanoseconds
        let id = socket.send(text, to: channel, cid: ClientID.make(at: now / 1_000_000, using: &random))
        sentAt[socket.index][id] = now
    }

    private func answered(_ socket: BenchSocket, _ id: Int64, _ isOK: Bool) {
        guard let at = sentAt[socket.index].removeValue(forKey: id) else { return }
        if isOK { acknowledged += 1 } else { refused += 1 }
        // Every eighth is enough for the percentiles of millions.
        if acknowledged % 8 == 0 { latencies.append(BenchMeasures.nanoseconds - at) }
        if isRunning { send(socket) }
    }
}
