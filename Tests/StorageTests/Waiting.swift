import ChatTestKit
import Glibc
import Storage
import Synchronization

/// Lets a test stop a thread of storage and know when it is there: no sleeps, only conditions.
final class Turnstile: @unchecked Sendable {
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func open() { sem_post(semaphore) }
    func pass() { while sem_wait(semaphore) != 0 {} }
}

/// Collects outcomes in the order in which they arrive and hands them over when all are there.
final class Arrivals<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var waiter: (count: Int, continuation: CheckedContinuation<[Element], Never>)?
    }
    private let state = Mutex(State())

    func add(_ element: Element) {
        let ready = state.withLock { state -> (CheckedContinuation<[Element], Never>, [Element])? in
            state.elements.append(element)
            guard let waiter = state.waiter, state.elements.count >= waiter.count else { return nil }
            state.waiter = nil
            return (waiter.continuation, state.elements)
        }
        if let (continuation, elements) = ready { continuation.resume(returning: elements) }
    }

    var soFar: [Element] { state.withLock { $0.elements } }

    func first(_ count: Int) async -> [Element] {
        await withCheckedContinuation { continuation in
            let ready = state.withLock { state -> [Element]? in
                if state.elements.count >= count { return state.elements }
                state.waiter = (count, continuation)
                return nil
            }
            if let ready { continuation.resume(returning: ready) }
        }
    }
}

/// Holds the writer inside a write of its own, so that everything enqueued meanwhile is one group.
final class WriterHold: Sendable {
    private let release = Turnstile()

    init(_ database: Database<Ledger>) async {
        let entered = Arrivals<Void>()
        database.enqueue(touching: []) { [release] _ in
            entered.add(())
            release.pass()
        } completion: { _ in
        }
        _ = await entered.first(1)
    }

    func end() { release.open() }
}

extension ScratchFolder {
    /// The file's bytes as they are now, as a crash would leave them.
    static func copy(_ source: String, to target: String) {
        let input = open(source, O_RDONLY)
        guard input >= 0 else { return }
        let output = open(target, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(input, &buffer, buffer.count)
            guard count > 0 else { break }
            precondition(Glibc.write(output, buffer, count) == count)
        }
        close(input)
        close(output)
    }
}

extension Result where Success: Sendable {
    var storageError: StorageError? {
        if case .failure(let error) = self { error as? StorageError } else { nil }
    }
    var refusal: Refusal? {
        if case .failure(let error) = self { error as? Refusal } else { nil }
    }
    var isSuccess: Bool {
        if case .success = self { true } else { false }
    }
}
