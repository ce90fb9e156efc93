import Glibc

/// A program of ours that was run to its end: what it said, and its exit status.
package struct FinishedProgram: Sendable {
    /// Negative is the signal that ended it.
    package let status: Int32
    /// Standard output and standard error, as they came.
    package let output: String

    /// - Parameter environment: `NAME=value`; nothing of the test runner's own environment is passed on.
    package static func run(
        _ program: String,
        _ arguments: [String],
        environment: [String] = [],
        within milliseconds: Int64 = RawSocket.deadlineMilliseconds
    ) async throws -> FinishedProgram {
        try await run(
            path: try DaemonBinary.path(of: program),
            arguments,
            environment: environment,
            within: milliseconds
        )
    }

    /// The same for a program that is not ours, or a script.
    package static func run(
        path: String,
        _ arguments: [String],
        environment: [String] = [],
        within milliseconds: Int64
    ) async throws -> FinishedProgram {
        let ends = Spawn.pair()
        let empty = open("/dev/null", O_RDONLY | O_CLOEXEC)
        let started = Spawn.start(
            path,
            arguments,
            environment: environment,
            descriptors: [0: empty, 1: ends.theirs, 2: ends.theirs]
        )
        close(empty)
        close(ends.theirs)
        let pid = try started.get()
        DaemonGuard.shared.tell("started", "\(pid)")
        let log = LogCapture(reading: ends.ours)
        let hasEnded = await log.end(within: milliseconds)
        if !hasEnded { kill(pid, SIGKILL) }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        DaemonGuard.shared.tell("ended", "\(pid)")
        guard hasEnded else { throw TestFailure("\(path) did not end; it said:\n\(log.text)") }
        return FinishedProgram(status: status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F), output: log.text)
    }
}
