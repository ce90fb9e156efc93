package import ChatAPI
import Synchronization

/// How many live connections each session has now: for the list of devices.
package final class LiveTally: Sendable {
    /// Lock tier 3. Taken when a connection greets and when it ends.
    private let counts = Mutex<[SessionID: Int]>([:])

    package func opened(_ session: SessionID) {
        counts.withLock { $0[session, default: 0] += 1 }
    }

    package func closed(_ session: SessionID) {
        counts.withLock { counts in
            guard let count = counts[session] else { return }
            counts[session] = count > 1 ? count - 1 : nil
        }
    }

    package func isLive(_ session: SessionID) -> Bool {
        counts.withLock { $0[session] != nil }
    }
}
