import Glibc

/// A thread of the operating system with a name that `top -H` shows. Blocking work never runs on Swift's cooperative pool.
final class NamedThread: @unchecked Sendable {
    private var handle = pthread_t()
    private var isJoined = false
    private let joining: Lock

    /// - Parameters:
    ///   - name: at most 15 bytes are shown.
    ///   - niceness: 0 to 19, how far it stands back for other threads (nice(2)).
    init(_ name: String, niceness: Int32 = 0, _ body: @escaping @Sendable () -> Void) throws(StorageError) {
        joining = Lock()
        let start = Unmanaged.passRetained(Start(name: name, niceness: niceness, body: body))
        let code = pthread_create(
            &handle,
            nil,
            { context in
                guard let context else { return nil }
                let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
                NamedThread.nameCurrent(start.name)
                // On Linux it concerns this thread only.
                if start.niceness != 0 { _ = nice(start.niceness) }
                start.body()
                return nil
            },
            start.toOpaque()
        )
        guard code == 0 else {
            start.release()
            isJoined = true
            throw .setup(reason: "cannot start thread \(name): \(String(cString: strerror(code)))")
        }
    }

    deinit {
        if !isJoined { pthread_detach(handle) }
    }

    var isCurrent: Bool { pthread_equal(handle, pthread_self()) != 0 }

    /// Waits until the body has returned. Every caller waits; on the thread itself it does nothing.
    func join() {
        guard !isCurrent else { return }
        joining.lock()
        defer { joining.unlock() }
        if !isJoined { pthread_join(handle, nil) }
        isJoined = true
    }

    private final class Start: Sendable {
        let name: String
        let niceness: Int32
        let body: @Sendable () -> Void

        init(name: String, niceness: Int32, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.niceness = niceness
            self.body = body
        }
    }

    /// `pthread_setname_np` is not in Swift's Glibc module; the kernel takes the name from this file as well (proc(5)).
    private static func nameCurrent(_ name: String) {
        let descriptor = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        let bytes = Array(name.utf8.prefix(15))
        _ = write(descriptor, bytes, bytes.count)
        close(descriptor)
    }
}

/// A mutex and a condition of the operating system: `Synchronization.Mutex` has no way to wait for a condition.
final class Lock: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        mutex.initialize(to: pthread_mutex_t())
        condition.initialize(to: pthread_cond_t())
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func lock() { pthread_mutex_lock(mutex) }
    func unlock() { pthread_mutex_unlock(mutex) }
    /// Gives the lock up until a wake; the caller holds it and asks its condition again.
    func wait() { pthread_cond_wait(condition, mutex) }
    func wakeOne() { pthread_cond_signal(condition) }
    func wakeAll() { pthread_cond_broadcast(condition) }
}
