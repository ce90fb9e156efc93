import ChatAPI
package import Glibc
import Synchronization

/// A real `chatd` on a folder of its own: a random port, a Unix socket, its log. Gone with the test, whatever happens.
package final class RunningDaemon: Sendable {
    package let folder: String
    package let arguments: [String]
    private let environment: [String]
    private let state: Mutex<State>
    private let hasSlot = Atomic<Bool>(false)

    private struct State {
        var pid: pid_t?
        var port: UInt16 = 0
        var log: LogCapture?
    }

    /// Starts one and returns when it says that it is ready.
    ///
    /// - Parameters:
    ///   - arguments: more options than `--data`, `--listen` and `--socket`.
    ///   - environment: `NAME=value`; nothing of the test runner's own environment is passed on.
    package static func start(
        _ arguments: [String] = [],
        environment: [String] = [],
        configuration: String? = nil
    ) async throws -> RunningDaemon {
        await DaemonSlots.shared.take()
        do {
            let daemon = try RunningDaemon(arguments, environment, configuration)
            try await daemon.restart()
            daemon.hasSlot.store(true, ordering: .relaxed)
            return daemon
        } catch {
            DaemonSlots.shared.giveBack()
            throw error
        }
    }

    private init(_ arguments: [String], _ environment: [String], _ configuration: String?) throws {
        folder = try ScratchFolder.make()
        self.environment = environment
        var all = ["--data", folder + "/data", "--listen", "127.0.0.1:0", "--socket", folder + "/chatd.sock"]
        if let configuration {
            try Self.write(configuration, to: folder + "/chatd.yaml")
            all += ["--config", folder + "/chatd.yaml"]
        }
        if !arguments.contains("--log-level") { all += ["--log-level", "notice"] }
        self.arguments = all + arguments
        state = Mutex(State())
    }

    deinit {
        kill()
        ScratchFolder.remove(folder)
        if hasSlot.load(ordering: .relaxed) { DaemonSlots.shared.giveBack() }
    }

    // MARK: - What a test asks

    package var port: UInt16 { state.withLock { $0.port } }
    package var socketPath: String { folder + "/chatd.sock" }
    package var tcp: DaemonAddress { .tcp(port) }
    package var unix: DaemonAddress { .unix(socketPath) }
    package var pid: pid_t? { state.withLock { $0.pid } }
    package var logText: String { state.withLock { $0.log }?.text ?? "" }
    package var log: LogCapture? { state.withLock { $0.log } }

    /// What the daemon holds in memory now, in bytes.
    package var residentBytes: Int {
        guard let pid, let text = Self.read("/proc/\(pid)/statm") else { return 0 }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * sysconf(Int32(_SC_PAGESIZE))
    }

    package var openDescriptors: Int {
        guard let pid, let folder = opendir("/proc/\(pid)/fd") else { return 0 }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        return count
    }

    // MARK: - Starting and ending

    /// Starts it, again if it was ended, on the same folder. The port is another one.
    package func restart() async throws {
        let ends = Spawn.pair()
        let empty = open("/dev/null", O_RDONLY | O_CLOEXEC)
        let started = Spawn.start(
            try DaemonBinary.path(),
            arguments,
            environment: environment,
            descriptors: [0: empty, 1: ends.theirs, 2: ends.theirs]
        )
        close(empty)
        close(ends.theirs)
        let pid: pid_t
        switch started {
        case .success(let started): pid = started
        case .failure(let failure):
            close(ends.ours)
            throw failure
        }
        DaemonGuard.shared.tell("started", "\(pid)")
        let log = LogCapture(reading: ends.ours)
        state.withLock { $0 = State(pid: pid, port: 0, log: log) }
        guard let ready = await log.line(with: "\"ready\"") else {
            kill()
            throw TestFailure("chatd did not become ready; it said:\n\(log.text)")
        }
        let port = Self.port(in: ready)
        state.withLock { $0.port = port ?? 0 }
    }

    /// `kill -9`: what was not on the disk is lost.
    package func kill() { _ = end(with: SIGKILL) }

    /// Asks it to stop, as systemd would, and waits for it. Returns the exit status.
    package func terminate(within milliseconds: Int64 = RawSocket.deadlineMilliseconds) async throws -> Int32 {
        signal(SIGTERM)
        return try await exitStatus(within: milliseconds)
    }

    /// Waits until it has ended by itself. Negative is the signal that ended it.
    package func exitStatus(within milliseconds: Int64 = RawSocket.deadlineMilliseconds) async throws -> Int32 {
        guard pid != nil, let log else { throw TestFailure("the daemon does not run") }
        guard await log.end(within: milliseconds) else {
            throw TestFailure("chatd is still there; it said:\n\(log.text)")
        }
        return end(with: 0)
    }

    package func signal(_ number: Int32) {
        if let pid { Glibc.kill(pid, number) }
    }

    /// Waits for the process; it has been told to end, or has.
    @discardableResult
    private func end(with signal: Int32) -> Int32 {
        let pid = state.withLock { state in
            defer { state.pid = nil }
            return state.pid
        }
        guard let pid else { return 0 }
        if signal != 0 { Glibc.kill(pid, signal) }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        DaemonGuard.shared.tell("ended", "\(pid)")
        return status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
    }

    // MARK: - Parts

    /// `"listen":"127.0.0.1:40123 /tmp/…"` in the ready line.
    private static func port(in line: String) -> UInt16? {
        guard let json = try? Coding.decode(JSON.self, from: Array(line.utf8)), let listen = json["listen"]?.string
        else { return nil }
        return listen.split(separator: " ").compactMap { $0.split(separator: ":").last.flatMap { UInt16($0) } }.first
    }

    package static func write(_ text: String, to path: String) throws {
        guard let file = fopen(path, "we") else { throw TestFailure("cannot write \(path): errno \(errno)") }
        defer { fclose(file) }
        fputs(text, file)
    }

    package static func read(_ path: String) -> String? {
        bytes(path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// A whole file; nil if it is not there.
    package static func bytes(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }
}

/// Where the `chatd` under test is: in `PLAZA_BIN`, else where `make build` puts it.
package enum DaemonBinary {
    package static func path() throws -> String { try path(of: "chatd") }

    package static func path(of program: String) throws -> String {
        if let folder = getenv("PLAZA_BIN") { return String(cString: folder) + "/" + program }
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let path = "/\(root)/.build/release/\(program)"
        guard access(path, X_OK) == 0 else {
            throw TestFailure("there is no \(path): run 'make build' first, or name a folder in PLAZA_BIN")
        }
        return path
    }
}

/// How many daemons run at a time: tests are all started at once, and two cores serve eight daemons well and eighty badly.
///
/// A test that holds one daemon while it starts another takes two; no test takes more, so nobody waits forever.
private final class DaemonSlots: Sendable {
    static let shared = DaemonSlots()

    private struct State {
        var free = 8
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func take() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.free > 0 {
                    state.free -= 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    func giveBack() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if state.waiting.isEmpty {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}
