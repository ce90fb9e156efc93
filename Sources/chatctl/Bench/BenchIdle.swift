import ChatAPI
import Transport

/// Idle connections: what each one costs in memory, and whether a daemon that only waits uses any CPU.
struct BenchIdle: Sendable {
    struct Result: Sendable {
        var connections = 0
        var residentBefore = 0
        var residentAfter = 0
        var cpuSecondsPerMinute = 0.0

        var bytesEach: Double { Double(residentAfter - residentBefore) / Double(max(connections, 1)) }
    }

    let swarm: BenchSwarm
    let pid: Int

    /// Opens the connections and watches the daemon for `duration` while nothing happens.
    func run(_ tokens: [String], for duration: Duration) async throws -> Result {
        var result = Result()
        result.connections = tokens.count
        result.residentBefore = BenchMeasures.residentBytes(of: pid)
        try await swarm.open(tokens, events: BenchSocket.Events())
        // What presence owes to the newcomers is paid within two of its ticks.
        try await Task.sleep(for: .seconds(3))
        result.residentAfter = BenchMeasures.residentBytes(of: pid)
        let cpu = BenchMeasures.cpuSeconds(of: pid)
        let start = BenchMeasures.nanoseconds
        try await Task.sleep(for: duration)
        let minutes = Double(BenchMeasures.nanoseconds - start) / 60e9
        result.cpuSecondsPerMinute = (BenchMeasures.cpuSeconds(of: pid) - cpu) / minutes
        return result
    }
}
