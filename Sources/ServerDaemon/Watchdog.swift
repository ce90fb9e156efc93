import Engine
import Glibc
import Synchronization
import Transport

/// Tells systemd that the daemon lives, as long as it does: each sign follows a turn of every loop and of the writer's queue.
///
/// The probe touches no disk. A full disk must not become a crash loop; it shows in `/readyz`, while history still serves.
final class Watchdog: Sendable {
    private let notifier: Notifier
    private let group: EventLoopGroup
    private let engine: Engine
    /// Whoever has not answered the probe that is out; nil while none is out.
    private let waiting = Atomic<Int>(0)

    init(notifier: Notifier, group: EventLoopGroup, engine: Engine) {
        self.notifier = notifier
        self.group = group
        self.engine = engine
    }

    /// How often systemd wants a sign, in microseconds; nil if it does not watch this process (sd_watchdog_enabled(3)).
    static func period(environment: (String) -> String?, pid: Int32 = getpid()) -> Int64? {
        guard let text = environment("WATCHDOG_USEC"), let microseconds = Int64(text), microseconds > 0 else {
            return nil
        }
        if let watched = environment("WATCHDOG_PID"), Int32(watched) != pid { return nil }
        return microseconds
    }

    /// Starts if systemd watches. Three signs a period, so that one lost to a busy second kills nobody.
    func start() {
        guard let period = Self.period(environment: ServerDaemon.environment) else { return }
        let loop = group.first
        loop.post { [self] in
            probe()
            loop.schedule(every: .microseconds(max(period / 3, 10_000))) { [self] in probe() }
        }
    }

    /// While a probe is out no other starts: a loop that hangs gets no sign sent for it.
    private func probe() {
        let count = group.loops.count + 1
        guard waiting.compareExchange(expected: 0, desired: count, ordering: .acquiringAndReleasing).exchanged else {
            return
        }
        for loop in group.loops { loop.post { [self] in answered() } }
        engine.turnWriter { [self] in answered() }
    }

    private func answered() {
        if waiting.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { notifier.watchdog() }
    }
}
