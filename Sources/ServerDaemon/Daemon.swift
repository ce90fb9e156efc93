import ChatAPI
import Engine
import Glibc
import Storage
import Synchronization
import Telemetry
import Transport

/// The daemon from start to end: services started in order, stopped in reverse.
///
/// Start: log, loops, engine (migrations), listeners, `READY=1`. Stop: no new connections, goodbye to the live ones,
/// what was accepted is finished, database, loops.
final class Daemon: Sendable {
    /// Lock tier 1. Replaced by a reload.
    let configuration: Mutex<Configuration>
    let source: ConfigurationSource
    let log: Log
    let sink: LogSink
    let engine: Engine
    let server: Server
    let group: EventLoopGroup
    let certificate: CertificateWatch?
    let places: Places
    let metrics: DaemonMetrics
    let notifier: Notifier
    let statusLine: StatusLine
    private let startedAt: Milliseconds
    /// Lock tier 1. Set once when the daemon begins to listen.
    private let sockets = Mutex<[OpenSockets.Socket]>([])
    private let stopped = Latch()
    /// Steady milliseconds of the first signal; 0 before.
    private let stopWantedAt = Atomic<Int64>(0)

    init(_ configuration: Configuration, source: ConfigurationSource) throws {
        self.source = source
        sink = LogSink(
            format: Self.format(configuration.text("log.format")),
            levels: try LogLevels(configuration.text("log.level"))
        )
        log = sink.log("chatd")
        notifier = Notifier()
        places = try Places(configuration)
        certificate = try Self.certificate(configuration, log)
        metrics = DaemonMetrics()
        let count = configuration.integer("loops")
        group = try EventLoopGroup(count: count > 0 ? count : max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        log.notice("data", ["folder": .string(places.data), "database": .string(places.database)])

        let patience = Patience(notifier, on: group.first)
        defer { patience.end() }
        let log = log
        var settings = EngineSettings(databasePath: places.database, searchPath: places.search)
        settings.isRegistrationOpen = configuration.text("registration") == "open"
        settings.everyoneCreatesChannels = configuration.text("channels.create") == "everyone"
        settings.firstChannel = configuration.text("channels.first")
        settings.rates.botMultiplier = Double(configuration.integer("limits.bot-rate"))
        settings.storage.measures = metrics.storage
        settings.storage.onFatal = { error in
            // Nothing that is in memory can be trusted to match the disk: start again from it.
            log.error("storage failed; exiting to start again from disk", ["error": .string("\(error)")])
            _exit(1)
        }
        let engine = try Engine(settings: settings, hub: Hub(sealing: .webSocket))
        self.engine = engine
        startedAt = engine.clock.now
        let draining = Draining()
        let pages = StatusPages(engine: engine, metrics: metrics, commit: ServerDaemon.commit) { draining.hasBegun }
        server = Server(
            engine: engine,
            group: group,
            router: Router(engine: engine, pages: pages),
            metrics: metrics,
            logger: sink.log("http"),
            settings: Server.ServerSettings(allowedOrigins: configuration.texts("live.origins")),
            liveLimits: LiveSessionLimits(),
            draining: draining
        )
        statusLine = StatusLine(notifier: notifier, metrics: metrics, engine: engine)
        self.configuration = Mutex(configuration)
        metrics.watch(engine)
        metrics.watch(sink)
        if let certificate { metrics.watch(certificate) }
    }

    /// Serves until a signal or a call says to stop. Returns the exit code.
    func run() -> Int32 {
        watchSignals()
        installOperations()
        do {
            try listen()
        } catch {
            log.error("cannot listen", ["error": .string("\(error)")])
            stop()
            return 1
        }
        publishPresence()
        certificate?.start(on: group.first)
        AuditRetention(engine: engine, log: sink.log("audit")) { [self] in
            configuration.withLock { $0.integer("audit.keep-days") }
        }.start(on: group.first)
        announce()
        notifier.ready(status: statusLine.counters)
        Watchdog(notifier: notifier, group: group, engine: engine).start()
        statusLine.start(on: group.first)
        stopped.wait()
        stop()
        return 0
    }

    // MARK: - Listening

    private func listen() throws {
        let plan = OpenSockets(configuration.withLock { $0 }, places: places, tls: certificate?.context)
        let open = try plan.open(on: group)
        sockets.withLock { $0 = open }
        metrics.watch(open.map(\.listener))
        let server = server
        for socket in open {
            try socket.listener.start { connection in
                server.metrics.connections.add()
                let local = LocalPeer(connection.peerCredentials)
                connection.handler = HTTPSession(
                    server: server,
                    connection: connection,
                    local: local.administrator,
                    door: socket.isForStatus ? .status : .service(isAdministrator: local.mayAdminister)
                )
            }
        }
    }

    /// Where it listens; and, as long as there is none, how to make the first administrator.
    private func announce() {
        let open = sockets.withLock { $0 }
        let addresses = open.filter { !$0.isForStatus }.flatMap(\.listener.addresses)
        let status = open.filter(\.isForStatus).flatMap(\.listener.addresses)
        let log = status.isEmpty ? log : log.with(["metrics": .string(Self.text(status))])
        log.notice(
            "ready",
            [
                "listen": .string(Self.text(addresses)), "version": .string(Version.number),
                "commit": .string(ServerDaemon.commit), "epoch": .string(engine.epoch),
            ]
        )
        let socket = addresses.compactMap { if case .unix(let path) = $0 { path } else { nil } }.first
        Task { [engine] in
            guard let socket, try await engine.hasAdministrator() == false else { return }
            log.notice(
                "there is no administrator yet: run 'chatctl --socket \(socket) user create NAME --super' as root or as the daemon's user"
            )
        }
    }

    private static func text(_ addresses: [SocketAddress]) -> String {
        addresses.map { "\($0)" }.joined(separator: " ")
    }

    /// Presence and typing are merged: what changed goes out once a second. What happens in sketches goes out thirty times
    /// a second, while something does.
    private func publishPresence() {
        let loop = group.first
        let engine = engine
        loop.post {
            loop.schedule(every: .seconds(1)) {
                engine.hub.publish(engine.presence, now: engine.clock.steady)
                engine.sketchFan.publishDrawing()
            }
        }
        engine.sketchFan.schedule { milliseconds in
            loop.post { loop.schedule(after: .milliseconds(milliseconds)) { engine.sketchFan.tick() } }
        }
    }

    private func installOperations() {
        var operations = Operations()
        operations.commit = ServerDaemon.commit
        operations.startedAt = startedAt
        operations.connections = { [metrics] in metrics.connections.value }
        operations.liveSessions = { [metrics] in metrics.liveSessions.value }
        operations.writeQueue = { [metrics] in metrics.writeQueue.value }
        operations.residentBytes = { ProcessStatistics.current()?.residentBytes ?? 0 }
        operations.isReady = { [metrics, server] in !server.isDraining && !metrics.storageFails }
        operations.isDraining = { [server] in server.isDraining }
        operations.drain = { [self] in requestStop() }
        operations.reload = { [self] () throws(APIError) in try reload() }
        engine.domains.server.install(operations)
    }

    // MARK: - Signals and stopping

    private func watchSignals() {
        let loop = group.first
        let watching = Latch()
        loop.post { [self] in
            for number in [SIGTERM, SIGINT] {
                SignalWatch.start(number, on: loop) { [self] in stopSignalled() }
            }
            SignalWatch.start(SIGHUP, on: loop) { [self] in
                // What it refused is in the log and in the status line.
                _ = try? reload()
            }
            watching.open()
        }
        // Whoever is told that the daemon is ready may send a signal at once.
        watching.wait()
    }

    /// The first signal drains; whoever sends a second does not want to wait. Nothing acknowledged is lost by that.
    ///
    /// Two signals at once are one wish: `timeout(1)` and terminals tell both the process and its group.
    private func stopSignalled() {
        let now = engine.clock.steady
        let first = stopWantedAt.load(ordering: .relaxed)
        if first == 0 {
            stopWantedAt.store(now, ordering: .relaxed)
            return requestStop()
        }
        guard now - first > 250 else { return }
        log.warning("told to stop twice; exiting at once")
        sockets.withLock { $0.forEach { $0.listener.removeFiles() } }
        _exit(1)
    }

    /// Stops once every live client has been let go and every request is answered, or the drain time is over.
    func requestStop() {
        let period = Duration.seconds(configuration.withLock { $0.integer("drain-seconds") })
        guard server.drain(group, over: period) else { return }
        log.notice("draining", ["live": .int(server.liveCount()), "seconds": .count(period.components.seconds)])
        notifier.stopping()
        sockets.withLock { $0.forEach { $0.listener.close() } }
        let deadline = engine.clock.steady + period.wholeMilliseconds + 2_000
        let loop = group.first
        loop.post { [self] in waitForClients(on: loop, until: deadline) }
    }

    private func waitForClients(on loop: EventLoop, until deadline: Milliseconds) {
        if server.isIdle || engine.clock.steady > deadline { return stopped.open() }
        loop.schedule(after: .milliseconds(20)) { [self] in waitForClients(on: loop, until: deadline) }
    }

    private func stop() {
        sockets.withLock { $0.forEach { $0.listener.close() } }
        engine.close()
        group.stopAndWait()
        log.notice("stopped")
    }

    // MARK: - Parts of the configuration

    private static func format(_ word: String) -> LogSink.Format {
        switch word {
        case "logfmt": .logfmt
        case "json": .json
        default: LogSink.format(for: STDERR_FILENO)
        }
    }

    private static func certificate(_ configuration: Configuration, _ log: Log) throws -> CertificateWatch? {
        try configuration.certificateFiles().map {
            try CertificateWatch(certificate: $0.certificate, key: $0.key, log: log)
        }
    }
}

/// Why the daemon cannot start, as a sentence.
struct StartError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension Sealing {
    /// Each payload is a text frame of WebSocket; several of them lie one after the other in one blob.
    static var webSocket: Sealing {
        Sealing { payloads in
            var bytes: [UInt8] = []
            bytes.reserveCapacity(payloads.reduce(0) { $0 + $1.count + 10 })
            for payload in payloads { WebSocketFrame.append(.text, payload, to: &bytes) }
            return Frame(bytes)
        }
    }
}
