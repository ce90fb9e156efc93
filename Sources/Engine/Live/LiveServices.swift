package import ChatAPI

/// What every live session of one loop shares: the engine, the loop's side of the hub, and the loop itself.
package final class LiveServices: Sendable {
    package let engine: Engine
    package let shard: HubShard<LiveSession>
    /// The loop, as an executor: the sessions' tasks run on it and nowhere else.
    package let executor: any TaskExecutor
    /// Runs a closure on the loop.
    package let post: @Sendable (@escaping @Sendable () -> Void) -> Void
    package let limits: LiveSessionLimits

    package init(
        engine: Engine,
        shard: HubShard<LiveSession>,
        executor: any TaskExecutor,
        post: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void,
        limits: LiveSessionLimits = LiveSessionLimits()
    ) {
        self.engine = engine
        self.shard = shard
        self.executor = executor
        self.post = post
        self.limits = limits
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
    /// Something waits in the outbox: take it at the end of this tick.
    func needsFlush()
    /// Says `bye` has been sent if there was one; closes after what is queued.
    func close(_ code: CloseCode, reason: String)
}
