import Transport

/// Asks systemd for more time while the daemon opens its database: a migration of a large one takes minutes.
final class Patience: @unchecked Sendable {
    private let notifier: Notifier
    private let loop: EventLoop
    /// Touched on the loop only.
    private var timer: PreciseTimer?

    /// Each request is good for this long, and is repeated in a third of it.
    private static let seconds = 30

    init(_ notifier: Notifier, on loop: EventLoop) {
        self.notifier = notifier
        self.loop = loop
        guard notifier.isHeard else { return }
        loop.post { [self] in
            ask()
            timer = loop.schedule(every: .seconds(Self.seconds / 3)) { [self] in ask() }
        }
    }

    func end() {
        loop.post { [self] in
            timer?.cancel()
            timer = nil
        }
    }

    private func ask() { notifier.extend(by: Self.seconds, status: "opening the database") }
}
