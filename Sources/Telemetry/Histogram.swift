import Synchronization

/// How observations are distributed over fixed buckets. An observation is two atomic additions and takes no lock.
package final class Histogram: Sendable {
    /// 0.1 ms … 10 s, three steps a decade: wide enough for an fsync and for a slow query.
    package static let latencies: [Duration] = [
        .microseconds(100), .microseconds(250), .microseconds(500), .milliseconds(1), .microseconds(2500),
        .milliseconds(5),
        .milliseconds(10), .milliseconds(25), .milliseconds(50), .milliseconds(100), .milliseconds(250),
        .milliseconds(500),
        .seconds(1), .milliseconds(2500), .seconds(5), .seconds(10),
    ]

    /// Rising upper limits, inclusive; what is above the last one falls into one more bucket.
    private let bounds: [UInt64]
    private let scale: Double
    /// One per bound and one for the rest. Written through atomics only; allocated, because arrays cannot hold atomics.
    nonisolated(unsafe) private let buckets: UnsafeMutablePointer<Atomic<UInt64>>
    private let sum = Atomic<UInt64>(0)

    init(bounds: [UInt64], scale: Double) {
        precondition(!bounds.isEmpty && zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "bounds must rise")
        self.bounds = bounds
        self.scale = scale
        buckets = .allocate(capacity: bounds.count + 1)
        for index in 0...bounds.count { (buckets + index).initialize(to: Atomic(0)) }
    }

    deinit {
        buckets.deinitialize(count: bounds.count + 1)
        buckets.deallocate()
    }

    package func observe(_ value: UInt64) {
        var low = 0
        var high = bounds.count
        while low < high {
            let middle = (low + high) / 2
            if value <= bounds[middle] { high = middle } else { low = middle + 1 }
        }
        buckets[low].add(1, ordering: .relaxed)
        sum.add(value, ordering: .relaxed)
    }

    package func observe(_ duration: Duration) { observe(duration.nanoseconds) }

    package func observe(count: Int) { observe(UInt64(max(0, count))) }

    /// How many observations there were.
    package var count: UInt64 { (0...bounds.count).reduce(0) { $0 + buckets[$1].load(ordering: .relaxed) } }

    /// An upper limit for the `fraction` of observations that are smallest, in the unit of the bounds; nil without
    /// observations, and the last bound for what is above it.
    package func quantile(_ fraction: Double) -> UInt64? {
        let counts = (0...bounds.count).map { buckets[$0].load(ordering: .relaxed) }
        let all = counts.reduce(0, +)
        guard all > 0 else { return nil }
        let wanted = max(1, (fraction * Double(all)).rounded(.up))
        var seen: UInt64 = 0
        for (index, bound) in bounds.enumerated() {
            seen += counts[index]
            if Double(seen) >= wanted { return bound }
        }
        return bounds[bounds.count - 1]
    }
}

extension Histogram: MetricSeries {
    func samples() -> [MetricSample] {
        var samples: [MetricSample] = []
        var seen: UInt64 = 0
        for (index, bound) in bounds.enumerated() {
            seen += buckets[index].load(ordering: .relaxed)
            samples.append(MetricSample(suffix: "_bucket", bound: Self.limit(bound, scale), value: String(seen)))
        }
        // The count is the sum of the buckets read here, so that a scrape in the middle of writes is consistent in
        // itself.
        seen += buckets[bounds.count].load(ordering: .relaxed)
        samples.append(MetricSample(suffix: "_bucket", bound: "+Inf", value: String(seen)))
        let total = scaled(sum.load(ordering: .relaxed))
        samples.append(MetricSample(suffix: "_sum", value: MetricFamily.number(total)))
        samples.append(MetricSample(suffix: "_count", value: String(seen)))
        return samples
    }

    private func scaled(_ value: UInt64) -> Double {
        scale == 1 ? Double(value) : Double(value) / (1 / scale).rounded()
    }

    /// Limits are canonical numbers with a fraction: `le="1.0"`.
    private static func limit(_ bound: UInt64, _ scale: Double) -> String {
        (scale == 1 ? Double(bound) : Double(bound) / (1 / scale).rounded()).description
    }
}
