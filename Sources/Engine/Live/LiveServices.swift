package import ChatAPI
import Storage

/// What every live session of one loop shares: the engine, the loop's side of the hub, and the loop itself.
package final class LiveServices: @unchecked Sendable {
    package let engine: Engine
    package let shard: HubShard<LiveSession>
    /// The loop, as an executor: the sessions' tasks run on it and nowhere else.
    package let executor: any TaskExecutor
    /// Runs a closure on the loop.
    package let post: @Sendable (@escaping @Sendable () -> Void) -> Void
    package let limits: LiveSessionLimits
    /// Runs a closure on the loop at the end of this tick. Called on the loop.
    private let atTickEnd: (@escaping () -> Void) -> Void
    /// What this tick's messages want written. Confined to the loop.
    private let writes = WriteBatch<Facts>()

    /// - Parameter atTickEnd: without it what is collected is handed over at once.
    package init(
        engine: Engine,
        shard: HubShard<LiveSession>,
        executor: any TaskExecutor,
        post: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void,
        atTickEnd: @escaping (@escaping () -> Void) -> Void = { $0() },
        limits: LiveSessionLimits = LiveSessionLimits()
    ) {
        self.engine = engine
        self.shard = shard
        self.executor = executor
        self.post = post
        self.atTickEnd = atTickEnd
        self.limits = limits
    }

    /// Messages of one tick are stored together: they reach the writer as one batch at its end.
    func collect(_ add: (WriteBatch<Facts>) -> Void) {
        let isFirst = writes.isEmpty
        add(writes)
        guard isFirst, !writes.isEmpty else { return }
        atTickEnd { [self] in submit() }
    }

    /// What this tick has collected so far goes to the writer now: what comes next does not go by the batch, and comes after it.
    func submit() {
        if !writes.isEmpty { engine.database.submit(writes) }
    }
}

/// What one live session may do. The configuration may raise it, for bots.
package struct LiveSessionLimits: Sendable {
    package var callsInFlight = Limits.callsInFlight
    package var heartbeatMilliseconds: Int64 = 25_000
    /// How long an answer to a ping may take; any frame counts.
    package var pongMilliseconds: Int64 = 8_000
    package var helloMilliseconds: Int64 = 10_000

    package init() {}
}

/// The socket's side of a live session. Called on the session's loop.
package protocol LivePeer: AnyObject {
    /// Takes a frame at once if hardly anything waits before it, so that the common push is looked at once and not twice.
    ///
    /// - Returns: false if it has to wait in the outbox.
    func takes(_ frame: Frame) -> Bool
    /// Something waits in the outbox: take it at the end of this tick.
    func needsFlush()
    /// Hands over no frame until `resume`. What comes meanwhile waits, in its order and within a bound; beyond it the sender is
    /// not read.
    func hold()
    /// Goes on with what waits, never inside this call.
    func resume()
    /// Says `bye` has been sent if there was one; closes after what is queued.
    func close(_ code: CloseCode, reason: String)
}
