package import ChatAPI
import Storage
import Synchronization

/// Fires durable timers: on the writer, each in a write of its own, in the order of their due times, also those that came
/// due while the daemon was down.
package final class Timers: Sendable {
    /// What a timer does when it fires.
    package struct Handler: Sendable {
        let fire: @Sendable (DurableTimer, Milliseconds, borrowing Transaction) throws -> Outcome

        package init(_ fire: @escaping @Sendable (DurableTimer, Milliseconds, borrowing Transaction) throws -> Outcome)
        {
            self.fire = fire
        }
    }

    package enum Outcome: Sendable {
        case done
        /// It fires again: at once if there is more to do than fits one write, or later.
        case again(at: Milliseconds, payload: JSON? = nil)
    }

    private struct State {
        /// When the sleeping task wakes up; nil if there is none.
        var armedFor: Milliseconds?
        var sleeper: Task<Void, Never>?
        var firing: Task<Milliseconds?, any Error>?
        var jumps = JumpWatch()
        var isClosed = false
    }

    /// Lock tier 3.
    private let state = Mutex(State())
    private let database: EngineDatabase
    private let clock: any Clock
    private let handlers: [String: Handler]
    private let report: @Sendable (TimerReport) -> Void

    /// The clock is looked at this often at least: a jump is found, and timers of other processes of one database.
    private static let napMilliseconds: Int64 = 60_000
    /// A failed timer is tried again after 1, 2, 4 … seconds, at most this.
    private static let longestRetryMilliseconds: Int64 = 3_600_000

    package init(
        database: EngineDatabase,
        clock: any Clock,
        handlers: [String: Handler],
        report: @escaping @Sendable (TimerReport) -> Void = { _ in }
    ) {
        self.database = database
        self.clock = clock
        self.handlers = handlers
        self.report = report
    }

    // MARK: - Scheduling

    /// Sets a timer, in the caller's transaction; the one of the same kind and object is replaced.
    package func schedule(
        kind: String,
        object: String,
        due: Milliseconds,
        lease: Int64 = 0,
        payload: JSON? = nil,
        _ tx: borrowing Transaction
    ) throws {
        precondition(handlers[kind] != nil, "nobody fires timers of kind \(kind)")
        try TimerStore.insert(kind: kind, object: object, due: due, lease: lease, payload: payload, tx)
        // If this write is refused the waking finds nothing. The firing is a write behind this one: it sees the row.
        arm(for: due)
    }

    package func cancel(kind: String, object: String, _ tx: borrowing Transaction) throws {
        try TimerStore.delete(kind: kind, object: object, tx)
    }

    /// Makes the recurring ones that are missing and starts to fire.
    package func start(recurring kinds: [String]) {
        let now = clock.now
        database.enqueue(touching: []) { tx in
            for kind in kinds { try TimerStore.insertMissing(kind: kind, due: now, tx) }
        } completion: { [weak self] _ in
            // A full disk: what is in the table fires all the same, the rest is made at the next start.
            self?.arm(for: now)
        }
    }

    /// Lets a recurring one fire at once.
    package func hurry(_ kind: String) {
        let now = clock.now
        database.enqueue(touching: []) { tx in
            try TimerStore.insert(kind: kind, object: "", due: now, lease: 0, payload: nil, tx)
        } completion: { [weak self] _ in
            self?.arm(for: now)
        }
    }

    package func close() {
        let sleeper = state.withLock { state in
            state.isClosed = true
            return state.sleeper
        }
        sleeper?.cancel()
    }

    /// Wakes up in time for what a commit set.
    func note(_ news: [News]) {
        var first: Milliseconds?
        for case .timerSet(let due) in news { first = min(first ?? due, due) }
        if let first { arm(for: first) }
    }

    // MARK: - Firing

    private func arm(for due: Milliseconds) {
        let now = clock.now
        let wake = min(due, now + Self.napMilliseconds)
        state.withLock { state in
            if state.isClosed { return }
            if let armed = state.armedFor, armed <= wake { return }
            state.sleeper?.cancel()
            state.armedFor = wake
            state.sleeper = Task { [weak self] in
                if wake > now { try? await Task.sleep(for: .milliseconds(wake - now)) }
                if Task.isCancelled { return }
                await self?.wakeUp()
            }
        }
    }

    private func wakeUp() async {
        state.withLock { $0.armedFor = nil }
        var next = clock.now + Self.napMilliseconds
        do {
            next = try await fireDue() ?? next
        } catch {
            // Storage is in trouble: the daemon says so elsewhere; the rows are still there in a minute.
            report(.stalled("\(APIError(refusal: error).detail)"))
        }
        arm(for: next)
    }

    /// Fires everything that is due now.
    ///
    /// - Returns: when the next one is due; nil if there is none.
    @discardableResult
    package func fireDue() async throws -> Milliseconds? {
        // One after the other: between a failure and its postponement nobody else may fire the same timer.
        let firing = state.withLock { state in
            let before = state.firing
            let task = Task {
                _ = await before?.result
                return try await self.fireAllDue()
            }
            state.firing = task
            return task
        }
        return try await firing.value
    }

    private func fireAllDue() async throws -> Milliseconds? {
        let (wall, steady) = (clock.now, clock.steady)
        if let jump = state.withLock({ $0.jumps.jump(wall: wall, steady: steady) }) {
            let delayed = try await database.write(touching: []) { tx in try TimerStore.delayExpiries(now: wall, tx) }
            report(.jumped(milliseconds: jump, delayed: delayed))
        }
        while !state.withLock({ $0.isClosed }) {
            let now = clock.now
            switch try await fireOne(now) {
            case .fired: continue
            case .nextDue(let due): return due
            }
        }
        return nil
    }

    private enum Firing: Sendable {
        case fired
        case nextDue(Milliseconds?)
    }

    /// What a handler threw, with the timer it was about.
    private struct Failure: Error {
        let timer: DurableTimer
        let reason: String
    }

    private func fireOne(_ now: Milliseconds) async throws -> Firing {
        let handlers = handlers
        do {
            return try await database.write(touching: []) { tx in
                guard let timer = try TimerStore.next(tx) else { return .nextDue(nil) }
                guard timer.due <= now else { return .nextDue(timer.due) }
                guard let handler = handlers[timer.kind] else {
                    throw Failure(timer: timer, reason: "this release does not know timers of kind \(timer.kind)")
                }
                do {
                    switch try handler.fire(timer, now, tx) {
                    case .done: try TimerStore.delete(timer, tx)
                    case .again(let due, let payload): try TimerStore.postpone(timer, to: due, payload: payload, tx)
                    }
                } catch let error as StorageError {
                    if case .constraint = error { throw Failure(timer: timer, reason: error.description) }
                    throw error
                } catch {
                    throw Failure(timer: timer, reason: APIError(refusal: error).detail)
                }
                return .fired
            }
        } catch let failure as Failure {
            let timer = failure.timer
            let pause = min(1_000 << Int64(min(timer.attempts, 20)), Self.longestRetryMilliseconds)
            try await database.write(touching: []) { tx in
                try TimerStore.postpone(
                    timer,
                    to: now + pause,
                    payload: timer.payload,
                    attempts: timer.attempts + 1,
                    tx
                )
            }
            report(.failed(timer, failure.reason))
            return .fired
        }
    }
}

/// What the daemon's log should say of timers.
package enum TimerReport: Sendable {
    /// The wall clock jumped; so many expiries were put off by one lease.
    case jumped(milliseconds: Int64, delayed: Int)
    case failed(DurableTimer, String)
    case stalled(String)
}

extension Transaction {
    /// Sets a timer with the write that makes it necessary: one per kind and object, survives restarts.
    ///
    /// - Parameter lease: how long after a jump of the clock an expiry is put off; 0 for what is none.
    package func setTimer(
        _ kind: String,
        _ object: String,
        due: Milliseconds,
        lease: Int64 = 0,
        payload: JSON? = nil
    ) throws {
        try TimerStore.insert(kind: kind, object: object, due: due, lease: lease, payload: payload, self)
        facts.tell(.timerSet(due))
    }

    package func stopTimer(_ kind: String, _ object: String) throws {
        try TimerStore.delete(kind: kind, object: object, self)
    }
}
