import Synchronization

/// Counts something that only grows. One atomic addition, about 9 ns.
package final class Counter: Sendable {
    private let total = Atomic<UInt64>(0)

    init() {}

    package func add(_ count: Int = 1) {
        guard count > 0 else { return }
        total.add(UInt64(count), ordering: .relaxed)
    }

    package var value: UInt64 { total.load(ordering: .relaxed) }
}

/// A whole number that goes up and down.
package final class Gauge: Sendable {
    private let current = Atomic<Int64>(0)

    init() {}

    package func set(_ value: Int) { current.store(Int64(value), ordering: .relaxed) }
    package func add(_ difference: Int = 1) { current.add(Int64(difference), ordering: .relaxed) }
    package func subtract(_ difference: Int = 1) { current.subtract(Int64(difference), ordering: .relaxed) }

    package var value: Int64 { current.load(ordering: .relaxed) }
}

/// A value that is computed when it is read.
final class ComputedGauge: Sendable {
    private let read: @Sendable () -> Double

    init(_ read: @escaping @Sendable () -> Double) { self.read = read }
}

extension Counter: MetricSeries {
    func samples() -> [MetricSample] { [MetricSample(suffix: "_total", value: String(value))] }
}

extension Gauge: MetricSeries {
    func samples() -> [MetricSample] { [MetricSample(value: String(value))] }
}

extension ComputedGauge: MetricSeries {
    func samples() -> [MetricSample] { [MetricSample(value: MetricFamily.number(read()))] }
}
