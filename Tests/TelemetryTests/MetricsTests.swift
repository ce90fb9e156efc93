import Glibc
import Synchronization
import Telemetry
import Testing

/// Metrics as a scraper reads them.
struct MetricsTests {
    @Test func `every type as OpenMetrics text`() {
        let metrics = Metrics()
        let inbound = metrics.counter("plaza_frames", "Frames.", labels: ["direction": "in"])
        let outbound = metrics.counter("plaza_frames", "Frames.", labels: ["direction": "out"])
        let connections = metrics.gauge("plaza_connections", "Open connections.")
        metrics.gauge("plaza_queue_bytes", "Bytes \"waiting\".\nAll \\ of them.", unit: .bytes) { 12.5 }
        let sync = metrics.durations(
            "plaza_fsync_seconds",
            "Time of an fsync.",
            bounds: [.milliseconds(1), .seconds(1)]
        )
        let group = metrics.histogram(
            "plaza_group",
            "Writes of a commit.",
            unit: .none,
            bounds: [1, 8],
            labels: ["a": "x\"\\\ny"]
        )
        inbound.add()
        inbound.add(41)
        outbound.add(-5)
        connections.add(5)
        connections.subtract(2)
        for duration in [.microseconds(500), .milliseconds(1), .milliseconds(2), .seconds(5)] as [Duration] {
            sync.observe(duration)
        }
        for count in [0, 1, 2, 8, 9] { group.observe(count: count) }
        #expect(
            metrics.openMetrics() == #"""
                # TYPE plaza_frames counter
                # HELP plaza_frames Frames.
                plaza_frames_total{direction="in"} 42
                plaza_frames_total{direction="out"} 0
                # TYPE plaza_connections gauge
                # HELP plaza_connections Open connections.
                plaza_connections 3
                # TYPE plaza_queue_bytes gauge
                # UNIT plaza_queue_bytes bytes
                # HELP plaza_queue_bytes Bytes \"waiting\".\nAll \\ of them.
                plaza_queue_bytes 12.5
                # TYPE plaza_fsync_seconds histogram
                # UNIT plaza_fsync_seconds seconds
                # HELP plaza_fsync_seconds Time of an fsync.
                plaza_fsync_seconds_bucket{le="0.001"} 2
                plaza_fsync_seconds_bucket{le="1.0"} 3
                plaza_fsync_seconds_bucket{le="+Inf"} 4
                plaza_fsync_seconds_sum 5.0035
                plaza_fsync_seconds_count 4
                # TYPE plaza_group histogram
                # HELP plaza_group Writes of a commit.
                plaza_group_bucket{a="x\"\\\ny",le="1.0"} 2
                plaza_group_bucket{a="x\"\\\ny",le="8.0"} 4
                plaza_group_bucket{a="x\"\\\ny",le="+Inf"} 5
                plaza_group_sum{a="x\"\\\ny"} 20
                plaza_group_count{a="x\"\\\ny"} 5
                # EOF

                """#
        )
    }

    @Test func `the same metric made twice is the same metric`() {
        let metrics = Metrics()
        let one = metrics.counter("plaza_x", "X.", labels: ["a": "1"])
        #expect(metrics.counter("plaza_x", "X.", labels: ["a": "1"]) === one)
        #expect(metrics.counter("plaza_x", "X.", labels: ["a": "2"]) !== one)
    }

    @Test func `nothing is lost when many threads write`() async {
        let metrics = Metrics()
        let counter = metrics.counter("plaza_x", "X.")
        let histogram = metrics.durations("plaza_y_seconds", "Y.")
        let gauge = metrics.gauge("plaza_z", "Z.")
        await withTaskGroup(of: Void.self) { group in
            for thread in 0..<8 {
                group.addTask {
                    for round in 0..<5000 {
                        counter.add()
                        histogram.observe(.microseconds(thread * round))
                        gauge.add(round % 2 == 0 ? 1 : -1)
                    }
                }
            }
        }
        #expect(counter.value == 40_000)
        #expect(histogram.count == 40_000)
        #expect(gauge.value == 0)
    }

    @Test func `quantiles are upper limits of buckets`() {
        let histogram = Metrics().histogram("plaza_x", "X.", unit: .none, bounds: [1, 10, 100])
        #expect(histogram.quantile(0.5) == nil)
        for value in 1...100 { histogram.observe(count: value) }
        #expect(histogram.quantile(0) == 1)
        #expect(histogram.quantile(0.1) == 10)
        #expect(histogram.quantile(0.5) == 100)
        histogram.observe(count: 5000)
        #expect(histogram.quantile(1) == 100)
    }

    /// Each observation falls into the first bucket whose limit it does not exceed, whatever the bounds.
    @Test func `buckets count what a scan would count`() {
        let seed: UInt64 = 5
        var random = SeededRandom(seed: seed)
        for round in 0..<200 {
            let bounds = Set(
                (0..<Int.random(in: 1...20, using: &random)).map { _ in UInt64.random(in: 0...50, using: &random) }
            ).sorted()
            let histogram = Metrics().histogram("plaza_x", "X.", unit: .none, bounds: bounds)
            let values = (0..<50).map { _ in UInt64.random(in: 0...60, using: &random) }
            for value in values { histogram.observe(value) }
            for fraction in [0.01, 0.5, 0.9, 1] {
                let rank = Int((fraction * 50).rounded(.up)) - 1
                let exact = values.sorted()[rank]
                let expected = bounds.first { $0 >= exact } ?? bounds[bounds.count - 1]
                #expect(histogram.quantile(fraction) == expected, "seed \(seed), round \(round)")
            }
        }
    }

    @Test func `the process knows itself`() throws {
        let before = try #require(ProcessStatistics.current())
        let descriptor = open("/dev/null", O_RDONLY)
        defer { close(descriptor) }
        #expect(before.residentBytes > 1 << 20)
        #expect(before.openDescriptors > 2)
        #expect(before.descriptorLimit >= before.openDescriptors)
        #expect(before.cpuSeconds >= 0)
        let now = Double(LogSink.wallClock()) / 1000
        #expect(before.startTime > now - 86_400 && before.startTime < now + 2)
        let text = Metrics().openMetrics(process: before)
        for name in ["cpu_seconds_total", "resident_memory_bytes", "open_fds", "max_fds", "start_time_seconds"] {
            #expect(text.contains("\nprocess_\(name) "), "\(text)")
        }
        #expect(text.hasSuffix("\n# EOF\n"))
    }
}
