package import ChatAPI
import Glibc

/// Where the engine gets its time, so that tests move it by hand.
package protocol Clock: Sendable {
    /// Unix milliseconds.
    var now: Milliseconds { get }
    /// Milliseconds of a clock that cannot jump, from any start.
    var steady: Int64 { get }
}

extension Clock {
    /// Time that is moved by hand does not jump.
    package var steady: Int64 { now }
}

package struct SystemClock: Clock {
    package init() {}

    package var now: Milliseconds {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// With the time the machine was suspended: waking up is not a jump.
    package var steady: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
