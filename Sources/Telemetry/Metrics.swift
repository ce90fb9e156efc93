import Synchronization

/// All metrics of a process, rendered as OpenMetrics text 1.0.
///
/// Metrics are made once, at the start, with their labels; writing one takes no lock. Making the same metric twice
/// gives the same object; the same name with another type, help or set of label names is a mistake in the program.
package final class Metrics: Sendable {
    package static let contentType = "application/openmetrics-text; version=1.0.0; charset=utf-8"

    /// Lock tier: leaf, taken when a metric is made and when all are read.
    private let families = Mutex<[MetricFamily]>([])

    package init() {}

    package typealias Labels = KeyValuePairs<String, String>

    /// Counts something that only grows. `name` without `_total`.
    package func counter(_ name: String, _ help: String, unit: MetricUnit = .none, labels: Labels = [:]) -> Counter {
        series(name, help, .counter, unit, labels) { Counter() }
    }

    /// A value that goes up and down.
    package func gauge(_ name: String, _ help: String, unit: MetricUnit = .none, labels: Labels = [:]) -> Gauge {
        series(name, help, .gauge, unit, labels) { Gauge() }
    }

    /// A value that is asked for when metrics are read; `read` must be quick and must not log.
    package func gauge(
        _ name: String,
        _ help: String,
        unit: MetricUnit = .none,
        labels: Labels = [:],
        read: @escaping @Sendable () -> Double
    ) {
        _ = series(name, help, .gauge, unit, labels) { ComputedGauge(read) }
    }

    /// How observations are distributed. `bounds` are the upper limits of the buckets, rising, in nanoseconds for
    /// seconds.
    package func histogram(
        _ name: String,
        _ help: String,
        unit: MetricUnit,
        bounds: [UInt64],
        labels: Labels = [:]
    ) -> Histogram {
        series(name, help, .histogram, unit, labels) { Histogram(bounds: bounds, scale: unit.scale) }
    }

    /// How long something takes: buckets from 0.1 ms to 10 s unless told otherwise.
    package func durations(
        _ name: String,
        _ help: String,
        bounds: [Duration] = Histogram.latencies,
        labels: Labels = [:]
    ) -> Histogram {
        histogram(name, help, unit: .seconds, bounds: bounds.map(\.nanoseconds), labels: labels)
    }

    /// Everything, as a scraper wants it. With `process`, the metrics of the process itself come first.
    package func openMetrics(process: ProcessStatistics? = nil) -> String {
        var text = process?.openMetrics ?? ""
        for family in families.withLock({ $0 }) { family.render(into: &text) }
        return text + "# EOF\n"
    }

    private func series<Series: MetricSeries>(
        _ name: String,
        _ help: String,
        _ type: MetricFamily.Kind,
        _ unit: MetricUnit,
        _ labels: Labels,
        make: () -> Series
    ) -> Series {
        precondition(Self.isName(name) && name.hasPrefix("plaza_"), "\(name) is no name for a metric")
        precondition(!name.hasSuffix("_total"), "\(name): the name of a counter gets _total when it is rendered")
        precondition(unit == .none || name.hasSuffix("_\(unit.rawValue)"), "\(name) does not end in its unit")
        precondition(labels.allSatisfy { Self.isName($0.key) && $0.key != "le" }, "\(name) has a label that is no name")
        let pairs = labels.map { MetricLabel(name: $0.key, value: $0.value) }
        return families.withLock { families in
            guard let index = families.firstIndex(where: { $0.name == name }) else {
                let made = make()
                families.append(
                    MetricFamily(
                        name: name,
                        help: help,
                        kind: type,
                        unit: unit,
                        series: [.init(labels: pairs, metric: made)]
                    )
                )
                return made
            }
            precondition(
                families[index].kind == type && families[index].unit == unit && families[index].help == help
                    && families[index].series[0].labels.map(\.name) == pairs.map(\.name),
                "\(name) is already there and different"
            )
            if let known = families[index].series.first(where: { $0.labels == pairs }) {
                guard let known = known.metric as? Series else {
                    preconditionFailure("\(name) is already there and different")
                }
                return known
            }
            let made = make()
            families[index].series.append(.init(labels: pairs, metric: made))
            return made
        }
    }

    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
        }
    }
}

/// What a metric is measured in; the name ends with it.
package enum MetricUnit: String, Sendable {
    case none = ""
    case seconds
    case bytes

    /// What an observation is multiplied with: durations are counted in nanoseconds.
    var scale: Double { self == .seconds ? 1e-9 : 1 }
}

extension Duration {
    /// Whole nanoseconds; nothing below zero, and no more than 584 years.
    var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (product, tooLarge) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        return tooLarge ? .max : product &+ UInt64(attoseconds / 1_000_000_000)
    }
}
