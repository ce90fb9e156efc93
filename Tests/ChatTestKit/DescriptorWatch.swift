import Glibc
import Synchronization

/// One thread that waits on every descriptor of the tests, so that no test blocks a thread of the pool and none sleeps.
package final class DescriptorWatch: Sendable {
    package static let shared = DescriptorWatch()

    private struct Waiter {
        let descriptor: Int32
        let events: Int16
        /// Milliseconds of the monotonic clock.
        let deadline: Int64
        let continuation: CheckedContinuation<Bool, Never>
    }

    private let waiters = Mutex<[Waiter]>([])
    private let wake: (read: Int32, write: Int32)

    private init() {
        let ends = Spawn.pair()
        wake = (ends.ours, ends.theirs)
        for end in [wake.read, wake.write] { _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK) }
        var thread = pthread_t()
        let unmanaged = Unmanaged.passRetained(self)
        let status = pthread_create(
            &thread,
            nil,
            { pointer in
                guard let pointer else { return nil }
                Unmanaged<DescriptorWatch>.fromOpaque(pointer).takeUnretainedValue().run()
            },
            unmanaged.toOpaque()
        )
        precondition(status == 0, "no thread: \(status)")
    }

    /// True once the descriptor has one of the events, or ended; false at the deadline.
    package func wait(_ descriptor: Int32, for events: Int32, within milliseconds: Int64) async -> Bool {
        await withCheckedContinuation { continuation in
            let waiter = Waiter(
                descriptor: descriptor,
                events: Int16(truncatingIfNeeded: events),
                deadline: Self.now + milliseconds,
                continuation: continuation
            )
            waiters.withLock { $0.append(waiter) }
            var byte: UInt8 = 0
            _ = write(wake.write, &byte, 1)
        }
    }

    /// A deadline alone. Only what ends a hopeless wait uses it.
    package func deadline(after milliseconds: Int64) async {
        _ = await wait(-1, for: 0, within: milliseconds)
    }

    /// Ends what waits for a descriptor that is about to be closed.
    package func forget(_ descriptor: Int32) {
        let gone = waiters.withLock { waiters in
            let gone = waiters.filter { $0.descriptor == descriptor }
            waiters.removeAll { $0.descriptor == descriptor }
            return gone
        }
        for waiter in gone { waiter.continuation.resume(returning: true) }
    }

    package static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    private func run() -> Never {
        while true {
            let (polled, timeout) = waiters.withLock { waiters in
                let nearest = waiters.map(\.deadline).min()
                let list =
                    [pollfd(fd: wake.read, events: Int16(POLLIN), revents: 0)]
                    + waiters.map { pollfd(fd: $0.descriptor, events: $0.events, revents: 0) }
                return (list, nearest.map { Int32(clamping: max(0, $0 - Self.now)) } ?? -1)
            }
            var list = polled
            poll(&list, nfds_t(list.count), timeout)
            if list[0].revents != 0 {
                var buffer = [UInt8](repeating: 0, count: 256)
                while read(wake.read, &buffer, buffer.count) > 0 {}
            }
            let ready = Set(list.dropFirst().filter { $0.revents != 0 }.map(\.fd))
            let now = Self.now
            let done = waiters.withLock { waiters in
                let done = waiters.filter { ready.contains($0.descriptor) || $0.deadline <= now }
                waiters.removeAll { ready.contains($0.descriptor) || $0.deadline <= now }
                return done
            }
            for waiter in done { waiter.continuation.resume(returning: ready.contains(waiter.descriptor)) }
        }
    }
}

/// What went wrong in a test's own machinery, or what did not happen in time.
package struct TestFailure: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
