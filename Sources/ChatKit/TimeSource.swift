package import ChatAPI
import Glibc

/// Where the kit gets its time, so that tests move it by hand.
package struct TimeSource: Sendable {
    /// Unix milliseconds: what people see and what is stored.
    package let wall: @Sendable () -> Milliseconds
    /// Milliseconds that never jump: time-outs and waits.
    package let uptime: @Sendable () -> Int64

    package init(wall: @escaping @Sendable () -> Milliseconds, uptime: @escaping @Sendable () -> Int64) {
        self.wall = wall
        self.uptime = uptime
    }

    package static let system = TimeSource(
        wall: { milliseconds(CLOCK_REALTIME) },
        uptime: { milliseconds(CLOCK_MONOTONIC) }
    )

    private static func milliseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}

/// Where the kit gets its randomness: the system's, or a row of numbers that a seed repeats.
package struct Randomness: RandomNumberGenerator, Sendable {
    /// Nil draws from the system.
    private var state: UInt64?

    package static let system = Randomness(state: nil)

    private init(state: UInt64?) { self.state = state }

    package init(seed: UInt64) { state = seed }

    /// SplitMix64: small, and good enough to spread waits and to drive tests.
    package mutating func next() -> UInt64 {
        guard let old = state else {
            var system = SystemRandomNumberGenerator()
            return system.next()
        }
        let advanced = old &+ 0x9E37_79B9_7F4A_7C15
        state = advanced
        var mixed = advanced
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
