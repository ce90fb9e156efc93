import Engine
import Synchronization
import Telemetry
import Transport

/// The line that `systemctl status` shows: live counters, and what the last reload did.
final class StatusLine: Sendable {
    private let notifier: Notifier
    private let metrics: DaemonMetrics
    private let engine: Engine
    /// Tier: leaf.
    private let state = Mutex(State())

    private struct State {
        var last = ""
        var note = ""
    }

    init(notifier: Notifier, metrics: DaemonMetrics, engine: Engine) {
        self.notifier = notifier
        self.metrics = metrics
        self.engine = engine
    }

    /// Sends it every five seconds if it has changed.
    func start(on loop: EventLoop) {
        guard notifier.isHeard else { return }
        loop.post { [self] in
            loop.schedule(every: .seconds(5)) { [self] in update() }
        }
    }

    /// Keeps a sentence at the end of the line, and sends it now.
    func note(_ text: String) {
        state.withLock { $0.note = text }
        update()
    }

    func update() {
        let fresh: String? = state.withLock { state in
            let line = state.note.isEmpty ? counters : "\(counters); \(state.note)"
            if line == state.last { return nil }
            state.last = line
            return line
        }
        if let fresh { notifier.status(fresh) }
    }

    var counters: String {
        """
        \(metrics.connections.value) connections, \(metrics.liveSessions.value) live, \(metrics.writes.value) writes, \
        \(metrics.writeQueue.value) queued, search \(engine.search.lag) behind
        """
    }
}
