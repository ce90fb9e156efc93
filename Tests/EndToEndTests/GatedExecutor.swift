import ChatTestKit
import Synchronization
import Transport

/// Runs tasks on a loop, and keeps them while it is shut: what a test wants to happen before them, happens before.
final class GatedExecutor: TaskExecutor {
    private let loop: EventLoop
    private let state = Mutex(State())

    private struct State {
        var isShut = false
        var kept: [UnownedJob] = []
    }

    init(_ loop: EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isKept = state.withLock { state in
            if state.isShut { state.kept.append(job) }
            return state.isShut
        }
        if !isKept { pass(job) }
    }

    func shut() { state.withLock { $0.isShut = true } }

    func open() {
        state.withLock { $0.isShut = false }
        step()
    }

    /// Lets what is kept go on to where it waits next.
    func step() {
        let kept = state.withLock { state in
            defer { state.kept = [] }
            return state.kept
        }
        for job in kept { pass(job) }
    }

    /// Waits until something stands before the gate, or cannot come there any more.
    func arrival(while isExpected: () async -> Bool = { true }) async throws {
        let end = ContinuousClock.now + .seconds(20)
        while state.withLock({ $0.kept.isEmpty }), await isExpected() {
            guard ContinuousClock.now < end else { throw TestFailure("no task has come to the gate") }
            await Task.yield()
        }
    }

    private func pass(_ job: UnownedJob) {
        loop.post { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}
