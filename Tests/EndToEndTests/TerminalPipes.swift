import ChatTestKit
import Glibc

/// A program whose three streams are pipes: what `--plain` and `--json` are for.
final class PipedProgram {
    let pid: pid_t
    private var input: Int32
    private let output: Int32
    private let errors: Int32
    private var read: [UInt8] = []
    private var complaints: [UInt8] = []
    private var isReaped = false

    init(_ path: String, _ arguments: [String], environment: [String]) throws {
        let first = Spawn.pair()
        let second = Spawn.pair()
        let third = Spawn.pair()
        let started = Spawn.start(
            path,
            arguments,
            environment: environment,
            descriptors: [0: first.theirs, 1: second.theirs, 2: third.theirs]
        )
        for end in [first.theirs, second.theirs, third.theirs] { close(end) }
        input = first.ours
        output = second.ours
        errors = third.ours
        for end in [input, output, errors] { _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK) }
        pid = try started.get()
    }

    deinit {
        for end in [input, output, errors] where end >= 0 { close(end) }
        guard !isReaped else { return }
        kill(pid, SIGKILL)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    }

    var text: String { String(decoding: read, as: UTF8.self) }
    var errorText: String { String(decoding: complaints, as: UTF8.self) }
    /// What was written to standard output, byte by byte.
    var bytes: [UInt8] { read }

    func write(_ text: String) async throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(input, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                let isReady = await DescriptorWatch.shared.wait(
                    input,
                    for: Int32(POLLOUT),
                    within: TerminalPane.deadlineMilliseconds
                )
                guard isReady else { throw TestFailure("nobody reads the input") }
            } else if errno != EINTR {
                throw TestFailure("writing to the program: errno \(errno)")
            }
        }
    }

    func line(_ text: String) async throws { try await write(text + "\n") }

    func endInput() {
        guard input >= 0 else { return }
        close(input)
        input = -1
    }

    /// Waits for a text in the output.
    func see(_ wanted: String) async throws {
        let deadline = DescriptorWatch.now + TerminalPane.deadlineMilliseconds
        while !text.contains(wanted) {
            let isOpen = drain(output, &read)
            _ = drain(errors, &complaints)
            if text.contains(wanted) { return }
            guard isOpen else { throw TestFailure("the program ended without '\(wanted)':\n\(text)\(errorText)") }
            let isReady = await DescriptorWatch.shared.wait(
                output,
                for: Int32(POLLIN),
                within: max(0, deadline - DescriptorWatch.now)
            )
            guard isReady else { throw TestFailure("'\(wanted)' did not come:\n\(text)\(errorText)") }
        }
    }

    /// Waits for the end of the program; its input has ended or something makes it end.
    func finish() async throws -> FinishedCommand {
        let deadline = DescriptorWatch.now + TerminalPane.deadlineMilliseconds
        var isOutputOpen = true
        var areErrorsOpen = true
        while isOutputOpen || areErrorsOpen {
            isOutputOpen = isOutputOpen && drain(output, &read)
            areErrorsOpen = areErrorsOpen && drain(errors, &complaints)
            guard let waiting = isOutputOpen ? output : areErrorsOpen ? errors : nil else { break }
            let isReady = await DescriptorWatch.shared.wait(
                waiting,
                for: Int32(POLLIN),
                within: max(0, deadline - DescriptorWatch.now)
            )
            guard isReady else { throw TestFailure("the program did not end; it said:\n\(text)\(errorText)") }
        }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        isReaped = true
        return FinishedCommand(
            status: status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F),
            output: text,
            errors: errorText
        )
    }

    /// Takes what is there. False at the end of the stream.
    private func drain(_ descriptor: Int32, _ into: inout [UInt8]) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count > 0 {
                into += buffer[..<count]
            } else if count == 0 {
                return false
            } else if errno != EINTR {
                return errno == EAGAIN
            }
        }
    }
}
