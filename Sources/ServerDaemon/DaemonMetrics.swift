import Engine
import Glibc
import Storage
import Synchronization
import Telemetry
import Transport

/// What the daemon counts: `/metrics` and `server status` show it.
final class DaemonMetrics: Sendable {
    let registry = Metrics()
    let connections: Gauge
    let liveSessions: Gauge
    let requests: Counter
    let framesIn: Counter
    let closedByServer: Counter
    let closedByClient: Counter
    let groups: Counter
    let writes: Counter
    let refusedWrites: Counter
    let writeQueue: Gauge
    let logBytes: Gauge
    /// Monotonic nanoseconds of the last group that became durable, and whether a group was lost since.
    private let durableAt = Atomic<Int64>(0)
    private let lostSince = Atomic<Bool>(false)
    private let lostGroups: Counter
    private let groupSeconds: Histogram
    private let commitSeconds: Histogram
    private let readSeconds: Histogram

    init() {
        connections = registry.gauge("plaza_connections", "Open connections, HTTP and live.")
        liveSessions = registry.gauge("plaza_live_sessions", "Open live connections.")
        requests = registry.counter("plaza_http_requests", "HTTP requests answered.")
        framesIn = registry.counter("plaza_live_frames_in", "WebSocket messages received.")
        closedByServer = registry.counter(
            "plaza_live_closed",
            "Live connections closed, by side.",
            labels: ["side": "server"]
        )
        closedByClient = registry.counter(
            "plaza_live_closed",
            "Live connections closed, by side.",
            labels: ["side": "client"]
        )
        groups = registry.counter("plaza_write_groups", "Commit groups.")
        writes = registry.counter("plaza_writes", "Writes, refused ones included.")
        refusedWrites = registry.counter("plaza_writes_refused", "Writes refused by their own rules.")
        writeQueue = registry.gauge("plaza_write_queue", "Writes accepted and not finished.")
        logBytes = registry.gauge("plaza_wal_bytes", "Used part of the write-ahead log.", unit: .bytes)
        lostGroups = registry.counter("plaza_write_groups_lost", "Commit groups lost to a storage error.")
        groupSeconds = registry.durations("plaza_write_group_seconds", "From BEGIN to the end of COMMIT.")
        commitSeconds = registry.durations("plaza_commit_seconds", "COMMIT alone: mostly the disk's sync.")
        readSeconds = registry.durations("plaza_read_seconds", "Read transactions.")
    }

    var storage: Measures {
        Measures(
            group: { [self] group in
                groups.add()
                note(group)
                writes.add(group.writes)
                refusedWrites.add(group.refused)
                writeQueue.set(group.queueDepth)
                logBytes.set(group.logBytes)
                groupSeconds.observe(UInt64(group.totalNanoseconds))
                commitSeconds.observe(UInt64(group.commitNanoseconds))
            },
            read: { [self] nanoseconds in readSeconds.observe(UInt64(nanoseconds)) }
        )
    }

    private func note(_ group: Measures.Group) {
        if group.isLost {
            lostGroups.add()
            lostSince.store(true, ordering: .relaxed)
        } else if group.writes > group.refused {
            durableAt.store(Self.monotonic, ordering: .relaxed)
            lostSince.store(false, ordering: .relaxed)
        }
    }

    /// Whether the last thing that storage was asked to keep was lost.
    var storageFails: Bool { lostSince.load(ordering: .relaxed) }

    /// Whether something became durable in the last five seconds and nothing failed since: then nobody has to try.
    var hasWrittenLately: Bool {
        !storageFails && Self.monotonic - durableAt.load(ordering: .relaxed) < 5_000_000_000
            && durableAt.load(ordering: .relaxed) > 0
    }

    private static var monotonic: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    // MARK: - What others count

    func watch(_ engine: Engine) {
        registry.gauge("plaza_search_lag", "Entries that search has not read yet.") { Double(engine.search.lag) }
        registry.gauge("plaza_sign_in_failures", "Wrong passwords and codes since the start.") {
            Double(engine.accounts.signInFailures)
        }
        registry.gauge("plaza_password_hashes", "Passwords hashed since the start.") {
            Double(engine.accounts.passwordHashes)
        }
    }

    func watch(_ certificate: CertificateWatch) {
        registry.gauge(
            "plaza_certificate_expiry_seconds",
            "When the certificate ends, in seconds since 1970.",
            unit: .seconds
        ) { Double(certificate.expiry) }
    }

    func watch(_ listeners: [Listener]) {
        registry.gauge("plaza_connections_accepted", "Connections accepted since the start.") {
            Double(listeners.reduce(0) { $0 + $1.acceptedCount })
        }
        registry.gauge("plaza_connections_refused", "Connections refused for the limit or for want of descriptors.") {
            Double(listeners.reduce(0) { $0 + $1.refusedCount })
        }
    }

    func watch(_ sink: LogSink) {
        registry.gauge("plaza_log_lines_lost", "Log lines that their reader did not take.") { Double(sink.lostLines) }
    }

    /// A live connection has ended; `code` is what the daemon closed with, nil if the client went.
    func closed(_ code: Int?) {
        if code.map({ $0 >= 4_000 }) == true { closedByServer.add() } else { closedByClient.add() }
    }
}
