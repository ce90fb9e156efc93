import ChatAPI
import ChatTestKit
import Glibc
import Testing

/// Acknowledged means durable at the help desk as well: a real daemon is killed again and again while people ask,
/// change their minds, take and end.
@Suite("Crash proof of the help desk", .serialized)
struct RequestCrashTests {
    private static let seed = CrashProofTests.seed &+ 40
    private static let kills = 20

    @Test(.timeLimit(.minutes(5)))
    func `no request is lost to kill -9, none is taken twice, and what was ended is ended`() async throws {
        print("crash proof of the help desk: \(Self.kills) kills, PLAZA_CRASH_SEED=\(CrashProofTests.seed)")
        let swarm = try await RequestSwarm(seed: Self.seed)
        var generator = SeededGenerator(seed: Self.seed)
        for kill in 1...Self.kills {
            let acknowledgements = Int.random(in: 0...60, using: &generator)
            let microseconds = UInt32.random(in: 0...3_000, using: &generator)
            try await swarm.live(until: acknowledgements) {
                usleep(microseconds)
                swarm.world.daemon.kill()
            }
            try await swarm.world.daemon.restart()
            let wrong = try await swarm.violations()
            try #require(wrong.isEmpty, "after kill \(kill), seed \(Self.seed): \(wrong.prefix(5))")
        }
        #expect(
            swarm.acknowledged > Self.kills * 10,
            "too few acknowledgements to prove anything: \(swarm.acknowledged)"
        )
        #expect(try await swarm.world.daemon.terminate() == 0)
    }

    @Test(.timeLimit(.minutes(3)))
    func `a disk that only says that it has written is found out here as well`() async throws {
        let disk = try CrashDisk()
        let swarm = try await RequestSwarm(seed: 7, environment: disk.environment)
        // From here on every fdatasync answers at once and keeps nothing.
        disk.lie()
        try await swarm.live(until: 30) { swarm.world.daemon.kill() }
        _ = try disk.forgetUnsynced(in: swarm.world.daemon.folder + "/data") { _ in 0 }
        disk.behave()
        try await swarm.world.daemon.restart()
        let wrong = try await swarm.violations()
        #expect(wrong.contains { $0.hasSuffix("is not there") }, "\(wrong.prefix(5))")
        #expect(wrong.contains { $0.contains("was taken and is") }, "\(wrong.prefix(5))")
    }
}
