import Glibc
import Synchronization

/// What other threads hand to the UI's: actions in order, one wake per batch.
final class ActionMailbox: Sendable {
    /// Tier: leaf. Nothing is called while it is held.
    private let actions = Mutex<[Action]>([])
    private let reading: Int32
    private let writing: Int32

    /// Nil when the process has no descriptors left.
    init?() {
        var files: [Int32] = [-1, -1]
        guard pipe(&files) == 0 else { return nil }
        for file in files {
            _ = fcntl(file, F_SETFD, FD_CLOEXEC)
            _ = fcntl(file, F_SETFL, O_NONBLOCK)
        }
        reading = files[0]
        writing = files[1]
    }

    deinit {
        close(reading)
        close(writing)
    }

    func post(_ action: Action) { post([action]) }

    func post(_ new: [Action]) {
        let wasEmpty = actions.withLock { actions in
            defer { actions += new }
            return actions.isEmpty
        }
        guard wasEmpty else { return }
        var byte: UInt8 = 1
        // A full pipe holds a wake already.
        _ = write(writing, &byte, 1)
    }

    /// Waits until there is something, or so many milliseconds; takes everything.
    func take(waiting milliseconds: Int32) -> [Action] {
        var file = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
        if poll(&file, 1, milliseconds) > 0 {
            var bytes = [UInt8](repeating: 0, count: 64)
            while read(reading, &bytes, bytes.count) > 0 {}
        }
        return actions.withLock { actions in
            defer { actions = [] }
            return actions
        }
    }
}
