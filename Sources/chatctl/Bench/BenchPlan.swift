import ChatAPI
import ChatKit
import Glibc
import Transport

/// The benches as they are run against a daemon: what is prepared, what is measured, what is printed.
struct BenchPlan: Sendable {
    let service: any Service
    let address: ConnectAddress
    /// The daemon's process, for its CPU time and memory.
    let pid: Int
    let loop: EventLoop

    /// One measured number: what, how much, in which unit, and what it should reach.
    struct Figure: Codable, Sendable {
        var name: String
        var value: Double
        var unit: String
    }

    /// What tells the names of one run from those of another.
    func newTag() -> String { String(UInt32.random(in: 0 ... .max), radix: 36) }

    // MARK: - Fan-out

    struct FanoutShape: Sendable {
        var subscribers = 1_000
        var publishers = 8
        /// 0 for the open loop.
        var inFlight = 64
        var perSecond = 0
        var seconds = 5
    }

    func fanout(_ shape: FanoutShape) async throws -> [Figure] {
        let population = BenchPopulation(service: service, tag: newTag())
        let channel = try await population.channel("fan")
        let tokens = try await population.bots(shape.subscribers + shape.publishers, in: [channel], named: "fan")
        return try await fanout(shape, channel: channel, tokens: tokens)
    }

    /// The same against the bare loop, which knows no tokens.
    func bareFanout(_ shape: FanoutShape) async throws -> [Figure] {
        let tokens = Array(repeating: "bare", count: shape.subscribers + shape.publishers)
        return try await fanout(shape, channel: ChannelID(high: 1, low: 1), tokens: tokens)
    }

    private func fanout(_ shape: FanoutShape, channel: ChannelID, tokens: [String]) async throws -> [Figure] {
        let swarm = BenchSwarm(loop: loop, address: address)
        let bench = BenchFanout(
            swarm: swarm,
            channel: channel,
            subscribers: shape.subscribers,
            publishers: shape.publishers,
            pid: pid
        )
        try await swarm.open(tokens, events: bench.events)
        let duration = Duration.seconds(shape.seconds)
        let result =
            shape.inFlight > 0
            ? try await bench.closedLoop(inFlight: shape.inFlight, warmUp: .seconds(1), duration: duration)
            : try await bench.openLoop(perSecond: shape.perSecond, warmUp: .seconds(1), duration: duration)
        try await swarm.close()
        return [
            Figure(name: "deliveries", value: Double(result.deliveries) / result.seconds, unit: "1/s"),
            Figure(
                name: "deliveries per second of daemon CPU",
                value: Double(result.deliveries) / max(result.cpuSeconds, 0.01),
                unit: "1/s"
            ),
            Figure(name: "complete p50", value: result.p50, unit: "ms"),
            Figure(name: "complete p99", value: result.p99, unit: "ms"),
            Figure(name: "daemon CPU", value: 100 * result.cpuSeconds / result.seconds, unit: "%"),
        ]
    }

    // MARK: - Ingest

    func ingest(publishers: Int, inFlight: Int, seconds: Int) async throws -> [Figure] {
        let population = BenchPopulation(service: service, tag: newTag())
        let channel = try await population.channel("in")
        let tokens = try await population.bots(publishers, in: [channel], named: "in")
        let swarm = BenchSwarm(loop: loop, address: address)
        let bench = BenchIngest(swarm: swarm, channel: channel, inFlight: inFlight, pid: pid)
        try await swarm.open(tokens, events: bench.events)
        let result = try await bench.run(for: .seconds(seconds))
        let end = BenchMeasures.nanoseconds
        let lag = try await searchLag()
        let caughtUp = try await waitForSearch(from: end)
        try await swarm.close()
        return [
            Figure(name: "acknowledged", value: Double(result.acknowledged) / result.seconds, unit: "1/s"),
            Figure(name: "refused", value: Double(result.refused), unit: ""),
            Figure(name: "answer p50", value: result.p50, unit: "ms"),
            Figure(name: "answer p99", value: result.p99, unit: "ms"),
            Figure(name: "daemon CPU", value: 100 * result.cpuSeconds / result.seconds, unit: "%"),
            Figure(name: "search behind at the end", value: Double(lag), unit: "entries"),
            Figure(name: "search caught up after", value: caughtUp, unit: "s"),
        ]
    }

