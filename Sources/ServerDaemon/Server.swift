import ChatAPI
import Engine
import Synchronization
import Telemetry
import Transport

/// The running daemon as its connections see it: the engine, the loops' services, who is connected, whether it drains.
final class Server: Sendable {
    let engine: Engine
    let router: Router
    let metrics: DaemonMetrics
    let liveLimits: LiveSessionLimits
    private let logger: Log
    private let settings: ServerSettings
    private let loops: [ObjectIdentifier: LiveServices]
    private let draining: Draining
    /// Requests that wait for their answer.
    private let answering = Atomic<Int>(0)
    /// Lock tier 1. The live sockets of each loop, to say goodbye to.
    private let sockets = Mutex<[ObjectIdentifier: SocketSet]>([:])

    /// What a reload cannot change while connections are open.
    struct ServerSettings: Sendable {
        /// Exact origins of browsers that may open a live connection; a client without `Origin` always may.
        var allowedOrigins: [String] = []
    }

    private final class SocketSet: @unchecked Sendable {
        var all: [ObjectIdentifier: LiveSocket] = [:]
    }

    init(
        engine: Engine,
        group: EventLoopGroup,
        router: Router,
        metrics: DaemonMetrics,
        logger: Log,
        settings: ServerSettings,
        liveLimits: LiveSessionLimits,
        draining: Draining
    ) {
        self.draining = draining
        self.engine = engine
        self.router = router
        self.metrics = metrics
        self.logger = logger
        self.settings = settings
        self.liveLimits = liveLimits
        var loops: [ObjectIdentifier: LiveServices] = [:]
        for loop in group.loops {
            let shard = HubShard<LiveSession>()
            let post: @Sendable (@escaping @Sendable () -> Void) -> Void = { loop.post($0) }
            engine.hub.add(Hub.Shard(subscriptions: shard, post: post))
            loops[ObjectIdentifier(loop)] = LiveServices(
                engine: engine,
                shard: shard,
                executor: loop,
                post: post,
                atTickEnd: { loop.atTickEnd($0) },
                limits: liveLimits
            )
            sockets.withLock { $0[ObjectIdentifier(loop)] = SocketSet() }
        }
        self.loops = loops
    }

    func services(on loop: EventLoop) -> LiveServices {
        guard let services = loops[ObjectIdentifier(loop)] else { preconditionFailure("a loop of another group") }
        return services
    }

    /// RFC 6455 §10.2. Browsers say where they come from; only the exact origins of the configuration may.
    func checkOrigin(_ origin: String?) throws(HTTPError) {
        guard let origin else { return }
        if !settings.allowedOrigins.contains(origin) {
            throw HTTPError(403, "the origin \(origin.prefix(100)) is not in 'live.origins'")
        }
    }

    // MARK: - Connections

    func opened(_ socket: LiveSocket, on loop: EventLoop) {
        set(of: loop).all[ObjectIdentifier(socket)] = socket
        metrics.liveSessions.add()
    }

    func closed(_ socket: LiveSocket, code: Int?, reason: String, on loop: EventLoop) {
        set(of: loop).all[ObjectIdentifier(socket)] = nil
        metrics.liveSessions.subtract()
        metrics.closed(code)
        metrics.connections.subtract()
        logger.debug("live connection closed", ["code": .count(code ?? 0), "reason": .string(reason)])
    }

    func closedHTTP() { metrics.connections.subtract() }

    private func set(of loop: EventLoop) -> SocketSet {
        loop.preconditionOnLoop()
        return sockets.withLock { sets in
            guard let set = sets[ObjectIdentifier(loop)] else { preconditionFailure("a loop of another group") }
            return set
        }
    }

    // MARK: - Draining

    var isDraining: Bool { draining.hasBegun }

    /// Whether nobody is left to be let go and nobody waits for an answer.
    var isIdle: Bool { liveCount() == 0 && answering.load(ordering: .relaxed) == 0 }

    func beganAnswering() { answering.add(1, ordering: .relaxed) }
    func answered() { answering.subtract(1, ordering: .relaxed) }

    /// Tells every live client to come back at a random time, and closes them one after the other.
    ///
    /// - Returns: false if that had begun before.
    func drain(_ group: EventLoopGroup, over period: Duration) -> Bool {
        guard draining.begin() else { return false }
        let retry = 0...Self.retryMilliseconds(clients: liveCount())
        for loop in group.loops {
            loop.post { [self] in
                let all = Array(set(of: loop).all.values)
                let step = max(1, period.wholeMilliseconds / Int64(max(all.count, 1)))
                for (index, socket) in all.enumerated() {
                    socket.liveSession?.drainAway(retryMilliseconds: retry)
                    loop.schedule(after: .milliseconds(step * Int64(index))) {
                        socket.liveSession?.leave(.draining, "the daemon is shutting down")
                    }
                }
            }
        }
        return true
    }

    /// Over how long clients spread their return: a hundred of them a second, which costs a core little; at least a second,
    /// which a restart takes, and at most half a minute.
    static func retryMilliseconds(clients: Int64) -> Int64 { min(max(clients * 10, 1_000), 30_000) }

    func liveCount() -> Int64 { metrics.liveSessions.value }

    // MARK: - Log

    func log(_ request: Request, _ answer: Answer, milliseconds: Int64) {
        metrics.requests.add()
        let log = answer.code.map { logger.with(["error": .string($0)]) } ?? logger
        log.info(
            "request",
            [
                "requestId": .string(request.id), "method": .string(request.head.method),
                "path": .string(request.head.target.path), "status": .count(answer.status),
                "ms": .int(milliseconds), "address": .string(request.address),
            ]
        )
    }

    /// A connection that came to no agreement about TLS: what its client is told stands only there, and may be less.
    func log(withoutTLS why: String, address: String) {
        logger.info("TLS refused", ["reason": .string(why), "address": .string(address)])
    }

    /// A request that the codec did not take: it has no path that could be trusted.
    func log(refusal: HTTPError, requestID: String, address: String) {
        metrics.requests.add()
        logger.info(
            "refused",
            [
                "requestId": .string(requestID), "status": .count(refusal.status), "reason": .string(refusal.sentence),
                "address": .string(address),
            ]
        )
    }
}
