import Glibc
import Synchronization

/// What a daemon wrote to its standard error, and who waits for a line of it.
package final class LogCapture: Sendable {
    private struct Waiter {
        let number: Int
        let text: String
        let continuation: CheckedContinuation<String?, Never>
    }

    private struct State {
        var bytes: [UInt8] = []
        var isEnded = false
        var waiters: [Waiter] = []
        var next = 0
    }

    private let state = Mutex(State())

    /// Reads until the pipe ends: the daemon and whatever it started are gone then.
    package init(reading descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        Task { [self] in
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = read(descriptor, &buffer, buffer.count)
                if count > 0 {
                    take(buffer[..<count])
                } else if count < 0 && errno == EAGAIN {
                    _ = await DescriptorWatch.shared.wait(descriptor, for: Int32(POLLIN), within: 60_000)
                } else if count == 0 || errno != EINTR {
                    break
                }
            }
            close(descriptor)
            end()
        }
    }

    package var text: String { String(decoding: state.withLock { $0.bytes }, as: UTF8.self) }
    package var isEnded: Bool { state.withLock { $0.isEnded } }

    /// The first line that holds the text; nil if the daemon ends or the deadline comes first.
    package func line(with text: String, within milliseconds: Int64 = RawSocket.deadlineMilliseconds) async -> String? {
        await withCheckedContinuation { continuation in
            let number: Int? = state.withLock { state in
                if let line = Self.line(with: text, in: state.bytes) {
                    continuation.resume(returning: line)
                    return nil
                }
                if state.isEnded {
                    continuation.resume(returning: nil)
                    return nil
                }
                state.next += 1
                state.waiters.append(Waiter(number: state.next, text: text, continuation: continuation))
                return state.next
            }
            guard let number else { return }
            Task { [self] in
                await DescriptorWatch.shared.deadline(after: milliseconds)
                finish { $0.number == number }
            }
        }
    }

    /// Waits until the daemon has closed its standard error.
    package func end(within milliseconds: Int64) async -> Bool {
        _ = await line(with: "\u{0}", within: milliseconds)
        return isEnded
    }

    private func take(_ piece: ArraySlice<UInt8>) {
        let done: [(Waiter, String)] = state.withLock { state in
            state.bytes += piece
            let done = state.waiters.compactMap { waiter in
                Self.line(with: waiter.text, in: state.bytes).map { (waiter, $0) }
            }
            state.waiters.removeAll { waiter in done.contains { $0.0.number == waiter.number } }
            return done
        }
        for (waiter, line) in done { waiter.continuation.resume(returning: line) }
    }

    private func end() {
        state.withLock { $0.isEnded = true }
        finish { _ in true }
    }

    private func finish(_ isDone: (Waiter) -> Bool) {
        let done = state.withLock { state in
            let done = state.waiters.filter(isDone)
            state.waiters.removeAll(where: isDone)
            return done
        }
        for waiter in done { waiter.continuation.resume(returning: nil) }
    }

    /// Whole lines only.
    private static func line(with text: String, in bytes: [UInt8]) -> String? {
        guard let end = bytes.lastIndex(of: 0x0A) else { return nil }
        return bytes[..<end].split(separator: 0x0A).lazy
            .map { String(decoding: $0, as: UTF8.self) }
            .first { $0.contains(text) }
    }
}
