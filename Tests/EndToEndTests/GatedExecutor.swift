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
        let kept = state.withLock { state in
            state.isShut = false
            defer { state.kept = [] }
            return state.kept
        }
        for job in kept { pass(job) }
    }

    private func pass(_ job: UnownedJob) {
        loop.post { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}
