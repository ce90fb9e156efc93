import Synchronization

/// Whether the daemon is letting everyone go: asked by every request, set once.
final class Draining: Sendable {
    private let flag = Atomic<Bool>(false)

    var hasBegun: Bool { flag.load(ordering: .relaxed) }

    /// - Returns: false if it had begun before.
    func begin() -> Bool { !flag.exchange(true, ordering: .relaxed) }
}
