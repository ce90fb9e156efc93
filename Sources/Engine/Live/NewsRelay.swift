import Synchronization

/// Who hears of each commit group besides the hub: projections, which are made after the database they read.
final class NewsRelay: Sendable {
    /// Lock tier 3. Written while the engine is put together, read once per commit group.
    private let listeners = Mutex<[@Sendable ([News]) -> Void]>([])

    func add(_ listener: @escaping @Sendable ([News]) -> Void) {
        listeners.withLock { $0.append(listener) }
    }

    /// On the writer thread, in commit order.
    func tell(_ news: [News]) {
        for listener in listeners.withLock({ $0 }) { listener(news) }
    }
}