    private func searchLag() async throws -> Int64 {
        try await service.call(.serverStatus, Empty()).searchLag
    }

    /// How long the index takes to come to the end, at most a minute.
    private func waitForSearch(from start: Int64) async throws -> Double {
        while BenchMeasures.nanoseconds - start < 60_000_000_000 {
            if try await searchLag() == 0 { break }
            try await Task.sleep(for: .milliseconds(20))
        }
        return Double(BenchMeasures.nanoseconds - start) / 1e9
    }

    // MARK: - Idle

    func idle(connections: Int, channels: Int, seconds: Int) async throws -> [Figure] {
        let population = BenchPopulation(service: service, tag: newTag())
        var made: [ChannelID] = []
        for index in 0..<channels { made.append(try await population.channel("idle\(index)")) }
        // Five devices of each account, as a busy evening has it.
        let tokens = try await population.bots(max(1, connections / 5), in: made, named: "idle")
        let swarm = BenchSwarm(loop: loop, address: address)
        let all = (0..<connections).map { tokens[$0 % tokens.count] }
        let result = try await BenchIdle(swarm: swarm, pid: pid).run(all, for: .seconds(seconds))
        try await swarm.close()
        return [
            Figure(name: "connections", value: Double(result.connections), unit: ""),
            Figure(name: "resident each", value: result.bytesEach / 1_024, unit: "KiB"),
            Figure(name: "resident before", value: Double(result.residentBefore) / 1_048_576, unit: "MiB"),
            Figure(name: "daemon CPU", value: result.cpuSecondsPerMinute / 0.6, unit: "%"),
        ]
    }

    // MARK: - Audit

    func audit(entries: Int, rounds: Int) async throws -> [Figure] {
        let result = try await BenchAudit(service: service).run(entries: entries, rounds: rounds)
        return [
            Figure(name: "entries", value: Double(result.entries), unit: ""),
            Figure(name: "verified", value: Double(result.entries) / result.verifySeconds, unit: "1/s"),
            Figure(name: "signed heads", value: Double(result.heads), unit: ""),
            Figure(
                name: "audited changes",
                value: Double(result.written) / max(result.writeSeconds, 0.001),
                unit: "1/s"
            ),
        ]
    }

    // MARK: - Resume

    func resume(missed: Int, rounds: Int) async throws -> [Figure] {
        let population = BenchPopulation(service: service, tag: newTag())
        let channel = try await population.channel("re")
        let tokens = try await population.bots(1, in: [channel], named: "re")
        for _ in 0..<missed {
            var random = SystemRandomNumberGenerator()
            let message = Message(
                channel: channel,
                cid: .make(at: 1_777_636_800_000, using: &random),
                text: String(repeating: "m", count: 120)
            )
            _ = try await service.call(.sendMessage, message)
        }
        let head = try await service.call(.channel, ChannelRef(channel)).head ?? 0
        let position = Resume(epoch: nil, seq: [channel.description: head - Int64(missed)])
        let result = try await BenchResume(loop: loop, address: address, pid: pid)
            .run(token: tokens[0], resume: position, missed: missed, rounds: rounds)
        return [
            Figure(name: "entries", value: Double(result.missed), unit: ""),
            Figure(name: "hello to last entry p50", value: result.p50, unit: "ms"),
            Figure(name: "hello to last entry p99", value: result.p99, unit: "ms"),
            Figure(name: "daemon CPU each", value: result.cpuMilliseconds, unit: "ms"),
        ]
    }
}
