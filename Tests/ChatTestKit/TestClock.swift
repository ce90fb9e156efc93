package import ChatAPI
import Engine
import Synchronization

/// Time that tests move by hand.
package final class TestClock: Clock {
    private let milliseconds: Mutex<Milliseconds>

    /// Starts on 1 May 2026, 12:00 UTC, unless told otherwise.
    package init(at milliseconds: Milliseconds = 1_777_636_800_000) {
        self.milliseconds = Mutex(milliseconds)
    }

    package var now: Milliseconds { milliseconds.withLock { $0 } }

    package func advance(by duration: Duration) {
        let (seconds, attoseconds) = duration.components
        milliseconds.withLock { $0 += seconds * 1_000 + attoseconds / 1_000_000_000_000_000 }
    }

    package func set(_ time: Milliseconds) {
        milliseconds.withLock { $0 = time }
    }
}
