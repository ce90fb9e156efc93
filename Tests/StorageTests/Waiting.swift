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

/// A folder that is deleted with the object.
final class Folder: Sendable {
    let path: String

    init() {
        var template = Array("/tmp/plaza-storage-XXXXXX".utf8CString)
        template.withUnsafeMutableBufferPointer { _ = mkdtemp($0.baseAddress!) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        guard let folder = opendir(path) else { return }
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            unlink("\(path)/\(name)")
        }
        closedir(folder)
        rmdir(path)
    }

    /// The file's bytes as they are now, as a crash would leave them.
    static func copy(_ source: String, to target: String) {
        let input = open(source, O_RDONLY)
        guard input >= 0 else { return }
        let output = open(target, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(input, &buffer, buffer.count)
            guard count > 0 else { break }
            precondition(write(output, buffer, count) == count)
        }
        close(input)
        close(output)
    }
}

/// A random generator that a printed seed repeats (splitmix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
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
