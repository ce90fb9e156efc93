package import ChatAPI
import Storage
import Synchronization

// Whether the writer lives, and whether the disk takes what it writes.
extension Engine {
    private static let touch: SQL = """
        INSERT INTO write_probe (id, at) VALUES (1, :at) ON CONFLICT (id) DO UPDATE SET at = excluded.at
        """
    static let probeSchema =
        "CREATE TABLE write_probe (id INTEGER PRIMARY KEY CHECK (id = 1), at INTEGER NOT NULL) STRICT;"

    /// A load balancer's patience: an answer after that is no answer.
    private static let probeLimit = Duration.seconds(2)

    /// Writes one small row through the queue that all writes take, and refuses if that fails or takes over 2 s.
    package func probeWriter() async throws(APIError) {
        let result: Result<Void, APIError> = await withUnsafeContinuation { waiter in
            let race = FirstAnswer(waiter)
            let now = clock.now
            database.enqueue(touching: []) { tx in
                _ = try tx.run(Self.touch) { $0.bind("at", now) }
            } completion: { result in
                race.answer(result.mapError(APIError.init(refusal:)))
            }
            Task {
                try? await Task.sleep(for: Self.probeLimit)
                race.answer(.failure(APIError(.timedOut, "a write has had no answer for 2 s")))
            }
        }
        try result.get()
    }

    /// Runs `done` after a turn of the writer's queue that touches no disk: a full disk is no reason to be restarted.
    package func turnWriter(_ done: @escaping @Sendable () -> Void) {
        struct NothingToWrite: Error {}
        database.enqueue(touching: []) { _ in
            throw NothingToWrite()
        } completion: { _ in
            done()
        }
    }
}

/// Resumes a continuation with whichever answer comes first.
private final class FirstAnswer: Sendable {
    private typealias Waiter = UnsafeContinuation<Result<Void, APIError>, Never>
    /// Tier: leaf.
    private let waiter: Mutex<Waiter?>

    init(_ waiter: UnsafeContinuation<Result<Void, APIError>, Never>) { self.waiter = Mutex(waiter) }

    func answer(_ result: Result<Void, APIError>) {
        waiter.withLock { waiter in
            defer { waiter = nil }
            return waiter
        }?.resume(returning: result)
    }
}
