import ChatAPI
import ChatTestKit
import Glibc
import Testing

/// Acknowledged means durable: a real daemon is killed again and again while writers hold acknowledgements.
@Suite("Crash proof", .serialized)
struct CrashProofTests {
    /// `PLAZA_CRASH_SEED` repeats a run as far as a race with a kernel can be repeated; `PLAZA_CRASH_KILLS` makes it longer.
    static let seed = getenv("PLAZA_CRASH_SEED").flatMap { UInt64(String(cString: $0)) } ?? .random(in: 1 ... .max)
    static let kills = getenv("PLAZA_CRASH_KILLS").flatMap { Int(String(cString: $0)) } ?? 60

    @Test(.timeLimit(.minutes(5)))
    func `nothing acknowledged is lost to kill -9, and readers resume without a hole`() async throws {
        print("crash proof: \(Self.kills) kills, PLAZA_CRASH_SEED=\(Self.seed)")
        let world = try await World.start()
        let swarm = try await CrashSwarm(world, seed: Self.seed)
        var generator = SeededGenerator(seed: Self.seed)
        var log: [Entry] = []
        for kill in 1...Self.kills {
            // From "before anybody has an answer" to "in the middle of full commit groups", at any moment of a group.
            let acknowledgements = Int.random(in: 0...120, using: &generator)
            let microseconds = UInt32.random(in: 0...3_000, using: &generator)
            try await swarm.live(until: acknowledgements) {
                usleep(microseconds)
                world.daemon.kill()
            }
            try await world.daemon.restart()
            if kill % 10 == 0 { log = [] }
            log += try await swarm.log(after: log.last?.seq ?? 0)
            let found = swarm.history.violations(in: log, isSettled: false)
            try #require(found.isEmpty, "after kill \(kill), seed \(Self.seed): \(found.prefix(5))")
            try #require(swarm.failures.isEmpty, "\(swarm.failures)")
        }
        try await swarm.settle()
        let all = try await swarm.log()
        let found = swarm.history.violations(in: all, isSettled: true)
        #expect(found.isEmpty, "at the end, seed \(Self.seed): \(found.prefix(5))")
        let acknowledged = swarm.history.acknowledged.count
        #expect(acknowledged > Self.kills, "too few acknowledgements to prove anything: \(acknowledged)")
        #expect(try await world.daemon.terminate() == 0)
        print("crash proof: \(acknowledged) acknowledged, \(all.count) entries, none lost")
    }

    @Test(.timeLimit(.minutes(5)))
    func `nothing acknowledged is lost to a power failure`() async throws {
        let disk = try CrashDisk()
        let world = try await World.start(environment: disk.environment)
        let swarm = try await CrashSwarm(world, seed: Self.seed &+ 1)
        var generator = SeededGenerator(seed: Self.seed &+ 1)
        var forgotten = 0
        for failure in 1...15 {
            let acknowledgements = Int.random(in: 0...80, using: &generator)
            let microseconds = UInt32.random(in: 0...3_000, using: &generator)
            try await swarm.live(until: acknowledgements) {
                usleep(microseconds)
                world.daemon.kill()
            }
            forgotten += try disk.forgetUnsynced(in: world.daemon.folder + "/data") {
                Int.random(in: 0...$0, using: &generator)
            }
            try await world.daemon.restart()
            let found = swarm.history.violations(in: try await swarm.log(), isSettled: false)
            try #require(found.isEmpty, "after power failure \(failure), seed \(Self.seed): \(found.prefix(5))")
            try #require(swarm.failures.isEmpty, "\(swarm.failures)")
        }
        try await swarm.settle()
        let found = swarm.history.violations(in: try await swarm.log(), isSettled: true)
        #expect(found.isEmpty, "at the end, seed \(Self.seed): \(found.prefix(5))")
        #expect(forgotten > 0, "no write was ever forgotten: this disk proves nothing")
    }

    @Test(.timeLimit(.minutes(5)))
    func `a disk that only says that it has written is found out`() async throws {
        let disk = try CrashDisk()
        let world = try await World.start(environment: disk.environment)
        let swarm = try await CrashSwarm(world, seed: 5)
        // From here on every fdatasync answers at once and keeps nothing.
        disk.lie()
        try await swarm.live(until: 50) { world.daemon.kill() }
        _ = try disk.forgetUnsynced(in: world.daemon.folder + "/data") { _ in 0 }
        disk.behave()
        try await world.daemon.restart()
        let found = swarm.history.violations(in: try await swarm.log(), isSettled: false)
        let lost = found.filter { if case .lost = $0 { true } else { false } }
        let gone = found.filter { if case .shownAndGone = $0 { true } else { false } }
        #expect(lost.count >= 50, "\(found.prefix(5))")
        #expect(!gone.isEmpty, "readers were shown what is gone, and the checker did not say so")
    }

    @Test(.timeLimit(.minutes(5)))
    func `a disk that breaks in a commit ends the daemon, which starts again from what is there`() async throws {
        let disk = try CrashDisk()
        let world = try await World.start(environment: disk.environment)
        let swarm = try await CrashSwarm(world, seed: 6)
        // Every writer gets `outcome_unknown` or loses its connection; either way it has no acknowledgement.
        try await swarm.live(until: 40) { disk.breakSyncs() }
        #expect(try await world.daemon.exitStatus() == 1)
        disk.behave()
        #expect(world.daemon.logText.contains("storage failed; exiting to start again from disk"))
        try await world.daemon.restart()
        try await swarm.settle()
        let found = swarm.history.violations(in: try await swarm.log(), isSettled: true)
        #expect(found.isEmpty, "\(found.prefix(5))")
    }
}
